"""What every source of submissions shares: their ids, what is told of them, and sentences on what is left out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from pathlib import Path

from autograder.core.digest import digest
from autograder.core.errors import AssignmentError
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


def some(names: Sequence[str], most: int = NAMED) -> str:
    """Names for a sentence: the first few, and how many more there are."""
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return ", ".join(one_line(name, 80) for name in names[:most]) + more


# --------------------------------------------------------------------------------------------------------- the source


def sorted_into(
    path: Path, name: str, level: Level, wanted: Sequence[str], left_out: LeftOut
) -> tuple[Parts, dict[str, Parts]]:
    """The folder that holds the submissions, and the folder of each by its id. Raises CannotImport.

    name: the submission's, where there is only one and it lies in no folder. level: as `base_of` has it.
    """
    base = base_of(level, wanted)
    folders, files = level(base)
    inner = path.joinpath(*base) if path.is_dir() else path
    refuse_side_by_side(inner, folders, files, lambda folder: level((*base, folder))[1])
    if not files.isdisjoint(wanted):
        return base, {id_of(base[-1] if base else name) or "submission": base}
    return base, {own: (*base, folder) for own, folder in identified(folders, left_out).items()}


class Source:
    """Submissions, one at a time, and what the export says of them.

    warnings: sentences about the whole, for the staff. assignment: Gradescope's number of it, "" for unknown.
    """

    def __init__(
        self, ids: Iterable[str], metadata: ExportMetadata | None, within: Iterable[str], warnings: Iterable[str]
    ) -> None:
        """within: the names of the folders, or of the zip, that hold them."""
        self._ids, self._metadata = in_order(ids), metadata
        self.warnings = [*warnings, *self._unlike(set(self._ids))]
        numbers = [found[1] for name in within if (found := _EXPORT.search(name))]
        self.assignment = numbers[-1] if numbers else ""

    def _unlike(self, there: Set[str]) -> Iterator[str]:
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

    def names(self) -> Sequence[str]:
        """The ids of the submissions, by number."""
        return self._ids

    def about(self, submission_id: str) -> About:
        """Who handed it in, when, its earlier score without those of the rows, and warnings."""
        return self._metadata.entry(submission_id) if self._metadata is not None else About(submission_id)

    def scores(self, submission_id: str) -> dict[str, str]:
        """The earlier score of each row as decimal text, as far as they are known. Slow: some milliseconds."""
        return self._metadata.scores(submission_id) if self._metadata is not None else {}

    def digest(self, submission_id: str) -> str:
        """Another one whenever something else is told of it; "" where nothing is."""
        return self._metadata.digest(submission_id) if self._metadata is not None else ""

    def read(self, submission_id: str) -> Submission:
        """Its files. Raises Damaged."""
        raise NotImplementedError

    def close(self) -> None:
        """Closes what it reads from."""


def refuse_nothing(path: Path, found: Mapping[str, Parts], wanted: Iterable[str], warnings: Iterable[str]) -> None:
    """Raises CannotImport where there is no submission."""
    if not found:
        nothing = NOTHING.format(path=path, wanted=", ".join(wanted))
        raise CannotImport(" ".join([nothing, *(f"({said})" for said in warnings)]))
