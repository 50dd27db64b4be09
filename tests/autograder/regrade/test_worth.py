"""What totals are said to be of: true before anybody read a written answer, and after."""

from __future__ import annotations

from fractions import Fraction

import msgspec
import pytest

from autograder.core.outcome import Mark, Outcome, Report
from autograder.gradescope.results import staff_text
from autograder.regrade.gradebook import Cell, Column, Gradebook, Standing
from autograder.regrade.totals import total
from autograder.regrade.worth import worth

COLUMNS = (
    Column("1", "by spec", Fraction(9)),
    Column("2", "more", Fraction(1, 2), extra_credit=True),
    Column("3", "why", Fraction(1, 2), "written"),
    Column("4", "why else", Fraction(1), "written", extra_credit=True),
)


def book(*points: Fraction | None) -> Gradebook:
    cells = tuple(Cell("written" if one is None else "passed", one) for one in points)
    return Gradebook("HW", COLUMNS, (Standing("7", (), cells, total(cells)),))


@pytest.mark.parametrize(
    ("points", "want"),
    [
        ((Fraction(9), Fraction(1, 2), None, None), "9.5 (9 by spec, 0.5 extra credit)"),
        ((Fraction(9), Fraction(1, 2), Fraction(1, 2), None), "10 (9 by spec, 0.5 written, 0.5 extra credit)"),
        ((Fraction(9), Fraction(1, 2), Fraction(1, 2), Fraction(1)), "11 (9 by spec, 0.5 written, 1.5 extra credit)"),
    ],
)
def test_no_total_is_above_what_it_is_of(points: tuple[Fraction | None, ...], want: str) -> None:
    graded = book(*points)
    assert worth(graded) == want
    assert graded.standings[0].total == Fraction(want.split()[0])


def test_nobody_graded_is_of_what_the_specs_award() -> None:
    nobody = msgspec.structs.replace(book(None, None, None, None), standings=())
    assert worth(nobody) == "9.5 (9 by spec, 0.5 extra credit)"


@pytest.mark.parametrize(
    ("decided", "want"), [(False, "total 9 of 9 by spec"), (True, "total 10 of 10 (9 by spec, 1 written)")]
)
def test_the_staff_read_what_a_decided_total_is_of(decided: bool, want: str) -> None:
    marks = (
        Mark("1", "by spec", Outcome.PASSED, Fraction(9), Fraction(1)),
        Mark("3", "why", Outcome.WRITTEN, Fraction(1), Fraction(int(decided)), weighted=False, decided=decided),
    )
    assert want in staff_text(Report(marks, "1", "abc", "1.0"), "again").splitlines()
