"""The judge of networks whose weights are floats: every pair of numbers of up to 8 columns, run with numpy, and run
with Fractions in which a sum that may be nothing but rounding error is zero. Imports nothing of the autograder.

A network is right if it is right with its weights as decimals; or if it is right as numpy runs it, and also right with
such sums as zeros.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np

FloatWeights = tuple[Any, Any, Any, Any, Any]  # Wxh, Whh, bh, Why, by as numpy arrays of float64, and a float
Step = Callable[[Any], Any]


def decimals(weights: FloatWeights) -> tuple[Any, ...]:
    """The weights as the decimals that they print as."""
    return tuple(np.vectorize(lambda w: Fraction(repr(float(w))), otypes=[object])(w) for w in weights)


def run_in_float64(weights: FloatWeights, step: Step, columns: int) -> bool:
    """Whether all additions come out right, with the network as the homework writes it and numpy computes it."""
    Wxh, Whh, bh, Why, by = weights  # noqa: N806
    a = b = np.zeros(1, dtype=np.int64)
    h = [np.zeros(1)] * 3
    right = True
    with np.errstate(all="ignore"):
        for t in range(columns):
            x1, x2 = (np.repeat(bits, a.size) for bits in ([0.0, 0.0, 1.0, 1.0], [0.0, 1.0, 0.0, 1.0]))
            h1, h2, h3 = (np.tile(unit, 4) for unit in h)
            a = np.tile(a, 4) + x1.astype(np.int64) * 2**t
            b = np.tile(b, 4) + x2.astype(np.int64) * 2**t
            z = [
                (Wxh[k][0] * x1 + Wxh[k][1] * x2) + (Whh[k][0] * h1 + Whh[k][1] * h2 + Whh[k][2] * h3) + bh[k]
                for k in range(3)
            ]
            h = [step(z_k).astype(float) for z_k in z]
            y = step((Why[0] * h[0] + Why[1] * h[1] + Why[2] * h[2]) + by)
            right = right and bool((y == ((a + b) >> t) % 2).all())
    return right


def run_exactly(weights: FloatWeights, step: Step, columns: int, rounding_is_zero: bool) -> bool:
    """The same with the weights as decimals, and nothing rounded."""
    Wxh, Whh, bh, Why, by = decimals(weights)  # noqa: N806

    def fires(row: Any, bits: Any, bias: Any) -> int:
        z = sum((w for w, bit in zip(row, bits, strict=True) if bit), Fraction(0)) + bias
        sizes = [abs(w) for w in (*row, bias)]
        eight_eps = Fraction(8) * Fraction(float(np.finfo(np.float64).eps))
        if rounding_is_zero and abs(z) <= eight_eps * sum(sizes) and abs(z) <= min(w for w in sizes if w) / 1000:
            z = Fraction(0)
        return int(step(z))

    after = {
        (*h, *x): tuple(fires((*Wxh[k], *Whh[k]), (*x, *h), bh[k]) for k in range(3))
        for h, x in product(product((0, 1), repeat=3), product((0, 1), repeat=2))
    }
    output = {h: fires(Why, h, by[()]) for h in product((0, 1), repeat=3)}
    pairs = {((0, 0, 0), 0)}  # hidden state and what is carried, for all numbers of so many columns
    for _ in range(columns):
        reached = set()
        for (h, carry), x in product(pairs, product((0, 1), repeat=2)):
            total = sum(x) + carry
            if output[after[(*h, *x)]] != total % 2:
                return False
            reached.add((after[(*h, *x)], total // 2))
        pairs = reached
    return True


def is_right(weights: FloatWeights, strict: bool, columns: int = 8) -> bool:
    """Whether the network counts as right under one reading of step(0)."""

    def step(z: Any) -> Any:
        return z > 0 if strict else z >= 0

    if run_exactly(weights, step, columns, rounding_is_zero=False):
        return True
    return run_in_float64(weights, step, columns) and run_exactly(weights, step, columns, rounding_is_zero=True)
