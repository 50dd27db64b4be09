"""What changed against the old grading: who, by how much, because of which rows."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

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


CANCELLED = (RowChange("1", NONE, ONE), RowChange("2", ONE, NONE))
GONE, NEW = (RowChange("2", HALF, None),), (RowChange("2", None, HALF),)


@pytest.mark.parametrize(
    ("new", "old", "by", "rows"),
    [
        pytest.param((ONE, NONE), {"old": (NONE, ONE), "old_total": ONE}, NONE, CANCELLED, id="rows that cancel out"),
        pytest.param((ONE, NONE), {"old_total": HALF}, HALF, (), id="a total alone"),
        pytest.param((ONE, None), {"old": (ONE, HALF)}, None, GONE, id="points that are no more"),
        pytest.param((ONE, HALF), {"old": (ONE, None), "old_total": ONE}, HALF, NEW, id="points where there were none"),
    ],
)
def test_what_is_a_change(new: Any, old: dict[str, Any], by: Fraction | None, rows: tuple[RowChange, ...]) -> None:
    [one] = changes(Gradebook("HW", COLUMNS, (standing("x", new, **old),))).changed
    assert (one.by, one.rows) == (by, rows)


def test_a_row_that_was_not_known_is_no_change() -> None:
    found = changes(Gradebook("HW", COLUMNS, (standing("x", (ONE, ONE), old=(None, ONE)),)))
    assert (found.compared, found.changed) == (1, ())
