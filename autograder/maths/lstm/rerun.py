"""What a program gives that runs the network again from weights and inputs, in place of an equation in `s` and `bar`.

It differentiates another network: the one without the undisclosed input of the output gate. However it differentiates
(differences, complex step, dual numbers), its values are the derivatives of that network, and so it can be told.
"""

# The names are the homework's letters.

from __future__ import annotations

import math
from cmath import tanh
from collections.abc import Callable

from msgspec.structs import replace

from autograder.maths.lstm.network import (
    EPS,
    Problem,
    States,
    error_signal,
    error_signal_from,
    first_nodes,
    gradient_w_xi,
    nodes_of,
)
from autograder.maths.lstm.sweep import J, sweep

OFF = 0.05
NEAR = 1e-2  # differences with a wide step are no better
Rerun = Callable[[Problem, States, str, int | None], float]


def from_the_start(problem: Problem, states: States, name: str, t: int | None) -> float:
    """dL/dv(t), or dL/dw_xi, of the network that is run from h(0) and c(0) without the undisclosed input."""
    plain = replace(problem, undisclosed=())
    if t is None:
        return gradient_w_xi(plain)
    w, before, nodes = plain.weights, 0.0, first_nodes(plain.h0, plain.c0)
    for x in plain.x[:t]:
        before = nodes[4]
        nodes = nodes_of(w, x, nodes[5], before)
    return error_signal_from(plain, t, nodes, before, name)


def from_the_step_before(problem: Problem, states: States, name: str, t: int | None) -> float:
    """The same for the network that is run from the true h(t-1) and c(t-1); from the start for w_xi.

    Step t itself has no undisclosed input, so its nodes are the true ones.
    """
    plain = replace(problem, undisclosed=())
    return gradient_w_xi(plain) if t is None else error_signal(plain, states, name, t)


def step_by_step(problem: Problem, states: States, name: str, t: int | None) -> float:
    """The same where every step is run from the true h and c of the step before: only the gates are computed again."""
    w, steps = problem.weights, range(1, problem.T + 1)
    again = [nodes_of(w, states.x[n], states.h[n - 1], states.c[n - 1])[2] for n in (*steps, problem.T + 1)]
    signals = sweep(replace(problem, undisclosed=()), replace(states, o=(states.o[0], *again)))
    if t is not None:
        return float(getattr(signals, name)[t])
    gates = (0.5 * tanh(0.5 * ((w.xi + J) * states.x[n] + w.hi * states.h[n - 1])) for n in steps)
    return math.fsum(signals.i[n] * gate.imag / EPS for n, gate in zip(steps, gates, strict=True))


RERUNS: tuple[Rerun, ...] = (from_the_start, from_the_step_before, step_by_step)


def told_apart(problem: Problem, states: States, name: str, t: int | None, want: float) -> bool:
    """Whether each network run again is off by at least `OFF` wherever an undisclosed input reaches it.

    The loss owes h(T) its direct dependence, in every network.
    """
    if not problem.undisclosed or (name == "h" and t == problem.T):
        return True
    before, after = t is None or t > 2, t is not None and t + 2 <= problem.T
    reached = [rerun for rerun, asked in ((from_the_start, before), (from_the_step_before, after)) if asked]
    return all(abs(rerun(problem, states, name, t) - want) >= OFF * abs(want) for rerun in reached)
