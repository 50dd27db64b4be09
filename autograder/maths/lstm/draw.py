"""Well-posed problems at random: every mistake shows in them, and every right rewriting is accurate.

c differs from tanh(c) only if |c| is not small; a node computed back from the nodes after it loses digits only near
saturation; no path through the network may vanish, and no error signal may be a small difference of large terms.
"""

# The names are the homework's letters.
# ruff: noqa: N803, N806

from __future__ import annotations

import math
import random
from collections.abc import Collection, Sequence
from math import tanh
from typing import Literal

from msgspec.structs import replace

from autograder.maths.lstm.network import Problem, Signals, States, Step, Weights, first_step, states_of, step
from autograder.maths.lstm.sweep import as_signals, checked, sweep_step

Loss = Literal["every_t", "last_t"]

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


def draw_problem(
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
    problem, _, signals = draw_solved(rng, T, loss, silent, undisclosed)
    checked(problem, signals)
    return problem


def draw_solved(
    rng: random.Random, T: int, loss: Loss, silent: Collection[str] = (), undisclosed: Collection[int] = ()
) -> tuple[Problem, States, Signals]:
    """`draw_problem` with the states and error signals that were found on the way; these are not `checked` yet."""
    for _ in range(TRIES):
        w = Weights(*[_signed(rng, 2.0, 3.0) for _ in range(8)])
        w = replace(w, **dict.fromkeys(silent, 0.0)) if silent else w
        found = _draw_steps(rng, w, T, undisclosed)
        if found is None:
            continue
        steps, x, u = found
        problem = Problem(w, x, steps[0].h, steps[0].c, (0.0,) * T, u if undisclosed else ())
        solved = _draw_loss(rng, problem, states_of(problem, steps), loss)
        if solved is not None:
            return solved
    raise ValueError(f"no well-posed problem of {T} steps in {TRIES} tries")


def _signed(rng: random.Random, low: float, high: float) -> float:
    size = low + (high - low) * rng.random()
    return size if rng.random() < 0.5 else -size


def _tame_step(w: Weights, x: float, h: float, c: float, u: float) -> Step | None:
    """The step that reads x, unless one of its nodes is out of bounds: most often the cell, so that comes first."""
    g = tanh(w.xg * x + w.hg * h)
    if not CANDIDATE[0] <= abs(g) <= CANDIDATE[1]:
        return None
    low, high = GATE
    i, f = 0.5 + 0.5 * tanh(0.5 * (w.xi * x + w.hi * h)), 0.5 + 0.5 * tanh(0.5 * (w.xf * x + w.hf * h))
    cell = f * c + i * g
    if not (CELL[0] <= abs(cell) <= CELL[1] and low <= i <= high and low <= f <= high):
        return None
    o = 0.5 + 0.5 * tanh(0.5 * (w.xo * x + w.ho * h + u))
    return Step(i, f, o, g, cell, o * tanh(cell)) if low <= o <= high else None


def _draw_steps(
    rng: random.Random, w: Weights, T: int, undisclosed: Collection[int]
) -> tuple[list[Step], tuple[float, ...], tuple[float, ...]] | None:
    """Steps 0..T+1 with x(1..T) and u(1..T), none of them saturated; None where a step refuses all inputs."""
    h, c, random = _signed(rng, 0.2, 0.7), _signed(rng, 0.3, 1.2), rng.random
    steps = [first_step(h, c)]
    inputs = []
    limits = (w.xo, w.ho, MOST), (w.xg, w.hg, MOST_G), (w.xi, w.hi, MOST), (w.xf, w.hf, MOST)
    narrow = [(wx, -wh, most / abs(wx)) for wx, wh, most in limits if wx]
    wide = narrow[1:] if w.xo else narrow
    for n in range(1, T + 1):
        apart = n in undisclosed
        low, high = _unsaturated(wide if apart else narrow, h)
        for _ in range(INPUTS if low < high else 0):
            x = low + (high - low) * random()
            if -INPUT[0] < x < INPUT[0]:
                continue
            u = _draw_undisclosed(rng, w.xo * x + w.ho * h) if apart else 0.0
            nodes = _tame_step(w, x, h, c, u)
            if nodes is not None:
                break
        else:
            return None
        steps.append(nodes)
        inputs.append((x, u))
        h, c = nodes.h, nodes.c
    steps.append(step(w, 0.0, h, c))
    xs, us = zip(*inputs, strict=True)
    return steps, xs, us


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


def _draw_undisclosed(rng: random.Random, z: float) -> float:
    """An input that moves the output gate from sigma(z) to somewhere at least MOVED away, within GATE."""
    plain = 0.5 + 0.5 * tanh(0.5 * z)
    low, high = (plain + MOVED, GATE[1]) if plain < 0.5 else (GATE[0], plain - MOVED)
    moved = low + (high - low) * rng.random()
    return math.log(moved / (1 - moved)) - z


def _draw_loss(
    rng: random.Random, problem: Problem, states: States, loss: Loss
) -> tuple[Problem, States, Signals] | None:
    """A loss for this network, drawn from T back, that keeps every error signal above FLOOR; None where none does."""
    w, u, steps, dL_dh = problem.weights, problem.u, [], []
    h, c = 0.0, 0.0
    for n in range(problem.T, 0, -1):
        for _ in range(LOSSES):
            direct = _signed(rng, 0.5, 1.5) if loss == "every_t" or n == problem.T else 0.0
            if abs(h + direct) >= FLOOR:
                signals, before = sweep_step(w, states, n, u[n - 1], (h + direct, c))
                if min(map(abs, signals)) >= FLOOR:
                    break
            if not direct:
                return None
        else:
            return None
        steps.append(signals)
        dL_dh.append(direct)
        h, c = before
    drawn = tuple(reversed(dL_dh))
    problem = replace(problem, dL_dh=drawn)
    return problem, replace(states, dL_dh=(0.0, *drawn, 0.0)), as_signals(steps, (h, c))
