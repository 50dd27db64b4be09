"""What counts as an answer: as tables, accepted and refused, each with the words that the student reads."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from autograder.grading.coerce import Unreadable, choice, holds_float64, integer, real, text
from autograder.grading.keyed import keyed, matrices
from autograder.sandbox.values import Array, Other, exact_fraction, shortest_decimal


def scalar(dtype: str, item: Any) -> Array:
    return Array(dtype, (), (item,), scalar=True)


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (1, 1.0),
        (0.5, 0.5),
        (scalar("float64", 0.25), 0.25),
        (scalar("float32", 0.25), 0.25),
        (scalar("int64", 3), 3.0),
        (scalar("longdouble", "0.1"), 0.1),
        (Array("float64", (), (2.5,)), 2.5),
        (Fraction(1, 2), 0.5),
        (Decimal("0.5"), 0.5),
    ],
)
def test_one_real_number(value: Any, number: float) -> None:
    assert real(value) == number


def test_nan_is_a_number_that_no_comparison_passes() -> None:
    assert math.isnan(real(float("nan")))


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (None, "is a `return` missing?"),
        (True, "True (bool)"),
        (1j, "complex"),
        ("0.5", "the string '0.5': write it without quotes"),
        ("left", "the string 'left'"),
        ([0.5], "a list of 1 value: return the number alone, without [ ]"),
        ([0.5, 1.0], "a list of 2 values: return the one that is asked for"),
        ((0.5,), "a tuple of one value: is there a comma at the end of the return line?"),
        ((0.5, 1.0), "a tuple of 2 values: return one of them"),
        (Other("function"), "a function (are its brackets missing?)"),
        (Array("float64", (1,), (0.5,)), "with shape (1,): return its one value, with [0] behind it"),
        (Array("float64", (1, 1), (0.5,)), "with shape (1, 1): return its one value, with [0][0] behind it"),
        (Array("float64", (2,), (0.5, 1.0)), "is an index missing, such as [t]? Or is it to be summed?"),
        (scalar("bool", True), "a numpy bool"),
        (Other("Tensor"), "a value of type Tensor"),
        (1 << 4000, "an integer of 4001 bits"),
        (Fraction(10) ** 400, "too large for one"),
    ],
)
def test_not_one_real_number(value: Any, says: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        real(value)
    assert says in str(refusal.value)


@pytest.mark.parametrize(
    "value",
    [
        207507,
        207507.0,
        Fraction(207507),
        Decimal("207507.0"),
        scalar("int64", 207507),
        scalar("float64", 207507.0),
        Array("int32", (), (207507,)),
        "207507",
        "207,507",
        "207 507",
        "207.507",
        " 207_507 ",
        "2.07507e5",
        "207507.0",
        "about 207,507",
        "2,07,507",
    ],
)
def test_an_integer(value: Any) -> None:
    assert integer(value) == 207507


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        1.5,
        float("nan"),
        float("inf"),
        "",
        "207,50",
        "1e-3",
        [1],
        "٣" * 3 + "x",
        Other("Tensor"),
    ],
)
def test_not_an_integer(value: Any) -> None:
    with pytest.raises(Unreadable, match="expected an integer"):
        integer(value)


def test_a_text_is_stripped_and_nothing_else_is_a_text() -> None:
    assert text("  left\n") == "left"
    with pytest.raises(Unreadable, match="expected a text in quotes"):
        text(5)


SHAPES = {"W": [(2, 2)], "v": [(2,), (1, 2)], "b": [(), (1,)]}


def test_matrices_are_exact_in_any_form() -> None:
    tenth = Fraction(1, 10)
    value = {
        "W": Array("float32", (2, 2), tuple(float(np.float32(x)) for x in (0.1, 0.2, -0.3, 1.5))),
        "v": [[Fraction(1, 3), Decimal("0.1")]],
        "b": scalar("float16", float(np.float16(0.1))),
    }
    found = matrices(value, SHAPES)
    assert found["W"] == (tenth, 2 * tenth, -3 * tenth, Fraction(3, 2))
    assert found["v"] == (Fraction(1, 3), tenth)
    assert found["b"] == (tenth,)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"W": [[1, 2], [3]]}, "W: the rows differ in length"),
        ({"W": [1, 2]}, "W: expected shape (2, 2), got (2,)"),
        ({"W": [[1, True], [3, 4]]}, "W: expected real numbers, got True (bool)"),
        ({"W": [[1, "2"], [3, 4]]}, "W: expected real numbers, got the string '2'"),
        ({"b": 1j}, "b: expected real numbers"),
        ({"b": float("inf")}, "b: expected finite numbers, got inf"),
        ({"b": [[1, 2]]}, "b: expected shape () (a single number) or (1,), got (1, 2)"),
        ({"v": [[1, 2], [3, 4]]}, "v: expected shape (2,) or (1, 2), got (2, 2)"),
        ({"v": [[1], [2], [3]]}, "v: expected shape (2,) or (1, 2), got (3, 1)"),
        ({"V": [5, 6]}, "v: there are two keys for it, with different values"),
        ({"v": Array("float64", (2,), (1.0, float("nan")))}, "v: expected finite numbers, got nan at index 1"),
        ({"v": Array("complex128", (2,), (1j, 2j))}, "v: expected real numbers"),
        ({"v": Other("Tensor")}, "v: expected real numbers, got a value of type Tensor"),
        ({"b": []}, "b: expected shape"),
    ],
)
def test_a_wrong_matrix_is_named(change: dict[str, Any], says: str) -> None:
    value = {"W": [[1, 2], [3, 4]], "v": [1, 2], "b": 0, **change}
    with pytest.raises(Unreadable) as refusal:
        matrices(value, SHAPES)
    assert says in str(refusal.value)


@pytest.mark.parametrize("v", [[1, 2], [[1, 2]], [[1], [2]], Array("float64", (1, 2, 1), (1.0, 2.0))], ids=str)
@pytest.mark.parametrize("b", [7, [7], [[7]], Array("int64", (1, 1), (7,))], ids=str)
def test_a_vector_counts_in_any_orientation_and_a_number_in_any_brackets(v: Any, b: Any) -> None:
    found = matrices({"W": [[1, 2], [3, 4]], "v": v, "b": b}, SHAPES)
    assert (found["v"], found["b"]) == ((1, 2), (7,))


def test_a_transposed_matrix_is_named_with_the_remedy() -> None:
    with pytest.raises(Unreadable, match=r"W: expected shape \(3, 2\), got \(2, 3\): write its transpose, W\.T"):
        matrices({"W": [[1, 2, 3], [4, 5, 6]]}, {"W": [(3, 2)]})


@pytest.mark.parametrize("key", ["Total", "total ", "TOTAL", " to tal", "to_tal"])
def test_a_key_counts_without_case_and_spaces(key: str) -> None:
    assert keyed({key: 5}, ["conv1", "total"]).entries == {"total": 5}


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"conv1": 1, "sum": 5}, 'unknown key "sum", did you mean "total"? Use conv1, total.'),
        ({"sum": 5}, 'unknown key "sum", did you mean "total"? Use conv1, total.'),
        ({"totla": 5}, 'unknown key "totla", did you mean "total"? Use conv1, total.'),
        ({"x": 5}, 'unknown key "x". Use conv1, total.'),
        ({3: 5, "y": 1}, 'unknown key "3 (int)". Use conv1, total.'),
    ],
    ids=str,
)
def test_a_key_that_is_nobodys_is_named(given: dict[Any, Any], says: str) -> None:
    assert keyed(given, ["conv1", "total"]).stray_keys()[0] == says


def test_no_name_that_is_there_is_offered_for_another() -> None:
    with pytest.raises(Unreadable) as refusal:
        matrices({"Whh": [[1, 2], [3, 4]], "Wxx": 3}, {"Wxh": [(2, 2)], "Whh": [(2, 2)]})
    assert str(refusal.value).splitlines() == [
        "Wxh: missing from the dict",
        'unknown key "Wxx", did you mean "Wxh"? Use Wxh, Whh.',
    ]


def test_a_float_means_the_shortest_decimal_that_prints_it() -> None:
    assert exact_fraction(0.1) + exact_fraction(0.2) - exact_fraction(0.3) == 0
    assert exact_fraction(1e16) + 1 == 10**16 + 1


@pytest.mark.parametrize("dtype", ["float16", "float32"])
def test_the_shortest_decimal_of_a_smaller_type_is_numpys(dtype: str) -> None:
    code = {"float16": "e", "float32": "f"}[dtype]
    kind = np.dtype(dtype).type
    values = np.random.default_rng(1).standard_normal(500).astype(dtype)
    for value in [*values, kind(65504.0), kind(0.1), kind(1e-7), kind(0), np.finfo(dtype).max, np.finfo(dtype).tiny]:
        printed = np.format_float_positional(value, unique=True, trim="-")
        assert shortest_decimal(float(value), code) == Fraction(printed), value


@pytest.mark.parametrize(
    ("value", "rounds"),
    [
        (0.5, True),
        ([[1.5, 2], (0, 1)], True),
        ([Array("float64", (2,), (0.5, 1.0)), [1.0, 2]], True),
        (Array("float64", (), (1.0,), scalar=True), True),
        ([1, 2], False),
        (Array("int64", (2,), (1, 2)), False),
        ([1.5, Fraction(1, 2)], False),
        ([1.5, Decimal("0.5")], False),
        (Array("float32", (1,), (0.5,)), False),
        (Array("float16", (1,), (0.5,)), False),
        ([1.5, Array("float32", (), (0.5,), scalar=True)], False),
        (Array("longdouble", (1,), ("0.5",)), False),
        ([Array("int8", (1,), (1,)), [0.5]], True),
        ([], False),
    ],
    ids=str,
)
def test_what_numpy_would_hold_in_float64(value: Any, rounds: bool) -> None:
    assert holds_float64(value) is rounds


@pytest.mark.parametrize(
    "answer",
    [
        "up",
        "Up",
        "UP.",
        "'up'",
        "“up”",
        "**up**",
        "(up)",
        "Up!",
        "the up one",
        "the up block",
        "the one on the up side",
        "up\n",
    ],
)
def test_a_choice_is_the_bare_word(answer: str) -> None:
    assert choice(answer, ("up", "down")) == "up"


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param("not the up one", id="negation"),
        pytest.param("anything but up", id="negation without not"),
        pytest.param("!up", id="negation by a sign"),
        pytest.param("isn't up", id="negation by an apostrophe"),
        pytest.param("the up block is harder", id="a sentence"),
        pytest.param("Down is wrong, so the other", id="a sentence on the other"),
        pytest.param("up or down", id="both"),
        pytest.param("up/down", id="both by a slash"),
        pytest.param("upper", id="another word"),
        pytest.param("the first one", id="neither"),
        pytest.param("up because of the skip path", id="a reason"),
        pytest.param("up " * 9, id="too long"),
    ],
)
def test_a_choice_is_not_guessed_from_more(answer: str) -> None:
    with pytest.raises(Unreadable, match="write up or down and nothing else"):
        choice(answer, ("up", "down"))


def test_many_keys_for_one_name_are_not_compared_with_one_another() -> None:
    compared = []

    class Counted(float):
        def __eq__(self, other: object) -> bool:
            compared.append(other)
            return float.__eq__(self, other)

        __hash__ = float.__hash__

    found = keyed({"conv1" + "." * number: Counted(number) for number in range(150)}, ["conv1"])
    assert found.twice == ("conv1",)
    assert len(compared) < 300


def lists_within_lists(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


def test_lists_are_read_five_levels_deep_and_refused_below_that() -> None:
    shapes = {"W": [(1,) * 5], "v": [()]}
    assert matrices({"W": lists_within_lists(5), "v": 0}, shapes)["W"] == (1,)
    with pytest.raises(Unreadable, match="lists are nested too deeply"):
        matrices({"W": lists_within_lists(6), "v": 0}, shapes)
