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
from typing import BinaryIO, NamedTuple

from autograder.core.submission import MAX_FILE, Submission, UnreadableFile, collected, decoded, is_junk, place_of
from autograder.core.text import one_line
from autograder.intake.export_metadata import ExportMetadata, index
from autograder.intake.source import (
    METADATA,
    CannotImport,
    Damaged,
    LeftOut,
    Parts,
    Source,
    refuse_nothing,
    sorted_into,
    why_no_submission,
)

MAX_METADATA = 1 << 30
# The others are decompressed whole blocks at a time, whatever one asks for: a bomb; Gradescope uses neither.
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_UTF_8_NAME, _ENCRYPTED = 0x800, 0x1
_BROKEN = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, RuntimeError, NotImplementedError, ValueError,
)  # fmt: skip


class Folder(NamedTuple):
    """What lies right in a folder of the zip. A name may be in both: then it is taken for a folder."""

    folders: set[str]
    files: dict[str, zipfile.ZipInfo]

    def wanted(self, names: Set[str]) -> tuple[Set[str], Set[str]]:
        """The folders, and which of the files of these names."""
        return self.folders, (set(self.files) - self.folders) & names

    def described(self) -> dict[str, str]:
        """Each name as it is told to the staff."""
        links = {name: f"{name} (link)" if _is_link(member) else name for name, member in self.files.items()}
        return links | {name: f"{name}/" for name in self.folders}


EMPTY = Folder(set(), {})


class ZipSource(Source):
    """A zip of submissions, or of one. Nothing of it is written to disk but its metadata, for a while."""

    def __init__(self, path: Path, wanted: Sequence[str]) -> None:
        """Raises CannotImport if it is no zip, or holds no submission."""
        self._wanted = wanted
        left_out = LeftOut()
        with ExitStack() as opened:
            self._zip = opened.enter_context(_zip(path))
            self._tree = _tree(self._zip, left_out)
            base, self._folders = sorted_into(path, path.stem, self._level, wanted, left_out)
            if base not in self._folders.values():
                for parts in (base[:depth] for depth in range(len(base) + 1)):
                    for name, member in self._at(parts).files.items():
                        if name != METADATA and not is_junk(name):
                            why = "links are not followed" if _is_link(member) else why_no_submission(name)
                            left_out.add("/".join((*parts, name)), why)
            warnings = left_out.sentences()
            refuse_nothing(path, self._folders, wanted, warnings)
            metadata = self._told(self._at(base).files.get(METADATA), opened, warnings)
            super().__init__(self._folders, metadata, (path.stem, *base), warnings)
            self._open = opened.pop_all()

    def _at(self, parts: Parts) -> Folder:
        return self._tree.get(parts, EMPTY)

    def _level(self, base: Parts) -> tuple[Set[str], Set[str]]:
        """The folders and the files right below a folder of the zip."""
        folders, files = self._at(base)
        return {name for name in folders if not is_junk(name)}, {name for name in files if not is_junk(name)}

    def close(self) -> None:
        """Closes the zip, and the copy of the metadata."""
        self._open.close()

    # ---------------------------------------------------------------------------------------------------- submissions

    def read(self, submission_id: str) -> Submission:
        """The members of its folder. Damaged if one of them is not whole, since it may be anybody's answer."""
        folder, wanted = self._folders[submission_id], frozenset(self._wanted)
        within = place_of(lambda base: self._at((*folder, *base)).wanted(wanted), wanted)
        top, place = self._at(folder), self._at((*folder, *within))
        described = place.described()
        beside = [told for name, told in top.described().items() if within and name != within[0]]
        return collected(
            described,
            self._wanted,
            lambda file, room: self._text(file, None if file in place.folders else place.files[file], room),
            lambda file: described[file],
            (*beside, *self._further_in(folder)),
            within,
        )

    def _further_in(self, top: Parts) -> Iterator[str]:
        """The paths of the files in the folders of a submission."""
        for outer in self._at(top).folders:
            yield from (f"{outer}/{name}" for name in self._at((*top, outer)).files)
            for inner in self._at((*top, outer)).folders:
                yield from (f"{outer}/{inner}/{name}" for name in self._at((*top, outer, inner)).files)

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

    def _told(self, member: zipfile.ZipInfo | None, opened: ExitStack, warnings: list[str]) -> ExportMetadata | None:
        """The metadata, from a copy that can be searched; None, with a sentence, where it cannot be had."""
        if member is None:
            return None
        why = f"it has more than {MAX_METADATA >> 20} MB" if member.file_size > MAX_METADATA else ""
        why = why or ("it is a link, and links are not followed" if _is_link(member) else "")
        if not why:
            file = opened.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 - lives as long as this source
            try:
                with self._stream(member) as stream:
                    shutil.copyfileobj(stream, file, 1 << 20)  # no more than the size that it declares
                return index(file)
            except _BROKEN as error:
                why = str(self._damaged(member, error))
        warnings.append(f"{METADATA} is not used: {why}. Names and earlier scores are not known")
        return None


def _zip(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except _BROKEN as error:
        said = one_line(str(error), 200)
        raise CannotImport(
            f"{path}: this is no whole zip ({said}). Give Gradescope's export; download it again if it is that."
        ) from None


def _tree(archive: zipfile.ZipFile, left_out: LeftOut) -> Mapping[Parts, Folder]:
    """What lies in each folder of the zip, by the parts of its name."""
    tree: dict[Parts, Folder] = {}

    def folder(parts: Parts) -> Folder:
        if parts not in tree:
            tree[parts] = Folder(set(), {})
            if parts:
                folder(parts[:-1]).folders.add(parts[-1])
        return tree[parts]

    for member in archive.infolist():
        name = _name(member).replace("\\", "/")  # as programs for Windows write it
        parts = PurePosixPath(name).parts
        if ".." in parts or name.startswith("/") or (parts and parts[0][1:2] == ":"):
            left_out.add(name, "the name leads out of the zip")
        elif not parts or is_junk(parts[0]):
            continue
        elif name.endswith("/"):
            folder(parts)
        else:
            files = folder(parts[:-1]).files
            if parts[-1] in files:
                left_out.add(name, "the zip has a second file of this name, which counts")
            files[parts[-1]] = member
    return tree


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
