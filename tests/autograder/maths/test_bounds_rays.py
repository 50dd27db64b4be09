"""Rays and weights: without logarithms exactly one of them exists, and each is what it claims to be."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.maths.bounds.rays import Effort, TooHardError, beating_ray, below, degree, pruned, simple_rays, solve

PLENTY = 1_000_000


def vectors(size: int, low: int = -2, high: int = 3) -> st.SearchStrategy[tuple[int, ...]]:
    return st.tuples(*[st.integers(low, high)] * size)


def powers(*entries: float) -> tuple[Fraction, ...]:
    """A monomial without logarithms."""
    return tuple(map(Fraction, entries)) + (Fraction(0),) * len(entries)


def dot(left: tuple[int, ...] | list[int], right: tuple[int, ...] | list[int]) -> int:
    return sum(a * b for a, b in zip(left, right, strict=True))


@given(vectors(3), st.lists(vectors(3), min_size=1, max_size=7))
@settings(max_examples=800)
def test_without_logarithms_there_are_weights_or_a_ray_and_never_both(
    target: tuple[int, ...], points: list[tuple[int, ...]]
) -> None:
    monomials = [powers(*point) for point in points]
    is_below = below(powers(*target), monomials, Effort(PLENTY))
    ray = beating_ray(powers(*target), monomials, Effort(PLENTY))
    assert is_below == (ray is None)
    if ray is not None:
        assert min(ray) >= 0
        assert all(dot(ray, target) > dot(ray, point) for point in points)
    for grid in product(range(5), repeat=3):  # a second opinion on "below", by trying directions
        assert not (is_below and all(dot(grid, target) > dot(grid, point) for point in points))


@given(vectors(2), st.lists(vectors(2), min_size=1, max_size=5))
@settings(max_examples=500)
def test_strictly_below_is_below_and_stays_so_when_pushed_down(
    target: tuple[int, ...], points: list[tuple[int, ...]]
) -> None:
    monomials = [powers(*point) for point in points]
    strictly = below(powers(*target), monomials, Effort(PLENTY), strictly=True)
    room = any(
        below(
            powers(*(entry + (i == j) * Fraction(1, 1000) for j, entry in enumerate(target))), monomials, Effort(PLENTY)
        )
        for i in range(2)
    )
    assert strictly == room


@given(vectors(4, 0, 2), st.lists(vectors(4, 0, 2), min_size=1, max_size=5))
@settings(max_examples=500)
def test_with_logarithms_never_both(target: tuple[int, ...], points: list[tuple[int, ...]]) -> None:
    ray = beating_ray(target, points, Effort(PLENTY))
    if ray is None:
        return
    assert not below(target, points, Effort(PLENTY))
    grown = [i for i in range(2) if ray[i]]

    def speed(vector: tuple[int, ...]) -> tuple[int, int]:
        return dot(ray, vector[:2]), sum(vector[2 + i] for i in grown)

    assert all(speed(target) > speed(point) for point in points)
    assert degree([target], ray) == speed(target)


@pytest.mark.parametrize(
    ("target", "points", "strictly", "expected"),
    [
        ((1, 1, 0, 0), [(2, 0, 0, 0), (0, 2, 0, 0)], False, True),
        ((1, 1, 0, 0), [(2, 0, 0, 0), (0, 2, 0, 0)], True, False),
        ((1, 1, 0, 1), [(2, 0, 0, 0), (0, 2, 0, 0)], False, False),
        ((0, 1, 0, 1), [(2, 0, 0, 0), (0, 2, 0, 0)], True, True),
        ((0, 0, 1, 1), [(0, 0, 2, 0), (0, 0, 0, 2)], False, True),
        ((0, 0, 1, 0), [(0, 0, 2, 0)], True, True),
        ((0, 0, 9, 9), [(Fraction(1, 99), Fraction(1, 99), 0, 0)], False, True),
        ((0, 0, 0, 0), [], False, False),
        ((1, 0, 0, 0), [(1, 0, 0, 0)], False, True),
        ((1, 0, 0, 0), [(1, 0, 0, 0)], True, False),
    ],
)
def test_below(target: tuple[int, ...], points: list[tuple[int, ...]], strictly: bool, expected: bool) -> None:
    assert below(target, points, Effort(PLENTY), strictly=strictly) is expected


@given(st.lists(vectors(3), min_size=1, max_size=4), st.lists(vectors(3), max_size=3))
@settings(max_examples=500)
def test_solve_finds_a_solution_if_a_small_one_exists(
    strict: list[tuple[int, ...]], weak: list[tuple[int, ...]]
) -> None:
    found = solve(strict, weak, Effort(PLENTY))
    if found is not None:
        assert min(found) >= 0
        assert all(dot(row, found) > 0 for row in strict)
        assert all(dot(row, found) >= 0 for row in weak)
        return
    for x in product(range(4), repeat=3):
        assert not (all(dot(row, x) > 0 for row in strict) and all(dot(row, x) >= 0 for row in weak))


def test_the_work_is_counted() -> None:
    with pytest.raises(TooHardError):
        below(powers(1, 1), [powers(2, 0), powers(0, 2)], Effort(1))
    with pytest.raises(TooHardError):
        pruned([powers(i, -i) for i in range(9)], Effort(5))


def test_simple_rays_come_with_the_fewest_variables_first() -> None:
    assert list(simple_rays(2)) == [(1, 0), (0, 1), (1, 1)]
    assert len(set(simple_rays(4))) == 15
