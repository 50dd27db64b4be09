"""Ctrl-C at any moment, a reader that goes away, a full disk: no traceback, and what is known so far is shown."""

from __future__ import annotations

import os
import random
import re
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.autograder.planted import ROOT
from tests.autograder.program import ENVIRONMENT, line

pytestmark = pytest.mark.skipif(os.name != "posix", reason="sends Ctrl-C as a signal")
# What check.py runs, from the moment on in which Python itself has started: before that Python has words of its own.
PROGRAM = (
    "import _signal, os; _signal.signal(2, _signal.SIG_DFL); os.write(2, b'!'); "
    "from autograder.__main__ import console; console()"
)
MOMENTS = 6
HERE = ("--assignment", str(ROOT))
QUIET: dict[str, Any] = {"cwd": ROOT, "capture_output": True, "text": True, "env": ENVIRONMENT}


def interrupted(seconds: float, *arguments: str) -> tuple[int, str, str]:
    """Exit code, output and problems of `check`, which gets Ctrl-C that long after it began."""
    command = [sys.executable, "-c", PROGRAM, *arguments, *HERE]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=ENVIRONMENT
    ) as at:
        assert at.stderr is not None
        assert at.stderr.read(1) == "!"
        time.sleep(seconds)
        at.send_signal(signal.SIGINT)
        said, problem = at.communicate(timeout=30)
    return at.returncode, said, problem


@pytest.mark.parametrize(
    "options", [("check",), ("check", "--html", "page.html"), ("pack", "-o", "x.zip")], ids=" ".join
)
def test_ctrl_c_at_any_moment(options: tuple[str, ...], wrong: Path, tmp_path: Path) -> None:
    options = tuple(str(tmp_path / word) if "." in word else word for word in options)
    began = time.monotonic()
    whole = subprocess.run([sys.executable, "-c", PROGRAM, *options, str(wrong), *HERE], **QUIET)
    seconds = time.monotonic() - began
    assert whole.returncode == 1, whole.stderr
    at = random.Random(" ".join(options))
    for part in range(MOMENTS):
        code, said, problem = interrupted(seconds * (part + at.random()) / MOMENTS, *options, str(wrong))
        assert "Traceback" not in said + problem
        assert code in (-signal.SIGINT, 130, 1), (code, problem)  # a shell says 130 of the first, too
        if code == 130 and options[0] == "check" and said:
            assert re.match(r"Stopped: \S+ (was|to \S+ were) not judged\.|Stopped when every row was judged\.", said)
            assert "internal" not in said


@pytest.mark.parametrize(
    ("shell", "code", "problem"),
    [
        ("{check} | head -n 1", 0, ""),
        ("{check} --json | head -c 10", 0, ""),
        ("{check} > /dev/full", 2, "No space left on device"),
        ("{check} --html /nowhere/page.html", 2, "cannot write /nowhere/page.html"),
        ("{pack} -o /dev/full", 2, "/dev/full is there already"),
        ("{check} >&-", 2, "no fault of a submission"),
    ],
)
def test_where_nothing_can_be_written(shell: str, code: int, problem: str, wrong: Path) -> None:
    calls = {command: shlex.join(line(command, wrong)) for command in ("check", "pack")}
    done = subprocess.run(["sh", "-c", shell.format(**calls)], **QUIET)
    assert "Traceback" not in done.stdout + done.stderr
    assert done.returncode == code
    assert problem in done.stderr if problem else done.stderr == ""
