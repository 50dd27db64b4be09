"""The C library, loaded once by the zygote: each worker would pay 40 microseconds for every call otherwise."""

from __future__ import annotations

import ctypes
from functools import cache


@cache
def libc() -> ctypes.CDLL:
    """What this process is linked with; `ctypes.get_errno` has the error of a call that failed."""
    return ctypes.CDLL(None, use_errno=True)
