"""What the spec of question 2 says beside right and wrong."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from autograder.api import Fault, TimedOut
from autograder.assignment.load import Assignment
from autograder.core.outcome import Outcome
from autograder.maths.lstm import problems as lstm
from tests.homework import planted
from tests.specs import test_lstm_gradient as spec


class Student:
    """Returns the next of these values at every call."""

    def __init__(self, *values):
        self.values = values

    def call_each(self, function, argument_tuples):
        return self.values


CALLS = lstm.cases(random.Random(1), "c_bar")


def test_a_time_out_after_shorter_problems_says_what_may_take_the_time():
    with pytest.raises(TimedOut, match="no answer within 5 s") as told:
        spec.answers("c_bar", Student(1.0, 2.0, TimedOut("no answer within 5 s")), CALLS)
    assert "2 shorter problems were answered in time" in told.value.feedback
    assert "`bar` already holds" in told.value.feedback


def test_a_time_out_at_once_and_other_faults_are_told_as_they_are():
    for fault in (TimedOut("no answer"), Fault("it raised")):
        with pytest.raises(Fault) as told:
            spec.answers("c_bar", Student(fault), CALLS)
        assert told.value is fault


def test_the_calls_come_with_the_least_to_compute_first():
    distances = [call.states.T - call.t for call in CALLS]
    assert distances == sorted(distances)


@pytest.mark.parametrize(
    ("region", "said"),
    [
        (lambda call: call.t == call.states.T, "It is right at t = T and wrong before: check the terms"),
        (lambda call: call.states.T <= 5, "It is right where T <= 5, and only there."),
        (lambda call: call.t >= 3, "It is right where t >= 3, and only there."),
    ],
)
def test_it_is_said_where_an_equation_is_right(region, said):
    assert spec.only_somewhere(CALLS, [region(call) for call in CALLS])[0].startswith(said)


def test_nothing_is_said_where_there_is_no_rule():
    assert spec.only_somewhere(CALLS, [k % 2 == 0 for k in range(len(CALLS))]) == []


def test_a_mistake_of_the_reference_is_ours(
    assignment: Assignment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        [][0]

    folder = planted.build("wrong_answers", tmp_path / "s")
    assert "2.1a" in {m.number for m in planted.grade(assignment, folder).marks if m.outcome is not Outcome.INTERNAL}
    monkeypatch.setattr("reference.diagnosis.lstm.terms.explain", broken)
    marks = {mark.number: mark for mark in planted.grade(assignment, folder).marks}
    assert marks["2.1a"].outcome is Outcome.INTERNAL
    assert "returned" not in marks["2.1a"].feedback
