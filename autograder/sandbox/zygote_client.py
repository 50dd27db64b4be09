"""The grader's end of the zygote: asks it for workers, from any thread, and does not wait where it need not.

Requests are posted at once, also while the zygote still imports numpy; each gets a ticket, and answers come in the
order of the requests.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any

from autograder.sandbox import zygote_start
from autograder.sandbox.jailed_worker import JailedWorker
from autograder.sandbox.protocol import Program, WorkerFault

SECONDS = 60.0  # for any answer of the zygote; its first one waits for numpy
PROBE = 0  # stands for the probe worker's process id, which we do not know


class Ticket:
    """A request that was posted; `answer` is None until it is answered."""

    def __init__(self) -> None:
        self.answer: Mapping[str, Any] | None = None


class Order:
    """A worker that was asked for. memory, cpu: its limits. protocol, output: our ends."""

    def __init__(self, channel: ZygoteChannel, memory: int, cpu: int, own_user: bool) -> None:
        self.channel, self.memory, self.own_user = channel, memory, own_user
        self._protocol, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        self._output, writing = os.pipe2(os.O_CLOEXEC)
        packet = {"do": "start", "memory": memory, "cpu": cpu, "own_user": own_user}
        try:
            self._ticket = channel.post(packet, [theirs.fileno(), writing])
        except WorkerFault:
            self.cancel()
            raise
        finally:
            theirs.close()
            os.close(writing)

    def worker(self, program: Program) -> JailedWorker:
        """The worker once its jail is closed, with the program's module loading in it. Raises WorkerFault."""
        try:
            process = int(self.channel.answer(self._ticket)["worker"])
        except WorkerFault:
            self.cancel()
            raise
        worker = JailedWorker(process, self._protocol, self._output, self.channel.ask)
        worker.begin(program)
        return worker

    def cancel(self) -> None:
        """Drops a worker that is not taken: it ends by itself when it finds that nobody is there."""
        self._protocol.close()
        os.close(self._output)


class ZygoteChannel:
    """One zygote process and the channel to it. Methods may be called from several threads at once."""

    def __init__(self) -> None:
        """Raises WorkerFault if no process can be started."""
        self._sending, self._receiving = threading.Lock(), threading.Lock()
        self._ready = Ticket()
        self._tickets = deque([self._ready])
        try:
            spawned = zygote_start.taken(threading.current_thread() is threading.main_thread())
        except OSError as error:
            raise WorkerFault(f"a Python process could not be started: {error}") from error
        self._control, self.process = socket.socket(fileno=spawned.control), spawned.process
        protocol, output = spawned.probe
        self._probe: tuple[socket.socket, int] | None = (socket.socket(fileno=protocol), output)
        self._control.settimeout(SECONDS)
        self._ended = False

    @property
    def alive(self) -> bool:
        """Whether the zygote still runs."""
        with self._sending:
            if not self._ended:
                try:
                    self._ended = os.waitpid(self.process, os.WNOHANG)[0] == self.process
                except ChildProcessError:
                    self._ended = True
            return not self._ended

    def ready(self) -> Mapping[str, Any]:
        """What the zygote says of itself once it is ready. Raises WorkerFault."""
        return self.answer(self._ready)

    def fault(self) -> str:
        """Why the zygote could not start, in its own words; "" if it did, or could not even say so."""
        with contextlib.suppress(WorkerFault):
            self.ready()
        return str((self._ready.answer or {}).get("fault", ""))

    def probe(self, program: Program) -> JailedWorker:
        """The worker that the zygote forks first of all, or another one like it if that was taken.

        It needs no answer of the zygote's, which may still import numpy: what becomes of its end comes with later
        answers. Raises WorkerFault.
        """
        if self._probe is None:
            return self.start(program, own_user=True)

        worker, self._probe = JailedWorker(PROBE, *self._probe, self._end_probe), None
        worker.begin(program)
        return worker

    def start(self, program: Program, own_user: bool) -> JailedWorker:
        """A worker whose jail is closed, with the program's module loading in it. Raises WorkerFault."""
        return Order(self, program.memory_bytes, program.cpu_seconds, own_user).worker(program)

    def post(self, packet: Mapping[str, Any], descriptors: Sequence[int] = ()) -> Ticket:
        """Sends one packet. Raises WorkerFault if nobody is there to read it."""
        ticket = Ticket()
        with self._sending:
            try:
                socket.send_fds(self._control, [json.dumps(packet).encode("ascii")], list(descriptors))
            except OSError as error:
                raise WorkerFault(f"the zygote is gone: {error}") from None
            self._tickets.append(ticket)
        return ticket

    def ask(self, packet: Mapping[str, Any]) -> Mapping[str, Any]:
        """Sends one packet and waits for its answer. Raises WorkerFault."""
        return self.answer(self.post(packet))

    def _end_probe(self, packet: Mapping[str, Any]) -> Mapping[str, Any]:
        """Has the probe ended, some time: the zygote may only see to it when it has imported numpy."""
        self.post(packet)
        return {"status": 0, "by_itself": False, "strays": 0}

    def answer(self, ticket: Ticket) -> Mapping[str, Any]:
        """Waits for the answer to a packet. Raises WorkerFault, with the zygote's own reason if it could not start."""
        with self._receiving:
            while ticket.answer is None:
                if not self._tickets:  # a channel that missed an answer
                    raise WorkerFault("the zygote is gone")
                self._tickets.popleft().answer = self._received()
        why = (self._ready.answer or {}).get("fault") or ticket.answer.get("error")
        if why:
            raise WorkerFault(str(why))
        return ticket.answer

    def close(self) -> None:
        """Ends the zygote and with it every worker. May be called twice."""
        self._control.close()
        if self._probe is not None:
            self._probe[0].close()
            os.close(self._probe[1])
            self._probe = None
        if self._ready.answer is None:  # it still imports numpy; its workers die with it
            self._kill()
        deadline = time.monotonic() + 10
        while self.alive:
            if time.monotonic() > deadline:
                self._kill()
            time.sleep(0.0005)

    def _received(self) -> Mapping[str, Any]:
        try:
            data = self._control.recv(4096)
            found: Any = json.loads(data) if data else {"error": "the zygote is gone"}
        except (OSError, ValueError) as error:  # ValueError: not JSON
            self._abandon()
            raise WorkerFault(f"the zygote does not answer: {error}") from None
        return found if isinstance(found, dict) else {"error": "the zygote does not answer"}

    def _abandon(self) -> None:
        """A channel that missed an answer cannot be used again: its zygote goes, and with it every worker."""
        with contextlib.suppress(OSError):
            self._control.close()
        self._kill()

    def _kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            if not self._ended:
                os.kill(self.process, signal.SIGKILL)
