"""The assignment of these tests."""

from __future__ import annotations

import pytest

from autograder.assignment.load import Assignment, load_assignment
from autograder.check.command import home_assignment
from tests.homework.planted import ROOT


@pytest.fixture(scope="session")
def assignment() -> Assignment:
    """This homework."""
    return load_assignment(ROOT)


@pytest.fixture(scope="session")
def home() -> Assignment:
    """The same as a student has it, without its reference."""
    return home_assignment(ROOT)
