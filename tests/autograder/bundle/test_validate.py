"""How a planted case is held against the marks that it got, on rows of a small homework of its own."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import pytest
from msgspec.structs import replace

from autograder.assignment import credit
from autograder.assignment.decorators import Count, credited_by
from autograder.assignment.link import Check, LinkedRow
from autograder.assignment.load import Assignment
from autograder.assignment.rubric import Question, Row
from autograder.bundle.planted import GRADESCOPE, HOME, JUDGED, RIGHT, Case, Graded, case_holes, is_right, is_too_good
from autograder.bundle.validate import validate
from autograder.grading.finding import Finding, mark_of
from tests.autograder import planted
from tests.autograder.planted import ROOT


def linked(number: str, points: str = "1", graded: Any = "spec", **params: Any) -> LinkedRow:
    @credited_by(credit.terms, calls=Count)
    def test_row() -> None: ...

    row = Row(number=number, title="", points=Decimal(points), graded=graded)
    question = Question(title="1 Words", file="words.py", points=Decimal(1), rows=(row,))
    check = Check(test_row, "test_row") if graded == "spec" else None
    return LinkedRow(question, row, check, SimpleNamespace(calls=5, **params))


def found(right_terms: int, given_terms: int = 2, **more: Any) -> dict[str, Any]:
    terms = {"right_terms": right_terms, "true_terms": 2, "given_terms": given_terms}
    return {"right": right_terms == given_terms == 2, **terms, **more}


def graded(*findings: dict[str, Any] | str, says: str = "", **row: Any) -> Graded:
    """Rows 1.1, 1.2 ... with what was found in each; a word is an outcome."""
    rows = [linked(f"1.{n}", **row) for n in range(1, len(findings) + 1)]
    kept = [Finding(outcome=f) if isinstance(f, str) else Finding(found=f) for f in findings]
    marks = (mark_of(finding, one) for one, finding in zip(rows, kept, strict=True))
    return tuple((one, replace(mark, feedback=says)) for one, mark in zip(rows, marks, strict=True))


def case(wanted: Any, **more: Any) -> Case:
    return Case("1.1", "a planted one", "x = 1", wanted, **more)


def test_the_share_follows_the_rubric_not_the_case() -> None:
    one = case({"right": False, "right_terms": 1, "true_terms": 2})
    assert case_holes(one, graded(found(1), found(2))) == []
    assert not is_right(one, graded(found(1)))
    (row, mark), *_ = graded(found(1))
    half = (row, replace(mark, fraction=Fraction(1, 3)))
    assert case_holes(one, [half]) == [
        '1.1 "a planted one": row 1.1 is partial and earns 1/3 of its points, expected 1/2'
    ]


def test_a_row_that_is_not_named_must_be_full_or_written() -> None:
    assert case_holes(case(RIGHT), graded(found(2), "written")) == []
    assert case_holes(case(RIGHT), graded(found(2), found(1))) == [
        '1.1 "a planted one": row 1.2 is partial, expected right'
    ]
    assert case_holes(case(RIGHT, also={"1.2": JUDGED}), graded(found(2), found(1))) == []


@pytest.mark.parametrize(
    ("home", "hole"),
    [
        (graded(found(1)), ""),
        (graded({"right": False}), ""),  # the terms need the reference
        (graded("deferred"), ""),
        (graded({"right": True}), "right is True, expected False"),
        (graded("crashed"), "row 1.1 is crashed, expected right False"),
        (graded({"unreadable": True}), "row 1.1 is unreadable, expected right False"),
    ],
    ids=["the same", "less", "deferred", "full", "crashed", "unreadable"],
)
def test_what_may_come_at_home(home: Graded, hole: str) -> None:
    wanted = {"right": False, "right_terms": 1, "true_terms": 2}
    holes = case_holes(case(wanted), graded(found(1)), home)
    assert len(holes) == bool(hole)
    assert all(hole in one and one.startswith('1.1 "a planted one", at home: row 1.1') for one in holes)


def test_an_answer_that_cannot_be_read_is_told_so_at_home_too() -> None:
    unreadable = case({"unreadable": True})
    assert case_holes(unreadable, graded({"unreadable": True}), graded({"unreadable": True})) == []
    assert case_holes(unreadable, graded({"unreadable": True}), graded("deferred")) != []


def test_the_same_findings_say_the_same_in_both_places() -> None:
    told = case(found(1), says="the second term")
    there, less = graded(found(1), says="the second term is missing"), graded({"right": False}, says="wrong")
    assert case_holes(told, there, there) == []
    assert case_holes(told, there, less) == []
    assert len(case_holes(told, there, graded(found(1), says="wrong"))) == 1


def test_a_case_for_one_place_says_exactly_what_comes_there() -> None:
    assert case_holes(case("deferred", where=HOME), (), graded("deferred")) == []
    assert case_holes(case({"right": False}, where=HOME), (), graded("deferred")) != []
    assert case_holes(case(RIGHT, where=HOME), (), graded(found(2), "deferred")) == []
    assert case_holes(case(found(1), where=GRADESCOPE), graded(found(1))) == []


def test_what_must_be_found_may_follow_the_parameters() -> None:
    one = case(lambda params: RIGHT if params.easy else found(1))
    assert case_holes(one, graded(found(2), easy=True)) == []
    assert case_holes(one, graded(found(1), easy=False)) == []
    assert case_holes(one, graded(found(1), easy=True)) != []


def test_only_a_full_row_can_be_caught_by_more_draws() -> None:
    wanted = case(found(1))
    assert is_too_good(wanted, *graded(found(2))[0])
    assert not is_too_good(wanted, *graded(found(1))[0])
    assert not is_too_good(case(RIGHT), *graded(found(2))[0])
    assert not is_too_good(case(JUDGED), *graded(found(2))[0])


def test_the_assignment_has_no_hole(assignment: Assignment) -> None:
    found = validate(ROOT, assignment, planted.jail().start)
    assert not found.holes, found.text()
    assert [tally.row for tally in found.tallies] == [r.row.number for r in assignment.rows if r.check is not None]
    assert all(tally.mistakes and tally.forms for tally in found.tallies)
    assert all(tally.caught == tally.mistakes and tally.full == tally.forms for tally in found.tallies)


def test_an_assignment_whose_key_is_wrong_has_holes(assignment: Assignment) -> None:
    wrong = replace(assignment.reference, comparisons="n")
    found = validate(ROOT, replace(assignment, reference=wrong), planted.jail().start)
    assert any(hole.startswith("reference: row 2.1 is failed") for hole in found.holes)
    assert any(hole.startswith('2.1 "') for hole in found.holes)
