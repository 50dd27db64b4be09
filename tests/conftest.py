"""What all tests share: the assignment of this checkout."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.grading.grader import Assignment, load_assignment

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def assignment() -> Assignment:
    """The assignment of this checkout."""
    return load_assignment(ROOT)
