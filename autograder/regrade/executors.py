"""Who grades: processes of this machine, or the workers of a Dask cluster. One code path, that of `concurrent.futures`.

What crosses is bytes of our own encoding in both directions (`work.Task`, `work.Done`); the executors wrap them in
pickles of their own, between trusted processes on both ends. Student code runs further out still, in the jails of those
processes.
"""

from __future__ import annotations

import contextlib
import gc
import logging
import math
import multiprocessing
import multiprocessing.connection
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from importlib import import_module
from operator import methodcaller
from pathlib import Path
from typing import Any, TypeAlias

from autograder.core.errors import EnvironmentFault
from autograder.sandbox.zygote_start import RARELY

Grade = Callable[[bytes], bytes]
PROJECT = str(Path(__file__).resolve().parents[2])
GO_ON = "What was graded is kept: run the command again to go on."


class CrewError(EnvironmentFault):
    """Nobody is there to grade; the message says why and what to do."""


class LocalCrew:
    """Processes of this machine, each a fresh interpreter: a fork of this one would inherit its threads' locks."""

    def __init__(self, grade: Grade, jobs: int) -> None:
        self._grade = grade
        self._jobs = jobs
        self._pool = self._new_pool()

    @property
    def width(self) -> int:
        """How many tasks can be graded at once: a process each."""
        return self._jobs

    def submit(self, task: bytes) -> Future[bytes]:
        """Sends one task. Its future raises BrokenExecutor if its process, or another one, crashed."""
        return self._pool.submit(self._grade, task)

    def renew(self) -> None:
        """New processes in place of a pool in which one was lost: such a pool answers nothing more."""
        self.close()
        self._pool = self._new_pool()

    def complaint(self) -> str:
        """Nothing: processes of this machine start with the first task."""
        return ""

    def close(self, now: bool = False) -> None:
        """Waits for the processes to end. now: kills them; each takes its student's process along."""
        if now:
            for process in list((self._pool._processes or {}).values()):
                process.kill()
        if sys.version_info < (3, 11, 5):
            _free_the_writer(self._pool)
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _new_pool(self) -> ProcessPoolExecutor:
        if PROJECT not in sys.path:  # a new process takes over this one's path, from which `python -m` took the project
            packages = (at for at, place in enumerate(sys.path) if place.endswith(("site-packages", "dist-packages")))
            sys.path.insert(
                next(packages, len(sys.path)), PROJECT
            )  # behind Python's own, before another version of ours
        context = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(self._jobs, mp_context=context, initializer=begin_process)


def _free_the_writer(pool: Any) -> None:
    """Before CPython 3.11.5 a pool that lost a process may never end (issue 94777): one of its threads writes a task of
    more than a pipe holds, and nobody reads it. Later Pythons close the reading end, so that the write fails.
    """
    queue = pool._call_queue
    if pool._broken and queue is not None and queue._thread is not None:
        queue._thread.join(0.5)
        if queue._thread.is_alive():
            with contextlib.suppress(OSError):
                queue._reader.close()


def begin_process() -> None:
    """In a process of the pool: Python rarely looks for garbage, since `task.grade` does after each submission."""
    gc.set_threshold(RARELY)
    end_with_parent()


def end_with_parent() -> None:
    """In a process of the pool: leaves Ctrl-C to the parent, and ends when the parent is gone, however it went.

    Such a process waits for its next task in a pipe whose other end it holds itself, so it would wait for ever.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def wait() -> None:
        multiprocessing.connection.wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


class DaskCrew:
    """The workers of a Dask cluster. One that is lost is the scheduler's to replace: its tasks go to another worker.

    The workers need this project; the scheduler only distributed. It looks at what it passes on, so a task names
    `grade` in words that every Python knows, and the worker alone imports it.
    """

    def __init__(self, grade: Grade, address: str, seconds: float = 10.0) -> None:
        """Connects to a scheduler such as "tcp://host:8786"; CrewError if none answers within `seconds`.

        grade: a function at the top of a module that the workers can import.
        """
        try:
            self._distributed: Any = import_module("distributed")
            self._compose: Any = import_module("toolz").compose  # which Dask itself needs
        except ModuleNotFoundError as error:
            raise CrewError(f"--scheduler needs dask.distributed ({error}): install the extra `cluster`") from None
        # They show tracebacks of what is said here in a sentence; tornado's, when a slow cluster is left.
        for name in ("distributed", "distributed.client", "tornado.application", "asyncio"):
            logging.getLogger(name).setLevel(logging.CRITICAL)
        self._module, self._name = grade.__module__, grade.__name__
        self._address, self._seconds = address, seconds
        self._connect()

    def _connect(self) -> None:
        try:
            self._distributed.comm.resolve_address(self._address)  # a client that was given a wrong one ends badly
            self._client = self._distributed.Client(self._address, timeout=self._seconds)
        except Exception as error:  # a wrong address ends in errors of every kind
            raise CrewError(f"no Dask scheduler answers at {self._address}: {error}") from None
        self._executor = self._client.get_executor(pure=False)
        self._workers: int | None = 0
        self._counted = -math.inf

    @property
    def width(self) -> int:
        """How many workers there are, at least 1: each grades one submission at a time."""
        return max(self._count(2.0) or 0, 1)

    def submit(self, task: bytes) -> Future[bytes]:
        """Sends one task to a worker. Its future raises KilledWorker once several workers were lost with it.

        CancelledError: the scheduler was lost.
        """
        call = self._compose(methodcaller(self._name, task), import_module)  # import_module(module).name(task)
        try:
            future: Future[bytes] = self._executor.submit(call, self._module)
        except Exception:  # the client has closed itself, since its scheduler was lost
            future = Future()
            future.cancel()
            future.set_running_or_notify_cancel()
        return future

    def renew(self) -> None:
        """Connects again after the scheduler was lost. CrewError if none answers."""
        self.close()
        try:
            self._connect()
        except CrewError as error:
            raise CrewError(f"the Dask scheduler was lost: {error}. {GO_ON}") from None

    def complaint(self) -> str:
        """A sentence if no worker is connected."""
        workers = self._count(0.0)
        if workers is None:
            return f"the Dask scheduler at {self._address} does not answer"
        return "" if workers else f"the Dask scheduler has no worker yet (to start one: dask worker {self._address})"

    def close(self, now: bool = False) -> None:
        """Disconnects from the scheduler; tasks that are out are dropped."""
        with contextlib.suppress(Exception):  # the scheduler may be gone
            self._executor.shutdown(wait=False)
        with contextlib.suppress(Exception):
            self._client.close(timeout=2)

    def _count(self, age: float) -> int | None:
        """The number of workers, asked of the scheduler if what is known is older than `age` seconds; None: away."""
        if time.monotonic() - self._counted > age:
            try:
                self._workers = len(self._client.scheduler_info(n_workers=-1)["workers"])
            except Exception:  # whatever a client raises that has lost its scheduler
                self._workers = None
            self._counted = time.monotonic()
        return self._workers


Crew: TypeAlias = LocalCrew | DaskCrew  # takes tasks one by one
