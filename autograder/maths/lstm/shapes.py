"""Where an equation is asked: (T, t) of its calls, so that a formula which holds only here or there fails.

Every t, every T and every T - t up to 8 is among them, at every seed. Which pairs these are is drawn for every row.
"""

# The names are the homework's letters.
# ruff: noqa: N803

from __future__ import annotations

import random
from collections.abc import Sequence

UP_TO = 8
CALLS = 13
LONG = (9, 12)
LONG_IN_ALL = 9
SHORT = 6  # with a loss at T only, few longer problems keep every error signal away from 0
_PAIRS = tuple((T, t) for T in range(1, UP_TO + 1) for t in range(1, T + 1))


def shapes(rng: random.Random) -> list[tuple[int, int]]:
    """(T, t) of the calls of an equation at step t: 13 that cover, and two with T of 9 to 12; the least T - t first.

    T - t is at most 8: a recursion that computes anew what `bar` holds may take 5 times as long a step, and is right.
    """
    long, longest = rng.randint(*LONG), rng.randint(*LONG)
    pairs = [*_covering(rng), (long, long - UP_TO), (longest, rng.randint(UP_TO + 1, longest))]
    return sorted(pairs, key=lambda pair: (pair[0] - pair[1], pair[0]))


def lengths() -> list[int]:
    """T of the calls of an equation over all steps: every T up to 9; a longer one would leave a recursion no time."""
    return list(range(1, LONG_IN_ALL + 1))


def where_right(pairs: Sequence[tuple[int, int]], right: Sequence[bool]) -> str:
    """Where exactly an equation is right, of (T, t), if it is one-sided in T, t or T - t; "" if it is not.

    >>> where_right([(1, 1), (5, 2), (6, 2), (8, 8)], [True, True, False, False])
    'T <= 5'
    """
    quantities = {"T": [T for T, _ in pairs], "t": [t for _, t in pairs], "T - t": [T - t for T, t in pairs]}
    for name, values in quantities.items():
        inside = [v for v, fine in zip(values, right, strict=True) if fine]
        outside = [v for v, fine in zip(values, right, strict=True) if not fine]
        if not inside or not outside:
            return ""
        if max(inside) < min(outside):
            return f"{name} <= {max(inside)}"
        if min(inside) > max(outside):
            return f"{name} >= {min(inside)}"
    return ""


def _covering(rng: random.Random) -> list[tuple[int, int]]:
    """CALLS pairs that cover, the rarest drawn first, filled up with any; two short ones, for both losses, before T."""
    while True:
        chosen: list[tuple[int, int]] = []
        covered: set[tuple[str, int]] = set()
        for needed in _RAREST_FIRST:
            if needed not in covered:
                chosen.append(rng.choice(_WITH[needed]))
                covered.update(_facts(*chosen[-1]))
        if len(chosen) <= CALLS and sum(T <= SHORT and t < T for T, t in chosen) >= 2:
            return chosen + [rng.choice(_PAIRS) for _ in range(CALLS - len(chosen))]


def _facts(T: int, t: int) -> tuple[tuple[str, int], ...]:
    return ("T", T), ("t", t), ("T - t", T - t)


_RAREST_FIRST = tuple(
    fact for rare in range(UP_TO) for fact in (("t", UP_TO - rare), ("T - t", UP_TO - 1 - rare), ("T", 1 + rare))
)
_WITH = {fact: [pair for pair in _PAIRS if fact in _facts(*pair)] for pair in _PAIRS for fact in _facts(*pair)}
