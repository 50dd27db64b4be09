"""A folder of grades remembers its rubric, whose class it is, and what it was graded with."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

from autograder.regrade.store import Store
from tests.autograder.calls import Capsys, run, table
from tests.autograder.planted import ROOT
from tests.autograder.regrade.conftest import Class
from tests.autograder.regrade.graded_class import rubric

OTHER = (("points: 0.5", "points: 0.75"), ("points: 1.25", "points: 1.0"))


@pytest.fixture
def kept(graded: Class, tmp_path: Path, capsys: Capsys) -> Path:
    """A folder whose grades are published under another rubric than the project's."""
    other = rubric(tmp_path / "new.yaml", *OTHER)
    assert run(capsys, "regrade", graded.out, "-o", graded.out, "--rubric", other).code == 0
    other.unlink()
    return graded.out


def here(words: list[str]) -> list[str]:
    """A call without --assignment and its word."""
    at = words.index("--assignment")
    return [*words[:at], *words[at + 2 :]]


@pytest.mark.parametrize("extra", [(), ("-o", "OUT"), ("--only", "102"), ("-o", "NEW")])
def test_a_call_that_names_no_rubric_says_both_calls_and_does_nothing(
    extra: tuple[str, ...], kept: Path, tmp_path: Path, capsys: Capsys
) -> None:
    before = (kept / "grades.csv").read_bytes()
    words = [{"OUT": str(kept), "NEW": str(tmp_path / "third")}.get(word, word) for word in extra]
    ran = run(capsys, "regrade", kept, *words)
    assert ran.code == 2
    calls = [shlex.split(line)[3:] for line in ran.err.splitlines() if "python -m autograder" in line]
    assert len(calls) == 2
    assert (kept / "grades.csv").read_bytes() == before
    assert not (tmp_path / "third").exists()
    for call in calls:
        assert run(capsys, *here(call)).code == 0
    assert calls[0][-1] == "--kept-rubric"


def test_the_kept_rubric_counts_for_every_command(kept: Path, tmp_path: Path, capsys: Capsys) -> None:
    before = table(kept / "grades.csv")
    assert before["101"]["1.1"] == "0.75"
    assert run(capsys, "regrade", kept, "-o", kept, "--kept-rubric").code == 0
    assert table(kept / "grades.csv") == before
    only = run(capsys, "regrade", kept, "--only", "102", "--kept-rubric")
    assert "kept before: the same points in every row" in only.out
    assert " of 0.75 " in only.out
    assert run(capsys, "responses", kept, "-o", tmp_path / "responses").code == 0
    assert run(capsys, "merge", tmp_path / "responses", kept).code == 0
    assert table(kept / "grades.csv")["101"]["1.1"] == "0.75"
    assert run(capsys, "regrade", kept, "-o", kept, "--rubric", ROOT / "tests" / "rubric.yaml").code == 0
    assert table(kept / "grades.csv")["101"]["1.1"] == "0.5"
    assert run(capsys, "regrade", kept, "-o", kept).code == 0  # they are the same again


def test_an_export_into_the_folder_under_another_rubric_is_refused(graded: Class, kept: Path, capsys: Capsys) -> None:
    ran = run(capsys, "regrade", graded.export, "-o", kept, "--jobs", 1)
    assert ran.code == 2
    assert "--kept-rubric" in ran.err
    assert run(capsys, "regrade", graded.export, "-o", kept, "--kept-rubric", "--jobs", 1).code == 0


def test_no_rubric_is_kept_yet(graded: Class, tmp_path: Path, capsys: Capsys) -> None:
    ran = run(capsys, "regrade", graded.export, "-o", tmp_path / "empty", "--kept-rubric")
    assert ran.code == 2
    assert "keeps no rubric" in ran.err


def test_since_when_stays_with_the_rubric(kept: Path, capsys: Capsys) -> None:
    with Store(kept, write=False) as store:
        before = store.fact("rubric since")
    assert re.match(r"20\d\d-\d\d-\d\dT", before)
    assert run(capsys, "regrade", kept, "-o", kept, "--kept-rubric").code == 0
    with Store(kept, write=False) as store:
        assert store.fact("rubric since") == before


def test_only_repeats_itself(kept: Path, capsys: Capsys) -> None:
    first = run(capsys, "regrade", kept, "--only", "b2", "--kept-rubric")
    again = re.search(r"^again: python -m autograder (.*)$", first.out, re.MULTILINE)
    assert again is not None
    second = run(capsys, *here(shlex.split(again[1])))
    assert re.sub(r"[0-9.]+ s\n", "", second.out) == re.sub(r"[0-9.]+ s\n", "", first.out)


def test_another_class_is_refused(graded: Class, tmp_path: Path, capsys: Capsys) -> None:
    before = (graded.out / "grades.csv").read_bytes()
    other = tmp_path / "other"
    shutil.copytree(graded.export / "submission_101", other / "submission_901")
    ran = run(capsys, "regrade", other, "-o", graded.out)
    assert ran.code == 2
    assert "none of its 5 and none of its students is in this export" in ran.err
    assert (graded.out / "grades.csv").read_bytes() == before
    text = (graded.export / "submission_metadata.yml").read_text().partition("submission_102")[0]
    (other / "submission_metadata.yml").write_text(text.replace("submission_101", "submission_901"))
    assert run(capsys, "regrade", other, "-o", graded.out, "--jobs", 1).code == 0  # Ada handed in again


def test_the_number_of_the_assignment_decides(graded: Class, tmp_path: Path, capsys: Capsys) -> None:
    for number in ("7", "8"):
        shutil.copytree(graded.export, tmp_path / f"assignment_{number}_export")
    assert run(capsys, "regrade", tmp_path / "assignment_7_export", "-o", graded.out, "--jobs", 1).code == 0
    ran = run(capsys, "regrade", tmp_path / "assignment_8_export", "-o", graded.out, "--jobs", 1)
    assert ran.code == 2
    assert "holds the grades of Gradescope's assignment 7, and this export is of assignment 8" in ran.err
    both = run(capsys, "regrade", tmp_path, "-o", tmp_path.parent / f"{tmp_path.name}-new")
    assert both.code == 2
    assert "whole exports side by side" in both.err


def test_an_updated_project_is_said_with_what_is_graded_again(graded: Class, capsys: Capsys) -> None:
    with Store(graded.out) as store:
        store.set_fact("engine", store.fact("engine").replace('"engine":"', '"engine":"x'))
    ran = run(capsys, "regrade", graded.out)
    assert "the engine changed since these grades were made: no row is graded again" in ran.err


def test_what_needs_a_person_is_filled_in_place(graded: Class, capsys: Capsys) -> None:
    empty = graded.export  # its submission 104 is empty
    assert empty.is_dir()
    assert run(capsys, "regrade", graded.out, "-o", graded.out).code == 0
    sheet = graded.out / "needs-a-person.csv"
    lines = sheet.read_text(encoding="utf-8-sig").splitlines()
    assert lines[0] == "submission,row,points,reason,who,why,name,email,sid"
    [line] = [line for line in lines if line.startswith("104,")]
    assert "nothing of the assignment was found in it" in line
    assert "nothing of the assignment was found" in table(graded.out / "grades.csv")["104"]["notes"]
    sheet.write_text("\n".join([*lines, "emilie@example.edu,3.1,½,on paper,me"]), encoding="utf-8")
    ran = run(capsys, "regrade", graded.out, "-o", graded.out)
    assert "1 with NOTHING OF THE ASSIGNMENT in it" in ran.out
    assert table(graded.out / "grades.csv")["104"]["3.1"] == "0.5"
    assert "on paper" in sheet.read_text(encoding="utf-8-sig")
