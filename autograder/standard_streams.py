"""The standard streams as whoever started this process left them: closed, full, or with nobody at the other end."""

from __future__ import annotations

import os
import sys
from contextlib import suppress

SECONDS = 10.0  # a pipe that takes nothing for that long has no reader
_PIECE = 4_096  # what a pipe that is ready takes without blocking


def hold_closed() -> None:
    """Opens something in place of each that is closed: the next socket or file of ours would get its number."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            with suppress(OSError):
                os.open(os.devnull if os.path.exists(os.devnull) else os.sep, os.O_RDONLY)


def write_out(text: str) -> None:
    """Writes a text and a line end to standard output, all of it. Raises OSError, whose text says why it cannot."""
    try:
        if sys.stdout is None:
            raise OSError("it is closed")
        sys.stdout.flush()
        _write(f"{text}\n")
    except ValueError as error:  # the object is closed
        raise OSError(str(error)) from None


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
    import select

    poll = select.poll()
    poll.register(descriptor, select.POLLOUT)
    data = memoryview(text.encode(sys.stdout.encoding or "utf-8", "replace"))
    while data:
        if not poll.poll(SECONDS * 1000):
            raise OSError(f"nobody took anything from it for {SECONDS:g} s")
        with suppress(BlockingIOError):
            data = data[os.write(descriptor, data[:_PIECE]) :]
