"""Runs a spec that is a method of a `unittest.TestCase`, as instructors write them for gradescope-utils.

The one line that differs from a test that imports the submission: the method asks `self.student` for a function.
"""

from __future__ import annotations

import unittest
from typing import Any

from autograder.assignment.link import Check
from autograder.core.outcome import Outcome
from autograder.grading.award import Award
from autograder.grading.row import forget_scores, judge_plain, skipped
from autograder.grading.student import Student


class _Happened(unittest.TestResult):
    """Keeps the first thing that went wrong, as an exception; a sub-test or a set-up that fails counts as well."""

    def __init__(self) -> None:
        super().__init__()
        self.error: BaseException | None = None
        self.skip_reason: str | None = None

    def addError(self, test: Any, err: Any) -> None:  # noqa: N802 - unittest's name
        """An exception in the method, in setUp or in setUpClass, or a failed assertion."""
        self.error = self.error or err[1]

    addFailure = addError  # noqa: N815

    def addSubTest(self, test: Any, subtest: Any, err: Any) -> None:  # noqa: N802
        """A sub-test that ended; `err` is None if it passed."""
        if err is not None:
            self.error = self.error or err[1]

    def addSkip(self, test: Any, reason: str) -> None:  # noqa: N802
        """A test that was skipped."""
        self.skip_reason = reason

    def addUnexpectedSuccess(self, test: Any) -> None:  # noqa: N802
        """A test that passed although it was marked to fail."""
        self.error = self.error or AssertionError("passed although it is marked @expectedFailure")


def run_method(check: Check, student: Student, award: Award) -> None:
    """Runs one method with its class's set-up, and judges it; raises what is neither an assertion nor a skip."""
    owner: Any = check.owner
    owner.student = student
    forget_scores(check.function)
    happened = _Happened()
    try:
        unittest.TestSuite([owner(check.name)]).run(happened)
    finally:
        del owner.student
    if happened.error is not None and not isinstance(happened.error, AssertionError):
        raise happened.error
    if happened.error is None and happened.skip_reason is not None:
        award.becomes(Outcome.DEFERRED, skipped(happened.skip_reason))
        return
    judge_plain(check.function, award, happened.error)
