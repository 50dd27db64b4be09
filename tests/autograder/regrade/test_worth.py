"""What totals are said to be of: the same before anybody read a written answer, and after."""

from __future__ import annotations

from fractions import Fraction

import msgspec
import pytest

from autograder.core.outcome import Mark, Outcome, Report
from autograder.gradescope.results import staff_text
from autograder.regrade.gradebook import Cell, Column, Gradebook, Standing
from autograder.regrade.totals import total
from autograder.regrade.worth import unread, worth

COLUMNS = (
    Column("1", "by spec", Fraction(9)),
    Column("2", "more", Fraction(1, 2), extra_credit=True),
    Column("3", "why", Fraction(1, 2), "written"),
    Column("4", "why else", Fraction(1), "written", extra_credit=True),
)


def book(*points: Fraction | int | None) -> Gradebook:
    cells = tuple(Cell("written", None) if one is None else Cell("passed", Fraction(one)) for one in points)
    return Gradebook("HW", COLUMNS, (Standing("7", (), cells, total(cells)),))


@pytest.mark.parametrize("points", [(9, None, None, None), (9, Fraction(1, 2), Fraction(1, 2), 1), ()])
def test_what_totals_are_of_is_the_same_whoever_has_points(points: tuple[Fraction | int | None, ...]) -> None:
    graded = book(*points) if points else msgspec.structs.replace(book(9, None, None, None), standings=())
    assert worth(graded) == "9.5 (9 by spec, 0.5 written; up to 1.5 extra credit on top)"


@pytest.mark.parametrize(
    ("places", "want"),
    [
        ((0,), "9 by spec"),
        ((0, 1), "9 by spec (up to 0.5 extra credit on top)"),
        ((0, 2), "9.5 (9 by spec, 0.5 written)"),
        ((2, 3), "0.5 written (up to 1 extra credit on top)"),
    ],
)
def test_only_kinds_that_the_rubric_has_are_named(places: tuple[int, ...], want: str) -> None:
    assert worth(Gradebook("HW", tuple(COLUMNS[at] for at in places), ())) == want


def test_written_answers_without_points_are_counted() -> None:
    assert unread(book(9, 0, Fraction(1, 2), None)) == [("4", 1)]


@pytest.mark.parametrize(
    ("decided", "want"), [(False, "total 9 of 9 by spec"), (True, "total 10 of 10 (9 by spec, 1 written)")]
)
def test_the_staff_read_what_a_decided_total_is_of(decided: bool, want: str) -> None:
    marks = (
        Mark("1", "by spec", Outcome.PASSED, Fraction(9), Fraction(1)),
        Mark("3", "why", Outcome.WRITTEN, Fraction(1), Fraction(int(decided)), weighted=False, decided=decided),
    )
    assert want in staff_text(Report(marks, "1", "abc", "1.0"), "again").splitlines()
