"""`regrade` as it is started from a checkout that is installed nowhere: its processes find the engine all the same."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.autograder import planted


def test_the_processes_find_the_engine(tmp_path: Path) -> None:
    for name in ("s1", "s2"):
        shutil.copytree(planted.ROOT / "student_template", tmp_path / "class" / name)
    options = [
        "--assignment",
        str(planted.ROOT),
        str(tmp_path / "class"),
        "-o",
        str(tmp_path / "grades"),
        "--jobs",
        "2",
    ]
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    command = [sys.executable, "-m", "autograder", "regrade", *options]
    done = subprocess.run(command, cwd=planted.PROJECT, env=env, capture_output=True, text=True, timeout=120)
    assert "2 submissions: 2 graded" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
