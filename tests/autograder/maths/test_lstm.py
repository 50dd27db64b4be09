"""An LSTM: its forward pass, two opinions on every derivative, and problems that are well posed."""
# The names are the homework's letters.
# ruff: noqa: N803

from __future__ import annotations

import math
import random
import struct
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import asdict, replace

from autograder.maths.lstm import problems as lstm
from autograder.maths.lstm import sample
from autograder.maths.lstm.network import error_signal, error_signal_by_differences
from autograder.maths.lstm.problems import EQUATIONS, SIGNALS

SEEDS = st.integers(0, 10**9)
UNIT = st.floats(-1.5, 1.5)


@st.composite
def problems(draw):
    """Any problem of 1 to 5 steps, well posed or not."""
    steps = draw(st.integers(1, 5))
    row = st.tuples(*[UNIT] * steps)
    weights = lstm.Weights(*draw(st.tuples(*[st.floats(-4, 4)] * 8)))
    undisclosed = draw(st.one_of(st.just(()), row))
    return lstm.Problem(weights, draw(row), draw(UNIT), draw(UNIT), draw(row), undisclosed)


@given(problems())
def test_the_forward_pass_obeys_the_homework_at_every_step(problem):
    s, w = lstm.forward(problem), problem.weights
    for t in range(1, s.T + 2):
        for gate in "ifo":
            z = getattr(w, f"x{gate}") * s.x[t] + getattr(w, f"h{gate}") * s.h[t - 1]
            z += problem.u[t - 1] if gate == "o" and t <= s.T else 0
            assert getattr(s, gate)[t] == pytest.approx((1 + math.tanh(z / 2)) / 2, rel=1e-12, abs=1e-15)
        assert s.g[t] == pytest.approx(math.tanh(w.xg * s.x[t] + w.hg * s.h[t - 1]), rel=1e-12)
        assert s.c[t] == pytest.approx(s.f[t] * s.c[t - 1] + s.i[t] * s.g[t], rel=1e-12, abs=1e-15)
        assert s.h[t] == pytest.approx(s.o[t] * math.tanh(s.c[t]), rel=1e-12, abs=1e-15)


@given(problems())
def test_index_0_and_the_one_after_the_last(problem):
    s, bar = lstm.forward(problem), lstm.error_signals(problem)
    assert (s.x[0], s.i[0], s.f[0], s.o[0], s.g[0], s.dL_dh[0]) == (0, 0.5, 0.5, 0.5, 0, 0)
    assert (s.h[0], s.c[0]) == (problem.h0, problem.c0)
    assert (s.x[-1], s.dL_dh[-1]) == (0, 0)
    assert (s.x[1:-1], s.dL_dh[1:-1]) == (problem.x, problem.dL_dh)
    assert {len(v) for v in (s.x, s.i, s.f, s.o, s.g, s.c, s.h, s.dL_dh)} == {problem.T + 2}
    for name in SIGNALS:
        assert len(getattr(bar, name)) == problem.T + 2
        assert getattr(bar, name)[-1] == 0
        assert getattr(bar, name)[0] == 0 or name in "hc"


def test_huge_weights_do_not_overflow():
    problem = lstm.Problem(lstm.Weights(*[1e4, -1e4] * 4), (1.0, -1.0), 0.5, 0.5, (1.0, 1.0))
    for name in SIGNALS:
        assert all(map(math.isfinite, getattr(lstm.error_signals(problem), name)))


@given(problems())
@settings(deadline=None)
def test_complex_step_and_central_differences_agree(problem):
    assert lstm.agree(lstm.error_signals(problem), lstm.error_signals_by_differences(problem))
    first, second = lstm.gradient_w_xi(problem), lstm.gradient_w_xi_by_differences(problem)
    assert first == pytest.approx(second, rel=1e-6, abs=1e-6)


def test_the_initial_state_has_its_error_signals_too():
    """dL/dh(0) and dL/dc(0) against differences of the whole loss, run again from scratch."""
    problem = lstm.sample_problem(random.Random(3), 4)

    def loss(h0, c0):
        s = lstm.forward(replace(problem, h0=h0, c0=c0))
        return sum(a * b for a, b in zip(s.h, s.dL_dh, strict=True))

    d, h0, c0 = 1e-5, problem.h0, problem.c0
    bar = lstm.error_signals(problem)
    assert bar.h[0] == pytest.approx((loss(h0 + d, c0) - loss(h0 - d, c0)) / (2 * d), rel=1e-6)
    assert bar.c[0] == pytest.approx((loss(h0, c0 + d) - loss(h0, c0 - d)) / (2 * d), rel=1e-6)


def test_two_opinions_that_differ_anywhere_do_not_agree():
    signals = lstm.error_signals(lstm.sample_problem(random.Random(4), 3))
    for name in SIGNALS:
        for wrong in (getattr(signals, name)[1] + 1e-4, math.nan):
            column = (getattr(signals, name)[0], wrong, *getattr(signals, name)[2:])
            assert not lstm.agree(signals, replace(signals, **{name: column}))
    assert lstm.agree(signals, signals)


@pytest.mark.parametrize("equation", EQUATIONS)
def test_a_disagreement_is_raised_not_graded(monkeypatch, equation):
    """A signal that is wanted, or handed over, and is not the whole network's; w_xi is asked of the differences too."""
    owner, second = (lstm, "gradient_w_xi_by_differences") if equation == "w_xi_bar" else (sample, "sweep_step")
    spoiled = getattr(owner, second)

    def off(*arguments):
        found = spoiled(*arguments)
        if equation == "w_xi_bar":
            return found + 1e-2
        place = SIGNALS.index(equation.removesuffix("_bar"))
        signals, before = found
        return (*signals[:place], signals[place] * (1 + 1e-6), *signals[place + 1 :]), before

    with monkeypatch.context() as patch:
        patch.setattr(owner, second, off)
        with pytest.raises(lstm.Disagreement):
            lstm.cases(random.Random(0), equation)
    lstm.cases(random.Random(0), equation)


@pytest.mark.parametrize("equation", EQUATIONS)
@given(SEEDS)
@settings(max_examples=5, deadline=None)
def test_what_is_wanted_is_what_the_complex_step_and_the_differences_find(equation, seed):
    for call in lstm.cases(random.Random(seed), equation):
        if call.t is None:
            continue  # the complex step's own
        name = equation.removesuffix("_bar")
        assert call.want == pytest.approx(error_signal(call.problem, call.states, name, call.t), rel=1e-13)
        differences = error_signal_by_differences(call.problem, call.states, name, call.t)
        assert call.want == pytest.approx(differences, rel=1e-6, abs=1e-6 * max(1.0, abs(call.want)))


@pytest.mark.parametrize("name", SIGNALS)
@pytest.mark.parametrize("t", [1, 2, 3])
def test_an_equation_gets_nan_for_itself_and_what_comes_after_it_at_its_own_step(name, t):
    signals = lstm.error_signals(lstm.sample_problem(random.Random(5), 3))
    seen = lstm.masked(signals, name, t)
    for position, other in enumerate(SIGNALS):
        for n, value in enumerate(getattr(seen, other)):
            hidden = n == t and position >= SIGNALS.index(name)
            assert math.isnan(value) if hidden else value == getattr(signals, other)[n]


def test_w_xi_gets_everything_and_0_at_index_0():
    signals = lstm.error_signals(lstm.sample_problem(random.Random(6), 3))
    seen = lstm.masked(signals, "w_xi", None)
    for name in SIGNALS:
        assert getattr(seen, name) == (0.0, *getattr(signals, name)[1:])


def test_an_equation_of_one_step_needs_a_step():
    signals = lstm.error_signals(lstm.sample_problem(random.Random(6), 3))
    with pytest.raises(ValueError, match="needs a time step"):
        lstm.masked(signals, "h", None)


@pytest.mark.parametrize("equation", EQUATIONS)
@given(SEEDS)
@settings(max_examples=10, deadline=None)
def test_the_calls_are_fresh_and_cover_every_t_and_every_length(equation, seed):
    calls = lstm.cases(random.Random(seed), equation)
    assert len({call.problem for call in calls}) == len(calls)
    assert {call.states.T for call in calls} >= set(range(1, 10 if equation == "w_xi_bar" else 9))
    if equation == "w_xi_bar":
        assert all(call.t is None for call in calls)
    else:
        assert {call.t for call in calls} >= set(range(1, 9))
        assert {call.states.T - call.t for call in calls} == set(range(9))
        assert sum(call.states.T >= 9 for call in calls) == 2
    before = [call for call in calls if call.t is None or call.t < call.states.T]
    assert {any(call.problem.dL_dh[:-1]) for call in before if call.states.T > 1} == {True, False}


@pytest.mark.parametrize("equation", EQUATIONS)
def test_what_is_wanted_is_not_among_what_is_handed_over(equation):
    for call in lstm.cases(random.Random(8), equation):
        handed = [v for name in SIGNALS for v in getattr(call.signals, name)]
        assert call.want not in handed
        assert abs(call.want) >= lstm.FLOOR or lstm.CUT / 2 <= abs(call.want) <= lstm.CUT


@pytest.mark.parametrize("equation", EQUATIONS)
def test_the_undisclosed_input_stands_where_an_equation_does_not_look(equation):
    for call in lstm.cases(random.Random(9), equation):
        for n, u in enumerate(call.problem.u, start=1):
            assert bool(u) == (call.t is None or abs(n - call.t) >= 2)


@given(SEEDS, st.integers(1, 12), st.sampled_from(["every_t", "last_t"]), st.booleans())
@settings(max_examples=60, deadline=None)
def test_problems_are_well_posed(seed, T, loss, apart):
    undisclosed = range(1, T + 1, 2) if apart else ()
    problem = lstm.sample_problem(random.Random(seed), T, loss, undisclosed=undisclosed)
    assert {n for n, u in enumerate(problem.u, start=1) if u} == set(undisclosed)
    s, bar = lstm.forward(problem), lstm.error_signals(problem)
    assert all(2 <= abs(v) <= 3 for v in asdict(problem.weights).values())
    assert problem.c0 != 0
    assert [t for t in range(1, T + 1) if s.dL_dh[t]] == (list(range(1, T + 1)) if loss == "every_t" else [T])
    for t in range(1, T + 1):
        assert all(0.05 <= getattr(s, gate)[t] <= 0.95 for gate in "ifo")
        assert 0.1 <= abs(s.g[t]) <= 0.97
        assert 0.2 <= abs(s.c[t]) <= 1.8
        assert all(abs(getattr(bar, name)[t]) >= lstm.FLOOR for name in SIGNALS)


def test_a_silent_weight_is_zero_and_the_others_are_not():
    problem = lstm.sample_problem(random.Random(9), 3, silent=("hi", "ho"))
    assert {k for k, v in asdict(problem.weights).items() if v == 0} == {"hi", "ho"}


def test_no_problem_where_none_can_be_well_posed():
    """With both weights of g silent, g is 0 at every step."""
    with pytest.raises(ValueError, match="no well-posed problem of 3 steps"):
        lstm.sample_problem(random.Random(0), 3, silent=("xg", "hg"))


def test_the_same_seed_gives_the_same_calls():
    assert [lstm.cases(random.Random(1), e)[1].want for e in EQUATIONS] == [
        lstm.cases(random.Random(1), e)[1].want for e in EQUATIONS
    ]


def test_an_unknown_equation_is_refused():
    with pytest.raises(ValueError, match="'x_bar' is none of h_bar, c_bar"):
        lstm.cases(random.Random(0), "x_bar")


def test_a_value_is_right_to_1e_12_whatever_its_size():
    calls = lstm.cases(random.Random(2), "c_bar")
    for error, right in ((1e-13, True), (1e-11, False), (1e-8, False)):
        found, note = lstm.judged(calls, [call.want * (1 + error) for call in calls])
        assert (set(found), note) == ({right}, "")


def test_importing_the_maths_does_not_import_numpy():
    code = "import sys, autograder.maths.lstm.problems; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=30).returncode == 0


@pytest.mark.parametrize("equation", EQUATIONS)
def test_a_limit_of_100_shows_at_every_seed(equation):
    for seed in range(10):
        large = [call for call in lstm.cases(random.Random(seed), equation) if abs(call.want) > 100]
        assert len(large) >= 3


@pytest.mark.parametrize("equation", EQUATIONS)
def test_a_small_value_that_is_taken_for_0_shows_at_every_seed(equation):
    for seed in range(10):
        calls = lstm.cases(random.Random(seed), equation)
        right, _ = lstm.judged(calls, [call.want if abs(call.want) > lstm.CUT else 0.0 for call in calls])
        assert not all(right)


@pytest.mark.parametrize("seed", [10407, 11183, 0])
def test_a_value_that_was_stored_as_a_float32_is_right(seed):
    """Of h_bar, the value may be far larger than every error signal: dL/dh is."""
    calls = lstm.cases(random.Random(seed), "h_bar")
    stored = [struct.unpack("f", struct.pack("f", call.want))[0] for call in calls]
    found, note = lstm.judged(calls, stored)
    assert (set(found), note) == ({True}, "float32")
