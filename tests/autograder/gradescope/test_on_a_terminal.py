"""`grade` prints a table with the total on a terminal, and results.json into a pipe or with --json."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys

import pytest

from tests.autograder import planted


def printed(*options: str) -> str:
    """What `grade` of the practice homework's solution prints on a terminal."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "autograder", "grade", str(planted.ROOT / "reference"), *options]
    process = subprocess.Popen(
        [*command, "--assignment", str(planted.ROOT)], cwd=planted.PROJECT, stdout=theirs, stderr=subprocess.DEVNULL
    )
    os.close(theirs)
    said = b""
    try:
        while part := os.read(ours, 65536):
            said += part
    except OSError:  # Linux says so when the other end is closed
        pass
    os.close(ours)
    assert process.wait() == 0
    return said.decode()


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
def test_a_table_on_a_terminal_and_json_on_request() -> None:
    table = printed()
    assert table.startswith("row ")
    assert " of " in table
    assert "as JSON: --json" in table
    assert all(len(line) <= 80 for line in table.splitlines() if "--assignment" not in line)
    assert json.loads(printed("--json"))["score"] > 0
