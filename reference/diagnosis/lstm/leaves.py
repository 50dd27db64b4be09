"""What expressions are made of: a node, a weight, or another number, and what may stand in its place."""

from __future__ import annotations

import math
from collections.abc import Iterator

import msgspec

from autograder.maths.lstm.problems import Signals, States, Weights
from reference.diagnosis.lstm.forms import WEIGHTS, Value, at, entry, of

NODES = "xhicfog"
SHIFTS = (0, 1, -1, 2, -2, 3, -3)


Letters = frozenset[str] | None


def near(name: str, shift: int, letters: Letters) -> bool:
    """Whether this node is among the letters."""
    return letters is None or (f"{name}{at(shift)}" if abs(shift) <= 1 else name) in letters


class Expression(msgspec.Struct, frozen=True):
    """How it is written, and its value at a step."""

    @property
    def text(self) -> str:
        """As the homework writes it."""
        raise NotImplementedError

    @property
    def sole(self) -> bool:
        """Whether it can stand in a product, or below a power, without brackets."""
        return False

    def value(self, t: int, s: States, bar: Signals, w: Weights) -> float:
        """The number at step t."""
        raise NotImplementedError

    def changed(self, letters: Letters) -> Iterator[Expression]:
        """Itself with one thing changed, but for what any expression may become (see `changes`).

        letters: those that may come in; None: all.
        """
        raise NotImplementedError

    @property
    def bracketed(self) -> str:
        return self.text if self.sole else f"({self.text})"


class Node(Expression, frozen=True):
    """x, i, f, o, g, c or h at t + shift."""

    name: str
    shift: int

    @property
    def text(self) -> str:
        return f"{self.name}{at(self.shift)}"

    @property
    def sole(self) -> bool:
        return True

    def value(self, t: int, s: States, bar: Signals, w: Weights) -> float:
        return entry(getattr(s, self.name), t + self.shift)

    def changed(self, letters: Letters) -> Iterator[Expression]:
        yield from (Node(self.name, n) for n in SHIFTS if n != self.shift and near(self.name, n, letters))
        for name in NODES:
            if name != self.name:
                shifts = dict.fromkeys((self.shift, 0, -1, 1))
                yield from (Node(name, n) for n in shifts if near(name, n, letters))
        if self.name == "h" and near("c", self.shift, letters):
            yield Known(f"tanh(c{at(self.shift)})", of("c", self.shift, math.tanh))
        if letters is None or self.name in letters:
            yield from (Known(text, value) for text, value in _far(self.name, self.shift))


class Known(Expression, frozen=True):
    """A number with a text of its own: a weight, a constant, a node at the last step, a sum over steps."""

    own: str
    number: Value

    @property
    def text(self) -> str:
        return self.own

    @property
    def sole(self) -> bool:
        return True

    def value(self, t: int, s: States, bar: Signals, w: Weights) -> float:
        return float(self.number(t, s, bar, w))

    def changed(self, letters: Letters) -> Iterator[Expression]:
        return iter(())


class Weight(Expression, frozen=True):
    """One of the eight weights."""

    name: str

    @property
    def text(self) -> str:
        return f"w_{self.name}"

    @property
    def sole(self) -> bool:
        return True

    def value(self, t: int, s: States, bar: Signals, w: Weights) -> float:
        return float(getattr(w, self.name))

    def changed(self, letters: Letters) -> Iterator[Expression]:
        return (Weight(name) for name in WEIGHTS if name != self.name and (letters is None or f"w_{name}" in letters))


def _far(name: str, shift: int) -> Iterator[tuple[str, Value]]:
    """The node at the first and last steps, and put together over steps."""

    def row(s: States) -> tuple[float, ...]:
        return getattr(s, name)  # type: ignore[no-any-return]

    when = at(shift)[1:-1]
    yield f"{name}(0)", lambda t, s, bar, w: row(s)[0]
    yield f"{name}(1)", lambda t, s, bar, w: row(s)[1]
    yield f"{name}(T)", lambda t, s, bar, w: row(s)[s.T]
    yield f"(the sum of {name}(1) to {name}({when}))", lambda t, s, bar, w: math.fsum(row(s)[1 : t + shift + 1])
    yield f"(the sum of {name}(0) to {name}({when}))", lambda t, s, bar, w: math.fsum(row(s)[: t + shift + 1])
    yield f"(the sum of {name}({when}) to {name}(T))", lambda t, s, bar, w: math.fsum(row(s)[t + shift : s.T + 1])
    yield f"(the sum of all {name})", lambda t, s, bar, w: math.fsum(row(s)[1 : s.T + 1])
    yield f"(the mean of all {name})", lambda t, s, bar, w: math.fsum(row(s)[1 : s.T + 1]) / s.T
    yield f"(the product of {name}(1) to {name}({when}))", lambda t, s, bar, w: math.prod(row(s)[1 : t + shift + 1])
    yield (
        f"(the product of {name}({when}) to {name}(T))",
        lambda t, s, bar, w: math.prod(row(s)[t + shift : s.T + 1]),
    )
