"""Hints on a wrong equation are true: what is said of sign, factor, steps and inputs is so of the planted mistake."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence

import pytest

from autograder.maths.lstm.hints import depends, hints, local_value, local_values
from autograder.maths.lstm.problems import EQUATIONS, Call, cases, judged

Value = Callable[[Call], float]


def said(equation: str, value: Value, seed: int = 3) -> str:
    """The hints on an equation that gives these values."""
    calls = cases(random.Random(seed), equation)

    def ask(asked: Sequence[Call]) -> list[float]:
        return [value(call) for call in asked]

    values = ask(calls)
    right, _ = judged(calls, values)
    return "\n".join(hints(calls, values, right, ask))


@pytest.mark.parametrize("equation", EQUATIONS)
@pytest.mark.parametrize("seed", range(4))
def test_the_signals_nearest_to_a_node_give_its_true_value(equation: str, seed: int) -> None:
    for call in cases(random.Random(seed), equation):
        assert math.isclose(local_value(call), call.want, rel_tol=1e-11)


@pytest.mark.parametrize("equation", EQUATIONS)
def test_a_wrong_sign_is_told(equation: str) -> None:
    found = said(equation, lambda call: -local_value(call))
    assert "sign: yours is the true value with the other sign, at every problem." in found
    assert "steps: it is right at none of the problems." in found
    assert "inputs: yours depends on the right ones" in found


@pytest.mark.parametrize("factor", [2.0, 0.5, -3.0, 1e-3])
def test_a_constant_factor_is_told(factor: float) -> None:
    assert f"factor: yours is {factor:.6g} times the true value" in said("c_bar", lambda c: factor * local_value(c))


def test_a_value_that_is_always_zero_is_a_factor() -> None:
    found = said("f_bar", lambda call: 0.0)
    assert "factor: yours is 0 times the true value, at every problem." in found
    assert "inputs: yours depends on none of its inputs." in found


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (lambda c: local_value(c) * c.problem.weights.xi, "the true value times w.xi,"),
        (lambda c: local_value(c) / c.problem.weights.hf, "the true value divided by w.hf,"),
        (lambda c: local_value(c) * c.states.f[c.t], "the true value times s.f[t],"),
        (lambda c: local_value(c) * c.states.x[c.t], "the true value times s.x[t],"),
    ],
)
def test_a_factor_that_is_an_input_is_named(wrong: Value, told: str) -> None:
    assert f"factor: yours is {told}" in said("i_bar", wrong)


def test_a_sign_that_is_wrong_here_and_there_is_told() -> None:
    found = said("g_bar", lambda call: abs(local_value(call)))
    assert "sign: only the sign is wrong, at " in found


def test_the_wrong_step_of_an_input_is_told() -> None:
    found = said("f_bar", lambda call: call.signals.c[call.t] * call.states.c[call.t])
    assert "inputs: yours depends on s.c[t], bar.c[t]." in found
    assert "inputs: written so, yours lacks s.c[t - 1]." in found
    assert "factor: no single one" in found


def test_a_lost_term_from_the_next_step_is_told() -> None:
    found = said("c_bar", lambda c: local_value(c) - c.signals.c[c.t + 1] * c.states.f[c.t + 1])
    assert "with t = T, where nothing comes back from step t + 1." in found
    assert "yours lacks s.f[t + 1], bar.c[t + 1]." in found


def test_a_signal_that_must_not_be_read_is_named() -> None:
    found = said("f_bar", lambda call: call.signals.f[call.t])
    assert "sign and factor: some of your values are not finite." in found
    assert "inputs: yours depends on bar.f[t]." in found


def test_a_sum_that_forgets_an_input_is_told() -> None:
    found = said("w_xi_bar", lambda call: sum(call.signals.i))
    assert "inputs: yours depends on bar.i[0..T + 1]." in found
    assert "yours lacks s.x[1..T], s.i[1..T]." in found


def test_a_value_that_is_another_each_time_is_told() -> None:
    rng = random.Random(1)
    assert "does not give the same number" in said("o_bar", lambda call: rng.random())


def test_one_way_is_not_called_the_only_one() -> None:
    """Two right forms: the inputs that are named are said to be those of one way."""
    found = said("o_bar", lambda call: -call.signals.h[call.t] * call.states.h[call.t] / call.states.o[call.t])
    assert "inputs: one way to write the true value depends on s.c[t], bar.h[t]." in found


@pytest.mark.parametrize("equation", EQUATIONS)
def test_a_dependence_is_found_for_every_input_and_no_other(equation: str) -> None:
    """Planted: the sum of a few inputs of the call depends on these and on nothing else."""
    rng = random.Random(equation)
    call = next(call for call in cases(rng, equation) if call.states.T >= 4)
    records = {"s": call.states, "bar": call.signals}
    for _ in range(5):
        record = rng.choice(["s", "bar"])
        field = rng.choice([name for name in records[record].__struct_fields__ if name != "T"])
        step = rng.randrange(call.states.T + 2)

        def value(asked: Call, record: str = record, field: str = field, step: int = step) -> float:
            found = getattr(asked.states if record == "s" else asked.signals, field)[step]
            return 7.0 if math.isnan(found) else found

        found = depends(call, lambda several, value=value: [value(one) for one in several])
        assert found in ([(record, field, step)], [])
        assert found or math.isnan(getattr(records[record], field)[step])


def test_a_call_that_gives_no_number_depends_on_what_makes_it_so() -> None:
    call = cases(random.Random(1), "f_bar")[-1]
    found = depends(call, lambda several: [None if one.states.x[1] != call.states.x[1] else 1.0 for one in several])
    assert found == [("s", "x", 1)]


def test_answers_that_break_off_are_no_dependence() -> None:
    call = cases(random.Random(1), "f_bar")[-1]
    assert depends(call, lambda several: [1.0] * 20 + [None] * (len(several) - 20)) is None
    calls = cases(random.Random(1), "f_bar")

    def ask(several: Sequence[Call]) -> list[float | None]:
        return [1.0] * min(len(several), 20) + [None] * (len(several) - 20)

    def no_number(several: Sequence[Call]) -> list[float | None]:
        return [None] * len(several)

    values, wrong = [1.0] * len(calls), [False] * len(calls)
    assert hints(calls, values, wrong, ask)[-1].startswith("inputs: not found, since it does not answer")
    assert hints(calls, values, wrong, no_number)[-1].startswith("inputs: not found, since it gives no number")


def test_a_value_that_is_never_a_number_is_told_as_such() -> None:
    found = said("o_bar", lambda call: math.nan)
    assert "some of your values are not finite" in found
    assert "inputs: yours depends on none of its inputs." in found


def test_local_values_are_those_of_each_call() -> None:
    calls = cases(random.Random(1), "h_bar")
    assert local_values(calls) == [local_value(call) for call in calls]
