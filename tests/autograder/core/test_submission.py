"""Reading a submission: named files as text, and a sentence for everything that is no such file."""

from __future__ import annotations

import os
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from autograder.core.submission import MAX_FILE, MAX_FILES, Submission, read_submission

WANTED = ["answers.py"]


def read(folder: Path) -> Submission:
    return read_submission(folder, WANTED)


def test_wanted_files_helpers_and_everything_else(tmp_path: Path) -> None:
    (tmp_path / "answers.py").write_text("x = 1\n")
    (tmp_path / "my_helper.py").write_text("y = 2\n")
    (tmp_path / "notes.txt").write_text("z")
    (tmp_path / "answers (1).py").write_text("z")
    (tmp_path / "folder").mkdir()
    found = read(tmp_path)
    assert found.texts == {"answers.py": "x = 1\n", "my_helper.py": "y = 2\n"}
    assert found.others == ("answers (1).py", "folder/", "notes.txt")
    assert not found.faults


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"x = '\xe9'\n", "is not UTF-8: byte 0xe9 in line 1"),
        (b"\xff\xfex\x00", "is saved as UTF-16"),
        (b"x = 1\x00", "contains a NUL byte"),
        (b"#" * (MAX_FILE + 1), "is larger than 1 MiB"),
    ],
    ids=["latin-1", "utf-16", "nul", "large"],
)
def test_a_file_that_is_no_python_text(tmp_path: Path, data: bytes, says: str) -> None:
    (tmp_path / "answers.py").write_bytes(data)
    found = read(tmp_path)
    assert says in found.faults["answers.py"]
    assert not found.texts


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("the answer")
    folder = tmp_path / "submission"
    folder.mkdir()
    (folder / "answers.py").symlink_to(secret)
    assert "is a link, and links are not followed" in read(folder).faults["answers.py"]
    (folder / "answers.py").unlink()
    os.link(secret, folder / "answers.py")
    assert "is a hard link" in read(folder).faults["answers.py"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="FIFOs are POSIX")
def test_a_fifo_does_not_block(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "answers.py")
    assert "is not a regular file" in read(tmp_path).faults["answers.py"]


def test_a_folder_with_the_name_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "answers.py").mkdir()
    assert "not a regular file" in read(tmp_path).faults["answers.py"]


def test_ten_thousand_files_are_not_all_read(tmp_path: Path) -> None:
    for i in range(300):
        (tmp_path / f"m{i}.py").write_text("")
    (tmp_path / "answers.py").write_text("x = 1")
    found = read(tmp_path)
    assert "answers.py" in found.texts
    assert len(found.texts) == MAX_FILES + 1
    assert len(found.others) == 200


@pytest.mark.parametrize("inside", ["", "folder/", "folder/further/"])
def test_a_hundred_thousand_names_are_not_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, inside: str) -> None:
    """What is kept of them, and how often the file system is asked, does not grow with their number."""

    class Entry:
        def __init__(self, number: int) -> None:
            self.name = f"{'m' * 120}{number:06}{'.py' if number % 2 else ''}"

        def is_dir(self, follow_symlinks: bool) -> bool:
            return False

    class Crowd:
        def __enter__(self) -> Crowd:
            return self

        def __exit__(self, *_: object) -> None:
            pass

        def __iter__(self) -> Iterator[Any]:
            yield from folder
            yield from map(Entry, range(100_000))

    (tmp_path / inside).mkdir(parents=True, exist_ok=True)
    (tmp_path / "answers.py").write_text("x = 1")
    scandir = os.scandir
    with scandir(tmp_path / inside) as entries:
        folder = list(entries)
    crowded = os.path.join(tmp_path, inside).rstrip("/")
    monkeypatch.setattr(os, "scandir", lambda path: Crowd() if os.fspath(path) == crowded else scandir(path))
    asked = []
    is_dir = Path.is_dir
    monkeypatch.setattr(Path, "is_dir", lambda path: bool(asked.append(path)) or is_dir(path))
    tracemalloc.start()
    try:
        found = read(tmp_path)
        grown = tracemalloc.get_traced_memory()[1] / (1 << 20)
    finally:
        tracemalloc.stop()
    assert found.texts == {"answers.py": "x = 1"}
    assert len(found.others) == 200
    assert grown < 8
    assert len(asked) < 500


def test_all_files_together_are_capped_and_wanted_ones_come_first(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        (tmp_path / f"{name}.py").write_text("#" * (900 << 10))
    (tmp_path / "answers.py").write_text("x = 1")
    found = read(tmp_path)
    assert set(found.texts) == {"answers.py", "a.py", "b.py"}
    assert "c.py" in found.faults


@pytest.mark.parametrize("kind", ["file", "nothing"])
def test_what_is_no_folder(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "submission.zip"
    if kind == "file":
        path.write_text("")
    with pytest.raises((NotADirectoryError, FileNotFoundError), match="Give the folder that holds the submitted files"):
        read(path)
