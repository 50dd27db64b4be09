"""Questions to the equations of back-propagation: their calls, what each equation may read, and its true value.

The network and its derivatives live in network.py and sweep.py, well-posed problems in sample.py, where an equation is
asked in shapes.py, programs that run the network again in rerun.py; this is the module that specs import, so their
names are here too. Every call gets a fresh problem of its own: no cache in a student's process can hold the answer to
another.
"""

# The names are the homework's letters.
# ruff: noqa: N803, N806

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence

import msgspec
from msgspec.structs import replace

from autograder.maths.closeness import precision_of
from autograder.maths.lstm.network import (
    SIGNALS,
    Disagreement,
    Problem,
    Signals,
    States,
    Weights,
    error_signals,
    error_signals_by_differences,
    forward,
    gradient_w_xi,
    gradient_w_xi_by_differences,
)
from autograder.maths.lstm.rerun import NEAR, RERUNS, Rerun, told_apart
from autograder.maths.lstm.sample import FLOOR, Loss, sample_problem, sample_solved
from autograder.maths.lstm.shapes import SHORT, lengths, shapes, where_right
from autograder.maths.lstm.sweep import checked, sweep

__all__ = [
    "EQUATIONS",
    "FLOOR",
    "SIGNALS",
    "Call",
    "Disagreement",
    "Loss",
    "Problem",
    "Signals",
    "States",
    "Weights",
    "agree",
    "call_for",
    "cases",
    "error_signals",
    "error_signals_by_differences",
    "forward",
    "gradient_w_xi",
    "gradient_w_xi_by_differences",
    "judged",
    "masked",
    "reruns_the_network",
    "sample_call",
    "sample_problem",
    "scaled",
    "shapes",
    "undisclosed_steps",
    "unmasked",
    "where_right",
]

EQUATIONS = (*(f"{name}_bar" for name in SIGNALS), "w_xi_bar")
AGREEMENT = 1e-6
LARGE, LARGE_CALLS = 256.0, 3  # so many calls have signals so much larger: a value that is clipped shows there
CLIPPED = 100.0  # the value of such a call is larger, so that a limit up to it shows at every seed
CUT = 1e-4  # the value of one call more is at most that, so that small values that are taken for 0 show, too


class Call(msgspec.Struct, frozen=True):
    """One question to one equation: arguments as a student's function gets them, and the true value.

    equation: one of EQUATIONS. t: the step asked about; None for w_xi_bar.
    signals: masked, so that an equation cannot read its own answer. want: dL/dv(t) or dL/dw_xi.
    """

    equation: str
    t: int | None
    problem: Problem
    states: States
    signals: Signals
    want: float


def agree(first: Signals, second: Signals) -> bool:
    """Whether two opinions differ nowhere by more than 1e-6 times max(1, largest signal); NaN never agrees."""
    pairs = [pair for name in SIGNALS for pair in zip(getattr(first, name), getattr(second, name), strict=True)]
    scale = max(1.0, *(abs(a) for a, _ in pairs))
    return all(abs(a - b) <= AGREEMENT * scale for a, b in pairs)


def masked(signals: Signals, name: str, t: int | None, filling: Callable[[], float] = lambda: math.nan) -> Signals:
    """The error signals as equation `name` at step t gets them.

    NaN (or another `filling`) stands at t for `name` itself and whatever comes after it in SIGNALS; "w_xi" reads
    everything, and 0 at index 0.
    """
    if name == "w_xi":
        return Signals(**{v: (0.0, *getattr(signals, v)[1:]) for v in SIGNALS})
    if t is None:
        raise ValueError(f"{name}_bar needs a time step")
    hidden = SIGNALS[SIGNALS.index(name) :]
    return replace(signals, **{v: (*getattr(signals, v)[:t], filling(), *getattr(signals, v)[t + 1 :]) for v in hidden})


def unmasked(call: Call, filling: float = 0.75) -> Call:
    """The same question with a number in place of each NaN: what is NaN all the same, its own arithmetic made."""
    signals = {v: tuple(filling if math.isnan(x) else x for x in getattr(call.signals, v)) for v in SIGNALS}
    return replace(call, signals=Signals(**signals))


def undisclosed_steps(equation: str, T: int, t: int | None) -> tuple[int, ...]:
    """The steps at which the output gate has an input that a student is not told: |n - t| >= 2, or all for w_xi_bar.

    >>> undisclosed_steps("c_bar", 6, 3), undisclosed_steps("w_xi_bar", 2, None)
    ((1, 5, 6), (1, 2))
    """
    return tuple(n for n in range(1, T + 1) if t is None or abs(n - t) >= 2)


def call_for(problem: Problem, equation: str, t: int | None) -> Call:
    """Equation `equation` asked about step t of this problem; the second opinion is not sought here."""
    states = forward(problem)
    return _call(problem, states, sweep(problem, states), equation, t)


def sample_call(rng: random.Random, T: int, equation: str, t: int | None, loss: Loss = "every_t") -> Call:
    """`call_for` of a problem that is drawn for it, in which a network that is run again is another network."""
    problem, states, signals = sample_solved(rng, T, loss, undisclosed=undisclosed_steps(equation, T, t))
    return _call(problem, states, signals, equation, t)


def _true(problem: Problem, signals: Signals, equation: str, t: int | None) -> float:
    name = equation.removesuffix("_bar")
    return gradient_w_xi(problem) if t is None else float(getattr(signals, name)[t])


def _call(problem: Problem, states: States, signals: Signals, equation: str, t: int | None) -> Call:
    """The call; its true value is among the signals, which are checked here."""
    given = masked(checked(problem, signals), equation.removesuffix("_bar"), t)
    return Call(equation, t, problem, states, given, _true(problem, signals, equation, t))


def cases(rng: random.Random, equation: str) -> list[Call]:
    """The calls by which an equation is judged: those of `shapes` or `lengths`, each with a fresh problem of its own.

    Each true value is one of a sweep's signals, all of which were checked against the whole network; that of w_xi is
    the complex step's, and central differences were asked about it too. Every other problem of at most 6 steps has its
    loss at T only; the signals of LARGE_CALLS of them are LARGE times as large, or more, so that their values are
    larger than CLIPPED, and those of another one are so small that its value is at most CUT.
    Raises Disagreement if two opinions differ, ValueError for an unknown equation.
    """
    if equation not in EQUATIONS:
        raise ValueError(f"{equation!r} is none of {', '.join(EQUATIONS)}")
    asked = [(T, None) for T in lengths()] if equation == "w_xi_bar" else shapes(rng)
    losses: list[Loss] = rng.sample(("every_t", "last_t"), 2)
    calls = []
    for T, t in asked:
        short = T <= SHORT
        losses = losses[::-1] if short else losses
        calls.append(_case(rng, equation, T, t, losses[0] if short else "every_t"))
    small, *large = rng.sample(range(len(calls)), 1 + LARGE_CALLS)
    calls[small] = scaled(calls[small], 2.0 ** math.floor(math.log2(CUT / abs(calls[small].want))))
    for place in large:
        calls[place] = _enlarged(calls[place])
    return calls


def _enlarged(call: Call) -> Call:
    """The call with signals LARGE times as large, and twice as large again until its value is larger than CLIPPED."""
    factor = LARGE
    while abs(factor * call.want) <= CLIPPED:
        factor *= 2
    return scaled(call, factor)


def scaled(call: Call, factor: float) -> Call:
    """The same question to a loss that is `factor` times as large, and so are all signals; exact for a power of 2."""

    def times(values: tuple[float, ...]) -> tuple[float, ...]:
        return tuple(factor * value for value in values)

    return replace(
        call,
        problem=replace(call.problem, dL_dh=times(call.problem.dL_dh)),
        states=replace(call.states, dL_dh=times(call.states.dL_dh)),
        signals=Signals(**{name: times(getattr(call.signals, name)) for name in SIGNALS}),
        want=factor * call.want,
    )


def _case(rng: random.Random, equation: str, T: int, t: int | None, loss: Loss) -> Call:
    name = equation.removesuffix("_bar")
    undisclosed = undisclosed_steps(equation, T, t)
    while True:
        problem, states, signals = sample_solved(rng, T, loss, undisclosed=undisclosed)
        want = _true(problem, signals, equation, t)
        if abs(want) >= FLOOR and told_apart(problem, states, name, t, want):
            break
    if t is None:
        second = gradient_w_xi_by_differences(problem)
        if not abs(second - want) <= AGREEMENT * max(1.0, abs(want)):
            raise Disagreement(f"{equation} of {problem}: {want!r} by the complex step, {second!r} by differences")
    return _call(problem, states, signals, equation, t)


def judged(calls: Sequence[Call], values: Sequence[float]) -> tuple[list[bool], str]:
    """Whether each value is right, and what to say of values that are right to the precision of what they are.

    Relative error 1e-12; `precision_of` for values that are all float32, or all rounded.
    """
    wants = [call.want for call in calls]
    precision = precision_of(values, wants, (_largest(call) for call in calls))
    return precision.right(values, wants), precision.note


def _largest(call: Call) -> float:
    """The largest number that the value may be computed from, or is: an error signal, dL/dh, or itself."""
    rows = (getattr(call.signals, name) for name in SIGNALS)
    numbers = (float(v) for row in (*rows, call.states.dL_dh, (call.want,)) for v in row)
    return max(abs(v) for v in numbers if not math.isnan(v))


def reruns_the_network(calls: Sequence[Call], values: Sequence[float]) -> bool:
    """Whether values are those of a program that runs the network again from `w` and `x`, and not an equation's.

    True if they are, at every call, the derivatives of one of the networks of RERUNS; these differ from the true ones.
    """
    return any(
        all(_near(value, _rerun_of(rerun, call), call.want) for call, value in zip(calls, values, strict=True))
        for rerun in RERUNS
    )


def _rerun_of(rerun: Rerun, call: Call) -> float:
    return rerun(call.problem, call.states, call.equation.removesuffix("_bar"), call.t)


def _near(value: float, other: float, want: float) -> bool:
    return abs(value - other) <= NEAR * max(abs(other), abs(want))
