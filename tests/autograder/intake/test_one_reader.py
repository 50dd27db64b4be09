"""`grade`, `check` and `regrade` read the same from the same folder, whatever shape it has, and name the same."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from autograder.check.preflight import file_notes
from autograder.core.submission import Submission, read_submission
from autograder.grading.grader import notes_on_files
from autograder.intake.folder import open_source
from tests.autograder.regrade.exported_class import as_folder, as_zip

WANTED = ("averages.py", "searching.py")
ANSWER = b"def mean(x):\n    return 1\n"
Shape = dict[str, bytes]
SHAPES: dict[str, Shape] = {
    "as asked": {"averages.py": ANSWER, "searching.py": ANSWER},
    "one file": {"averages.py": ANSWER},
    "one file empty": {"averages.py": b""},
    "a module of their own": {"averages.py": ANSWER, "helper.py": ANSWER},
    "Latin-1": {"averages.py": "# é\n".encode("latin-1") + ANSWER},
    "Latin-1 with a cookie": {"averages.py": "# coding: latin-1\n# é\n".encode("latin-1")},
    "a UTF-8 mark": {"averages.py": b"\xef\xbb\xbf" + ANSWER},
    "UTF-16": {"averages.py": ANSWER.decode().encode("utf-16")},
    "Windows' line ends": {"averages.py": ANSWER.replace(b"\n", b"\r\n")},
    "old Mac's line ends": {"averages.py": ANSWER.replace(b"\n", b"\r")},
    "a NUL": {"averages.py": b"x = 1\0"},
    "binary": {"averages.py": bytes(range(256))},
    "too large": {"averages.py": b"#" * ((1 << 20) + 1)},
    "too large together": {f"m{place}.py": b"#" * (1 << 20) for place in range(4)},
    "(1)": {"averages (1).py": ANSWER},
    "(1) beside the file": {"averages.py": ANSWER, "averages (1).py": ANSWER},
    " - Copy": {"averages - Copy.py": ANSWER, "searching.py": ANSWER},
    "another capital": {"Averages.py": ANSWER},
    "a hyphen": {"av-erages.py": ANSWER},
    ".py.txt": {"averages.py.txt": ANSWER},
    ".txt": {"averages.txt": ANSWER},
    "no ending": {"averages": ANSWER},
    "one folder down": {"hw3/averages.py": ANSWER, "hw3/searching.py": ANSWER},
    "two folders down": {"hw3/hw3/averages.py": ANSWER},
    "three folders down": {"a/b/c/averages.py": ANSWER},
    "folders beside a file": {"hw3/averages.py": ANSWER, "hw3/more/x.txt": b"", "notes.txt": b"", "data/y.csv": b""},
    "two folders with them": {"a/averages.py": ANSWER, "b/searching.py": ANSWER},
    "an old copy within": {"hw3/averages.py": ANSWER, "hw3/old/averages.py": ANSWER},
    "one folder down in Latin-1": {"hw3/averages.py": "# é".encode("latin-1")},
    "one folder down, a folder of the name above": {"averages.py/x": b"", "hw3/averages.py": ANSWER},
    "one folder down and packed": {"hw3/averages.py": ANSWER, "hw3.zip": b"PK", "__MACOSX/hw3/._averages.py": b"x"},
    "many folders, and one with them": {f"d{place:03d}/x.txt": b"" for place in range(250)} | {"z/averages.py": ANSWER},
    "one here and one further down": {"averages.py": ANSWER, "hw3/searching.py": ANSWER},
    "a zip inside": {"hw3.zip": b"PK\x03\x04"},
    "a zip beside the file": {"averages.py": ANSWER, "hw3.zip": b"PK\x03\x04"},
    "a tar inside": {"hw3.tar.gz": b"\x1f\x8b"},
    "a notebook only": {"hw3.ipynb": b"{}"},
    "a notebook of the name": {"averages.ipynb": b"{}"},
    "a PDF only": {"hw3.pdf": b"%PDF"},
    "what a Mac adds": {"averages.py": ANSWER, "__MACOSX/._averages.py": b"x", ".DS_Store": b"x"},
    "what a Mac adds alone": {"__MACOSX/._averages.py": b"x"},
    "caches": {"averages.py": ANSWER, "__pycache__/averages.cpython-310.pyc": b"x"},
    "a repository": {"averages.py": ANSWER, ".git/config": b"x", ".gitignore": b"x"},
    "an editor's folder": {"averages.py": ANSWER, ".vscode/settings.json": b"{}", ".idea/x.xml": b"x"},
    "a folder of the name": {"averages.py/inside.py": ANSWER},
    "tests of theirs": {"averages.py": ANSWER, "test_averages.py": ANSWER, "conftest.py": ANSWER},
    "a package": {"averages.py": ANSWER, "helpers/__init__.py": b"", "helpers/more.py": ANSWER},
    "names that are no modules": {"averages.py": ANSWER, "my file.py": ANSWER, "1st.py": ANSWER, "class.py": ANSWER},
    "letters that look alike": {"\u0430verages.py": ANSWER},
    "accents, decomposed": {"e\u0301tude.py": ANSWER},
    "accents, composed": {"\u00e9tude.py": ANSWER},
    "spaces at the ends": {" averages.py": ANSWER, "searching.py ": ANSWER},
    "a long name": {"a" * 200 + ".py": ANSWER},
    "a name with a line end": {"averages.py": ANSWER, "two\nlines.py": ANSWER},
    "a name with controls": {"\x1b[31mred.py": ANSWER, "\u202eyp.txt": ANSWER},
    "markup in a name": {"<b>averages</b>.py": ANSWER, "=cmd().csv": b"x"},
    "many files": {f"file{place:03d}.txt": b"x" for place in range(300)} | {"averages.py": ANSWER},
    "many modules": {f"m{place:03d}.py": b"x = 1" for place in range(80)} | {"searching.py": ANSWER},
    "the metadata's name": {"submission_metadata.yml": b"submission_1:\n", "averages.py": ANSWER},
    "a submission within": {"submission_2/averages.py": ANSWER},
}


def members(shape: Shape, separator: str = "/") -> dict[str, bytes | str]:
    """An export of two submissions: this one, and an empty one."""
    files = {f"export/submission_1/{name}".replace("/", separator): data for name, data in shape.items()}
    return {"export/submission_2/": "", **files}


def submission(root: Path, shape: Shape) -> Path:
    """The folder of the first in an export below `root`."""
    return as_folder(root, members(shape)) / "export" / "submission_1"


def from_source(path: Path) -> Submission:
    with closing(open_source(path, WANTED)) as source:
        assert source.names() == ["1", "2"]
        assert source.read("2") == Submission()
        return source.read("1")


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_the_same_is_read_and_named_in_all(shape: Shape, tmp_path: Path) -> None:
    folder = submission(tmp_path, shape)
    graded = read_submission(folder, WANTED)
    assert from_source(folder.parent) == graded
    assert from_source(as_zip(tmp_path / "export.zip", members(shape))) == graded
    assert (
        file_notes(folder, WANTED) == list(notes_on_files(graded, WANTED))
        or graded.within
        or set(WANTED) <= graded.texts.keys()
    )
    read = {*graded.texts, *graded.faults}
    for name in shape:
        known = name.partition("/")[0]
        junk = known.startswith((".", "__")) or name.endswith(".pyc")
        told = [*read, *graded.others, graded.within]
        assert junk or any(known[:20].strip("\x1b\u202e\n ")[:3] in one for one in told) or len(shape) > 200, name


@pytest.mark.parametrize("shape", ["as asked", "one folder down", "what a Mac adds", "a package"])
def test_names_of_a_windows_zip_are_paths(shape: str, tmp_path: Path) -> None:
    graded = read_submission(submission(tmp_path, SHAPES[shape]), WANTED)
    assert from_source(as_zip(tmp_path / "export.zip", members(SHAPES[shape], "\\"))) == graded


IN_A_FOLDER = {"one folder down": "hw3/", "two folders down": "hw3/hw3/", "folders beside a file": "hw3/"}
IN_NONE = ("one here and one further down", "two folders with them", "an old copy within", "three folders down")


@pytest.mark.parametrize("shape", IN_A_FOLDER)
def test_one_folder_with_everything_is_read_there_and_said(shape: str, tmp_path: Path) -> None:
    found = read_submission(submission(tmp_path, SHAPES[shape]), WANTED)
    assert found.within == IN_A_FOLDER[shape]
    assert "averages.py" in found.texts
    assert f"The files were read from the folder {found.within}." in notes_on_files(found, WANTED)


@pytest.mark.parametrize("shape", IN_NONE)
def test_where_nobody_can_say_which_folder_was_meant_none_is_read(shape: str, tmp_path: Path) -> None:
    found = read_submission(submission(tmp_path, SHAPES[shape]), WANTED)
    assert found.within == ""
    assert not any("/" in name for name in found.texts)
    further = [name for name in SHAPES[shape] if 0 < name.count("/") <= 2]
    assert all(name in found.others for name in further)


def test_a_folder_that_is_a_link_is_not_followed(tmp_path: Path) -> None:
    outside = submission(tmp_path / "outside", SHAPES["as asked"])
    (tmp_path / "submission").mkdir()
    (tmp_path / "submission" / "hw3").symlink_to(outside)
    assert read_submission(tmp_path / "submission", WANTED) == Submission(others=("hw3 (link)",))
