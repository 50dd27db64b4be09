"""Serves one grading, or a batch of them: starts the zygote, measures what it refuses, and starts workers."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from autograder.sandbox import wire
from autograder.sandbox.decoding import Room, decode
from autograder.sandbox.isolation import Isolation
from autograder.sandbox.protocol import Ended, OutOfTime, Program, Worker, WorkerFault
from autograder.sandbox.zygote_start import PROBE_CPU, PROBE_MEMORY

if TYPE_CHECKING:
    from autograder.sandbox.zygote_client import Order, ZygoteChannel

PROBE = Path(__file__).with_name("probe.py")
PROBE_SECONDS = 20.0
RESTARTS = 3


class Jail:
    """A context manager; `start` makes a worker, from any thread.

    hidden: files and folders that no worker may read. results: files and folders that none may change. Both are only
    names, which the probe tries; the zygote opens none of them.
    """

    def __init__(self, hidden: Iterable[Path] = (), results: Iterable[Path] = ()) -> None:
        self._hidden = tuple(hidden)
        self._results = tuple(results)
        self._lock = threading.Lock()
        self._isolation: Isolation | None = None
        self._own_user = True
        self._restarts = 0
        self._channel: ZygoteChannel | None = None
        self._expected, self._limits = 0, (0, 0)
        self._spare: Order | None = None
        self._fault = ""
        if sys.platform == "linux":
            try:
                self._channel = _zygote()
            except WorkerFault as fault:
                self._fault = str(fault)

    def hides(self, hidden: Iterable[Path], results: Iterable[Path]) -> None:
        """Names what is hidden and what are results, for a jail that was started before they were known."""
        self._hidden, self._results = tuple(hidden), tuple(results)

    @property
    def isolation(self) -> Isolation:
        """What a probe worker was refused; measured at the first use. Raises WorkerFault if no worker starts, or
        none that could grade: without numpy, say."""
        with self._lock:
            if self._isolation is None:
                self._isolation = self._measure()
            return self._isolation

    def verdict(self, instead: str, unsafe: bool = False, trusted: bool = False) -> tuple[Isolation, str]:
        """What it holds, and why nothing may be graded in it ("" if it may), with what to do `instead`.

        unsafe: somebody said that they grade all the same. trusted: the submission is a file of this project.
        """
        try:
            isolation = self.isolation
        except WorkerFault as fault:
            none = Isolation(fault=str(fault))
            return none, none.line()
        if isolation.holds or trusted:
            return isolation, ""
        if unsafe:
            return replace(isolation, unsafe=True), ""
        return isolation, f"student code could cheat on this machine: {isolation.lacks()}. {instead}".strip()

    @property
    def process(self) -> int:
        """The zygote's process id, 0 for none."""
        return self._channel.process if self._channel is not None else 0

    def expect(self, workers: int, memory_bytes: int, cpu_seconds: int) -> None:
        """Says that so many workers will be asked for with these limits, one after the other: each is forked, without
        any student code in it, while the grader is busy with the one before. One that nobody took is still there."""
        self._expected, self._limits = workers, (memory_bytes, cpu_seconds)
        if self._spare is None:
            self._order_spare()

    def _order_spare(self) -> None:
        if self._expected > 0 and self._channel is not None:
            from autograder.sandbox.zygote_client import Order

            self._expected -= 1
            with contextlib.suppress(WorkerFault):
                self._spare = Order(self._channel, *self._limits, self._own_user)

    def _taken_spare(self, channel: ZygoteChannel, program: Program) -> Order | None:
        """The spare worker if it is one as the program needs it; the next one is ordered."""
        spare, self._spare = self._spare, None
        if spare is None:
            return None
        self._order_spare()
        if (spare.channel, spare.memory, spare.own_user) == (channel, program.memory_bytes, self._own_user):
            return spare
        spare.cancel()
        return None

    def start(self, program: Program) -> Worker:
        """A worker under every layer that the record names. Raises WorkerFault."""
        isolation = self.isolation
        channel = self._living_channel()
        if channel is None:
            from autograder.sandbox.portable_worker import Worker as PortableWorker

            return PortableWorker(program)
        spare = self._taken_spare(channel, program)
        worker = spare.worker(program) if spare is not None else channel.start(program, self._own_user)
        weaker = set(isolation.layers) - set(worker.layers)
        if weaker:
            worker.close()
            raise WorkerFault(f"a worker came without {', '.join(sorted(weaker))}")
        return worker

    def close(self) -> None:
        """Ends the zygote and every worker. May be called twice."""
        if self._spare is not None:
            self._spare.cancel()
            self._spare = None
        if self._channel is not None:
            self._channel.close()

    def __enter__(self) -> Jail:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    # ------------------------------------------------------------------------------------------------- the record

    def _measure(self) -> Isolation:
        if self._fault:
            raise WorkerFault(self._fault)
        if self._channel is None:
            return Isolation()
        found = self._probed()
        if found.refused["lazy imports"] or "own uid" not in found.layers:
            return found
        other = self._probe(own_user=False)
        if not other.refused["lazy imports"]:
            return found  # the reason is another one
        self._own_user = False
        return replace(other, notes=(*other.notes, "no own uid: under one, a worker cannot read the interpreter"))

    def _probed(self) -> Isolation:
        """What the first worker was refused, once the zygote is ready; or the zygote's own reason why it is not."""
        assert self._channel is not None
        try:
            found = self._probe(own_user=True)
        except WorkerFault as fault:
            raise WorkerFault(self._channel.fault() or str(fault)) from fault
        self._channel.ready()
        return found

    def _probe(self, own_user: bool) -> Isolation:
        """Runs the attempts in a worker of their own."""
        assert self._channel is not None
        program = Program(PROBE.name, {PROBE.name: PROBE.read_text(encoding="utf-8")}, PROBE_MEMORY, PROBE_CPU)
        worker = self._channel.probe(program) if own_user else self._channel.start(program, own_user)
        canary = f".probe-{os.urandom(8).hex()}"
        try:
            paths = _existing(self._hidden), _existing(self._results)
            found = _attempts(worker, paths, (os.getpid(), self._channel.process), canary)
            return Isolation(found, worker.layers, self._missing_layers(worker.layers))
        finally:
            worker.close()
            for folder in ("/tmp", "/var/tmp", "/dev/shm", *map(str, self._results)):
                with contextlib.suppress(OSError):
                    os.unlink(os.path.join(folder, canary))

    def _missing_layers(self, layers: Sequence[str]) -> tuple[str, ...]:
        """Why a layer is missing: only the zygote knows, once it is ready."""
        assert self._channel is not None
        whole = "seccomp" in layers and any(layer.startswith("landlock") for layer in layers)
        return () if whole else tuple(self._channel.ready()["notes"])

    def _living_channel(self) -> ZygoteChannel | None:
        """The zygote, or a new one under the same record where it was lost (the machine ran out of memory, say)."""
        with self._lock:
            if self._channel is not None and not self._channel.alive and self._restarts < RESTARTS:
                self._restarts += 1
                self._channel.close()
                self._channel = _zygote()
            return self._channel


def _zygote() -> ZygoteChannel:
    from autograder.sandbox.zygote_client import ZygoteChannel  # what it imports is not there on Windows

    return ZygoteChannel()


def answers_below(root: Path) -> list[Path]:
    """What no student's process may read of the project in `root`."""
    return [root / "reference", *(path for path in (root / "reference").rglob("*") if path.is_file())]


def _existing(paths: Iterable[Path]) -> list[str]:
    return [os.path.abspath(path) for path in paths if path.exists()]


def _attempts(
    worker: Worker, paths: tuple[list[str], list[str]], processes: tuple[int, int], canary: str
) -> dict[str, bool]:
    """The probe's findings. Raises WorkerFault for any answer but its own."""
    arguments: list[Any] = [*paths, *processes, 4 * PROBE_MEMORY, canary]
    sets = [[wire.encode(argument, bytearray()) for argument in arguments]]
    try:
        loaded, _ = worker.receive(PROBE_SECONDS)
        worker.request({"id": 1, "name": "attempts", "read": False, "argument_sets": sets}, b"")
        reply, data = worker.receive(PROBE_SECONDS)
        found = decode(reply.get("value"), data, Room())
    except (Ended, OutOfTime, wire.BadFrame) as error:
        raise WorkerFault(f"the probe did not answer: {error}") from error
    if not isinstance(found, dict):
        raise WorkerFault(f"the probe failed: {loaded} {reply}")
    return {str(name): held is True for name, held in found.items()}
