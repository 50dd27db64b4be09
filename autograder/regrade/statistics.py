"""What a class's points say, as numbers: quartiles, a histogram, outcomes, how well a row separates strong from weak.

Pure. Points are exact fractions, so whether they spread at all is decided exactly.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from statistics import correlation, fmean, quantiles

from autograder.core.outcome import Outcome
from autograder.regrade.gradebook import Gradebook

FEWEST = 10  # with fewer submissions neither measure of a row says anything
TAIL = Fraction(27, 100)  # the share in the upper and in the lower group
MOST_BINS = 24
STEPS = (Fraction(1, 4), Fraction(1, 2), *(Fraction(step * 10**k) for k in range(9) for step in (1, 2, 5)))


def summary(totals: Sequence[Fraction]) -> dict[str, Fraction | float]:
    """The mean and the five numbers, in points, by their names; {} for no totals.

    The quartiles are those of numpy.percentile and R's type 7 (Hyndman and Fan, Sample quantiles in statistical
    packages, 1996): position (n - 1) p between the sorted values.
    """
    if not totals:
        return {}
    twice = [*totals, *totals] if len(totals) == 1 else totals
    first, median, third = quantiles(twice, n=4, method="inclusive")
    numbers = {"median": median, "lower quartile": first, "upper quartile": third}
    return {"mean": fmean(map(float, totals)), **numbers, "lowest": min(totals), "highest": max(totals)}


# ---------------------------------------------------------------------------------------------------------- histogram


def edges(totals: Sequence[Fraction], most: Fraction) -> tuple[Fraction, ...]:
    """Where the bins of a histogram begin and end, evenly, over 0 to `most` and all totals; at most 24 bins."""
    low, high = min([Fraction(0), *totals]), max([most, *totals])
    step = next((s for s in STEPS if (high - low) / s <= MOST_BINS - 2), STEPS[-1])
    first, last = math.floor(low / step), max(math.ceil(high / step), math.floor(low / step) + 1)
    return tuple(step * k for k in range(first, last + 1))


def histogram(totals: Sequence[Fraction], bins: Sequence[Fraction]) -> tuple[int, ...]:
    """How many totals lie in each bin, [begin, end), the last one with its end. `bins` must cover all totals evenly."""
    step, last = bins[1] - bins[0], len(bins) - 2
    counts = Counter(min(math.floor((total - bins[0]) / step), last) for total in totals)
    return tuple(counts[k] for k in range(last + 1))


# -------------------------------------------------------------------------------------------------- outcomes, mistakes


def outcomes(book: Gradebook, column: int) -> dict[str, int]:
    """How many submissions had each outcome in a row: every outcome word that occurs, in the order of the words."""
    counts = Counter(standing.cells[column].outcome for standing in book.standings)
    known = [str(word) for word in Outcome]
    return {word: counts[word] for word in [*known, *sorted(set(counts) - set(known))] if counts[word]}


def mistakes(book: Gradebook, column: int) -> list[tuple[str, int]]:
    """The named mistakes of a row and how many submissions made each, the commonest first."""
    counts = Counter(name for standing in book.standings for name in set(standing.cells[column].named))
    return sorted(counts.items(), key=lambda one: (-one[1], one[0]))


# ------------------------------------------------------------------------------------------------ strong against weak


@dataclass(frozen=True)
class Separation:
    """How well a row separates strong from weak submissions.

    count: the submissions it is judged by: those with points in this row. share: their mean share of the row's points,
    None for a row without points. correlation: item-rest, -1 to 1. index: discrimination index. Both None for
    undefined.
    """

    count: int
    share: float | None
    correlation: float | None
    index: float | None


def separation(book: Gradebook, column: int) -> Separation:
    """Of one row. Submissions that must be graded again are left out: a fault of ours says nothing about them."""
    most = book.columns[column].max_points
    judged = [(s.cells[column].points, s.total) for s in book.standings if s.total is not None and not s.rerun]
    points = [own for own, _ in judged if own is not None]
    totals = [total for own, total in judged if own is not None]
    if not points or not most:
        return Separation(len(points), None, None, None)
    share = float(sum(points, Fraction(0)) / len(points) / most)
    index = discrimination(points, totals)
    return Separation(len(points), share, item_rest(points, totals), None if index is None else float(index / most))


def item_rest(points: Sequence[Fraction], totals: Sequence[Fraction]) -> float | None:
    """The correlation of a row's points with the total without that row (the corrected item-total correlation).

    Pearson's r of the points and totals - points. The row is taken out since it would correlate with itself (Henrysson,
    Correction of item-total correlations, 1963). The share of the points gives the same r. None for fewer than 10
    submissions, or where points or rest do not spread.
    """
    rest = [total - own for own, total in zip(points, totals, strict=True)]
    if len(points) < FEWEST or len(set(points)) == 1 or len(set(rest)) == 1:
        return None
    pairs = sorted(zip(map(float, points), map(float, rest), strict=True))  # a sum of floats depends on their order
    return correlation([own for own, _ in pairs], [other for _, other in pairs])


def discrimination(points: Sequence[Fraction], totals: Sequence[Fraction]) -> Fraction | None:
    """The mean points of the upper 27 % by total, less those of the lower 27 %; over the row's maximum, the index D.

    -1 to 1 times the row's maximum. 27 % is where D is most exact (Kelley, The selection of upper and lower groups for
    the validation of test items, 1939). Where the border of a group runs through equal totals, all of them share its
    last places evenly, so that the order of submissions does not matter. None for fewer than 10 submissions, or where
    all totals are equal.
    """
    if len(totals) < FEWEST or min(totals) == max(totals):
        return None
    size = round(TAIL * len(totals))
    lower = sorted(zip(totals, points, strict=True))
    return (_first_sum(lower[::-1], size) - _first_sum(lower, size)) / size


def _first_sum(ordered: Sequence[tuple[Fraction, Fraction]], size: int) -> Fraction:
    """The points of the first `size`; those whose total equals that of the last one in share the places left."""
    border = ordered[size - 1][0]
    before = [points for total, points in ordered[:size] if total != border]
    tied = [points for total, points in ordered if total == border]
    return sum(before, Fraction(0)) + sum(tied, Fraction(0)) * Fraction(size - len(before), len(tied))
