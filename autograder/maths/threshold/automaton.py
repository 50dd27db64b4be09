"""A threshold network as the automaton it is: every step that it can take, for a diagram of it."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from autograder.maths.threshold.network import INPUTS, STATES, Hidden, Network, table


class Step(msgspec.Struct, frozen=True):
    """In hidden state `before` the network reads the bits `x` of a column, goes to `after` and answers the bit `y`."""

    before: Hidden
    x: tuple[int, int]
    after: Hidden
    y: int


def steps(network: Network, convention: str, arithmetic: str = "decimal") -> Iterator[Step]:
    """Every step from every hidden state that can be reached from h(0) = 0, breadth first, inputs 00, 01, 10, 11.

    Raises ValueError for an unknown convention or arithmetic.
    """
    machine = table(network, convention, arithmetic)
    for state in machine.reached(STATES.index((0, 0, 0))):
        for x, after in zip(INPUTS, machine.after[state], strict=True):
            yield Step(STATES[state], x, STATES[after], machine.output[after])
