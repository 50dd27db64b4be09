"""A terminal while a check runs: rows as they come, what takes its time, and nothing of it left at the end."""

from __future__ import annotations

import io
import os
import re
import select
import signal
import subprocess
import sys
import time
from fractions import Fraction
from pathlib import Path

import pytest

from autograder.check import live
from autograder.check.live import Live
from autograder.core.outcome import Mark, Outcome
from tests.autograder import planted
from tests.autograder.program import ENVIRONMENT, line

PASSED = Mark("1.1", "Title " * 20, Outcome.PASSED, Fraction(1), Fraction(1))


def test_rows_come_one_by_one_and_are_taken_away_again() -> None:
    stream = io.StringIO()
    with Live(stream, colour=False) as shown:
        shown.on_row("1.1", None)
        assert stream.getvalue() == ""
        shown.on_row("1.1", PASSED)
        first, second, _ = stream.getvalue().split("\n")
        assert first.split() == ["row", "outcome", "points", "question"]
        assert second.startswith("1.1   passed      1 of 1 ")
        assert len(second) < 80
        before = len(stream.getvalue())
    assert stream.getvalue()[before:] == "\x1b[2A\x1b[J"


def test_what_no_longer_fits_on_the_screen_is_left() -> None:
    stream = io.StringIO()
    with Live(stream, colour=False) as shown:
        for _ in range(30):
            shown.on_row("1.1", PASSED)
    assert "\x1b[J" not in stream.getvalue()


def test_a_row_that_takes_its_time_is_named_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "PATIENCE", 0.0)
    stream = io.StringIO()
    with Live(stream, colour=False) as shown:
        shown.on_row("2.1f", None)
        end = time.monotonic() + 10
        while "still running 2.1f (0 s)" not in stream.getvalue():
            assert time.monotonic() < end
            time.sleep(0.02)
        shown.on_row("2.1f", PASSED)
        assert "(0 s)\r\x1b[Krow " in stream.getvalue()


# --------------------------------------------------------------------------------------------------- in a real terminal


class Terminal:
    """`check` in a terminal of 80 columns. text: all that it wrote."""

    def __init__(self, *arguments: str) -> None:
        import fcntl
        import pty
        import struct
        import termios

        self.process, self.screen = pty.fork()
        if self.process == 0:
            os.chdir(planted.ROOT)
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 80, 0, 0))
            os.execve(sys.executable, line("check", *arguments), {**ENVIRONMENT, "TERM": "xterm"})
        self.text = ""

    def wait_for(self, pattern: str, seconds: float = 30) -> None:
        end = time.monotonic() + seconds
        while not re.search(pattern, self.text):
            assert time.monotonic() < end, self.text
            self._read(0.1)

    def _read(self, seconds: float) -> bool:
        if select.select([self.screen], [], [], seconds)[0]:
            try:
                data = os.read(self.screen, 1 << 16)
            except OSError:
                return False
            self.text += data.decode().replace("\r\n", "\n")
            return bool(data)
        return True

    def end(self) -> int:
        """Reads on to its end, and returns the exit code."""
        while self._read(30):
            pass
        return os.waitstatus_to_exitcode(os.waitpid(self.process, 0)[1])


@pytest.fixture
def endless(tmp_path: Path) -> Path:
    """A submission whose first question is answered, and whose second loops."""
    folder = planted.build("wrong_answers", tmp_path / "s")
    (folder / "searching.py").write_text("import time\ntime.sleep(60)\n")
    return folder


@pytest.mark.skipif(os.name != "posix", reason="needs a pseudo-terminal")
def test_ctrl_c_shows_what_is_known_so_far(endless: Path) -> None:
    terminal = Terminal(str(endless))
    terminal.wait_for(r"1\.3 .*\n")
    terminal.wait_for(r"still running 2\.1 \(\d+ s\)")
    os.write(terminal.screen, b"\x03")
    code = terminal.end()
    assert code == 130, terminal.text[-3000:]
    page = terminal.text.rpartition("\x1b[J")[2]
    assert "Stopped: 2.1 to 3.2 were not judged." in page
    assert re.search(r"1\.3 +\S*(failed|partial|passed|timed_out)", re.sub(r"\x1b\[[0-9;]*m", "", page))
    assert "internal" not in page
    assert "Traceback" not in terminal.text
    assert not (endless / ".autograder" / "history.json").exists()


@pytest.mark.skipif(os.name != "posix", reason="sends Ctrl-C as a signal")
@pytest.mark.parametrize("options", [[], ["--json"]], ids=str)
def test_ctrl_c_in_a_pipe_ends_in_order(options: list[str], endless: Path) -> None:
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    command = line("check", endless, *options)
    process = subprocess.Popen(command, text=True, env=ENVIRONMENT, start_new_session=True, **pipes)
    time.sleep(1.5)
    process.send_signal(signal.SIGINT)
    said, problem = process.communicate(timeout=20)
    assert process.returncode == 130
    assert problem == ""
    assert said == "" if options else "Stopped: " in said


@pytest.mark.skipif(os.name != "posix", reason="needs a pseudo-terminal")
def test_the_page_takes_the_place_of_the_rows() -> None:
    terminal = Terminal("reference", "--no-color")
    assert terminal.end() == 0
    rows, _, page = terminal.text.rpartition("\x1b[J")
    assert rows.count("\n1.1 ") == page.count("\n1.1 ") == 1
    assert page.startswith("row ")
    assert "\x1b[3" not in page
