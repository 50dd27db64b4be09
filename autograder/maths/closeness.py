"""The one tolerance rule: `max|got - want| <= rtol * max|want| + atol`.

A wide tolerance alone decides nothing: only values that are float32, or rounded, by what they are themselves are held
to what these can hold (`precision_of`).

Written with `<=`, so that NaN is never close to anything; the tolerance does not grow with the number of entries. An
infinite wanted value is never close either: `inf <= inf` would let anything pass.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterable, Sequence

import msgspec

RTOL = 1e-12
ATOL = 1e-15
FLOAT32 = 1e-6
DECIMALS = range(9, 16)


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
    """Compares two vectors by their worst entry.

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


class Precision(msgspec.Struct, frozen=True):
    """What values are held to by what they are.

    note: "" for full precision, else what to say of values that are right: "float32", "rounded to 9 decimals".
    allowed: the largest error of each value.
    """

    note: str
    allowed: tuple[float, ...]

    def right(self, got: Sequence[float], want: Sequence[float]) -> list[bool]:
        """Whether each value is right; NaN never is."""
        return [abs(g - w) <= most for g, w, most in zip(got, want, self.allowed, strict=True)]


def precision_of(got: Sequence[float], want: Sequence[float], scales: Iterable[float]) -> Precision:
    """What `got` is held to, all values alike.

    Every value a float32: 1e-6 max(1, scale), where scale is the largest number that a value may be computed from;
    `scales` is looked at for these only.
    Every value rounded to k >= 9 decimals: half a unit of the k-th. All others: `RTOL` of the wanted value.

    >>> precision_of([0.333333333], [1 / 3], [1.0]).note, precision_of([1 / 3], [1 / 3], [1.0]).note
    ('rounded to 9 decimals', '')
    """
    exact = tuple(RTOL * abs(w) for w in want)
    if all(map(_is_float32, got)):
        return Precision("float32", tuple(FLOAT32 * max(1.0, scale) for scale in scales))
    decimals = next((k for k in DECIMALS if all(round(g, k) == g for g in got)), None)
    if decimals is None:
        return Precision("", exact)
    half_a_unit = 0.5 * 10.0**-decimals
    return Precision(f"rounded to {decimals} decimals", tuple(half_a_unit + more for more in exact))


def _is_float32(value: float) -> bool:
    try:
        return bool(struct.unpack("f", struct.pack("f", value))[0] == value)
    except OverflowError:
        return False


def rounding_of(got: Sequence[float], want: Sequence[float]) -> str:
    """To what `got` is right, where it is the wanted values rounded: "5 decimals", "2 digits"; "" for other values.

    Most values must have a digit left: zeros are what anything small is rounded to. A value may be rounded from one
    that differs from the wanted one by `RTOL`.

    >>> rounding_of([0.333, 2.667], [1 / 3, 8 / 3]), rounding_of([0.333, 2.66], [1 / 3, 8 / 3])
    ('3 decimals', '')
    """
    told = 2 * sum(g != 0 for g in got) > len(got)
    if list(got) == list(want) or not told or not all(map(math.isfinite, (*got, *want))):
        return ""
    pairs = list(zip(got, want, strict=True))
    ways = [("the whole number", ".0f")]
    for k in range(1, 13):
        ways += [(f"{k} decimal{'s' * (k > 1)}", f".{k}f"), (f"{k} digit{'s' * (k > 1)}", f".{k}g")]
    return next((name for name, form in ways if all(_rounds_to(g, w, form) for g, w in pairs)), "")


def repeated(got: Sequence[float], right: Sequence[bool]) -> tuple[int, int] | None:
    """The places of a value that a program may have kept: a wrong one, and the earlier one that it is to the last bit.

    Every wanted value is another. Short numbers, as 0 and -0.5, come again by themselves; so does one constant, unless
    it was right where it came first.

    >>> repeated([0.25, 1 / 3, 1 / 3], [False, True, False]), repeated([0.25, 0.25], [True, False])
    ((2, 1), None)
    """
    first: dict[float, int] = {}
    pairs = []
    for place, value in enumerate(got):
        if first.setdefault(value, place) < place and not right[place] and float(f"{value:.6g}") != value:
            pairs.append((place, first[value]))
    if len({got[place] for place, _ in pairs}) > 1:
        return pairs[0]
    return next((pair for pair in pairs if right[pair[1]]), None)


def _rounds_to(got: float, want: float, form: str) -> bool:
    return any(float(format(want * (1 + nudge), form)) == got for nudge in (0.0, RTOL, -RTOL))
