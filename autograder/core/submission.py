"""Reads a submission's Python files as text: named files only, regular, no links followed, capped, UTF-8.

Nothing here runs, imports or unpacks what it reads.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from functools import cache
from itertools import islice
from pathlib import Path
from typing import TypeVar

import msgspec

from autograder.core.errors import StudentError
from autograder.core.text import clean

MAX_FILE = 1 << 20
MAX_FILES = 64
MAX_ALL = 2 << 20
MAX_LISTED = 200
LEVELS = 2  # folders down in which files are looked for
JUNK = ("__MACOSX", "__pycache__", "Thumbs.db", "desktop.ini")  # and whatever begins with a dot
Parts = tuple[str, ...]
Level = Callable[[Parts], tuple[Iterable[str], Set[str]]]
Listing = Callable[[Parts], tuple[list[str], list[str]]]
T = TypeVar("T")
_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)


class UnreadableFile(StudentError):
    """A file that is there but cannot be taken as Python text; the message is for the student."""


class Submission(msgspec.Struct, frozen=True):
    """The Python files of a submission, as text, and what else lies there.

    texts: file name -> text. faults: file name -> why it could not be read, for the student. others: names of
    everything that was not read, with paths of what lies up to two folders down. place: where a file is missed, in a
    sentence for the student. within: the folder that they were read from, such as "homework/"; "" for the top.
    """

    texts: Mapping[str, str] = {}
    faults: Mapping[str, str] = {}
    others: tuple[str, ...] = ()
    place: str = "the submission"
    within: str = ""


def read_submission(directory: Path, wanted: Iterable[str]) -> Submission:
    """Reads the files the questions ask for, then the student's own helper modules beside them.

    They are read at the top, or from the one folder that `place_of` finds.
    Raises NotADirectoryError or FileNotFoundError with a sentence if `directory` is not a folder.
    """
    if not directory.is_dir():
        if directory.exists():
            raise NotADirectoryError(f"{directory}: this is a file. Give the folder that holds the submitted files.")
        raise FileNotFoundError(
            f"{directory}: there is no such folder. Give the folder that holds the submitted files."
        )
    wanted = tuple(wanted)
    listed = _listing(directory, wanted)
    within = place_of(lambda parts: _level(listed, parts, wanted), wanted)
    place = directory.joinpath(*within)
    beside = () if not within else _beside(directory, within[0])
    return collected(
        listed(within)[0],
        wanted,
        lambda name, room: read_text(place / name, room),
        lambda name: _described(place / name),
        (*beside, *_further_in(directory, listed(())[1])),
        within,
    )


def place_in(directory: Path, wanted: Iterable[str]) -> Parts:
    """The folder below a directory that its files are read from; () for itself."""
    wanted = tuple(wanted)
    listed = _listing(directory, wanted)
    return place_of(lambda parts: _level(listed, parts, wanted), wanted)


def place_of(level: Level, wanted: Iterable[str]) -> Parts:
    """The folder to read a submission from: the top, or where students packed their folder, the one that holds it all.

    That is the only folder, at most two down, with any file that is wanted, where none lies at the top. With a second
    such folder nobody can say which one was meant, so neither is read, and their files are named.
    level: of a folder in the submission, the folders in it, and which of the files that are wanted.
    """
    wanted = frozenset(wanted)
    found: list[Parts] = []
    waiting: list[Parts] = [()]
    for parts in waiting:  # which grows meanwhile
        folders, files = level(parts)
        if files:
            found.append(parts)
        if not parts and (files or not wanted.isdisjoint(folders)):
            return ()
        if len(parts) < LEVELS:
            waiting += [(*parts, name) for name in sorted(folders) if not is_junk(name)]
        if len(found) > 1 or len(waiting) > MAX_LISTED:
            return ()
    return found[0] if found else ()


def collected(
    names: Iterable[str],
    wanted: Iterable[str],
    read: Callable[[str, int], str],
    described: Callable[[str], str] = str,
    further_in: Iterable[str] = (),
    within: Parts = (),
) -> Submission:
    """A submission from the names in the place that it is read from, wherever it lies.

    read: the text of a name, of at most so many bytes; raises UnreadableFile or OSError. described: how a name that is
    not read is told to the staff. further_in: paths of the files in folders, and all else beside that place.
    within: the place below the top.
    """
    inside = "".join(f"{part}/" for part in within)
    wanted = tuple(wanted)
    names = _looked_at(names, frozenset(wanted))
    wanted = [name for name in wanted if name in names]
    helpers = [name for name in names if _is_module(name) and name not in wanted][:MAX_FILES]
    texts: dict[str, str] = {}
    faults: dict[str, str] = {}
    room = MAX_ALL
    for name in (*wanted, *helpers):
        try:
            text = read(name, room)
        except (UnreadableFile, OSError) as fault:
            faults[name] = str(fault) if isinstance(fault, UnreadableFile) else f"{name} {_unread(fault)}"
        else:
            texts[name] = text
            room -= len(text.encode())
    unread = islice((n for n in names if n not in texts and not is_junk(n)), MAX_LISTED)
    left = [f"{inside}{described(name)}" for name in unread]
    told = {f"{inside}{name}" for name in names} if within else set()
    left += sorted(p for p in further_in if p not in told and not any(map(is_junk, p.split("/"))))
    others = tuple(clean(n, 120).replace("\n", " ") for n in left[:MAX_LISTED])
    return Submission(texts, faults, others, within=clean(inside, 120).replace("\n", " "))


def _unread(fault: OSError) -> str:
    """What a file is told that the system does not let us read."""
    if isinstance(fault, PermissionError):
        return "cannot be read: its permissions do not allow it. Change them, or save the file anew."
    return f"cannot be read: {fault.strerror or fault}. Save the file anew."


def _looked_at(names: Iterable[str], wanted: Set[str]) -> list[str]:
    """Of however many names, sorted: those that are wanted, the first helper modules, and the first to be listed."""
    kept: list[str] = []
    for chunk in _chunks(names):
        found = sorted({*kept, *chunk})
        helpers = islice((name for name in found if _is_module(name) and name not in wanted), MAX_FILES)
        listed = found[: MAX_LISTED + MAX_FILES + len(wanted)]
        kept = sorted({*(wanted & set(found)), *helpers, *listed})
    return kept


def _first(names: Iterable[str], most: int) -> list[str]:
    """The first of however many names."""
    kept: list[str] = []
    for chunk in _chunks(names):
        kept = sorted(kept + chunk)[:most]
    return kept


def _chunks(names: Iterable[T]) -> Iterator[list[T]]:
    """The names or entries, some thousands at a time: a submission may have a million."""
    names = iter(names)
    while chunk := list(islice(names, 4_096)):
        yield chunk


def _is_module(name: str) -> bool:
    return name.endswith(".py") and name[:-3].isidentifier()


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
        data = stream.read(min(status.st_size, limit(room)) + 1)  # a megabyte to read into costs more than the reading
        data += stream.read(limit(room) + 1 - len(data)) if len(data) > status.st_size else b""  # it grew meanwhile
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


def is_junk(name: str) -> bool:
    """Whether a name stands for nothing that anybody handed in."""
    return name.startswith(".") or name in JUNK or name.endswith(".pyc")


def _listing(directory: Path, wanted: Iterable[str]) -> Listing:
    """Looks at a folder below a directory once: the names in it that are looked at, and the first folders in it."""
    wanted = frozenset(wanted)

    @cache
    def listed(parts: Parts) -> tuple[list[str], list[str]]:
        names: list[str] = []
        folders: list[str] = []
        with os.scandir(directory.joinpath(*parts)) as entries:
            for chunk in _chunks(entries):
                names = _looked_at([*names, *(entry.name for entry in chunk)], wanted)
                inner = (e.name for e in chunk if e.is_dir(follow_symlinks=False) and not is_junk(e.name))
                folders = sorted([*folders, *inner])[: MAX_LISTED + 1]
        return names, folders

    return listed


def _level(listed: Listing, parts: Parts, wanted: Iterable[str]) -> tuple[list[str], set[str]]:
    """The folders in a folder, and which of the files that are wanted; nothing of one that cannot be read."""
    try:
        names, folders = listed(parts)
    except OSError:
        return [], set()
    return folders, set(wanted).intersection(names).difference(folders)


def _beside(directory: Path, inner: str) -> list[str]:
    """What lies at the top of a submission beside the folder that it is read from."""
    with os.scandir(directory) as entries:
        names = _first((entry.name for entry in entries if entry.name != inner), MAX_LISTED)
    return [_described(directory / name) for name in names]


def _further_in(folder: Path, inner: list[str]) -> list[str]:
    """The files in folders of a folder, at most two levels down, as paths relative to it. inner: its folders."""
    found: list[str] = []
    waiting = [(folder / name, f"{name}/", 1) for name in inner[: MAX_LISTED - 1]]
    for path, inside, depth in waiting:  # which grows meanwhile
        room = max(MAX_LISTED - 1 - len(waiting), 0) if depth < LEVELS else 0
        try:
            folders = _first(_within(path, folders=True), room) if room else []
            files = _first(_within(path, folders=False), MAX_LISTED)
        except OSError:
            continue  # its name is told all the same
        waiting += [(path / name, f"{inside}{name}/", depth + 1) for name in folders]
        found += [f"{inside}{name}" for name in files]
    return found


def _within(path: Path, folders: bool) -> Iterator[str]:
    """The names of the folders in a folder, or of all else."""
    with os.scandir(path) as entries:
        yield from (e.name for e in entries if e.is_dir(follow_symlinks=False) is folders and not is_junk(e.name))


def _described(path: Path) -> str:
    if path.is_symlink():
        return f"{path.name} (link)"
    return f"{path.name}/" if path.is_dir() else path.name
