"""A count as text: every way to write one integer, and what is none."""

from __future__ import annotations

import pytest

from autograder.grading.counts import MAX_BRACKETS, CountError, count, is_rounded

COUNT = 12_345_678
WAYS = {
    "a remark with a negation behind it": "12,345,678 without batch norm",
    "digits": "12345678",
    "commas": "12,345,678",
    "dots": "12.345.678",
    "spaces": "12 345 678",
    "thin spaces": "12\u2009345\u2009678",
    "narrow no-break spaces": "12\u202f345\u202f678",
    "no-break spaces": "12\xa0345\xa0678",
    "apostrophes": "12'345'678",
    "typographic apostrophes": "12\u2019345\u2019678",
    "underscores": "12_345_678",
    "as in India": "1,23,45,678",
    "a unit": "12,345,678 parameters",
    "a unit without a space": "12,345,678params",
    "two words": "12,345,678 trainable parameters",
    "words and a comma": "12,345,678 parameters, biases included",
    "an equals sign": "= 12,345,678",
    "a name and an equals sign": "total = 12,345,678",
    "a name and a colon": "Total: 12345678",
    "the name of a layer": "FC-1024: 12345678",
    "a tilde": "~12,345,678",
    "about": "about 12,345,678",
    "an approximate sign": "\u2248 12,345,678",
    "a full stop": "12,345,678.",
    "dollars of LaTeX": "$12345678$",
    "backquotes": "`12345678`",
    "a remark": "12345678 (with all biases)",
    "a remark with numbers": "12345678 (with 2 layers of 64)",
    "brackets": "(12345678)",
    "of full width": "\uff11\uff12345678",
    "integral": "12345678.0",
    "scientific": "1.2345678e7",
    "millions": "12.345678 million",
    "M": "12.345678M",
    "thousands": "12345.678 thousand",
    "billions": "0.012345678 billion",
    "a sum": "12,345,600 + 78",
    "a sum of many": "12 000 000 + 345 000 + 678",
    "a difference": "12,345,700 - 22",
    "a sum and what it comes to": "12,345,600 + 78 = 12,345,678",
    "what it comes to and how": "12,345,678 (= 12,345,600 + 78)",
    "a product": "2 * 6172839",
    "x between numbers": "2 x 6172839",
    "x without spaces": "3x3x1371742",
    "a cross": "2 \u00d7 6172839",
    "a dot between numbers": "2 \u00b7 6172839",
    "a power": "3^2 * 1371742",
    "a power of Python's": "3**2*1371742",
    "a raised two": "3\u00b2\u00b71371742",
    "brackets in a product": "2 * (6,000,000 + 172,839)",
    "a chain of three": "2*6172839 = 12345678 = 12,345,678",
    "in all": "12345678 in total",
}


@pytest.mark.parametrize("text", WAYS.values(), ids=WAYS)
def test_one_integer_in_any_way(text: str) -> None:
    assert count(text) == COUNT


NONE = {
    "nothing": "",
    "a negation before it": "not 12,345,678",
    "more": "more than 12345678",
    "at most": "12345678 at most",
    "a scale that is not read": "12 hundred",
    "a percentage": "12 percent",
    "words": "many",
    "a name with a number in it": "conv1",
    "commas in other places": "1234,5678",
    "groups of two": "12,34",
    "mixed separators": "12.345,678",
    "not integral": "12345678.5",
    "a small number": "1e-3",
    "two numbers": "12345678 12345679",
    "one or the other": "12345678 or 12345679",
    "a list": "1200, 340",
    "a list in brackets": "[1200]",
    "two kinds": "1200 weights and 64 biases",
    "a chain that does not hold": "12,345,600 + 77 = 12,345,678",
    "a remark that differs": "1200 (= 4 * 301)",
    "a quotient": "24/2",
    "half a sum": "1200 +",
    "a bracket too many": "(1200",
    "empty brackets": "()",
    "powers without end": "9^9^9^9^9",
    "a power that is too high": "9^99",
    "powers of powers": "((((9^20)^20)^20)^20)^20",
    "brackets without end": "(" * 500,
    "many brackets": "(" * (MAX_BRACKETS + 1) + "1" + ")" * (MAX_BRACKETS + 1),
    "a long text": "1 + " * 200 + "1",
    "a letter behind it": "333x",
    "a bound": "O(d)",
    "an exponent without end": "1e999999999",
    "an exponent that is too long": "1e9999",
}


@pytest.mark.parametrize("text", NONE.values(), ids=NONE)
def test_what_is_no_integer_is_refused(text: str) -> None:
    with pytest.raises(CountError, match=r"expected (an|one) integer"):
        count(text)


@pytest.mark.parametrize(
    ("text", "rounded"),
    [
        ("12.3 million", True),
        ("12.3M", True),
        ("12 million", True),
        ("12.345678 million", False),
        ("12,345,678", False),
        ("1.2345678e7", False),
    ],
)
def test_what_has_fewer_digits_than_it_should(text: str, rounded: bool) -> None:
    assert is_rounded(text) is rounded
    assert count(text) > 10**7
