"""Ctrl-C: until a check has something to show it ends the process without a word, then it is heard.

Python loses or garbles an interruption that comes while it imports, and some modules in C crash. So `__main__` leaves
the signal to the system, and whoever has something to show, or to clean up, listens while that is so.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def heard() -> Iterator[None]:
    """Ctrl-C meanwhile raises KeyboardInterrupt, unless whoever started us wants it ignored, or somebody listens."""
    if signal.getsignal(signal.SIGINT) is not signal.SIG_DFL:
        yield
        return
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
