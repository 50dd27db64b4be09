"""How far a batch is: a bar with rate and time left on a terminal, a line now and then anywhere else. On stderr."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from autograder.core.text import one_line

EVERY = 10.0  # seconds between two lines in a log
SOON = 0.1  # seconds between two states of the bar
CELLS = 24  # of the bar
CLEAR = "\r\x1b[K"  # the line, from its beginning


class Progress:
    """A bar that is written over on a terminal, and a line every ten seconds in a log."""

    def __init__(self, stream: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream, self._clock = stream, clock
        self._bar = stream.isatty() and os.environ.get("TERM") != "dumb"
        self._began = self._said = clock()
        self._all = self._done = 0

    def expect(self, submissions: int) -> None:
        """So many submissions are looked at."""
        self._all = submissions
        self._show()

    def advance(self) -> None:
        """One more is done, or needed nothing."""
        self._done += 1
        self._show()

    def say(self, sentence: str) -> None:
        """A warning, in a line of its own."""
        self._write(f"{one_line(sentence, 1_000)}\n")

    def close(self) -> None:
        """Leaves no bar behind."""
        self._write("")

    def _show(self) -> None:
        now = self._clock()
        if now - self._said >= (SOON if self._bar else EVERY) and self._done:
            self._said = now
            said = progress(self._done, self._all, now - self._began)
            filled = CELLS * self._done // max(self._all, self._done)
            bar = f"[{'#' * filled}{'-' * (CELLS - filled)}] {said}"[: shutil.get_terminal_size().columns - 1]
            self._write(bar if self._bar else f"{said}\n")

    def _write(self, text: str) -> None:
        print(f"{CLEAR}{text}" if self._bar else text, end="", file=self._stream, flush=True)


@contextmanager
def shown(stream: TextIO | None = None) -> Iterator[Progress]:
    """The progress of what is done inside."""
    made = Progress(stream or sys.stderr)
    try:
        yield made
    finally:
        made.close()


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
