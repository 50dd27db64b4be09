"""The terminal's table in colour, by rich: the only module that imports it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import IO

from rich.console import Console
from rich.text import Text

from autograder.report.terminal import Line

# Words carry the meaning; colour only helps to find them. Plain ANSI colours follow the reader's own theme.
STYLES = {
    "passed": "green",
    "partial": "yellow",
    "failed": "bold red",
    "crashed": "bold red",
    "timed_out": "bold red",
    "killed": "bold red",
    "missing": "bold red",
    "internal": "bold magenta",
    "unanswered": "dim",
    "written": "cyan",
    "deferred": "cyan",
    "title": "bold",
    "quiet": "dim",
    "mark": "bold red",
}


def print_lines(lines: Iterable[Line], stream: IO[str]) -> None:
    """Prints lines of spans; rich finds out what the terminal can show, and honours NO_COLOR and FORCE_COLOR."""
    console = Console(file=stream, highlight=False, markup=False, emoji=False, soft_wrap=True)
    for line in lines:
        text = Text()
        for span in line:
            text.append(span.text, STYLES.get(span.style, ""))
        text.rstrip()
        console.print(text)
