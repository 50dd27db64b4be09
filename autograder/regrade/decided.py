"""What people decided in a folder of grades: points of written answers, the filled-in list, overrides."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from autograder.intake.identity import Directory, Entry
from autograder.regrade.gradebook import Column, Decision
from autograder.regrade.needs import NEEDS
from autograder.regrade.output_dir import WRITTEN
from autograder.regrade.overrides import read_decisions

OVERRIDES = "overrides.csv"  # it stays in the folder, and is applied every time


def decided_in(
    folder: Path,
    columns: Sequence[Column],
    entries: Sequence[Entry],
    overrides: Path | None = None,
    anonymous: bool = False,
) -> tuple[list[Decision], list[str]]:
    """All decisions, in the order in which they are applied, and sentences on what cannot be used.

    entries: the submissions, which a line names by id, e-mail, sid or name. overrides: in place of the folder's own.
    """
    decisions: list[Decision] = []
    warnings: list[str] = []
    for path in (folder / WRITTEN, folder / NEEDS, overrides or folder / OVERRIDES):
        if path.is_file():
            directory = Directory(entries) if path.name != WRITTEN else None  # which looks at the class when asked
            found, sentences = read_decisions(path, columns, directory, anonymous)
            decisions += found
            warnings += sentences
    return decisions, warnings
