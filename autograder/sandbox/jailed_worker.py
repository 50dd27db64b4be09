"""The grader's side of a jailed worker: one socket, one output pipe, one loop, the grader's own clock. No threads."""

from __future__ import annotations

import contextlib
import os
import select
import socket
import struct
import time
from collections.abc import Callable, Mapping
from typing import Any

from autograder.sandbox import wire
from autograder.sandbox.printed import Printed
from autograder.sandbox.protocol import INVALID, Ended, OutOfTime, Program, WorkerFault, hello, in_words

START_SECONDS = 60.0  # a worker that is not ready by then is our fault, not the student's
GRACE = 0.2  # a worker whose socket ended has this long to end by itself, so that we can say how
REST_MEMORY = 4 << 20  # a worker that has taken more does not wait for a later row: several may wait at once
MAX_THREADS = 64  # of a worker whose threads the kernel does not count, since it has no user id of its own
LOOK_SECONDS = 0.05  # how often those are counted
_CHUNK = 1 << 18
_READ = select.POLLIN | select.POLLHUP | select.POLLERR


Ask = Callable[[Mapping[str, Any]], Mapping[str, Any]]


class JailedWorker:
    """One worker of a zygote, as `protocol.Worker` says. Every exit path ends in `close`: it kills, reaps and sweeps.

    protocol: our end of its socket. output: the pipe that it prints into. ask: has the zygote stop its process, let it
    go on, or end it; raises WorkerFault.
    """

    def __init__(self, process: int, protocol: socket.socket, output: int, ask: Ask) -> None:
        self.process = process
        self.layers: tuple[str, ...] = ()
        self.strays = 0
        self._socket = protocol
        self._output = output
        self._ask = ask
        self._rests = False
        self._threads_are_counted = True  # by the kernel
        self._outgoing = bytearray()
        self._incoming = bytearray()
        self._printed = Printed()
        self._ended = ""  # how, in words; no longer asked once it is said
        self._closed = False
        self._socket.setblocking(False)
        os.set_blocking(self._output, False)
        self._poll = select.poll()
        self._poll.register(self._socket, _READ)
        self._poll.register(self._output, _READ)

    def begin(self, program: Program) -> None:
        """Hands over the program and waits until the jail is closed. Raises WorkerFault."""
        self._outgoing += wire.pack(*hello(program), wire.MAX_REQUEST)
        try:
            ready, _ = self.receive(START_SECONDS)
        except (Ended, OutOfTime) as error:
            said = self.printed()
            self.close()
            raise WorkerFault(f"the worker did not start ({error or 'no answer'}): {_last_line(said)}") from error
        self.layers = tuple(ready["layers"])
        self._threads_are_counted = "limit NPROC" in self.layers

    def request(self, header: Mapping[str, Any], blobs: bytes | bytearray) -> None:
        if self._ended:
            return
        if self._rests:
            self._rests = False
            self._ask({"do": "go on", "worker": self.process})
        self._take_in(0)
        if self._incoming:  # an answer to what was not asked
            self._forged()
        if self._ended:  # just now: `receive` says how
            return
        self._outgoing += wire.pack(dict(header), blobs, wire.MAX_REQUEST)
        self._send()

    def receive(self, seconds: float) -> tuple[dict[str, Any], bytes]:
        """The next reply within `seconds`; raises Ended or OutOfTime, and the worker is gone in both cases."""
        deadline = time.monotonic() + max(seconds, 0.001)
        while True:
            frame = self._next_frame()
            if frame is not None:
                return frame
            if self._ended:
                raise Ended(self._ended)
            left = deadline - time.monotonic()
            if left <= 0:
                self.close()
                raise OutOfTime
            self._take_in(left if self._threads_are_counted else min(left, LOOK_SECONDS))
            self._count_threads()

    def printed(self) -> str:
        if not self._closed:
            self._drain_output()
        return self._printed.take()

    @property
    def alive(self) -> bool:
        if self._ended or self._closed:
            return False
        poll = select.poll()
        poll.register(self._socket, select.POLLHUP)
        return not poll.poll(0)

    def rest(self) -> bool:
        """Stops the process until the next request: nothing of the student's runs meanwhile. False: better end it."""
        if self._ended:
            return False
        try:
            found = self._ask({"do": "rest", "worker": self.process})
        except WorkerFault:
            return False
        self._rests = found["rests"] is True
        return self._rests and int(found["memory"]) <= REST_MEMORY

    def close(self) -> None:
        """Kills, reaps and sweeps through the zygote, then closes our ends. May be called twice. Raises WorkerFault."""
        if not self._closed:
            self._finish(self._ended or "the grader ended it")

    # ------------------------------------------------------------------------------------------------------ the loop

    def _take_in(self, seconds: float) -> None:
        """Waits for the socket or the output, at most `seconds`, and moves what is there."""
        self._poll.modify(self._socket, _READ | (select.POLLOUT if self._outgoing else 0))
        for descriptor, events in self._poll.poll(min(seconds, 3600) * 1000):
            if descriptor == self._output:
                if self._drain_output() is False and events & select.POLLHUP:
                    self._wait_for_socket(seconds)
                continue
            if events & select.POLLOUT:
                self._send()
            if events & _READ:
                self._read()
                if self._ended:
                    return

    def _wait_for_socket(self, seconds: float) -> None:
        """The output is closed for good, and would be reported at once forever: looks at the socket alone."""
        poll = select.poll()
        poll.register(self._socket, _READ | (select.POLLOUT if self._outgoing else 0))
        poll.poll(min(seconds, 0.05) * 1000)

    def _send(self) -> None:
        with contextlib.suppress(BlockingIOError):
            try:
                sent = self._socket.send(self._outgoing[:_CHUNK])
            except (BrokenPipeError, ConnectionResetError):
                self._outgoing.clear()  # nobody reads it any more; its end is read below
            else:
                del self._outgoing[:sent]

    def _read(self) -> None:
        try:
            data = self._socket.recv(_CHUNK)
        except BlockingIOError:
            return
        except ConnectionResetError:
            data = b""
        self._incoming += data
        if not data:
            self._finish("")

    def _count_threads(self) -> None:
        """Ends a worker with too many threads where the kernel does not refuse them."""
        if self._threads_are_counted or self._ended:
            return
        with contextlib.suppress(OSError):
            if os.stat(f"/proc/{self.process}/task").st_nlink - 2 > MAX_THREADS:
                self._finish(f"it started more than {MAX_THREADS} threads")

    def _drain_output(self) -> bool | None:
        """Takes what was printed; False at its end, None if there is nothing yet."""
        with contextlib.suppress(BlockingIOError):
            data = os.read(self._output, _CHUNK)
            self._printed.add(data)
            return bool(data)
        return None

    def _next_frame(self) -> tuple[dict[str, Any], bytes] | None:
        """The first whole frame that came in. A malformed one ends the worker."""
        if len(self._incoming) < 4:
            return None
        (total,) = struct.unpack_from("<I", self._incoming)
        if not 4 <= total <= wire.MAX_FRAME:
            self._forged()
            return None
        if len(self._incoming) < 4 + total:
            return None
        data = bytes(self._incoming[4 : 4 + total])
        del self._incoming[: 4 + total]
        try:
            header, blob = wire.unpack(data)
        except wire.BadFrame:
            header, blob = None, b""
        if type(header) is not dict:
            self._forged()
            return None
        return header, blob

    def _forged(self) -> None:
        self._incoming.clear()
        self._finish(INVALID)

    # ------------------------------------------------------------------------------------------------------- the end

    def _finish(self, how: str) -> None:
        """Ends the process; `how` is "" where its own exit status shall say it."""
        if self._closed:
            return
        self._closed = True
        self._ended = how or "it is gone"
        try:
            end = self._ask({"do": "end", "worker": self.process, "grace": 0.0 if how else GRACE})
            self.strays = int(end["strays"])
            if not how:
                self._ended = (
                    in_words(int(end["status"])) if end["by_itself"] else "it closed its connection to the grader"
                )
        finally:
            for _ in range(64):  # what a dead process left in the pipe, at most 16 MiB
                if not self._drain_output():
                    break
            self._socket.close()
            os.close(self._output)


def _last_line(said: str) -> str:
    """Of what a worker said before it was in its jail, the line that tells what went wrong."""
    return said.strip().rpartition("\n")[2][:300] or "it said nothing"
