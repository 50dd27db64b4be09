"""The judge of question 2 against planted equations, at many seeds: every right one is full, every wrong one fails."""

from __future__ import annotations

import random
from types import SimpleNamespace

import numpy as np
import pytest

import reference.lstm_gradient as solution
from autograder.maths.lstm import problems as lstm
from reference.diagnosis.lstm.terms import arguments
from tests.homework.lstm_planted import IMPRECISE, RIGHT, WRONG

SEEDS = 25
EXPONENTIAL = "def h(n):"  # without memory: asked at one seed, since each takes a second or so
RIGHT_FUNCTIONS = SimpleNamespace(**{name: getattr(solution, name) for name in lstm.EQUATIONS})


def function(equation, body):
    """The planted function; a body of one line is what it returns."""
    lines = body.strip("\n").split("\n")
    if len(lines) == 1 and not lines[0].startswith("return "):
        lines = [f"return {lines[0]}"]
    names = {"np": np, "right": RIGHT_FUNCTIONS}
    head = "s, bar, w" if equation == "w_xi_bar" else "t, s, bar, w"
    exec(compile(f"def planted({head}):\n" + "".join(f"    {line}\n" for line in lines), equation, "exec"), names)
    return names["planted"]


def calls_of(seed):
    """Equation -> its calls with what a student's function is given."""
    return {
        equation: [(call, arguments(call)) for call in lstm.cases(random.Random(f"{seed}:{equation}"), equation)]
        for equation in lstm.EQUATIONS
    }


@pytest.fixture(scope="module")
def asked():
    """The calls of every seed."""
    return [calls_of(seed) for seed in range(SEEDS)]


def verdict(calls, planted):
    """Whether every value is right, the note, and the largest relative error."""
    with np.errstate(all="ignore"):
        values = [float(planted(*given)) for _, given in calls]
    right, note = lstm.judged([call for call, _ in calls], values)
    worst = max(abs(v - call.want) / abs(call.want) for v, (call, _) in zip(values, calls, strict=True))
    return all(right), note, worst


@pytest.mark.parametrize(("equation", "body"), RIGHT)
def test_a_right_equation_is_full_at_every_seed(asked, equation, body):
    planted = function(equation, body)
    for calls in asked[: 1 if EXPONENTIAL in body else SEEDS]:
        full, note, worst = verdict(calls[equation], planted)
        assert (full, note) == (True, "")
        assert worst < 3e-13


@pytest.mark.parametrize(("equation", "body"), IMPRECISE)
def test_float32_and_rounded_values_are_full_with_a_note(asked, equation, body):
    planted = function(equation, body)
    for calls in asked:
        full, note, _ = verdict(calls[equation], planted)
        assert full
        assert note.startswith(("float32", "rounded to "))


@pytest.mark.parametrize(("equation", "body"), WRONG)
def test_a_wrong_equation_fails_at_every_seed(asked, equation, body):
    planted = function(equation, body)
    for calls in asked:
        assert not verdict(calls[equation], planted)[0]


@pytest.mark.certify
def test_every_planted_equation_at_500_seeds():
    right, wrong = (
        [(e, function(e, body)) for e, body in forms if EXPONENTIAL not in body] for forms in (RIGHT, WRONG)
    )
    worst = 0.0
    for seed in range(1_000, 1_500):
        calls = calls_of(seed)
        for equation, planted in right:
            full, _, error = verdict(calls[equation], planted)
            assert full, seed
            worst = max(worst, error)
        for equation, planted in wrong:
            assert not verdict(calls[equation], planted)[0], seed
    assert worst < 5e-13
