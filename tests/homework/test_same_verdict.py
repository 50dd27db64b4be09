"""The same verdict at home and on Gradescope for planted submissions; `validate` asks it of the catalogue.

A row is full at home exactly when it is full there. A row that is not full has the same outcome word, but that `failed`
at home may be `partial` there: credit for single terms needs the reference. Spec rows of questions 3 and 4 that were
read are `deferred` at home.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from autograder.assignment.load import Assignment
from autograder.core.outcome import Mark, Outcome
from autograder.core.submission import Submission, read_submission
from autograder.grading.grader import Grading
from tests.homework import planted

ROOT = planted.ROOT
JUDGED = (Outcome.PASSED, Outcome.PARTIAL, Outcome.FAILED, Outcome.WRITTEN)


def marks(assignment: Assignment, submission: Submission) -> dict[str, Mark]:
    grading = Grading(assignment, submission, seed="891", start=planted.jail().start)
    return {mark.number: mark for mark in grading.run().marks}


def difference(at_home: Mark, there: Mark) -> str:
    """What is wrong with two verdicts on one row; "" if nothing."""
    words = f"{there.number}: {at_home.outcome} at home, {there.outcome} there"
    if at_home.outcome is Outcome.DEFERRED:
        answerable = there.outcome in JUDGED and not there.findings.get("unreadable")
        return "" if answerable and there.number[0] not in "12" else words
    if there.number[0] in "34" and there.outcome in JUDGED and not there.findings.get("unreadable"):
        return "" if there.number in planted.WRITTEN and at_home.outcome is there.outcome else words
    if (at_home.outcome, there.outcome) == (Outcome.FAILED, Outcome.PARTIAL):
        return "" if there.number in ("2.1a", "2.1b") else words
    if at_home.outcome is not there.outcome or (at_home.fraction == 1) != (there.fraction == 1):
        return words
    return ""


def differences(at_home: dict[str, Mark], there: dict[str, Mark]) -> list[str]:
    assert list(at_home) == list(there)
    return [said for number in there if (said := difference(at_home[number], there[number]))]


@pytest.mark.parametrize("name", ["reference", "student_template", *planted.names()])
def test_planted_submission(name: str, assignment: Assignment, home: Assignment, tmp_path: Path) -> None:
    own = name in ("reference", "student_template")
    folder = ROOT / name if own else planted.build(name, tmp_path / name)
    limits = {"seconds_per_call": 0.4} if not own and planted.expected(name).limits else {}
    submission = read_submission(folder, assignment.rubric.files())
    found = [marks(planted.with_limits(a, limits), submission) for a in (home, assignment)]
    assert differences(*found) == []


def test_what_is_partial_there_says_so_at_home(home: Assignment, tmp_path: Path) -> None:
    folder = planted.build("wrong_answers", tmp_path / "s")
    found = marks(home, read_submission(folder, home.rubric.files()))
    for number in ("2.1a", "2.1b"):
        assert "may earn part of the points: that is judged on Gradescope" in found[number].feedback
    assert "judged on Gradescope" not in found["2.1d"].feedback


def mark(number: str, outcome: Outcome, share: int = 0, **findings: Any) -> Mark:
    return Mark(number, "Row", outcome, 1, share, findings=findings)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("at_home", "there"),
    [
        (mark("1.3", Outcome.PASSED, 1), mark("1.3", Outcome.FAILED)),
        (mark("1.3", Outcome.FAILED), mark("1.3", Outcome.PASSED, 1)),
        (mark("1.2", Outcome.FAILED), mark("1.2", Outcome.PARTIAL)),
        (mark("2.1c", Outcome.FAILED), mark("2.1c", Outcome.PARTIAL)),
        (mark("2.1a", Outcome.DEFERRED), mark("2.1a", Outcome.PASSED, 1)),
        (mark("3.1", Outcome.PASSED, 1), mark("3.1", Outcome.PASSED, 1)),
        (mark("3.1", Outcome.DEFERRED), mark("3.1", Outcome.CRASHED)),
        (mark("4.1a", Outcome.DEFERRED), mark("4.1a", Outcome.FAILED, unreadable=True)),
        (mark("2.3", Outcome.WRITTEN), mark("2.3", Outcome.UNANSWERED)),
    ],
    ids=lambda m: f"{m.number} {m.outcome}",
)
def test_a_planted_difference_is_found(at_home: Mark, there: Mark) -> None:
    assert differences({there.number: at_home}, {there.number: there})
