"""`validate`: no hole in the assignment as it is, and every kind of hole is found when one is planted."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from msgspec.structs import replace

from autograder.assignment.load import Assignment
from autograder.bundle.validate import case_holes, validate
from autograder.core.outcome import Mark, Outcome
from reference.catalogue import Case
from tests.autograder import planted
from tests.autograder.planted import ROOT


def test_the_assignment_has_no_hole(assignment: Assignment) -> None:
    found = validate(ROOT, assignment, planted.jail().start)
    assert not found.holes, found.text()
    assert [tally.row for tally in found.tallies] == [r.row.number for r in assignment.rows if r.check is not None]
    assert sum(tally.mistakes for tally in found.tallies) >= 250
    assert sum(tally.forms for tally in found.tallies) >= 180
    assert all(tally.caught == tally.mistakes and tally.full == tally.forms for tally in found.tallies)


CASE = Case("1.2", "a planted one", "x = 1", "partial", credit="1/2", says="the carry", also={"1.3": "failed"})
MARKS = [
    Mark("1.1", "", Outcome.PASSED, Fraction(1), Fraction(1)),
    Mark("1.2", "", Outcome.PARTIAL, Fraction(1), Fraction(1, 2), feedback="the carry is lost"),
    Mark("1.3", "", Outcome.FAILED, Fraction(1)),
    Mark("1.4", "", Outcome.WRITTEN, Fraction(1)),
]


def test_a_case_that_is_judged_as_it_says_is_no_hole() -> None:
    assert case_holes(CASE, MARKS) == []


@pytest.mark.parametrize(
    ("at", "change", "says"),
    [
        (1, {"outcome": Outcome.PASSED}, "row 1.2 is passed, expected partial"),
        (1, {"fraction": Fraction(1, 3)}, "earned 1/3 of the row, expected 1/2"),
        (1, {"feedback": "wrong"}, 'the student is not told "the carry"'),
        (0, {"outcome": Outcome.FAILED}, "row 1.1 is failed, expected passed"),
        (2, {"outcome": Outcome.PASSED}, "row 1.3 is passed, expected failed"),
        (1, {"number": "9.9"}, "there is no such row in its question"),
    ],
)
def test_every_kind_of_hole_is_found(at: int, change: dict[str, Any], says: str) -> None:
    marks = [replace(mark, **change) if i == at else mark for i, mark in enumerate(MARKS)]
    assert any(says in hole for hole in case_holes(CASE, marks)), case_holes(CASE, marks)


def test_an_assignment_whose_key_is_wrong_has_holes(assignment: Assignment) -> None:
    wrong = replace(assignment.reference, resnet_easier_to_train="right")
    found = validate(ROOT, replace(assignment, reference=wrong), planted.jail().start)
    assert any(hole.startswith("reference: row 3.2a is failed") for hole in found.holes)
    assert any(hole.startswith('3.2a "') for hole in found.holes)
