"""Programs that run the network again, as people write them: none passes, and each is told.

They are written here anew, in Python floats, complex numbers and dual numbers; nothing of the judge is in them.
"""

# The names are the homework's letters.
# ruff: noqa: N806

from __future__ import annotations

import cmath
import math
import random
from collections.abc import Callable

import pytest

from autograder.maths.lstm import problems
from autograder.maths.lstm.problems import EQUATIONS, SIGNALS

SEEDS = 100


class Dual:
    """a + b e with e e = 0: forward mode."""

    def __init__(self, a, b=0.0):
        self.a, self.b = a, b

    def __add__(self, other):
        other = dual(other)
        return Dual(self.a + other.a, self.b + other.b)

    def __mul__(self, other):
        other = dual(other)
        return Dual(self.a * other.a, self.a * other.b + self.b * other.a)

    __radd__, __rmul__ = __add__, __mul__


def dual(value):
    return value if isinstance(value, Dual) else Dual(value)


def tanh(z):
    if isinstance(z, Dual):
        return Dual(math.tanh(z.a), (1 - math.tanh(z.a) ** 2) * z.b)
    return cmath.tanh(z) if isinstance(z, complex) else math.tanh(z)


def sigma(z):
    return 0.5 + 0.5 * tanh(0.5 * z)


def run(call, start, nudge, truly):
    """The loss from `start` + 1 on, with the asked node nudged; `truly`: every step from the true h(t-1), c(t-1)."""
    s, w, t = call.states, call.problem.weights, call.t
    name = call.equation.removesuffix("_bar")
    h, c, loss, wxi = s.h[start], s.c[start], 0.0, w.xi + (nudge if t is None else 0.0)
    for n in range(start + 1, s.T + 1):
        at = {v: nudge if v == name and n == t else 0.0 for v in SIGNALS}
        if truly:  # the value that s tells, and the slope that was carried
            h, c = moved(h, s.h[n - 1]), moved(c, s.c[n - 1])
        i = sigma(wxi * s.x[n] + w.hi * h) + at["i"]
        f = sigma(w.xf * s.x[n] + w.hf * h) + at["f"]
        o = sigma(w.xo * s.x[n] + w.ho * h) + at["o"]
        g = tanh(w.xg * s.x[n] + w.hg * h) + at["g"]
        c = f * c + i * g + at["c"]
        h = o * tanh(c) + at["h"]
        loss = loss + s.dL_dh[n] * h
    return loss


def moved(value, true):
    """The true value, with the slope that was carried."""
    return Dual(true, value.b) if isinstance(value, Dual) else true


def central(eps) -> Callable:
    return lambda call, start: (run(call, start, eps, False) - run(call, start, -eps, False)) / (2 * eps)


PROGRAMS: dict[str, Callable] = {
    **{f"central differences of {eps:g}": central(eps) for eps in (1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7)},
    "forward differences": lambda call, start: (run(call, start, 1e-6, False) - run(call, start, 0.0, False)) / 1e-6,
    "complex step": lambda call, start: run(call, start, 1e-30j, False).imag / 1e-30,
    "dual numbers": lambda call, start: dual(run(call, start, Dual(0.0, 1.0), False)).b,
    "dual numbers, every step from s": lambda call, start: dual(run(call, start, Dual(0.0, 1.0), True)).b,
}
COARSE = "central differences of 0.01"  # too far from any derivative to be told at every seed
STARTS: dict[str, Callable] = {
    "from index 0": lambda call: 0,
    "from t - 1": lambda call: 0 if call.t is None else call.t - 1,
}


def simulated(calls, start, program):
    return [program(call, start(call)) for call in calls]


@pytest.mark.parametrize("equation", EQUATIONS)
def test_no_program_that_runs_the_network_again_passes_and_each_is_told(equation):
    least = math.inf
    for seed in range(SEEDS):
        calls = problems.cases(random.Random(f"{seed}:{equation}"), equation)
        for begun, start in STARTS.items():
            for name, program in PROGRAMS.items():
                values = simulated(calls, start, program)
                right, _ = problems.judged(calls, values)
                assert not all(right), (seed, begun, name)
                told = problems.reruns_the_network(calls, values)
                assert told or name == COARSE, (seed, begun, name)
                errors = [abs(v - call.want) / abs(call.want) for v, call in zip(values, calls, strict=True)]
                least = min(least, max(errors))
    assert least > 0.1  # the smallest worst error of a program


@pytest.mark.parametrize("equation", EQUATIONS)
def test_the_programs_are_right_where_nothing_is_undisclosed(equation):
    """They fail by the undisclosed input alone: without it every one of them is a right derivative."""
    for seed in range(3):
        T = 5
        t = None if equation == "w_xi_bar" else 3
        call = problems.call_for(problems.sample_problem(random.Random(seed), T), equation, t)
        for start in STARTS.values():
            for name, program in PROGRAMS.items():
                near = 3e-2 if "differences" in name else 1e-12
                assert simulated([call], start, program)[0] == pytest.approx(call.want, rel=near), name


@pytest.mark.parametrize("equation", EQUATIONS)
def test_true_values_and_values_nearly_true_are_no_network_run_again(equation):
    for seed in range(SEEDS):
        calls = problems.cases(random.Random(seed), equation)
        for factor in (1.0, 1 + 1e-8, 1.001, -1.0, 0.5, 0.0):
            assert not problems.reruns_the_network(calls, [factor * call.want for call in calls])
        assert not problems.reruns_the_network(calls, [math.nan] * len(calls))
