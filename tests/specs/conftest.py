"""Gives the specs their five fixtures under pytest, and fails a spec that awards less than full with its feedback."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from autograder.assignment.link import LinkedRow
from autograder.assignment.load import Assignment, Deferred, load_assignment
from autograder.core.submission import read_submission
from autograder.grading.award import Award
from autograder.grading.coerce import Unreadable
from autograder.grading.faults import Fault
from autograder.grading.grader import Grading
from autograder.grading.row import NeedsPerson
from autograder.grading.student import Student
from autograder.sandbox.jail import Jail


@pytest.fixture(scope="session")
def assignment() -> Assignment:
    """The assignment that these specs belong to."""
    return load_assignment(Path(__file__).resolve().parents[2])


@pytest.fixture(scope="session")
def grading(assignment: Assignment, pytestconfig: pytest.Config) -> Iterator[Grading]:
    """The submission of `--submission`, being graded."""
    submission = read_submission(pytestconfig.getoption("--submission"), assignment.rubric.files())
    with Jail() as jail:
        yield Grading(assignment, submission, seed=assignment.seed(), start=jail.start)


@pytest.fixture
def linked(request: pytest.FixtureRequest, assignment: Assignment) -> LinkedRow:
    """The rubric row of the spec that runs."""
    number = getattr(request.function, "__number__", "")
    name = request.function.__name__
    rows = [
        row for row in assignment.rows if row.check is not None and (row.row.number, row.check.name) == (number, name)
    ]
    if not rows:
        pytest.fail(f"{name} is linked to no row of the rubric")
    return rows[0]


@pytest.fixture
def given(linked: LinkedRow, grading: Grading) -> Iterator[dict[str, Any]]:
    """The five fixtures of a row; the student's process is gone afterwards."""
    student = grading.student(linked)
    student.begin_row(linked.row.seconds or grading.assignment.rubric.limits.seconds_per_row)
    yield grading.fixtures(linked, student)
    student.close()


@pytest.fixture
def student(given: dict[str, Any]) -> Student:
    """The seam to the student's code."""
    return given["student"]


@pytest.fixture
def award(given: dict[str, Any]) -> Award:
    """Takes the findings and the feedback."""
    return given["award"]


@pytest.fixture
def draw(given: dict[str, Any]) -> Any:
    """The row's own random generator."""
    return given["draw"]


@pytest.fixture
def params(given: dict[str, Any]) -> Any:
    """The row's parameters."""
    return given["params"]


@pytest.fixture
def reference(given: dict[str, Any]) -> Any:
    """The answers, or what defers a row where they are absent."""
    return given["reference"]


@pytest.fixture(autouse=True)
def _student_of_a_test_case(request: pytest.FixtureRequest) -> None:
    """A method of a `unittest.TestCase` asks `self.student`."""
    if request.cls is not None:
        request.cls.student = request.getfixturevalue("student")


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Any:
    """A spec that awards less than full credit fails, with its feedback as the message."""
    try:
        result = yield
    except (Fault, Unreadable, NeedsPerson) as problem:
        pytest.fail(f"{getattr(problem, 'outcome', 'failed')}: {problem}", pytrace=False)
    except Deferred:
        pytest.skip("deferred: the reference is not here")
    award = pyfuncitem.funcargs.get("award")
    if isinstance(award, Award) and award.fraction is not None and award.fraction < 1:
        pytest.fail(f"{award.fraction} of the points: {award.feedback}", pytrace=False)
    return result
