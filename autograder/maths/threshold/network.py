"""A recurrent network of three hard threshold units that reads two bits a column, as exact numbers and as a table.

    h(t) = step(Wxh x(t) + Whh h(t-1) + bh)        x(t): two bits, least significant column first
    y(t) = step(Why h(t) + by)                     h(0) = 0

With three hidden bits the whole network is a finite automaton: 8 hidden states, 4 inputs. Every pre-activation is
computed once, in whole numbers, and the rest is looked up.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Sequence
from fractions import Fraction
from typing import TypeGuard

import msgspec

Hidden = tuple[int, int, int]
Row = tuple[Fraction, ...]

CONVENTIONS = ("strict", "inclusive")
"""What step(z) means: [z > 0] or [z >= 0]. The two differ at z = 0 only."""

STATES: tuple[Hidden, ...] = tuple((h1, h2, h3) for h1, h2, h3 in itertools.product((0, 1), repeat=3))
"""The hidden states (h1, h2, h3); a state's index is 4 h1 + 2 h2 + h3."""

INPUTS: tuple[tuple[int, int], ...] = ((0, 0), (0, 1), (1, 0), (1, 1))
"""The inputs (x1, x2) of one column; an input's index is 2 x1 + x2."""


class Network(msgspec.Struct, frozen=True, dict=True):
    """The weights of the network, as exact rationals.

    Shapes: Wxh 3 x 2, Whh 3 x 3 (Whh[i][j] leads from unit j to unit i), bh 3, Why 3, by a scalar.
    """

    Wxh: tuple[Row, ...]
    Whh: tuple[Row, ...]
    bh: Row
    Why: Row
    by: Fraction

    @classmethod
    def of(cls, Wxh: object, Whh: object, bh: object, Why: object, by: object) -> Network:  # noqa: N803
        """The network with these weights: nested sequences of int or Fraction.

        Why may also be 1 x 3 and `by` a sequence of one. Raises ValueError for any other shape and TypeError for a
        number that is not exact (a float has to be turned into a Fraction by whoever knows how it was written).
        """
        if _is_sequence(Why) and len(Why) == 1 and _is_sequence(Why[0]):
            Why = Why[0]  # noqa: N806
        if _is_sequence(by) and len(by) == 1:
            by = by[0]
        return cls(_matrix("Wxh", Wxh, 2), _matrix("Whh", Whh, 3), _row("bh", bh, 3), _row("Why", Why, 3), _exact(by))

    @functools.cached_property
    def _tables(self) -> dict[str, Table]:
        units = [_hidden_signs(*weights) for weights in zip(self.Wxh, self.Whh, self.bh, strict=True)]
        *why, by = _whole((*self.Why, self.by))
        outputs = [_sign(z + by) for z in _subset_sums(why)]
        return {convention: _read(units, outputs, convention) for convention in CONVENTIONS}


class Table(msgspec.Struct, frozen=True):
    """The network as an automaton, under one step convention. Hidden states and inputs are indices (STATES, INPUTS).

    after:        (8, 4), the hidden state after reading an input.
    output:       (8,), the bit y that a hidden state gives.
    zero_after:   (8, 4), whether one of the three hidden pre-activations on that edge is exactly zero.
    zero_output:  (8,), whether the output's pre-activation is exactly zero in that state.
    """

    after: tuple[tuple[int, ...], ...]
    output: tuple[int, ...]
    zero_after: tuple[tuple[bool, ...], ...]
    zero_output: tuple[bool, ...]

    def answers(self, state: int) -> tuple[int, ...]:
        """The output bits, for each of the four inputs, of a network that is in hidden state `state`."""
        return tuple(self.output[after] for after in self.after[state])


def table(network: Network, convention: str) -> Table:
    """The transition table of the network. Raises ValueError for a convention that is not in CONVENTIONS."""
    if convention not in CONVENTIONS:
        raise ValueError(f"step convention {convention!r}: must be one of {', '.join(CONVENTIONS)}")
    return network._tables[convention]


def add(network: Network, convention: str, a: int, b: int, columns: int) -> list[int]:
    """The output bits y(1) .. y(columns), least significant first, for the numbers a and b, from h(0) = 0.

    a, b >= 0; columns above the highest bit read zeros, columns below cut the number off. Raises ValueError for a
    negative number or an unknown convention.
    """
    if a < 0 or b < 0:
        raise ValueError(f"numbers must not be negative: {a}, {b}")
    machine = table(network, convention)
    state, bits = 0, []
    for column in range(columns):
        state = machine.after[state][2 * (a >> column & 1) + (b >> column & 1)]
        bits.append(machine.output[state])
    return bits


def _hidden_signs(from_input: Row, from_hidden: Row, bias: Fraction) -> list[list[int]]:
    """The sign of one unit's pre-activation, 8 x 4: hidden state before, input."""
    whole = _whole((*from_input, *from_hidden, bias))
    inputs, hidden, threshold = _subset_sums(whole[:2]), _subset_sums(whole[2:5]), whole[5]
    return [[_sign(v + u + threshold) for u in inputs] for v in hidden]


def _read(units: list[list[list[int]]], outputs: list[int], convention: str) -> Table:
    """The table that follows from the signs of all pre-activations."""
    least = 1 if convention == "strict" else 0
    first, second, third = units
    after, zero = [], []
    for rows in zip(first, second, third, strict=True):
        edges = list(zip(*rows, strict=True))
        after.append(tuple(4 * (z1 >= least) + 2 * (z2 >= least) + (z3 >= least) for z1, z2, z3 in edges))
        zero.append(tuple(0 in signs for signs in edges))
    return Table(tuple(after), tuple(int(z >= least) for z in outputs), tuple(zero), tuple(z == 0 for z in outputs))


def _subset_sums(weights: Sequence[int]) -> list[int]:
    """weights . bits for all bits, in the order of STATES or INPUTS (the first weight varies slowest)."""
    sums = [0]
    for weight in weights:
        sums = [total + extra for total in sums for extra in (0, weight)]
    return sums


def _whole(row: Sequence[Fraction]) -> list[int]:
    """The row times its common denominator: a positive factor, so no sign changes and nothing is rounded."""
    common = math.lcm(*(number.denominator for number in row))
    return [number.numerator * (common // number.denominator) for number in row]


def _sign(z: int) -> int:
    return (z > 0) - (z < 0)


def _matrix(name: str, rows: object, width: int) -> tuple[Row, ...]:
    if not _is_sequence(rows) or len(rows) != 3:
        raise ValueError(f"{name} must be 3 x {width}")
    return tuple(_row(f"each row of {name}", row, width) for row in rows)


def _row(name: str, row: object, width: int) -> Row:
    if not _is_sequence(row) or len(row) != width:
        raise ValueError(f"{name} must hold {width} numbers")
    return tuple(_exact(number) for number in row)


def _exact(number: object) -> Fraction:
    if isinstance(number, bool) or not isinstance(number, (int, Fraction)):
        raise TypeError(f"a weight must be an int or a Fraction, not {type(number).__name__}")
    return Fraction(number)


def _is_sequence(value: object) -> TypeGuard[Sequence[object]]:
    return isinstance(value, Sequence) and not isinstance(value, (str, bytes))
