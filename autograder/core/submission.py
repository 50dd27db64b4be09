"""Reads a submission's Python files as text: named files only, regular, no links followed, capped, UTF-8.

Nothing here runs, imports or unpacks what it reads.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import msgspec

from autograder.core.errors import StudentError
from autograder.core.text import one_line

MAX_FILE = 1 << 20
MAX_FILES = 64
MAX_ALL = 2 << 20
MAX_LISTED = 200
_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)


class UnreadableFile(StudentError):
    """A file that is there but cannot be taken as Python text; the message is for the student."""


class Submission(msgspec.Struct, frozen=True):
    """The Python files at the top of a submission, as text, and what else lies there.

    texts: file name -> text. faults: file name -> why it could not be read, for the student. others: names of
    everything that was not read, for the staff.
    """

    texts: Mapping[str, str] = {}
    faults: Mapping[str, str] = {}
    others: tuple[str, ...] = ()


def read_submission(directory: Path, wanted: Iterable[str]) -> Submission:
    """Reads the files the questions ask for, then the student's own helper modules beside them.

    Raises NotADirectoryError or FileNotFoundError with a sentence if `directory` is not a folder.
    """
    if not directory.exists():
        raise FileNotFoundError(
            f"{directory}: there is no such folder. Give the folder that holds the submitted files."
        )
    if not directory.is_dir():
        raise NotADirectoryError(f"{directory}: this is a file. Give the folder that holds the submitted files.")
    return collected(
        (entry.name for entry in os.scandir(directory)),
        wanted,
        lambda name, room: read_text(directory / name, room),
        lambda name: _described(directory / name),
    )


def collected(
    names: Iterable[str],
    wanted: Iterable[str],
    read: Callable[[str, int], str],
    described: Callable[[str], str] = str,
) -> Submission:
    """A submission from the names at its top, wherever it lies.

    read: the text of a name, of at most so many bytes; raises UnreadableFile or OSError. described: how a name that is
    not read is told to the staff.
    """
    names = sorted(names)
    wanted = [name for name in wanted if name in names]
    helpers = [n for n in names if n.endswith(".py") and n[:-3].isidentifier() and n not in wanted][:MAX_FILES]
    texts: dict[str, str] = {}
    faults: dict[str, str] = {}
    room = MAX_ALL
    for name in (*wanted, *helpers):
        try:
            text = read(name, room)
        except (UnreadableFile, OSError) as fault:
            faults[name] = (
                str(fault) if isinstance(fault, UnreadableFile) else f"{name} cannot be read: {fault.strerror}"
            )
        else:
            texts[name] = text
            room -= len(text.encode())
    left = [n for n in names if n not in texts][:MAX_LISTED]
    return Submission(texts, faults, tuple(one_line(described(n), 120) for n in left))


def read_text(path: Path, room: int = MAX_FILE) -> str:
    """The text of one regular file of at most 1 MiB; UnreadableFile says what is wrong with it."""
    name = path.name
    try:
        descriptor = os.open(path, os.O_RDONLY | _NO_FOLLOW)
    except OSError:
        if os.path.islink(path):
            raise UnreadableFile(f"{name} is a link, and links are not followed: hand in the file itself.") from None
        raise
    if not stat.S_ISREG((status := os.fstat(descriptor)).st_mode):
        os.close(descriptor)
        raise UnreadableFile(f"{name} is not a regular file (a folder, say): hand in the file itself.")
    with os.fdopen(descriptor, "rb") as stream:
        if status.st_nlink > 1:
            raise UnreadableFile(f"{name} is a hard link: hand in a file of its own.")
        data = stream.read(limit(room) + 1)
    return decoded(name, data, room)


def limit(room: int) -> int:
    """The most bytes that a file may have where `room` are left for all of them."""
    return min(MAX_FILE, room)


def decoded(name: str, data: bytes, room: int = MAX_FILE) -> str:
    """The text in the bytes of a file; UnreadableFile if they are too many or no Python text in UTF-8."""
    if len(data) > limit(room):
        raise UnreadableFile(f"{name} is larger than 1 MiB (or all files together than 2 MiB), and was not read.")
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise UnreadableFile(f"{name} is saved as UTF-16. Save it as UTF-8 and hand it in again.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UnreadableFile(
            f"{name} is not UTF-8: byte 0x{data[error.start]:02x} in line {line}. Save it as UTF-8, hand it in again."
        ) from None
    if "\0" in text:
        raise UnreadableFile(
            f"{name} contains a NUL byte: it is not a Python text. Save it as UTF-8 and hand it in again."
        )
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _described(path: Path) -> str:
    if path.is_symlink():
        return f"{path.name} (link)"
    return f"{path.name}/" if path.is_dir() else path.name
