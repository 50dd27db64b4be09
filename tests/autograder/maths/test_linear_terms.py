from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.maths.linear_terms import fit, one_more, two_more

COEFFICIENTS = st.lists(st.sampled_from([0.0, 1.0, -1.0, 2.0, 0.5, -3.25]), min_size=1, max_size=5)


def noise(seed, columns, rows=12):
    rng = random.Random(seed)
    return [[rng.gauss(0, 1) for _ in range(rows)] for _ in range(columns)]


def combined(coefficients, columns):
    return [sum(c * column[n] for c, column in zip(coefficients, columns, strict=True)) for n in range(len(columns[0]))]


@given(COEFFICIENTS, st.integers(0, 10**6), st.sampled_from([1.0, 1e-200, 1e200]))
def test_the_coefficients_are_found_at_any_scale(coefficients, seed, scale):
    columns = noise(seed, len(coefficients))
    found = fit([scale * v for v in combined(coefficients, columns)], columns)
    assert found.exact
    assert all(found.determined)
    assert [c / scale for c in found.coefficients] == pytest.approx(coefficients, abs=1e-9)


@given(COEFFICIENTS, st.integers(0, 10**6))
def test_one_value_that_is_off_is_noticed(coefficients, seed):
    columns = noise(seed, len(coefficients))
    values = combined(coefficients, columns)
    values[3] += 1e-4 * max(1.0, *map(abs, values))
    assert not fit(values, columns).exact


def test_a_column_that_says_nothing_is_not_determined():
    a, b = noise(1, 2)
    total = [x + y for x, y in zip(a, b, strict=True)]
    zero = [0.0] * len(a)
    assert fit(total, [a, zero, b]).determined == (True, False, True)
    assert fit(total, [a, b, total]).determined == (False, False, False)
    assert fit(total, [a, b, total]).exact


def test_values_that_are_all_zero_are_fitted_by_zeros():
    found = fit([0.0] * 12, noise(2, 3))
    assert (found.coefficients, found.exact, found.residual) == ((0.0,) * 3, True, 0.0)


def test_no_columns_explain_nothing_but_zeros():
    assert not fit([1.0, 2.0], []).exact
    assert fit([0.0, 0.0], []).exact


@pytest.mark.parametrize(
    ("values", "columns", "message"),
    [
        ([1.0, 2.0], [[1.0, 2.0, 3.0]], "cannot be fitted"),
        ([1.0, 2.0], [[1.0, 0.0], [0.0, 1.0]], "cannot be fitted"),
        ([1.0, float("nan")], [[1.0, 0.0]], "finite"),
        ([1.0, 2.0], [[1.0, float("inf")]], "finite"),
    ],
    ids=["lengths", "as many columns as values", "NaN", "infinite column"],
)
def test_what_cannot_be_fitted_is_refused(values, columns, message):
    with pytest.raises(ValueError, match=message):
        fit(values, columns)


@given(st.integers(0, 10**6), st.integers(0, 29))
def test_one_more_finds_the_one_candidate(seed, chosen):
    columns = noise(seed, 33)
    fixed, pool = columns[:3], columns[3:]
    values = combined([1, 0, -1, 2], [*fixed, pool[chosen]])
    found = one_more(values, fixed, pool)
    assert [one.candidates for one in found] == [(chosen,)]
    assert found[0].fit.coefficients == pytest.approx((1, 0, -1, 2), abs=1e-9)


@given(st.integers(0, 10**6), st.integers(0, 14), st.integers(0, 14))
def test_two_more_finds_the_one_pair(seed, a, b):
    columns = noise(seed, 32)
    fixed, first, second = columns[:2], columns[2:17], columns[17:]
    values = combined([1, 1, -1, 0.5], [*fixed, first[a], second[b]])
    found = two_more(values, fixed, first, second)
    assert [one.candidates for one in found] == [(a, b)]
    assert found[0].fit.coefficients == pytest.approx((1, 1, -1, 0.5), abs=1e-9)


def test_nothing_is_found_for_values_of_another_origin():
    columns = noise(7, 40)
    assert one_more(columns[0], columns[1:3], columns[3:]) == []
    assert two_more(columns[0], columns[1:3], columns[3:20], columns[20:]) == []
    assert one_more(columns[0], [], []) == []
    assert two_more(columns[0], [], [], columns) == []


def test_a_candidate_that_adds_nothing_to_the_fixed_columns_is_not_found():
    fixed = noise(8, 2)
    twice = [2 * v for v in fixed[0]]
    assert one_more(combined([1, 1], fixed), fixed, [twice]) == []


def test_one_more_works_without_fixed_columns():
    pool = noise(9, 5)
    assert [f.candidates for f in one_more([-3 * v for v in pool[2]], [], pool)] == [(2,)]
