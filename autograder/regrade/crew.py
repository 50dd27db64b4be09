"""Who grades: processes of this machine, or the workers of a Dask cluster. One code path, that of `concurrent.futures`.

What crosses is bytes of our own encoding in both directions (`work.Task`, `work.Done`); the executors wrap them in
pickles of their own, between trusted processes on both ends. Student code runs further out still, in the jails of those
processes.
"""

from __future__ import annotations

import math
import multiprocessing
import multiprocessing.connection
import os
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from typing import Any, Protocol

Grade = Callable[[bytes], bytes]


class CrewError(Exception):
    """Nobody is there to grade; the message says why and what to do."""


class Crew(Protocol):
    """Takes tasks one by one. `width`: how many can be graded at once."""

    @property
    def width(self) -> int:
        """How many tasks can be graded at once."""

    def submit(self, task: bytes) -> Future[bytes]:
        """Hands out one task."""

    def renew(self) -> None:
        """Makes it whole after a process was lost; what was handed out and not answered is forgotten."""

    def complaint(self) -> str:
        """A sentence if nobody is there to grade at the moment, else ""."""

    def close(self) -> None:
        """Ends it. May be called twice."""


class LocalCrew:
    """Processes of this machine, each a fresh interpreter: a fork of this one would inherit its threads' locks."""

    def __init__(self, grade: Grade, jobs: int) -> None:
        self._grade = grade
        self._jobs = jobs
        self._pool = self._new_pool()

    @property
    def width(self) -> int:
        """How many processes there are."""
        return self._jobs

    def submit(self, task: bytes) -> Future[bytes]:
        """Hands out one task. Its future raises BrokenExecutor if the process that graded, or another one, was lost."""
        return self._pool.submit(self._grade, task)

    def renew(self) -> None:
        """New processes in place of a pool in which one was lost: such a pool answers nothing more."""
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._pool = self._new_pool()

    def complaint(self) -> str:
        """Nothing: processes of this machine start with the first task."""
        return ""

    def close(self) -> None:
        """Waits for the processes to end."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _new_pool(self) -> Executor:
        context = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(self._jobs, mp_context=context, initializer=end_with_parent)


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
    """The workers of a Dask cluster. One that is lost is the scheduler's to replace: its tasks go to another worker."""

    def __init__(self, grade: Grade, address: str, seconds: float = 20.0) -> None:
        """Connects to a scheduler such as "tcp://host:8786"; CrewError if none answers within `seconds`."""
        try:
            import distributed
        except ModuleNotFoundError as error:
            raise CrewError(f"--scheduler needs dask.distributed ({error}): install the extra `cluster`") from None
        connect: Any = distributed.Client
        self._grade = grade
        try:
            self._client = connect(address, timeout=seconds)
        except (OSError, ValueError, TimeoutError) as error:
            raise CrewError(f"no Dask scheduler answers at {address}: {error or 'no answer'}") from None
        self._executor = self._client.get_executor(pure=False)
        self._workers, self._counted = 0, -math.inf

    @property
    def width(self) -> int:
        """How many workers there are, at least 1: each grades one submission at a time."""
        return max(self._count(2.0), 1)

    def submit(self, task: bytes) -> Future[bytes]:
        """Hands out one task. Its future raises KilledWorker once several workers were lost with it."""
        future: Future[bytes] = self._executor.submit(self._grade, task)
        return future

    def renew(self) -> None:
        """Nothing to do: the scheduler keeps what is handed out."""

    def complaint(self) -> str:
        """A sentence if no worker is connected."""
        return "" if self._count(0.0) else "the Dask scheduler has no worker at the moment"

    def close(self) -> None:
        """Lets go of the scheduler, and of what was handed out."""
        self._executor.shutdown(wait=False)
        self._client.close()

    def _count(self, age: float) -> int:
        """The number of workers, asked of the scheduler if what is known is older than `age` seconds."""
        if time.monotonic() - self._counted > age:
            try:
                self._workers = len(self._client.scheduler_info(n_workers=-1)["workers"])
            except (OSError, TimeoutError):  # the scheduler is away; the client connects again by itself
                self._workers = 0
            self._counted = time.monotonic()
        return self._workers
