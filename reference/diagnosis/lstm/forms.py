"""What the terms of question 2 are made of: factors, their values, and slips, the known ways to get one wrong.

A factor is a number at one step t, read from the states s, the error signals bar and the weights w. A slip says what
stands in its place: nothing, t for t+1, another gate, 1 - g for 1 - g^2, tan for tanh, and so on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from autograder.maths.lstm.problems import Signals, States, Weights

Value = Callable[[int, States, Signals, Weights], float]
Named = tuple[str, Value]
Input = tuple[str, str]  # an error signal or dL/dh, and its place: ("i", "t+1"), ("dL/dh", "t")
State = tuple[str, int | None]  # a node and its step, or a weight: ("o", 3), ("w_hi", None)

GATES = ("i", "f", "o", "g")
NEAR = (-1, 0, 1, 2, -2)
WEIGHTS = ("xi", "hi", "xf", "hf", "xo", "ho", "xg", "hg")

# A slip of one kind is often made in every gate's term at once, and is then said once.
KINDS = {
    "no derivative": "the derivative of the activation is missing",
    "no weight": "the recurrent weight is missing",
    "input weight": "uses the input weight w_x* where the recurrent weight w_h* belongs",
    "gate at t": "takes the gate at t where t+1 belongs",
    "signal at t": "takes the error signal at t where t+1 belongs",
    "gate at t+2": "takes the gate at t+2 where t+1 belongs",
    "signal at t+2": "takes the error signal at t+2 where t+1 belongs",
    "no signal": "the error signal is missing",
    "1 - s^2": "uses 1 - s^2, the derivative of tanh, where the derivative of sigma belongs",
    "1 - s": "uses 1 - s where the derivative belongs",
    "s": "uses the gate where its derivative belongs",
    "node for signal": "uses the node v itself where its error signal v_bar belongs",
    "signal for node": "uses the error signal v_bar where the node v itself belongs",
    "extra derivative": "has the derivative of the activation as an extra factor",
}


class Slip(msgspec.Struct, frozen=True):
    """A wrong form: what a student reads about it, its short name for statistics, its value, and its kind in KINDS.

    reads: the error signal that it reads, if it stands for one.
    """

    says: str
    code: str
    value: Value
    kind: str = ""
    reads: Input | None = None


class Factor(msgspec.Struct, frozen=True):
    """One factor of a term, as the homework writes it, with its value and its known slips.

    reads: the error signal that it is, if it is one; the first factor of every term is.
    bracket: for a factor a (1 - q), what without its brackets makes of it two parts: "1 - q", a, and a q.
    """

    text: str
    value: Value
    slips: tuple[Slip, ...]
    reads: Input | None = None
    bracket: tuple[str, Value, Value] | None = None


def one(t: int, s: States, bar: Signals, w: Weights) -> float:
    """The factor that is not there."""
    return 1.0


def instead(right: str, wrong: str, value: Value, kind: str = "", reads: Input | None = None) -> Slip:
    return Slip(f"uses {wrong} where {right} belongs", f"{wrong} for {right}", value, kind, reads)


def without(right: str, kind: str = "") -> Slip:
    return Slip(f"the factor {right} is missing", f"no {right}", one, kind)


def extra(text: str, value: Value) -> Slip:
    return Slip(f"has an extra factor {text}", f"extra {text}", value)


def extra_derivative(text: str, value: Value) -> Slip:
    says = (
        f"has an extra factor {text}: that is the error signal of the pre-activation, asked is that of the gate itself"
    )
    return Slip(says, f"extra {text}", value, "extra derivative")


def at(shift: int) -> str:
    """The time as the homework writes it: (t), (t+1) or (t-1)."""
    return "(t)" if shift == 0 else f"(t{shift:+d})"


def node(name: str, shift: int) -> Value:
    """x, i, f, o, g, c or h at t + shift."""
    return lambda t, s, bar, w: entry(getattr(s, name), t + shift)


def entry(row: Sequence[float], n: int) -> float:
    """The entry of step n: a step before 0 has none."""
    if n < 0:
        raise IndexError(n)
    return float(row[n])


def signal(name: str, shift: int) -> Value:
    """The error signal of `name` at t + shift."""
    return lambda t, s, bar, w: float(getattr(bar, name)[t + shift])


def of(name: str, shift: int, function: Callable[[float], float]) -> Value:
    """A function of a node."""
    return lambda t, s, bar, w: function(entry(getattr(s, name), t + shift))


def preactivation(gate: str, shift: int, function: Callable[[float], float] = lambda z: z) -> Value:
    """A function of z = w_x* x + w_h* h(before), what the gate's sigma or tanh is taken of; needs t + shift >= 1."""

    def value(t: int, s: States, bar: Signals, w: Weights) -> float:
        n = t + shift
        return function(getattr(w, f"x{gate}") * s.x[n] + getattr(w, f"h{gate}") * s.h[n - 1])

    return value


def place(shift: int) -> str:
    """The time without brackets: t, t+1 or t-1."""
    return at(shift)[1:-1]


def the_weight(name: str) -> Value:
    """One of the eight weights."""
    return lambda t, s, bar, w: float(getattr(w, name))
