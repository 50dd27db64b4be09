"""Standard output that takes nothing raises OSError with a reason, also where a write would wait for ever."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from autograder.core import standard_streams

ROOT = Path(standard_streams.__file__).parents[2]


def test_it_is_written_whole(capfd: pytest.CaptureFixture[str]) -> None:
    print("before")
    standard_streams.write_out("é\n" * 10_000)
    assert capfd.readouterr().out == "before\n" + "é\n" * 10_000 + "\n"


def test_what_was_printed_before_it_comes_before_it() -> None:
    program = (
        "from autograder.core.standard_streams import write_out\nprint('before')\nwrite_out('text')\nprint('after')"
    )
    command = [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{program}"]  # buffered
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30)
    assert done.stdout.split() == ["before", "text", "after"]


@pytest.mark.skipif(os.name != "posix", reason="pipes are POSIX's here")
@pytest.mark.parametrize("blocking", [True, False])
def test_a_full_pipe_is_not_waited_for(blocking: bool) -> None:
    reading, writing = os.pipe()
    try:
        os.set_blocking(writing, blocking)
        program = (
            "from autograder.core import standard_streams as s\ns.SECONDS = 0.3\n"
            "try: s.write_out('x' * 1_000_000)\nexcept OSError as error: raise SystemExit(str(error))"
        )
        began = time.monotonic()
        done = subprocess.run(
            [sys.executable, "-c", program], cwd=ROOT, stdout=writing, stderr=subprocess.PIPE, text=True, timeout=30
        )
    finally:
        os.close(reading)
        os.close(writing)
    assert done.stderr.strip() == "nobody took anything from it for 0.3 s"
    assert time.monotonic() - began < 10
