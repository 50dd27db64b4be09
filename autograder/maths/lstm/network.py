"""The univariate LSTM of question 2 and its error signals without one line of back-propagation.

    i(t), f(t), o(t) = sigma(w_x* x(t) + w_h* h(t-1))        g(t) = tanh(w_xg x(t) + w_hg h(t-1))
    c(t) = f(t) c(t-1) + i(t) g(t)                           h(t) = o(t) tanh(c(t))

The error signal of a node v(t) is the total derivative dL/dv(t). It is found by nudging that node and running the rest
of the network: by the complex step `Im L(v + i eps) / eps`, exact to rounding (Squire and Trapp 1998), and by central
differences as a second opinion. So this module can check the equations of 2.1 and 2.2 and contains none of them.

Index 0 holds the initial state: h(0), c(0), x(0) = 0, and the gates at their value for zero input (1/2, and 0 for g).
Index T+1 holds the true next state for x(T+1) = 0.
"""

# The names are the homework's letters.
# ruff: noqa: N806, N815

from __future__ import annotations

import cmath
import math
from collections.abc import Callable
from typing import TypeVar

import msgspec

N = TypeVar("N", float, complex)

SIGNALS = ("h", "c", "g", "o", "f", "i")
EPS = 1e-30
STEP = 1e-5


class Weights(msgspec.Struct, frozen=True):
    """w_xi, w_hi, ..., w_hg: one weight for each gate from the input x and from the hidden state h; no biases."""

    xi: float
    hi: float
    xf: float
    hf: float
    xo: float
    ho: float
    xg: float
    hg: float


class Problem(msgspec.Struct, frozen=True):
    """Weights, inputs x(1..T), initial state, and dL_dh: the direct dependence of the loss on h(1..T)."""

    weights: Weights
    x: tuple[float, ...]
    h0: float
    c0: float
    dL_dh: tuple[float, ...]

    @property
    def T(self) -> int:  # noqa: N802
        return len(self.x)


class States(msgspec.Struct, frozen=True):
    """Forward pass: each a tuple over t = 0..T+1; dL_dh is 0 at 0 and T+1."""

    x: tuple[float, ...]
    i: tuple[float, ...]
    f: tuple[float, ...]
    o: tuple[float, ...]
    g: tuple[float, ...]
    c: tuple[float, ...]
    h: tuple[float, ...]
    dL_dh: tuple[float, ...]
    T: int


class Signals(msgspec.Struct, frozen=True):
    """Error signals dL/dv(t): each a tuple over t = 0..T+1, 0 at T+1; the gates of index 0 feed nothing and have 0."""

    h: tuple[float, ...]
    c: tuple[float, ...]
    g: tuple[float, ...]
    o: tuple[float, ...]
    f: tuple[float, ...]
    i: tuple[float, ...]


def sigma(z: float) -> float:
    """1 / (1 + exp(-z)), without overflow."""
    return 1 / (1 + math.exp(-z)) if z >= 0 else 1 - 1 / (1 + math.exp(z))


class Step(msgspec.Struct, frozen=True):
    """The nodes of one step."""

    i: float
    f: float
    o: float
    g: float
    c: float
    h: float


def step(w: Weights, x: float, h: float, c: float) -> Step:
    """The nodes of the step that reads x, from the hidden state h and the cell c before it."""
    i = sigma(w.xi * x + w.hi * h)
    f = sigma(w.xf * x + w.hf * h)
    o = sigma(w.xo * x + w.ho * h)
    g = math.tanh(w.xg * x + w.hg * h)
    c = f * c + i * g
    return Step(i, f, o, g, c, o * math.tanh(c))


def _states(problem: Problem, steps: list[Step]) -> States:
    i, f, o, g, c, h = zip(*((s.i, s.f, s.o, s.g, s.c, s.h) for s in steps), strict=True)
    x, dL_dh = (0.0, *problem.x, 0.0), (0.0, *problem.dL_dh, 0.0)
    return States(x=x, i=i, f=f, o=o, g=g, c=c, h=h, dL_dh=dL_dh, T=problem.T)


def forward(problem: Problem) -> States:
    """Run the network over t = 1..T+1 with x(T+1) = 0."""
    steps = [Step(0.5, 0.5, 0.5, 0.0, problem.c0, problem.h0)]
    for x in (*problem.x, 0.0):
        steps.append(step(problem.weights, x, steps[-1].h, steps[-1].c))
    return _states(problem, steps)


def _loss_after(problem: Problem, t: int, h: N, c: N, w_xi: N, tanh: Callable[[N], N]) -> N:
    """`sum over s = t+1..T of dL_dh(s) h(s)`, when the network goes on from h(t) and c(t).

    sigma(z) = (1 + tanh(z / 2)) / 2, so that one function of C's library serves real and complex numbers.
    """
    w, loss = problem.weights, 0 * h
    hi, xf, hf, xo, ho, xg, hg = w.hi, w.xf, w.hf, w.xo, w.ho, w.xg, w.hg
    for s in range(t, problem.T):
        x = problem.x[s]
        f = 0.5 + 0.5 * tanh(0.5 * (xf * x + hf * h))
        o = 0.5 + 0.5 * tanh(0.5 * (xo * x + ho * h))
        i = 0.5 + 0.5 * tanh(0.5 * (w_xi * x + hi * h))
        c = f * c + i * tanh(xg * x + hg * h)
        h = o * tanh(c)
        loss = loss + problem.dL_dh[s] * h
    return loss


def _loss_with(problem: Problem, s: States, name: str, t: int, nudge: N, tanh: Callable[[N], N]) -> N:
    """The loss from step t on, when `nudge` is added to node `name` of step t and all that follows is run again."""
    none = 0 * nudge
    if name == "h":
        h, c = s.h[t] + nudge, s.c[t] + none
    elif name == "c" and t == 0:
        h, c = s.h[0] + none, s.c[0] + nudge
    else:
        f, i = s.f[t] + (nudge if name == "f" else none), s.i[t] + (nudge if name == "i" else none)
        g, o = s.g[t] + (nudge if name == "g" else none), s.o[t] + (nudge if name == "o" else none)
        c = f * s.c[t - 1] + i * g + (nudge if name == "c" else none)
        h = o * tanh(c)
    return s.dL_dh[t] * h + _loss_after(problem, t, h, c, problem.weights.xi + none, tanh)


def _collect(problem: Problem, signal: Callable[[str, int], float], floor: float | None = None) -> Signals | None:
    """Every error signal of t = 1..T, and those of h(0) and c(0); None once one of t = 1..T is not at least `floor`."""
    found: dict[str, list[float]] = {name: [] for name in SIGNALS}
    for t in range(problem.T, 0, -1):
        for name in SIGNALS:
            value = signal(name, t)
            if floor is not None and not abs(value) >= floor:
                return None
            found[name].append(value)
    for name in SIGNALS:
        found[name].append(signal(name, 0) if name in "hc" else 0.0)
    return Signals(**{name: (*reversed(values), 0.0) for name, values in found.items()})


def error_signals(problem: Problem, states: States | None = None) -> Signals:
    """dL/dv(t) of every node by the complex step, to rounding error."""
    return _known(error_signals_above(None, problem, states or forward(problem)))


def error_signals_above(floor: float | None, problem: Problem, s: States) -> Signals | None:
    """The same, or None as soon as one of t = 1..T is found whose size is not at least `floor`."""
    return _collect(problem, lambda name, t: _loss_with(problem, s, name, t, EPS * 1j, cmath.tanh).imag / EPS, floor)


def _known(signals: Signals | None) -> Signals:
    assert signals is not None  # without a floor none is refused
    return signals


def error_signals_by_differences(problem: Problem, states: States | None = None) -> Signals:
    """dL/dv(t) of every node by central differences, good to about 1e-8."""
    s = states or forward(problem)
    return _known(_collect(problem, lambda name, t: error_signal_by_differences(problem, s, name, t)))


def error_signal_by_differences(problem: Problem, states: States, name: str, t: int) -> float:
    """dL/dv(t) of node `name` of step t by central differences, good to about 1e-8."""
    up = _loss_with(problem, states, name, t, STEP, math.tanh)
    down = _loss_with(problem, states, name, t, -STEP, math.tanh)
    return (up - down) / (2 * STEP)


def gradient_w_xi(problem: Problem) -> float:
    """dL/dw_xi by the complex step."""
    w_xi = problem.weights.xi + EPS * 1j
    h, c = complex(problem.h0), complex(problem.c0)
    return _loss_after(problem, 0, h, c, w_xi, cmath.tanh).imag / EPS


def gradient_w_xi_by_differences(problem: Problem) -> float:
    """dL/dw_xi by central differences."""
    h, c, w_xi = problem.h0, problem.c0, problem.weights.xi
    up = _loss_after(problem, 0, h, c, w_xi + STEP, math.tanh)
    down = _loss_after(problem, 0, h, c, w_xi - STEP, math.tanh)
    return (up - down) / (2 * STEP)
