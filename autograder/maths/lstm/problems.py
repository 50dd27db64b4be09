"""Questions to the equations of 2.1 and 2.2: well-posed problems, what each equation may read, and its true value.

The network and its error signals live in lstm_network.py; this is the module that specs import, so their names are
here too. Every call gets a fresh problem of its own: no cache in a student's process can hold the answer to another.
"""

# The names are the homework's letters.
# ruff: noqa: N803

from __future__ import annotations

import math
import random
from collections.abc import Callable
from itertools import cycle, islice
from typing import Literal

import msgspec
from msgspec.structs import replace

from autograder.maths.closeness import close
from autograder.maths.lstm.network import (
    SIGNALS,
    Problem,
    Signals,
    States,
    Step,
    Weights,
    error_signal_by_differences,
    error_signals,
    error_signals_above,
    error_signals_by_differences,
    forward,
    gradient_w_xi,
    gradient_w_xi_by_differences,
    step,
)

__all__ = [
    "EQUATIONS",
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
    "draw_call",
    "draw_problem",
    "error_signals",
    "error_signals_by_differences",
    "forward",
    "gradient_w_xi",
    "gradient_w_xi_by_differences",
    "masked",
]

Loss = Literal["every_t", "last_t"]
EQUATIONS = (*(f"{name}_bar" for name in SIGNALS), "w_xi_bar")
AGREEMENT = 1e-6


class Disagreement(ArithmeticError):
    """Complex step and central differences differ: the fault is in this package, never in an answer."""


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


# Well-posed problems. The bounds keep every mistake visible and every right rewriting accurate: c differs
# from tanh(c) only if |c| is not small; a node computed back from the nodes after it loses digits only near saturation;
# no path through the network may vanish, and no error signal may be a small difference of large terms.
GATE = (0.05, 0.95)
CANDIDATE = (0.1, 0.97)
CELL = (0.2, 1.8)
FLOOR = 5e-3
TRIES = 20_000


def _signed(rng: random.Random, low: float, high: float) -> float:
    size = low + (high - low) * rng.random()
    return size if rng.random() < 0.5 else -size


def _tame(nodes: Step) -> bool:
    gates = all(GATE[0] <= v <= GATE[1] for v in (nodes.i, nodes.f, nodes.o))
    return gates and CANDIDATE[0] <= abs(nodes.g) <= CANDIDATE[1] and CELL[0] <= abs(nodes.c) <= CELL[1]


def _draw_inputs(rng: random.Random, w: Weights, T: int, h: float, c: float) -> tuple[float, ...] | None:
    """x(1..T) that leave every step unsaturated, or None where a step refuses twenty inputs."""
    inputs: list[float] = []
    for _ in range(T):
        for _ in range(20):
            x = _signed(rng, 0.2, 1.2)
            if not CANDIDATE[0] <= abs(math.tanh(w.xg * x + w.hg * h)) <= CANDIDATE[1]:
                continue  # refused most often, and the cheapest to ask
            nodes = step(w, x, h, c)
            if _tame(nodes):
                break
        else:
            return None
        inputs.append(x)
        h, c = nodes.h, nodes.c
    return tuple(inputs)


def _draw_dynamics(rng: random.Random, T: int, silent: tuple[str, ...]) -> Problem | None:
    """Weights, inputs and initial state, without a loss yet; None where these weights suit no inputs."""
    w = Weights(*(_signed(rng, 2.0, 3.0) for _ in range(8)))
    w = replace(w, **dict.fromkeys(silent, 0.0))
    h0, c0 = _signed(rng, 0.2, 0.7), _signed(rng, 0.3, 1.2)
    x = _draw_inputs(rng, w, T, h0, c0)
    return None if x is None else Problem(w, x, h0, c0, (0.0,) * T)


def _draw_loss(rng: random.Random, T: int, loss: Loss) -> tuple[float, ...]:
    last = _signed(rng, 0.5, 1.5)
    return (*(_signed(rng, 0.5, 1.5) if loss == "every_t" else 0.0 for _ in range(T - 1)), last)


def _draw(rng: random.Random, T: int, loss: Loss, silent: tuple[str, ...] = ()) -> tuple[Problem, States, Signals]:
    for _ in range(TRIES):
        problem = _draw_dynamics(rng, T, silent)
        if problem is None:
            continue
        problem = replace(problem, dL_dh=_draw_loss(rng, T, loss))
        states = forward(problem)
        signals = error_signals_above(FLOOR, problem, states)
        if signals is not None:
            return problem, states, signals
    raise ValueError(f"no well-posed problem of {T} steps in {TRIES} tries")


def draw_problem(rng: random.Random, T: int, loss: Loss = "every_t", silent: tuple[str, ...] = ()) -> Problem:
    """A random well-posed problem of T >= 1 steps.

    |weights| in 2..3, |x| in 0.2..1.2, |c(0)| in 0.3..1.2, |h(0)| in 0.2..0.7, |dL_dh| in 0.5..1.5, all with random
    signs; gates, g and c inside GATE, CANDIDATE and CELL; every error signal of t = 1..T at least FLOOR.
    loss: "every_t", or "last_t" (dL_dh is 0 before T). silent: weights that are 0 ("hf"), which shuts their path.
    Raises ValueError if there seems to be none (far more steps than about ten).
    """
    return _draw(rng, T, loss, silent)[0]


def call_for(problem: Problem, equation: str, t: int | None) -> Call:
    """Equation `equation` asked about step t of this problem; the second opinion is not sought here."""
    states = forward(problem)
    return _call(problem, states, error_signals(problem, states), equation, t)


def draw_call(rng: random.Random, T: int, equation: str, t: int | None, loss: Loss = "every_t") -> Call:
    """`call_for` of `draw_problem`, for half the work: the problem was run to be drawn."""
    return _call(*_draw(rng, T, loss), equation, t)


def _call(problem: Problem, states: States, signals: Signals, equation: str, t: int | None) -> Call:
    name = equation.removesuffix("_bar")
    want = gradient_w_xi(problem) if t is None else getattr(signals, name)[t]
    return Call(equation, t, problem, states, masked(signals, name, t), want)


# (T, t, where the loss is). The first five already hold t = 1 and t = T, each with both losses.
_SHAPES: tuple[tuple[int, int, Loss], ...] = (
    (4, 1, "every_t"),
    (4, 4, "last_t"),
    (5, 2, "last_t"),
    (3, 3, "every_t"),
    (3, 1, "last_t"),
    (4, 2, "every_t"),
    (5, 4, "every_t"),
    (4, 3, "last_t"),
)


def cases(rng: random.Random, equation: str, calls: int = 8) -> list[Call]:
    """`calls` questions to one equation, each with a fresh problem of its own.

    T is 3 to 5; t = 1 and t = T are among them, with a loss at every t and at T only. Each true value is the complex
    step's, and central differences were asked about it too, and about every signal that the first call hands over.
    Raises Disagreement if the two differ, ValueError for an unknown equation.
    """
    if equation not in EQUATIONS:
        raise ValueError(f"{equation!r} is none of {', '.join(EQUATIONS)}")
    drawn = [_case(rng, equation, *shape) for shape in islice(cycle(_SHAPES), calls)]
    for first in drawn[:1]:
        if not agree(
            error_signals(first.problem, first.states), error_signals_by_differences(first.problem, first.states)
        ):
            raise Disagreement(f"error signals of {first.problem}")
    return drawn


def _case(rng: random.Random, equation: str, T: int, t: int, loss: Loss) -> Call:
    while True:
        problem, states, signals = _draw(rng, T, loss)
        call = _call(problem, states, signals, equation, None if equation == "w_xi_bar" else t)
        if abs(call.want) >= FLOOR:
            break
    second = (
        gradient_w_xi_by_differences(problem)
        if call.t is None
        else error_signal_by_differences(problem, states, equation.removesuffix("_bar"), t)
    )
    if not close(second, call.want, AGREEMENT, AGREEMENT):
        raise Disagreement(f"{equation} of {problem}: {call.want!r} by the complex step, {second!r} by differences")
    return call
