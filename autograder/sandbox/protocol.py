"""What the grader asks of a worker, whatever kind it is, and the three ways in which a worker does not answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

import msgspec

from autograder.core.errors import AutograderError, EnvironmentFault


class WorkerFault(EnvironmentFault):
    """A worker that could not be started: our fault."""


class Ended(AutograderError):
    """The worker is gone: it exited, was killed by a signal, or wrote what is no frame. `how` says it in words."""

    def __init__(self, how: str) -> None:
        super().__init__(how)
        self.how = how


class OutOfTime(AutograderError):
    """No reply came in time; the worker has been killed."""


class Program(msgspec.Struct, frozen=True):
    """What a worker runs: one module of the student, the texts it may import, and its limits.

    memory_bytes: what it may ask for beyond a bare interpreter. cpu_seconds: second line behind the grader's clock.
    """

    file: str
    texts: Mapping[str, str]
    memory_bytes: int
    unavailable: Mapping[str, str]
    cpu_seconds: int = 600


class Worker(Protocol):
    """One process with one student module in it."""

    def request(self, header: Mapping[str, Any], blobs: bytes | bytearray) -> None:
        """Sends one request, without waiting for a worker that does not read it: `receive` keeps the time."""

    def receive(self, seconds: float) -> tuple[dict[str, Any], bytes]:
        """The next reply within `seconds`; raises Ended or OutOfTime."""

    def printed(self) -> str:
        """What the process printed since it was last asked, at most 64 KiB."""

    @property
    def alive(self) -> bool:
        """Whether the process can still answer."""

    def close(self) -> None:
        """Kills the process and everything it started, and waits for it. May be called twice."""


Start = Callable[[Program], Worker]


def hello(program: Program) -> tuple[dict[str, Any], bytes]:
    """The first request of every worker: the texts as bytes, and their names and sizes in the header."""
    contents = {name: text.encode("utf-8") for name, text in program.texts.items()}
    header = {
        "file": program.file,
        "files": [[name, len(data)] for name, data in contents.items()],
        "memory_bytes": program.memory_bytes,
        "unavailable": dict(program.unavailable),
    }
    return header, b"".join(contents.values())


def in_words(status: int) -> str:
    """How a process ended, from its exit status (negative: a signal), which is never a verdict."""
    import signal

    if status < 0:
        name = signal.Signals(-status).name if -status in {s.value for s in signal.Signals} else str(-status)
        return f"it was ended by signal {name}"
    return f"it exited by itself with status {status}"
