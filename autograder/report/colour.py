"""The terminal's table in colour, and what else a terminal is asked for: plain ANSI, no library."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import IO

from autograder.report.terminal import Line

# Words carry the meaning; colour only helps to find them. The eight ANSI colours follow the reader's own theme.
STYLES = {
    "passed": "32",
    "partial": "33",
    "failed": "1;31",
    "crashed": "1;31",
    "timed_out": "1;31",
    "killed": "1;31",
    "missing": "1;31",
    "internal": "1;35",
    "unanswered": "2",
    "written": "36",
    "deferred": "36",
    "title": "1",
    "quiet": "2",
    "mark": "1;31",
}
CLEAR = "\x1b[2J\x1b[3J\x1b[H"  # the screen and what was scrolled off it; the cursor goes to the top


def coloured(lines: Iterable[Line]) -> str:
    """Lines of spans with ANSI colours: without them, the same text as `terminal.plain` gives."""
    return "\n".join(_line(line) for line in lines)


def _line(line: Line) -> str:
    spans = list(line)
    while spans and not spans[-1].text.rstrip():
        spans.pop()
    texts = [span.text for span in spans[:-1]] + [span.text.rstrip() for span in spans[-1:]]
    styles = (STYLES.get(span.style) for span in spans)
    return "".join(f"\x1b[{style}m{text}\x1b[0m" if style else text for text, style in zip(texts, styles, strict=True))


def in_colour(stream: IO[str], environment: Mapping[str, str] = os.environ) -> bool:
    """Whether anybody would see colours: https://no-color.org, and FORCE_COLOR for whoever knows better."""
    if environment.get("NO_COLOR"):
        return False
    return bool(environment.get("FORCE_COLOR")) or is_screen(stream, environment)


def is_screen(stream: IO[str], environment: Mapping[str, str] = os.environ) -> bool:
    """Whether a stream is a terminal that can be written over."""
    return stream.isatty() and environment.get("TERM") != "dumb" and (sys.platform != "win32" or _understands_ansi())


def _understands_ansi() -> bool:
    """Asks an older console of Windows to read ANSI sequences, as newer ones do by themselves."""
    with suppress(AttributeError, OSError, ImportError):
        import ctypes

        kernel = ctypes.windll.kernel32  # type: ignore[attr-defined,unused-ignore]
        handle, mode = kernel.GetStdHandle(-11), ctypes.c_ulong()
        return bool(kernel.GetConsoleMode(handle, ctypes.byref(mode)) and kernel.SetConsoleMode(handle, mode.value | 4))
    return False
