"""What the grader asks of a worker, whatever kind it is, and the three ways in which a worker does not answer."""

from __future__ import annotations

import signal
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import msgspec

from autograder.core.errors import AutograderError, EnvironmentFault


class WorkerFault(EnvironmentFault):
    """A worker that could not be started: our fault."""


class Ended(AutograderError):
    """The worker is gone: it exited, was killed by a signal, or sent what is no frame.

    how: it, in words, for brackets. detail: for the staff.
    """

    def __init__(self, how: str, detail: str = "") -> None:
        super().__init__(how)
        self.how = how
        self.detail = detail


INVALID = "it sent invalid data to the grader"


class OutOfTime(AutograderError):
    """No reply came in time; the worker has been killed."""


class Program(msgspec.Struct, frozen=True):
    """What a worker runs: one module of the student, the texts it may import, and its limits.

    memory_bytes: what it may ask for beyond a bare interpreter. cpu_seconds: second line behind the grader's clock.
    unreadable: module -> why its file could not be read. packages: what it may import beside Python's own modules.
    """

    file: str
    texts: Mapping[str, str]
    memory_bytes: int
    cpu_seconds: int = 600
    unreadable: Mapping[str, str] = {}
    packages: tuple[str, ...] = ("numpy",)


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

    def rest(self) -> bool:
        """Waits until the next request, without running anything of the student's where it can be stopped.

        False: it cannot wait, and had better be ended.
        """

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
        "unreadable": dict(program.unreadable),
        "packages": list(program.packages),
    }
    return header, b"".join(contents.values())


def in_words(status: int) -> str:
    """How a process ended, from its exit status (negative: a signal), which is never a verdict."""
    if status >= 0:
        return f"exit status {status}"
    name = signal.Signals(-status).name if -status in {s.value for s in signal.Signals} else str(-status)
    often = {"SIGSEGV": "recursion without end may cause it", "SIGXCPU": "its processor time was used up"}.get(name, "")
    return f"signal {name}{': ' * bool(often)}{often}"
