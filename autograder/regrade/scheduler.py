"""Sends tasks to workers and collects what comes of them: nothing is lost, and nothing is done twice.

At most a few tasks a process are out at a time, so a batch of any size needs the same memory. A task whose process was
lost is tried again alone, so that it is known which one does it; one that loses its process `TRIES` times is given up
and reported, and the rest goes on. So a future may end in four ways beside an answer:

    BrokenExecutor   a process of a local pool was lost, and the pool with it: all that was out is suspected
    KilledWorker     a cluster lost several workers with this one task: it alone is suspected
    CancelledError   a cluster's scheduler was lost, and forgot what was out: nothing is suspected
    any other error  our own code failed on this task: it is given up
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Future, wait
from typing import NamedTuple, Protocol

import msgspec

from autograder.core.errors import EnvironmentFault
from autograder.regrade.executors import GO_ON, Crew, CrewError
from autograder.regrade.task import Done, Task

TRIES = 3
AHEAD = 2  # tasks out per process: one that is graded, and one that waits for it
SOON = 1.0  # seconds before the first look, so that who forgot to start a worker is told at once
PATIENCE = 30.0  # seconds between two looks at whether anybody is there
GIVE_UP_AFTER = 10  # such looks in a row without a worker


class Seen(Protocol):
    """What becomes of the tasks; called in this process, one after the other, in the order in which they end."""

    def done(self, done: Done) -> None:
        """One is graded."""

    def given_up(self, task: Task, why: str) -> None:
        """One cannot be graded: it takes its process with it, or our own code fails on it."""

    def notice(self, sentence: str) -> None:
        """Something that a person should know while it runs."""


class CannotGoOn(EnvironmentFault):
    """Nothing of this batch can be graded here; the message says why and what to do."""


def run(tasks: Iterator[Task], crew: Crew, seen: Seen, patience: float = PATIENCE) -> None:
    """Grades all tasks. Raises CannotGoOn where no submission could be graded, CrewError where nobody is left to."""
    _Batch(tasks, crew, seen, patience).run()


class _Given(NamedTuple):
    """A task that is out. lost: how often its process was lost while it was out alone."""

    task: Task
    lost: int = 0
    alone: bool = False


class _Batch:
    """The state of one run: what is out, what must be sent again, and what must be tried alone."""

    def __init__(self, tasks: Iterator[Task], crew: Crew, seen: Seen, patience: float) -> None:
        self._tasks, self._crew, self._seen, self._patience = tasks, crew, seen, patience
        self._out: dict[Future[bytes], _Given] = {}
        self._again: deque[Task] = deque()
        self._suspects: deque[_Given] = deque()
        self._look_soon = True
        self._cut_off = 0  # times in a row that all was forgotten, and nothing came in between

    def run(self) -> None:
        while self._hand_out():
            for future in self._next():
                self._take_in(future)

    def _hand_out(self) -> bool:
        """Fills what room there is; whether anything is out. A suspect waits until it can be out alone."""
        if self._suspects:
            if not self._out:
                self._submit(self._suspects.popleft())
        else:
            room = self._crew.width * AHEAD - len(self._out)
            while room > 0 and (task := self._next_task()) is not None and self._submit(_Given(task)):
                room -= 1
        return bool(self._out)

    def _next_task(self) -> Task | None:
        return self._again.popleft() if self._again else next(self._tasks, None)

    def _submit(self, given: _Given) -> bool:
        """Sends it to a worker; False if it must wait until what else is out has learned that a process was lost."""
        encoded = msgspec.json.encode(given.task)
        try:
            future = self._crew.submit(encoded)
        except BrokenExecutor:
            if self._out:  # a new pool now would be thrown away with them, and what is out there with it
                self._again.appendleft(given.task)
                return False
            self._crew.renew()
            future = self._crew.submit(encoded)
        self._out[future] = given
        return True

    def _next(self) -> list[Future[bytes]]:
        """What ended, once something did. Says when nobody is there, and gives up after a while."""
        looks = 0
        while not (ended := wait(self._out, timeout=self._until_a_look(), return_when=FIRST_COMPLETED).done):
            complaint = self._crew.complaint()
            looks = looks + 1 if complaint else 0
            if looks == GIVE_UP_AFTER:
                raise CrewError(f"{complaint}. {GO_ON}")
            if complaint:
                self._seen.notice(f"{complaint}: waiting ({looks} of {GIVE_UP_AFTER})")
        return list(ended)

    def _until_a_look(self) -> float:
        """Seconds."""
        soon, self._look_soon = self._look_soon, False
        return min(SOON, self._patience) if soon else self._patience

    # ------------------------------------------------------------------------------------------------ what came of it

    def _take_in(self, future: Future[bytes]) -> None:
        given = self._out.pop(future, None)
        if given is None:  # collected already, with what was lost
            return
        try:
            answer = future.result()
        except BrokenExecutor:
            self._lost(given)
        except CancelledError:
            self._forgotten(given)
        except ImportError as error:
            raise CannotGoOn(_NOT_THERE.format(error=error)) from None
        except Exception as error:
            self._failed(given, error)
        else:
            self._keep(answer)

    def _lost(self, given: _Given) -> None:
        """A process was lost, and with it all that was out and not answered: each of these is tried again, alone."""
        again = [given, *self._not_answered()]
        if given.alone:
            again = [given._replace(lost=given.lost + 1)]
        if given.alone and again[0].lost == TRIES:
            self._seen.given_up(given.task, f"its worker process crashed {TRIES} times")
        else:
            self._suspects += (one._replace(alone=True) for one in again)
        if not given.alone:
            self._seen.notice(f"a worker process crashed; submissions tried again, one at a time: {len(again)}")
        self._crew.renew()

    def _forgotten(self, given: _Given) -> None:
        """All that was out was forgotten, through no fault of a task: it is sent again as it was."""
        self._cut_off += 1
        if self._cut_off > TRIES:
            raise CrewError(f"the scheduler was lost {self._cut_off} times in a row. {GO_ON}")
        again = [given, *self._not_answered()]
        self._suspects += (one for one in again if one.alone)
        self._again += (one.task for one in again if not one.alone)
        self._seen.notice(f"the scheduler was lost, and answers again; submissions sent to it again: {len(again)}")
        self._crew.renew()

    def _not_answered(self) -> list[_Given]:
        """Takes back all that is out, and keeps the answers that had come already."""
        out, self._out = self._out, {}
        again = []
        for future, given in out.items():
            if future.done() and not future.cancelled() and future.exception() is None:
                self._keep(future.result())
            else:
                again.append(given)
        return again

    def _failed(self, given: _Given, error: Exception) -> None:
        self._cut_off = 0
        if type(error).__name__ != "KilledWorker":
            self._seen.given_up(given.task, f"internal error: {type(error).__name__}: {error}"[:500])
        elif given.alone:
            self._seen.given_up(given.task, "its worker processes crashed, one after the other")
        else:  # another one that waited at the same workers may be to blame
            self._suspects.append(given._replace(alone=True))

    def _keep(self, answer: bytes) -> None:
        self._cut_off = 0
        done = msgspec.json.decode(answer, type=Done)
        if done.fault:
            raise CannotGoOn(done.fault)
        self._seen.done(done)


_NOT_THERE = (
    "a worker process cannot import what it needs ({error}): start every worker with this project's folder as its "
    "working folder or on its PYTHONPATH, under a Python that has the project's packages"
)
