"""A page a student for a mail merge, from a class that is graded, with what people wrote."""

from __future__ import annotations

import csv
from fractions import Fraction
from pathlib import Path

import pytest
from msgspec.structs import replace

from autograder.__main__ import main
from autograder.gradebook.feedback import page_text
from autograder.gradebook.grades import Graded
from tests.autograder.calls import Capsys
from tests.autograder.planted import ROOT
from tests.autograder.regrade import graded_class


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A class whose answers people have read, graded."""
    place = tmp_path_factory.mktemp("feedback")
    export, out = graded_class.build(place / "export"), place / "out"
    out.mkdir()
    (out / "overrides.csv").write_text(
        'submission,row,points,reason\n101,2.3,0.25,"Good,\nbut short."\n102,bonus,1,for the question in class\n'
    )
    assert main(["regrade", "--assignment", str(ROOT), str(export), "-o", str(out), "--jobs", "1"]) == 0
    return out


def mails(folder: Path) -> dict[str, dict[str, str]]:
    with open(folder / "feedback" / "mail.csv", encoding="utf-8-sig", newline="") as file:
        return {row["email"]: row for row in csv.DictReader(file)}


def test_a_page_a_student_with_what_people_wrote(folder: Path, capsys: Capsys) -> None:
    assert main(["gradebook", str(folder), "--feedback", "--choose", "best"]) == 0
    said = capsys.readouterr().out
    assert "feedback: 4 pages" in said
    assert "no page, since nobody is named: 105" in said
    found = mails(folder)
    assert set(found) == {"ada@example.edu", "blaise@example.edu", "carl@example.edu", "emilie@example.edu"}
    assert (found["ada@example.edu"]["page"], found["ada@example.edu"]["points"]) == ("101.txt", "5.25")
    page = (folder / "feedback" / "101.txt").read_text(encoding="utf-8")
    assert page.startswith("Submission 101: 5.25 points\n")
    assert "2.3 Why it needs sorted input: 0.25 of 0.5\n0.25 points, decided by a person\nGood,\nbut short.\n" in page
    assert "2.4 Binary search of a linked list: no points yet\n" in page
    group = (folder / "feedback" / found["carl@example.edu"]["page"]).read_text(encoding="utf-8")
    assert "Bonus: 1\n1 point, decided by a person\nfor the question in class" in group
    assert all(path.stat().st_mode & 0o077 == 0 for path in (folder / "feedback").iterdir())
    assert not any("'=cmd" in path.read_text() for path in (folder / "feedback").glob("*.txt"))


def test_the_page_says_what_lateness_cost() -> None:
    one = Graded("7", (), Fraction("8.1"), late="18:11:05", total=Fraction(9))
    told = "Submission 7: 8.1 points\n9 points before the rule for late work; it came 18:11:05 after it was due"
    assert page_text(one, {"tests": []}).startswith(told)
    unknown = page_text(replace(one, points=None, late=""), {"tests": []})
    assert unknown == "Submission 7: 9 points before the rule for late work; how late it came is not known yet\n"
    assert page_text(replace(one, points=Fraction(9)), {"tests": []}) == "Submission 7: 9 points\n"
    assert page_text(replace(one, points=None, total=None), {"tests": []}) == "Submission 7: not graded yet\n"


def test_which_of_several_counts_is_not_guessed(folder: Path, capsys: Capsys) -> None:
    assert main(["gradebook", str(folder), "--feedback"]) == 0
    said = capsys.readouterr().out
    assert "feedback: 3 pages" in said
    assert "no page for Ada Lovelace: which of 101, 103 is active is not known" in said
    assert "ada@example.edu" not in mails(folder)
    assert not (folder / "feedback" / "101.txt").exists()


def test_a_call_with_nothing_to_do_is_refused(folder: Path, tmp_path: Path, capsys: Capsys) -> None:
    assert main(["gradebook", str(folder)]) == 2
    assert "give the file that Canvas or Gradescope exported, or --feedback" in capsys.readouterr().err
    assert main(["gradebook", str(tmp_path), "--feedback"]) == 2
    assert "Give a folder that `regrade -o` wrote" in capsys.readouterr().err
