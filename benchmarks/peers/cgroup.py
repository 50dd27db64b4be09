"""A control group of its own for a run: a memory limit, a share of a CPU, and a list of all processes in it.

Version 1 and version 2 are tried; where neither can be written, Unavailable says why.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

MOUNT = Path("/sys/fs/cgroup")
PERIOD = 100_000  # microseconds, the kernel's default


class Unavailable(Exception):
    """No control group can be made here; the message is the reason."""


class Group:
    """One control group; use it as a context manager, which ends what is left in it and removes it."""

    def __init__(self, cpus: float | None = None, memory: int | None = None) -> None:
        """cpus: share of one CPU, 0.5 for half. memory: bytes."""
        self.cpus, self.memory, self.folders = cpus, memory, []

    def __enter__(self) -> Group:
        try:
            self.folders = list(self._make())
        except OSError as error:
            self.__exit__()
            raise Unavailable(f"{error.strerror}: {error.filename}") from None
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        for folder in self.folders:
            with contextlib.suppress(OSError):
                folder.rmdir()

    def _make(self) -> Iterator[Path]:
        unified = (MOUNT / "cgroup.controllers").exists()
        wanted = {"cpu": self.cpus, "memory": self.memory or 1 << 62}
        if unified:
            folder = self._child(MOUNT / own("").lstrip("/"), [name for name, limit in wanted.items() if limit])
            yield folder
            if self.cpus:
                (folder / "cpu.max").write_text(f"{int(self.cpus * PERIOD)} {PERIOD}")
            if self.memory:
                (folder / "memory.max").write_text(str(self.memory))
            return
        for name in (name for name, limit in wanted.items() if limit):
            folder = self._child(MOUNT / name / own(name).lstrip("/"), [])
            self.folders.append(folder)
            if name == "cpu" and self.cpus:
                (folder / "cpu.cfs_quota_us").write_text(str(int(self.cpus * PERIOD)))
            elif self.memory:
                (folder / "memory.limit_in_bytes").write_text(str(self.memory))
            yield folder

    def _child(self, parent: Path, controllers: list[str]) -> Path:
        if controllers:
            (parent / "cgroup.subtree_control").write_text(" ".join(f"+{name}" for name in controllers))
        folder = parent / f"autograder-bench-{os.getpid()}-{time.monotonic_ns()}"
        folder.mkdir()
        self.folders = [*self.folders, folder]
        return folder

    def entering(self) -> list[str]:
        """What to put before a command, so that it enters the group and then becomes itself."""
        enter = "".join(f"echo $$ >'{folder}/cgroup.procs' && " for folder in self.folders)
        return ["/bin/sh", "-c", f'{enter}exec "$@"', "sh"]

    def processes(self) -> list[int]:
        with contextlib.suppress(OSError, IndexError):
            return [int(line) for line in (self.folders[-1] / "cgroup.procs").read_text().split()]
        return []

    def kill(self) -> None:
        """Ends every process of the group, and waits until the kernel has none left."""
        for _ in range(500):
            left = self.processes()
            if not left:
                return
            for process in left:
                with contextlib.suppress(OSError):
                    os.kill(process, signal.SIGKILL)
            time.sleep(0.01)


def own(controller: str) -> str:
    """The path of this process's group for a controller of version 1, or of version 2 for ""."""
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        if controller in controllers.split(","):
            return path
    raise OSError(0, "no such controller", controller)
