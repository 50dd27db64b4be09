"""What totals are of, in words: the same on the terminal, in the report and on each page."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from autograder.core.points import decimal_text
from autograder.regrade.gradebook import Gradebook


def worth(book: Gradebook) -> str:
    """ "9.5 by spec", and with what people could give, once they have: "11 (9.5 by spec, 0.5 written, 1 extra credit)".

    So no total is above what it is said to be of, but for a bonus.
    """
    sums = {"by spec": Fraction(0), "written": Fraction(0), "extra credit": Fraction(0)}
    for at, column in enumerate(book.columns):
        if column.graded == "spec" or any(standing.cells[at].points is not None for standing in book.standings):
            kind = "extra credit" if column.extra_credit else "written" if column.graded == "written" else "by spec"
            sums[kind] += column.max_points
    return in_words(sums)


def in_words(sums: Mapping[str, Fraction]) -> str:
    """Points by their kind, and their sum where there are several kinds.

    >>> in_words({"by spec": Fraction(9), "written": Fraction(1)}), in_words({"by spec": Fraction(9)})
    ('10 (9 by spec, 1 written)', '9 by spec')
    """
    kinds = [f"{decimal_text(points)} {kind}" for kind, points in sums.items() if points or kind == "by spec"]
    if len(kinds) == 1:
        return kinds[0]
    return f"{decimal_text(sum(sums.values(), Fraction(0)))} ({', '.join(kinds)})"
