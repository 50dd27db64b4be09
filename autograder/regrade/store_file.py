"""The file of a store: made, locked, looked at before anything of it is believed, and what is wrong with it in words.

A commit is on the disk before the next submission is read: a stop at any moment, of the power too, loses at most
what was being graded. SQLite's write-ahead log with `synchronous = full` is enough for that. A commit is appended to
the log, each page with a checksum that runs on from the page before, and the log is synced before the commit returns;
the database file itself is only written from a log that is synced, and synced before the log is used again. So whatever
the last write was torn into, opening the file finds the commits before the first page that is not whole, and no other.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TypeVar

from autograder.core.errors import EnvironmentFault
from autograder.regrade import integrity

FILE = "findings.sqlite"
LAYOUT = "1"
_TABLES = """
create table facts (name text primary key, value text not null);
create table submissions (id text primary key, about text not null, content text not null, files blob);
create table graded (id text, slot text, content text not null, rows text not null, shown text not null,
    primary key (id, slot));
create table told (id text, slot text, words text not null, run text not null, primary key (id, slot));
"""
NEW = f"begin; {_TABLES} insert into facts values ('layout', '{LAYOUT}'); commit;"
_SCHEMA = integrity.made_by(_TABLES)
_Store = TypeVar("_Store", bound="StoreFile")


class StoreError(EnvironmentFault):
    """The folder's store cannot be used; the message says why and what to do."""


class EmptyStore(StoreError):
    """The store was being made when that was stopped: opening it to write makes it."""


class OlderStore(StoreError):
    """The store is of an older layout."""


class StoreFile:
    """The file of one folder's store. A context manager; only one process at a time may have it open to write."""

    patience = 2.0  # seconds that it waits for a writer to end

    def __init__(self, folder: Path, write: bool = True, all_of_it: bool = True) -> None:
        """Opens or makes it. Raises StoreError if it is another's, damaged, or (to write) open elsewhere.

        all_of_it: looks whether every page and row is whole; who only wants a fact may do without.
        """
        self.path = folder / FILE
        if not write and not is_store(folder):
            raise StoreError(f"{folder}: there is no {FILE} in it. Give a folder that `regrade -o` wrote.")
        with in_words(folder):
            integrity.regular(self.path)
            self._db = sqlite3.connect(self.path, timeout=self.patience)
            try:
                self._open(write, all_of_it)
            except BaseException:
                self._db.close()
                raise

    def _open(self, write: bool, all_of_it: bool) -> None:
        """Takes its lock, or a view of it that no writer changes, and looks at all of it."""
        self._db.execute("pragma trusted_schema = off")  # nothing that the file itself asks for
        self._db.execute("pragma cell_size_check = on")
        self._db.execute("pragma synchronous = full")
        with integrity.within(self._db):
            if write:
                self._db.execute("pragma locking_mode = exclusive")
                self._db.execute("pragma journal_mode = wal")
                self._db.execute("begin exclusive")
                self._db.commit()
            else:
                self._db.execute("begin")
            found = integrity.schema(self._db)
            if write and not found:
                self._db.executescript(NEW)
                return
            self._check_layout(found)
            integrity.same_schema(found, _SCHEMA)
            if all_of_it:
                integrity.pages(self._db)
                self._look_at_rows()

    def __enter__(self: _Store) -> _Store:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if isinstance(error, sqlite3.DatabaseError):
            self._db.close()
            raise StoreError(f"{self.path}: the store of gradings cannot be used ({error})") from error
        self._db.commit()
        self._db.close()

    def _look_at_rows(self) -> None:
        """Raises Damage where a row is not what is written."""
        raise NotImplementedError

    def rollback(self) -> None:
        """Forgets what was written since the last commit."""
        self._db.rollback()

    # ------------------------------------------------------------------------------------------------------- facts

    def fact(self, name: str) -> str:
        """A fact about the whole folder, "" if it is not known."""
        found = self._db.execute("select value from facts where name = ?", (name,)).fetchone()
        return str(found[0]) if found else ""

    def set_fact(self, name: str, value: str) -> None:
        """Keeps a fact; it is on the disk once this returns."""
        self.set_facts({name: value})

    def set_facts(self, facts: Mapping[str, str]) -> None:
        """Keeps facts and whatever was written before, in one step; all of it is on the disk once this returns."""
        self._db.executemany("insert or replace into facts values (?, ?)", facts.items())
        self._db.commit()

    def _check_layout(self, schema: Mapping[tuple[str, str], str]) -> None:
        """Raises Damage where no layout can be read, and StoreError where it is another one."""
        if not schema:
            raise EmptyStore(_damaged(self.path, "there is nothing in it yet"))
        table = ("table", "facts")
        if schema.get(table) != _SCHEMA[table]:
            raise integrity.Damage(
                "the table 'facts' is missing" if table not in schema else "the table 'facts' has another form"
            )
        layout = self.fact("layout")
        if layout == LAYOUT:
            return
        if not layout.isascii() or not layout.isdecimal():
            raise integrity.Damage("it does not say of which layout it is")
        if int(layout) > int(LAYOUT):
            raise StoreError(
                f"{self.path} was written by a newer version of this project: update it, or give another folder."
            )
        raise OlderStore(
            f"{self.path} was written by an older version of this project (layout {layout}, now {LAYOUT}), which this"
            " one cannot read: grade the export again into this folder; the old store is then kept beside the new one."
        )


@contextmanager
def in_words(folder: Path) -> Iterator[None]:
    """What is raised inside of a folder's store, as a StoreError that says what to do."""
    path = folder / FILE
    try:
        yield
    except integrity.Damage as damage:
        raise StoreError(_damaged(path, damage)) from None
    except sqlite3.OperationalError as error:
        if "lock" in str(error):
            busy = f"{folder} is being written by another regrade: wait until it ends, or give another folder."
            raise StoreError(busy) from None
        damaged = any(word in str(error) for word in ("decode", "malformed", "corrupt"))
        raise StoreError(_damaged(path, error) if damaged else f"{path}: {error}") from None
    except sqlite3.DatabaseError as error:
        if "not a database" in str(error):
            raise StoreError(f"{path} is not a store of gradings ({error}): give another folder.") from None
        raise StoreError(_damaged(path, error)) from None


def _damaged(path: Path, why: object) -> str:
    return (
        f"{path} is damaged, or another program has changed it ({why}). Copy the whole folder again, with {FILE}-wal,"
        " while no regrade runs in it, or grade the export into a new folder."
    )


def is_store(folder: Path) -> bool:
    """Whether a folder is one that `regrade -o` wrote: what is wrong with its store is told when that is opened."""
    return os.path.lexists(folder / FILE)
