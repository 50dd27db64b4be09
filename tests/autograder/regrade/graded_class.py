"""A small class that is graded once, and calls of the commands on copies of it."""

from __future__ import annotations

import csv
import shutil
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import pytest

from autograder import __main__ as cli
from autograder.regrade.store import Store
from autograder.regrade.totals import raw_rows
from tests.autograder import planted
from tests.autograder.planted import ROOT

# submission id -> what was planted as its answers
SUBMISSIONS = {
    "101": "reference",
    "102": "wrong_answers",
    "103": "exception",
    "104": "empty",
    "105": "wrong_types",
}
PEOPLE = {
    "101": [("Ada Lovelace", "ada@example.edu", "A1")],
    "102": [("Blaise Pascal", "blaise@example.edu", "B2"), ("=cmd()", "carl@example.edu", "C3")],
    "103": [("Ada Lovelace", "ada@example.edu", "A1")],
    "104": [("Émilie du Châtelet", "emilie@example.edu", "")],
}


@dataclass(frozen=True)
class Ran:
    """How a command ended, and what it printed."""

    code: int
    out: str
    err: str


def build(folder: Path) -> Path:
    """The class as Gradescope's export: a folder per submission, and who handed it in."""
    folder.mkdir(parents=True)
    for name, kind in SUBMISSIONS.items():
        if kind == "reference":
            (folder / f"submission_{name}").mkdir()
            for file in planted.FILES:
                shutil.copy(ROOT / "reference" / file, folder / f"submission_{name}" / file)
        else:
            planted.build(kind, folder / f"submission_{name}")
    (folder / "submission_metadata.yml").write_text("".join(_entry(name) for name in PEOPLE), encoding="utf-8")
    return folder


def _entry(name: str) -> str:
    people = "".join(f"  - :name: '{n}'\n    :email: {e}\n    :sid: '{s}'\n" for n, e, s in PEOPLE[name])
    return f"submission_{name}:\n  :submitters:\n{people}  :created_at: 2025-03-01 12:00:00 -0500\n  :score: 7.0\n"


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> Ran:
    """One command, in this process."""
    capsys.readouterr()
    command, *others = map(str, arguments)
    code = cli.main([command, "--assignment", str(ROOT), *others])
    said = capsys.readouterr()
    return Ran(code, said.out, said.err)


def rubric(path: Path, *edits: tuple[str, str]) -> Path:
    """An edited copy of the rubric."""
    text = (ROOT / "tests" / "rubric.yaml").read_text(encoding="utf-8")
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new, 1)
    path.write_text(text, encoding="utf-8")
    return path


def grades(path: Path) -> dict[str, dict[str, str]]:
    """A grades.csv: submission -> column -> cell."""
    with open(path, encoding="utf-8-sig", newline="") as file:
        return {row["submission"]: row for row in csv.DictReader(file)}


def points(row: dict[str, str]) -> Fraction:
    """The sum of a line's rows, which must be its total to the places that are written."""
    cells = {name: cell for name, cell in row.items() if name[:1].isdigit() and cell}
    return sum((Fraction(cell) for cell in cells.values()), Fraction(0))


def kept_rows(out: Path, slot: str) -> dict[str, set[str]]:
    """The rows that a slot of a folder's store keeps, by submission."""
    with Store(out, write=False) as store:
        return {name: set(raw_rows(text)) for name, text in store.row_texts(slot).items()}
