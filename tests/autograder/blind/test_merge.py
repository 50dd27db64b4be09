"""Points of written answers find their submissions, or are named with file and line."""

from __future__ import annotations

import stat
from fractions import Fraction
from pathlib import Path

import pytest
from msgspec.structs import replace

from autograder.blind.codes import fingerprint, read_codes
from autograder.blind.collect import WrittenAnswer, collect
from autograder.blind.merge import MergeError, merge, read_responses
from autograder.regrade.csv_io import read_table
from autograder.regrade.gradebook import Decision
from autograder.regrade.overrides import HEADER, decisions_in
from tests.autograder.blind.test_collect import code_of, fill
from tests.autograder.blind.written_answers import COLUMNS, INDEPENDENT

HALF, QUARTER = Fraction(1, 2), Fraction(1, 4)


@pytest.fixture
def responses(tmp_path: Path) -> Path:
    """Three answers to 2.3, of the submissions 1, 2 and 3, and one to 4.3."""
    answers = [WrittenAnswer(name, "2.3", text) for name, text in zip("123", INDEPENDENT, strict=True)]
    collect([*answers, WrittenAnswer("1", "4.3", "It is parallel.")], COLUMNS, tmp_path / "responses", "seed")
    return tmp_path / "responses"


def read_decisions(written: Path) -> tuple[Decision, ...]:
    """What a written.csv decides; all of it must be usable."""
    found, sentences = decisions_in(read_table(written, HEADER[:3], HEADER[3:]), COLUMNS)
    assert sentences == ()
    return found


def put(responses: Path, *lines: str, row: str = "2.3", header: str = "code,points,comment,who") -> None:
    (responses / f"{row}.csv").write_text("".join(f"{line}\n" for line in (header, *lines)))


def test_the_whole_way(responses: Path, tmp_path: Path) -> None:
    fill(responses, {code_of(responses, "1"): "0.5,good,Anna", code_of(responses, "2"): '"0,25","=half, ok",'})
    fill(responses, {"4.3-001": "1/3,,"}, row="4.3")
    found = merge(responses, tmp_path / "out", COLUMNS)
    assert set(found.decisions) == {
        Decision("1", "2.3", HALF, "good", "Anna"),
        Decision("2", "2.3", QUARTER, "=half, ok"),
        Decision("1", "4.3", Fraction(1, 3)),
    }
    assert found.waiting == (code_of(responses, "3"),)
    assert found.sentences == (f"not graded yet: {code_of(responses, '3')}",)
    written = tmp_path / "out" / "written.csv"
    assert stat.S_IMODE(written.stat().st_mode) == 0o600
    assert written.read_text() == (
        'submission,row,points,reason,who\n1,2.3,0.5,good,Anna\n2,2.3,0.25,"\'=half, ok",\n1,4.3,1/3,,\n'
    )
    assert set(read_decisions(written)) == set(found.decisions)


def test_merging_again_updates(responses: Path, tmp_path: Path) -> None:
    put(responses, "2.3-001,0.5,a,", "2.3-002,0.25,b,", "2.3-003,,,")
    merge(responses, tmp_path, COLUMNS)
    before = (tmp_path / "written.csv").read_bytes()
    merge(responses, tmp_path, COLUMNS)
    assert (tmp_path / "written.csv").read_bytes() == before
    with open(tmp_path / "written.csv", "a") as stream:
        stream.write("77,4.3,1,by hand,Ben\n")
    put(responses, "2.3-001,0,changed,", "2.3-002,,,", "2.3-003,0.5,c,")
    found = merge(responses, tmp_path, COLUMNS)
    kept = read_decisions(tmp_path / "written.csv")
    assert len(kept) == 4
    assert {one.reason: one.points for one in kept} == {"changed": 0, "b": QUARTER, "c": HALF, "by hand": 1}
    assert any("2.3-002 has no points now; written.csv keeps the 0.25" in said for said in found.sentences)


def test_into_the_folder_of_responses_itself(responses: Path) -> None:
    put(responses, "2.3-001,0.5,a,", "2.3-002,0.25,b,", "2.3-003,0,,")
    put(responses, "4.3-001,1,,", row="4.3")
    for _ in range(2):
        assert merge(responses, responses, COLUMNS).sentences == ()


@pytest.mark.parametrize(
    ("lines", "said", "used"),
    [
        (["2.3-999,0.5,,"], "2.3.csv, line 2: not used, '2.3-999' is no code of codes.csv", 0),
        ([",0.5,,"], "2.3.csv, line 2: not used, '' is no code of codes.csv", 0),
        (["2.3-001,good,,"], "2.3.csv, line 2: 2.3-001 is not used, points must be a number from 0 to 0.5", 0),
        (["2.3-001,0.6,,"], "2.3.csv, line 2: 2.3-001 is not used, row 2.3 is worth 0 to 0.5 points, not 0.6", 0),
        (["2.3-001,-0.1,,"], "row 2.3 is worth 0 to 0.5 points, not -0.1", 0),
        (
            ["2.3-001,0.5,,", "2.3-001,0.25,,"],
            "2.3-001 is not used: it is on several lines with different points: 0.5 in 2.3.csv, line 2, and 0.25 in"
            " 2.3.csv, line 3",
            0,
        ),
        (
            ["2.3-001,0.5,,", "2.3-001,1/2,,"],
            "2.3-001 is in 2.3.csv, line 2, and 2.3.csv, line 3, with the same",
            1,
        ),
        (["2.3-001,,,", "2.3-001,0.5,,"], "not graded yet: 2.3-002", 1),
        (["2.3-001,,but why,"], "2.3.csv, line 2: 2.3-001 has a comment but no points", 0),
        (["2.3-001,0,5,"], '2.3-001 has 0 points and the comment 5; was "0,5" meant?', 1),
        (["2.3-001,0.5,good, but,late"], "2.3.csv, line 2: not used, it has more cells", 0),
        (['2.3-001,0.5,"good,'], "2.3.csv, line 2: a quotation mark opens here", 0),
        (["2.3-001,0.5,,"], "in no CSV of responses: 2.3-003", 1),
    ],
    ids=lambda value: str(value)[:30],
)
def test_what_is_odd_is_named(responses: Path, lines: list[str], said: str, used: int) -> None:
    put(responses, *lines, "2.3-002,,,")
    found = read_responses(responses, COLUMNS)
    assert said in " / ".join(found.sentences)
    assert len(found.decisions) == used


def test_a_missing_header(responses: Path) -> None:
    put(responses, "2.3-002,0.5,,", header="2.3-001,0.5,,")
    found = read_responses(responses, COLUMNS)
    assert found.decisions == ()
    assert "2.3.csv: a header with the columns code, points was expected" in found.sentences[0]
    assert any(said.startswith("in no CSV of responses: 2.3-001, 2.3-002, 2.3-003") for said in found.sentences)


def test_a_row_that_is_not_written(responses: Path) -> None:
    fill(responses, {"2.3-001": "0.5,,"})
    spec = tuple(column for column in COLUMNS if column.number != "2.3")
    assert "the rubric has no row '2.3'" in " ".join(read_responses(responses, spec).sentences)


def test_graders_may_share_the_work(responses: Path) -> None:
    """By copies of the CSV, each filled in partly."""
    put(responses, "2.3-001,0.5,,Anna", "2.3-002,,,", "2.3-003,,,")
    (responses / "2.3 (Ben).CSV").write_text("Code;Points;Who\n2.3-001;;\n2.3-002;0,25;Ben\n")
    found = read_responses(responses, COLUMNS)
    assert {(one.points, one.who) for one in found.decisions} == {(HALF, "Anna"), (QUARTER, "Ben")}


def test_refused_points_leave_the_earlier_ones_and_that_is_said(responses: Path, tmp_path: Path) -> None:
    put(responses, "2.3-001,0.5,a,", "2.3-002,,,", "2.3-003,,,")
    merge(responses, tmp_path, COLUMNS)
    (responses / "2.3-graded-Ben.csv").write_text("code,points\n2.3-001,0\n")
    found = merge(responses, tmp_path, COLUMNS)
    kept = "2.3-001 is not used now; written.csv keeps the 0.5 it had: take its line out if that is wrong"
    assert kept in found.sentences
    assert [one.points for one in read_decisions(tmp_path / "written.csv")] == [HALF]


def test_two_graders_files(responses: Path) -> None:
    """Agreement keeps everybody's comment; where they differ neither counts, and both are said."""
    put(responses, "2.3-001,0.5,good,Anna", "2.3-002,0.5,,Anna", "2.3-003,0.25,only c_bar,Anna")
    (responses / "2.3-graded-Ben.csv").write_text(
        "\ufeffcode,points,comment,who\n2.3-001,1/2,well said,Ben\n2.3-002,0,,Ben\n2.3-003,,,\n"
    )
    found = read_responses(responses, COLUMNS)
    assert {(one.points, one.reason, one.who) for one in found.decisions} == {
        (HALF, "well said\ngood", "Ben, Anna"),
        (QUARTER, "only c_bar", "Anna"),
    }
    assert (
        "2.3-002 is not used: it is on several lines with different points: 0 in 2.3-graded-Ben.csv, line 3, and"
        " 0.5 in 2.3.csv, line 3" in found.sentences
    )
    assert found.counted == "7 cells: 3 used, 2 empty, 2 refused"


def test_marks_in_another_file_of_the_folder_are_known_to_responses(responses: Path, tmp_path: Path) -> None:
    """The CSV that the page saves lies beside the empty one: it counts as graded, and its marks go out of date."""
    code = code_of(responses, "1")
    (responses / "2.3-graded.csv").write_text(f"code,points,comment,who\n{code},0.5,good,Anna\n")
    before = (responses / "2.3.csv").read_bytes()
    answers = [WrittenAnswer("1", "2.3", "Another text."), *(WrittenAnswer(n, "2.3", INDEPENDENT[0]) for n in "23")]
    said = collect(answers, COLUMNS, responses, "seed")[0]
    assert f"3 answers, 1 graded, 0 without an answer; changed since they were graded, look again: {code}" in said
    assert (responses / "2.3.csv").read_bytes() == before
    found = merge(responses, tmp_path, COLUMNS)
    assert not found.decisions
    assert any(
        said.startswith(f"2.3-graded.csv, line 2: {code} is not used, the answer has changed since it was graded")
        for said in found.sentences
    )


def test_identical_answers_with_different_points_are_said(tmp_path: Path) -> None:
    collect([WrittenAnswer(name, "2.3", INDEPENDENT[0]) for name in "12"], COLUMNS, tmp_path, "seed")
    put(tmp_path, "2.3-001,0.5,,", "2.3-002,0.25,,")
    found = read_responses(tmp_path, COLUMNS)
    assert "identical answers with different points, used as they are: 2.3-001 0.5, 2.3-002 0.25" in found.sentences
    put(tmp_path, "2.3-001,0.5,,", "2.3-002,1/2,,")
    assert not any("identical" in said for said in read_responses(tmp_path, COLUMNS).sentences)


def test_points_go_in_the_steps_of_the_row(responses: Path) -> None:
    put(responses, "2.3-001,0.1,,", "2.3-002,0.25,,", "2.3-003,,,")
    stepped = tuple(replace(column, step=QUARTER) for column in COLUMNS)
    found = read_responses(responses, stepped)
    assert [one.points for one in found.decisions] == [QUARTER]
    assert "2.3.csv, line 2: 2.3-001 is not used, points of row 2.3 go in steps of 0.25, not 0.1" in found.sentences


def test_points_for_an_older_text_do_not_count_until_somebody_decides_again(responses: Path, tmp_path: Path) -> None:
    code = code_of(responses, "1")
    fill(responses, {code: "0.5,good,"})
    collect([WrittenAnswer("1", "2.3", "Another text.")], COLUMNS, responses, "seed")
    found = merge(responses, tmp_path, COLUMNS)
    assert any(f"{code} is not used, the answer has changed since it was graded" in said for said in found.sentences)
    assert not found.decisions
    fill(responses, {code: "0.5,still good,"})
    assert [one.points for one in merge(responses, tmp_path, COLUMNS).decisions] == [HALF]


def test_points_for_an_answer_that_the_grades_do_not_hold_are_refused(responses: Path, tmp_path: Path) -> None:
    """The class was graded again after the pages were made, and nobody has read what stands there now."""
    codes = {name: code_of(responses, name) for name in "123"}
    put(responses, f"{codes['1']},0.5,,", f"{codes['2']},0.25,,", f"{codes['3']},,,")
    now = {(one.submission, one.row): one.text for one in read_codes(responses)}
    del now["3", "2.3"]  # handed in no more
    assert len(read_responses(responses, COLUMNS, now).decisions) == 2
    now["1", "2.3"] = fingerprint("Another text.")
    found = merge(responses, tmp_path, COLUMNS, now)
    assert [(one.submission, one.points) for one in found.decisions] == [("2", QUARTER)]
    assert any(
        f"{codes['1']} is not used, the answer that was graded is not the one" in said for said in found.sentences
    )
    assert not any(codes["3"] in said for said in found.sentences)


def test_without_a_key(tmp_path: Path, responses: Path) -> None:
    (responses / "codes.csv").unlink()
    with pytest.raises(MergeError, match=r"there is no codes.csv"):
        merge(responses, tmp_path, COLUMNS)
    assert not (tmp_path / "written.csv").exists()


def test_a_written_csv_that_cannot_be_kept(tmp_path: Path, responses: Path) -> None:
    path = tmp_path / "written.csv"
    for line in ("1,2.3,much,,", "1,2.3,0.5,a,b,c", "1,2.3,0.5,,\n1,2.3,0.25,,"):
        path.write_text(f"submission,row,points,reason,who\n{line}\n")
        before = path.read_bytes()
        with pytest.raises(MergeError, match=r"written\.csv, line [23]: .*mend the file"):
            merge(responses, tmp_path, COLUMNS)
        assert path.read_bytes() == before
