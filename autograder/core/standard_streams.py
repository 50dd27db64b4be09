"""The standard streams as whoever started this process left them: closed, full, or with nobody at the other end."""

from __future__ import annotations

import codecs
import errno
import os
import re
import select
import sys
from contextlib import suppress

SECONDS = 10.0  # a pipe that takes nothing for that long has no reader
_PIECE = 4_096  # what a pipe that is ready takes without blocking


def hold_closed() -> None:
    """Opens something in place of each that is closed, in which nothing can be written.

    Else the next socket or file of ours gets its number, and what was printed is lost without an error.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull if os.path.exists(os.devnull) else os.sep, os.O_RDONLY)
    sys.stdout = sys.stdout or open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = sys.stderr or open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115


# What a stream that lacks a letter gets in its place: "x·y²" becomes "x*y^2". Whatever is not here becomes "?".
SPELLED = "autograder.spelled"
_LETTERS = {
    **{"·": "*", "×": "x", "−": "-", "–": "-", "—": "-", "‘": "'", "’": "'", "“": '"', "”": '"'},  # noqa: RUF001
    **{"…": "...", "≤": "<=", "≥": ">=", "≠": "!=", "→": "->", "√": "sqrt", "∞": "inf", "Θ": "Theta", "Ω": "Omega"},
}
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-")


def spelled(text: str) -> str:
    """A text in ASCII.

    >>> spelled("x·y²"), spelled("n¹⁰ → ∞")
    ('x*y^2', 'n^10 -> inf')
    """
    raised = re.sub("[⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻]+", lambda found: "^" + found[0].translate(_RAISED), text)
    return "".join(_LETTERS.get(letter, letter if letter.isascii() else "?") for letter in raised)


def _in_its_place(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return spelled(error.object[error.start : error.end]), error.end


codecs.register_error(SPELLED, _in_its_place)


def reader_has_left() -> bool:
    """Whether standard output is a pipe that nobody will read any more."""
    if sys.platform == "win32":
        return False
    poll = select.poll()
    try:
        poll.register(sys.stdout.fileno(), select.POLLOUT)
    except (AttributeError, OSError, ValueError):  # not a file: a test's, a notebook's
        return False
    return any(state & (select.POLLERR | select.POLLHUP) for _, state in poll.poll(0))


def write_out(text: str) -> None:
    """Writes a text and a line end to standard output, all of it. Raises OSError, whose text says why it cannot."""
    try:
        sys.stdout.flush()
        _write(f"{text}\n")
    except BrokenPipeError:  # `| head`: `__main__` ends it without a word
        raise
    except OSError as error:
        raise OSError("it is closed" if error.errno == errno.EBADF else str(error.strerror or error)) from None
    except ValueError:
        raise OSError("it is closed") from None


def _write(text: str) -> None:
    try:
        descriptor = sys.stdout.fileno()
    except (AttributeError, OSError):  # not a file: a test's, a notebook's
        sys.stdout.write(text)
        return
    if sys.platform == "win32":
        sys.stdout.write(text)
        sys.stdout.flush()
        return
    poll = select.poll()
    poll.register(descriptor, select.POLLOUT)
    data = memoryview(text.encode(sys.stdout.encoding or "utf-8", SPELLED))
    while data:
        if not poll.poll(SECONDS * 1000):
            raise OSError(f"nobody took anything from it for {SECONDS:g} s")
        with suppress(BlockingIOError):
            data = data[os.write(descriptor, data[:_PIECE]) :]
