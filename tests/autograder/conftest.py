"""The assignment of these tests, and what they start and close again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from autograder.assignment.load import Assignment, load_assignment
from autograder.grading.student import Student
from autograder.sandbox.jail import Jail
from tests.autograder.planted import ROOT
from tests.autograder.students import student

Seam = Callable[..., Student]


@pytest.fixture(scope="session")
def assignment() -> Assignment:
    """The practice homework on which the engine is tested."""
    return load_assignment(ROOT)


@pytest.fixture(scope="module")
def jail() -> Iterator[Jail]:
    """One jail for the tests of a file."""
    with Jail() as found:
        yield found


@pytest.fixture
def seam() -> Iterator[Seam]:
    """`student`, of which whatever it makes is closed when the test ends."""
    with ExitStack() as stack:
        yield lambda *arguments, **options: stack.enter_context(student(*arguments, **options))
