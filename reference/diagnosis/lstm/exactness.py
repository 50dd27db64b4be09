"""Right but for the last digits: values that were rounded, or that a numerical derivative gave."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Iterator, Sequence

import msgspec

from autograder.maths.lstm.problems import Call

NEAR = 1e-4


class Inexact(msgspec.Struct, frozen=True):
    """How the values differ from the true ones, and by how much at most, relative to them."""

    says: str
    error: float


def inexact(numbers: Sequence[tuple[Call, float]]) -> Inexact | None:
    """What to say of values that are the true ones to within rounding or to 1e-4; None if they are others."""
    for name, rounded in _roundings() if any(value for _, value in numbers) else ():
        if all(_is(rounded, value, call.want) for call, value in numbers) and _differs(numbers):
            return Inexact(f"right, but rounded to {name}: return every digit", _error(numbers))
    error = _error(numbers)
    if error > NEAR:
        return None
    return Inexact(f"right to about {error:.0e} only: a numerical derivative, or rounded on the way?", error)


def single(numbers: Sequence[tuple[Call, float]]) -> bool:
    """Whether every value is a float32, and some are not short decimals."""
    return all(_stored("f", value) == value for _, value in numbers) and any(
        round(value, 4) != value for _, value in numbers
    )


def _error(numbers: Sequence[tuple[Call, float]]) -> float:
    return max((abs(value - call.want) / max(abs(call.want), 1e-6) for call, value in numbers), default=0.0)


def _differs(numbers: Sequence[tuple[Call, float]]) -> bool:
    return _error(numbers) > 1e-12


def _is(rounded: Callable[[float], float], value: float, of: float) -> bool:
    """Whether `value` is what `of` is rounded to; a value on the border may be rounded either way."""
    return any(rounded(of * (1 + nudge)) == value for nudge in (0, 1e-13, -1e-13))


def _roundings() -> Iterator[tuple[str, Callable[[float], float]]]:
    yield "float16", lambda v: _stored("e", v)
    yield "float32", lambda v: _stored("f", v)
    yield "a whole number", lambda v: float(round(v))
    yield "a whole number, towards 0", math.trunc
    yield "a whole number, downwards", math.floor
    for k in range(1, 10):
        yield f"{k} decimal{'s' * (k > 1)}", lambda v, k=k: round(v, k)  # type: ignore[misc]
    for k in range(2, 13):
        yield f"{k} digits", lambda v, k=k: float(f"{v:.{k}g}")  # type: ignore[misc]


def _stored(code: str, value: float) -> float:
    try:
        return float(struct.unpack(code, struct.pack(code, value))[0])
    except (OverflowError, struct.error):
        return float("nan")
