"""Grades go into Canvas' and Gradescope's own files; finalgrade, which reads both shapes, judges what comes out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from autograder.__main__ import main
from tests.autograder.calls import Capsys

GRADES = """submission,name,email,sid,1.1,total,old total,submitted,notes
101,Ada Lovelace,ada@example.edu,A1,1,9.5,,2025-03-01 12:00:00 -0500,
102,Blaise Pascal; Carl Gauss,blaise@example.edu; carl@example.edu,B2; C3,1,7.25,,2025-03-01 12:00:00 -0500,
103,Emmy Noether,emmy@example.edu,E5,1,3,,2025-03-01 12:00:00 -0500,
104,Emmy Noether,emmy@example.edu,E5,1,8,,2025-03-01 11:00:00 -0500,
105,Félix Klein,felix@example.edu,000123,,,,2025-03-01 12:00:00 -0500,not graded
106,Sofia Kovalevskaya,sofia@example.edu,S9,1,6,,2025-03-01 12:00:00 -0500,
"""
CANVAS = """Student,ID,SIS User ID,SIS Login ID,Section,Homework 2 (777),Homework 3 (12345),Assignments Current Points
    Points Possible,,,,,10.00,10.00,(read only)
"Lovelace, Ada",1,A1,ada,"Sec 1, Monday",9.00,,9
"Pascal, Blaise",2,B2,blaise,Sec 1,,,
"Gauss, Carl",3,,carl,Sec 1,,,
"Noether, Emmy",4,E5,emmy,Sec 1,,,
"Klein, Félix",5,123,felix,Sec 1,,2.00,
"Germain, Sophie",6,G7,sophie,Sec 1,,,
"Student, Test",7,,5d41402abc4b2a76b9719d911017c592,Sec 1,,,
"""
GRADESCOPE = """First Name,Last Name,SID,Email,Sections,Total Score,Max Points,Status,Submission ID,Submission Time
Ada,Lovelace,A1,ada@example.edu,,,10.0,Graded,101,2025-03-01 12:00:00 -0500
Emmy,Noether,E5,emmy@example.edu,,1.0,10.0,Graded,104,2025-03-01 11:00:00 -0500
Carl,Gauss,C3,carl@example.edu,,,10.0,Graded,102,2025-03-01 12:00:00 -0500
Nobody,Else,N0,nobody@example.edu,,,10.0,Missing,,
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of grades."""
    (tmp_path / "grades").mkdir()
    (tmp_path / "grades" / "grades.csv").write_text(GRADES, encoding="utf-8")
    return tmp_path / "grades"


def filled(folder: Path, text: str | bytes, *options: str, code: int = 0) -> Path:
    roster = folder.parent / "roster.csv"
    roster.write_bytes(text if isinstance(text, bytes) else text.encode())
    output = folder.parent / "filled.csv"
    assert main(["gradebook", str(folder), str(roster), *options, "-o", str(output)]) == code
    return output


def replaced(text: str, *pairs: tuple[str, str]) -> bytes:
    for old, new in pairs:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text.encode()


CANVAS_FILLED = (
    ("9.00,,9", "9.00,9.5,9"),
    ("blaise,Sec 1,,,", "blaise,Sec 1,,7.25,"),
    ("carl,Sec 1,,,", "carl,Sec 1,,7.25,"),
    ("emmy,Sec 1,,,", "emmy,Sec 1,,3,"),
    ("felix,Sec 1,,2.00,", "felix,Sec 1,,,"),
)


def test_canvas_comes_back_with_one_column_filled(folder: Path, capsys: Capsys) -> None:
    output = filled(folder, CANVAS, "--column", "Homework 3 (12345)", "--choose", "last")
    assert output.read_bytes() == replaced(CANVAS, *CANVAS_FILLED)
    assert output.stat().st_mode & 0o077 == 0
    said = capsys.readouterr().out
    assert "'Homework 3 (12345)' filled for 4 of 6 students" in said
    assert "of several submissions counts the last one that was handed in (last); matched 4 by sid, 1 by login" in said
    assert "not graded: emptied (1):\n  Klein, Félix, felix, 123: submission 105; it held 2.00\n" in said
    assert "handed in nothing, or cannot be matched: left as they are (1):\n  Germain, Sophie, sophie, G7\n" in said
    assert "graded, but not in this file (1):\n  106 (Sofia Kovalevskaya)\n" in said
    assert "Test" not in said


def test_the_name_of_the_column_may_be_without_canvas_id(folder: Path) -> None:
    output = filled(folder, CANVAS, "--column", "homework 3", "--choose", "best")
    assert output.read_bytes() == replaced(
        CANVAS, *CANVAS_FILLED[:3], ("emmy,Sec 1,,,", "emmy,Sec 1,,8,"), CANVAS_FILLED[4]
    )


def test_gradescope_names_the_active_submission(folder: Path, capsys: Capsys) -> None:
    output = filled(folder, GRADESCOPE)
    assert output.read_bytes() == replaced(
        GRADESCOPE,
        ("ada@example.edu,,,", "ada@example.edu,,9.5,"),
        ("emmy@example.edu,,1.0,", "emmy@example.edu,,8,"),
        ("carl@example.edu,,,", "carl@example.edu,,7.25,"),
    )
    said = capsys.readouterr().out
    assert "held other points before (1):\n  Emmy Noether, emmy@example.edu, E5: 1.0 -> 8\n" in said
    assert "graded, but not in this file (3):\n  102 (Blaise Pascal)\n" in said
    assert "(active)" in said


def test_which_of_several_counts_is_never_guessed(folder: Path, capsys: Capsys) -> None:
    output = filled(folder, CANVAS, "--column", "Homework 3")
    assert b"emmy,Sec 1,,,\n" in output.read_bytes()
    said = capsys.readouterr().out
    assert "which submission counts cannot be said: left as it is (1):\n  Noether, Emmy, emmy, E5: " in said
    assert "which of 103, 104" in said
    assert "choose with --choose last or best" in said


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_encodings_semicolons_and_decimal_commas_stay(encoding: str, folder: Path) -> None:
    text = (
        "Student;ID;SIS Login ID;Section;HW3 (9)\r\n    Points Possible;;;;10,00\r\n"
        '"Klein, Félix";5;FELIX@example.edu;é;\r\n"Lovelace, Ada";1;ada@EXAMPLE.edu;é;"8,25"\r\n'
    )
    output = filled(folder, text.encode(encoding), "--column", "HW3")
    assert output.read_bytes() == text.replace('"8,25"', '"9,5"').encode(encoding)


def test_points_that_are_there_already_and_excuses_stay_as_they_are(folder: Path, capsys: Capsys) -> None:
    text = CANVAS.replace("9.00,,9", "9.00,9.50,9").replace("blaise,Sec 1,,,", "blaise,Sec 1,,EX,")
    output = filled(folder, text, "--column", "Homework 3", "--choose", "last")
    assert b"9.00,9.50,9\n" in output.read_bytes()
    assert b"blaise,Sec 1,,EX,\n" in output.read_bytes()
    assert "excused: left as it is (1):\n  Pascal, Blaise" in capsys.readouterr().out


def test_more_than_the_points_possible_is_said(folder: Path, capsys: Capsys) -> None:
    filled(folder, CANVAS.replace("10.00,10.00", "10.00,9.00"), "--column", "Homework 3", "--choose", "last")
    said = capsys.readouterr().out
    assert "more than the Points Possible of the column (1):\n  Lovelace, Ada, ada, A1: 9.5\n" in said


def test_a_line_that_fits_two_students_and_two_lines_of_one_are_left(folder: Path, capsys: Capsys) -> None:
    text = GRADESCOPE.replace("A1,ada@example.edu", "E5,ada@example.edu").replace("N0,nobody", "C3,nobody")
    output = filled(folder, text)
    assert output.read_bytes() == text.replace("emmy@example.edu,,1.0,", "emmy@example.edu,,8,").encode()
    assert "fits two students: left as it is (3):" in capsys.readouterr().out


def test_names_match_only_if_asked(folder: Path) -> None:
    text = "First Name,Last Name,Email,HW\nAda,Lovelace,al@other.edu,\n"
    assert filled(folder, text, "--column", "HW").read_bytes() == text.encode()
    assert filled(folder, text, "--column", "HW", "--names").read_bytes() == text.replace(".edu,", ".edu,9.5").encode()


def test_late_work_counts_where_it_is_known(folder: Path, capsys: Capsys) -> None:
    header, ada, *_ = GRADES.splitlines()
    late = f"{header},late,after_late\n{ada},26:00:00,8.55\n"
    (folder / "grades.csv").write_text(late, encoding="utf-8")
    output = filled(folder, GRADESCOPE)
    assert b"ada@example.edu,,8.55," in output.read_bytes()
    assert "with after_late of" in capsys.readouterr().out


def test_whoever_waits_for_a_person_is_named(folder: Path, capsys: Capsys) -> None:
    lines = "101,1.2,0.5\n104,,6\n106,,\n106,bonus,1\n102,1.1,\n"  # 6 points of nothing do not count
    (folder / "needs-a-person.csv").write_text(f"submission,row,points\n{lines}", encoding="utf-8")
    filled(folder, CANVAS, "--column", "Homework 3")
    said = capsys.readouterr().out
    assert "wait for a person, with the points of the machine until then: 102, 104\n" in said


def test_who_is_graded_is_not_called_ungraded_where_lateness_is_unknown(folder: Path, capsys: Capsys) -> None:
    header, ada, *_ = GRADES.splitlines()
    felix = GRADES.splitlines()[-2]
    (folder / "grades.csv").write_text(f"{header},late,after_late\n{ada},,\n{felix},,\n", encoding="utf-8")
    filled(folder, CANVAS, "--column", "Homework 3")
    said = capsys.readouterr().out
    assert "graded, but how late is not known, so after_late is empty: emptied (1):\n  Lovelace, Ada" in said
    assert "not graded: emptied (1):\n  Klein, Félix" in said


@pytest.mark.parametrize(
    ("text", "options", "said"),
    [
        (CANVAS, (), "say which column is filled, --column NAME; it has 'Homework 2 (777)', 'Homework 3 (12345)'"),
        (CANVAS, ("--column", "Homework 4"), "has no column 'Homework 4', did you mean"),
        (CANVAS, ("--column", "Section"), "grades do not go into 'Section'"),
        (CANVAS.replace("Homework 2 (777)", "Homework 3 (778)"), ("--column", "Homework 3"), "2 columns are called"),
        ("a,b\n1,2\n", ("--column", "a"), "no column of it tells who a student is"),
        ("", ("--column", "a"), "is empty"),
    ],
)
def test_what_cannot_be_filled_is_refused(
    text: str, options: Sequence[str], said: str, folder: Path, capsys: Capsys
) -> None:
    assert not filled(folder, text, *options, code=2).exists()
    assert said in capsys.readouterr().err


def test_the_file_itself_is_not_written_over(folder: Path, capsys: Capsys) -> None:
    roster = folder.parent / "r.csv"
    roster.write_text(GRADESCOPE)
    assert main(["gradebook", str(folder), str(roster), "-o", str(roster)]) == 2
    assert roster.read_text() == GRADESCOPE
    assert "stays as it is" in capsys.readouterr().err


def test_an_anonymous_folder_is_refused(folder: Path, capsys: Capsys) -> None:
    (folder / "grades.csv").write_text("submission,1.1,total\n101,1,9.5\n")
    filled(folder, GRADESCOPE, code=2)
    assert "is anonymous" in capsys.readouterr().err


# -------------------------------------------------------------------------------------------------------------- judge


def test_finalgrade_reads_what_was_filled(folder: Path) -> None:
    read: Any = pytest.importorskip("finalgrade.canvas.read", reason="needs the package finalgrade")
    book: Any = pytest.importorskip("finalgrade.gradebook")
    with_ids = CANVAS.replace("3,,carl", "3,C3,carl")  # finalgrade refuses a student without one
    canvas = read.read_canvas(filled(folder, with_ids, "--column", "Homework 3", "--choose", "last"))
    scores = canvas["df_score"].iloc[:, -1].to_list()
    before = read.read_canvas(folder.parent / "roster.csv")
    assert [float(score) for score in scores] == [9.5, 7.25, 7.25, 3, 0, 0]
    assert canvas["df_submit"].iloc[:, -1].to_list() == [True, True, True, True, False, False]
    assert list(canvas["df_meta"].index) == list(before["df_meta"].index)
    assert canvas["df_score"].iloc[:, 0].equals(before["df_score"].iloc[:, 0])
    course = (
        "First Name,Last Name,SID,Email,Homework 3,Homework 3 - Max Points,Homework 3 - Submission Time,"
        "Homework 3 - Lateness (H:M:S)\nAda,Lovelace,A1,ada@example.edu,,10.0,2025-03-01 12:00:00 -0500,00:00:00\n"
        "Carl,Gauss,C3,carl@example.edu,,10.0,2025-03-01 12:00:00 -0500,00:00:00\n"
    )
    scope = book.read_scope(filled(folder, course, "--column", "Homework 3"))
    assert [float(score) for score in scope["df_score"].iloc[:, -1]] == [9.5, 7.25]
