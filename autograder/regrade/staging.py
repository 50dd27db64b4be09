"""Publishes many files in one step: written aside, committed with the store, then put in their places.

Theory of operation. Everything is written below `.publishing/`, as it will lie in the folder, and synced. One commit of
the store is the step: it holds the facts of what is published and that the files stand ready. Then they are moved, one
rename each. Before that commit the folder is whole and old; after it the moves are all that is left, and whoever opens
the folder next does what a stop left undone. So a kill, a full disk or a closed pipe leaves the old files or the new.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType

from autograder.regrade.store_file import StoreFile

NAME = ".publishing"
READY = "publishing"  # the fact that files stand ready
SYNCED_AT_ONCE = 4  # one after the other, two files a submission take three times as long


def settle(store: StoreFile, folder: Path) -> None:
    """Ends what a run that was stopped had begun to publish: forward if it stood ready, else back. Raises OSError."""
    waiting = folder / NAME
    if waiting.is_symlink():
        waiting.unlink()
    if store.fact(READY):
        for path in _files(waiting):
            _move(path, folder / path.relative_to(waiting))
        for place in {folder, *(folder / path.relative_to(waiting) for path in _folders(waiting))}:
            _on_the_disk(place)
        store.set_fact(READY, "")
    if waiting.exists():
        shutil.rmtree(waiting)


class Staging:
    """Where files wait. A context manager: what is not published when it ends is gone, and the store as it was."""

    def __init__(self, store: StoreFile, folder: Path) -> None:
        """folder: the one of the store. Raises OSError."""
        self._store, self._folder = store, folder
        settle(store, folder)
        store.set_facts({})  # whatever was kept so far is no part of this step

    def __enter__(self) -> Staging:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if error is not None and not self._store.fact(READY):
            self._store.rollback()
            shutil.rmtree(self._folder / NAME, ignore_errors=True)

    def below(self, place: Path) -> Path:
        """The folder in which files wait that go into `place`, which is the store's folder or lies in it."""
        waiting = self._folder / NAME / place.relative_to(self._folder)
        waiting.mkdir(mode=0o700, parents=True, exist_ok=True)
        return waiting

    def publish(self, facts: Mapping[str, str]) -> None:
        """Puts everything in its place, and keeps these facts, in one step. Raises OSError."""
        waiting = self._folder / NAME
        with ThreadPoolExecutor(SYNCED_AT_ONCE) as pool:
            for synced in [pool.submit(_on_the_disk, p) for p in (*_files(waiting), waiting, *_folders(waiting))]:
                synced.result()
        self._store.set_facts({**facts, READY: "ready"})
        settle(self._store, self._folder)


def _files(folder: Path) -> list[Path]:
    return [Path(place, name) for place, _, names in os.walk(folder) for name in sorted(names)]


def _folders(folder: Path) -> list[Path]:
    return [Path(place, name) for place, names, _ in os.walk(folder) for name in sorted(names)]


def _move(path: Path, target: Path) -> None:
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.replace(path, target)


def _on_the_disk(path: Path) -> None:
    """A file, or the names in a folder, are on the disk once this returns, whatever becomes of the power."""
    if path.exists():
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
