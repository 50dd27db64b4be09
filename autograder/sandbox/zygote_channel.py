"""The grader's end of the zygote: starts it, and asks it for workers, from any thread."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from autograder.sandbox.contract import Program, WorkerFault
from autograder.sandbox.jailed import JailedWorker

SECONDS = 60.0  # for any answer of the zygote; its first one waits for numpy
_ROOT = str(Path(__file__).resolve().parents[2])
# Puts the engine's folder on the path for the zygote's own imports only: `zygote.main` takes it off again.
_BOOTSTRAP = (
    "import sys; sys.path[:] = [{root!r}] + [p for p in sys.path if p]; import autograder.sandbox.zygote as z; "
    "z.main({control}, {main_thread}, {root!r})"
)
# Nothing of the grader's environment but what an interpreter needs. One numeric thread: a fork is safe, and the
# address space small.
_ENVIRONMENT = {
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "PYTHONUTF8": "1",
    "PYTHONHASHSEED": "0",
    "PYTHONSAFEPATH": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}


class ZygoteChannel:
    """One zygote process and the channel to it. Methods may be called from several threads at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ready: Mapping[str, Any] | None = None
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._control = ours
        self._control.settimeout(SECONDS)
        main_thread = threading.current_thread() is threading.main_thread()
        text = _BOOTSTRAP.format(root=_ROOT, control=theirs.fileno(), main_thread=main_thread)
        kept = {name: os.environ[name] for name in ("LD_LIBRARY_PATH",) if name in os.environ}
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-s", "-B", "-u", "-c", text],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                cwd="/",
                env={**_ENVIRONMENT, **kept},
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        except OSError as error:
            ours.close()
            raise WorkerFault(f"a Python process could not be started: {error}") from error
        finally:
            theirs.close()

    @property
    def process(self) -> int:
        """The zygote's process id."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the zygote still runs."""
        return self._process.poll() is None

    def ready(self) -> Mapping[str, Any]:
        """What the zygote says of itself once it is ready. Raises WorkerFault."""
        with self._lock:
            return self._wait_until_ready()

    def start(self, program: Program, own_user: bool) -> JailedWorker:
        """A worker whose jail is closed, with the program's module loading in it. Raises WorkerFault."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        reading, writing = os.pipe2(os.O_CLOEXEC)
        packet = {"do": "start", "memory": program.memory_bytes, "cpu": program.cpu_seconds, "own_user": own_user}
        try:
            with theirs:
                answer = self._ask(packet, [theirs.fileno(), writing])
        except WorkerFault:
            ours.close()
            os.close(reading)
            raise
        finally:
            os.close(writing)
        process = int(answer["worker"])
        worker = JailedWorker(
            process, ours, reading, lambda grace: self._ask({"do": "end", "worker": process, "grace": grace})
        )
        worker.begin(program)
        return worker

    def close(self) -> None:
        """Ends the zygote and with it every worker. May be called twice."""
        with self._lock:
            self._control.close()
            if self._ready is None:  # it still imports numpy, and has no worker yet
                self._process.kill()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _wait_until_ready(self) -> Mapping[str, Any]:
        if self._ready is None:
            self._ready = self._answer()
        return self._ready

    def _ask(self, packet: Mapping[str, Any], descriptors: list[int] | None = None) -> Mapping[str, Any]:
        """One packet and its answer. Raises WorkerFault."""
        with self._lock:
            self._wait_until_ready()
            try:
                socket.send_fds(self._control, [json.dumps(packet).encode("ascii")], descriptors or [])
            except OSError as error:
                raise WorkerFault(f"the zygote is gone: {error}") from None
            return self._answer()

    def _answer(self) -> Mapping[str, Any]:
        try:
            data = self._control.recv(4096)
            answer = json.loads(data) if data else {"error": "the zygote is gone"}
        except (OSError, ValueError) as error:  # ValueError: not JSON
            self._abandon()
            raise WorkerFault(f"the zygote does not answer: {error}") from None
        if "error" in answer:
            raise WorkerFault(str(answer["error"]))
        return answer

    def _abandon(self) -> None:
        """A channel that missed an answer cannot be used again: its zygote goes, and with it every worker."""
        with contextlib.suppress(OSError):
            self._control.close()
        self._process.kill()
