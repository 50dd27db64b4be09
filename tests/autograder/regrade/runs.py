"""Runs of `regrade` in processes of their own, over planted submissions, and what they leave in their folder."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.autograder import planted

ROOT = planted.PROJECT
SLOW = ("endless_import", "endless_loop", "memory_without_end")  # seconds each
QUICK = tuple(name for name in planted.names() if name not in SLOW)
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "FORCE_COLOR"))}


def plant(folder: Path, names: Iterable[str]) -> Path:
    """A folder of planted submissions with the ids 100, 101, ..."""
    for place, name in enumerate(names):
        planted.build(name, folder / f"submission_{100 + place}")
    return folder


def start(*arguments: str | Path, root: Path = ROOT) -> subprocess.Popen[str]:
    """`regrade ARGUMENTS` of the practice homework, in a session (and so a process group) of its own.

    root: a project that has the practice homework as its own.
    """
    here = ["--assignment", str(planted.ROOT)] if root == ROOT else []
    return subprocess.Popen(
        [sys.executable, "-m", "autograder", "regrade", *here, *map(str, arguments)],
        cwd=root,
        env=ENVIRONMENT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def finished(process: subprocess.Popen[str], code: int = 0, seconds: float = 120) -> str:
    """What it printed, once it has ended with `code`."""
    try:
        out, error = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        out, error = process.communicate()
        raise AssertionError(f"not within {seconds} s\n{out}\n{error}") from None
    assert process.returncode == code, f"ended with {process.returncode}\n{out}\n{error}"
    assert "Traceback" not in out + error, out + error
    return out + error


def run(*arguments: str | Path, root: Path = ROOT, code: int = 0) -> str:
    """What a whole run printed."""
    return finished(start(*arguments, root=root), code)


def graded(said: str) -> int:
    """How many submissions a run says that it graded."""
    found = re.search(r"submissions: ([0-9]+) graded", said)
    assert found, said
    return int(found[1])


def stored(folder: Path) -> dict[str, tuple[str, str]]:
    """Submission -> (rows, run) as the store has them; looked at in a copy, so that it may be in use or torn."""
    if not (folder / "findings.sqlite").is_file():
        return {}
    with tempfile.TemporaryDirectory() as own:
        for name in ("findings.sqlite-wal", "findings.sqlite"):
            if (folder / name).is_file():
                shutil.copy(folder / name, own)
        with closing(sqlite3.connect(Path(own, "findings.sqlite"))) as database:
            try:
                query = "select id, rows, run from graded join told using (id, slot) where slot = 'now'"
                return {name: (rows, told) for name, rows, told in database.execute(query)}
            except sqlite3.DatabaseError:  # not there yet, or written to while it was copied
                return {}


def results(folder: Path) -> dict[str, dict[str, Any]]:
    """The results files by name, but for how long it took."""
    found = {}
    for path in sorted((folder / "results").iterdir()):
        body = json.loads(path.read_text())
        assert body.pop("execution_time") >= 0
        found[path.name] = body
    return found


def descendants(process: int) -> set[int]:
    """The processes below one: by parent, whatever their group and session."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except (OSError, IndexError):  # gone in between
                continue
    found = {process}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {process}


def living(processes: Iterable[int]) -> set[int]:
    """Which of them are still there, zombies aside."""
    found = set()
    for process in processes:
        try:
            state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            continue
        if state not in "ZX":
            found.add(process)
    return found
