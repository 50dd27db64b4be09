from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.maths.closeness import close, compare

FINITE = st.floats(-1e100, 1e100)


@pytest.mark.parametrize(
    ("got", "want", "right"),
    [
        pytest.param(1.0, 1.0, True, id="equal"),
        pytest.param(1 + 9e-10, 1.0, True, id="inside rtol"),
        pytest.param(1 + 2e-9, 1.0, False, id="outside rtol"),
        pytest.param(9e-13, 0.0, True, id="inside atol"),
        pytest.param(2e-12, 0.0, False, id="outside atol"),
        pytest.param(-1.0, 1.0, False, id="sign"),
        pytest.param(math.nan, 1.0, False, id="NaN got"),
        pytest.param(1.0, math.nan, False, id="NaN wanted"),
        pytest.param(math.nan, math.nan, False, id="NaN both"),
        pytest.param(math.inf, 1.0, False, id="infinite got"),
        pytest.param(1.0, math.inf, False, id="infinite wanted"),
        pytest.param(math.inf, math.inf, False, id="infinite both"),
    ],
)
def test_close(got, want, right):
    assert close(got, want) is right
    assert compare([got], [want]).ok is right


def test_the_scale_is_the_wanted_value_not_the_one_that_came():
    assert not close(1e12, 1.0)
    assert close(1.0, 1.0, rtol=0, atol=0)


@given(st.lists(st.tuples(FINITE, FINITE), min_size=1, max_size=6))
def test_the_worst_entry_decides(pairs):
    got, want = zip(*pairs, strict=True)
    found = compare(got, want)
    assert found.error == max(abs(g - w) for g, w in pairs)
    assert (found.got, found.want) == (got[found.index], want[found.index])
    assert found.ok == (found.error <= 1e-9 * max(map(abs, want)) + 1e-12)


def test_the_tolerance_does_not_grow_with_the_number_of_entries():
    assert not compare([0.0] * 500 + [1e-9 + 1e-10], [0.0] * 501).ok


def test_a_nan_is_the_worst_entry():
    found = compare([1e9, math.nan, 2.0], [1.0, 1.0, 1.0])
    assert (found.index, found.ok) == (1, False)


def test_different_lengths_and_nothing_at_all_are_no_matter_of_closeness():
    with pytest.raises(ValueError, match="2 values cannot be compared with 3"):
        compare([1, 2], [1, 2, 3])
    with pytest.raises(ValueError, match="nothing to compare"):
        compare([], [])
