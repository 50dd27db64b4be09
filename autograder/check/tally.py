"""Points as they are: judged here, judged on Gradescope only, read by a person, extra."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from autograder.assignment.link import LinkedRow
from autograder.core.outcome import Mark, Outcome
from autograder.core.points import decimal_text


def points_line(marks: Sequence[Mark], rows: Iterable[LinkedRow], waiting: frozenset[str]) -> str:
    """The points in one line: "6 of 6 here; 3.5 more points on Gradescope; 0.5 and 1.5 extra by a person".

    rows: those that were asked for. waiting: numbers of the rows that students see later; such a row that is not
    answered is taken for one that is judged on Gradescope only.
    """
    elsewhere = [mark for mark in marks if mark.weighted and _on_gradescope(mark, waiting)]
    here = [mark for mark in marks if mark.scored and mark not in elsewhere]
    parts = []
    if here or not elsewhere:
        earned, most = (
            decimal_text(_sum(points)) for points in ([m.points for m in here], [m.max_points for m in here])
        )
        parts.append(f"{earned} of {most}")
    if more := _sum(mark.max_points for mark in elsewhere):
        parts.append(f"{decimal_text(more)} more {'point' if more == 1 else 'points'} on Gradescope")
    people = [linked.row for linked in rows if linked.row.graded == "written"]
    sums = [(_sum(row.worth for row in people if row.extra_credit is extra), extra) for extra in (False, True)]
    if said := " and ".join(f"{decimal_text(points)}{' extra' if extra else ''}" for points, extra in sums if points):
        parts.append(f"{said} by a person")
    if here and len(parts) > 1:
        parts[0] += " here"
    return "; ".join(parts)


def _on_gradescope(mark: Mark, waiting: frozenset[str]) -> bool:
    return mark.outcome is Outcome.DEFERRED or (mark.outcome is Outcome.UNANSWERED and mark.number in waiting)


def _sum(points: Iterable[Fraction]) -> Fraction:
    return sum(points, Fraction(0))
