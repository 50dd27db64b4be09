"""Does a threshold network add binary numbers of every length? Decided, not sampled; with the shortest wrong addition.

The network (three hidden bits) and the addition itself (one carry bit) are both finite automata. Follow them side by
side from h(0) = 0 and carry 0: at most 8 x 2 pairs (hidden state, true carry) can be reached, each with 4 inputs. If
the output is right on every edge, it is right for all numbers of all lengths; if not, the first wrong edge found
breadth first ends the shortest wrong addition.

An incorrect network shows a wrong bit by column 8: up to then every hidden state stands for one carry only, and each
further column must reach a new one of the 8. (Threshold units cannot even last that long: an enumeration of all of
them finds 6 columns at most.)

Weights in float64 are read in two ways, and the one that gets further counts: as the decimals that they print as, or as
numpy computes with them. A network is right as computed if it is right in float64 and stays right when sums that are
nothing but rounding error count as zero: the sign of such an error may be luck.

Hidden states are tuples (h1, h2, h3), bits and columns count from 0 at the least significant end.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec

from autograder.maths.threshold.network import ARITHMETICS, INPUTS, STATES, Hidden, Network, Table, table


class Counterexample(msgspec.Struct, frozen=True):
    """The shortest addition that the network gets wrong: fewest columns, then smallest a + b, then smallest a.

    a, b:             the numbers, below 2 ** columns.
    columns, column:  columns up to and including the wrong one; the wrong one, column = columns - 1.
    expected, given:  the output bits of these columns, (columns,) each; they differ in the last one only.
    carries:          the true carry into each column, (columns,).
    hidden:           the hidden states h(0) .. h(columns), (columns + 1,); h(column) is the one before the wrong bit.
    fault:            "lost_carry" or "false_carry" if the network, from h(column), answers all four inputs as it should
                      with the other carry; "wrong_bit" if it is not as simple as that.
    padding:          (expected, given) in the padding zero that follows, or None if the wrong column is a zero itself.
    """

    a: int
    b: int
    columns: int
    column: int
    expected: tuple[int, ...]
    given: tuple[int, ...]
    carries: tuple[int, ...]
    hidden: tuple[Hidden, ...]
    fault: str
    padding: tuple[int, int] | None

    def sentence(self) -> str:
        """The addition in the homework's notation, least significant bit first, and what is wrong with the answer.

        The numbers are written without the padding zero, the sums with it.
        """
        written = max(self.columns - (self.padding is None), 1)
        expected, given = self.expected, self.given
        if self.padding is not None:
            expected, given = (*expected, self.padding[0]), (*given, self.padding[1])
        return (
            f"{_digits(self.a, written)} + {_digits(self.b, written)} (LSB first): "
            f"expected {_spaced(expected)}, your network says {_spaced(given)}: {self.cause()}"
        )

    def cause(self) -> str:
        """What went wrong in the wrong column: "the carry into bit 3 is lost"."""
        if self.fault == "lost_carry":
            return f"the carry into bit {self.column} is lost"
        if self.fault == "false_carry" and self.column == 0:
            return "bit 0 is wrong, as if a carry came into it"
        if self.fault == "false_carry":
            return f"a carry into bit {self.column} that should not be there"
        x1, x2 = self.a >> self.column & 1, self.b >> self.column & 1
        return f"bit {self.column} is wrong (inputs {x1} and {x2}, carry in {self.carries[self.column]})"

    def path(self) -> str:
        """The hidden states along the way: "h(0) .. h(2) = 000, 011, 101"."""
        return f"h(0) .. h({self.columns}) = {', '.join(_packed(state) for state in self.hidden)}"

    def timeline(self) -> tuple[tuple[str, tuple[int, ...]], ...]:
        """The addition column by column, as named rows of (columns,) ints: what a figure of it needs.

        Rows: bit, x1, x2, carry (the true one, into the column), h1, h2, h3 (after reading the column, so that the
        output in the same column follows from them), expected, given.
        """
        columns = range(self.columns)
        units = zip(*self.hidden[1:], strict=True)
        return (
            ("bit", tuple(columns)),
            ("x1", tuple(self.a >> column & 1 for column in columns)),
            ("x2", tuple(self.b >> column & 1 for column in columns)),
            ("carry", self.carries),
            *((f"h{unit}", tuple(bits)) for unit, bits in enumerate(units, start=1)),
            ("expected", self.expected),
            ("given", self.given),
        )


class Decision(msgspec.Struct, frozen=True):
    """Whether the network is right for every addition, under one convention.

    correct:         right in every bit, for all pairs of numbers of all lengths.
    counterexample:  the shortest wrong addition, or None.
    hidden_states:   the hidden states that can be reached, h(0) first.
    zero_reached:    whether some pre-activation, hidden or output, is ever exactly zero. If not, both conventions
                     agree; if so, they may still agree.
    arithmetic:      the one in which all of this was computed: "decimal" where the weights were read as decimals.
    """

    convention: str
    correct: bool
    counterexample: Counterexample | None
    hidden_states: tuple[Hidden, ...]
    zero_reached: bool
    arithmetic: str = "decimal"

    @property
    def arithmetics(self) -> tuple[str, ...]:
        """Those in which an addition must be right to count, under the same reading of the weights."""
        return ARITHMETICS[:1] if self.arithmetic == "decimal" else ARITHMETICS[1:]

    @property
    def right_columns(self) -> float:
        """Columns of an addition that are always right."""
        return math.inf if self.counterexample is None else self.counterexample.column


def decide(network: Network, convention: str, *, start: Hidden = (0, 0, 0)) -> Decision:
    """Decides whether the network adds all pairs of numbers rightly, from h(0) = start (the homework's is 0).

    Of the two ways to read weights in float64, the one that gets further; the decimals if neither does. Raises
    ValueError for a convention that is not in CONVENTIONS.
    """
    decimal = _decide(network, convention, "decimal", start)
    if decimal.correct or not network.rounds:
        return decimal
    computed = min(
        (_decide(network, convention, arithmetic, start) for arithmetic in ARITHMETICS[1:]),
        key=lambda decision: decision.right_columns,
    )
    return computed if computed.right_columns > decimal.right_columns else decimal


def right_by_rounding(network: Network, convention: str) -> bool:
    """Whether a wrong network works in float64 all the same: by rounding errors that it needs, not merely survives."""
    return network.rounds and _decide(network, convention, "float64", (0, 0, 0)).correct


def _decide(network: Network, convention: str, arithmetic: str, start: Hidden) -> Decision:
    machine, initial = table(network, convention, arithmetic), STATES.index(start)
    reached = machine.reached(initial)
    shortest = _shortest_wrong(machine, initial)
    return Decision(
        convention=convention,
        correct=shortest is None,
        counterexample=None if shortest is None else _trace(machine, initial, *shortest),
        hidden_states=tuple(STATES[state] for state in reached),
        zero_reached=any(
            machine.zero_after[state][x] or machine.zero_output[machine.after[state][x]]
            for state in reached
            for x in range(len(INPUTS))
        ),
        arithmetic=arithmetic,
    )


def _shortest_wrong(machine: Table, start: int) -> tuple[int, int, int] | None:
    """(a, b, columns) of the shortest wrong addition, or None: breadth first over (hidden state, true carry).

    Each pair of a layer keeps the smallest (a + b, a) that leads to it. Further columns add the same to every way into
    a pair, so the smallest way in is part of the smallest whole.
    """
    layer = {(start, 0): (0, 0)}
    seen = set(layer)
    column = 0
    while layer:
        wrong, following = [], dict[tuple[int, int], tuple[int, int]]()
        for (state, carry), (total, a) in layer.items():
            for (x1, x2), after in zip(INPUTS, machine.after[state], strict=True):
                way = (total + (x1 + x2 << column), a + (x1 << column))
                carry_out, bit = divmod(x1 + x2 + carry, 2)
                if machine.output[after] != bit:
                    wrong.append(way)
                elif (after, carry_out) not in seen:
                    following[after, carry_out] = min(way, following.get((after, carry_out), way))
        column += 1
        if wrong:
            total, a = min(wrong)
            return a, total - a, column
        seen.update(following)
        layer = following
    return None


def _trace(machine: Table, start: int, a: int, b: int, columns: int) -> Counterexample:
    """The addition a + b, whose last column comes out wrong, with all that happens on the way."""
    states, carries = [start], [0]
    for column in range(columns + 1):
        x1, x2 = a >> column & 1, b >> column & 1
        states.append(machine.after[states[-1]][2 * x1 + x2])
        carries.append((x1 + x2 + carries[-1]) // 2)
    expected = [(a + b) >> column & 1 for column in range(columns + 1)]
    given = [machine.output[state] for state in states[1:]]
    column = columns - 1
    padded = (a | b) >> column & 1 == 0
    return Counterexample(
        a=a,
        b=b,
        columns=columns,
        column=column,
        expected=tuple(expected[:columns]),
        given=tuple(given[:columns]),
        carries=tuple(carries[:columns]),
        hidden=tuple(STATES[state] for state in states[: columns + 1]),
        fault=_fault(machine.answers(states[column]), carries[column]),
        padding=None if padded else (expected[columns], given[columns]),
    )


def _fault(answers: Sequence[int], carry: int) -> str:
    """What the answers to the four inputs, from the state before the wrong bit, say about the carry it remembers.

    One wrong bit alone always looks like the other carry; only all four answers show that it is the carry.
    """
    as_with_the_other = all(bit == (x1 + x2 + 1 - carry) % 2 for (x1, x2), bit in zip(INPUTS, answers, strict=True))
    if not as_with_the_other:
        return "wrong_bit"
    return "lost_carry" if carry else "false_carry"


def _digits(number: int, columns: int) -> str:
    return "".join(str(number >> column & 1) for column in range(columns))


def _spaced(bits: Sequence[int]) -> str:
    return " ".join(map(str, bits))


def _packed(state: Hidden) -> str:
    return "".join(map(str, state))
