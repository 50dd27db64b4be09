"""The privilege settings under which the attacks are tried, entered by a process of its own before it runs a program.

`docker` is what a default container gives root: docker's fourteen capabilities, and a filter that refuses what its
default profile refuses to them. The list below was written from the documentation of that profile.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import socket
import sys
from pathlib import Path

NAMES = ("docker", "docker-without-landlock", "root-without-capabilities", "unprivileged")
NOBODY = 65534

# chown dac_override fowner fsetid kill setgid setuid setpcap net_bind_service net_raw sys_chroot mknod audit_write
# setfcap
DOCKER_CAPABILITIES = {0, 1, 3, 4, 5, 6, 7, 8, 10, 13, 18, 27, 29, 31}
DOCKER_REFUSES = (
    "acct add_key bpf clock_adjtime clock_settime delete_module fanotify_init finit_module fsconfig fsmount fsopen"
    " fspick get_mempolicy init_module io_uring_enter io_uring_register io_uring_setup ioperm iopl kcmp"
    " kexec_file_load kexec_load keyctl lookup_dcookie mbind mount mount_setattr move_mount move_pages"
    " name_to_handle_at nfsservctl open_by_handle_at open_tree perf_event_open pivot_root quotactl quotactl_fd reboot"
    " request_key set_mempolicy setdomainname sethostname setns settimeofday swapoff swapon syslog umount umount2"
    " unshare userfaultfd ustat vhangup"
)
DOCKER_PERSONALITIES = (0x0, 0x0008, 0x20000, 0x20008, 0xFFFFFFFF)
NAMESPACES = 0x7E020000
LANDLOCK = (444, 445, 446)
_PR_CAPBSET_DROP = 24


def docker_filter(landlock: bool) -> None:
    """Loads the filter, as docker does: before the capabilities go, without NO_NEW_PRIVS."""
    import pyseccomp as s

    rules = s.SyscallFilter(s.ALLOW)
    rules.set_attr(s.Attr.CTL_NNP, 0)
    for name in DOCKER_REFUSES.split():
        with contextlib.suppress(OSError, ValueError):  # this machine has no such call
            rules.add_rule(s.ERRNO(errno.EPERM), name)
    for flag in range(32):
        if NAMESPACES >> flag & 1:
            rules.add_rule(s.ERRNO(errno.EPERM), "clone", s.Arg(0, s.MASKED_EQ, 1 << flag, 1 << flag))
    rules.add_rule(s.ERRNO(errno.ENOSYS), "clone3")
    different = [s.Arg(0, s.NE, value) for value in DOCKER_PERSONALITIES]
    rules.add_rule(s.ERRNO(errno.EPERM), "personality", different[0])
    rules.add_rule(s.ERRNO(errno.EPERM), "socket", s.Arg(0, s.EQ, socket.AF_VSOCK))
    for number in () if landlock else LANDLOCK:
        rules.add_rule(s.ERRNO(errno.ENOSYS), number)
    rules.load()


def drop_capabilities(kept: set[int]) -> None:
    """Limits what the next program of root's may have."""
    libc = ctypes.CDLL(None)
    last = int(Path("/proc/sys/kernel/cap_last_cap").read_text())
    for capability in range(last + 1):
        if capability not in kept:
            libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0)


def enter(name: str) -> None:
    """Puts this process, and what it runs next, into a setting. Needs root with all capabilities but for the last."""
    if name.startswith("docker"):
        docker_filter(landlock=name == "docker")
        drop_capabilities(DOCKER_CAPABILITIES)
    elif name == "root-without-capabilities":
        docker_filter(landlock=True)
        drop_capabilities(set())
    elif name == "unprivileged" and os.geteuid() == 0:
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)


if __name__ == "__main__":
    enter(sys.argv[1])
    os.execv(sys.argv[2], sys.argv[2:])
