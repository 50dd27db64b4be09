"""Landlock, the kernel's own file rules for an unprivileged process: three system calls, by ctypes.

Their numbers are the same on every architecture and their structures are frozen (linux/landlock.h). A ruleset is made
once by the zygote and taken on by each worker: reading below the paths it names, and nothing else: no writing, making,
removing or executing, no TCP, no signal and no abstract socket to a process outside.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterable

from autograder.sandbox.libc import libc

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION_FLAG = 1
_PATH_BENEATH = 1
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1, 2, 4, 8
# How many kinds of file access each version of the interface knows; later ones only add network, scopes and logging.
_FILE_BITS = {1: 13, 2: 14, 3: 15, 4: 15}
_FILE_BITS_SINCE_5 = 16
_TCP = 0b11  # bind, connect
_SCOPES = 0b11  # abstract Unix sockets, signals


class _RulesetAttributes(ctypes.Structure):
    _fields_ = (
        ("handled_access_fs", ctypes.c_uint64),
        ("handled_access_net", ctypes.c_uint64),
        ("scoped", ctypes.c_uint64),
    )


class _PathBeneath(ctypes.Structure):
    _pack_ = 1
    _layout_ = "ms"
    _fields_ = (("allowed_access", ctypes.c_uint64), ("parent_fd", ctypes.c_int32))


def version() -> int:
    """The version of Landlock that the kernel has, 0 for none."""
    try:
        return _call(_CREATE_RULESET, None, 0, _VERSION_FLAG)
    except OSError:
        return 0


def ruleset(readable: Iterable[str]) -> int:
    """The descriptor of a ruleset under which only what lies below `readable` can be read. Raises OSError."""
    known = version()
    if known == 0:
        raise OSError("the kernel has no Landlock")
    handled = (1 << _FILE_BITS.get(known, _FILE_BITS_SINCE_5)) - 1
    attributes = _RulesetAttributes(handled, _TCP if known >= 4 else 0, _SCOPES if known >= 6 else 0)
    size = 24 if known >= 6 else 16 if known >= 4 else 8
    descriptor = _call(_CREATE_RULESET, ctypes.byref(attributes), size, 0)
    for path in readable:
        _allow_reading(descriptor, path)
    return descriptor


def restrict(descriptor: int) -> None:
    """Takes a ruleset on for this process, for good. Raises OSError; needs NO_NEW_PRIVS."""
    _call(_RESTRICT_SELF, descriptor, 0)


def _allow_reading(ruleset: int, path: str) -> None:
    try:
        beneath = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # what is not there needs no rule
    try:
        rights = _READ_FILE | _READ_DIR if os.path.isdir(path) else _READ_FILE
        rule = _PathBeneath(rights, beneath)
        _call(_ADD_RULE, ruleset, _PATH_BENEATH, ctypes.byref(rule), 0)
    finally:
        os.close(beneath)


def _call(number: int, *arguments: object) -> int:
    """One system call. Looks at errno only after a failure: it may be left over from any earlier call."""
    call = libc().syscall
    call.restype = ctypes.c_long
    converted = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    result = int(call(ctypes.c_long(number), *converted))
    if result < 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))
    return result
