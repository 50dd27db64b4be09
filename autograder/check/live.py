"""A terminal while a check runs: each row as it is judged, and which one takes its time.

What is shown here is wiped away at the end, and the whole page stands in its place. Only whole lines are written, each
shorter than the terminal is wide, so that it is known how many there are.
"""

from __future__ import annotations

import os
import threading
import time
from contextlib import suppress
from typing import IO

from autograder.core.outcome import Mark
from autograder.report.colour import coloured
from autograder.report.terminal import heading, plain, row_line, shortened

PATIENCE = 1.0  # seconds after which a row is said to be still running


class Live:
    """A context manager. `on_row` sees each row begin and end, as `Grading` tells it.

    colour: whether rows are coloured.
    """

    def __init__(self, stream: IO[str], colour: bool) -> None:
        self._stream = stream
        self._colour = colour
        self._lock = threading.Lock()
        self._lines = 0
        self._running = ""
        self._since = 0.0
        self._told = False  # the last line says what is running
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._tell_what_runs, daemon=True)

    def __enter__(self) -> Live:
        self._thread.start()
        return self

    def on_row(self, number: str, mark: Mark | None) -> None:
        """A row begins (without a mark), or was judged."""
        with self._lock:
            if mark is None:
                self._running, self._since = number, time.monotonic()
                return
            self._running = ""
            rows = [heading(), row_line(mark)] if not self._lines else [row_line(mark)]
            width = self._size().columns - 1
            lines = (shortened(row, width) for row in rows)
            self._write((coloured(lines) if self._colour else plain(lines)) + "\n")
            self._lines += len(rows)

    def __exit__(self, *_: object) -> None:
        """Takes away what was shown, as far as it is still on the screen."""
        self._over.set()
        with self._lock:
            fits = self._lines < self._size().lines
            self._write(f"\x1b[{self._lines}A\x1b[J" if self._lines and fits else "\n" if self._lines else "")

    def _size(self) -> os.terminal_size:
        size = os.terminal_size((0, 0))
        with suppress(OSError, ValueError):
            size = os.get_terminal_size(self._stream.fileno())
        return size if size.columns and size.lines else os.terminal_size((80, 24))

    def _write(self, text: str) -> None:
        """Writes over the line that says what is running."""
        with suppress(OSError, ValueError):  # nobody looks any more: the page itself says so
            self._stream.write(("\r\x1b[K" if self._told else "") + text)
            self._stream.flush()
        self._told = False

    def _tell_what_runs(self) -> None:
        while not self._over.wait(0.25):
            with self._lock:
                seconds = time.monotonic() - self._since
                if self._running and seconds >= PATIENCE and not self._over.is_set():
                    self._write(f"still running {self._running} ({seconds:.0f} s)")
                    self._told = True
