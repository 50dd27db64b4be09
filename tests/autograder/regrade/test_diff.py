"""What changed against the old grading: who, by how much, because of which rows."""

from __future__ import annotations

from fractions import Fraction

from autograder.regrade.diff import RowChange, changes
from autograder.regrade.gradebook import Cell, Column, Gradebook, Standing

COLUMNS = (Column("1", "one", Fraction(1)), Column("2", "two", Fraction(1), "written"))
ONE, HALF, NONE = Fraction(1), Fraction(1, 2), Fraction(0)


def standing(name: str, new: tuple[Fraction | None, ...], **old: object) -> Standing:
    total = sum((points or NONE for points in new), NONE)
    return Standing(name, (), tuple(Cell("passed", points) for points in new), total, **old)  # type: ignore[arg-type]


def test_the_largest_change_comes_first_and_what_stayed_does_not_come() -> None:
    found = changes(
        Gradebook(
            "HW",
            COLUMNS,
            (
                standing("same", (ONE, HALF), old=(ONE, HALF), old_total=ONE + HALF),
                standing("up", (ONE, None), old=(HALF, None), old_total=HALF),
                standing("down", (NONE, HALF), old=(ONE, HALF), old_total=ONE + HALF),
                standing("new", (ONE, ONE)),
            ),
        )
    )
    assert found.compared == 3
    assert [(one.standing.submission, one.by) for one in found.changed] == [("down", -ONE), ("up", HALF)]
    assert [one.rows for one in found.changed] == [(RowChange("1", ONE, NONE),), (RowChange("1", HALF, ONE),)]
    assert (sum(found.up), sum(found.down)) == (HALF, ONE)


def test_rows_that_cancel_out_are_a_change() -> None:
    [one] = changes(Gradebook("HW", COLUMNS, (standing("x", (ONE, NONE), old=(NONE, ONE), old_total=ONE),))).changed
    assert one.by == 0
    assert [row.row for row in one.rows] == ["1", "2"]


def test_a_total_alone_can_change() -> None:
    [one] = changes(Gradebook("HW", COLUMNS, (standing("x", (ONE, NONE), old_total=HALF),))).changed
    assert (one.by, one.rows) == (HALF, ())


def test_points_that_are_no_more_are_a_change() -> None:
    [one] = changes(Gradebook("HW", COLUMNS, (standing("x", (ONE, None), old=(ONE, HALF)),))).changed
    assert (one.by, one.rows) == (None, (RowChange("2", HALF, None),))


def test_a_row_that_was_not_known_is_no_change() -> None:
    found = changes(Gradebook("HW", COLUMNS, (standing("x", (ONE, ONE), old=(None, ONE)),)))
    assert (found.compared, found.changed) == (1, ())


def test_points_for_a_written_answer_that_had_none_are_a_change() -> None:
    [one] = changes(Gradebook("HW", COLUMNS, (standing("x", (ONE, HALF), old=(ONE, None), old_total=ONE),))).changed
    assert (one.by, one.rows) == (HALF, (RowChange("2", None, HALF),))
