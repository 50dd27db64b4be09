"""Two kinds of tests, each with an assignment of its own; Ctrl-C for children; one line for each reason to skip.

tests/homework and tests/specs test this homework. All others test the engine, on the practice homework in
tests/fixtures/assignment, and never open a file of this homework: whoever changes it touches no test of the engine.
"""

from __future__ import annotations

import os
import signal
import sys
from collections import Counter
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from autograder.assignment.own_modules import claim

ROOT = Path(__file__).resolve().parent.parent
PRACTICE = ROOT / "tests" / "fixtures" / "assignment"
OF_THE_HOMEWORK = tuple(str(ROOT / name) + os.sep for name in ("tests/homework", "tests/specs"))
LIVE = tuple(
    str(ROOT / name)
    for name in ("reference", "student_template", "tests/specs", "tests/rubric.yaml", "tests/submissions", "README.md")
)
LIVE_FOLDERS = tuple(name + os.sep for name in LIVE)


class Worlds:
    """The modules of one assignment at a time: `reference` and the specs of the other are set aside meanwhile."""

    def __init__(self) -> None:
        self.homework = True
        self.aside: dict[bool, dict[str, ModuleType]] = {}

    def enter(self, homework: bool) -> None:
        """The modules that tests of this kind have imported so far."""
        if homework != self.homework:
            own = [name for name in sys.modules if name.partition(".")[0] in ("reference", "specs")]
            self.aside[self.homework] = {name: sys.modules.pop(name) for name in own}
            sys.modules.update(self.aside.get(homework, {}))
            self.homework = homework
        claim(ROOT if homework else PRACTICE)  # a command that the test before called may have left another's


WORLDS = Worlds()
ELSEWHERE = {
    "attacks": "`make attacks` (.ci/run)",
    "certify": "`make certify`",
    "systems": "`make systems` (.ci/run)",
    "walkthrough": "`make walkthroughs` (.ci/run)",
}
# Half a minute each, more or less. Side by side these come first: at the end all would wait for one of them.
LONGEST = tuple(
    f"tests/{name}.py"
    for name in """homework/test_catalogue_under_rubrics homework/test_lstm_explanations autograder/sandbox/test_attacks
    browser/test_class_page browser/test_grading_page homework/test_student_bundle homework/test_messages
    """.split()  # noqa: SIM905
)
LEFT_OUT: Counter[str] = Counter()
OPENED: list[str] = []  # files of this homework that a test of the engine opened


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "open" and not WORLDS.homework and isinstance(arguments[0], (str, os.PathLike)):
        path = os.path.abspath(arguments[0])
        if path in LIVE or path.startswith(LIVE_FOLDERS):
            OPENED.append(path)


sys.addaudithook(_watch)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Enters the world of the test."""
    WORLDS.enter(str(item.path).startswith(OF_THE_HOMEWORK))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Any:
    """A test of the engine that opens a file of this homework fails, and so does one whose fixtures do."""
    result = yield
    opened, OPENED[:] = sorted(set(OPENED)), []
    if opened:
        pytest.fail(f"a test of the engine opens files of this homework: {', '.join(opened[:5])}", pytrace=False)
    return result


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Puts the longest files first, where processes beside others take file after file (pytest-xdist)."""
    if hasattr(config, "workerinput"):
        place = {name: at for at, name in enumerate(LONGEST)}
        items.sort(key=lambda item: place.get(item.nodeid.partition("::")[0], len(place)))


def pytest_configure() -> None:
    """A shell script that runs the tests in the background has them ignore Ctrl-C, and every child would inherit it."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_deselected(items: list[pytest.Item]) -> None:
    """Remembers which kinds of tests are left to another make target."""
    LEFT_OUT.update(name for item in items for name in ELSEWHERE if item.get_closest_marker(name))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A process beside others (pytest-xdist) hands on what it left out; each of them collects every test."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["left_out"] = dict(LEFT_OUT)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Takes what a process beside others left out."""
    LEFT_OUT.update(getattr(node, "workeroutput", {}).get("left_out", {}) if not LEFT_OUT else {})


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """One line for each reason for which tests were skipped, with how many, and one for those of other make targets."""
    if all(f"not {name}" in config.option.markexpr for name in ELSEWHERE):  # as `make test` runs them
        left = [f"{count} to {ELSEWHERE[name]}" for name, count in sorted(LEFT_OUT.items())]
        terminalreporter.write_line(f"left out: {', '.join(left) or 'nothing'}")
    skipped = terminalreporter.stats.get("skipped", [])
    reasons = Counter(str(report.longrepr[2]).removeprefix("Skipped: ") for report in skipped)
    for reason, count in reasons.most_common():
        terminalreporter.write_line(f"skipped {count}: {reason}")
