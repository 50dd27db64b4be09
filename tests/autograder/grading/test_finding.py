"""A mark is a pure function of a finding and a rubric row: another rubric needs no rerun, but where a spec read it."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from autograder.assignment import credit
from autograder.assignment.link import LinkedRow
from autograder.assignment.load import Assignment, load_assignment
from autograder.core.outcome import Outcome
from autograder.core.submission import read_submission
from autograder.grading.finding import NOT_GRADED, Finding, Watched, Words, mark_of, named_in
from autograder.grading.grader import Grading
from tests.autograder import planted
from tests.autograder.planted import ROOT


def graded(assignment: Assignment, folder: Path) -> Grading:
    submission = read_submission(folder, assignment.rubric.files())
    grading = Grading(assignment, submission, seed="17", start=planted.jail().start)
    grading.run()
    return grading


def under(tmp_path: Path, *edits: tuple[str, str]) -> Assignment:
    """The assignment under an edited rubric."""
    text = (ROOT / "tests" / "rubric.yaml").read_text()
    for old, new in edits:
        assert old in text
        text = text.replace(old, new, 1)
    path = tmp_path / "rubric.yaml"
    path.write_text(text)
    return load_assignment(ROOT, path)


OTHER_RUBRIC = (
    ('points: 0.5\n      - number: "1.2"', 'points: 0.75\n      - number: "1.2"'),
    ("points: 1.25\n", "points: 1.0\n        visibility: hidden\n"),
    ("{loose_credit: 0.5}", "{loose_credit: 0.25}"),
)


@pytest.mark.parametrize("name", ["wrong_answers", "exception", "missing_function", "wrong_types", "stub_left_alone"])
def test_another_rubric_gives_what_grading_again_would_give(name: str, assignment: Assignment, tmp_path: Path) -> None:
    folder = planted.build(name, tmp_path / "s")
    stored = msgspec.json.encode(graded(assignment, folder).findings)
    other = under(tmp_path, *OTHER_RUBRIC)
    again = graded(other, folder).report()
    found = msgspec.json.decode(stored, type=dict[int, Finding])
    for place, linked in enumerate(other.rows):
        assert found[place].holds_under(linked.params)
        assert mark_of(found[place], linked) == replace(again.marks[place], figure=None)


def test_a_parameter_that_the_spec_read_is_kept_with_the_finding(assignment: Assignment, tmp_path: Path) -> None:
    found = graded(assignment, planted.build("wrong_answers", tmp_path / "s")).findings
    rows = {linked.row.number: (found[place], linked) for place, linked in enumerate(assignment.rows)}
    assert rows["1.2"][0].parameters == {"calls": 5}
    assert rows["1.3"][0].parameters == {"calls": 5, "hints": True}
    assert rows["2.1"][0].parameters == {}
    other = {linked.row.number: linked for linked in under(tmp_path, ("calls: 5", "calls: 6")).rows}
    assert not rows["1.2"][0].holds_under(other["1.2"].params)
    assert rows["1.3"][0].holds_under(other["1.3"].params)


class Params(msgspec.Struct, frozen=True):
    """Two parameters."""

    calls: int = 8
    hints: bool = True


def test_watching_notes_what_is_read_and_everything_where_it_is_looked_at_as_a_whole() -> None:
    watched = Watched(Params())
    assert watched.read == {}
    assert watched.calls == 8
    assert watched.read == {"calls": 8}
    assert watched.__struct_fields__ == ("calls", "hints")
    assert watched.read == {"calls": 8, "hints": True}
    with pytest.raises(AttributeError):
        _ = Watched(Params()).nothing
    with pytest.raises(AttributeError):
        _ = Watched(None).calls


def linked_row(assignment: Assignment, number: str, **changes: Any) -> LinkedRow:
    linked = next(one for one in assignment.rows if one.row.number == number)
    return replace(linked, row=msgspec.structs.replace(linked.row, **changes))


def test_what_the_code_said_is_for_the_staff_where_the_row_is_not_visible(assignment: Assignment) -> None:
    finding = Finding("crashed", words=Words("h_bar raised KeyError: 42", "Your code raised an exception."))
    shown = mark_of(finding, linked_row(assignment, "1.2", visibility="visible"))
    hidden = mark_of(finding, linked_row(assignment, "1.2", visibility="after_due_date"))
    assert (shown.feedback, shown.staff) == ("h_bar raised KeyError: 42", "")
    assert hidden.feedback == "Your code raised an exception."
    assert "KeyError: 42" in hidden.staff


def test_a_plain_score_is_in_points_so_it_follows_the_rows_worth() -> None:
    found = {"fraction": "1", "score": "3/2"}
    assert credit.share(found, None, Fraction(3)) == Fraction(1, 2)
    assert credit.share(found, None, Fraction(2)) == Fraction(3, 4)
    assert credit.share(found, None, Fraction(1)) == 1
    assert credit.share(found, None, Fraction(0)) == 1


def test_a_failed_check_with_full_credit_is_not_passed(assignment: Assignment) -> None:
    linked = replace(linked_row(assignment, "1.1"), check=None)
    assert mark_of(Finding(found={"fraction": "1"}), linked).outcome is Outcome.PASSED
    assert mark_of(Finding(found={"fraction": "1"}, failed=True), linked).outcome is Outcome.PARTIAL


def test_what_was_not_graded_is_ours(assignment: Assignment) -> None:
    mark = mark_of(NOT_GRADED, linked_row(assignment, "1.1"))
    assert mark.outcome is Outcome.INTERNAL
    assert mark.points == 0
    assert "our fault" in mark.feedback


@pytest.mark.parametrize(
    ("found", "named"),
    [({"named": ["a", "b"]}, ("a", "b")), ({}, ()), ({"named": "text"}, ()), ({"named": [1]}, ("1",))],
)
def test_named_mistakes(found: dict[str, Any], named: tuple[str, ...]) -> None:
    assert named_in(found) == named


@pytest.mark.parametrize(
    ("name", "row", "named"),
    [
        ("wrong_answers", "1.3", "the middle of what is not sorted"),
        ("wrong_answers", "2.2", "the linear search"),
        ("wrong_answers", "2.1", "too loose"),
        ("exception", None, "raised ZeroDivisionError"),
    ],
)
def test_mistakes_have_names(name: str, row: str | None, named: str, assignment: Assignment, tmp_path: Path) -> None:
    found = graded(assignment, planted.build(name, tmp_path)).findings
    said = {
        one: named_in(found[place].found)
        for place, linked in enumerate(assignment.rows)
        for one in [linked.row.number]
        if row in (None, one)
    }
    assert any(text.startswith(named) for names in said.values() for text in names), said


@pytest.mark.parametrize("weighted", [True, False])
@pytest.mark.parametrize("fills_column", [True, False])
def test_only_a_check_without_points_that_fills_a_column_is_not_listed(
    assignment: Assignment, weighted: bool, fills_column: bool
) -> None:
    linked = next(one for one in assignment.rows if one.weighted is weighted)
    mark = mark_of(Finding(Outcome.CRASHED.value, fills_column=fills_column), linked)
    assert mark.listed is (weighted or not fills_column)


def test_what_is_our_fault_is_graded_again() -> None:
    assert Finding(Outcome.INTERNAL.value).internal
    assert not Finding().internal
    assert not Finding(Outcome.CRASHED.value).internal
