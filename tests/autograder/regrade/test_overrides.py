"""Decisions of people: every way to write points, every way to get them wrong."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.core.points import points_text
from autograder.regrade.gradebook import Column, Decision
from autograder.regrade.overrides import points_in, read_decisions, write_decisions
from tests.autograder.blind.written_answers import COLUMNS


@pytest.mark.parametrize(
    ("text", "points"),
    [
        ("0.5", Fraction(1, 2)), ("0,5", Fraction(1, 2)), (" .5\t", Fraction(1, 2)), ("1/2", Fraction(1, 2)),
        ("\u00a01 / 3 ", Fraction(1, 3)), ("0", Fraction(0)), ("-0", Fraction(0)), ("1.", Fraction(1)),
        ("0.1", Fraction(1, 10)), ("007", Fraction(7)), ("-1", Fraction(-1)), ("0,250", Fraction(1, 4)),
    ],
)  # fmt: skip
def test_points(text: str, points: Fraction) -> None:
    assert points_in(text) == points


@pytest.mark.parametrize(
    "text",
    [
        "", "x", ".", ",", "1e3", "nan", "inf", "1/0", "1/2/3", "02. Jan", "50%", "0.5 p", "1_0", "\u0665", "1.5.2",
        "--1",
    ],
)  # fmt: skip
def test_no_points(text: str) -> None:
    assert points_in(text) is None


@given(st.fractions(0, 1000, max_denominator=999))
def test_points_come_back(points: Fraction) -> None:
    assert points_in(points_text(points)) == points


def read(tmp_path: Path, text: str) -> tuple[tuple[Decision, ...], tuple[str, ...]]:
    path = tmp_path / "overrides.csv"
    path.write_text(text)
    return read_decisions(path, COLUMNS)


def test_decisions_of_a_file(tmp_path: Path) -> None:
    found, sentences = read(
        tmp_path,
        'submission;row;points;reason;who\n123;1.1;0,25;"he said; ""so""\nin the office";Anna\n124;3.2B;1/4;;\n\n',
    )
    assert found == (
        Decision("123", "1.1", Fraction(1, 4), 'he said; "so"\nin the office', "Anna"),
        Decision("124", "3.2b", Fraction(1, 4)),
    )
    assert sentences == ()


DATES = ("2-Jan", "02. Jan", "Jan-02", "01.02.2026", "2026-01-02", "1/2/2026", "2026-01-02 00:00:00", "2 janv. 2026")


@pytest.mark.parametrize("text", ["1/2", "\u00bd", "0,5", "50 %", "50%", "\uff15\uff10\uff05"])
def test_ways_to_write_half_of_a_point(tmp_path: Path, text: str) -> None:
    path = tmp_path / "overrides.csv"
    path.write_text(f'submission,row,points\n1,1,"{text}"\n', encoding="utf-8")
    found, sentences = read_decisions(path, [Column("1", "A row of a point", Fraction(1))])
    assert ([one.points for one in found], sentences) == ([Fraction(1, 2)], ())


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (",1.1,0.1", "line 2: not used, it names no submission"),
        ("1,9.9,0.1", "line 2: not used, the rubric has no row '9.9'"),
        ("1,1.1,", "line 2: not used, points must be a number from 0 to 0.25, such as 0.5, not ''"),
        ("1,1.1,much", "points must be a number from 0 to 0.25, such as 0.5, not 'much'"),
        ("1,1.1,0.26", "row 1.1 is worth 0 to 0.25 points, not 0.26"),
        ("1,1.1,-1", "row 1.1 is worth 0 to 0.25 points, not -1"),
        *((f"1,1.1,{date}", f"{date!r} is a date, which a spreadsheet makes of 1/2 or 1.5") for date in DATES),
        ("1,1.1,2-Jan", "format the column as text, and write the points again, such as 0.5"),
        ("1,1.1,150 %", "row 1.1 is worth 0 to 0.25 points, not 150 %"),
        ("1,1.1,0,1", "line 2: not used, it has more cells than the header"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, line: str, said: str) -> None:
    found, sentences = read(tmp_path, f"submission,row,points\n{line}\n5,1.1,0.1\n")
    assert [one.submission for one in found] == ["5"]
    assert len(sentences) == 1
    assert said in sentences[0]
    assert sentences[0].startswith("overrides.csv, line 2: ")


def test_the_later_of_two_counts(tmp_path: Path) -> None:
    found, sentences = read(tmp_path, "submission,row,points\n1,1.1,0.1\n1,1.1,0.2\n")
    assert found == (Decision("1", "1.1", Fraction(1, 5)),)
    assert sentences == (
        "overrides.csv, line 3: row 1.1 of submission 1 stands in line 2 already; this later line counts",
    )


def test_written_and_read(tmp_path: Path) -> None:
    decisions = (
        Decision("1", "1.1", Fraction(1, 7), "=HYPERLINK(1)", "@grader"),
        Decision("x y", "4.3", Fraction(1), "two\nlines", "-"),
    )
    write_decisions(tmp_path / "d.csv", decisions)
    assert read_decisions(tmp_path / "d.csv", COLUMNS) == (decisions, ())
    assert "'=HYPERLINK" in (tmp_path / "d.csv").read_text()
