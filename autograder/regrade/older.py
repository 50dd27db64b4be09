"""A store of an older layout: kept whole beside the new one that begins in its place."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from autograder.regrade.store import Store
from autograder.regrade.store_file import FILE, NEW, OlderStore, StoreError, in_words, is_store

KEPT_ASIDE = "findings.layout-"  # how its name begins


def set_aside_older(folder: Path) -> str:
    """Where a folder's store is of an older layout: keeps it whole under another name and makes a new one in its place.

    A sentence on it, "" where there was nothing to do. There is a whole store in the folder at any moment. Raises
    StoreError.
    """
    path = folder / FILE
    if not is_store(folder):
        return ""
    try:
        with Store(folder, write=False, all_of_it=False):
            return ""
    except OlderStore:
        with in_words(folder), closing(sqlite3.connect(path, timeout=2.0)) as old:
            old.execute("pragma locking_mode = exclusive")
            old.execute("pragma journal_mode = delete")  # all of it is in the one file then
            old.execute("begin exclusive")
            (layout,) = old.execute("select value from facts where name = 'layout'").fetchone()
            aside = next(name for name in _aside(folder, layout) if not os.path.lexists(name))
            os.link(path, aside)  # a copy would open the file, and lose its lock when it is closed
            fresh = folder / f".{FILE}.{os.getpid()}"
            with closing(sqlite3.connect(fresh)) as new:
                new.executescript(NEW)
            os.replace(fresh, path)
        return f"{path} was of an older version of this project: it is kept whole as {aside.name}, and a new one begins"
    except StoreError:
        return ""  # it is told when it is opened


def _aside(folder: Path, layout: str) -> Iterator[Path]:
    yield folder / f"{KEPT_ASIDE}{layout}.sqlite"
    yield from (folder / f"{KEPT_ASIDE}{layout}-{count}.sqlite" for count in range(2, 1000))
