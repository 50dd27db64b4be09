"""What totals are of, in words: the same on the terminal, in the report and on each page."""

from __future__ import annotations

from fractions import Fraction

from autograder.core.outcome import Outcome
from autograder.core.points import decimal_text
from autograder.core.text import one_line
from autograder.regrade.gradebook import Gradebook


def worth(book: Gradebook) -> str:
    """What a total without extra credit is at most, by the rubric alone: it stays as it is when people give points.

    Such as "9.5 by spec" or "10 (9.5 by spec, 0.5 written; up to 1.5 extra credit on top)".
    """
    sums: dict[str, Fraction] = {}
    for column in book.columns:
        kind = "extra credit" if column.extra_credit else "written" if column.graded == "written" else "by spec"
        sums[kind] = sums.get(kind, Fraction(0)) + column.max_points
    extra = sums.pop("extra credit", None)
    kinds = [f"{decimal_text(sums[kind])} {kind}" for kind in ("by spec", "written") if kind in sums]
    on_top = f"up to {decimal_text(extra)} extra credit on top" if extra else ""
    if len(kinds) == 1:
        return f"{kinds[0]} ({on_top})" if on_top else kinds[0]
    said = "; ".join(filter(None, (", ".join(kinds), on_top)))
    return f"{decimal_text(sum(sums.values(), Fraction(0)))} ({said})"


def unread(book: Gradebook) -> list[tuple[str, int]]:
    """How many answers of each written row have no points from a person yet; a row without any is left out."""
    found = []
    for at, column in enumerate(book.columns):
        cells = (standing.cells[at] for standing in book.standings)
        count = sum(cell.outcome == Outcome.WRITTEN and cell.points is None for cell in cells)
        found += [(one_line(column.number), count)] if count else []
    return found
