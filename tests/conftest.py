"""What all tests share: the assignment of this checkout, Ctrl-C for children, and one line for each reason to skip."""

from __future__ import annotations

import signal
from collections import Counter
from pathlib import Path

import pytest

from autograder.assignment.load import Assignment, load_assignment

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def assignment() -> Assignment:
    """The assignment of this checkout."""
    return load_assignment(ROOT)


def pytest_configure() -> None:
    """A shell script that runs the tests in the background has them ignore Ctrl-C, and every child would inherit it."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line for each reason for which tests were skipped, with how many."""
    skipped = terminalreporter.stats.get("skipped", [])
    reasons = Counter(str(report.longrepr[2]).removeprefix("Skipped: ") for report in skipped)
    for reason, count in reasons.most_common():
        terminalreporter.write_line(f"skipped {count}: {reason}")
