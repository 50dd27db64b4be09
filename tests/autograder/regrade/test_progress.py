"""How far a batch is, on a terminal and in a log."""

from __future__ import annotations

import io
from itertools import count

import pytest

from autograder.regrade.progress import CLEAR, Progress


class Terminal(io.StringIO):
    """A terminal of 80 columns that keeps what was written."""

    def isatty(self) -> bool:
        return True


def test_a_log_gets_a_line_every_ten_seconds() -> None:
    stream, seconds = io.StringIO(), count(step=4)
    progress = Progress(stream, lambda: float(next(seconds)))
    progress.expect(6)
    for _ in range(6):
        progress.advance()
    progress.say("a warning\nof two lines")
    progress.close()
    first, second, said = stream.getvalue().splitlines()
    assert first == "2 of 6 submissions, 0.2 a second, 24 s left"
    assert second.startswith("5 of 6 submissions")
    assert said == "a warning of two lines"


def test_a_terminal_gets_a_bar_that_is_written_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "40")
    stream, seconds = Terminal(), count()
    progress = Progress(stream, lambda: float(next(seconds)))
    progress.expect(2)
    progress.advance()
    progress.say("[bold]a warning[/]")
    progress.close()
    bar, said, end = stream.getvalue().removeprefix(CLEAR).split(CLEAR)
    assert bar.startswith(f"[{'#' * 12}{'-' * 12}] 1 of 2")
    assert len(bar) == 39
    assert (said, end) == ("[bold]a warning[/]\n", "")
