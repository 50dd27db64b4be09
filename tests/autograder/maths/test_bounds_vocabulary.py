"""The words of a question are its own: they are read as the variables that it says, and nobody else's words are."""

from __future__ import annotations

import pytest

from autograder.maths.bounds import BoundError, Vocabulary, compare, parse

SORTING = Vocabulary(
    {"n": ("length", "Items", "Länge"), "r": ("Rows",), "c": ("columns",), "r c": ("entries",)},
    subjects=("Mergesort", "heapsort"),
    units=("comparisons", "swaps"),
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("O(length log length)", "O(n·log(n))"),
        ("the number of items", "O(n)"),
        ("LÄNGE^2", "O(n²)"),
        ("rows * columns", "O(r·c)"),
        ("O(entries)", "O(r·c)"),
        ("Mergesort takes O(n log n)", "O(n·log(n))"),
        ("HEAPSORT: O(n log n)", "O(n·log(n))"),
        ("O(n log n) comparisons", "O(n·log(n))"),
        ("O(n) swaps for heapsort", "O(n)"),
        ("O(n), n = length", "O(n)"),
        ("n items", "O(n)"),
    ],
)
def test_words_of_the_question_are_read(text: str, shown: str) -> None:
    assert parse(text, SORTING).typeset() == shown


@pytest.mark.parametrize("text", ["O(depth)", "number of layers", "Quicksort takes O(n)", "O(n) probes", "pixels"])
def test_words_of_no_question_are_for_a_person(text: str) -> None:
    with pytest.raises(BoundError):
        parse(text, SORTING)
    with pytest.raises(BoundError):
        parse(text, ("n",))


@pytest.mark.parametrize(
    ("text", "variables", "shown"),
    [
        ("number of layers", ("n", "d"), "O(d)"),
        ("Depth * pixels", ("d", "H", "W"), "O(d·(H·W))"),
        ("O(height)", ("H", "W"), "O(H)"),
        ("O(layers)", ("d", "l"), ""),  # which of the two?
        ("O(rows)", ("h", "H"), ""),
    ],
)
def test_names_without_words_have_the_usual_ones(text: str, variables: tuple[str, ...], shown: str) -> None:
    if shown:
        assert parse(text, variables).typeset() == shown
    else:
        with pytest.raises(BoundError):
            parse(text, variables)


def test_a_name_that_is_no_usual_letter_has_no_words() -> None:
    assert compare("O(n)", "n", ("n",)).verdict == "equal"
    assert compare("O(length)", "n", ("n",)).verdict == "unreadable"
    assert compare("O(length)", "n", SORTING).verdict == "equal"


def test_a_bound_that_was_read_is_compared_without_reading_it_again() -> None:
    bound = parse("O(items log items) comparisons", SORTING)
    assert bound.variables == SORTING.variables == ("n", "r", "c")
    assert compare(bound, "n log n", SORTING).verdict == "equal"
    assert compare(bound, "n", ("n", "r", "c")).verdict == "too_loose"


def test_a_vocabulary_that_says_two_things_is_refused() -> None:
    with pytest.raises(ValueError, match='"length" stands for two things: n, m'):
        Vocabulary({"n": ("length",), "m": ("Length",)})
    with pytest.raises(ValueError, match="W is a factor of a product, and no variable: H, H W"):
        Vocabulary({"H": (), "H W": ("pixels",)})
