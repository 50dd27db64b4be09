"""A Dask cluster on this machine's loopback, of real processes that share nothing but the network."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.autograder.regrade.runs import descendants, living

ROOT = Path(__file__).resolve().parents[3]
SECONDS = 60.0  # for whatever must come at last


class Cluster:
    """A scheduler, and workers as they are asked for. A context manager; it ends what it started, and nothing else."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._processes: list[subprocess.Popen[bytes]] = []
        told = folder / "scheduler.json"
        # The scheduler's Python finds distributed, but not this project.
        self.scheduler = self._start("scheduler", ["--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(told)])
        until(told.exists, "the scheduler starts")
        until(lambda: told.read_text().rstrip().endswith("}"), "the scheduler says where it is")
        self.address: str = json.loads(told.read_text())["address"]

    def worker(
        self, name: str, project: Path = ROOT, nanny: bool = False, **environment: str
    ) -> subprocess.Popen[bytes]:
        """A worker with one thread. Its folder, its temporary folder and its project are its own."""
        options = [self.address, "--nthreads", "1", "--name", name, "--nanny" if nanny else "--no-nanny"]
        options += ["--local-directory", str(self._own(name) / "local"), "--memory-limit", "0"]
        return self._start("worker", options, name, PYTHONPATH=str(project), **environment)

    def _start(
        self, what: str, options: list[str], name: str = "scheduler", **environment: str
    ) -> subprocess.Popen[bytes]:
        own = self._own(name)
        clean = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "PYTEST"))}
        with open(self._folder / f"{name}.log", "ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", f"distributed.cli.dask_{what}", "--no-dashboard", *options],
                cwd=own,
                env={**clean, "TMPDIR": str(own), **environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self._processes.append(process)
        return process

    def _own(self, name: str) -> Path:
        folder = self._folder / name
        folder.mkdir(exist_ok=True)
        return folder

    def __enter__(self) -> Cluster:
        return self

    def __exit__(self, *_: object) -> None:
        below = {one for process in self._processes for one in descendants(process.pid)}
        for process in reversed(self._processes):
            process.kill()
            process.wait()
        for one in living(below):
            with contextlib.suppress(ProcessLookupError):
                os.kill(one, signal.SIGKILL)


def until(holds: object, what: str, seconds: float = SECONDS) -> float:
    """Waits until `holds()` is true; how long that took. An AssertionError if it does not become true."""
    assert callable(holds)
    began = time.monotonic()
    while not holds():
        assert time.monotonic() - began < seconds, f"not within {seconds} s: {what}"
        time.sleep(0.02)
    return time.monotonic() - began
