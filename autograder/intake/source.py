"""What every source of submissions shares: their ids, what is told of them, and sentences on what is left out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from fractions import Fraction
from pathlib import Path
from typing import Protocol

from autograder.core.digest import digest
from autograder.core.errors import AssignmentError
from autograder.core.points import points_text
from autograder.core.submission import Submission
from autograder.core.text import one_line
from autograder.intake.entry import About
from autograder.intake.export_metadata import ExportMetadata

METADATA = "submission_metadata.yml"
ID_LENGTH = 100
NAMED = 5  # in a sentence on many
MAX_WRAPPERS = 4  # folders around the submissions
NOTHING = (
    "{path}: there are no submissions in it. Expected Gradescope's export (the zip, or its folder with one folder per "
    "submission), a folder of such folders, or one submission ({wanted})."
)
_EXPORT = re.compile(r"assignment_([0-9]{1,20})_export")
Parts = tuple[str, ...]
Level = Callable[[Parts], tuple[Set[str], Set[str]]]


class CannotImport(AssignmentError):
    """Nothing can be taken from what was given; the message says what came, what was expected and what to do."""


class Damaged(AssignmentError):
    """One submission's files could not be read; the message says why."""


class Source(Protocol):
    """Submissions, one at a time.

    warnings: sentences about the whole, for the staff. assignment: Gradescope's number of it, "" for unknown.
    """

    warnings: list[str]
    assignment: str

    def names(self) -> Sequence[str]:
        """The ids of the submissions, in a fixed order."""

    def about(self, submission_id: str) -> About:
        """Who handed it in, when, and its earlier score, without those of the rows."""

    def scores(self, submission_id: str) -> dict[str, str]:
        """The earlier score of each row as decimal text, as far as they are known. Slow: some milliseconds."""

    def digest(self, submission_id: str) -> str:
        """Another one whenever something else is told of it; "" where nothing is."""

    def read(self, submission_id: str) -> Submission:
        """Its files. Raises Damaged."""

    def close(self) -> None:
        """Closes what it reads from."""


# ----------------------------------------------------------------------------------------------------------------- ids


def in_order(names: Iterable[str]) -> list[str]:
    """Ids in the order of their numbers, then the others by name."""
    return sorted(names, key=lambda name: (not name.isdecimal(), int(name) if name.isdecimal() else 0, name))


def id_of(folder: str) -> str:
    """The submission id in a folder's name: Gradescope calls it "submission_123". "" if nothing in it can be shown."""
    name = one_line(folder.removeprefix("submission_") or folder, 10_000)
    return name if len(name) <= ID_LENGTH else f"{name[: ID_LENGTH - 17]}~{digest([name])}"


def identified(folders: Iterable[str], left_out: LeftOut) -> dict[str, str]:
    """Id -> folder. Of two folders with one id the first counts."""
    found: dict[str, str] = {}
    for folder in sorted(folders):
        name = id_of(folder)
        if not name:
            left_out.add(ascii(folder), "nothing in the name can be shown")
        elif name in found:
            left_out.add(folder, "another folder has the same id")
        else:
            found[name] = folder
    return found


def base_of(level: Level, wanted: Iterable[str]) -> Parts:
    """The folder that holds the submissions (or is the only one), below folders that hold nothing else.

    Only what lies at the top decides: a student can hand in a file with any name, but cannot put one there.
    level: the folders and the files right below a folder, without junk.
    """
    base: Parts = ()
    for _ in range(MAX_WRAPPERS):
        folders, files = level(base)
        if METADATA in files or not files.isdisjoint(wanted) or len(folders) != 1:
            break
        inner = (*base, *folders)
        folders_in, files_in = level(inner)
        submission = inner[-1].startswith("submission_") or not files_in.isdisjoint(wanted) or not folders_in
        if METADATA not in files_in and (files or submission):
            break
        base = inner
    return base


def refuse_side_by_side(path: Path, folders: Set[str], files: Set[str], inside: Callable[[str], Set[str]]) -> None:
    """Raises CannotImport where whole exports lie side by side: each would be taken for one submission, and earn 0.

    folders, files: at the level of the submissions. inside: the files of a folder. One student's file of the
    metadata's name makes no export: two such folders, or one with an export's name, are needed.
    """
    if METADATA in files:
        return
    named = sorted(folder for folder in folders if _EXPORT.search(folder))
    exports = [folder for folder in sorted(folders) if folder in named or METADATA in inside(folder)]
    if (named and len(folders) > 1) or len(exports) > 1:
        raise CannotImport(
            f"{path} holds whole exports side by side ({some(exports)}), and one is graded at a time: give one of them,"
            " each with a folder of its own for -o."
        )


def why_no_submission(name: str) -> str:
    """Why a file at the level of the submissions is none."""
    if name.lower().endswith((".zip", ".tar", ".gz", ".rar", ".7z")):
        return "a submission is a folder, and no archive inside is unpacked (unpack it, or give a zip by itself)"
    if "\\" in name:
        return "its name holds the path that a Windows zip has (give the zip itself: it is read as it is)"
    return "a submission is a folder"


# ---------------------------------------------------------------------------------------------------- what is left out


class LeftOut:
    """What is skipped, by the reason: one sentence a reason, however many there are."""

    def __init__(self) -> None:
        self._names: dict[str, list[str]] = {}

    def add(self, name: str, why: str) -> None:
        """One more; why: as in "links are not followed"."""
        self._names.setdefault(why, []).append(name)

    def sentences(self) -> list[str]:
        """What to tell the staff."""
        return [f"skipped: {why}: {some(names)}" for why, names in self._names.items()]


def some(names: Sequence[str]) -> str:
    """Names for a sentence: the first few, and how many more there are."""
    more = f" and {len(names) - NAMED:,} more" if len(names) > NAMED else ""
    return ", ".join(one_line(name, 80) for name in names[:NAMED]) + more


# ------------------------------------------------------------------------------------------------------- what is told


class Told:
    """What the export's metadata says of each submission; nothing where there is none."""

    def __init__(self, metadata: ExportMetadata | None) -> None:
        self._metadata = metadata

    def about(self, submission_id: str) -> About:
        """Who, when, the score in all, and warnings."""
        if self._metadata is None:
            return About(submission_id)
        entry = self._metadata.entry(submission_id)
        notes = (entry.note,) if entry.note else ()
        return About(submission_id, entry.people, entry.created_at, _text(entry.score), notes=notes)

    def scores(self, submission_id: str) -> dict[str, str]:
        """The stored score of each row."""
        found = self._metadata.scores(submission_id) if self._metadata is not None else {}
        return {row: _text(score) for row, score in found.items()}

    def digest(self, submission_id: str) -> str:
        """The digest of its entry."""
        return self._metadata.digest(submission_id) if self._metadata is not None else ""

    def warnings(self, there: Set[str]) -> Iterator[str]:
        """Sentences on submissions that it names without a folder, and the other way round, and on the whole of it."""
        if self._metadata is None:
            return
        known = set(self._metadata.ids())
        if absent := in_order(known - there):
            yield f"in {METADATA} but without a folder, so not graded: {some(absent)}"
        if known and (nameless := in_order(there - known)):
            yield f"in a folder but not in {METADATA}, so graded without a name: {some(nameless)}"
        if self._metadata.note:
            yield self._metadata.note


def _text(score: Fraction | None) -> str:
    return "" if score is None else points_text(score)


class Exported:
    """What every source of an export says in the same way.

    ids: of its submissions. told: by the export. within: the names of the folders, or of the zip, that hold them.
    """

    def __init__(self, ids: Iterable[str], told: Told, within: Iterable[str]) -> None:
        self._ids, self._told = ids, told
        numbers = [found[1] for name in within if (found := _EXPORT.search(name))]
        self.assignment = numbers[-1] if numbers else ""

    def names(self) -> Sequence[str]:
        """The ids, by number."""
        return in_order(self._ids)

    def about(self, submission_id: str) -> About:
        """What the export says of it."""
        return self._told.about(submission_id)

    def scores(self, submission_id: str) -> dict[str, str]:
        """What the export stored of its rows."""
        return self._told.scores(submission_id)

    def digest(self, submission_id: str) -> str:
        """The digest of what the export says of it."""
        return self._told.digest(submission_id)
