"""All error signals of a problem in one sweep from T to 0, for time that grows with T and not with T squared.

A step takes the state (h, c) to the next one. What the loss owes to the state that a step leaves is carried back over
the step by the chain rule; the derivatives of the step itself come from the complex step, node by node. There is no
equation of back-propagation in it. Whoever hands the signals on has them `checked`: the whole network, nudged at every
node at once.
"""

# The names are the homework's letters.
# ruff: noqa: N806

from __future__ import annotations

import random
from cmath import tanh
from collections.abc import Sequence
from functools import lru_cache
from itertools import chain, cycle, islice
from operator import mul

from autograder.maths.lstm.network import EPS, SIGNALS, Disagreement, Nodes, Problem, Signals, States, Weights

J = EPS * 1j
ROUNDING = 1e-10
UNDERFLOW = 1e-250  # signals of this size are lost in the complex step itself

_seeded = random.Random(1998)
_DIRECTION = tuple(_seeded.uniform(0.5, 1.5) * _seeded.choice((-1, 1)) for _ in range(101))  # prime: no two steps alike


# What the loss owes to the state (h, c) that a step leaves: dL/dh and dL/dc, each with the other held fixed.
Owed = tuple[float, float]
# The error signals of one step, in the order of SIGNALS, and what is owed to the state before it. Plain tuples: one is
# made for each of a thousand steps of a grading.
SweptStep = tuple[tuple[float, float, float, float, float, float], Owed]


def sweep_step(w: Weights, last: Nodes, nodes: Nodes, x: float, u: float, owed: Owed) -> SweptStep:
    """One step back: `owed` goes to the state after the step, with its dL_dh in it. u: its undisclosed input.

    It goes on to the cell and to the output gate, of which h is made, and from the cell to what that is made of.
    last: the nodes of the step before.
    """
    H, C = owed
    i, f, o, g, _, _ = nodes
    c, h = last[4], last[5] + J
    squashed = tanh(f * c + i * g + J)  # its real part is that of the cell itself: eps squared is lost in it
    to_cell = H * (o * squashed).imag / EPS + C
    to_o = H * ((o + J) * squashed.real).imag / EPS
    i_then = 0.5 + 0.5 * tanh(0.5 * (w.xi * x + w.hi * h))
    f_then = 0.5 + 0.5 * tanh(0.5 * (w.xf * x + w.hf * h))
    o_then = 0.5 + 0.5 * tanh(0.5 * (w.xo * x + w.ho * h + u))
    cell_then = f_then * c + i_then * tanh(w.xg * x + w.hg * h)
    by = to_cell / EPS
    to_g, to_f, to_i = by * (i * (g + J)).imag, by * ((f + J) * c).imag, by * ((i + J) * g).imag
    before = by * cell_then.imag + to_o / EPS * o_then.imag, by * (f * (c + J)).imag
    return (H, to_cell, to_g, to_o, to_f, to_i), before


def sweep(problem: Problem, states: States) -> Signals:
    """dL/dv(t) of every node, to rounding error, for each step run from the states before it; not `checked` yet."""
    w, x, u = problem.weights, problem.x, problem.u
    nodes = list(zip(states.i, states.f, states.o, states.g, states.c, states.h, strict=True))
    steps: list[tuple[float, ...]] = []
    h, c = 0.0, 0.0
    for n in range(problem.T, 0, -1):
        owed = h + problem.dL_dh[n - 1], c
        signals, (h, c) = sweep_step(w, nodes[n - 1], nodes[n], x[n - 1], u[n - 1], owed)
        steps.append(signals)
    return as_signals(steps, (h, c))


def as_signals(steps: Sequence[tuple[float, ...]], before: Owed) -> Signals:
    """Signals of steps T, T-1, .. 1, and what is owed to the initial state, as arrays over t = 0..T+1."""
    zero = (*before, 0.0, 0.0, 0.0, 0.0)
    columns = zip(zero, *reversed(steps), (0.0,) * 6, strict=True)
    return Signals(*columns)


def checked(problem: Problem, signals: Signals) -> Signals:
    """The signals, if the whole network nudged along a direction agrees. Raises Disagreement if it does not."""
    columns = [getattr(signals, name)[1:-1] for name in SIGNALS]
    values = [signals.h[0], signals.c[0], *chain.from_iterable(zip(*columns, strict=True))]
    products = list(map(mul, cycle(_DIRECTION), values))
    if not abs(_nudged_everywhere(problem) - sum(products)) <= ROUNDING * sum(map(abs, products)) + UNDERFLOW:
        raise Disagreement(f"the error signals of {problem} are not those of the whole network")
    return signals


@lru_cache(maxsize=32)
def _nudges(steps: int) -> tuple[tuple[complex, ...], tuple[tuple[complex, ...], ...]]:
    """What is added to h(0) and c(0), and to the nodes of each step."""
    nudge = (r * J for r in cycle(_DIRECTION))
    return tuple(islice(nudge, 2)), tuple(tuple(islice(nudge, 6)) for _ in range(steps))


def _nudged_everywhere(problem: Problem) -> float:
    """The derivative of the loss along the direction by the complex step, with every node nudged at once.

    In this order: h(0), c(0), then h, c, g, o, f, i of steps 1, 2, ..
    """
    w, loss = problem.weights, 0j
    xi, hi, xf, hf, xo, ho = 0.5 * w.xi, 0.5 * w.hi, 0.5 * w.xf, 0.5 * w.hf, 0.5 * w.xo, 0.5 * w.ho
    xg, hg = w.xg, w.hg
    (by_h, by_c), by_step = _nudges(problem.T)
    h, c = problem.h0 + by_h, problem.c0 + by_c
    for x, u, dL_dh, (by_h, by_c, by_g, by_o, by_f, by_i) in zip(
        problem.x, problem.u, problem.dL_dh, by_step, strict=True
    ):
        i = 0.5 + 0.5 * tanh(xi * x + hi * h) + by_i
        f = 0.5 + 0.5 * tanh(xf * x + hf * h) + by_f
        o = 0.5 + 0.5 * tanh(xo * x + ho * h + 0.5 * u) + by_o
        c = f * c + i * (tanh(xg * x + hg * h) + by_g) + by_c
        h = o * tanh(c) + by_h
        loss += dL_dh * h
    return loss.imag / EPS
