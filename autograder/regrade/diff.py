"""What a grading changed against the old one: whose total, by how much, and because of which rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from autograder.core.outcome import Outcome
from autograder.regrade.gradebook import Column, Gradebook, Standing

# In points. Scores are stored as decimals of a few places, by Gradescope and in grades.csv: less is no change.
SMALLEST = Fraction(1, 10_000)
_NONE = Fraction(0)


@dataclass(frozen=True)
class RowChange:
    """One row that changed, in points; None for no score."""

    row: str
    old: Fraction | None
    new: Fraction | None


@dataclass(frozen=True)
class Change:
    """One submission that changed. by: new total less old total, None where no old total is known."""

    standing: Standing
    by: Fraction | None
    rows: tuple[RowChange, ...]


@dataclass(frozen=True)
class Changes:
    """What changed, the largest change of a total first. compared: the submissions of which something old is known."""

    compared: int
    changed: tuple[Change, ...]

    @property
    def up(self) -> list[Fraction]:
        """By how many points totals rose."""
        return [change.by for change in self.changed if change.by and change.by > 0]

    @property
    def down(self) -> list[Fraction]:
        """By how many points totals fell, as positive numbers."""
        return [-change.by for change in self.changed if change.by and change.by < 0]


def changes(book: Gradebook) -> Changes:
    """Every submission whose total, or the points of one of whose rows, is not what it was.

    One that is not graded is not compared, nor are its rows that are not.
    """
    known = [s for s in book.standings if s.old_total is not None or any(old is not None for old in s.old)]
    compared = [s for s in known if any(cell.outcome != Outcome.INTERNAL.value for cell in s.cells)]
    rows: dict[tuple[int, int], tuple[RowChange, ...]] = {}  # by which tuples they are: few are different
    found = []
    for standing in compared:
        both = id(standing.old), id(standing.cells)
        if both not in rows:
            rows[both] = _rows(book.columns, standing)
        more = (*_adjustment(standing), *_after_late(standing, book.late))
        found.append(Change(standing, _by(standing), (*rows[both], *more)))
    changed = [change for change in found if change.by or change.rows]
    return Changes(len(compared), tuple(sorted(changed, key=lambda change: -abs(change.by) if change.by else _NONE)))


def _rows(columns: tuple[Column, ...], standing: Standing) -> tuple[RowChange, ...]:
    pairs = zip(columns, standing.old, standing.cells, strict=False)  # `old` is () where no row's points are known
    return tuple(
        RowChange(column.number, old, cell.points)
        for column, old, cell in pairs
        if cell.outcome != Outcome.INTERNAL.value  # not graded: nothing to compare with
        and (_differ(old, cell.points) if old is not None else column.graded == "written" and cell.points)
    )  # of a written row, no old points are no points; of another one they are not known


def _adjustment(standing: Standing) -> Iterator[RowChange]:
    """A bonus or a penalty, as if it were a row."""
    old, new = standing.old_adjustment, standing.adjustment
    if old is not None and _differ(old, new):
        yield RowChange("adjustment", old or None, new or None)


def _after_late(standing: Standing, rule: bool) -> Iterator[RowChange]:
    """The total after the rule for late work, as if it were a row, where it changes by other points than the total.

    rule: there is one, so that a total after it which is not known is no total without it.
    """
    if rule and standing.after_late is None and standing.old_after_late is not None and standing.total is not None:
        yield RowChange("after_late", standing.old_after_late, None)
        return
    if standing.old_after_late is None and standing.after_late is None:
        return
    old = standing.old_total if standing.old_after_late is None else standing.old_after_late
    new = standing.total if standing.after_late is None else standing.after_late
    if old is None or new is None or not _differ(old, new):
        return
    if standing.old_total is None or standing.total is None or _differ(standing.total - standing.old_total, new - old):
        yield RowChange("after_late", old, new)


def _by(standing: Standing) -> Fraction | None:
    if standing.old_total is None or standing.total is None:
        return None
    return standing.total - standing.old_total if _differ(standing.old_total, standing.total) else Fraction(0)


def _differ(old: Fraction, new: Fraction | None) -> bool:
    if new is not None and old.numerator == new.numerator and old.denominator == new.denominator:
        return False  # as nearly always; comparing fractions is slow
    return new is None or abs(new - old) >= SMALLEST
