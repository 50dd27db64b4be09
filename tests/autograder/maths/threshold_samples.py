"""Right networks, made from one right network by changes that provably keep it right; and wrong ones made from those.

Imports nothing of the autograder. A network is a tuple (Wxh, Whh, bh, Why, by) of ints and Fractions.
"""

from __future__ import annotations

import random
from fractions import Fraction
from typing import Any

Weights = tuple[Any, Any, Any, Any, Any]
Row = list[Fraction]

HALF = Fraction(1, 2)
CANONICAL: Weights = (
    ((1, 1), (1, 1), (1, 1)),
    ((0, 1, 0), (0, 1, 0), (0, 1, 0)),
    (-HALF, -3 * HALF, -5 * HALF),
    (1, -1, 1),
    -HALF,
)
"""h_k = [x1 + x2 + carry >= k], carry = h2, sum bit = h1 - h2 + h3; every bias in the middle of its interval."""


def of_rows(rows: list[Any]) -> Weights:
    """Three rows (x1, x2, h1, h2, h3, bias) and one row (h1, h2, h3, bias) -> a network."""
    *hidden, output = [tuple(row) for row in rows]
    return (
        tuple(row[:2] for row in hidden),
        tuple(row[2:5] for row in hidden),
        tuple(row[5] for row in hidden),
        *((output[:3], output[3])),
    )


def rows_of(weights: Weights) -> list[list[Any]]:
    Wxh, Whh, bh, Why, by = weights  # noqa: N806
    return [*([*u, *v, c] for u, v, c in zip(Wxh, Whh, bh, strict=True)), [*Why, by]]


def right_network(rng: random.Random, *, digits: int = 2) -> tuple[Weights, frozenset[str]]:
    """A right network, and the conventions under which it is right by construction.

    Each bias is moved inside its open interval, or, for one convention, on to the end which that convention includes.
    What is left of the distance to the ends is shared out as changes of the other weights, so that no sign changes
    whatever the bits are. Then units are complemented (h -> 1 - h; not the carry, which h(0) = 0 fixes; not a unit on
    the end of its interval, since 1 - [z > 0] = [-z >= 0]), units are permuted, and rows scaled.
    digits: how long the numbers are.
    """
    side = rng.choice(["either", "either", "strict", "inclusive"])
    ends = [side != "either" and rng.random() < 0.6 for _ in range(4)]
    rows = [
        _respaced(rng, row, low, side, end, digits)
        for row, low, end in zip(rows_of(CANONICAL), (-1, -2, -3, -1), ends, strict=True)
    ]
    for unit in (0, 2):
        if not ends[unit] and rng.random() < 0.5:
            _complement(rows, unit)
    *hidden, output = rows
    order = rng.sample(range(3), 3)
    hidden = [[*hidden[k][:2], *(hidden[k][2 + j] for j in order), hidden[k][5]] for k in order]
    rows = [*hidden, [*(output[j] for j in order), output[3]]]
    scaled = [[w * factor for w in row] for row in rows for factor in [_positive(rng, digits)]]
    return of_rows(scaled), frozenset({"strict", "inclusive"} if side == "either" else {side})


def _respaced(rng: random.Random, row: Row, low: int, side: str, end: bool, digits: int) -> Row:
    """The row with another bias in (low, low + 1), or at the end that `side` includes, and weights within reach."""
    if end:
        return [*map(Fraction, row[:-1]), Fraction(low + (side == "strict"))]
    share = Fraction(rng.randint(1, 10**digits - 1), 10**digits)
    left = min(share, 1 - share)
    parts = [rng.choice([0, 0, 1, -1]) * rng.randint(1, 10**digits) for _ in row[:-1]]
    unit = left / (sum(map(abs, parts)) + 1)
    return [*(w + part * unit for w, part in zip(row[:-1], parts, strict=True)), low + share]


def _complement(rows: list[Row], unit: int) -> None:
    rows[unit] = [-w for w in rows[unit]]
    for row, offset in (*((row, 2) for row in rows[:3]), (rows[3], 0)):
        row[-1] += row[offset + unit]
        row[offset + unit] = -row[offset + unit]


def _positive(rng: random.Random, digits: int) -> Fraction:
    return Fraction(rng.randint(1, 10**digits), rng.randint(1, 10**digits))


def corrupted(rng: random.Random, weights: Weights) -> Weights:
    """One to three weights changed: dropped, its sign turned, another one's value, moved by 1/2 or 1, or doubled."""
    rows = [list(row) for row in rows_of(weights)]
    for _ in range(rng.choice([1, 1, 2, 3])):
        row = rng.choice(rows)
        at = rng.randrange(len(row))
        w = row[at]
        row[at] = rng.choice([0 * w, -w, rng.choice(row), w + rng.choice([1, -1, HALF, -HALF]), 2 * w])
    return of_rows(rows)
