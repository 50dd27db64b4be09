"""The assignment of these tests, and what they start and close again."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import settings

from autograder.assignment.load import Assignment, load_assignment
from autograder.grading.student import Student
from autograder.sandbox.jail import Jail
from autograder.sandbox.portable_worker import Worker
from autograder.sandbox.protocol import Start
from tests.autograder import planted
from tests.autograder.students import student

Seam = Callable[..., Student]
settings.register_profile("busy machine", deadline=None)  # time is held by tests that measure it
settings.load_profile("busy machine")


@pytest.fixture(scope="session")
def assignment() -> Assignment:
    """The practice homework on which the engine is tested."""
    return load_assignment(planted.ROOT)


@pytest.fixture(scope="module")
def jail() -> Iterator[Jail]:
    """One jail for the tests of a file."""
    with Jail() as found:
        yield found


@pytest.fixture(scope="module", params=["jail", "portable"])
def start(request: pytest.FixtureRequest) -> Start:
    """What starts a worker: in the jail, and on a machine that has none."""
    if request.param == "portable":
        return Worker
    if sys.platform != "linux":
        pytest.skip("the jail is Linux's")
    found: Jail = request.getfixturevalue("jail")
    return found.start


@pytest.fixture(scope="module")
def wrong(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A submission with wrong answers."""
    return planted.build("wrong_answers", tmp_path_factory.mktemp("wrong"))


@pytest.fixture
def seam() -> Iterator[Seam]:
    """`student`, of which whatever it makes is closed when the test ends."""
    with ExitStack() as stack:
        yield lambda *arguments, **options: stack.enter_context(student(*arguments, **options))
