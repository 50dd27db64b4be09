"""A recurrent network of three hard threshold units that reads two bits a column, as exact numbers and as a table.

    h(t) = step(Wxh x(t) + Whh h(t-1) + bh)        x(t): two bits, least significant column first
    y(t) = step(Why h(t) + by)                     h(0) = 0

With three hidden bits the whole network is a finite automaton: 8 hidden states, 4 inputs. Every pre-activation is
computed once, and the rest is looked up. It is computed in one of three ways (ARITHMETICS). Weights that lie on a
boundary, such as 1.1 + 1.1 + 1.1 - 3.3000000000000003, work when they are run in float64, and the sign of their
rounding error is no merit of theirs nor a fault; so a sum that is nothing but rounding error may count as zero.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any, TypeGuard

import msgspec

Hidden = tuple[int, int, int]
Row = tuple[Fraction, ...]

CONVENTIONS = ("strict", "inclusive")
"""What step(z) means: [z > 0] or [z >= 0]. The two differ at z = 0 only."""

ARITHMETICS = ("decimal", "float64", "near_zero")
"""How a pre-activation is computed.

decimal:   exactly; a float is the shortest decimal that prints it.
float64:   as numpy does, each product summed from left to right: ((Wxh x + Whh h) + bh), (Why h + by).
near_zero: exactly, but zero where it is at most 8 eps (2^-49) of the sum of its unit's |weights| and |bias|, and also
           at most 1/1000 of the smallest of them that is not zero: a weight that float64 absorbs is no rounding error.

The last two are "decimal" in a unit that is not added in float64.
"""

STATES: tuple[Hidden, ...] = tuple((h1, h2, h3) for h1, h2, h3 in itertools.product((0, 1), repeat=3))
"""The hidden states (h1, h2, h3); a state's index is 4 h1 + 2 h2 + h3."""

INPUTS: tuple[tuple[int, int], ...] = ((0, 0), (0, 1), (1, 0), (1, 1))
"""The inputs (x1, x2) of one column; an input's index is 2 x1 + x2."""


class Network(msgspec.Struct, frozen=True, dict=True):
    """The weights of the network, as exact rationals.

    Shapes: Wxh 3 x 2, Whh 3 x 3 (Whh[i][j] leads from unit j to unit i), bh 3, Why 3, by a scalar.
    float64: the names of those that were written in float64, so that a computer rounds when it adds them.
    """

    Wxh: tuple[Row, ...]
    Whh: tuple[Row, ...]
    bh: Row
    Why: Row
    by: Fraction
    float64: frozenset[str] = frozenset()

    @classmethod
    def of(cls, Wxh: object, Whh: object, bh: object, Why: object, by: object, *float64: str) -> Network:  # noqa: N803
        """The network with these weights: nested sequences of int or Fraction.

        Why may also be 1 x 3 and `by` a sequence of one. Raises ValueError for any other shape and TypeError for a
        number that is not exact (a float has to be turned into a Fraction by whoever knows how it was written).
        """
        if _is_sequence(Why) and len(Why) == 1 and _is_sequence(Why[0]):
            Why = Why[0]  # noqa: N806
        if _is_sequence(by) and len(by) == 1:
            by = by[0]
        exact = _matrix("Wxh", Wxh, 2), _matrix("Whh", Whh, 3), _row("bh", bh, 3), _row("Why", Why, 3), _exact(by)
        return cls(*exact, frozenset(float64))

    @property
    def rounds(self) -> bool:
        """Whether a computer may compute something else than the exact numbers."""
        return any(len(unit) > 1 for unit in self._units)

    @functools.cached_property
    def _units(self) -> list[dict[str, list[int]]]:
        """The signs of the three hidden units, then of the output, in each arithmetic in which they may differ."""
        hidden = [
            _signs(
                (*from_input, *from_hidden, bias), 2, self._adds_in_float64(Wxh=from_input, Whh=from_hidden, bh=(bias,))
            )
            for from_input, from_hidden, bias in zip(self.Wxh, self.Whh, self.bh, strict=True)
        ]
        return [*hidden, _signs((*self.Why, self.by), 0, self._adds_in_float64(Why=self.Why, by=(self.by,)))]

    def _adds_in_float64(self, **weights: Row) -> bool:
        """Whether a unit of these weights is added in float64: some are written so, and the others fit in there."""
        fits = (_in_float64(w, exactly=name not in self.float64) for name, row in weights.items() for w in row)
        return not self.float64.isdisjoint(weights) and all(fits)

    @functools.cached_property
    def _tables(self) -> dict[tuple[str, str], Table]:
        tables: dict[tuple[str, str], Table] = {}
        for arithmetic in ARITHMETICS if self.rounds else ARITHMETICS[:1]:
            units = [unit.get(arithmetic, unit["decimal"]) for unit in self._units]
            tables |= {(convention, arithmetic): _read(units, convention) for convention in CONVENTIONS}
        return tables


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

    def reached(self, start: int) -> list[int]:
        """The hidden states that can be reached from `start`, breadth first, inputs 00, 01, 10, 11."""
        reached = [start]
        for state in reached:  # grows while it is read
            reached.extend(dict.fromkeys(after for after in self.after[state] if after not in reached))
        return reached


def table(network: Network, convention: str, arithmetic: str = "decimal") -> Table:
    """The transition table of the network. Raises ValueError for what is not in CONVENTIONS or ARITHMETICS."""
    if convention not in CONVENTIONS:
        raise ValueError(f"step convention {convention!r}: must be one of {', '.join(CONVENTIONS)}")
    if arithmetic not in ARITHMETICS:
        raise ValueError(f"arithmetic {arithmetic!r}: must be one of {', '.join(ARITHMETICS)}")
    return network._tables[convention, arithmetic if network.rounds else "decimal"]


def add(network: Network, convention: str, a: int, b: int, columns: int, arithmetic: str = "decimal") -> list[int]:
    """The output bits y(1) .. y(columns), least significant first, for the numbers a and b, from h(0) = 0.

    a, b >= 0; columns above the highest bit read zeros, columns below cut the number off. Raises ValueError for a
    negative number, an unknown convention or arithmetic.
    """
    machine = _machine(network, convention, a, b, arithmetic)
    state, bits = 0, []
    for column in range(columns):
        state = machine.after[state][2 * (a >> column & 1) + (b >> column & 1)]
        bits.append(machine.output[state])
    return bits


def _machine(network: Network, convention: str, a: int, b: int, arithmetic: str) -> Table:
    if a < 0 or b < 0:
        raise ValueError(f"numbers must not be negative: {a}, {b}")
    return table(network, convention, arithmetic)


def adds(network: Network, convention: str, a: int, b: int, columns: int, arithmetic: str = "decimal") -> bool:
    """Whether these bits are those of a + b, without a list of them: most networks that are asked add right."""
    machine = _machine(network, convention, a, b, arithmetic)
    after, output, state, total = machine.after, machine.output, 0, a + b
    length = min(total.bit_length(), columns)
    for column in range(length):
        state = after[state][2 * (a >> column & 1) + (b >> column & 1)]
        if output[state] != total >> column & 1:
            return False
    for _ in range(columns - length):  # the zeros behind the numbers
        before, state = state, after[state][0]
        if output[state]:
            return False
        if state == before:
            return True
    return True


def _signs(row: Row, inputs: int, rounded: bool) -> dict[str, list[int]]:
    """The signs of one unit's pre-activations in each arithmetic, hidden state by hidden state, input by input.

    row: the weights from so many inputs, from the three hidden units, and the bias. rounded: added in float64.
    """
    whole = _whole(row)
    sums = _pre_activations(whole, inputs)
    signs = {"decimal": [_sign(z) for z in sums]}
    if rounded:
        negligible = _negligible(whole)
        signs["float64"] = [_sign(z) for z in _pre_activations([float(weight) for weight in row], inputs)]
        signs["near_zero"] = [0 if negligible(z) else _sign(z) for z in sums]
    return signs


def _pre_activations(row: Sequence[Any], inputs: int) -> list[Any]:
    """((inputs' sum + hidden units' sum) + bias), each sum from left to right; 8 x 2^inputs."""
    from_inputs, from_hidden, bias = _subset_sums(row[:inputs]), _subset_sums(row[inputs:-1]), row[-1]
    return [u + v + bias for v in from_hidden for u in from_inputs]


def _in_float64(weight: Fraction, exactly: bool) -> bool:
    try:
        return float(weight) == weight or not exactly
    except OverflowError:
        return False


def _negligible(whole: Sequence[int]) -> Callable[[int], bool]:
    """Whether a pre-activation of these weights may be nothing but rounding error: "near_zero" of ARITHMETICS."""
    sizes = [abs(weight) for weight in whole if weight]
    total, smallest = sum(sizes), min(sizes, default=0)
    return lambda z: abs(z) << 49 <= total and 1000 * abs(z) <= smallest


def _read(units: Sequence[Sequence[int]], convention: str) -> Table:
    """The table that follows from the signs of all pre-activations, the output's last."""
    least = 1 if convention == "strict" else 0
    *hidden, outputs = units
    edges = list(zip(*hidden, strict=True))
    after = [4 * (z1 >= least) + 2 * (z2 >= least) + (z3 >= least) for z1, z2, z3 in edges]
    zero = [0 in signs for signs in edges]
    return Table(
        tuple(tuple(after[at : at + 4]) for at in range(0, 32, 4)),
        tuple(int(z >= least) for z in outputs),
        tuple(tuple(zero[at : at + 4]) for at in range(0, 32, 4)),
        tuple(z == 0 for z in outputs),
    )


def _subset_sums(weights: Sequence[Any]) -> list[Any]:
    """weights . bits for all bits, in the order of STATES or INPUTS (the first weight varies slowest)."""
    sums = [0]
    for weight in weights:
        sums = [total + extra for total in sums for extra in (0, weight)]
    return sums


def _whole(row: Sequence[Fraction]) -> list[int]:
    """The row times its common denominator: a positive factor, so no sign changes and nothing is rounded."""
    common = math.lcm(*(number.denominator for number in row))
    return [number.numerator * (common // number.denominator) for number in row]


def _sign(z: float) -> int:
    return (z > 0) - (not z >= 0)  # NaN, the sum of two infinities, is neither > 0 nor >= 0


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
