"""`pack`: what is in the zip, what is said of it, and that what arrives has the receipt that it printed."""

from __future__ import annotations

import json
import os
import re
import shutil
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from autograder.check import pack
from autograder.check.command import home_assignment
from autograder.core.receipt import receipt_of
from autograder.core.submission import MAX_FILE, read_submission
from autograder.intake.folder import open_source
from tests.autograder import calls
from tests.autograder.planted import FILES, ROOT

HELPER = "from helper_of_helper import Y  # é\n"


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> calls.Caller:
    """One command, called in `tmp_path`."""
    monkeypatch.chdir(tmp_path)
    return partial(calls.run, capsys)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A student's folder: right answers, one with helper modules, and everything else that lies about."""
    folder = tmp_path / "my answers"
    shutil.copytree(ROOT / "reference", folder, ignore=lambda _, names: [n for n in names if n not in FILES])
    with open(folder / FILES[0], "a") as stream:
        stream.write("\nimport my_helper\n")
    (folder / "my_helper.py").write_text(HELPER, encoding="utf-8")
    (folder / "helper_of_helper.py").write_text("Y = 1\n")
    (folder / "scratch.py").write_text("import averages\n")
    for name in (".autograder/failing.py", "__pycache__/a.pyc", "venv/lib/x.py", ".git/config", "notes.txt", "old.zip"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("x")
    return folder


READ = sorted([*FILES, "my_helper.py", "helper_of_helper.py"])


def receipt_lines(text: str) -> list[str]:
    """The lines of the receipt in what was printed, at home or above Gradescope's rows."""
    lines = text.splitlines()
    start = next(at for at, line in enumerate(lines) if line.startswith("Receipt")) + 1
    return lines[start : start + len(FILES) + 1]


# ------------------------------------------------------------------------------------------------- ways to hand it in


def unpacked(home: Path, zipped: Path, to: Path) -> None:
    zipfile.ZipFile(zipped).extractall(to)


def as_files(home: Path, zipped: Path, to: Path) -> None:
    to.mkdir()
    for path in home.glob("*.*"):
        if path.is_file():
            shutil.copy(path, to)


def from_github(home: Path, zipped: Path, to: Path) -> None:
    """A checkout with everything that was committed by mistake, and Windows' line ends."""
    shutil.copytree(home, to)
    for path in to.glob("*.py"):
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))


def saved_by_notepad(home: Path, zipped: Path, to: Path) -> None:
    as_files(home, zipped, to)
    for path in to.glob("*.py"):
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))


def in_a_folder(home: Path, zipped: Path, to: Path) -> None:
    """A folder that was packed in place of its files."""
    unpacked(home, zipped, to / "my answers")


WAYS: list[Callable[[Path, Path, Path], None]] = [unpacked, as_files, from_github, saved_by_notepad, in_a_folder]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_what_arrives_has_the_receipt_that_was_printed(
    home: Path, tmp_path: Path, way: Callable[[Path, Path, Path], None], run: calls.Caller
) -> None:
    done = run("pack", home)
    assert done.code == 0, done.err
    way(home, tmp_path / "upload.zip", tmp_path / "arrived")
    results = tmp_path / "results" / "results.json"
    results.parent.mkdir()
    assert run("grade", tmp_path / "arrived", "-o", results).code == 0
    body = json.loads(results.read_text())
    assert receipt_lines(done.out) == receipt_lines(body["output"])
    assert body["extra_data"]["receipt"] == receipt_of(read_submission(home, FILES), FILES).record()
    assert all(line.split()[-1] in str(body["extra_data"]["receipt"]) for line in receipt_lines(done.out))


def test_a_zip_in_an_export_has_the_same_receipt(home: Path, tmp_path: Path, run: calls.Caller) -> None:
    run("pack", home)
    source = open_source(tmp_path / "upload.zip", FILES)
    assert receipt_of(source.read("upload"), FILES) == receipt_of(read_submission(home, FILES), FILES)
    source.close()


# ------------------------------------------------------------------------------------------------------------ the zip


def test_exactly_what_is_read_is_packed(home: Path, tmp_path: Path, run: calls.Caller) -> None:
    done = run("pack", home)
    with zipfile.ZipFile(tmp_path / "upload.zip") as archive:
        assert archive.namelist() == READ
        assert archive.read("my_helper.py").decode() == HELPER
    assert "Not in the zip, since no question imports it: scratch.py." in done.out
    assert "No row is left unanswered." in done.out
    assert max(map(len, done.out.splitlines())) <= 80


def test_the_same_answers_give_the_same_bytes(home: Path, tmp_path: Path, run: calls.Caller) -> None:
    run("pack", home, "-o", "one.zip")
    saved_by_notepad(home, Path(), tmp_path / "on Windows")
    os.utime(tmp_path / "on Windows" / FILES[0], (1, 1))
    run("pack", tmp_path / "on Windows", "-o", "two.zip")
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


def test_what_is_packed_is_what_was_checked(home: Path, tmp_path: Path) -> None:
    with open(home / FILES[0], "a") as stream:
        stream.write("\nexec('import scr' + 'atch')\n")
    done = pack.pack(home_assignment(ROOT), home, tmp_path / "upload.zip", ROOT)
    assert "there is no scratch.py among your files" in done.report.marks[0].remarks


# ------------------------------------------------------------------------------------------------------ what it says


def test_a_zip_is_written_though_rows_are_not_passed(home: Path, tmp_path: Path, run: calls.Caller) -> None:
    shutil.copy(ROOT / "student_template" / FILES[1], home / FILES[1])
    (home / FILES[0]).write_text((home / FILES[0]).read_text() + "\ndef mean(values):\n    return 0.0\n")
    done = run("pack", home)
    assert done.code == 1
    assert (tmp_path / "upload.zip").exists()
    assert re.search(r"Not passed: 1\.2 failed\. Why:\s+python -m autograder check .*--assignment", done.out)
    assert "Not answered: 2.1 to 2.4." in done.out


def test_a_file_that_is_too_large_is_told_and_stays_out(home: Path, tmp_path: Path, run: calls.Caller) -> None:
    (home / FILES[1]).write_text("#" * (MAX_FILE + 1))
    done = run("pack", home)
    assert done.code == 1
    assert f"{FILES[1]} is not in the zip: {FILES[1]} is larger than 1 MiB" in done.out.replace("\n  ", " ")
    assert FILES[1] not in zipfile.ZipFile(tmp_path / "upload.zip").namelist()
    assert ["searching.py", "could", "not", "be", "read"] in [line.split() for line in receipt_lines(done.out)]


def test_a_file_that_is_nearly_too_large_is_told(home: Path, tmp_path: Path, run: calls.Caller) -> None:
    with open(home / FILES[1], "a") as stream:
        stream.write("#" * int(0.95 * MAX_FILE))
    done = run("pack", home)
    assert done.code == 0
    assert "a file of more than 1,048,576 is not read" in done.out.replace("\n  ", " ")


def test_a_missing_file_is_told(home: Path, tmp_path: Path, run: calls.Caller) -> None:
    (home / FILES[1]).unlink()
    done = run("pack", home)
    assert done.code == 1
    assert f"{FILES[1]} is not in the zip: it is not in this folder." in done.out


def test_nothing_is_written_where_nothing_can_be_read(tmp_path: Path, run: calls.Caller) -> None:
    (tmp_path / "s").mkdir()
    for file in FILES:
        (tmp_path / "s" / file).write_bytes(b"\xff\xfeX")
    done = run("pack", "s")
    assert (done.code, done.out) == (2, "")
    assert "no zip was written" in done.err
    assert "saved as UTF-16" in done.err
    assert not (tmp_path / "upload.zip").exists()
    assert run("pack", "nowhere").code == 2


# ---------------------------------------------------------------------------------------------------- what it spares


def test_its_own_earlier_zip_is_replaced(home: Path, tmp_path: Path, run: calls.Caller) -> None:
    run("pack", home)
    before = (tmp_path / "upload.zip").read_bytes()
    (home / "helper_of_helper.py").write_text("Y = 2\n")
    assert run("pack", home).code == 0
    assert (tmp_path / "upload.zip").read_bytes() != before


def add(path: Path, name: str) -> None:
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(name, "X = 1\n")


ITS_OWN = pack.as_zip({FILES[0]: "X = 1\n"})
OTHERS: dict[str, Callable[[Path], object]] = {
    "a text": lambda path: path.write_text("my diary"),
    "another zip": lambda path: add(path, FILES[0]),
    "its own with a file more": lambda path: (path.write_bytes(ITS_OWN), add(path, "mine.txt")),
    "a folder": Path.mkdir,
    "a link to its own": lambda path: (path.with_name("x.zip").write_bytes(ITS_OWN), path.symlink_to("x.zip")),
    "a broken link": lambda path: path.symlink_to("nowhere"),
}


@pytest.mark.parametrize("make", OTHERS.values(), ids=OTHERS)
def test_nothing_else_is_ever_overwritten(
    home: Path, tmp_path: Path, make: Callable[[Path], object], run: calls.Caller
) -> None:
    path = tmp_path / "upload.zip"
    make(path)
    before = (path.is_symlink(), path.read_bytes() if path.is_file() else None)
    done = run("pack", home)
    assert done.code == 2
    assert "-o" in done.err
    assert (path.is_symlink(), path.read_bytes() if path.is_file() else None) == before


def test_a_place_that_cannot_be_written_is_told(home: Path, tmp_path: Path, run: calls.Caller) -> None:
    done = run("pack", home, "-o", "nowhere/upload.zip")
    assert done.code == 2
    assert "cannot write nowhere/upload.zip" in done.err
    assert done.err.count("\n") == 1
