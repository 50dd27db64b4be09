"""What a figure of a row shows, as plain values: a spec hands one to its award, every renderer draws it its own way.

A figure holds what the student's answer does, and what the tests know anyway (sums of numbers, numerical derivatives);
never an answer.
"""

from __future__ import annotations

import msgspec


class Edge(msgspec.Struct, frozen=True):
    """One step of an automaton: in state `before` it reads `read`, goes to `after` and says `says`.

    States such as "010", inputs such as "01" (one bit of each number), outputs "0" or "1".
    """

    before: str
    read: str
    after: str
    says: str


class Addition(msgspec.Struct, frozen=True):
    """A network that adds, as the automaton it is, and its shortest wrong addition.

    step:   the step convention, "step(z) = [z > 0]".
    edges:  every step from every state that can be reached, the first state first.
    rows:   name -> bits, one per column, least significant first; empty if every addition is right.
    cause:  what is wrong in the last column.
    wrong:  the step that gives the wrong bit, or None.
    function: the student's function that gives the weights.
    program: the wrong addition as lines of Python that call it, in which `np` and `Fraction` are known.
    """

    step: str
    edges: tuple[Edge, ...]
    rows: tuple[tuple[str, tuple[int, ...]], ...] = ()
    cause: str = ""
    wrong: Edge | None = None
    function: str = ""
    program: tuple[str, ...] = ()

    @property
    def columns(self) -> int:
        """Columns up to and including the wrong one."""
        return len(self.rows[0][1]) if self.rows else 0

    @property
    def states(self) -> tuple[str, ...]:
        """The states that can be reached, the first state first."""
        return tuple(dict.fromkeys(edge.before for edge in self.edges))


class Asked(msgspec.Struct, frozen=True):
    """One call of an equation: where, the true value, and the student's. place: where, as a number, for an axis."""

    at: str
    want: float
    got: float
    right: bool
    place: int | None = None


class Values(msgspec.Struct, frozen=True):
    """An equation's values against the true ones.

    worst:  the call that is farthest off (NaN where it gave no value), or None if all are right.
    given:  what the student's function was given in that call: (name, value or values), such as ("s.x", (0.0, 1.25)).
    call:   the call as it is written in Python.
    axis:   what the places of the calls are: "t".
    """

    equation: str
    calls: tuple[Asked, ...]
    worst: Asked | None = None
    given: tuple[tuple[str, float | int | tuple[float, ...]], ...] = ()
    call: str = ""
    axis: str = ""


Figure = Addition | Values


class Hint(msgspec.Struct, frozen=True):
    """What a student is told who asks for a hint on a row.

    lines:  sentences, each of which begins with what it is about: "sign: ...".
    figure: whose failing call is written as a program; None for that of the row.
    """

    lines: tuple[str, ...] = ()
    figure: Figure | None = None
