"""The judge of binary addition: every pair of numbers of up to 8 columns, simulated. Imports nothing of the autograder.

Weights are plain tuples (Wxh, Whh, bh, Why, by) of ints and Fractions.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

Weights = tuple[Any, Any, Any, Any, Any]


def simulate(weights: Weights, strict: bool, a: int, b: int, columns: int, h0: Iterable[int] = (0, 0, 0)) -> list[int]:
    """The network as the homework writes it, in Fractions, one number after the other."""
    Wxh, Whh, bh, Why, by = weights  # noqa: N806

    def step(z: Fraction) -> int:
        return int(z > 0 if strict else z >= 0)

    h = list(h0)
    y = []
    for t in range(columns):
        x = [(a >> t) % 2, (b >> t) % 2]
        h = [
            step(
                Fraction(
                    sum(w * v for w, v in zip(Wxh[k], x, strict=True))
                    + sum(w * v for w, v in zip(Whh[k], h, strict=True))
                    + bh[k]
                )
            )
            for k in range(3)
        ]
        y.append(step(Fraction(sum(w * v for w, v in zip(Why, h, strict=True)) + by)))
    return y


@dataclass(frozen=True)
class Verdict:
    """What trying all additions showed.

    wrong:   (columns, a, b) of the shortest wrong addition, then smallest a + b, then a; None if there is none.
    hidden:  the hidden states met. zero: whether a pre-activation was exactly zero.
    """

    wrong: tuple[int, int, int] | None
    hidden: frozenset[tuple[int, int, int]]
    zero: bool


def judge(weights: Weights, strict: bool, columns: int = 8) -> Verdict:
    """All additions of up to `columns` columns. After c columns there are 4^c pairs of numbers, kept side by side."""
    Wxh, Whh, bh, Why, by = weights  # noqa: N806
    *hidden_rows, (w1, w2, w3, w0) = rows = [
        _integers(row) for row in (*([*u, *v, c] for u, v, c in zip(Wxh, Whh, bh, strict=True)), [*Why, by])
    ]
    number: Any = np.int64 if max(sum(map(abs, row)) for row in rows) < 2**62 else object  # object: Python's own ints
    a = b = np.zeros(1, dtype=np.int64)
    h1 = h2 = h3 = np.zeros(1, dtype=number)
    hidden, zero, wrong = {(0, 0, 0)}, False, None
    for t in range(columns):
        a, b = _both_digits(a, [0, 0, 1, 1], t), _both_digits(b, [0, 1, 0, 1], t)
        z = [
            np.add.outer(np.array([0, u2, u1, u1 + u2], dtype=number), v1 * h1 + v2 * h2 + v3 * h3 + c).ravel()
            for u1, u2, v1, v2, v3, c in hidden_rows
        ]
        h1, h2, h3 = ((z_k > 0 if strict else z_k >= 0).astype(number) for z_k in z)
        out = w1 * h1 + w2 * h2 + w3 * h3 + w0
        y = out > 0 if strict else out >= 0
        zero = zero or any(bool((z_k == 0).any()) for z_k in (*z, out))
        met = np.flatnonzero(np.bincount((4 * h1 + 2 * h2 + h3).astype(np.int64))).tolist()
        hidden |= {(code >> 2, code >> 1 & 1, code & 1) for code in met}
        bad = np.flatnonzero(y != ((a + b) >> t) % 2)
        if bad.size and wrong is None:
            total, least = min(zip((a + b)[bad].tolist(), a[bad].tolist(), strict=True))
            wrong = (t + 1, least, total - least)
    return Verdict(wrong, frozenset(hidden), zero)


def _both_digits(numbers: Any, digits: list[int], t: int) -> Any:
    """Every number with each of the four digits put in front, at place t."""
    return np.add.outer(np.array(digits) << t, numbers).ravel()


def _integers(row: list[Any]) -> list[int]:
    """The row times its common denominator."""
    common = math.lcm(*(Fraction(w).denominator for w in row))
    return [int(w * common) for w in row]
