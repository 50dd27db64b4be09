"""When two numbers are the same: the tolerance, and what float32 or rounded values are held to."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.maths.closeness import close, compare, precision_of, repeated, rounding_of

FINITE = st.floats(-1e100, 1e100)


@pytest.mark.parametrize(
    ("got", "want", "right"),
    [
        pytest.param(1.0, 1.0, True, id="equal"),
        pytest.param(1 + 9e-13, 1.0, True, id="inside rtol"),
        pytest.param(1 + 2e-12, 1.0, False, id="outside rtol"),
        pytest.param(9e-16, 0.0, True, id="inside atol"),
        pytest.param(2e-15, 0.0, False, id="outside atol"),
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
    assert found.ok == (found.error <= 1e-12 * max(map(abs, want)) + 1e-15)


def test_the_tolerance_does_not_grow_with_the_number_of_entries():
    assert not compare([0.0] * 500 + [1e-12], [0.0] * 501).ok


def test_a_nan_is_the_worst_entry():
    found = compare([1e9, math.nan, 2.0], [1.0, 1.0, 1.0])
    assert (found.index, found.ok) == (1, False)


def test_different_lengths_and_nothing_at_all_are_no_matter_of_closeness():
    with pytest.raises(ValueError, match="2 values cannot be compared with 3"):
        compare([1, 2], [1, 2, 3])
    with pytest.raises(ValueError, match="nothing to compare"):
        compare([], [])


THIRDS = [1 / 3, -2 / 3, 200 / 3]


def single(value):
    """The nearest float32, as a float."""
    return struct.unpack("f", struct.pack("f", value))[0]


def right(got, want=THIRDS, scale=1.0):
    precision = precision_of(got, want, [scale] * len(want))
    return precision.right(got, want), precision.note


def test_values_of_full_precision_are_held_to_it():
    assert right(THIRDS) == ([True] * 3, "")
    assert right([1 / 3 * (1 + 1e-11), *THIRDS[1:]]) == ([False, True, True], "")


def test_float32_is_held_to_what_it_can_hold():
    assert right([single(v) for v in THIRDS], scale=70.0) == ([True] * 3, "float32")
    assert right([single(v * (1 + 5e-6)) for v in THIRDS], scale=1.0) == ([False] * 3, "float32")
    assert right([single(THIRDS[0]), *THIRDS[1:]]) == ([False, True, True], "")  # not every value: no float32


@pytest.mark.parametrize("decimals", range(9, 13))
def test_rounded_values_are_held_to_half_a_unit(decimals):
    rounded = [round(v, decimals) for v in THIRDS]
    assert right(rounded) == ([True] * 3, f"rounded to {decimals} decimals")
    assert right([round(rounded[0] + 2 * 10**-decimals, decimals), *rounded[1:]])[0] == [False, True, True]


def test_eight_decimals_are_too_few():
    assert right([round(v, 8) for v in THIRDS])[0] == [False] * 3


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 1e300])
def test_what_is_no_number_near_is_wrong_in_every_precision(value):
    for others in (THIRDS[1:], [single(v) for v in THIRDS[1:]], [round(v, 9) for v in THIRDS[1:]]):
        assert not right([value, *others])[0][0]


SEVERAL = [k / 3 for k in range(-5, 12) if k % 3]


@pytest.mark.parametrize(
    ("rounded", "to"),
    [
        (lambda v: round(v, 1), "1 decimal"),
        (lambda v: round(v, 5), "5 decimals"),
        (lambda v: float(f"{v:.2g}"), "2 digits"),
        (lambda v: float(round(v)), "the whole number"),
        (lambda v: v, ""),
        (lambda v: 0.0, ""),
        (lambda v: round(1.01 * v, 4), ""),
        (lambda v: v + 1e-6, ""),
        (lambda v: math.nan, ""),
        (lambda v: math.trunc(v * 100) / 100, ""),
    ],
)
def test_what_values_were_rounded_to(rounded: Callable[[float], float], to: str) -> None:
    assert rounding_of([rounded(v) for v in SEVERAL], SEVERAL) == to


def test_small_values_of_which_nothing_is_left_are_not_called_rounded() -> None:
    assert rounding_of([0.0, 0.0, 0.1], [0.01, 0.02, 0.1]) == ""
    assert rounding_of([], []) == ""


THIRD, SEVENTH = 1 / 3, 1 / 7


@pytest.mark.parametrize(
    ("got", "right", "places"),
    [
        pytest.param([THIRD, 2.0, THIRD], [True, True, False], (2, 0), id="right where it came first"),
        pytest.param([THIRD, SEVENTH, THIRD, SEVENTH], [False] * 4, (2, 0), id="several, wrong ones too"),
        pytest.param([THIRD, THIRD, THIRD], [False] * 3, None, id="one constant"),
        pytest.param([0.125, 2.0, 0.125, 2.0], [True, True, False, False], None, id="short numbers"),
        pytest.param([THIRD, THIRD], [False, True], None, id="right where it comes again"),
        pytest.param([math.nan, math.nan, math.inf, math.inf], [False] * 4, None, id="no numbers"),
        pytest.param([], [], None, id="nothing"),
    ],
)
def test_a_wrong_value_that_came_before_to_the_last_bit_may_have_been_kept(got, right, places):
    assert repeated(got, right) == places
