"""`pytest` in this folder: one test a row of the homework, with the row's text as the failure.

Your answers run where `check.py` runs them, in processes of their own and never in pytest's. Test files of your own are
left alone; `pytest my_tests.py` runs one.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

START = Path(__file__).resolve().with_name("check.py")


def pytest_configure(config: pytest.Config) -> None:
    """Collects the homework's own files and no others, unless one is named."""
    config.getini("python_files")[:] = rows()["files"]


def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """A file of the homework holds its rows; it is not imported."""
    if module_path.name in rows()["files"]:
        return Answers.from_parent(parent, path=module_path)
    return None


class Answers(pytest.File):
    """A file of the homework, with the rows that it answers."""

    def collect(self) -> Iterator[pytest.Item]:
        """A test a row. Rows of files that are not there stand in the first one that is."""
        files = rows()["files"]
        present = [name for name in files if (self.path.parent / name).is_file()]
        for row in rows()["rows"]:
            if row["file"] == self.path.name or (row["file"] not in present and present[:1] == [self.path.name]):
                yield Row.from_parent(self, name=row["number"], row=row)


class Row(pytest.Item):
    """One row: it passes if all its points are earned."""

    def __init__(self, *, row: dict[str, Any], **rest: Any) -> None:
        super().__init__(**rest)
        self.row = row

    def runtest(self) -> None:
        """Checks all the folder's rows that are asked for, once, and tells of this one."""
        folder = self.path.parent
        asked = [
            item.row["number"] for item in self.session.items if isinstance(item, Row) and item.path.parent == folder
        ]
        found = checked(folder, tuple(dict.fromkeys(asked)))[self.row["number"]]
        if found["outcome"] in ("deferred", "written"):
            pytest.skip(found["feedback"])
        if found["outcome"] != "passed":
            raise Lost(f"{self.row['number']} {self.row['title']}: {found['outcome']}\n\n{found['feedback']}")

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The row's text, without a traceback of ours."""
        return str(excinfo.value) if isinstance(excinfo.value, Lost) else super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where the answer stands in the file, for editors."""
        return self.path, self._line(), f"{self.row['number']} {self.row['title']}"

    def _line(self) -> int:
        """The line that defines a name which the row asks for, counted from 0."""
        names = "|".join(map(re.escape, self.row["asks_for"]))
        try:
            lines = self.path.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return 0
        return next((at for at, line in enumerate(lines) if re.match(rf"(def )?({names})\b", line)), 0) if names else 0


class Lost(Exception):
    """A row that is not full; the message is the row's text."""


@cache
def rows() -> dict[str, Any]:
    """The homework's files and rows."""
    return asked_of_check("--list")


@cache
def checked(folder: Path, numbers: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    """What `check.py` finds in a folder, by the row's number."""
    return {row["number"]: row for row in asked_of_check(str(folder), "-q", ",".join(numbers))["rows"]}


def asked_of_check(*arguments: str) -> dict[str, Any]:
    """What `check.py --json` prints. Raises UsageError with what it says where it cannot check."""
    command = [sys.executable, str(START), "--json", *arguments]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", stdin=subprocess.DEVNULL)
    try:
        answer: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        raise pytest.UsageError(done.stderr.strip() or "check.py said nothing") from None
    return answer
