"""Is a store whole, and ours? Asked once when it is opened, before anything of it is believed.

A store may come from another machine, a copy that broke off or another program. So its tables must be the ones that are
made here and nothing beside them (a view could be endless, a trigger could change what is written), the pages must hang
together, and every row must decode to what it is read as. All of it within a time limit.
"""

from __future__ import annotations

import json
import os
import sqlite3
import stat
import time
import zlib
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec

from autograder.core.submission import Submission

SECONDS = 60.0  # for all checks; a store of ten thousand submissions takes three
MAX_FILES = 64 << 20  # bytes of a submission's files, unpacked
_STEPS = 20_000  # of SQLite's own machine between two looks at the clock
BESIDE = ("-wal", "-shm", "-journal")  # what SQLite keeps beside the file


class Damage(Exception):
    """What is wrong with a store, in a few words."""


def regular(path: Path) -> None:
    """Raises Damage if the file, or one that SQLite keeps beside it, is a folder, a FIFO or a device."""
    for name in (path, *(path.with_name(path.name + suffix) for suffix in BESIDE)):
        if os.path.lexists(name) and not (os.path.exists(name) and stat.S_ISREG(os.stat(name).st_mode)):
            raise Damage(f"{name.name} is no file")


@contextmanager
def within(db: sqlite3.Connection, seconds: float = SECONDS) -> Iterator[None]:
    """What is asked of the store inside ends after so many seconds: then it raises Damage."""
    deadline = time.monotonic() + seconds
    db.set_progress_handler(lambda: time.monotonic() > deadline, _STEPS)
    try:
        yield
    except sqlite3.OperationalError as error:
        if "interrupted" in str(error):
            raise Damage(f"looking at it took more than {seconds:g} s") from None
        raise
    finally:
        db.set_progress_handler(None, 0)


def schema(db: sqlite3.Connection) -> dict[tuple[str, str], str]:
    """(kind, name) -> how it was made, of everything but the indexes that SQLite makes for a key.

    Those are told by that nothing made them: a trigger may stand there under a name of SQLite's own as well.
    """
    made = "select type, name, sql from sqlite_master where type is not 'index' or sql is not null"
    rows = db.execute(made).fetchall()
    if not all(isinstance(cell, str) for row in rows for cell in row):
        raise Damage("its list of tables is not one")
    return {(kind, name): sql for kind, name, sql in rows}


def made_by(tables: str) -> dict[tuple[str, str], str]:
    """The same of an empty store that is made by these statements."""
    with sqlite3.connect(":memory:") as fresh:
        fresh.executescript(tables)
        found = schema(fresh)
    fresh.close()
    return found


def same_schema(found: Mapping[tuple[str, str], str], wanted: Mapping[tuple[str, str], str]) -> None:
    """Raises Damage, with the name, where a table is missing, was made otherwise, or something was added."""
    for kind, name in found.keys() - wanted.keys():
        raise Damage(f"it holds a {kind} {name[:40]!r} that is not ours")
    for kind, name in wanted:
        if (kind, name) not in found:
            raise Damage(f"the {kind} {name!r} is missing")
        if found[kind, name] != wanted[kind, name]:
            raise Damage(f"the {kind} {name!r} has other columns")


def pages(db: sqlite3.Connection) -> None:
    """Raises Damage if the pages do not hang together."""
    said = db.execute("pragma quick_check(1)").fetchone()
    if said is None or said[0] != "ok":
        raise Damage(str(said[0] if said else "it cannot be checked").splitlines()[-1][:200])


def decodable(
    db: sqlite3.Connection, table: str, columns: Mapping[str, Callable[[Any], object]], keys: tuple[str, ...]
) -> Iterator[dict[str, Any]]:
    """Each row of a table, its columns decoded. Raises Damage with table, row and column where one is not what it is.

    keys: the columns that name a row. A row may stand there once only, whatever its index says.
    """
    seen: set[tuple[Any, ...]] = set()
    for row in db.execute(f"select {', '.join(columns)} from {table}"):  # names of ours
        cells = dict(zip(columns, row, strict=True))
        name = tuple(cells[key] for key in keys)
        if name in seen:
            raise Damage(f"{_where(table, name)} is there twice")
        seen.add(name)
        for column, decode in columns.items():
            try:
                cells[column] = decode(cells[column])
            except Exception as error:  # whatever a decoder says to what is no text or no JSON
                raise Damage(f"{_where(table, name)}: {column} is not what was written ({_short(error)})") from None
        yield cells


def text(value: Any) -> str:
    """A text as it is. Raises TypeError."""
    if type(value) is not str:
        raise TypeError(f"{type(value).__name__} in place of text")
    return value


def points(value: str) -> None:
    """Raises ValueError if a text is not "" or a finite number of points."""
    if value and not (len(value) < 100 and "e" not in value.lower() and Fraction(value) is not None):
        raise ValueError("points were expected")


class _Files(msgspec.Struct, frozen=True):
    """A submission's files as they are kept."""

    texts: dict[str, str]
    faults: dict[str, str]
    others: tuple[str, ...]
    within: str = ""


_files = msgspec.json.Decoder(_Files)


def files(value: bytes | None) -> Submission | None:
    """A submission's files; None if they could not be read. Raises ValueError, TypeError, KeyError or zlib.error."""
    if value is None:
        return None
    unpacking = zlib.decompressobj()
    data = unpacking.decompress(value, MAX_FILES)
    if not unpacking.eof or unpacking.unused_data:
        raise ValueError("cut short, or too large")
    try:
        told = _files.decode(data)
    except (msgspec.ValidationError, UnicodeError):
        raise
    except msgspec.DecodeError:  # half of a pair of surrogates, which json alone reads
        told = msgspec.convert(json.loads(data), _Files)
    return Submission(told.texts, told.faults, told.others, within=told.within)


def rows(db: sqlite3.Connection, decoders: Mapping[str, Callable[[Any], Any]], slots: Collection[str]) -> None:
    """Raises Damage where a row is not what is written into a store. decoders: of the columns that hold JSON."""

    def slot(value: Any) -> str:
        if value not in slots:
            raise ValueError("no such slot")
        return str(value)

    for _ in decodable(db, "facts", {"name": text, "value": text}, ("name",)):
        pass
    columns = {"id": text, "about": decoders["about"], "content": text, "files": files}
    for row in decodable(db, "submissions", columns, ("id",)):
        _about_of(row["id"], row["about"])
    words, found = (lru_cache(maxsize=1 << 10)(decoders[name]) for name in ("words", "rows"))  # many are equal
    columns = {"id": text, "slot": slot, "words": words, "run": decoders["run"]}
    told = {(row["id"], row["slot"]): row["words"].keys() for row in decodable(db, "told", columns, ("id", "slot"))}
    columns = {"id": text, "slot": slot, "content": text, "rows": found, "shown": text}
    for row in decodable(db, "graded", columns, ("id", "slot")):
        if not row["rows"].keys() <= told.get((row["id"], row["slot"]), frozenset()):
            raise Damage(f"nothing is told of some rows of submission {row['id'][:40]!r}")


def _about_of(name: str, about: Any) -> None:
    try:
        for said in (about.score, *about.scores.values()):
            points(said)
    except (ValueError, ZeroDivisionError):
        raise Damage(f"submissions {name[:40]!r}: its points are no numbers") from None
    if about.submission != name:
        raise Damage(f"submissions {name[:40]!r}: it is told of another one")


def _where(table: str, name: tuple[Any, ...]) -> str:
    return f"{table} {' '.join(str(part)[:40] for part in name)!r}"


def _short(error: Exception) -> str:
    return f"{type(error).__name__}: {str(error)[:100]}"
