"""What the probe worker tries: its text is run in a jail like a student's, and every attempt should be refused.

Only plain Python, and of the standard library what the zygote has loaded already: under a user id of its own it may be
unable to read the interpreter's files, and that is one of the things to find out.
"""

from __future__ import annotations

import importlib
import os
import signal
import sys
from _socket import AF_INET, SOCK_DGRAM, SOCK_STREAM, socket
from collections.abc import Callable
from contextlib import suppress


def attempts(
    hidden: list[str], results: list[str], grader: int, zygote: int, memory: int, canary: str
) -> dict[str, bool]:
    """What was refused: capability -> whether every attempt at it failed.

    hidden: files and folders that must not be read. results: files and folders that must not change; in a folder a
    file named `canary` is tried. grader, zygote: process ids. memory: bytes that must not be had.
    """
    processes = (grader, zygote)
    return {
        "hidden files unreadable": all(_refused(_read, path) for path in hidden),
        "results unwritable": all(_refused(_change, path, canary) for path in results),
        "no file written": all(_refused(_create, folder, canary) for folder in ("/tmp", "/var/tmp", "/dev/shm")),
        "no network": all(_refused(_connect, kind) for kind in (SOCK_STREAM, SOCK_DGRAM)),
        "no new processes": _refused(_fork),
        "no signals": all(_refused(os.kill, process, 0) for process in processes),
        "no other memory": all(_refused(_look_into, process) for process in processes),
        "memory limit": _refused(bytearray, memory),
        "lazy imports": _imports(),
    }


def _refused(attempt: Callable[..., object], *arguments: object) -> bool:
    try:
        attempt(*arguments)
    except (OSError, MemoryError):
        return True
    return False


def _read(path: str) -> None:
    if os.path.isdir(path):
        os.listdir(path)
    else:
        with open(path, "rb") as file:
            file.read(1)


def _change(path: str, canary: str) -> None:
    """Opens for writing, or changes the mode to what it is: harmless where it is not refused."""
    if os.path.isdir(path):
        _create(path, canary)
        return
    with suppress(OSError):
        os.close(os.open(path, os.O_WRONLY))
        return
    os.chmod(path, os.stat(path).st_mode & 0o7777)


def _create(folder: str, canary: str) -> None:
    path = os.path.join(folder, canary)
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    os.unlink(path)


def _connect(kind: int) -> None:
    socket(AF_INET, kind).close()


def _fork() -> None:
    child = os.fork()
    if child == 0:
        os._exit(0)
    with suppress(OSError):
        os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def _look_into(process: int) -> None:
    with open(f"/proc/{process}/environ", "rb") as file:
        file.read(1)


def _imports() -> bool:
    """Whether a module of the standard library can be imported that is not loaded yet, and numpy's files be read.

    The first probe runs before numpy is imported and the next ones after it: both must find the same.
    """
    try:
        for name in ("colorsys", "wave"):
            importlib.import_module(name)
        with open(_file_of("numpy"), "rb") as file:
            file.read(1)
    except (ImportError, OSError):
        return False
    return True


def _file_of(package: str) -> str:
    """Where a package lies, loaded or not. Raises ImportError where nothing finds it."""
    for finder in sys.meta_path:
        spec = finder.find_spec(package, None)
        if spec is not None and spec.origin:
            return spec.origin
    raise ImportError(package)
