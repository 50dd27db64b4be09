"""Outcomes, marks and reports: the word for a share, points as people write them, and sums that are exact."""

from __future__ import annotations

from fractions import Fraction

import pytest

from autograder.core.outcome import Mark, Outcome, Report, of_fraction
from autograder.core.points import decimal_text


@pytest.mark.parametrize(
    ("fraction", "word"),
    [(Fraction(1), "passed"), (Fraction(1, 3), "partial"), (Fraction(1, 10**9), "partial"), (Fraction(0), "failed")],
)
def test_the_outcome_of_a_share(fraction: Fraction, word: str) -> None:
    assert str(of_fraction(fraction)) == word


@pytest.mark.parametrize(
    ("points", "text"),
    [
        (Fraction(3, 10), "0.3"),
        (Fraction(0), "0"),
        (Fraction(10), "10"),
        (Fraction(1, 3), "0.3333"),
        (Fraction(2, 3), "0.6667"),
        (Fraction(-1, 4), "-0.25"),
        (Fraction(5, 100), "0.05"),
    ],
)
def test_points_are_written_as_people_write_them(points: Fraction, text: str) -> None:
    assert decimal_text(points) == text


def test_a_receipt_never_says_right_or_wrong() -> None:
    receipts = {outcome.receipt for outcome in (Outcome.PASSED, Outcome.PARTIAL, Outcome.FAILED)}
    assert receipts == {"read"}
    assert Outcome.KILLED.receipt == "killed"
    assert "our fault" in Outcome.INTERNAL.receipt


def test_points_add_up_exactly_and_unscored_rows_do_not_count() -> None:
    tenth = [Mark(str(i), "", Outcome.PARTIAL, Fraction(1), Fraction(1, 10)) for i in range(3)]
    written = Mark("9", "", Outcome.WRITTEN, Fraction(5))
    report = Report((*tenth, written), seed="1", rubric_hash="", version="")
    assert report.points == Fraction(3, 10)
    assert report.max_points == 3
    assert not report.rerun


def test_an_internal_row_asks_for_a_rerun() -> None:
    report = Report((Mark("1", "", Outcome.INTERNAL, Fraction(1)),), seed="1", rubric_hash="", version="")
    assert report.rerun
