"""Submissions in a zip: Gradescope's export as it was downloaded, read member by member.

Nothing is unpacked, so no name in it can lead anywhere, and what a member holds is bounded by what is read of it.
"""

from __future__ import annotations

import shutil
import stat
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import ExitStack
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from autograder.core.submission import MAX_FILE, Submission, UnreadableFile, collected, decoded, is_junk, place_of
from autograder.core.text import one_line
from autograder.intake.export_metadata import ExportMetadata, index
from autograder.intake.source import (
    METADATA,
    NOTHING,
    CannotImport,
    Damaged,
    Exported,
    LeftOut,
    Parts,
    Told,
    base_of,
    id_of,
    identified,
    refuse_side_by_side,
    why_no_submission,
)

MAX_METADATA = 1 << 30
# The others are decompressed whole blocks at a time, whatever one asks for: a bomb; Gradescope uses neither.
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_UTF_8_NAME, _ENCRYPTED = 0x800, 0x1
_BROKEN = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, RuntimeError, NotImplementedError, ValueError,
)  # fmt: skip
Members = Mapping[Parts, zipfile.ZipInfo]


class ZipSource(Exported):
    """A zip of submissions, or of one. Nothing of it is written to disk but its metadata, for a while."""

    def __init__(self, path: Path, wanted: Sequence[str]) -> None:
        """Raises CannotImport if it is no zip, or holds no submission."""
        self._wanted = wanted
        self._open = ExitStack()
        try:
            self._zip = self._open.enter_context(zipfile.ZipFile(path))
        except _BROKEN as error:
            said = one_line(str(error), 200)
            raise CannotImport(
                f"{path}: this is no whole zip ({said}). Give Gradescope's export; download it again if it is that."
            ) from None
        left_out = LeftOut()
        members, folders = self._members(left_out)
        self._base = base_of(lambda base: _level(members, folders, base), wanted)
        refuse_side_by_side(
            path, *_level(members, folders, self._base), lambda one: _level(members, folders, (*self._base, one))[1]
        )
        self._folders = self._sorted_into_folders(path, members, folders, left_out)
        self.warnings = left_out.sentences()
        if not self._folders:
            self.close()
            nothing = NOTHING.format(path=path, wanted=", ".join(wanted))
            raise CannotImport(" ".join([nothing, *(f"({said})" for said in self.warnings)]))
        metadata = self._metadata(members.get((*self._base, METADATA)))
        told = Told(metadata)
        super().__init__(self._folders, told, (path.stem, *self._base))
        self.warnings += told.warnings(set(self._folders))

    def close(self) -> None:
        """Closes the zip, and the copy of the metadata."""
        self._open.close()

    # ---------------------------------------------------------------------------------------------------- submissions

    def read(self, submission_id: str) -> Submission:
        """The members of its folder. Damaged if one of them is not whole, since it may be anybody's answer."""
        folder = self._folders[submission_id]
        wanted = frozenset(self._wanted)
        within = place_of(lambda base: _standing(folder, base, wanted), wanted)
        place = {parts[len(within) :]: member for parts, member in folder.items() if parts[: len(within)] == within}
        names, inner = _level_of(place)
        links = {parts[0] for parts, member in place.items() if len(parts) == 1 and _is_link(member)}
        return collected(
            names,
            self._wanted,
            lambda file, room: self._text(file, None if file in inner else place[(file,)], room),
            lambda file: f"{file}/" if file in inner else f"{file} (link)" if file in links else file,
            (*_beside(folder, within), *_further_in(folder)),
            within,
        )

    def _text(self, name: str, member: zipfile.ZipInfo | None, room: int) -> str:
        if member is None:
            raise UnreadableFile(f"{name} is not a regular file (a folder, say): hand in the file itself.")
        if _is_link(member):
            raise UnreadableFile(f"{name} is a link, and links are not followed: hand in the file itself.")
        try:
            with self._stream(member) as stream:
                data = stream.read(MAX_FILE + 1)
        except _BROKEN as error:
            raise self._damaged(member, error) from None
        return decoded(name, data, room)

    def _stream(self, member: zipfile.ZipInfo) -> BinaryIO:
        if member.compress_type not in METHODS:
            raise NotImplementedError("it is compressed in another way than Gradescope's exports")
        if member.flag_bits & _ENCRYPTED:
            raise NotImplementedError("it is encrypted")
        stream: BinaryIO = self._zip.open(member)  # type: ignore[assignment]
        return stream

    def _damaged(self, member: zipfile.ZipInfo, error: Exception) -> Damaged:
        shown, said = one_line(member.filename, 120), one_line(str(error) or type(error).__name__, 200)
        return Damaged(f"{shown} cannot be read from the zip ({said}): download the export again")

    # ---------------------------------------------------------------------------------------------------- its contents

    def _members(self, left_out: LeftOut) -> tuple[Members, Set[Parts]]:
        """The files by the parts of their names, and the folders that stand in the zip by themselves."""
        files: dict[Parts, zipfile.ZipInfo] = {}
        folders: set[Parts] = set()
        for member in self._zip.infolist():
            name = _name(member).replace("\\", "/")  # as programs for Windows write it
            parts = PurePosixPath(name).parts
            if ".." in parts or name.startswith("/") or (parts and parts[0][1:2] == ":"):
                left_out.add(name, "the name leads out of the zip")
            elif any(is_junk(part) for part in parts[:1]) or not parts:
                continue
            elif name.endswith("/"):
                folders.add(parts)
            else:
                if parts in files:
                    left_out.add(name, "the zip has a second file of this name, which counts")
                files[parts] = member
        return files, folders

    def _sorted_into_folders(
        self, path: Path, members: Members, folders: Set[Parts], left_out: LeftOut
    ) -> dict[str, Members]:
        """Submission id -> its members, by the parts of their names below its folder."""
        base, depth = self._base, len(self._base)
        below = {parts: parts[depth:] if parts[:depth] == base else () for parts in (*members, *folders)}
        if any((*base, name) in members for name in self._wanted):  # the zip is one submission
            only = {below[parts]: member for parts, member in members.items() if below[parts]}
            return {id_of(base[-1] if base else path.stem) or "submission": only}
        found: dict[str, dict[Parts, zipfile.ZipInfo]] = {}
        for parts in folders:
            if folder := below[parts]:
                inner = found.setdefault(folder[0], {})
                if len(folder) > 1:
                    inner[folder[1:]] = zipfile.ZipInfo("/".join(parts) + "/")
        for parts, member in members.items():
            folder = below[parts]
            if len(folder) > 1:
                found.setdefault(folder[0], {})[folder[1:]] = member
            elif folder != (METADATA,) and not any(is_junk(part) for part in folder):
                left_out.add("/".join(parts), _why_no_submission(member))
        told = identified((folder for folder in found if not is_junk(folder)), left_out)
        return {name: found[folder] for name, folder in told.items()}

    def _metadata(self, member: zipfile.ZipInfo | None) -> ExportMetadata | None:
        """The metadata, from a copy that can be searched; None, with a sentence, where it cannot be had."""
        if member is None:
            return None
        why = f"it has more than {MAX_METADATA >> 20} MB" if member.file_size > MAX_METADATA else ""
        why = why or ("it is a link, and links are not followed" if _is_link(member) else "")
        if not why:
            file = self._open.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 - lives as long as this source
            try:
                with self._stream(member) as stream:
                    shutil.copyfileobj(stream, file, 1 << 20)  # no more than the size that it declares
                return index(file)
            except _BROKEN as error:
                why = str(self._damaged(member, error))
        self.warnings.append(f"{METADATA} is not used: {why}. Names and earlier scores are not known")
        return None


def _level(members: Members, folders: Set[Parts], base: Parts) -> tuple[Set[str], Set[str]]:
    """The folders and the files right below a folder of the zip."""
    depth = len(base)
    below = [parts for parts in members if parts[:depth] == base]
    inner = {parts[depth] for parts in below if len(parts) > depth + 1}
    inner |= {parts[depth] for parts in folders if len(parts) > depth and parts[:depth] == base}
    files = {parts[depth] for parts in below if len(parts) == depth + 1}
    return {name for name in inner if not is_junk(name)}, {name for name in files if not is_junk(name)}


def _level_of(members: Members) -> tuple[Set[str], Set[str]]:
    """The names at the top of some members, and which of them are folders."""
    named = {parts[0] for parts in members if parts}
    return named, {parts[0] for parts, member in members.items() if len(parts) > 1 or (parts and member.is_dir())}


def _standing(folder: Members, base: Parts, wanted: Set[str]) -> tuple[Set[str], Set[str]]:
    """The folders in a folder of a submission, and which of the files that are wanted."""
    below = {parts[len(base) :]: member for parts, member in folder.items() if parts[: len(base)] == base}
    names, inner = _level_of(below)
    return inner, (names - inner) & wanted


def _beside(folder: Members, within: Parts) -> Iterator[str]:
    """What lies at the top of a submission beside the folder that it is read from."""
    names, inner = _level_of(folder) if within else (set(), set())
    for name in names - set(within[:1]):
        link = name not in inner and _is_link(folder[(name,)])
        yield f"{name}/" if name in inner else f"{name} (link)" if link else name


def _further_in(folder: Members) -> Iterator[str]:
    """The paths of the files in the folders of a submission."""
    return ("/".join(parts) for parts, member in folder.items() if 1 < len(parts) <= 3 and not member.is_dir())


def _why_no_submission(member: zipfile.ZipInfo) -> str:
    return "links are not followed" if _is_link(member) else why_no_submission(member.filename)


def _is_link(member: zipfile.ZipInfo) -> bool:
    return stat.S_ISLNK(member.external_attr >> 16)


def _name(member: zipfile.ZipInfo) -> str:
    """The member's name. Many programs write UTF-8 and do not say so; it is hardly ever anything else by chance."""
    if member.flag_bits & _UTF_8_NAME:
        return member.filename
    try:
        return member.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return member.filename
