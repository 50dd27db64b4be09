"""A small class that is graded once, and other rubrics for it."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from autograder.intake.source import METADATA
from autograder.regrade.store import Store
from autograder.regrade.totals import raw_rows
from tests.autograder.planted import ROOT
from tests.autograder.regrade.exported_class import EXPORT, Handed, as_folder, members_of, metadata_of, planted_files

ADA, BLAISE = ("Ada Lovelace", "ada@example.edu", "A1"), ("Blaise Pascal", "blaise@example.edu", "B2")
NOON = "2025-03-01 12:00:00 -0500"
CLASS = (
    Handed("101", planted_files("reference"), (ADA,), 7.0, at=NOON),
    Handed("102", planted_files("wrong_answers"), (BLAISE, ("=cmd()", "carl@example.edu", "C3")), 7.0, at=NOON),
    Handed("103", planted_files("exception"), (ADA,), 7.0, at=NOON),
    Handed("104", planted_files("empty"), (("Émilie du Châtelet", "emilie@example.edu", ""),), 7.0, at=NOON),
    Handed("105", planted_files("wrong_types")),
)


def build(folder: Path) -> Path:
    """The class as Gradescope's export, whose metadata lack the last one; the folder has no assignment's number."""
    members = {**members_of(CLASS, told=False), f"{EXPORT}/{METADATA}": metadata_of(CLASS[:-1])}
    return as_folder(folder, {name.removeprefix(f"{EXPORT}/"): data for name, data in members.items()})


def rubric(path: Path, *edits: tuple[str, str]) -> Path:
    """An edited copy of the rubric."""
    text = (ROOT / "tests" / "rubric.yaml").read_text(encoding="utf-8")
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new, 1)
    path.write_text(text, encoding="utf-8")
    return path


def points(row: dict[str, str]) -> Fraction:
    """The sum of a line's rows, which must be its total to the places that are written."""
    cells = {name: cell for name, cell in row.items() if name[:1].isdigit() and cell}
    return sum((Fraction(cell) for cell in cells.values()), Fraction(0))


def kept_rows(out: Path, slot: str) -> dict[str, set[str]]:
    """The rows that a slot of a folder's store keeps, by submission."""
    with Store(out, write=False) as store:
        return {name: set(raw_rows(text)) for name, text in store.row_texts(slot).items()}
