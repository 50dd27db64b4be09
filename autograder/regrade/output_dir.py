"""Where a command may write, and the folder that keeps the grades. Asked before anything is graded or written."""

from __future__ import annotations

import os
from pathlib import Path

from autograder.core.digest import digest
from autograder.core.errors import AssignmentError
from autograder.core.submission import is_junk
from autograder.intake.source import METADATA, some
from autograder.regrade.memory import exported_from
from autograder.regrade.store_file import is_store

GRADES, CHANGES, REPORT, NEEDS = "grades.csv", "changes.csv", "report.html", "needs-a-person.csv"
WRITTEN = "written.csv"  # the points of written answers, as `merge` writes them
RESPONSES = "responses"  # a folder that people may keep in it: written answers, to be graded and merged


class CannotKeep(AssignmentError):
    """Grades cannot be kept in this folder; the message says why and what to give."""


def check(out: Path, *read: Path) -> None:
    """Raises CannotKeep if `out` is no folder, lies in what is read, or is a folder of something else.

    What people decided (overrides.csv, written.csv, sheets of written answers) may lie there before the first grading.
    """
    if out.exists() and not out.is_dir():
        raise CannotKeep(f"{out}: this is a file, and -o takes a folder; it is made if it is not there.")
    outside(out, *read)
    if not out.is_dir() or is_store(out):
        return
    foreign = sorted(entry.name for entry in os.scandir(out) if not _may_be_there(entry))
    if foreign:
        raise CannotKeep(
            f"{out} is the folder of something else (it holds {some(foreign)}): give -o an empty folder, a new one, or"
            " one that `regrade -o` wrote."
        )


def outside(out: Path, *read: Path, own: str = "") -> None:
    """Raises CannotKeep where `out` is or lies in what a command reads, or in the export that grades came from.

    read: exports, files, and folders of grades, each of which may be written to itself, but not below: there all is
    ours, and replaced. own: the folder below one that this command may write to.
    """
    place = Path(os.path.realpath(out))
    around, exports = (place, *place.parents), set[str]()
    for path in read:
        grades = path if is_store(path) else path.parent if path.is_file() and is_store(path.parent) else None
        folder = Path(os.path.realpath(grades or path))
        if grades is not None:
            exports.add(exported_from(grades))
            if folder in around[1:] and not (own and folder / own in around):
                raise CannotKeep(f"{out} lies in {grades}, which is read: give a place outside of it to -o.")
        elif folder == place and folder.is_file():
            raise CannotKeep(f"{out} is the file that is read, which stays as it is: give another name to -o.")
        elif folder in around and folder.is_dir():
            raise CannotKeep(_SUBMISSION.format(out=out, export=path))
    for folder in around:
        if os.path.isfile(folder / METADATA) or digest([str(folder)]) in exports:
            raise CannotKeep(_SUBMISSION.format(out=out, export=folder))


_SUBMISSION = "{out} lies in {export}, so it would be taken for a submission: give a place outside of it to -o."


def _may_be_there(entry: os.DirEntry[str]) -> bool:
    sheet = entry.name.endswith((".csv", ".html")) and entry.name not in (GRADES, CHANGES, REPORT)
    return is_junk(entry.name) or (sheet if entry.is_file() else entry.name == RESPONSES)
