"""The system calls that a worker must do without: a deny-list, compiled by libseccomp.

A deny-list, since an allow-list for numpy and glibc breaks with every release of either. What it takes away: making
processes and running programs, sockets, signals, other processes' memory, every way to write or change a file or its
attributes, memory that outlives a process, namespaces and mounts, and whatever Linux has added since this list was
made. Refused calls fail with EPERM, so that Python raises PermissionError and a student reads a clear message.

The program is compiled once, where the environment is made (`python -m autograder.sandbox.system_calls`), and read from
a file next to the interpreter's packages; where that file is absent it is compiled at the start (some 25 ms).
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import struct
import sys
import zlib
from collections.abc import Iterator
from typing import Any

DENIED = {
    "new processes": "fork vfork execve execveat clone:not-a-thread",
    "sockets": "socket connect bind listen accept accept4 socketpair:datagram",
    "signals": "kill tkill tgkill rt_sigqueueinfo rt_tgsigqueueinfo pidfd_send_signal fcntl:owner ioctl:owner",
    "other processes": "ptrace process_vm_readv process_vm_writev process_madvise process_mrelease pidfd_open kcmp"
    " pidfd_getfd get_robust_list migrate_pages move_pages prlimit64:other setpriority ioprio_set setpgid setsid"
    " sched_setaffinity:other sched_setscheduler:other sched_setparam:other sched_setattr:other perf_event_open",
    "writing files": "creat open:write openat:write truncate ftruncate fallocate mknod mknodat mkdir mkdirat rmdir"
    " unlink unlinkat rename renameat renameat2 link linkat symlink symlinkat chmod fchmod fchmodat fchmodat2 chown"
    " fchown lchown fchownat utime utimes utimensat futimesat setxattr lsetxattr fsetxattr setxattrat removexattr"
    " lremovexattr fremovexattr removexattrat open_by_handle_at name_to_handle_at",
    "what outlives": "memfd_create memfd_secret shmget shmat semget msgget mq_open mq_unlink add_key request_key"
    " keyctl",
    "watching files": "inotify_init inotify_init1 inotify_add_watch fanotify_init fanotify_mark fcntl:watch",
    "ids": "setuid setgid setreuid setregid setresuid setresgid setfsuid setfsgid setgroups capset prctl:keep",
    "the machine": "unshare setns mount umount2 pivot_root chroot personality bpf userfaultfd io_uring_setup"
    " io_uring_enter io_uring_register fsopen fsconfig fsmount fspick open_tree move_mount mount_setattr quotactl"
    " quotactl_fd acct swapon swapoff reboot sethostname setdomainname init_module finit_module delete_module"
    " kexec_load kexec_file_load syslog settimeofday clock_settime clock_adjtime adjtimex iopl ioperm modify_ldt"
    " vhangup lookup_dcookie",
}
# glibc and Python fall back to an older call when these do not exist.
ABSENT = "clone3 openat2"
# Calls that an older libseccomp has no name for. Since 424 the numbers are the same on every architecture.
_NUMBERS = {
    "mount_setattr": 442,
    "quotactl_fd": 443,
    "memfd_secret": 447,
    "process_mrelease": 448,
    "fchmodat2": 452,
    "setxattrat": 463,
    "removexattrat": 466,
}
NEWEST = 466  # calls with a higher number are younger than this list, and do not exist in a worker

_CLONE_THREAD = 0x10000
_ACCESS_MODE = os.O_ACCMODE
_FIOASYNC, _FIOSETOWN, _SIOCSPGRP, _TIOCSTI = 0x5452, 0x8901, 0x8902, 0x5412
_SET_PDEATHSIG, _SET_DUMPABLE, _SET_CHILD_SUBREAPER, _SET_PTRACER = 1, 4, 36, 0x59616D61
_INSTRUCTION = struct.Struct("=HBBI")
_RETURN_ERRNO = 0x00050000


class CannotFilter(Exception):
    """No program could be had: libseccomp is not there, or the architecture is not known."""


def program() -> bytes:
    """The compiled program, from its file or made now. Raises CannotFilter."""
    try:
        with open(compiled_file(), "rb") as file:
            return file.read()
    except OSError:
        return compiled()


def compiled_file(folder: str = sys.prefix) -> str:
    """Where the compiled program lies; another list or another processor has another name."""
    with open(__file__, "rb") as file:
        content = file.read()
    name = f"{zlib.crc32(content):08x}{zlib.adler32(content):08x}"  # against an old file, not against an enemy
    return os.path.join(folder, f"system_calls-{os.uname().machine}-{name}.bpf")


def compiled() -> bytes:
    """The program as struct sock_filter[], in the byte order of this machine. Raises CannotFilter."""
    try:
        import pyseccomp
    except (ImportError, RuntimeError, OSError) as error:
        raise CannotFilter(f"no system call filter: {error}") from None
    try:
        found = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
        for action, name, arguments in _rules(pyseccomp):
            _add(found, action, name, arguments)
        import tempfile

        with tempfile.TemporaryFile() as file:
            found.export_bpf(file)
            file.seek(0)
            return _only_known_calls() + file.read()
    except OSError as error:
        raise CannotFilter(f"no system call filter: {error}") from None


def install(instructions: bytes) -> None:
    """Takes the program on for this process, for good. Raises OSError; needs NO_NEW_PRIVS."""

    class Program(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))

    buffer = ctypes.create_string_buffer(instructions, len(instructions))
    given = Program(len(instructions) // _INSTRUCTION.size, ctypes.addressof(buffer))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(22, 2, ctypes.byref(given), 0, 0):  # PR_SET_SECCOMP, SECCOMP_MODE_FILTER
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))


def _only_known_calls() -> bytes:
    """Three instructions in front: a call younger than the list is ENOSYS, as on an older kernel."""
    load_number, jump_if_not_above = (0x20, 0, 0, 0), (0x25, 0, 1, NEWEST)
    refuse = (0x06, 0, 0, _RETURN_ERRNO | errno.ENOSYS)
    return b"".join(_INSTRUCTION.pack(*part) for part in (load_number, jump_if_not_above, refuse))


def _rules(seccomp: Any) -> Iterator[tuple[int, str, list[Any]]]:
    """Every rule: what to answer, the call's name, and the conditions on its arguments."""
    for name in ABSENT.split():
        yield seccomp.ERRNO(errno.ENOSYS), name, []
    refused = seccomp.ERRNO(errno.EPERM)
    for words in DENIED.values():
        for word in words.split():
            name, _, which = word.partition(":")
            for condition in _conditions(seccomp, name, which):
                yield refused, name, condition


def _conditions(seccomp: Any, name: str, which: str) -> list[list[Any]]:
    """The argument patterns under which a call is refused; one empty pattern means always."""
    import socket

    def masked(argument: int, mask: int, value: int) -> list[Any]:
        return [seccomp.Arg(argument, seccomp.MASKED_EQ, mask, value)]

    def low_word(argument: int, *values: int) -> list[list[Any]]:  # the kernel reads 32 bits of it
        return [masked(argument, 0xFFFFFFFF, value) for value in values]

    if which == "not-a-thread":
        return [masked(0, _CLONE_THREAD, 0)]
    if which == "datagram":  # such a socket could still be connected to any path
        ways = [masked(1, 0xF, socket.SOCK_DGRAM), masked(1, 0xF, socket.SOCK_RAW)]
        return [*ways, [seccomp.Arg(0, seccomp.NE, socket.AF_UNIX)]]
    if which == "write":
        flags = 2 if name == "openat" else 1
        ways = [masked(flags, _ACCESS_MODE, way) for way in (os.O_WRONLY, os.O_RDWR, _ACCESS_MODE)]
        return [*ways, masked(flags, os.O_CREAT, os.O_CREAT), masked(flags, os.O_TRUNC, os.O_TRUNC)]
    if which == "owner":  # SIGIO, and by F_SETSIG any other signal, to a process of the same user
        if name == "ioctl":
            return low_word(1, _FIOASYNC, _FIOSETOWN, _SIOCSPGRP, _TIOCSTI)
        return low_word(1, fcntl.F_SETOWN, 15, fcntl.F_SETSIG)  # 15: F_SETOWN_EX
    if which == "watch":
        return low_word(1, fcntl.F_NOTIFY, fcntl.F_SETLEASE)
    if which == "keep":
        return low_word(0, _SET_PDEATHSIG, _SET_DUMPABLE, _SET_CHILD_SUBREAPER, _SET_PTRACER)
    if which == "other":
        return [[seccomp.Arg(0, seccomp.NE, 0)]]
    return [[]]


def _add(found: Any, action: int, name: str, conditions: list[Any]) -> None:
    """One rule; a call that this architecture does not have needs none."""
    call: str | int = name
    try:
        found.add_rule(action, call, *conditions)
    except (OSError, ValueError):
        if name in _NUMBERS:
            found.add_rule(action, _NUMBERS[name], *conditions)


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
