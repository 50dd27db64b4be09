"""How the zygote ends a worker: SIGKILL, reap, and proof that nothing it started is left.

A worker that its system call filter holds cannot start anything. Where there is no filter, what it started comes to
the zygote (a subreaper) when its parent dies, and is ended here: by user id in one stroke where the worker had its own,
else one by one.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Collection

from autograder.sandbox import confine

SECONDS = 5.0  # for the strays of one worker; more is an error that stops the grading


class StillThere(Exception):
    """Something a worker started could not be ended."""


def reap(worker: int, grace: float) -> tuple[int, bool]:
    """Ends a worker: its exit status (negative: a signal), and whether it ended by itself within `grace` seconds."""
    deadline = time.monotonic() + grace
    while True:
        found, status = os.waitpid(worker, os.WNOHANG)
        if found:
            return os.waitstatus_to_exitcode(status), True
        if time.monotonic() >= deadline:
            break
        time.sleep(0.001)
    with contextlib.suppress(ProcessLookupError):
        os.kill(worker, signal.SIGKILL)
    _, status = os.waitpid(worker, 0)
    return os.waitstatus_to_exitcode(status), False


def sweep(user: int | None, killer: int, known: Collection[int]) -> int:
    """Ends whatever children are left beside the `known` workers; how many there were. Raises StillThere.

    user: the id that the dead worker had of its own, None if it shared one. killer: another id that nobody has.
    """
    seen: set[int] = set()
    deadline = time.monotonic() + SECONDS
    while left := _left(known):
        if time.monotonic() > deadline:
            raise StillThere(f"{len(left)} processes of a worker could not be ended")
        seen |= set(left)
        if user is not None:
            _kill_user(user, killer)
        else:
            _kill_tree(left)
        for process in left:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(process, os.WNOHANG)
        time.sleep(0.001)
    return len(seen)


def _left(known: Collection[int]) -> list[int]:
    """Our children that are no known worker. ECHILD is the kernel's own proof that there is no child at all."""
    if known:
        try:
            return [child for child in confine.children() if child not in known]
        except OSError:  # this kernel keeps no list of them
            return [child for child in _listed_by_parent() if child not in known]
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return []
    left = _listed_by_parent()
    if not left:
        raise StillThere("a child is left that cannot be found")
    return left


def _listed_by_parent() -> list[int]:
    """Our children by looking at every process, which also works on kernels that keep no list of them."""
    found = []
    for name in os.listdir("/proc"):
        with contextlib.suppress(OSError, ValueError, IndexError):
            with open(f"/proc/{int(name)}/stat", "rb") as file:
                parent = int(file.read().rpartition(b")")[2].split()[1])
            if parent == os.getpid():
                found.append(int(name))
    return found


def _kill_user(user: int, killer: int) -> None:
    """Kills every process of a user id, atomically against fork: the killer cannot be signalled by its victims."""
    child = os.fork()
    if child == 0:
        try:
            os.setresgid(killer, killer, killer)
            os.setresuid(killer, user, killer)
            if os.getresuid() == (killer, user, killer):
                os.kill(-1, signal.SIGKILL)
        finally:
            os._exit(0)
    os.waitpid(child, 0)


def _kill_tree(roots: list[int]) -> None:
    """Stops these processes and their descendants until no new one appears, then kills them all."""
    stopped: set[int] = set()
    while new := {p for p in _descendants(roots) if p not in stopped}:
        for process in new:
            with contextlib.suppress(OSError):
                os.kill(process, signal.SIGSTOP)
        stopped |= new
    for process in stopped:
        with contextlib.suppress(OSError):
            os.kill(process, signal.SIGKILL)


def _descendants(roots: list[int]) -> set[int]:
    found = set(roots)
    waiting = list(roots)
    while waiting:
        process = waiting.pop()
        with contextlib.suppress(OSError):
            for task in os.listdir(f"/proc/{process}/task"):
                with open(f"/proc/{process}/task/{task}/children", "rb") as file:
                    below = {int(word) for word in file.read().split()} - found
                found |= below
                waiting += below
    return found
