"""`regrade` called wrongly, or with something broken: one sentence, exit 2, and whatever was there stays as it was."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.regrade.store_file import FILE
from tests.autograder import planted
from tests.autograder.calls import Caller, contents, table
from tests.autograder.regrade.exported_class import (
    EXPORT,
    Handed,
    as_folder,
    as_zip,
    members_of,
    planted_files,
)

RUBRIC = planted.ROOT / "tests" / "rubric.yaml"
ADA = ("Ada Lovelace", "ada@example.edu", "A1")
CLASS = (
    Handed("7", planted_files("reference"), (ADA,)),
    Handed("8", planted_files("empty"), (("Bob", "bob@example.edu", "B2"),)),
    Handed("9", planted_files("missing_file"), (ADA, ("Cy", "cy@example.edu", "C3"))),
)
FULL = f"{float(planted.FULL):g}"


@pytest.fixture
def export(tmp_path: Path) -> Path:
    return as_zip(tmp_path / "hw3.zip", members_of(CLASS))


def changed(path: Path, old: str, new: str) -> Path:
    text = RUBRIC.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    return path


def damaged(path: Path) -> Path:
    """The class, of which a file of submission 7 is not as it was packed."""
    data = as_zip(path, members_of(CLASS), zipfile.ZIP_STORED).read_bytes()
    at = data.index(planted_files("reference")["searching.py"])
    path.write_bytes(data[:at] + b"!" + data[at + 1 :])
    return path


# ---------------------------------------------------------------------------------------------- a class as it should be


@pytest.mark.parametrize("kind", ["zip", "folder"])
def test_an_export(kind: str, export: Path, tmp_path: Path, regrade: Caller) -> None:
    given = export if kind == "zip" else as_folder(tmp_path / "folder", members_of(CLASS))
    out = tmp_path / "out"
    called = regrade(given, "-o", out, "--jobs", "1")
    assert called.code == 0, called.err
    assert called.out.startswith("3 submissions: 3 graded")
    assert "submissions 7, 9 are from one student: all are graded" in called.out
    grades = table(out / "grades.csv")
    assert list(grades) == ["7", "8", "9"]
    assert grades["7"]["total"] == FULL
    assert grades["8"]["total"] == "0"
    assert grades["9"]["name"] == "Ada Lovelace; Cy"
    assert {path.name for path in (out / "results").iterdir()} == {"7.json", "8.json", "9.json"}


def test_from_the_zip_then_from_its_folder(export: Path, tmp_path: Path, regrade: Caller) -> None:
    out = tmp_path / "out"
    assert regrade(export, "-o", out).code == 0
    called = regrade(as_folder(tmp_path / "folder", members_of(CLASS)), "-o", out)
    assert called.out.startswith("3 submissions: 0 graded, 3 unchanged")


def test_a_damaged_submission_is_told_and_the_rest_is_graded(tmp_path: Path, regrade: Caller) -> None:
    path, out = damaged(tmp_path / "hw3.zip"), tmp_path / "out"
    called = regrade(path, "-o", out)
    assert called.code == 0
    assert "3 submissions: 2 graded, 1 NOT GRADED (why: in the notes of grades.csv)" in called.out
    why = f"{EXPORT}/submission_7/searching.py cannot be read from the zip (Bad CRC-32"
    assert f"submission 7: not graded: {why}" in called.err
    grades = table(out / "grades.csv")
    assert why in grades["7"]["notes"]
    assert grades["7"]["name"] == "Ada Lovelace"
    assert grades["9"]["total"] not in ("0", "")
    # Downloaded again, it is graded, and only it.
    as_zip(path, members_of(CLASS))
    called = regrade(path, "-o", out)
    assert "3 submissions: 1 graded, 2 unchanged" in called.out
    assert table(out / "grades.csv")["7"]["total"] == FULL


def test_a_submission_that_is_damaged_later(export: Path, tmp_path: Path, regrade: Caller) -> None:
    """What was graded is not lost with a bad download: it comes back with the good one."""
    out = tmp_path / "out"
    assert regrade(export, "-o", out).code == 0
    whole = export.read_bytes()
    damaged(export)
    assert "1 NOT GRADED" in regrade(export, "-o", out).out
    shown = json.loads((out / "results" / "7.json").read_text())
    assert (table(out / "grades.csv")["7"]["total"], shown["score"]) == ("", 0.0)
    assert shown["extra_data"]["rerun"] is True
    export.write_bytes(whole)
    assert "0 graded, 3 unchanged" in regrade(export, "-o", out).out
    assert table(out / "grades.csv")["7"]["total"] == FULL
    assert json.loads((out / "results" / "7.json").read_text())["score"] == float(FULL)


# ------------------------------------------------------------------------------------------------------- a wrong call


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "say where the grades go: -o OUT"),
        (["-o", "out", "--jobs", "0"], "--jobs takes a number from 1 up"),
        (["-o", "out", "--jobs", "-3"], "--jobs takes a number from 1 up"),
        (["-o", "out", "--against", "nowhere"], "nowhere: give a folder that `regrade -o` wrote, or its grades.csv"),
        (["-o", "out", "--against", "hw3.zip"], "a header with the columns submission, total was expected"),
        (["-o", "out", "--against", "."], "give a folder that `regrade -o` wrote"),
        (["-o", "out", "--rubric", "nowhere.yaml"], "nowhere.yaml cannot be read: No such file or directory"),
        (["-o", "out", "--rubric", "."], "cannot be read"),
        (["-o", "out", "--rubric", "hw3.zip"], "cannot be read"),
        (["-o", "hw3.zip"], "this is a file, and -o takes a folder"),
        (["-o", "hw3.zip/below"], "Not a directory"),
        (["-o", "LINK"], "LINK"),
    ],
    ids=lambda one: " ".join(one)[:40] if isinstance(one, list) else "",
)
def test_a_wrong_call(
    arguments: list[str], said: str, export: Path, tmp_path: Path, regrade: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "LINK").symlink_to(tmp_path / "gone" / "away")
    before = contents(tmp_path)
    assert said in regrade(export, *arguments).sentence
    assert contents(tmp_path) == before
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "make",
    [
        lambda path: path.write_bytes(b"PK\3\4 and no more"),
        lambda path: path.mkdir(),
        lambda path: None,
        lambda path: path.symlink_to(path),
        lambda path: as_zip(path, {"..\\x\\y.py": ""}),
    ],
    ids=["cut", "empty folder", "nothing", "link to itself", "nothing in it"],
)
def test_a_bad_export_leaves_out_as_it_was(
    make: Callable[[Path], object], export: Path, tmp_path: Path, regrade: Caller
) -> None:
    out, bad = tmp_path / "out", tmp_path / "bad"
    make(bad)
    assert "bad" in regrade(bad, "-o", tmp_path / "new").sentence
    assert not (tmp_path / "new").exists()
    assert regrade(export, "-o", out).code == 0
    before = contents(out)
    assert "bad" in regrade(bad, "-o", out).sentence
    assert contents(out) == before


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("points: 0.5", "pionts: 0.5", 'pionts", did you mean "points"?'),
        ("points: 0.5", "points: many", "points"),
        ("points: 0.5", "points: [", "rubric.yaml"),
    ],
    ids=["unknown key", "no number", "no YAML"],
)
def test_a_wrong_rubric(old: str, new: str, said: str, export: Path, tmp_path: Path, regrade: Caller) -> None:
    out, rubric = tmp_path / "out", changed(tmp_path / "my_rubric.yaml", old, new)
    assert regrade(export, "-o", out).code == 0
    before = contents(out)
    for call in ((export, "-o", out), (out,), (out, "-o", out), (out, "--only", "7")):
        called = regrade(*call, "--rubric", rubric)
        assert called.code == 2
        assert "my_rubric.yaml" in called.err
        assert "line" in called.err
        assert called.err.count("\n") == 1
        assert said.removeprefix("rubric.yaml") in called.err
    assert contents(out) == before


# ------------------------------------------------------------------------------------------------------- where OUT lies


@pytest.mark.parametrize("place", ["", "out", EXPORT, f"{EXPORT}/out", f"{EXPORT}/submission_7/../out"])
def test_out_in_the_export(place: str, tmp_path: Path, regrade: Caller) -> None:
    export = as_folder(tmp_path / "hw3", members_of(CLASS))
    before = contents(export)
    (tmp_path / "alias").symlink_to(export)
    for given in (export, tmp_path / "alias"):
        assert "would be taken for a submission" in regrade(given, "-o", export / place).sentence
    assert contents(export) == before
    assert not (export / "out").exists()


@pytest.mark.parametrize("name", ["thesis.tex", "grades.csv", "report.html", "results/7.json", "photos/x.csv"])
def test_out_is_the_folder_of_something_else(name: str, export: Path, tmp_path: Path, regrade: Caller) -> None:
    out = as_folder(tmp_path / "out", {name: "mine", "overrides.csv": "submission,row,points\n"})
    before = contents(out)
    said = regrade(export, "-o", out).sentence
    assert f"is the folder of something else (it holds {name.split('/')[0]})" in said
    assert contents(out) == before


def test_out_may_hold_what_people_decided(export: Path, tmp_path: Path, regrade: Caller) -> None:
    decided = {
        "overrides.csv": "submission,row,points,reason,who\n7,1.1,0.1,late,me\n",
        "written.csv": "submission,row,points\n8,2.3,0.5\n",
        "codes.csv": "x",
        "2.3.html": "",
        "2.3.csv": "",
        "responses/2.3.csv": "",
        ".DS_Store": "",
    }
    out = as_folder(tmp_path / "out", dict(decided))
    called = regrade(export, "-o", out)
    assert called.code == 0, called.err
    grades = table(out / "grades.csv")
    assert grades["7"]["1.1"] == "0.1"
    assert grades["8"]["2.3"] == grades["8"]["total"] == "0.5"
    assert {name: text.encode() for name, text in decided.items()}.items() <= contents(out).items()


@pytest.mark.parametrize("content", [b"", b"hello, this is text" * 300, b"SQLite format 3\0" + b"\xff" * 2000])
def test_out_with_a_store_that_is_none(content: bytes, export: Path, tmp_path: Path, regrade: Caller) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / FILE).write_bytes(content)
    if not content:  # what a stop in the first moment leaves
        assert regrade(export, "-o", out).code == 0
        return
    for call in ((export, "-o", out), (out,), (out, "-o", tmp_path / "other")):
        assert f"{FILE} is not a store of gradings" in regrade(*call).sentence
    assert contents(out) == {FILE: content}


# ----------------------------------------------------------------------------------------------------- what is decided


def test_bad_lines_of_overrides_are_named_and_the_rest_counts(export: Path, tmp_path: Path, regrade: Caller) -> None:
    bad = {
        2: ("7,9.9,1,,", "the rubric has no row '9.9'"),
        3: ("7,1.1,many,,", "points must be a number"),
        4: ("7,1.1,99,,", "row 1.1 is worth 0 to 0.5 points"),
        6: (",1.1,0.1,,", "it names no submission"),
        7: ("7,1.1,0.1,a,b,c", "it has more cells than the header"),
    }
    lines = ["submission,row,points,reason,who", *["" for _ in range(7)]]
    for number, (line, _) in bad.items():
        lines[number - 1] = line
    lines[4] = "8,1.1,0.2,a reason,me"
    lines[7] = "404,1.1,0.2,,"
    mine = tmp_path / "out" / "overrides.csv"
    mine.parent.mkdir()
    mine.write_text("\n".join(lines) + "\n")
    called = regrade(export, "-o", tmp_path / "out")
    assert called.code == 0
    for number, (_, why) in bad.items():
        assert f"warning: overrides.csv, line {number}: not used, {why}" in called.out
    assert "warning: overrides.csv, line 8: not used, '404' is no submission's id" in called.out
    grades = table(tmp_path / "out" / "grades.csv")
    assert grades["8"]["1.1"] == grades["8"]["total"] == "0.2"
    assert grades["7"]["total"] == FULL
