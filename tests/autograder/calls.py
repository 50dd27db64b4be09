"""Calls `regrade` in this process, with a crew that grades the same files only once in a test run."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import pytest

from autograder import __main__ as cli
from autograder.regrade import command
from tests.autograder.planted import ROOT
from tests.autograder.regrade.exported_class import CrewThatRemembers


@dataclass(frozen=True)
class Called:
    """What a call came to."""

    code: int
    out: str
    err: str

    @property
    def sentence(self) -> str:
        """The one sentence of a call that could not be done."""
        assert self.code == 2
        assert self.out == ""
        assert self.err.startswith("autograder regrade: ")
        assert self.err.count("\n") == 1
        return self.err.removeprefix("autograder regrade: ").rstrip()


class Caller:
    """Runs `regrade` with the given arguments."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *arguments: str | Path) -> Called:
        self._capsys.readouterr()
        code = cli.main(["regrade", "--assignment", str(ROOT), *map(str, arguments)])
        out, err = self._capsys.readouterr()
        assert "Traceback" not in out + err
        return Called(code, out, err)


@pytest.fixture
def regrade(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Caller:
    """`regrade` as a function."""
    monkeypatch.setattr(command, "LocalCrew", lambda *_: CrewThatRemembers())
    return Caller(capsys)


def table(path: Path) -> dict[str, dict[str, str]]:
    """The lines of a CSV by submission."""
    with path.open(newline="", encoding="utf-8-sig") as stream:
        return {line["submission"]: line for line in csv.DictReader(stream)}


def contents(folder: Path) -> dict[str, bytes]:
    """Everything below a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
