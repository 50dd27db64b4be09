"""Builds planted submissions: folders of `tests/submissions/`, and the reference with some text appended."""

from __future__ import annotations

import atexit
import shutil
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import yaml

from autograder.assignment.frozen import read_rubric
from autograder.assignment.load import Assignment
from autograder.core.outcome import Report
from autograder.core.submission import read_submission
from autograder.grading.grader import Grading
from autograder.sandbox.jail import Jail

ROOT = Path(__file__).resolve().parents[2]
PLANTED = ROOT / "tests" / "submissions"
RUBRIC = read_rubric(ROOT / "tests" / "rubric.yaml").rubric
FILES = RUBRIC.files()
WRITTEN = tuple(row.number for _, row in RUBRIC.rows() if row.graded == "written")
FULL = RUBRIC.totals()["by spec"]


@dataclass(frozen=True)
class Expected:
    """What a planted submission must earn; see tests/submissions/README.md."""

    name: str
    why: str
    marks: dict[str, str]
    says: dict[str, str] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    untouched: tuple[str, ...] = ()
    limits: dict[str, float] = field(default_factory=dict)
    every: str = ""


def names() -> list[str]:
    """The planted submissions."""
    return sorted(path.parent.name for path in PLANTED.glob("*/expected.yaml"))


def expected(name: str) -> Expected:
    """What `name` must earn."""
    data: dict[str, Any] = yaml.safe_load((PLANTED / name / "expected.yaml").read_text())
    files = {key: FILES if data.get(key) == "all" else tuple(data.get(key, ())) for key in ("without", "untouched")}
    return Expected(**{**data, **files, "name": name})


def build(name: str, folder: Path) -> Path:
    """The planted submission as a folder of files."""
    planted = expected(name)
    folder.mkdir(parents=True, exist_ok=True)
    for file in FILES:
        if file not in planted.without:
            source = "student_template" if file in planted.untouched else "reference"
            shutil.copy(ROOT / source / file, folder / file)
    for path in sorted((PLANTED / name).iterdir()):
        if path.name.endswith(".append"):
            target = folder / path.name.removesuffix(".append")
            target.write_text(f"{target.read_text()}\n\n{path.read_text()}")
        elif path.is_file() and path.name != "expected.yaml":
            shutil.copy(path, folder / path.name)
    return folder


def with_limits(assignment: Assignment, limits: dict[str, float]) -> Assignment:
    """The same assignment under other limits."""
    rubric = msgspec.structs.replace(
        assignment.rubric, limits=msgspec.structs.replace(assignment.rubric.limits, **limits)
    )
    read = msgspec.structs.replace(assignment.rubric_file, rubric=rubric)
    return Assignment(read, assignment.rows, assignment.reference)


def grade(assignment: Assignment, folder: Path, **options: Any) -> Report:
    """Grades a folder the way `grade` does, through real worker processes."""
    submission = read_submission(folder, assignment.rubric.files())
    return Grading(assignment, submission, seed="891", **{"start": jail().start, **options}).run()


@cache
def jail() -> Jail:
    """The one jail of this test run."""
    found = Jail()
    atexit.register(found.close)
    return found


def outcomes(report: Report) -> dict[str, str]:
    """Row -> outcome word."""
    return {mark.number: str(mark.outcome) for mark in report.marks}


def words(assignment: Assignment, marks: dict[str, str], every: str = "") -> dict[str, str]:
    """Row -> outcome word for every row, where only those that are not full (or not `every`) are named."""
    usual = dict.fromkeys((linked.row.number for linked in assignment.rows), every or "passed")
    return {**usual, **dict.fromkeys(WRITTEN, every or "written"), **marks}


def points(wanted: dict[str, str]) -> Fraction | None:
    """What these outcome words of every row are worth; None if one of them is partial."""
    if "partial" in wanted.values():
        return None
    return sum((row.worth for _, row in RUBRIC.rows() if wanted[row.number] == "passed"), Fraction(0))
