"""The values that cross: they never change, and two with the same fields are one."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest

from autograder.sandbox.values import Array, Other, Record, float64_array

ARRAY = Array("float64", (2,), (1.0, 2.0))
VALUES = [ARRAY, Record({"x": 1.0, "w": ARRAY}), Other("Foo")]
kinds = pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)


def test_values_with_the_same_fields_are_equal_and_hash_alike() -> None:
    assert float64_array([1.0, 2.0]) == ARRAY
    assert hash(float64_array([1.0, 2.0])) == hash(ARRAY)
    assert Record({"x": 1.0, "w": float64_array([1.0, 2.0])}) == VALUES[1]
    assert Other("Foo") == VALUES[2]


@pytest.mark.parametrize(
    "other",
    [
        Array("float32", (2,), (1.0, 2.0)),
        Array("float64", (2, 1), (1.0, 2.0)),
        Array("float64", (2,), (1.0, 3.0)),
        Array("float64", (2,), (1.0, 2.0), scalar=True),
    ],
)
def test_one_other_field_makes_another_value(other: object) -> None:
    assert other != ARRAY
    assert len({other, ARRAY}) == 2


def test_values_of_two_kinds_are_never_equal() -> None:
    assert Record("Foo") != Other("Foo")  # type: ignore[arg-type]


@kinds
def test_no_field_can_be_changed_added_or_deleted(value: Array | Record | Other) -> None:
    before = repr(value)
    for name in (value._fields[0], "another"):
        with pytest.raises(AttributeError, match=name):
            setattr(value, name, 1)
        with pytest.raises(AttributeError, match=name):
            delattr(value, name)
    assert repr(value) == before


@kinds
def test_a_copy_is_equal(value: Array | Record | Other) -> None:
    assert copy.copy(value) == copy.deepcopy(value) == pickle.loads(pickle.dumps(value)) == value


def test_a_value_says_what_it_holds() -> None:
    assert repr(ARRAY) == "Array(dtype='float64', shape=(2,), items=(1.0, 2.0), scalar=False)"
    assert repr(Other("Foo")) == "Other(type_name='Foo')"
    assert repr(Record({"x": 1})) == "Record(fields={'x': 1})"


def test_an_array_behaves_as_numpys_where_a_spec_treats_it_so() -> None:
    b = Array("float64", (3,), (-1.0, 2.0, -3.0))
    assert (np.shape(b), len(b), max(map(abs, b)), b[1], list(b)) == ((3,), 3, 3.0, 2.0, [-1.0, 2.0, -3.0])
    np.testing.assert_array_less(b, 10)
    np.testing.assert_allclose(b * 2 + 1, [-1, 5, -5])
    assert (b < 5).all()
    assert (1 - b)[0] == 2
    matrix = Array("int64", (2, 2), (1, 2, 3, 4))
    assert matrix[1, 0] == 3
    np.testing.assert_array_equal(matrix @ matrix, [[7, 10], [15, 22]])
    assert [row.sum() for row in matrix] == [3, 7]
    scalar = Array("float32", (), (0.5,), True)
    assert (float(scalar), scalar + 1, abs(scalar), scalar > 0.2, bool(scalar)) == (0.5, 1.5, 0.5, True, True)
    assert np.asarray(Array("longdouble", (1,), ("0.5",))).dtype == np.longdouble
    with pytest.raises(TypeError):
        len(scalar)
    assert b == Array("float64", (3,), (-1.0, 2.0, -3.0)), "two values that crossed are still compared as values"
