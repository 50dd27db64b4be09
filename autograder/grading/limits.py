"""How long student code may take: seconds a call, seconds a row, and the deadline of the whole grading."""

from __future__ import annotations

import time
from collections.abc import Callable


class Limits:
    """Seconds on the grader's clock."""

    def __init__(self, call: float, row: float, deadline: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.call = call
        self.row = row
        self.deadline = deadline
        self.clock = clock
        self._row_ends = deadline

    def begin_row(self, seconds: float) -> None:
        """Starts a row's time."""
        self.row = seconds
        self._row_ends = min(self.clock() + self.row, self.deadline)

    def left(self) -> float:
        """Seconds that the next call may take."""
        return min(self.call, self._row_ends - self.clock())

    def until_the_deadline(self) -> float:
        """Seconds left of the whole grading."""
        return self.deadline - self.clock()

    @property
    def over(self) -> bool:
        """Whether the time of the whole grading is up."""
        return self.clock() >= self.deadline

    def explain(self, call: str) -> str:
        """Which of the limits was reached, for the student."""
        if self.over:
            return "The time for the whole grading was used up before this could be graded."
        if self.clock() >= self._row_ends:
            return f"{call}: the calls of this row took more than {self.row:g} s together. Is there a slow loop?"
        return f"{call}: no answer within {self.call:g} s. Is there a loop that does not end?"

    def explain_load(self, file: str) -> str:
        """The same where it was reached while a file was loaded."""
        if self.over:
            return self.explain(file)
        seconds = f"{min(self.call, self.row):g} s"
        return f"{file} took more than {seconds} to load: move slow code and loops out of the top level."
