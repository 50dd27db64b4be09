"""Starts the zygote, before anything else of the grader is imported: it has the longer way, since it imports numpy.

So this module imports next to nothing, and `__main__` calls `early` on its first line.
"""

from __future__ import annotations

import contextlib
import gc
import os
import sys

RARELY = 100_000  # containers more than were released, before Python looks for garbage
PROBE_MEMORY = 64 << 20
PROBE_CPU = 60
_ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
# The engine's folder is on the path for as long as the package is looked for: a student's json.py may lie in it. What
# is imported stays, so nothing is collected until it is there.
_BOOTSTRAP = (
    "import gc, sys; gc.disable(); "
    "sys.path[:] = [{root!r}] + [p for p in sys.path if p]; import autograder; del sys.path[0]; "
    "import autograder.sandbox.zygote as z; "
    "z.main({control}, {probe}, {main_thread}, {root!r})"
)
# Nothing of the grader's environment but what an interpreter needs. One numeric thread: a fork is safe, and the
# address space small.
ENVIRONMENT = {
    "LANG": "C.UTF-8",
    "PYTHONUTF8": "1",
    "PYTHONHASHSEED": "0",
    "PYTHONSAFEPATH": "1",
    "TZ": "UTC",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}
# Without byte code each start compiles the worker's own modules anew.
NO_BYTE_CODE = ["-B"] if sys.dont_write_bytecode else []


class Spawned:
    """A zygote that is starting.

    process: its id. control: our end of its channel. probe: our ends of the protocol and of the output of the probe
    worker, which it forks before it imports numpy. All three are descriptors.
    """

    def __init__(self, main_thread: bool) -> None:
        """Raises OSError if no process can be started."""
        if main_thread:
            _let_processes_be_waited_for()
        from _socket import SOCK_SEQPACKET, SOCK_STREAM  # without the 4 ms that `socket` takes, and not on Windows

        self.control, control = _pair(SOCK_SEQPACKET)
        protocol, its_protocol = _pair(SOCK_STREAM)
        output, its_output = os.pipe()
        self.probe = (protocol, output)
        theirs = (control, its_protocol, its_output)
        try:
            self.process = _spawned(theirs, main_thread)
        except BaseException:
            for descriptor in (self.control, *self.probe):
                os.close(descriptor)
            raise
        finally:
            for descriptor in theirs:
                os.close(descriptor)


def _let_processes_be_waited_for() -> None:
    """Undoes that whoever started us ignored SIGCHLD, which goes on through an exec: a child would end unseen."""
    import _signal  # type: ignore[import-not-found]  # without the enums of `signal`, which take their time

    if _signal.getsignal(_signal.SIGCHLD) == _signal.SIG_IGN:
        _signal.signal(_signal.SIGCHLD, _signal.SIG_DFL)


def _pair(kind: int) -> tuple[int, int]:
    from _socket import AF_UNIX, socketpair

    ours, theirs = socketpair(AF_UNIX, kind)
    return ours.detach(), theirs.detach()


def _spawned(descriptors: tuple[int, int, int], main_thread: bool) -> int:
    """A fresh interpreter in a session of its own, with these descriptors; it closes what else it inherits."""
    for descriptor in descriptors:
        os.set_inheritable(descriptor, True)
    text = _BOOTSTRAP.format(root=_ROOT, control=descriptors[0], probe=descriptors[1:], main_thread=main_thread)
    kept = {name: os.environ[name] for name in ("LD_LIBRARY_PATH",) if name in os.environ}
    nothing = os.open(os.devnull, os.O_RDWR)  # here: an error would name the interpreter
    try:
        return os.posix_spawn(
            sys.executable,
            [sys.executable, "-s", *NO_BYTE_CODE, "-u", "-c", text],
            {"PATH": "/usr/local/bin:/usr/bin:/bin", **ENVIRONMENT, **kept},
            file_actions=[(os.POSIX_SPAWN_DUP2, nothing, number) for number in (0, 1)],
            setsid=True,
        )
    finally:
        os.close(nothing)


_EARLY: list[Spawned] = []  # at most one, between the first line of a `grade` or `check` and its jail


def early() -> None:
    """Starts the zygote of the jail that will be made; what goes wrong is told when that is made.

    Of what this process imports meanwhile nothing is garbage, and it grades one submission: it hardly collects.
    """
    gc.set_threshold(RARELY)
    if not _EARLY:
        with contextlib.suppress(OSError):
            _EARLY.append(Spawned(main_thread=True))


def taken(main_thread: bool) -> Spawned:
    """The zygote that was started early, or a new one. Raises OSError."""
    return _EARLY.pop() if _EARLY else Spawned(main_thread)
