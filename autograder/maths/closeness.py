"""The one tolerance rule: `max|got - want| <= rtol * max|want| + atol`.

Written with `<=`, so that NaN is never close to anything; the tolerance does not grow with the number of entries. An
infinite wanted value is never close either: `inf <= inf` would let anything pass.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec

RTOL = 1e-9
ATOL = 1e-12


class Comparison(msgspec.Struct, frozen=True):
    """Two vectors compared.

    ok:      whether `max|got - want| <= allowed`.
    index:   the worst entry (the first NaN, else the largest error).
    got, want, error: that entry of both, and `|got - want|`.
    allowed: `rtol * max|want| + atol`.
    """

    ok: bool
    index: int
    got: float
    want: float
    error: float
    allowed: float


def close(got: float, want: float, rtol: float = RTOL, atol: float = ATOL) -> bool:
    """`|got - want| <= rtol * |want| + atol`; False for NaN, and for an infinite `want`."""
    return math.isfinite(want) and abs(got - want) <= rtol * abs(want) + atol


def compare(got: Sequence[float], want: Sequence[float], rtol: float = RTOL, atol: float = ATOL) -> Comparison:
    """Compare two vectors by their worst entry.

    Raises ValueError if the lengths differ or if there is nothing to compare: neither is a matter of closeness.
    """
    if len(got) != len(want):
        raise ValueError(f"{len(got)} values cannot be compared with {len(want)}")
    if not want:
        raise ValueError("there is nothing to compare")
    errors = [abs(g - w) for g, w in zip(got, want, strict=True)]
    index = max(range(len(errors)), key=lambda k: math.inf if math.isnan(errors[k]) else errors[k])
    largest = max(abs(w) for w in want)
    allowed = rtol * largest + atol
    ok = all(math.isfinite(w) for w in want) and all(error <= allowed for error in errors)
    return Comparison(ok, index, got[index], want[index], errors[index], allowed)
