"""What a worker gives up before it looks at a byte that a student wrote, and in which order.

The zygote prepares what can be shared (`prepare`); each worker, right after its fork, takes it on (`enter`). A layer
that the machine refuses is left out and not named in the answer: the grader decides from what is on, and from what the
probe was refused, whether that is enough.
"""

from __future__ import annotations

import _signal  # type: ignore[import-not-found]  # without the enums of `signal`
import contextlib
import ctypes
import fcntl
import os
import resource
import signal
import sys
import sysconfig
from collections.abc import Iterator
from typing import NamedTuple

from autograder.sandbox import landlock, system_calls
from autograder.sandbox.audit import OPEN_FILES, THREADS
from autograder.sandbox.libc import libc

PROTOCOL = 3  # the descriptor of the grader's socket in a worker
STACK = 64 << 20
_SET_PDEATHSIG, _SET_DUMPABLE, _SET_CHILD_SUBREAPER, _SET_NO_NEW_PRIVS = 1, 4, 36, 38
_MAX_DESCRIPTOR = 1 << 20
# Made before the fork, as is whatever can be: a worker pays for each page that it is the first to touch.
_CAPABILITIES_OF_THIS = (ctypes.c_uint32 * 2)(0x20080522, 0)  # _LINUX_CAPABILITY_VERSION_3, this process
_NONE = (ctypes.c_uint32 * 6)()
_PAGE = resource.getpagesize()
_DEFAULT = int(signal.SIG_DFL)


class Fetters(NamedTuple):
    """What the zygote holds ready: a Landlock ruleset (-1 for none), a compiled filter (empty for none)."""

    ruleset: int
    landlock: int
    filter: bytes
    notes: tuple[str, ...]


def prepare() -> Fetters:
    """Makes once what every worker takes on; what cannot be had is noted."""
    notes = []
    ruleset, filter_program = -1, b""
    _ = libc().capset  # looked up once
    try:
        ruleset = _above(landlock.ruleset(readable_paths()))
    except OSError as error:
        notes.append(f"no Landlock: {error}")
    try:
        filter_program = system_calls.program()
    except system_calls.CannotFilter as error:
        notes.append(str(error))
    return Fetters(ruleset, landlock.version() if ruleset >= 0 else 0, filter_program, tuple(notes))


def readable_paths() -> list[str]:
    """What lazy imports and shared libraries need: the interpreter's library folders, never the project's own."""
    paths = sysconfig.get_paths()
    folders = {paths[name] for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    folders |= {path for path in sys.path if path.endswith(("site-packages", "dist-packages", "lib-dynload"))}
    folders |= {os.path.join(sys.base_prefix, "lib"), "/usr/lib", "/usr/lib64", "/usr/libx32", "/lib", "/lib64"}
    folders |= {"/usr/local/lib", "/usr/share/zoneinfo", "/etc/ssl", "/etc/ld.so.cache", "/etc/localtime"}
    return sorted({os.path.realpath(path) for path in folders} | {os.devnull, "/dev/zero", "/dev/urandom"})


def harden_zygote(grader_is_main_thread: bool) -> None:
    """No debugger, orphans come to us, and death with the thread that started us where that thread lives long."""
    _prctl(_SET_DUMPABLE, 0)
    _prctl(_SET_CHILD_SUBREAPER, 1)
    if grader_is_main_thread:
        _prctl(_SET_PDEATHSIG, signal.SIGKILL)


class UserIds:
    """User ids that nobody has, each given out once: from a random start, inside what this user namespace maps."""

    def __init__(self, start: int) -> None:
        """start: any number; the first id is somewhere that follows from it."""
        first, last = _mapped_ids()
        self._low, self._high = (100_000, 2_000_000_000) if last > 2_000_000_000 else (max(first, 20_000), last)
        self._next = self._low + start % max(self._high - self._low, 1)

    def fresh(self) -> int:
        """The next one."""
        self._next += 1
        if self._next > self._high or self._next == 65_534:
            self._next = self._low + 2
        return self._next


def _mapped_ids() -> tuple[int, int]:
    """The first and last id of the widest range of this user namespace."""
    with open("/proc/self/uid_map", encoding="ascii") as file:
        ranges = [[int(word) for word in line.split()] for line in file]
    start, _, count = max(ranges, key=lambda entry: entry[2])
    return start, start + count - 1


def enter(
    fetters: Fetters, user: int | None, sockets: tuple[int, int], memory: int, cpu: int, parent: int
) -> list[str]:
    """Confines this process, for good; the names of the layers that are on.

    user: the id to become, or None to stay. sockets: descriptors of the protocol and of the output pipe.
    parent: the zygote's process id; the worker does not outlive it.
    """
    layers = []
    _keep_only(fetters, *sockets)
    _signal.signal(signal.SIGINT, _DEFAULT)  # the one that the zygote does not leave to the kernel
    os.setsid()
    _die_first_when_memory_is_short()
    size = _size()
    if user is not None and _become(user):
        layers.append("own uid")
    _drop_capabilities()
    layers += _limit(size + memory, cpu, own_user="own uid" in layers)
    _prctl(_SET_DUMPABLE, 0)
    _prctl(_SET_PDEATHSIG, signal.SIGKILL)  # a change of user id clears it, so not before
    if os.getppid() != parent:
        os._exit(0)
    _prctl(_SET_NO_NEW_PRIVS, 1)
    with contextlib.suppress(OSError):
        if fetters.ruleset >= 0:
            landlock.restrict(fetters.ruleset)
            layers.append(f"landlock {fetters.landlock}")
    if fetters.ruleset >= 0:
        os.close(fetters.ruleset)
    with contextlib.suppress(OSError):
        if fetters.filter:
            system_calls.install(fetters.filter)
            layers.append("seccomp")
    return layers


def _keep_only(fetters: Fetters, protocol: int, output: int) -> None:
    """Descriptors 0 (nothing), 1 and 2 (the output pipe), 3 (the protocol), and the ruleset until it is taken on.

    Nothing is opened by each worker for itself: an open file that two of them share is a place to leave a message.
    """
    protocol, output = _above(protocol), _above(output)
    nothing = _above(os.open(os.devnull, os.O_RDONLY))
    for source, target in ((nothing, 0), (output, 1), (output, 2), (protocol, PROTOCOL)):
        os.dup2(source, target)
    close_all_but(*range(PROTOCOL + 1), fetters.ruleset)


def close_all_but(*kept: int) -> None:
    """Closes every other descriptor of this process."""
    at = 0
    for descriptor in (*sorted(kept), _MAX_DESCRIPTOR):
        if at < descriptor:  # Python turns closerange(0, 0) into one that closes all
            os.closerange(at, descriptor)
        at = max(at, descriptor + 1)


def _above(descriptor: int) -> int:
    """Moves a descriptor out of the way of those that a worker keeps."""
    moved = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, 10)
    os.close(descriptor)
    return moved


def _die_first_when_memory_is_short() -> None:
    """Tells the kernel to end this process before others; its own file is closed to it while it is not dumpable."""
    _prctl(_SET_DUMPABLE, 1)
    try:
        descriptor = os.open("/proc/self/oom_score_adj", os.O_WRONLY)
        os.write(descriptor, b"1000")
        os.close(descriptor)
    except OSError:
        pass
    _prctl(_SET_DUMPABLE, 0)


def _size() -> int:
    """The address space of this process in bytes, 0 where it cannot be read."""
    try:
        descriptor = os.open("/proc/self/statm", os.O_RDONLY)
        pages = int(os.read(descriptor, 100).split()[0])
        os.close(descriptor)
    except (OSError, ValueError):
        return 0
    return pages * _PAGE


def memory_of(process: int) -> int:
    """Bytes of a process that are in memory or swapped out, and no file's; what a fork shares counts for both."""
    with contextlib.suppress(OSError, ValueError), open(f"/proc/{process}/status", "rb") as file:
        words = {line.split(b":")[0]: line.split() for line in file}
        return 1024 * sum(int(words[name][1]) for name in (b"RssAnon", b"VmSwap", b"RssShmem") if name in words)
    return 0


def _become(user: int) -> bool:
    try:
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
    except OSError:
        return False
    return os.getresuid() == (user, user, user)


def _drop_capabilities() -> None:
    """Gives up every capability; a process that changed its user id has none left anyway."""
    libc().capset(_CAPABILITIES_OF_THIS, _NONE)


def _limit(address_space: int, cpu: int, own_user: bool) -> list[str]:
    """Sets the limits, soft and hard alike; the names of those that hold."""
    wanted = {
        "AS": address_space,
        "CPU": max(cpu, 1),
        "FSIZE": 0,
        "NOFILE": OPEN_FILES,
        "CORE": 0,
        "MEMLOCK": 0,
        "MSGQUEUE": 0,
        "SIGPENDING": 0,
        "STACK": STACK,
        **({"NPROC": THREADS} if own_user else {}),  # counts a user's threads, not a process's
    }
    return [f"limit {name}" for name, value in wanted.items() if _limited(name, value)]


def _limited(name: str, value: int) -> bool:
    number = getattr(resource, f"RLIMIT_{name}", None)
    if number is None:
        return False
    try:
        hard = resource.getrlimit(number)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(number, (value, value))
    except (OSError, ValueError):
        return False
    return True


def _prctl(option: int, value: int) -> bool:
    return libc().prctl(option, value, 0, 0, 0) == 0  # type: ignore[no-any-return]


def children() -> Iterator[int]:
    """The direct children of this process, orphans that came to it included; OSError where the kernel keeps no list."""
    with open(f"/proc/self/task/{os.getpid()}/children", "rb") as file:
        yield from (int(word) for word in file.read().split())
