"""Builds planted submissions: folders of an assignment's `tests/submissions/`, its reference with text appended."""

from __future__ import annotations

import atexit
import json
import shutil
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml
from msgspec.structs import replace

from autograder.assignment.frozen import read_rubric
from autograder.assignment.load import Assignment
from autograder.core.outcome import Report
from autograder.core.submission import read_submission
from autograder.gradescope.results import check_results, results
from autograder.grading.grader import Grading
from autograder.sandbox.jail import Jail


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


class Planting:
    """The planted submissions of the assignment in `root`, and what its rubric says they are worth."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = root / "tests" / "submissions"
        self.rubric = read_rubric(root / "tests" / "rubric.yaml").rubric
        self.files = self.rubric.files()
        self.written = tuple(row.number for _, row in self.rubric.rows() if row.graded == "written")
        self.full = self.rubric.totals()["by spec"]

    def names(self) -> list[str]:
        """The planted submissions."""
        return sorted(path.parent.name for path in self.folder.glob("*/expected.yaml"))

    def expected(self, name: str) -> Expected:
        """What `name` must earn."""
        data: dict[str, Any] = yaml.safe_load((self.folder / name / "expected.yaml").read_text())
        files = {
            key: self.files if data.get(key) == "all" else tuple(data.get(key, ())) for key in ("without", "untouched")
        }
        return Expected(**{**data, **files, "name": name})

    def build(self, name: str, folder: Path) -> Path:
        """The planted submission as a folder of files."""
        planted = self.expected(name)
        folder.mkdir(parents=True, exist_ok=True)
        for file in self.files:
            if file not in planted.without:
                source = "student_template" if file in planted.untouched else "reference"
                shutil.copy(self.root / source / file, folder / file)
        for path in sorted((self.folder / name).iterdir()):
            if path.name.endswith(".append"):
                target = folder / path.name.removesuffix(".append")
                target.write_text(f"{target.read_text()}\n\n{path.read_text()}")
            elif path.is_file() and path.name != "expected.yaml":
                shutil.copy(path, folder / path.name)
        return folder

    def words(self, assignment: Assignment, marks: dict[str, str], every: str = "") -> dict[str, str]:
        """Row -> outcome word for every row, where only those that are not full (or not `every`) are named."""
        usual = dict.fromkeys((linked.row.number for linked in assignment.rows), every or "passed")
        return {**usual, **dict.fromkeys(self.written, every or "written"), **marks}

    def points(self, wanted: dict[str, str]) -> Fraction | None:
        """What these outcome words of every row are worth; None if one of them is partial."""
        if "partial" in wanted.values():
            return None
        return sum((row.worth for _, row in self.rubric.rows() if wanted[row.number] == "passed"), Fraction(0))


def with_limits(assignment: Assignment, limits: dict[str, float]) -> Assignment:
    """The same assignment under other limits."""
    rubric = msgspec.structs.replace(
        assignment.rubric, limits=msgspec.structs.replace(assignment.rubric.limits, **limits)
    )
    return replace(assignment, rubric_file=replace(assignment.rubric_file, rubric=rubric))


def grade(assignment: Assignment, folder: Path, **options: Any) -> Report:
    """Grades a folder the way `grade` does, through real worker processes."""
    submission = read_submission(folder, assignment.rubric.files())
    seed = str(assignment.rubric.seed)
    return Grading(assignment, submission, **{"seed": seed, "start": jail().start, **options}).run()


@cache
def jail() -> Jail:
    """The one jail of this test run."""
    found = Jail()
    atexit.register(found.close)
    return found


def outcomes(report: Report) -> dict[str, str]:
    """Row -> outcome word."""
    return {mark.number: str(mark.outcome) for mark in report.marks}


class PlantedTests:
    """What holds of an assignment's planted submissions, its reference and its template: a base of a test class."""

    planting: Planting

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """A test per planted submission."""
        if "name" in metafunc.fixturenames:
            metafunc.parametrize("name", self.planting.names())

    def test_planted_submission(self, name: str, assignment: Assignment, tmp_path: Path) -> None:
        wanted = self.planting.expected(name)
        words = self.planting.words(assignment, wanted.marks, wanted.every)
        report = grade(with_limits(assignment, wanted.limits), self.planting.build(name, tmp_path / name))
        assert outcomes(report) == words, report
        feedback = {mark.number: mark.told for mark in report.marks}
        for number, text in wanted.says.items():
            assert text in feedback[number], feedback[number]
        if (points := self.planting.points(words)) is not None:
            assert report.points == points
        body = results(report)
        check_results(body)
        assert [row["number"] for row in body["tests"]] == [linked.row.number for linked in assignment.rows]
        assert "Traceback" not in json.dumps(body)
        assert str(self.planting.root) not in json.dumps(body)

    def test_the_reference_earns_everything(self, assignment: Assignment) -> None:
        report = grade(assignment, self.planting.root / "reference")
        assert outcomes(report) == self.planting.words(assignment, {})
        assert (report.points, report.max_points) == (self.planting.full, self.planting.full)
        assert not report.rerun

    def test_the_template_earns_nothing_and_every_row_is_unanswered(self, assignment: Assignment) -> None:
        report = grade(assignment, self.planting.root / "student_template")
        assert set(outcomes(report).values()) == {"unanswered"}
        assert (report.points, report.max_points) == (0, self.planting.full)

    def test_a_written_row_never_carries_a_score(self, assignment: Assignment) -> None:
        for folder in ("reference", "student_template"):
            body = results(grade(assignment, self.planting.root / folder))
            scored = {row["number"] for row in body["tests"] if "score" in row or "max_score" in row}
            assert scored == {linked.row.number for linked in assignment.rows} - set(self.planting.written)
