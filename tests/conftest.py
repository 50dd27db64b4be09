"""What all tests share: the assignment of this checkout, and the submission that the specs are run against.

`pytest tests/specs --submission DIR` grades a submission; without the option the specs run against `reference/`. Only
files of this project are collected: a submission is read as text and runs in a process of its own.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.grading import Assignment, load_assignment

ROOT = Path(__file__).resolve().parent.parent


def pytest_addoption(parser: pytest.Parser) -> None:
    """The submission that the specs are run against."""
    parser.addoption("--submission", type=Path, default=ROOT / "reference", help="the folder of a submission to grade")


@pytest.fixture(scope="session")
def assignment() -> Assignment:
    """The assignment of this checkout."""
    return load_assignment(ROOT)
