"""Where submissions come from: Gradescope's export (a zip, or its folder), a folder of folders, or one submission.

Nothing is unpacked: a zip's members are read one by one, under the same limits as files on disk. What is odd becomes a
sentence; one bad submission never stops the rest.
"""

from __future__ import annotations

import os
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import Protocol

from autograder.plain_text import one_line
from autograder.regrade.export_metadata import ExportMetadata, index
from autograder.regrade.gradebook import About
from autograder.submission import MAX_FILE, Submission, UnreadableFile, collected, decoded, read_submission

METADATA = "submission_metadata.yml"
MAX_METADATA = 1 << 30
Told = ExportMetadata | None  # None where the export brought no metadata
_JUNK = ("__MACOSX", ".DS_Store", "Thumbs.db")


class CannotTakeIn(Exception):
    """Nothing can be taken from what was given; the message says what came, what was expected and what to do."""


class Damaged(Exception):
    """One submission's files could not be had; the message says why."""


class Source(Protocol):
    """Submissions, one at a time. `oddities` are sentences about the whole, for the staff."""

    oddities: list[str]

    def names(self) -> Sequence[str]:
        """The ids of the submissions, in a fixed order."""

    def about(self, name: str) -> About:
        """What is known of one beside its files."""

    def read(self, name: str) -> Submission:
        """Its files. Raises Damaged."""


def open_source(path: Path, wanted: Sequence[str]) -> Source:
    """Whatever `path` is, as a source; `wanted` are the files that a submission consists of. Raises CannotTakeIn."""
    if path.is_dir():
        return _folder(path, wanted)
    if path.is_file():
        return ZipSource(path, wanted)
    raise CannotTakeIn(f"{path}: there is no such file or folder. Give Gradescope's export (the zip or its folder).")


def in_order(names: Iterable[str]) -> list[str]:
    """Ids in the order of their numbers, then the others by name."""
    return sorted(names, key=lambda name: (not name.isdecimal(), int(name) if name.isdecimal() else 0, name))


def id_of(folder: str) -> str:
    """The submission id in a folder's name: Gradescope calls it "submission_123"."""
    return one_line(folder.removeprefix("submission_") or folder, 120)


# ---------------------------------------------------------------------------------------------------------- the folder


class FolderSource:
    """Folders of submitted files, with what the export says of them."""

    def __init__(self, folders: dict[str, Path], wanted: Sequence[str], told: Told, oddities: list[str]) -> None:
        self.oddities = oddities
        self._folders, self._wanted, self._told = folders, wanted, told
        self.oddities += _without_partner(folders, told)

    def names(self) -> Sequence[str]:
        """The ids, by number."""
        return in_order(self._folders)

    def about(self, name: str) -> About:
        """What the export says of it."""
        return _about(name, self._told)

    def read(self, name: str) -> Submission:
        """The files of its folder, as `grade` reads them."""
        try:
            return read_submission(self._folders[name], self._wanted)
        except OSError as error:
            raise Damaged(f"its folder cannot be read: {error.strerror or error}") from None


def _folder(path: Path, wanted: Sequence[str]) -> Source:
    path = _inside(path)
    if any((path / name).exists() for name in wanted):
        return FolderSource({id_of(path.resolve().name): path}, wanted, None, [])
    oddities: list[str] = []
    folders: dict[str, Path] = {}
    for entry in sorted(os.scandir(path), key=lambda entry: entry.name):
        if entry.name.startswith(".") or entry.name in (METADATA, *_JUNK):
            continue
        shown = one_line(entry.name, 120)
        if entry.is_symlink():
            oddities.append(f"{shown}: a link, and links are not followed: not taken in")
        elif not entry.is_dir():
            oddities.append(f"{shown}: a file beside the submissions: not taken in")
        elif id_of(entry.name) in folders:
            oddities.append(f"{shown}: there is another folder with the id {id_of(entry.name)}: not taken in")
        else:
            folders[id_of(entry.name)] = Path(entry.path)
    if not folders:
        raise CannotTakeIn(_NOTHING.format(path=path, wanted=", ".join(wanted)))
    told = path / METADATA
    return FolderSource(folders, wanted, index(told) if told.is_file() else None, oddities)


_NOTHING = (
    "{path}: there are no submissions in it. Expected Gradescope's export (the zip, or its folder with one folder per "
    "submission), a folder of such folders, or one submission ({wanted})."
)


def _inside(path: Path) -> Path:
    """The export's own folder, where `path` holds nothing else: unpacking programs often add one around it."""
    found = [entry for entry in os.scandir(path) if not entry.name.startswith(".") and entry.name not in _JUNK]
    if len(found) == 1 and found[0].is_dir(follow_symlinks=False) and (Path(found[0].path) / METADATA).is_file():
        return Path(found[0].path)
    return path


# -------------------------------------------------------------------------------------------------------------- the zip


class ZipSource:
    """Gradescope's export as it was downloaded: nothing of it is written to disk but its metadata, for a while."""

    def __init__(self, path: Path, wanted: Sequence[str]) -> None:
        """Raises CannotTakeIn if it is no zip, or holds no submission."""
        self.oddities: list[str] = []
        self._wanted = wanted
        try:
            self._zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, OSError, ValueError) as error:
            raise CannotTakeIn(f"{path}: this is no whole zip ({error}). Download the export again.") from None
        members = dict(self._safe_members())
        base = _base(members, wanted)
        self._folders = self._sorted_into_folders(members, base, wanted)
        if not self._folders:
            raise CannotTakeIn(_NOTHING.format(path=path, wanted=", ".join(wanted)))
        self._told = self._metadata(members.get((*base, METADATA)))
        self.oddities += _without_partner(self._folders, self._told)

    def names(self) -> Sequence[str]:
        """The ids, by number."""
        return in_order(self._folders)

    def about(self, name: str) -> About:
        """What the export says of it."""
        return _about(name, self._told)

    def read(self, name: str) -> Submission:
        """The members of its folder. Damaged if one of them is not whole, since it may be anybody's answer."""
        folder = self._folders[name]
        top = {parts[0] for parts in folder}
        inner = {parts[0] for parts in folder if len(parts) > 1}
        return collected(
            top,
            self._wanted,
            lambda file, room: self._text(file, folder.get((file,)), room),
            lambda file: f"{file}/" if file in inner else file,
        )

    def _text(self, name: str, member: zipfile.ZipInfo | None, room: int) -> str:
        if member is None:
            raise UnreadableFile(f"{name} is not a regular file (a folder, say): hand in the file itself.")
        if stat.S_ISLNK(member.external_attr >> 16):
            raise UnreadableFile(f"{name} is a link, and links are not followed: hand in the file itself.")
        return decoded(name, self._bytes(member, MAX_FILE + 1), room)

    def _bytes(self, member: zipfile.ZipInfo, most: int) -> bytes:
        try:
            with self._zip.open(member) as stream:
                return stream.read(most)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError) as error:
            shown = one_line(member.filename, 120)
            raise Damaged(f"{shown} cannot be read from the zip ({error}): download the export again") from None

    def _safe_members(self) -> Iterator[tuple[tuple[str, ...], zipfile.ZipInfo]]:
        """The files of the zip by the parts of their names; names that lead elsewhere are told and left out."""
        for member in self._zip.infolist():
            parts = PurePosixPath(member.filename).parts
            if ".." in parts or member.filename.startswith("/") or "\\" in member.filename or ":" in parts[:1]:
                shown = one_line(member.filename, 120)
                self.oddities.append(f"{shown}: a name in the zip that leads elsewhere: not taken in")
            elif not member.is_dir() and parts and not any(part in _JUNK for part in parts):
                yield parts, member

    def _sorted_into_folders(
        self, members: dict[tuple[str, ...], zipfile.ZipInfo], base: tuple[str, ...], wanted: Sequence[str]
    ) -> dict[str, dict[tuple[str, ...], zipfile.ZipInfo]]:
        """Submission id -> its members, by the parts of their names below its folder."""
        depth = len(base)
        if any((*base, name) in members for name in wanted):  # the zip is one submission
            name = id_of(base[-1]) if base else "submission"
            return {name: {parts[depth:]: member for parts, member in members.items()}}
        folders: dict[str, dict[tuple[str, ...], zipfile.ZipInfo]] = {}
        for parts, member in members.items():
            if parts[:depth] == base and len(parts) > depth + 1:
                folders.setdefault(id_of(parts[depth]), {})[parts[depth + 1 :]] = member
            elif parts != (*base, METADATA):
                self.oddities.append(f"{one_line('/'.join(parts), 120)}: a file beside the submissions: not taken in")
        return folders

    def _metadata(self, member: zipfile.ZipInfo | None) -> Told:
        if member is None:
            return None
        file = tempfile.TemporaryFile()  # noqa: SIM115 - entries are read from it as long as this source lives
        try:
            file.write(self._bytes(member, MAX_METADATA))
        except Damaged as damage:
            self.oddities.append(f"{damage}; names and earlier scores are not known")
            file.close()
            return None
        return index(file)


def _base(members: Iterable[tuple[str, ...]], wanted: Sequence[str]) -> tuple[str, ...]:
    """The folder that holds the submissions: where the metadata is, else below folders that hold nothing else."""
    there = set(members)
    for parts in there:
        if parts[-1] == METADATA and len(parts) <= 3:
            return parts[:-1]
    base: tuple[str, ...] = ()
    while there and all(len(parts) > len(base) + 1 for parts in there) and len({p[len(base)] for p in there}) == 1:
        base = next(iter(there))[: len(base) + 1]
    return base if any((*base, name) in there for name in wanted) else base[:-1]


# --------------------------------------------------------------------------------------------------------- the metadata


def _about(name: str, told: Told) -> About:
    if told is None:
        return About(name)
    entry = told.entry(name)
    notes = (entry.note,) if entry.note else ()
    score = "" if entry.score is None else str(entry.score)
    return About(name, entry.people, entry.created_at, score, notes=notes)


def _without_partner(folders: Iterable[str], told: Told) -> Iterator[str]:
    """Sentences on submissions that the export names without a folder, or has a folder of without naming them."""
    if told is None:
        return
    known, there = set(told.ids()), set(folders)
    for name in in_order(known - there):
        yield f"submission {name} is in {METADATA}, but its folder is not there: not graded"
    if known:
        for name in in_order(there - known):
            yield f"submission {name} has a folder, but {METADATA} does not name it: graded without a name"
    if told.note:
        yield told.note
