"""The folder that keeps the grades: may it be used? Asked before anything is graded or written."""

from __future__ import annotations

import os
from pathlib import Path

from autograder.core.errors import AssignmentError
from autograder.core.submission import is_junk
from autograder.intake.source import some
from autograder.regrade.store_file import is_store

GRADES, CHANGES, REPORT, NEEDS = "grades.csv", "changes.csv", "report.html", "needs-a-person.csv"
WRITTEN = "written.csv"  # the points of written answers, as `merge` writes them
RESPONSES = "responses"  # a folder that people may keep in it: written answers, to be graded and merged


class CannotKeep(AssignmentError):
    """Grades cannot be kept in this folder; the message says why and what to give."""


def check(out: Path, export: Path) -> None:
    """Raises CannotKeep if `out` is no folder, lies in the export, or is a folder of something else.

    What people decided (overrides.csv, written.csv, sheets of written answers) may lie there before the first grading.
    """
    if out.exists() and not out.is_dir():
        raise CannotKeep(f"{out}: this is a file, and -o takes a folder; it is made if it is not there.")
    if export.is_dir() and not is_store(export) and _is_in(out, export):
        raise CannotKeep(
            f"{out} lies in {export}, so it would be taken for a submission: give a folder outside of it to -o."
        )
    if not out.is_dir() or is_store(out):
        return
    foreign = sorted(entry.name for entry in os.scandir(out) if not _may_be_there(entry))
    if foreign:
        raise CannotKeep(
            f"{out} is the folder of something else (it holds {some(foreign)}): give -o an empty folder, a new one, or"
            " one that `regrade -o` wrote."
        )


def _is_in(out: Path, export: Path) -> bool:
    return Path(os.path.realpath(out)).is_relative_to(os.path.realpath(export))


def _may_be_there(entry: os.DirEntry[str]) -> bool:
    sheet = entry.name.endswith((".csv", ".html")) and entry.name not in (GRADES, CHANGES, REPORT)
    return is_junk(entry.name) or (sheet if entry.is_file() else entry.name == RESPONSES)
