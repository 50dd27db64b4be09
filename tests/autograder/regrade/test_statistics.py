"""The numbers of a class, each judged by one that shares nothing with them: numpy, or every order of ties."""

from __future__ import annotations

from fractions import Fraction
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.regrade import statistics
from autograder.regrade.gradebook import Cell, Column, Gradebook, Standing

quarters = st.integers(0, 40).map(lambda n: Fraction(n, 4))
thirds = st.builds(Fraction, st.integers(-30, 90), st.sampled_from([1, 2, 3, 7]))


def book(points: list[list[Fraction | None]], outcome: str = "passed", rerun: tuple[int, ...] = ()) -> Gradebook:
    """A class with one list of points a submission; every column is worth 2."""
    columns = tuple(Column(str(at), f"row {at}", Fraction(2)) for at in range(len(points[0]) if points else 1))
    standings = tuple(
        Standing(
            str(at),
            (),
            tuple(Cell(outcome, own) for own in row),
            sum((own or Fraction(0) for own in row), Fraction(0)),
            rerun=at in rerun,
        )
        for at, row in enumerate(points)
    )
    return Gradebook("HW", columns, standings)


@given(st.lists(thirds, min_size=1, max_size=40))
def test_the_summary_is_numpys(totals: list[Fraction]) -> None:
    found = statistics.summary(totals)
    values = [float(total) for total in totals]
    want = [*np.percentile(values, [0, 25, 50, 75, 100]), np.mean(values)]
    names = ("lowest", "lower quartile", "median", "upper quartile", "highest", "mean")
    got = [found[name] for name in names]
    assert [float(value) for value in got] == pytest.approx(want, rel=1e-12, abs=1e-12)


def test_there_is_no_summary_of_nothing() -> None:
    assert statistics.summary([]) == {}


@given(st.lists(thirds, max_size=40), quarters)
def test_the_histogram_is_numpys(totals: list[Fraction], most: Fraction) -> None:
    bins = statistics.edges(totals, most)
    assert 1 <= len(bins) - 1 <= statistics.MOST_BINS
    assert bins[0] <= min([Fraction(0), *totals])
    assert bins[-1] >= max([most, *totals])
    # In units of a bin, exact in floats at the edges: a total that is a third of a point can be on no edge but its own
    scaled = [float((total - bins[0]) / (bins[1] - bins[0])) for total in totals]
    want, _ = np.histogram(scaled, bins=np.arange(len(bins), dtype=float))
    assert list(statistics.histogram(totals, bins)) == want.tolist()


def test_very_large_totals_still_fit_a_histogram() -> None:
    totals = [Fraction(0), Fraction(10**8)]
    assert sum(statistics.histogram(totals, statistics.edges(totals, Fraction(10)))) == 2


rows = st.lists(st.tuples(quarters, quarters), min_size=10, max_size=60)


@given(rows)
def test_item_rest_is_numpys(drawn: list[tuple[Fraction, Fraction]]) -> None:
    points, rest = [own for own, _ in drawn], [other for _, other in drawn]
    got = statistics.item_rest(points, [own + other for own, other in drawn])
    if len(set(points)) == 1 or len(set(rest)) == 1:
        assert got is None
    else:
        want = np.corrcoef([float(p) for p in points], [float(r) for r in rest])[0, 1]
        assert got == pytest.approx(want, abs=1e-9)


def test_item_rest_leaves_the_row_out() -> None:
    points = [Fraction(at % 2) for at in range(20)]
    rest = [Fraction(at // 2 % 2) for at in range(20)]
    got = statistics.item_rest(points, [p + r for p, r in zip(points, rest, strict=True)])
    assert got == pytest.approx(0)  # with the row in the total it would be 0.7


def by_every_order(points: list[Fraction], totals: list[Fraction]) -> float:
    """Discrimination index, averaged over every order that sorts the totals: what a fair draw among ties expects."""
    size = round(0.27 * len(totals))
    differences = []
    for order in permutations(range(len(totals))):
        sorted_totals = [totals[at] for at in order]
        if sorted_totals == sorted(totals):
            own = [float(points[at]) for at in order]
            differences.append((sum(own[-size:]) - sum(own[:size])) / size)
    return float(np.mean(differences))


@pytest.mark.parametrize("seed", range(4))
def test_the_index_is_the_mean_over_all_orders_of_ties(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statistics, "FEWEST", 2)  # all orders of ten are too many
    rng = np.random.default_rng(seed)
    points = [Fraction(int(n), 4) for n in rng.integers(0, 5, 7)]
    totals = [Fraction(int(n)) for n in rng.integers(0, 3, 7)]
    got = statistics.discrimination(points, totals)
    assert got is not None
    assert float(got) == pytest.approx(by_every_order(points, totals))


@given(rows, st.randoms())
def test_neither_measure_depends_on_the_order(drawn: list[tuple[Fraction, Fraction]], rng: object) -> None:
    mixed = list(drawn)
    rng.shuffle(mixed)  # type: ignore[attr-defined]
    first, second = ([list(part) for part in zip(*one, strict=True)] for one in (drawn, mixed))
    assert statistics.discrimination(*first) == statistics.discrimination(*second)
    assert statistics.item_rest(*first) == statistics.item_rest(*second)


def test_a_row_that_decides_the_total_separates_wholly() -> None:
    points = [[Fraction(2), Fraction(1)]] * 10 + [[Fraction(0), Fraction(0)]] * 10
    found = statistics.separation(book(points), 0)
    assert (found.share, found.correlation, found.index) == (0.5, pytest.approx(1.0), 1.0)


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        pytest.param([[Fraction(1), Fraction(at)] for at in range(9)], (0.5, None, None), id="too few"),
        pytest.param([[Fraction(1), Fraction(1)]] * 12, (0.5, None, None), id="no spread at all"),
        pytest.param([[Fraction(2), Fraction(at)] for at in range(12)], (1.0, None, 0.0), id="a row without spread"),
        pytest.param(
            [[Fraction(at), Fraction(1)] for at in range(3)] * 4, (0.5, None, 1.0), id="a rest without spread"
        ),
        pytest.param([[None, Fraction(at)] for at in range(12)], (None, None, None), id="nobody read it"),
        pytest.param([], (None, None, None), id="nobody"),
    ],
)
def test_undefined_is_said(points: list[list[Fraction | None]], expected: tuple[float | None, ...]) -> None:
    found = statistics.separation(book(points), 0)
    assert (found.share, found.correlation, found.index) == expected


def test_a_fault_of_ours_judges_no_row() -> None:
    points: list[list[Fraction | None]] = [[Fraction(1), Fraction(at)] for at in range(12)]
    points.append([Fraction(0), Fraction(0)])
    assert statistics.separation(book(points, rerun=(12,)), 0).share == 0.5
    assert statistics.separation(book(points), 0).share != 0.5


def test_a_row_without_points_has_no_share() -> None:
    one = Column("1", "nothing to earn", Fraction(0))
    standings = tuple(Standing(str(at), (), (Cell("passed", Fraction(0)),), Fraction(at)) for at in range(12))
    assert statistics.separation(Gradebook("HW", (one,), standings), 0).share is None


def test_outcomes_and_mistakes_are_counted_once_a_submission() -> None:
    cells = [
        Cell("failed", Fraction(0), ("a", "a", "b")),
        Cell("failed", Fraction(0), ("b",)),
        Cell("passed", Fraction(2)),
        Cell("strange", Fraction(0), ("c",)),
    ]
    standings = tuple(Standing(str(at), (), (cell,), Fraction(0)) for at, cell in enumerate(cells))
    one = Gradebook("HW", (Column("1", "row", Fraction(2)),), standings)
    assert list(statistics.outcomes(one, 0).items()) == [("passed", 1), ("failed", 2), ("strange", 1)]
    assert statistics.mistakes(one, 0) == [("b", 2), ("a", 1), ("c", 1)]
