"""What the jail refuses, refused where there is no jail: by an audit hook of the student's own process.

It resists nobody who wants to get past it, and need not: it is for a student's own code on the student's own machine,
and for an honest answer. What passes here and crashes on Gradescope would be worse than no self-check.
"""

from __future__ import annotations

import _thread
import errno
import os
import sys
import sysconfig
from collections.abc import Callable
from contextlib import suppress
from typing import Any

THREADS = 8  # of a worker, the first included
OPEN_FILES = 64
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_PROGRAMS = (
    *("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "os.forkpty", "pty.spawn"),
    *("os.startfile", "_winapi.CreateProcess", "os.kill", "os.killpg"),
)
# How multiprocessing starts a process where that raises no event of its own, and its locks, which are files.
_PROCESSES = tuple(
    f"multiprocessing.{name}"
    for name in ("popen_fork", "popen_forkserver", "popen_spawn_posix", "popen_spawn_win32", "synchronize")
)
_CHANGES = (
    *("os.mkdir", "os.rmdir", "os.remove", "os.rename", "os.link", "os.symlink", "os.truncate", "os.utime"),
    *("os.chmod", "os.chown", "os.setxattr", "os.removexattr"),
)
_LISTS = ("os.listdir", "os.scandir")
_NAMES = ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr", "socket.getnameinfo")
_LOCAL = (1, -1)  # AF_UNIX, and a socket that is made of another
_THREADS = ("_thread.start_new_thread", "_thread.start_joinable_thread")


def limit_threads() -> None:
    """Refuses one thread more than the jail allows, where no limit of the system's does."""
    sys.addaudithook(_refuse_threads)


def refuse_what_the_jail_does() -> None:
    """Refuses files, the network, other programs and threads without end, with the exceptions that the jail raises."""
    readable = tuple(sorted(_readable()))
    by_event: dict[str, Callable[[tuple[Any, ...]], None]] = {
        "open": lambda args: _open(readable, args),
        "import": _import,
        "sqlite3.connect": _database,
        "socket.__new__": _socket,
        "socket.connect": _address,
        "socket.bind": _address,
        "socket.sendto": _address,
        **dict.fromkeys(_LISTS, lambda args: _list(readable, args)),
        **dict.fromkeys((*_PROGRAMS, *_CHANGES, *_NAMES), _never),
        **dict.fromkeys(_THREADS, lambda args: _refuse_threads(_THREADS[0], args)),
    }

    def hook(event: str, args: tuple[Any, ...]) -> None:
        refuse = by_event.get(event)
        if refuse is not None:
            refuse(args)

    sys.addaudithook(hook)
    _refuse_what_raises_no_event()


def _refuse_what_raises_no_event() -> None:
    for name in ("mkfifo", "mknod", "nice", "setpriority"):
        if hasattr(os, name):
            setattr(os, name, _never)
    with suppress(ImportError, OSError, ValueError):  # Windows has neither
        import pwd
        import resource

        pwd.getpwuid = pwd.getpwnam = _nobody
        resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, OPEN_FILES))


def _nobody(name: Any) -> Any:
    """The user of a worker has no name, and no home."""
    raise KeyError(f"getpwuid(): uid not found: {name}")


def _readable() -> set[str]:
    """What imports and shared libraries need: folders of the interpreter's and the system's, and files without data."""
    paths = sysconfig.get_paths()
    folders = {paths[name] for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    folders |= {path for path in sys.path if path.endswith(("site-packages", "dist-packages", "lib-dynload", ".zip"))}
    folders |= {os.path.join(sys.base_prefix, name) for name in ("lib", "DLLs", "Lib", "Library")}
    folders |= {"/usr/lib", "/usr/lib64", "/lib", "/lib64", "/usr/local/lib", "/usr/share/zoneinfo", "/etc/localtime"}
    folders |= {
        "/System/Library",
        "/opt/homebrew",
        os.environ.get("SYSTEMROOT", "/usr/lib"),
        os.devnull,
        "/dev/urandom",
    }
    return {os.path.normcase(os.path.realpath(folder)) for folder in folders}


def _may_read(readable: tuple[str, ...], path: Any) -> bool:
    found = os.path.normcase(os.path.realpath(os.fsdecode(path)))
    return any(found == folder or found.startswith(folder.rstrip(os.sep) + os.sep) for folder in readable)


def _open(readable: tuple[str, ...], args: tuple[Any, ...]) -> None:
    path, _, flags = args
    if not isinstance(path, (str, bytes)) or path in (os.devnull, os.fsencode(os.devnull)):
        return
    if flags & _WRITES or (_is_there(path) and not _may_read(readable, path)):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)


def _list(readable: tuple[str, ...], args: tuple[Any, ...]) -> None:
    path = "." if not args or args[0] is None else args[0]
    if isinstance(path, (str, bytes)) and _is_there(path) and not _may_read(readable, path):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)


def _is_there(path: str | bytes) -> bool:
    """What is not there raises its own exception, here and in the jail."""
    try:
        os.stat(path)
    except (OSError, ValueError):
        return False
    return True


def _import(args: tuple[Any, ...]) -> None:
    if args[0] in _PROCESSES:
        _never(args)


def _database(args: tuple[Any, ...]) -> None:
    if args and args[0] not in (":memory:", "", b":memory:"):
        _never(args)


def _socket(args: tuple[Any, ...]) -> None:
    """asyncio makes a pair of sockets: local ones, but on Windows, where they are of the network and connected here."""
    if os.name != "nt" and args[1] not in _LOCAL:
        _never(args)


def _address(args: tuple[Any, ...]) -> None:
    address = args[1] if len(args) > 1 else None
    host = address[0] if isinstance(address, tuple) and address else ""
    if os.name != "nt" or host not in ("127.0.0.1", "::1"):
        _never(args)


def _never(*args: Any, **options: Any) -> None:
    raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))


def _refuse_threads(event: str, args: tuple[Any, ...]) -> None:
    if event in _THREADS and _thread._count() >= THREADS - 1:
        raise RuntimeError("can't start new thread")


def kept_from(error: BaseException) -> str:
    """What to do about an exception that comes from a file, the network or another program; "" for any other."""
    if not isinstance(error, OSError) or isinstance(error, (BlockingIOError, InterruptedError)):
        return ""
    modules, at = set(), error.__traceback__
    while at is not None:
        modules.add(str(at.tb_frame.f_globals.get("__name__")).partition(".")[0])
        at = at.tb_next
    if modules & {"subprocess", "multiprocessing", "pty"}:
        return PROGRAMS
    if modules & {"socket", "urllib", "http", "ssl", "ftplib", "smtplib", "poplib", "imaplib"}:
        return NETWORK
    if error.filename is not None or isinstance(error, FileNotFoundError) or error.errno == errno.EACCES:
        return FILES
    return ANYTHING if isinstance(error, PermissionError) else ""


FILES = "Your code cannot open files, here or on Gradescope: put the numbers into the .py file."
NETWORK = "Your code cannot use the network, here or on Gradescope."
PROGRAMS = "Your code cannot start other programs or processes, here or on Gradescope."
ANYTHING = "Your code cannot use files, the network or other programs, here or on Gradescope."
