"""`--watch` under every way in which editors save."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from autograder.check.watch import Watched
from tests.autograder.planted import ROOT
from tests.autograder.program import ENVIRONMENT, line

pytestmark = pytest.mark.skipif(os.name != "posix", reason="sends Ctrl-C as a signal")
WAITING = "Waiting for a file to be saved"
ANSWER = 'NEEDS_SORTED = "binary"\n'


def in_place(path: Path) -> None:
    path.write_text(ANSWER)


def by_renaming(path: Path) -> None:
    """As vim does: the old file becomes a backup, a new one takes its place."""
    backup = path.with_name(f"{path.name}~")
    path.rename(backup)
    path.write_text(ANSWER)
    backup.unlink()


def by_replacing(path: Path) -> None:
    waiting = path.with_name(f".{path.name}.tmp")
    waiting.write_text(ANSWER)
    os.replace(waiting, path)


def by_deleting_first(path: Path) -> None:
    path.unlink()
    time.sleep(0.05)
    path.write_text(ANSWER)


def piece_by_piece(path: Path) -> None:
    with open(path, "w") as stream:
        for letter in ANSWER:
            stream.write(letter)
            stream.flush()
            time.sleep(0.01)


def many_times(path: Path) -> None:
    for count in range(20):
        path.write_text(f"x = {count}\n")
        time.sleep(0.01)
    path.write_text(ANSWER)


def with_the_same_size_and_time(path: Path) -> None:
    """As a tool may do that restores times: only the file itself is another one."""
    status = path.stat()
    other = path.with_name("other")
    other.write_text((ANSWER + "#" * status.st_size)[: status.st_size])
    os.utime(other, ns=(status.st_atime_ns, status.st_mtime_ns))
    os.replace(other, path)


SAVES = [
    *(in_place, by_renaming, by_replacing, by_deleting_first),
    *(piece_by_piece, many_times, with_the_same_size_and_time),
]


class Watching:
    """`check --watch` of one row of a copy of the template."""

    def __init__(self, tmp_path: Path) -> None:
        self.folder, self.said = tmp_path / "s", tmp_path / "said.txt"
        shutil.copytree(ROOT / "student_template", self.folder)
        self.stream = open(self.said, "w", encoding="utf-8")  # noqa: SIM115
        environment = {**ENVIRONMENT, "PYTHONUNBUFFERED": "1"}
        command = line("check", self.folder, "--watch", "-q", "2.2")
        self.process = subprocess.Popen(command, stdout=self.stream, stderr=self.stream, env=environment)
        self.wait_for(WAITING)

    @property
    def text(self) -> str:
        return self.said.read_text(encoding="utf-8")

    def wait_for(self, pattern: str, count: int = 1) -> None:
        end = time.monotonic() + 30
        while len(re.findall(pattern, self.text)) < count:
            assert time.monotonic() < end, self.text
            assert self.process.poll() is None, self.text
            time.sleep(0.02)

    def end(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=20)


@pytest.fixture
def watching(tmp_path: Path) -> Iterator[Watching]:
    started = Watching(tmp_path)
    yield started
    started.process.kill()
    started.process.wait()
    started.stream.close()


@pytest.mark.parametrize("save", SAVES)
def test_a_save_is_checked_once_and_whole(save: Callable[[Path], None], watching: Watching) -> None:
    save(watching.folder / "searching.py")
    watching.wait_for(r"2\.2 +deferred")
    watching.wait_for(WAITING, 2)
    time.sleep(0.5)
    text = watching.text
    assert watching.end() == 0
    assert text.index("2.2   unanswered") < text.index(" searching.py ---") < text.index("2.2   deferred")
    assert text.count(" searching.py ---") == 1
    assert "2.2 unanswered -> deferred; since " in text
    assert "Traceback" not in watching.text


def test_a_touch_a_helper_and_a_new_file_are_saves_and_other_files_are_none(watching: Watching) -> None:
    os.utime(watching.folder / "searching.py")
    watching.wait_for(" searching.py ---")
    watching.wait_for(WAITING, 2)
    (watching.folder / "helper.py").write_text(ANSWER)
    watching.wait_for(" helper.py ---")
    watching.wait_for(WAITING, 3)
    (watching.folder / "searching.py").write_text("from helper import NEEDS_SORTED\n")
    watching.wait_for(r"2\.2 +deferred")
    watching.wait_for(WAITING, 4)
    for name in ("notes.txt", ".searching.py.swp", "searching.py~", ".hidden.py"):
        (watching.folder / name).write_text("x")
    time.sleep(0.5)
    assert watching.text.count(WAITING) == 4
    (watching.folder / "helper.py").unlink()
    watching.wait_for(r" helper\.py \(removed\) ---")
    watching.wait_for(WAITING, 5)
    assert watching.end() == 1


def test_a_save_while_a_check_runs_starts_it_again(watching: Watching) -> None:
    began = time.monotonic()
    (watching.folder / "searching.py").write_text("while True: pass\n")
    watching.wait_for(" searching.py ---")
    time.sleep(0.5)
    (watching.folder / "searching.py").write_text(ANSWER)
    watching.wait_for(r"2\.2 +deferred")
    assert time.monotonic() - began < 4  # and not after the time of the endless one
    watching.wait_for(WAITING, 2)
    text = watching.text
    assert watching.end() == 0
    assert "timed_out" not in text
    assert "Stopped" not in text
    assert text.count(WAITING) == 2


def test_a_folder_that_is_gone_for_a_moment_ends_nothing(watching: Watching) -> None:
    watching.folder.rename(aside := watching.folder.with_name("aside"))
    watching.wait_for("there is no such folder")
    aside.rename(watching.folder)
    watching.wait_for(r"2\.2 +unanswered", 2)
    watching.wait_for(WAITING, 3)
    assert watching.end() == 1


def test_a_folder_that_cannot_be_looked_at_has_no_files(tmp_path: Path) -> None:
    assert Watched(tmp_path / "nowhere", screen=False).files() == {}
