"""Compiles the table of system calls (`system_call_table`) into a filter, by libseccomp, and takes it on.

Refused calls fail with EPERM, so that Python raises PermissionError and a student reads a clear message. What is
younger than the table fails with ENOSYS, as on an older kernel: libraries then do without it.

The program is compiled once, where the environment is made (`python -m autograder.sandbox.system_calls`), and read from
a file next to the interpreter's packages. Where that file is absent, since these modules have changed, say, a zygote
compiles it at its start (some 25 ms, and each of its workers costs a tenth more) and keeps it there for the next one.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import struct
import sys
import zlib
from collections.abc import Iterator
from typing import Any

from autograder.sandbox.libc import libc

_INSTRUCTION = struct.Struct("=HBBI")
_RETURN_ERRNO = 0x00050000
_CLONE_THREAD = 0x10000
_OPEN_FOR_WRITING = os.O_ACCMODE | os.O_CREAT | os.O_TRUNC
_A_TREE = 2  # searched by halves: the kernel runs the program once for each call when a worker takes it on
_LOW_WORD = 0xFFFFFFFF  # the kernel reads 32 bits of an `int`
# The number of the argument that says what is meant, for calls that do many things: one of `_VALUES`, or else 0.
_ARGUMENT = {
    **{"fcntl": 1, "ioctl": 1, "prctl": 0, "madvise": 2, "getsockopt": 2},
    **{"sched_getaffinity": 0, "sched_setaffinity": 0, "prlimit64": 0, "getpriority": 1},
    **{"preadv2": 5, "pwritev2": 5},  # flags: to read only what is in the page cache is to look into it
}
_VALUES = {
    "fcntl": {"DUPFD": 0, "GETFD": 1, "SETFD": 2, "GETFL": 3, "SETFL": 4, "DUPFD_CLOEXEC": 1030, "GETPIPE_SZ": 1032},
    "ioctl": {
        "TCGETS": 0x5401,  # isatty
        "TCGETS2": 0x802C542A,  # isatty of a younger glibc
        "TIOCGWINSZ": 0x5413,
        "FIONREAD": 0x541B,
        "FIONBIO": 0x5421,
        "FIONCLEX": 0x5450,
        "FIOCLEX": 0x5451,
    },
    "prctl": {
        **{"GET_DUMPABLE": 3, "SET_NAME": 15, "GET_NAME": 16, "CAPBSET_READ": 23, "NO_NEW_PRIVS": 39},
        "VMA": 0x53564D41,
    },
    "madvise": {
        **{"NORMAL": 0, "RANDOM": 1, "SEQUENTIAL": 2, "WILLNEED": 3, "DONTNEED": 4, "FREE": 8},
        **{"HUGEPAGE": 14, "NOHUGEPAGE": 15, "DONTDUMP": 16, "DODUMP": 17},
    },
    "getsockopt": {"TYPE": 3, "ERROR": 4, "SNDBUF": 7, "RCVBUF": 8, "ACCEPTCONN": 30, "PROTOCOL": 38, "DOMAIN": 39},
}


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


class CannotFilter(Exception):
    """No program could be made: libseccomp is not there, or the architecture is not known."""


def program() -> bytes:
    """The compiled program, from its file or made now. Raises CannotFilter."""
    path = compiled_file()
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        made = compiled()
    if not sys.dont_write_bytecode:  # it is a cache as byte code is
        with contextlib.suppress(OSError):
            with open(f"{path}.{os.getpid()}", "xb") as kept:
                kept.write(made)
            os.replace(kept.name, path)
    return made


def compiled_file(folder: str = sys.prefix) -> str:
    """Where the compiled program lies; another list or another processor has another name."""
    content = b""
    for source in (__file__, os.path.join(os.path.dirname(__file__), "system_call_table.py")):
        with open(source, "rb") as file:
            content += file.read()
    name = f"{zlib.crc32(content):08x}{zlib.adler32(content):08x}"  # against an old file, not against an enemy
    return os.path.join(folder, f"system_calls-{os.uname().machine}-{name}.bpf")


def compiled() -> bytes:
    """The program as struct sock_filter[], in the byte order of this machine. Raises CannotFilter."""
    try:
        import pyseccomp
    except (ImportError, RuntimeError, OSError) as error:
        raise CannotFilter(f"no system call filter: {error}") from None
    try:
        found = pyseccomp.SyscallFilter(pyseccomp.ERRNO(errno.EPERM))
        with contextlib.suppress(OSError, ValueError, AttributeError):  # a libseccomp before 2.5 makes a list of it
            found.set_attr(pyseccomp.Attr.CTL_OPTIMIZE, _A_TREE)
        for action, name, conditions in _rules(pyseccomp):
            _add(found, action, name, conditions)
        import tempfile

        with tempfile.TemporaryFile() as file:
            found.export_bpf(file)
            file.seek(0)
            return _only_known_calls() + file.read()
    except OSError as error:
        raise CannotFilter(f"no system call filter: {error}") from None


def install(instructions: bytes) -> None:
    """Takes the program on for this process, for good. Raises OSError; needs NO_NEW_PRIVS."""
    buffer = ctypes.create_string_buffer(instructions, len(instructions))
    given = _Program(len(instructions) // _INSTRUCTION.size, ctypes.addressof(buffer))
    if libc().prctl(22, 2, ctypes.byref(given), 0, 0):  # PR_SET_SECCOMP, SECCOMP_MODE_FILTER
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))


def _only_known_calls() -> bytes:
    """Three instructions in front: a call younger than the table is ENOSYS, as on an older kernel."""
    from autograder.sandbox.system_call_table import NEWEST

    load_number, jump_if_not_above = (0x20, 0, 0, 0), (0x25, 0, 1, NEWEST)
    refuse = (0x06, 0, 0, _RETURN_ERRNO | errno.ENOSYS)
    return b"".join(_INSTRUCTION.pack(*part) for part in (load_number, jump_if_not_above, refuse))


def _rules(seccomp: Any) -> Iterator[tuple[int, str, list[Any]]]:
    """Every rule beside the default, which refuses: what to answer, the call's name, conditions on its arguments."""
    from autograder.sandbox.system_call_table import decisions

    for name, decision, _ in decisions():
        if decision == "absent":
            yield seccomp.ERRNO(errno.ENOSYS), name, []
        elif decision == "allowed":
            yield seccomp.ALLOW, name, []
        elif decision.startswith("allowed"):
            for conditions in limits(name):
                yield seccomp.ALLOW, name, [seccomp.Arg(at, seccomp.MASKED_EQ, *rest) for at, *rest in conditions]


def limits(name: str) -> list[list[tuple[int, int, int]]]:
    """The patterns under one of which a call is allowed: (argument, mask, value) of all that must hold at once."""
    import socket

    if name in _ARGUMENT:
        of_sockets = [(1, _LOW_WORD, socket.SOL_SOCKET)] if name == "getsockopt" else []
        values = _VALUES.get(name, {"": 0}).values()
        return [[*of_sockets, (_ARGUMENT[name], _LOW_WORD, value)] for value in values]
    patterns = {
        "clone": [(0, _CLONE_THREAD, _CLONE_THREAD)],
        "open": [(1, _OPEN_FOR_WRITING, os.O_RDONLY)],
        "openat": [(2, _OPEN_FOR_WRITING, os.O_RDONLY)],
        # Sockets of other types could still be connected elsewhere.
        "socketpair": [(0, _LOW_WORD, int(socket.AF_UNIX)), (1, 0xF, int(socket.SOCK_STREAM))],
    }
    return [patterns[name]]


def _add(found: Any, action: int, name: str, conditions: list[Any]) -> None:
    """One rule; a call that this architecture does not have needs none."""
    from autograder.sandbox.system_call_table import NUMBERS

    try:
        found.add_rule(action, name, *conditions)
    except (OSError, ValueError):
        if name in NUMBERS:
            found.add_rule(action, NUMBERS[name], *conditions)


def main() -> int:
    """Compiles the program into its file; run where the environment is made."""
    from pathlib import Path

    path = Path(compiled_file())
    try:
        data = compiled()
    except CannotFilter as problem:
        print(f"warning: {problem}; it is left out", file=sys.stderr)
        return 1
    for old in path.parent.glob("system_calls-*.bpf"):
        old.unlink()
    path.write_bytes(data)
    path.chmod(0o644)
    return 0


if __name__ == "__main__":
    sys.exit(main())
