"""The zygote: one process that has imported numpy, holds no secret, and forks a worker whenever the grader asks.

It is a fresh interpreter (never a fork of the grader), so there is nothing of the grader's in its memory. The control
channel is a SOCK_SEQPACKET socket, one JSON object a packet, each answered by one: `{"do": "start", "memory", "cpu",
"own_user"}` with the worker's socket and output pipe as descriptors, `{"do": "rest", "worker"}`, `{"do": "go on",
"worker"}` and `{"do": "end", "worker", "grace"}`. When the grader is gone the channel ends, and with it every worker.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import signal
import struct
import sys
from _socket import CMSG_LEN, SCM_RIGHTS, SOL_SOCKET, socket  # without the 4 ms that `socket` takes
from typing import Any, NoReturn

from autograder.sandbox import confine, reaper, worker
from autograder.sandbox.zygote_start import PROBE_CPU, PROBE_MEMORY

MAX_PACKET = 4096
_DESCRIPTOR = struct.Struct("i")
_NO_MEMORY = b'{"fault": "the zygote cannot start: MemoryError"}'  # made while there is some


def main(control: int, probe: tuple[int, int], grader_is_main_thread: bool, root: str) -> NoReturn:
    """Serves until the grader closes its end of the channel (descriptor `control`).

    probe: the descriptors of the first worker, in which the grader tries what is refused. It is forked before numpy is
    imported, so that the grader has its answer when that is done.
    """
    confine.close_all_but(0, 1, 2, control, *probe)  # the grader's, if it left one that is inherited
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for number in (signal.SIGCHLD, signal.SIGTERM):  # for the workers too
        signal.signal(number, signal.SIG_DFL)
    confine.harden_zygote(grader_is_main_thread)
    os.chdir("/")
    sys.path[:] = [path for path in sys.path if path and os.path.realpath(path) != root]
    sys.path_importer_cache.clear()
    for descriptor in (control, *probe):
        os.set_inheritable(descriptor, False)
    channel = socket(fileno=control)
    try:
        zygote = Zygote(channel)
        zygote.fork_probe(*probe)
        _warm()
    except Exception as error:
        _give_up(channel, error)
    gc.freeze()
    gc.enable()  # it was started without, and a worker's garbage is collected as anywhere
    status = 70
    try:
        zygote.serve()
        status = 0
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        os._exit(status)  # nothing of it is worth the time that an interpreter takes to end


def _give_up(channel: socket, error: Exception) -> NoReturn:
    """Says, in place of that it is ready, why no submission can be graded on this machine."""
    try:
        text = f"{type(error).__name__}: {error}".partition("\n")[0]
        if isinstance(error, ImportError):
            text = f"numpy, which submissions need, cannot be imported ({text})"
        channel.send(json.dumps({"fault": f"the zygote cannot start: {text}"[:900]}).encode("ascii"))
    except OSError:
        pass  # the grader is gone
    except MemoryError:
        with contextlib.suppress(OSError, MemoryError):
            channel.send(_NO_MEMORY)
    finally:
        os._exit(70)


def _warm() -> None:
    """Imports what most workers want, so that none of them pays for it. Raises ImportError.

    numpy.random is not among it: it is a sixth of the time until the first worker, few answers draw, and one that does
    imports it in its own process.
    """
    import numpy

    numpy.linalg.solve(numpy.eye(2), numpy.ones(2))


class Zygote:
    """The workers that are alive, and what each of them is made with."""

    def __init__(self, control: socket) -> None:
        self._control = control
        self._fetters = confine.prepare()
        self._users = confine.UserIds(int.from_bytes(os.urandom(8), "big"))
        self._workers: dict[int, int | None] = {}  # process id -> user id of its own
        self._probe = 0

    def fork_probe(self, protocol: int, output: int) -> None:
        """Forks the first worker."""
        limits = {"memory": PROBE_MEMORY, "cpu": PROBE_CPU, "own_user": True}
        self._probe = int(self._start(protocol, output, limits)["worker"])
        os.close(protocol)
        os.close(output)

    def serve(self) -> None:
        """Replies to packets until the channel ends; then ends every worker."""
        try:
            self._say({"ready": True, "notes": list(self._fetters.notes)})
            while (packet := self._receive()) is not None:
                self._say(self._answer(*packet))
        except OSError:
            pass  # the grader is gone
        finally:
            for process in list(self._workers):
                self._end(process, 0.0)

    def _receive(self) -> tuple[Any, list[int]] | None:
        """The next packet and its descriptors, None at the end. What is no JSON object is None inside."""
        data, extra, _, _ = self._control.recvmsg(MAX_PACKET, CMSG_LEN(4 * _DESCRIPTOR.size))
        if not data:
            return None
        rights = [packed for level, kind, packed in extra if (level, kind) == (SOL_SOCKET, SCM_RIGHTS)]
        whole = (packed[: len(packed) - len(packed) % _DESCRIPTOR.size] for packed in rights)
        descriptors = [number for packed in whole for (number,) in _DESCRIPTOR.iter_unpack(packed)]
        try:
            found = json.loads(data)
        except (ValueError, RecursionError):
            found = None
        return found, descriptors

    def _say(self, answer: dict[str, Any]) -> None:
        self._control.send(json.dumps(answer).encode("ascii"))

    def _answer(self, packet: Any, descriptors: list[int]) -> dict[str, Any]:
        try:
            if packet["do"] == "start":
                protocol, output = descriptors
                return self._start(protocol, output, packet)
            if packet["do"] == "rest":
                return self._rest(int(packet["worker"]))
            if packet["do"] == "go on":
                return self._go_on(int(packet["worker"]))
            if packet["do"] == "end":
                return self._end(int(packet["worker"]) or self._probe, float(packet["grace"]))
            return {"error": "unknown packet"}
        except (KeyError, TypeError, ValueError, OverflowError, OSError, reaper.StillThere) as error:
            return {"error": f"{type(error).__name__}: {error}"[:300]}
        finally:
            for descriptor in descriptors:  # a worker's copies are its own: ours would hide its end
                os.close(descriptor)

    def _start(self, protocol: int, output: int, packet: Any) -> dict[str, Any]:
        memory, cpu = int(packet["memory"]), int(packet["cpu"])
        user = self._users.fresh() if packet["own_user"] and os.geteuid() == 0 else None
        zygote = os.getpid()
        process = os.fork()
        if process == 0:
            self._be_a_worker((protocol, output), user, memory, cpu, zygote)
        self._workers[process] = user
        return {"worker": process}

    def _be_a_worker(self, sockets: tuple[int, int], user: int | None, memory: int, cpu: int, zygote: int) -> NoReturn:
        """The child's whole life."""
        status = 70
        try:
            os.dup2(sockets[1], 2)  # for what goes wrong before the jail has its own descriptors
            layers = confine.enter(self._fetters, user, sockets, memory, cpu, zygote)
            worker.serve(confine.PROTOCOL, layers)
            status = 0
        except BaseException:
            import traceback

            traceback.print_exc()  # into the worker's own output
        finally:
            os._exit(status)

    def _rest(self, process: int) -> dict[str, Any]:
        """Stops a worker until it is told to go on; says whether it stands still and how much memory it has taken."""
        if process not in self._workers:
            return {"error": "no such worker"}
        return {"rests": reaper.rest(process), "memory": confine.memory_of(process) - confine.memory_of(os.getpid())}

    def _go_on(self, process: int) -> dict[str, Any]:
        if process in self._workers:
            os.kill(process, signal.SIGCONT)
        return {}

    def _end(self, process: int, grace: float) -> dict[str, Any]:
        """Ends one worker and whatever it left; says how it ended and how many strays there were."""
        if process not in self._workers:
            return {"error": "no such worker"}
        status, by_itself = reaper.reap(process, min(grace, 1.0))
        user = self._workers.pop(process)
        strays = reaper.sweep(user, self._users.fresh(), self._workers)
        return {"status": status, "by_itself": by_itself, "strays": strays}
