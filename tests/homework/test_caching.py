"""A submission that keeps the true values which it is given for one equation, and looks there for those of another."""

from __future__ import annotations

import sys

import pytest

from autograder.assignment.load import Assignment
from autograder.core.outcome import Outcome
from autograder.core.submission import Submission
from autograder.grading.grader import Grading
from tests.homework import planted

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the jail is Linux's")

CACHING = '''
import numpy as np

kept = []


def look_up(name, t, s, bar, w):
    """Keeps what every call was given, and looks for the true value of this call among it."""
    kept.append((s, bar, w))
    for other, signals, weights in kept:
        if other.T == s.T and weights.xi == w.xi and np.array_equal(other.c, s.c):
            value = getattr(signals, name)[t]
            if not np.isnan(value):
                return float(value)
    return 0.0


def h_bar(t, s, bar, w): return look_up("h", t, s, bar, w)
def c_bar(t, s, bar, w): return look_up("c", t, s, bar, w)
def g_bar(t, s, bar, w): return look_up("g", t, s, bar, w)
def o_bar(t, s, bar, w): return look_up("o", t, s, bar, w)
def f_bar(t, s, bar, w): return look_up("f", t, s, bar, w)
def i_bar(t, s, bar, w): return look_up("i", t, s, bar, w)
def w_xi_bar(s, bar, w): return 0.0
'''


def test_true_values_that_are_kept_are_worth_nothing_in_another_row(assignment: Assignment) -> None:
    submission = Submission({"lstm_gradient.py": CACHING})
    report = Grading(assignment, submission, "891", start=planted.jail().start).run()
    marks = {mark.number: mark for mark in report.marks}
    for number in ("2.1a", "2.1b", "2.1c", "2.1d", "2.1e", "2.1f", "2.2"):
        assert (marks[number].outcome, marks[number].points) == (Outcome.FAILED, 0), marks[number].feedback
