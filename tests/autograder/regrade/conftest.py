"""One graded class for all tests of this folder, each of which works on a copy; a report without its plots."""

from __future__ import annotations

import importlib.util
import shutil
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from autograder import __main__ as cli
from autograder.regrade import command
from tests.autograder import calls
from tests.autograder.planted import ROOT
from tests.autograder.regrade import graded_class, small_class
from tests.autograder.regrade.exported_class import CrewThatRemembers
from tests.autograder.regrade.small_class import Small


@dataclass(frozen=True)
class Class:
    """An export, and the folder of its grades."""

    export: Path
    out: Path


@pytest.fixture(scope="session")
def graded_once(tmp_path_factory: pytest.TempPathFactory) -> Class:
    """The class graded, by one process of the pool."""
    folder = tmp_path_factory.mktemp("class")
    export = graded_class.build(folder / "export")
    assert cli.main(["regrade", "--assignment", str(ROOT), str(export), "-o", str(folder / "out"), "--jobs", "1"]) == 0
    return Class(export, folder / "out")


@pytest.fixture
def graded(graded_once: Class, tmp_path: Path) -> Class:
    """A copy of it."""
    shutil.copytree(graded_once.out, tmp_path / "out")
    return Class(graded_once.export, tmp_path / "out")


@pytest.fixture(scope="session")
def small_once(tmp_path_factory: pytest.TempPathFactory) -> Small:
    """A class of a few, graded by one process of the pool."""
    return small_class.build(tmp_path_factory.mktemp("small"))


@pytest.fixture
def small(small_once: Small, tmp_path: Path) -> Small:
    """A copy of its grades."""
    shutil.copytree(small_once.out, tmp_path / "out")
    return Small(small_once.root, small_once.export, tmp_path / "out")


@pytest.fixture
def regrade(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> calls.Caller:
    """`regrade`, with a crew that grades the same files only once in a test run."""
    monkeypatch.setattr(command, "LocalCrew", lambda *_: CrewThatRemembers())
    return partial(calls.run, capsys, "regrade")


@pytest.fixture(autouse=True)
def plots(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is drawn, which takes most of a `regrade` of a few submissions, but where the figures are compared."""
    drawn = request.path.stem == "test_page" or "drawn" in request.fixturenames
    if not drawn and importlib.util.find_spec("matplotlib") is not None:
        for name in ("totals", "rows"):
            monkeypatch.setattr(f"autograder.regrade.report.plots.{name}", lambda *_: "")
