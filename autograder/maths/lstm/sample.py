"""Well-posed problems at random: every mistake shows in them, and every right rewriting is accurate.

c differs from tanh(c) only if |c| is not small; a node computed back from the nodes after it loses digits only near
saturation; no path through the network may vanish, and no error signal may be a small difference of large terms.
"""

# The names are the homework's letters.
# ruff: noqa: N803, N806

from __future__ import annotations

import math
import random
from collections.abc import Callable, Collection, Sequence
from math import tanh
from typing import Literal

from msgspec.structs import replace

from autograder.maths.lstm.network import (
    Nodes,
    Problem,
    Signals,
    States,
    Weights,
    first_nodes,
    nodes_of,
    states_of,
)
from autograder.maths.lstm.sweep import as_signals, checked, sweep_step

Loss = Literal["every_t", "last_t"]
Random = Callable[[], float]  # the `random` of a generator

GATE = (0.05, 0.95)
CANDIDATE = (0.1, 0.97)
CELL = (0.2, 1.8)
FLOOR = 5e-3
MOVED = 0.3  # what the undisclosed input adds to the output gate, or takes from it, at least
TRIES = 20_000
INPUT = (0.2, 1.2)
MOST, MOST_G = math.log(GATE[1] / GATE[0]), math.atanh(CANDIDATE[1])  # |pre-activations|
INPUTS = 20  # tries of x(t), before the weights are drawn anew
LOSSES = 6  # tries of dL/dh(t)


def sample_problem(
    rng: random.Random,
    T: int,
    loss: Loss = "every_t",
    silent: Collection[str] = (),
    undisclosed: Collection[int] = (),
) -> Problem:
    """A random well-posed problem of T >= 1 steps.

    |weights| in 2..3, |x| in 0.2..1.2, |c(0)| in 0.3..1.2, |h(0)| in 0.2..0.7, |dL_dh| in 0.5..1.5, all with random
    signs; gates, g and c inside GATE, CANDIDATE and CELL; every error signal of t = 1..T at least FLOOR.
    loss: "every_t", or "last_t" (dL_dh is 0 before T). silent: weights that are 0 ("hf"), which shuts their path.
    undisclosed: steps at which the output gate has an input that moves it by at least MOVED.
    Raises ValueError if there seems to be none (far more steps than about twelve).
    """
    problem, _, signals = sample_solved(rng, T, loss, silent, undisclosed)
    checked(problem, signals)
    return problem


def sample_solved(
    rng: random.Random, T: int, loss: Loss, silent: Collection[str] = (), undisclosed: Collection[int] = ()
) -> tuple[Problem, States, Signals]:
    """`sample_problem` with the states and error signals that were found on the way; these are not `checked` yet."""
    random = rng.random
    for _ in range(TRIES):
        w = Weights(*[_signed(random, 2.0, 3.0) for _ in range(8)])
        w = replace(w, **dict.fromkeys(silent, 0.0)) if silent else w
        found = _sample_steps(random, w, T, undisclosed)
        if found is None:
            continue
        nodes, x, u = found
        network = Problem(w, x, nodes[0][5], nodes[0][4], (0.0,) * T, u if undisclosed else ())
        solved = _sample_loss(random, network, nodes, loss)
        if solved is not None:
            return solved
    raise ValueError(f"no well-posed problem of {T} steps in {TRIES} tries")


def _signed(random: Random, low: float, high: float) -> float:
    size = low + (high - low) * random()
    return size if random() < 0.5 else -size


def _sample_steps(
    random: Random, w: Weights, T: int, undisclosed: Collection[int]
) -> tuple[list[Nodes], tuple[float, ...], tuple[float, ...]] | None:
    """Steps 0..T+1 with x(1..T) and u(1..T), none of them saturated; None where a step refuses all inputs."""
    h, c = _signed(random, 0.2, 0.7), _signed(random, 0.3, 1.2)
    steps = [first_nodes(h, c)]
    inputs = []
    limits = (w.xo, w.ho, MOST), (w.xg, w.hg, MOST_G), (w.xi, w.hi, MOST), (w.xf, w.hf, MOST)
    narrow = [(wx, -wh, most / abs(wx)) for wx, wh, most in limits if wx]
    wide = narrow[1:] if w.xo else narrow
    for n in range(1, T + 1):
        apart = n in undisclosed
        low, high = _unsaturated(wide if apart else narrow, h)
        found = _sample_step(random, w, h, c, (low, high), apart) if low < high else None
        if found is None:
            return None
        nodes, x, u = found
        steps.append(nodes)
        inputs.append((x, u))
        c, h = nodes[4], nodes[5]
    steps.append(nodes_of(w, 0.0, h, c))
    xs, us = zip(*inputs, strict=True)
    return steps, xs, us


def _sample_step(
    random: Random, w: Weights, h: float, c: float, interval: tuple[float, float], apart: bool
) -> tuple[Nodes, float, float] | None:
    """A step whose nodes are all in their bounds, its x and its undisclosed input; the node that fails most is first.

    A grading tries near two thousand inputs, so it is one function without another call, and looks no name up twice.
    """
    xi, hi, xf, hf, xo, ho, xg, hg = w.xi, w.hi * h, w.xf, w.hf * h, w.xo, w.ho * h, w.xg, w.hg * h
    low, width = interval[0], interval[1] - interval[0]
    least, most = GATE
    (g_least, g_most), (c_least, c_most), smallest = CANDIDATE, CELL, INPUT[0]
    for _ in range(INPUTS):
        x = low + width * random()
        if -smallest < x < smallest:
            continue
        toss = random() if apart else 0.0
        g = tanh(xg * x + hg)
        if not g_least <= abs(g) <= g_most:
            continue
        i, f = 0.5 + 0.5 * tanh(0.5 * (xi * x + hi)), 0.5 + 0.5 * tanh(0.5 * (xf * x + hf))
        cell = f * c + i * g
        if not (c_least <= abs(cell) <= c_most and least <= i <= most and least <= f <= most):
            continue
        u = _undisclosed(xo * x + ho, toss) if apart else 0.0
        o = 0.5 + 0.5 * tanh(0.5 * (xo * x + ho + u))
        if least <= o <= most:
            return (i, f, o, g, cell, o * tanh(cell)), x, u
    return None


def _unsaturated(limits: Sequence[tuple[float, float, float]], h: float) -> tuple[float, float]:
    """The interval of x in which nothing saturates. limits: w_x*, -w_h*, and |pre-activation / w_x*| at most."""
    low, high = -INPUT[1], INPUT[1]
    for wx, minus_wh, half in limits:
        middle = minus_wh * h / wx
        if middle - half > low:
            low = middle - half
        if middle + half < high:
            high = middle + half
    return low, high


def _undisclosed(z: float, toss: float) -> float:
    """An input that moves the output gate from sigma(z) to at least MOVED away, within GATE: where, says `toss`."""
    plain = 0.5 + 0.5 * tanh(0.5 * z)
    low, high = (plain + MOVED, GATE[1]) if plain < 0.5 else (GATE[0], plain - MOVED)
    moved = low + (high - low) * toss
    return math.log(moved / (1 - moved)) - z


def _sample_loss(
    random: Random, network: Problem, nodes: list[Nodes], loss: Loss
) -> tuple[Problem, States, Signals] | None:
    """A loss for this network, drawn from T back, that keeps every error signal above FLOOR; None where none does."""
    w, x, u, T = network.weights, network.x, network.u, network.T
    steps, dL_dh = [], []
    h, c = 0.0, 0.0
    for n in range(T, 0, -1):
        for _ in range(LOSSES):
            direct = _signed(random, 0.5, 1.5) if loss == "every_t" or n == T else 0.0
            if abs(h + direct) >= FLOOR:
                signals, before = sweep_step(w, nodes[n - 1], nodes[n], x[n - 1], u[n - 1], (h + direct, c))
                if min(map(abs, signals)) >= FLOOR:
                    break
            if not direct:
                return None
        else:
            return None
        steps.append(signals)
        dL_dh.append(direct)
        h, c = before
    problem = replace(network, dL_dh=tuple(reversed(dL_dh)))
    return problem, states_of(problem, nodes), as_signals(steps, (h, c))
