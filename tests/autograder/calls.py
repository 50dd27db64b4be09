"""Calls commands in this process, and reads what they write."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from autograder import __main__ as cli
from tests.autograder.planted import ROOT


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


Caller = Callable[..., Called]
Capsys = pytest.CaptureFixture[str]


def heard(capsys: Capsys, call: Callable[[], int]) -> Called:
    """What a call in this process came to."""
    capsys.readouterr()
    code = call()
    out, err = capsys.readouterr()
    assert "Traceback" not in out + err
    return Called(code, out, err)


def run(capsys: Capsys, command: str, *arguments: object) -> Called:
    """One command on the practice homework."""
    return heard(capsys, lambda: cli.main([command, "--assignment", str(ROOT), *map(str, arguments)]))


def table(path: Path) -> dict[str, dict[str, str]]:
    """The lines of a CSV by submission."""
    with path.open(newline="", encoding="utf-8-sig") as stream:
        return {line["submission"]: line for line in csv.DictReader(stream)}


def contents(folder: Path) -> dict[str, bytes]:
    """Everything below a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
