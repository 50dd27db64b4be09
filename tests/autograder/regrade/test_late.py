"""Late work: what the rule costs, whose dates count, and that nothing is invented where a time is not known."""

from __future__ import annotations

import csv
import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from autograder.assignment.late import DAY, charge
from autograder.assignment.rubric import Late
from autograder.gradescope.results import check_results
from tests.autograder.calls import Capsys, run, table
from tests.autograder.regrade.conftest import Class
from tests.autograder.regrade.graded_class import rubric

TENTH = Late(penalty_per_day=Decimal("0.1"), grace_minutes=15)
RULE = ("\nquestions:", "\nlate: {penalty_per_day: 0.1, grace_minutes: 15, late_days: 1}\n\nquestions:")


@pytest.mark.parametrize(
    ("seconds", "late_days", "share"),
    [
        (0, None, "0"),
        (900, None, "0"),
        (901, None, "1/10"),
        (DAY, None, "1/10"),
        (DAY + 1, None, "1/5"),
        (3 * DAY, 2, "1/10"),
        (3 * DAY, 5, "0"),
        (50 * DAY, None, "1"),
    ],
)
def test_each_day_begun_costs_and_late_days_do_not(seconds: int, late_days: int | None, share: str) -> None:
    assert charge(TENTH, seconds, late_days).share == Fraction(share)


def late_class(graded: Class, tmp_path: Path, table: str) -> Path:
    """The class was handed in 2025-03-01 12:00 -0500."""
    (graded.out / "late.csv").write_text(table, encoding="utf-8")
    return rubric(tmp_path / "late.yaml", RULE)


def test_a_class_after_the_rule(graded: Class, tmp_path: Path, capsys: Capsys) -> None:
    other = late_class(
        graded,
        tmp_path,
        "who,email,due,late_days\n*,,2025-02-27 23:59 -0500,\n"  # 36 h 1 min: two days begun, one of them free
        "103,,2025-03-01T17:00:00Z,\n,carl@example.edu,2025-02-28 12:00 -0500,\n,BLAISE@example.edu,,0\n",
    )
    before = table(graded.out / "grades.csv")
    ran = run(capsys, "regrade", graded.out, "-o", graded.out, "--rubric", other)
    assert ran.code == 0, ran.err
    after = table(graded.out / "grades.csv")
    assert {name: line["total"] for name, line in after.items()} == {n: line["total"] for n, line in before.items()}
    total = {name: Fraction(line["total"]) for name, line in before.items()}
    assert (after["101"]["late"], Fraction(after["101"]["after_late"])) == ("36:01:00", total["101"] * Fraction(9, 10))
    assert "2 days late, 1 of them late days: 10 % of the points" in after["101"]["notes"]
    assert (after["103"]["late"], Fraction(after["103"]["after_late"])) == ("0:00:00", total["103"])
    assert after["102"]["late"] == "24:00:00"  # of a group the latest due date counts, and the fewest late days
    assert Fraction(after["102"]["after_late"]) == total["102"] * Fraction(9, 10)
    assert (after["105"]["late"], after["105"]["after_late"]) == ("", "")  # nobody knows when it came
    assert "warning: how late is not known, so after_late is empty: submissions 105" in ran.out
    assert "101: after_late" not in ran.out  # a line of changes names the row
    assert "after_late: 5 -> 4.5" in ran.out


def test_a_what_if_of_the_rule_changes_no_grade_and_says_who_would_lose(
    graded: Class, tmp_path: Path, capsys: Capsys
) -> None:
    other = late_class(graded, tmp_path, "email,lateness (H:M:S)\nada@example.edu,49:00:00\n")
    before = (graded.out / "grades.csv").read_bytes()
    ran = run(capsys, "regrade", graded.out, "--rubric", other)
    assert "0 graded, 5 unchanged" in ran.out
    assert "after_late: 5 -> 4" in ran.out
    assert (graded.out / "grades.csv").read_bytes() == before
    assert table(graded.out / "what-if" / "grades.csv")["101"]["after_late"] == "4"


def test_gradescopes_own_file_of_grades_is_such_a_table(graded: Class, tmp_path: Path, capsys: Capsys) -> None:
    header = "First Name,Last Name,SID,Email,Total Score,Status,Submission ID,Submission Time,Lateness (H:M:S)"
    lines = [header, "Ada,Lovelace,A1,ada@example.edu,5,Graded,101,x,25:00:00", "No,Body,N1,n@x.edu,,Missing,,,"]
    other = late_class(graded, tmp_path, "\n".join(lines) + "\n")
    ran = run(capsys, "regrade", graded.out, "--rubric", other)
    found = table(graded.out / "what-if" / "grades.csv")
    assert (found["101"]["late"], found["101"]["after_late"]) == ("25:00:00", "4.5")
    assert "late.csv, line" not in ran.out


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("email,due\nada@example.edu,2025-02-28 12:00\n", "line 2: not used, '2025-02-28 12:00' names no time zone"),
        ("email,due\nada@example.edu,tomorrow\n", "line 2: not used, a time such as 2025-03-02 23:59 -0500"),
        ("email,lateness\nada@example.edu,2 days\n", "line 2: not used, a lateness such as 26:05:00"),
        ("email,late_days\nada@example.edu,-1\n", "line 2: not used, a number of late days was expected"),
        ("email,due\nzoe@example.edu,2025-02-28 12:00 -0500\n", "late.csv, line 2: not used"),
        ("who,late_days\n*,2\n", "line 2: not used, for everybody there is a due date alone"),
        ("who,due\n*,2025-02-28 12:00Z\n*,2025-02-27 12:00Z\n", "line 3: not used, duplicate due date for everybody"),
    ],
)
def test_what_cannot_be_used_is_named_with_its_line(
    table: str, said: str, graded: Class, tmp_path: Path, capsys: Capsys
) -> None:
    ran = run(capsys, "regrade", graded.out, "--rubric", late_class(graded, tmp_path, table))
    assert ran.code == 0
    assert said in ran.out


def test_a_rule_without_dates_and_dates_without_a_rule_are_told(graded: Class, tmp_path: Path, capsys: Capsys) -> None:
    rule = rubric(tmp_path / "late.yaml", RULE)
    said = run(capsys, "regrade", graded.out, "--rubric", rule).out
    assert "nothing says when it was due: write late.csv" in said
    (graded.out / "late.csv").write_text("who,due\n*,2025-02-28 12:00Z\n")
    run(capsys, "regrade", graded.out, "--rubric", rule, "-o", tmp_path / "kept")
    (tmp_path / "kept" / "late.csv").unlink()
    assert "after_late: 4.5 -> none" in run(capsys, "regrade", tmp_path / "kept", "--kept-rubric").out
    said = run(capsys, "regrade", graded.out).out
    assert "late.csv is not used: the rubric has no rule `late`" in said
    with open(graded.out / "what-if" / "grades.csv", encoding="utf-8-sig") as file:
        assert not {"late", "after_late"} & set(next(csv.reader(file)))


# -------------------------------------------------------------------------------------------------------- adjustments


def test_a_total_is_adjusted_after_lateness_and_never_below_nothing(
    graded: Class, tmp_path: Path, capsys: Capsys
) -> None:
    other = late_class(graded, tmp_path, "email,lateness\nada@example.edu,25:00:00\nemilie@example.edu,0:00:00\n")
    (graded.out / "overrides.csv").write_text(
        "submission,row,points,reason,who\n101,bonus,1,found a mistake in the homework,me\n"
        "102,Penalty,0.5,late sheet,me\n104,total,-99,copied,me\n103,total,1,?,me\n103,bonus,-1,?,me\n"
    )
    before = table(graded.out / "grades.csv")
    ran = run(capsys, "regrade", graded.out, "-o", graded.out, "--rubric", other)
    after = table(graded.out / "grades.csv")
    assert (after["101"]["adjustment"], after["101"]["total"]) == ("1", "6")
    assert after["101"]["after_late"] == "5.5"  # two days begun, one of them free: a tenth of 5, and then the bonus
    assert "bonus 1 (found a mistake in the homework)" in after["101"]["notes"]
    assert Fraction(after["102"]["total"]) == Fraction(before["102"]["total"]) - Fraction(1, 2)
    assert (after["104"]["adjustment"], after["104"]["total"], after["104"]["after_late"]) == ("-99", "0", "0")
    assert after["103"]["adjustment"] == ""
    assert "adjustment: none -> 1" in ran.out
    assert "line 5: not used, a total is adjusted, not set: write bonus or penalty" in ran.out
    assert "line 6: not used, the points of a bonus must be a number above 0" in ran.out


def test_an_adjustment_is_a_row_of_the_results(graded: Class, capsys: Capsys) -> None:
    (graded.out / "overrides.csv").write_text("submission,row,points,reason\n102,penalty,0.5,copied\n")
    assert run(capsys, "regrade", graded.out, "-o", graded.out).code == 0
    body = json.loads((graded.out / "results" / "102.json").read_text())
    check_results(body)
    last = body["tests"][-1]
    assert (last["name"], last["score"], last["max_score"]) == ("Penalty", -0.5, 0)
    assert "copied" in last["output"]
    assert body["score"] == float(table(graded.out / "grades.csv")["102"]["total"])


def test_an_adjustment_names_a_student_by_whatever_does(graded: Class, capsys: Capsys) -> None:
    (graded.out / "overrides.csv").write_text("submission,row,points,reason\nBLAISE@example.edu,bonus,0.5,fine\n")
    assert run(capsys, "regrade", graded.out, "-o", graded.out).code == 0
    assert table(graded.out / "grades.csv")["102"]["adjustment"] == "0.5"
