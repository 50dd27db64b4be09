"""The univariate LSTM and its error signals without one line of back-propagation.

    i(t), f(t), o(t) = sigma(w_x* x(t) + w_h* h(t-1))        g(t) = tanh(w_xg x(t) + w_hg h(t-1))
    c(t) = f(t) c(t-1) + i(t) g(t)                           h(t) = o(t) tanh(c(t))

The output gate may have a further, undisclosed input u(t): o(t) = sigma(w_xo x(t) + w_ho h(t-1) + u(t)). The states
show what it did, the weights do not. So a network that is run again from weights and inputs is another network, while
every equation in states and error signals stays exact.

The error signal of a node v(t) is the total derivative dL/dv(t). It is found by nudging that node and running the rest
of the network: by the complex step `Im L(v + i eps) / eps`, exact to rounding (Squire and Trapp 1998), and by central
differences as a second opinion. So this module can check the equations of back-propagation and contains none of them.

Index 0 holds the initial state: h(0), c(0), x(0) = 0, and the gates at their value for zero input (1/2, and 0 for g).
Index T+1 holds the true next state for x(T+1) = 0.
"""

# The names are the homework's letters.
# ruff: noqa: N806, N815

from __future__ import annotations

import cmath
import math
from collections.abc import Callable, Sequence
from typing import TypeVar

import msgspec

N = TypeVar("N", float, complex)

SIGNALS = ("h", "c", "g", "o", "f", "i")
EPS = 1e-30
STEP = 1e-5


class Disagreement(ArithmeticError):
    """Two ways to the same derivative differ: the fault is in this package, never in an answer."""


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
    """Weights, inputs x(1..T), initial state, and dL_dh: the direct dependence of the loss on h(1..T).

    undisclosed: a further input of the output gate at steps 1..T, which a student is not told; () if there is none.
    """

    weights: Weights
    x: tuple[float, ...]
    h0: float
    c0: float
    dL_dh: tuple[float, ...]
    undisclosed: tuple[float, ...] = ()

    @property
    def T(self) -> int:  # noqa: N802
        return len(self.x)

    @property
    def u(self) -> tuple[float, ...]:
        """The undisclosed input of steps 1..T, zeros if there is none."""
        return self.undisclosed or (0.0,) * len(self.x)


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
    """1 / (1 + exp(-z)) = (1 + tanh(z / 2)) / 2, without overflow."""
    return 0.5 + 0.5 * math.tanh(0.5 * z)


class Step(msgspec.Struct, frozen=True):
    """The nodes of one step."""

    i: float
    f: float
    o: float
    g: float
    c: float
    h: float


# The nodes of one step in the order of `Step`: a grading draws and sweeps thousands of them.
Nodes = tuple[float, float, float, float, float, float]


def step(w: Weights, x: float, h: float, c: float, u: float = 0.0) -> Step:
    """The nodes of the step that reads x, from the hidden state h and the cell c before it; u is undisclosed."""
    return Step(*nodes_of(w, x, h, c, u))


def nodes_of(w: Weights, x: float, h: float, c: float, u: float = 0.0) -> Nodes:
    """`step` as plain numbers."""
    i = sigma(w.xi * x + w.hi * h)
    f = sigma(w.xf * x + w.hf * h)
    o = sigma(w.xo * x + w.ho * h + u)
    g = math.tanh(w.xg * x + w.hg * h)
    c = f * c + i * g
    return i, f, o, g, c, o * math.tanh(c)


def first_nodes(h: float, c: float) -> Nodes:
    """Index 0: the initial state, and the gates at their value for zero input."""
    return 0.5, 0.5, 0.5, 0.0, c, h


def states_of(problem: Problem, nodes: Sequence[Nodes]) -> States:
    """The steps 0..T+1 of a network as arrays, with the problem's x and dL_dh."""
    i, f, o, g, c, h = zip(*nodes, strict=True)
    x, dL_dh = (0.0, *problem.x, 0.0), (0.0, *problem.dL_dh, 0.0)
    return States(x, i, f, o, g, c, h, dL_dh, problem.T)


def forward(problem: Problem) -> States:
    """Runs the network over t = 1..T+1 with x(T+1) = 0."""
    nodes = [first_nodes(problem.h0, problem.c0)]
    for x, u in zip((*problem.x, 0.0), (*problem.u, 0.0), strict=True):
        *_, c, h = nodes[-1]
        nodes.append(nodes_of(problem.weights, x, h, c, u))
    return states_of(problem, nodes)


def _loss_after(problem: Problem, t: int, h: N, c: N, w_xi: N, tanh: Callable[[N], N]) -> N:
    """`sum over s = t+1..T of dL_dh(s) h(s)`, when the network goes on from h(t) and c(t).

    sigma(z) = (1 + tanh(z / 2)) / 2, so that one function of C's library serves real and complex numbers; the gates'
    weights are halved first, which is exact.
    """
    w, loss = problem.weights, 0 * h
    xi, hi, xf, hf, xo, ho = 0.5 * w_xi, 0.5 * w.hi, 0.5 * w.xf, 0.5 * w.hf, 0.5 * w.xo, 0.5 * w.ho
    xg, hg = w.xg, w.hg
    for x, u, dL_dh in zip(problem.x[t:], problem.u[t:], problem.dL_dh[t:], strict=True):
        f = 0.5 + 0.5 * tanh(xf * x + hf * h)
        o = 0.5 + 0.5 * tanh(xo * x + ho * h + 0.5 * u)
        i = 0.5 + 0.5 * tanh(xi * x + hi * h)
        c = f * c + i * tanh(xg * x + hg * h)
        h = o * tanh(c)
        loss = loss + dL_dh * h
    return loss


def _loss_with(problem: Problem, s: States, name: str, t: int, nudge: N, tanh: Callable[[N], N]) -> N:
    """The loss from step t on, when `nudge` is added to node `name` of step t and all that follows is run again."""
    nodes = s.i[t], s.f[t], s.o[t], s.g[t], s.c[t], s.h[t]
    return _loss_from(problem, t, nodes, s.c[t - 1] if t else 0.0, name, nudge, tanh)


def _loss_from(
    problem: Problem, t: int, nodes: Nodes, c_before: float, name: str, nudge: N, tanh: Callable[[N], N]
) -> N:
    """The same of a network that has these nodes at step t, and this cell before it."""
    by = {name: nudge}.get
    if name == "h" or t == 0:
        h, c = nodes[5] + by("h", 0), nodes[4] + by("c", 0)
    else:
        i, f, o, g = nodes[0] + by("i", 0), nodes[1] + by("f", 0), nodes[2] + by("o", 0), nodes[3] + by("g", 0)
        c = f * c_before + i * g + by("c", 0)
        h = o * tanh(c)
    direct = problem.dL_dh[t - 1] if t else 0.0
    return direct * h + _loss_after(problem, t, h, c, problem.weights.xi, tanh)


def _collect(problem: Problem, signal: Callable[[str, int], float]) -> Signals:
    """Every error signal of t = 1..T, and those of h(0) and c(0)."""
    first = {name: signal(name, 0) if name in "hc" else 0.0 for name in SIGNALS}
    steps = range(1, problem.T + 1)
    return Signals(**{name: (first[name], *(signal(name, t) for t in steps), 0.0) for name in SIGNALS})


def error_signals(problem: Problem, states: States | None = None) -> Signals:
    """dL/dv(t) of every node by the complex step, to rounding error; its time grows with T squared."""
    s = states or forward(problem)
    return _collect(problem, lambda name, t: error_signal(problem, s, name, t))


def error_signal(problem: Problem, states: States, name: str, t: int) -> float:
    """dL/dv(t) of node `name` of step t by the complex step, to rounding error."""
    return _loss_with(problem, states, name, t, EPS * 1j, cmath.tanh).imag / EPS


def error_signal_from(problem: Problem, t: int, nodes: Nodes, c_before: float, name: str) -> float:
    """The same of a network that has these nodes at step t, and this cell before it."""
    return _loss_from(problem, t, nodes, c_before, name, EPS * 1j, cmath.tanh).imag / EPS


def error_signals_by_differences(problem: Problem, states: States | None = None) -> Signals:
    """dL/dv(t) of every node by central differences, good to about 1e-8."""
    s = states or forward(problem)
    return _collect(problem, lambda name, t: error_signal_by_differences(problem, s, name, t))


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
