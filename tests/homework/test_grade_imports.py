"""What a `grade` of this homework imports: a right submission needs nothing heavy, a wrong one what explains it."""

from __future__ import annotations

import re
import sys

import pytest

from benchmarks import grade_counts
from tests.homework.planted import ROOT
from tests.performance.test_grade_counts import NEVER

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is no zygote")
TO_EXPLAIN = re.compile(
    r"autograder\.maths\.\w+|autograder\.grading\.near_names"
)  # the latter: of a file that is missing


@pytest.fixture(scope="module")
def right() -> set[str]:
    """What the grading of a right submission imports in the grader."""
    grade_counts.warm(ROOT)
    return set(grade_counts.imported("reference"))


def test_a_right_submission_needs_nothing_heavy(right: set[str]) -> None:
    assert not {m for m in right if m in NEVER or m.split(".")[0] in NEVER}


def test_a_wrong_submission_needs_what_explains_it(right: set[str]) -> None:
    wrong = set(grade_counts.imported("benchmarks/submissions/wrong", "--unsafe"))  # it is not known as one of ours
    assert not {m for m in wrong if m.split(".")[0] in NEVER}
    assert all(TO_EXPLAIN.fullmatch(name) for name in grade_counts.ours(wrong - right)), wrong - right
