"""Where an equation is asked: no region of t, T or T - t is left out at any seed."""
# The names are the homework's letters.
# ruff: noqa: N803

from __future__ import annotations

import random

import pytest

from autograder.maths.lstm.shapes import lengths, shapes, where_right
from benchmarks.wrong_regions import passing, regions

SEEDS = 3_000


def test_no_region_of_t_T_or_their_difference_is_asked_nowhere():  # noqa: N802
    assert len(regions()) == 100
    assert passing(SEEDS) == {}


def test_few_calls_leave_regions_unasked():
    """The measure itself: five calls at fixed places, as they once were, leave many."""
    assert len(passing(1, lambda rng: [(4, 1), (4, 4), (5, 2), (3, 3), (3, 1)])) > 25


def test_where_an_equation_is_asked_differs_from_row_to_row():
    assert len({tuple(shapes(random.Random(seed))) for seed in range(200)}) > 190


def test_every_pair_is_asked_sometimes():
    asked = {pair for seed in range(2_000) for pair in shapes(random.Random(seed))}
    assert asked >= {(T, t) for T in range(1, 9) for t in range(1, T + 1)}


def test_the_next_step_is_read_at_every_length_and_the_loss_can_alternate():
    for seed in range(SEEDS):
        pairs = shapes(random.Random(seed))
        assert all(1 <= t <= T and T - t <= 8 for T, t in pairs)
        assert sum(T <= 6 and t < T for T, t in pairs) >= 2


def test_a_sum_is_asked_over_every_length():
    assert set(lengths()) == set(range(1, 10))


@pytest.mark.parametrize(
    ("region", "said"),
    [
        (lambda T, t: T <= 5, "T <= 5"),
        (lambda T, t: t > 2, "t >= 3"),
        (lambda T, t: t == T, "T - t <= 0"),
        (lambda T, t: t < T, "T - t >= 1"),
        (lambda T, t: t in (3, 5), ""),
        (lambda T, t: True, ""),
        (lambda T, t: False, ""),
    ],
)
def test_where_an_equation_is_right_is_said_if_it_is_one_sided(region, said):
    for seed in range(50):
        pairs = shapes(random.Random(seed))
        assert where_right(pairs, [region(T, t) for T, t in pairs]) == said
