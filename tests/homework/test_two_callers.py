"""Two callers, one mark: pytest fails exactly the specs that `grade` does not give full credit."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.assignment.load import Assignment
from tests.homework import planted

ROOT = planted.ROOT


def by_pytest(folder: Path) -> dict[str, str]:
    """Row -> "passed" or "failed", as `pytest tests/specs --submission` sees it, with no plugin but our conftest."""
    options = f"-c pyproject.toml --rootdir {ROOT} --confcutdir {ROOT} tests/specs -v --tb=short -p no:cacheprovider"
    command = [sys.executable, "-m", "pytest", *options.split(), "--submission", str(folder)]
    env = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env=env)
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return {name: word.lower() for name, word in re.findall(r"::(test_\w+) (PASSED|FAILED|SKIPPED)", done.stdout)}


# Missing, ended, unanswered, judged in every way, unreadable: what a spec may come to.
@pytest.mark.parametrize("name", ["empty", "exit_at_import", "stub_left_alone", "wrong_answers", "wrong_types"])
def test_pytest_and_grade_agree(name: str, assignment: Assignment, tmp_path: Path) -> None:
    folder = planted.build(name, tmp_path / name)
    graded = {
        linked.check.name: "passed" if mark.fraction == 1 else "failed"
        for linked, mark in zip(assignment.rows, planted.grade(assignment, folder).marks, strict=True)
        if linked.check is not None
    }
    assert by_pytest(folder) == graded


def test_pytest_collects_nothing_of_a_submission(tmp_path: Path) -> None:
    folder = planted.build("own_helper_module", tmp_path / "s")
    evil = tmp_path / "ran"
    for name in ("conftest.py", "test_evil.py", "sitecustomize.py"):
        (folder / name).write_text(f"open({str(evil)!r}, 'w').close()\n")
    (folder / "pytest.ini").write_text("[pytest]\naddopts = --collect-only\n")
    found = by_pytest(folder)
    assert set(found.values()) == {"passed"}
    assert len(found) == sum(row.graded == "spec" for _, row in planted.RUBRIC.rows())
    assert not evil.exists()
