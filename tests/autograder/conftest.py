"""The assignment of these tests."""

from __future__ import annotations

import pytest

from autograder.assignment.load import Assignment, load_assignment
from tests.autograder.planted import ROOT


@pytest.fixture(scope="session")
def assignment() -> Assignment:
    """The practice homework on which the engine is tested."""
    return load_assignment(ROOT)
