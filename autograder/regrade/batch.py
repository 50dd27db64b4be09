"""Hands out tasks and takes in what comes of them, until all are done: nothing is lost, and nothing is done twice.

At most a few tasks a process are out at a time, so a batch of any size needs the same memory. A task whose process was
lost is tried again alone, so that it is known which one does it; one that loses its process `TRIES` times is given up
and reported, and the rest goes on.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Future, wait
from typing import Protocol

import msgspec

from autograder.regrade.crew import Crew, CrewError
from autograder.regrade.work import Done, Task

TRIES = 3
AHEAD = 2  # tasks handed out per process: one that is graded, and one that waits for it
PATIENCE = 30.0  # seconds between two looks at whether anybody is there
GIVE_UP_AFTER = 10  # such looks in a row without a process that grades


class Seen(Protocol):
    """What becomes of the tasks; called in this process, one after the other, in the order in which they end."""

    def done(self, done: Done) -> None:
        """One is graded."""

    def given_up(self, task: Task, why: str) -> None:
        """One cannot be graded: it takes its process with it, or our own code fails on it."""

    def notice(self, sentence: str) -> None:
        """Something that a person should know while it runs."""


class CannotGoOn(Exception):
    """Nothing of this batch can be graded here; the message says why and what to do."""


def run(tasks: Iterator[Task], crew: Crew, seen: Seen, patience: float = PATIENCE) -> None:
    """Grades all tasks. Raises CannotGoOn where no submission could be graded, CrewError where nobody is left to."""
    _Batch(tasks, crew, seen, patience).run()


class _Batch:
    """The state of one run: what is out, and what must be tried alone."""

    def __init__(self, tasks: Iterator[Task], crew: Crew, seen: Seen, patience: float) -> None:
        self._tasks, self._crew, self._seen, self._patience = tasks, crew, seen, patience
        self._out: dict[Future[bytes], Task] = {}
        self._suspects: deque[tuple[Task, int]] = deque()

    def run(self) -> None:
        while True:
            if self._suspects and not self._out:
                self._try_alone(*self._suspects.popleft())
            if not self._suspects:
                self._hand_out()
            if not self._out:
                if self._suspects:
                    continue
                return
            for future in self._next():
                self._take_in(future)

    def _hand_out(self) -> None:
        room = self._crew.width * AHEAD - len(self._out)
        while room > 0 and (task := next(self._tasks, None)) is not None:
            self._out[self._submit(task)] = task
            room -= 1

    def _submit(self, task: Task) -> Future[bytes]:
        encoded = msgspec.json.encode(task)
        try:
            return self._crew.submit(encoded)
        except BrokenExecutor:  # a process was lost between two tasks
            self._crew.renew()
            return self._crew.submit(encoded)

    def _next(self) -> list[Future[bytes]]:
        """What ended, once something did. Says when nobody is there, and gives up after a while."""
        for look in range(1, GIVE_UP_AFTER + 1):
            while True:
                ended = wait(self._out, timeout=self._patience, return_when=FIRST_COMPLETED).done
                if ended:
                    return list(ended)
                if complaint := self._crew.complaint():
                    break
            self._seen.notice(f"{complaint}: waiting ({look} of {GIVE_UP_AFTER})")
        raise CrewError(f"{complaint}. What was graded is kept: start it again to go on.")

    def _take_in(self, future: Future[bytes]) -> None:
        task = self._out.pop(future, None)
        if task is None:  # taken in already, with a pool that was lost
            return
        try:
            answer = future.result()
        except (BrokenExecutor, CancelledError):
            self._lost(task)
        except Exception as error:
            self._seen.given_up(task, _why(error))
        else:
            self._keep(answer)

    def _lost(self, task: Task) -> None:
        """A process was lost, and with it all that was out and not answered: each of these is tried again, alone."""
        self._suspects.append((task, 0))
        out, self._out = self._out, {}
        for future, other in out.items():
            if future.done() and not future.cancelled() and future.exception() is None:
                self._keep(future.result())
            else:
                self._suspects.append((other, 0))
        self._seen.notice(
            f"a process that grades was lost; {len(self._suspects)} submissions are tried again, one at a time"
        )
        self._crew.renew()

    def _try_alone(self, task: Task, lost: int) -> None:
        future = self._submit(task)
        try:
            answer = future.result()
        except (BrokenExecutor, CancelledError):
            self._crew.renew()
            if lost + 1 < TRIES:
                self._suspects.append((task, lost + 1))
            else:
                self._seen.given_up(task, f"the process that grades it was lost {TRIES} times")
        except Exception as error:
            self._seen.given_up(task, _why(error))
        else:
            self._keep(answer)

    def _keep(self, answer: bytes) -> None:
        done = msgspec.json.decode(answer, type=Done)
        if done.fault:
            raise CannotGoOn(done.fault)
        self._seen.done(done)


def _why(error: Exception) -> str:
    """In words: a cluster gives up a task that was lost with several workers by KilledWorker."""
    if type(error).__name__ == "KilledWorker":
        return "the workers that graded it were lost, one after the other"
    return f"our own code failed on it: {type(error).__name__}: {error}"[:500]
