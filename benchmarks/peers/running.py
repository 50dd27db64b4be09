"""Runs one grading from outside: a time-out, limits, and everything that it started ended with it."""

from __future__ import annotations

import contextlib
import os
import resource
import select
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.memory import tree
from benchmarks.peers.case import Case
from benchmarks.peers.cgroup import Group

PATIENCE = 120.0  # seconds; no timed grading comes near


@dataclass(frozen=True)
class Run:
    """What was seen of one grading from outside.

    seconds: wall-clock. ended: the exit status, negative for a signal; None if it had to be killed from outside.
    score:   the points of the result that it left, None without one.
    said:    the last line that it printed.
    """

    seconds: float
    ended: int | None
    score: float | None
    said: str


def run(case: Case, patience: float = PATIENCE, group: Group | None = None, address_space: int | None = None) -> Run:
    """Runs a case; `address_space` limits each process in bytes, where there is no group."""
    if not case.kept:
        case.result.unlink(missing_ok=True)
    command = [*(group.entering() if group else ()), *case.command]
    log = case.result.parent / ".output"

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (address_space, address_space))  # type: ignore[arg-type]

    with log.open("wb") as output:
        began = time.perf_counter()
        process = subprocess.Popen(
            command,
            cwd=case.cwd,
            env=dict(case.environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=limit if address_space else None,
        )
        ended = process.wait() if over(process, patience) else None
        seconds = time.perf_counter() - began
        end(process, group)
    return Run(seconds, ended, case.score(), last_line(log))


def over(process: subprocess.Popen[bytes], patience: float) -> bool:
    """Whether a process ended in time. The kernel wakes us: `Popen.wait` with a time-out looks every 50 ms only."""
    descriptor = os.pidfd_open(process.pid)
    try:
        return bool(select.select([descriptor], [], [], patience)[0])
    finally:
        os.close(descriptor)


def end(process: subprocess.Popen[bytes], group: Group | None) -> None:
    """Ends what is left of a run. Only its own descendants and the processes of its own group are touched."""
    left = tree(process.pid) if process.poll() is None else []
    for pid in left:
        with contextlib.suppress(OSError):
            os.kill(pid, signal.SIGKILL)
    if group is not None:
        group.kill()
    process.wait()


def last_line(log: Path) -> str:
    """The last line of the output that is not empty, at most 200 characters."""
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - 4096))
        lines = file.read().decode(errors="replace").splitlines()
    return next((line.strip()[:200] for line in reversed(lines) if line.strip()), "")
