"""The portable worker, without a jail: a fresh interpreter, pipes and reader threads, a time-out and a process group.

Works on Linux, macOS and Windows. It has the rights of whoever runs the grader.
"""

from __future__ import annotations

import contextlib
import os
import queue
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any

from autograder.sandbox import wire
from autograder.sandbox.printed import Printed
from autograder.sandbox.protocol import INVALID, Ended, OutOfTime, Program, WorkerFault, hello, in_words
from autograder.sandbox.zygote_start import ENVIRONMENT, NO_BYTE_CODE

LOOK_SECONDS = 0.2
START_SECONDS = 60.0  # an interpreter that is not ready by then is our fault, not the student's
# The text of the interpreter's -c: the engine's folder is on the path for as long as the package is looked for, so that
# a submission's `import reference` finds nothing, and we no student's json.py. Nor is the current folder on it.
_BOOTSTRAP = (
    "import sys; sys.path[:] = [{root!r}] + [p for p in sys.path if p]; import autograder; del sys.path[0]; "
    "import autograder.sandbox.worker as w; w.main()"
)
# Of the grader's environment, what an interpreter needs; else it is as in the zygote.
_KEPT = ("PATH", "SYSTEMROOT", "TMPDIR", "TEMP", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")


class Worker:
    """One process of the kind that `protocol.Worker` says. Every exit path ends in `close`, which kills its group."""

    def __init__(self, program: Program) -> None:
        root = str(Path(__file__).resolve().parents[2])
        # -u: what is printed is on its way before the reply, so that it is seen with the row that printed it
        command = [sys.executable, "-s", *NO_BYTE_CODE, "-u", "-c", _BOOTSTRAP.format(root=root)]
        try:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                cwd=os.path.abspath(os.sep),
                env={**{name: os.environ[name] for name in _KEPT if name in os.environ}, **ENVIRONMENT},
                start_new_session=os.name == "posix",
                creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
            )
        except OSError as error:
            raise WorkerFault(f"a Python process could not be started: {error}") from error
        self._replies: queue.Queue[Any] = queue.Queue(maxsize=4)  # of parsed frames: each takes megabytes
        self._closing = threading.Event()
        self._printed = Printed()
        self._lock = threading.Lock()
        self._outgoing: queue.Queue[bytes | None] = queue.Queue()
        self._threads = [
            threading.Thread(target=self._write_requests, daemon=True),
            threading.Thread(target=self._read_replies, daemon=True),
            threading.Thread(target=self._read_output, daemon=True),
        ]
        for thread in self._threads:
            thread.start()
        self._begin(program)

    def _begin(self, program: Program) -> None:
        try:
            self._outgoing.put(wire.pack(*hello(program), wire.MAX_REQUEST))
            ready, _ = self.receive(START_SECONDS)
        except (Ended, OutOfTime) as error:
            said = self.printed()
            self.close()
            raise WorkerFault(f"the worker did not start ({error or 'no answer'}): {said[-500:]}") from error
        self.layers = tuple(ready["layers"])

    def request(self, header: Mapping[str, Any], blobs: bytes | bytearray) -> None:
        self._outgoing.put(wire.pack(dict(header), blobs, wire.MAX_REQUEST))

    def receive(self, seconds: float) -> tuple[dict[str, Any], bytes]:
        frame = self._next_frame(time.monotonic() + max(seconds, 0.001))
        if frame is None:
            raise Ended(self._how_it_ended())
        if isinstance(frame, wire.BadFrame) or type(frame[0]) is not dict:
            self.close()
            raise Ended(INVALID)
        return frame[0], frame[1]

    def _next_frame(self, deadline: float) -> Any:
        """The next frame that comes before the deadline. On Windows Ctrl-C ends no wait, but comes between two."""
        while True:
            left = deadline - time.monotonic()
            try:
                return self._replies.get(timeout=max(min(left, LOOK_SECONDS), 0.001))
            except queue.Empty:
                if left <= LOOK_SECONDS:
                    self.close()
                    raise OutOfTime from None

    def printed(self) -> str:
        self._wait_for_output()
        with self._lock:
            return self._printed.take()

    def _wait_for_output(self) -> None:
        """Gives the reading thread a moment to take what is already in the pipe."""
        stream = self._process.stderr
        if os.name != "posix" or stream is None or stream.closed:
            return
        for _ in range(20):
            if self._closing.is_set() or not select.select([stream], [], [], 0)[0]:
                return
            time.sleep(0.001)

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def rest(self) -> bool:
        """Waits as it is: a process that nothing keeps apart need not be stopped either."""
        return self.alive

    def close(self) -> None:
        """Kills the process and its group, waits for it, and closes the pipes. May be called twice."""
        self._closing.set()
        self._outgoing.put(None)
        self._kill()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=10)
        with contextlib.suppress(queue.Empty):  # a reader that waits for room must see that we are closing
            while True:
                self._replies.get_nowait()
        for thread in self._threads:
            thread.join(timeout=1)
        for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
            if stream is not None and not any(t.is_alive() for t in self._threads):
                with contextlib.suppress(OSError):
                    stream.close()

    def _kill(self) -> None:
        if os.name == "posix":
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            self._process.kill()

    def _how_it_ended(self) -> str:
        """In words, from the exit status, which is never a verdict."""
        try:
            status = self._process.wait(timeout=1)
        except subprocess.TimeoutExpired:
            self.close()
            return "it closed its connection to the grader"
        return in_words(status)

    def _write_requests(self) -> None:
        assert self._process.stdin is not None
        with contextlib.suppress(OSError, ValueError):  # nobody reads it any more: `receive` says so
            while (frame := self._outgoing.get()) is not None:
                self._process.stdin.write(frame)
                self._process.stdin.flush()

    def _read_replies(self) -> None:
        assert self._process.stdout is not None
        for frame in _frames(self._process.stdout):
            while not self._closing.is_set():
                with contextlib.suppress(queue.Full):
                    self._replies.put(frame, timeout=0.1)
                    break
            if self._closing.is_set():
                return

    def _read_output(self) -> None:
        assert self._process.stderr is not None
        descriptor = self._process.stderr.fileno()
        with contextlib.suppress(OSError, ValueError):
            while self._take_output(descriptor):
                pass

    def _take_output(self, descriptor: int) -> bool:
        """Takes one piece of what was printed; False at the end. Where we can wait for it first, it is read under the
        lock, so that `printed` never looks between the reading and the keeping."""
        if os.name == "posix":
            select.select([descriptor], [], [])
            with self._lock:
                return self._keep(os.read(descriptor, 1 << 16))
        chunk = os.read(descriptor, 1 << 16)
        with self._lock:
            return self._keep(chunk)

    def _keep(self, chunk: bytes) -> bool:
        self._printed.add(chunk)
        return bool(chunk)


def _frames(stream: IO[bytes]) -> Iterator[Any]:
    """The frames of a stream, then None; a BadFrame in place of what is none."""
    try:
        while (frame := wire.read_frame(stream)) is not None:
            yield frame
    except wire.BadFrame as error:
        yield error
    except (OSError, ValueError):  # the pipe was closed under us
        pass
    yield None
