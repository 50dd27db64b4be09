"""How far a batch is in a log."""

from __future__ import annotations

import io
from itertools import count

from autograder.regrade.progress import Lines


def test_a_log_gets_a_line_every_ten_seconds() -> None:
    stream, seconds = io.StringIO(), count(step=4)
    progress = Lines(stream, lambda: float(next(seconds)))
    progress.expect(6)
    for _ in range(6):
        progress.advance()
    progress.say("a warning\nof two lines")
    first, second, said = stream.getvalue().splitlines()
    assert first == "3 of 6 submissions, 0.2 a second, 12 s left"
    assert second.startswith("6 of 6 submissions")
    assert said == "a warning of two lines"
