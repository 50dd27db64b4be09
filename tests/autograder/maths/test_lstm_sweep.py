"""The sweep against the complex step node by node, which shares the forward pass with it and no backward one."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from msgspec.structs import replace

from autograder.maths.lstm import problems as lstm
from autograder.maths.lstm.problems import SIGNALS
from autograder.maths.lstm.sweep import checked, sweep
from tests.autograder.maths.test_lstm import problems


@given(problems())
@settings(deadline=None)
def test_the_sweep_finds_what_the_complex_step_finds(problem):
    swept, stepped = (f(problem, lstm.forward(problem)) for f in (sweep, lstm.error_signals))
    for name in SIGNALS:
        assert getattr(swept, name) == pytest.approx(getattr(stepped, name), rel=1e-11, abs=1e-13)
    assert checked(problem, swept) is swept


@pytest.mark.parametrize("name", SIGNALS)
@pytest.mark.parametrize("t", [0, 1, 3, 5])
def test_one_signal_off_is_noticed(name, t):
    problem = lstm.sample_problem(random.Random(1), 5, undisclosed=(1, 4))
    signals = lstm.error_signals(problem)
    if t == 0 and name not in "hc":
        return  # the gates of index 0 feed nothing
    column = list(getattr(signals, name))
    column[t] += 1e-6
    with pytest.raises(lstm.Disagreement, match="not those of the whole network"):
        checked(problem, replace(signals, **{name: tuple(column)}))
