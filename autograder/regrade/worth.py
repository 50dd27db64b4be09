"""What totals are of, in words: the same on the terminal, in the report and on each page."""

from __future__ import annotations

from fractions import Fraction

from autograder.core.points import decimal_text
from autograder.regrade.gradebook import Gradebook


def worth(book: Gradebook) -> str:
    """ "9.5 by spec", and what people could give once they have given any: "9.5 by spec, 0.5 written, 1 extra credit".

    So no total is above what it is said to be of, but for a bonus.
    """
    sums = {"by spec": Fraction(0), "written": Fraction(0), "extra credit": Fraction(0)}
    for at, column in enumerate(book.columns):
        if column.graded == "spec" or any(standing.cells[at].points is not None for standing in book.standings):
            kind = "extra credit" if column.extra_credit else "written" if column.graded == "written" else "by spec"
            sums[kind] += column.max_points
    return ", ".join(f"{decimal_text(points)} {kind}" for kind, points in sums.items() if points or kind == "by spec")
