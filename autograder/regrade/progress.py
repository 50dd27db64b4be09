"""How far a batch is: a bar with rate and time left on a terminal, a line now and then anywhere else. On stderr."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TextIO, TypeAlias

from autograder.core.text import one_line

EVERY = 10.0  # seconds between two lines


class Lines:
    """A line every ten seconds: for a log, and where rich is not installed."""

    def __init__(self, stream: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream, self._clock = stream, clock
        self._began = self._said = clock()
        self._all = self._done = 0

    def expect(self, submissions: int) -> None:
        """So many submissions are looked at."""
        self._all = submissions

    def advance(self) -> None:
        """One more is done."""
        self._done += 1
        now = self._clock()
        if now - self._said >= EVERY:
            self._said = now
            self.say(progress(self._done, self._all, now - self._began))

    def say(self, sentence: str) -> None:
        """One line."""
        print(one_line(sentence, 1_000), file=self._stream, flush=True)


class Bar:
    """The same as a bar of rich's."""

    def __init__(self, shown: Any) -> None:
        self._shown = shown
        self._task = shown.add_task("grading", total=None, rate="")
        self._began = time.monotonic()

    def expect(self, submissions: int) -> None:
        """So many submissions are looked at."""
        self._shown.update(self._task, total=submissions)

    def advance(self) -> None:
        """One more is done."""
        done = self._shown.tasks[0].completed + 1
        seconds = max(time.monotonic() - self._began, 1e-9)
        self._shown.update(self._task, completed=done, rate=f"{done / seconds:.1f} a second")

    def say(self, sentence: str) -> None:
        """One line above the bar; nothing in it is markup."""
        self._shown.console.print(one_line(sentence, 1_000), markup=False, highlight=False, soft_wrap=True)


Progress: TypeAlias = Lines | Bar


@contextmanager
def shown(stream: TextIO | None = None) -> Iterator[Progress]:
    """Whichever of them fits the stream (stderr)."""
    stream = stream or sys.stderr
    try:
        from rich import progress as rich
        from rich.console import Console
    except ModuleNotFoundError:
        yield Lines(stream)
        return
    console = Console(file=stream)
    if not console.is_terminal:
        yield Lines(stream)
        return
    columns = (
        rich.TextColumn("grading"),
        rich.BarColumn(),
        rich.MofNCompleteColumn(),
        rich.TextColumn("{task.fields[rate]}"),
        rich.TimeRemainingColumn(),
        rich.TextColumn("left"),
    )
    with rich.Progress(*columns, console=console, transient=True) as bar:
        yield Bar(bar)


def progress(done: int, of: int, seconds: float) -> str:
    """In words.

    >>> progress(120, 1000, 6.0)
    '120 of 1,000 submissions, 20.0 a second, 44 s left'
    """
    rate = done / seconds if seconds > 0 else 0.0
    left = f", {duration((of - done) / rate)} left" if rate else ""
    return f"{done:,} of {of:,} submissions, {rate:.1f} a second{left}"


def duration(seconds: float) -> str:
    """Seconds in words, to two units.

    >>> duration(44.2), duration(574), duration(7300)
    ('44 s', '9 min 34 s', '2 h 1 min')
    """
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
