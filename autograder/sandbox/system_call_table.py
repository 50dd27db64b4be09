"""Every system call of Linux up to number `NEWEST`: what becomes of it in a worker, and why.

An allow-list: what is not allowed here is refused, and what is younger than the list does not exist. A call is decided
by its name, and those marked `name:limit` by an argument as well (`system_calls.limits`). `python -m
autograder.sandbox.system_call_table` prints one line a call.
"""

from __future__ import annotations

from collections.abc import Iterator

NEWEST = 466

ALLOWED = {
    "what an interpreter needs to compute": "brk mmap munmap mprotect mremap msync madvise:harmless membarrier futex"
    " futex_waitv futex_wait futex_wake futex_requeue rseq set_robust_list set_tid_address arch_prctl map_shadow_stack"
    " mseal getrandom sigaltstack restart_syscall exit exit_group",
    "threads of its own, and no process": "clone:thread sched_yield sched_getaffinity:self sched_setaffinity:self"
    " getcpu sched_get_priority_max sched_get_priority_min",
    "files that may be read": "open:read openat:read close close_range read readv pread64 preadv preadv2:plain lseek"
    " stat lstat fstat newfstatat statx access faccessat faccessat2 readlink readlinkat getdents getdents64 getcwd"
    " chdir fchdir umask statfs fstatfs",
    "descriptors it has: the output pipe and its own socket": "write writev pwrite64 pwritev pwritev2:plain dup dup2"
    " dup3 fcntl:own ioctl:harmless sendto sendmsg sendmmsg recvfrom recvmsg recvmmsg shutdown getsockname getpeername"
    " getsockopt:harmless",
    "an event loop within the process": "pipe pipe2 socketpair:stream eventfd eventfd2 signalfd signalfd4 poll ppoll"
    " select pselect6 epoll_create epoll_create1 epoll_ctl epoll_wait epoll_pwait epoll_pwait2 timerfd_create"
    " timerfd_settime timerfd_gettime",
    "the clock, and waiting": "clock_gettime clock_getres clock_nanosleep gettimeofday time times nanosleep pause"
    " alarm getitimer setitimer",
    "signals to itself that the kernel sends": "rt_sigaction rt_sigprocmask rt_sigreturn rt_sigpending rt_sigsuspend"
    " rt_sigtimedwait",
    "who and where it is": "getpid gettid getppid getpgrp getpgid getsid getuid geteuid getgid getegid getresuid"
    " getresgid getgroups capget uname sysinfo getrusage getrlimit setrlimit prlimit64:self getpriority:self"
    " prctl:harmless wait4 waitid",
}
REFUSED = {
    "makes a process or runs a program": "fork vfork execve execveat uselib",
    "reaches others by a socket, or its options": "socket connect bind listen accept accept4 setsockopt",
    "sends a signal": "kill tkill tgkill rt_sigqueueinfo rt_tgsigqueueinfo pidfd_send_signal",
    "reaches into another process": "ptrace process_vm_readv process_vm_writev process_madvise process_mrelease"
    " pidfd_open pidfd_getfd kcmp get_robust_list migrate_pages move_pages perf_event_open",
    "changes how it or others are scheduled": "setpriority ioprio_set ioprio_get setpgid setsid sched_setscheduler"
    " sched_setparam sched_setattr sched_getscheduler sched_getparam sched_getattr sched_rr_get_interval mbind"
    " set_mempolicy get_mempolicy set_mempolicy_home_node",
    "writes or changes a file, its name or its attributes": "creat truncate ftruncate fallocate mknod mknodat mkdir"
    " mkdirat rmdir unlink unlinkat rename renameat renameat2 link linkat symlink symlinkat chmod fchmod fchmodat"
    " fchmodat2 chown fchown lchown fchownat utime utimes utimensat futimesat copy_file_range sendfile"
    " open_by_handle_at name_to_handle_at",
    "attributes that no lawful code reads or sets": "setxattr lsetxattr fsetxattr setxattrat getxattr lgetxattr"
    " fgetxattr getxattrat listxattr llistxattr flistxattr listxattrat removexattr lremovexattr fremovexattr"
    " removexattrat",
    "locks a file: seen by whoever opens the same one": "flock",
    "flushes disks: nothing can be written, and others would wait": "sync syncfs fsync fdatasync sync_file_range",
    "looks into the page cache or fills it: seen by others": "mincore cachestat readahead fadvise64",
    "outlives the process, or is another's of the same user": "memfd_create memfd_secret shmget shmat shmdt shmctl"
    " semget semop semtimedop semctl msgget msgsnd msgrcv msgctl mq_open mq_unlink mq_timedsend mq_timedreceive"
    " mq_notify mq_getsetattr add_key request_key keyctl",
    "moves pages between pipes and files without a copy: a source of kernel bugs": "splice tee vmsplice",
    "kernel memory that no other limit counts": "timer_create timer_settime timer_gettime timer_getoverrun"
    " timer_delete io_setup io_destroy io_submit io_cancel io_getevents io_pgetevents io_uring_setup io_uring_enter"
    " io_uring_register userfaultfd mlock mlock2 mlockall munlock munlockall remap_file_pages pkey_alloc pkey_free"
    " pkey_mprotect",
    "watches files": "inotify_init inotify_init1 inotify_add_watch inotify_rm_watch fanotify_init fanotify_mark",
    "changes who it is": "setuid setgid setreuid setregid setresuid setresgid setfsuid setfsgid setgroups capset",
    "another jail inside the jail": "landlock_create_ruleset landlock_add_rule landlock_restrict_self seccomp"
    " lsm_get_self_attr lsm_set_self_attr lsm_list_modules",
    "namespaces and mounts": "unshare setns mount umount2 pivot_root chroot fsopen fsconfig fsmount fspick open_tree"
    " move_mount mount_setattr statmount listmount",
    "the machine": "personality bpf quotactl quotactl_fd acct swapon swapoff reboot sethostname setdomainname"
    " init_module finit_module delete_module kexec_load kexec_file_load syslog settimeofday clock_settime"
    " clock_adjtime adjtimex iopl ioperm modify_ldt vhangup lookup_dcookie",
    "of another age or another system": "ustat sysfs _sysctl create_module get_kernel_syms query_module nfsservctl"
    " getpmsg putpmsg afs_syscall tuxcall security vserver set_thread_area get_thread_area epoll_ctl_old"
    " epoll_wait_old",
}
# glibc and Python fall back to an older call when these do not exist.
ABSENT = {"an older call does the same, and can be looked into": "clone3 openat2"}
# Calls that an older libseccomp has no name for. Since 424 the numbers are the same on every architecture.
NUMBERS = {
    "futex_waitv": 449,
    "map_shadow_stack": 453,
    "futex_wake": 454,
    "futex_wait": 455,
    "futex_requeue": 456,
    "mseal": 462,
}


def decisions() -> Iterator[tuple[str, str, str]]:
    """(call, decision, reason) of each call, in the order of the table."""
    for decision, table in (("allowed", ALLOWED), ("refused", REFUSED), ("absent", ABSENT)):
        for reason, words in table.items():
            for word in words.split():
                name, _, limit = word.partition(":")
                yield name, f"{decision} if {limit}" if limit else decision, reason


if __name__ == "__main__":
    for line in decisions():
        print("{:26}{:24}{}".format(*line))
