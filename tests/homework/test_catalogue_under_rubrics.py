"""No hole in this homework as it is, nor under any change that the rubric offers: a case says findings, not points.

The catalogue is graded once; another credit is applied to what was found.

Where fewer draws really catch less, the hole names the parameter and what to do.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
import yaml
from msgspec.structs import replace

from autograder.assignment.frozen import parse_rubric
from autograder.assignment.load import AbsentReference, Assignment, assignment_of
from autograder.bundle import validate as validation
from autograder.bundle.planted import BOTH, GRADESCOPE, HOME, Case, case_holes
from autograder.bundle.validate import Validation, validate
from autograder.core.outcome import Report
from autograder.core.submission import read_submission
from autograder.grading.finding import Finding, mark_of
from autograder.grading.grader import Grading
from tests.homework import planted
from tests.homework.planted import FILES, ROOT
from tests.specs import answers

Edit = Callable[[dict[str, Any]], None]  # a change of one row of the rubric
BOUNDS = ("4.1a", "4.1b", "4.2a", "4.2b")
VISIBILITIES = ("visible", "hidden", "after_due_date", "after_published")
EVERY = tuple(row.number for _, row in planted.RUBRIC.rows())


def params(**new: Any) -> Edit:
    return lambda row: row.setdefault("params", {}).update(new)


def key(**new: Any) -> Edit:
    return lambda row: row.update(new)


def with_any_visibility(row: dict[str, Any]) -> None:
    row["visibility"] = random.Random(row["number"]).choice(VISIBILITIES)


def edited(rows: Iterable[str], *edits: Edit, question: int | None = None, seed: int | None = None) -> Assignment:
    """The assignment, or that of one question alone, with these rows of the rubric changed."""
    rubric = yaml.safe_load((ROOT / "tests" / "rubric.yaml").read_text(encoding="utf-8"))
    rubric["seed"] = rubric["seed"] if seed is None else seed
    rubric["questions"] = rubric["questions"][slice(question and question - 1, question)]
    for chosen in rubric["questions"]:
        for row in chosen["rows"]:
            for edit in edits if row["number"] in rows else ():
                edit(row)
        for total, extra in (("points", False), ("extra_points", True)):
            chosen[total] = sum(row["points"] for row in chosen["rows"] if row.get("extra_credit", False) is extra)
    return assignment_of(ROOT, parse_rubric(yaml.safe_dump(rubric)))


def proved(assignment: Assignment) -> Validation:
    return validate(ROOT, assignment, planted.jail().start)


# ------------------------------------------------------------------------------------------------------------ as it is


@dataclass(frozen=True)
class Validated:
    """What `validate` returns, and what it found in each text of a file that it graded, by place."""

    result: Validation
    graded: dict[tuple[str, str, str], dict[str, Finding]]

    def findings(self, file: str, case: Case) -> dict[str, dict[str, Finding]]:
        """Place -> row -> what was found in a case, for the places where it holds."""
        text = f"{read_submission(ROOT / 'reference', FILES).texts[file]}\n\n{case.source}"
        places = (GRADESCOPE, HOME) if case.where == BOTH else (case.where,)
        return {place: self.graded[place, file, text] for place in places}


@pytest.fixture(scope="module")
def validated(assignment: Assignment) -> Validated:
    """This homework, validated once: each of its cases is graded, which takes a while."""
    graded: dict[tuple[str, str, str], dict[str, Finding]] = {}

    class Kept(Grading):
        def run(self, *arguments: Any) -> Report:
            report, rows = super().run(*arguments), self.assignment.rows
            place = HOME if isinstance(self.assignment.reference, AbsentReference) else GRADESCOPE
            found = {linked.row.number: self.findings[at] for at, linked in enumerate(rows)}
            for file in {linked.question.file for linked in rows}:
                graded.setdefault((place, file, self.submission.texts[file]), found)
            return report

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(validation, "Grading", Kept)
        result = validate(ROOT, assignment, planted.jail().start)
    return Validated(result, graded)


def test_the_assignment_has_no_hole(assignment: Assignment, validated: Validated) -> None:
    found = validated.result
    assert not found.holes, found.text()
    assert [tally.row for tally in found.tallies] == [r.row.number for r in assignment.rows if r.check is not None]
    assert sum(tally.mistakes for tally in found.tallies) >= 250
    assert sum(tally.forms for tally in found.tallies) >= 180
    assert all(tally.caught == tally.mistakes and tally.full == tally.forms for tally in found.tallies)


# ----------------------------------------------------- changes that need no other run: credit is a function of findings

CREDIT = [
    pytest.param(("3.1",), key(points=2), id="3.1 worth 2"),
    pytest.param(("3.1",), key(points=0.5), id="3.1 worth 0.5: right layers without the total earn everything"),
    pytest.param(("3.1",), key(points=0), id="3.1 worth nothing"),
    pytest.param(("3.1",), params(per_layer=0.15), id="per_layer 0.15"),
    pytest.param(("3.1",), params(per_layer=0), id="per_layer 0"),
    pytest.param(("3.1",), params(at_most=0), id="at_most 0"),
    pytest.param(("3.1",), params(per_layer=1, at_most=10), id="one right layer earns everything"),
    pytest.param(("1.3",), params(other_reading_credit=0.5), id="other_reading_credit 0.5"),
    pytest.param(("1.3",), params(other_reading_credit=1), id="other_reading_credit 1"),
    pytest.param(("4.2b",), params(loose_credit=0), id="4.2b loose_credit 0"),
    pytest.param(BOUNDS, params(loose_credit=1), id="loose_credit 1"),
    pytest.param(EVERY, key(points=7.25), id="every row worth 7.25"),
    pytest.param(EVERY, key(points=0), id="every row worth nothing"),
    pytest.param(EVERY, key(extra_credit=True), id="all extra credit"),
    *(pytest.param(EVERY, key(visibility=v), id=f"every row {v}") for v in VISIBILITIES),
    pytest.param(EVERY, with_any_visibility, id="mixed visibilities"),
]


@pytest.fixture(scope="module")
def findings(validated: Validated) -> list[tuple[str, Case, dict[str, dict[str, Finding]]]]:
    """Every case with what is found in each row, on Gradescope and at home."""
    return [(file, case, validated.findings(file, case)) for file, case in answers.cases(FILES)]


def holes_under(changed: Assignment, case: Case, places: dict[str, dict[str, Finding]]) -> list[str]:
    """The holes under another rubric, by the findings as they stand."""
    graded = {}
    for place, found in places.items():
        rows = (changed if place == GRADESCOPE else changed.at_home()).rows
        there = [linked for linked in rows if linked.row.number in found]
        assert all(found[linked.row.number].holds_under(linked.params) for linked in there)
        graded[place] = [(linked, mark_of(found[linked.row.number], linked)) for linked in there]
    return case_holes(case, graded.get(GRADESCOPE, ()), graded.get(HOME, ()))


@pytest.mark.parametrize(("rows", "edit"), CREDIT)
def test_another_credit_leaves_no_hole(rows: tuple[str, ...], edit: Edit, findings: list[Any]) -> None:
    changed = edited(rows, edit)
    assert [hole for _, case, places in findings for hole in holes_under(changed, case, places)] == []


@pytest.mark.certify
@pytest.mark.parametrize(("rows", "edit"), CREDIT)
def test_another_credit_leaves_no_hole_when_all_is_graded_again(rows: tuple[str, ...], edit: Edit) -> None:
    found = proved(edited(rows, edit))
    assert found.holes == (), found.text()


# ----------------------------------------------------------------- changes under which the specs see something else

anew = partial(pytest.param, marks=pytest.mark.walkthrough)  # graded anew, which takes a while
SEEN = [
    pytest.param(3, ("3.1",), params(hints=False), id="no hints"),
    anew(1, ("1.2", "1.3"), params(step_at_zero="strict"), id="step(0) = 0"),
    anew(1, ("1.2", "1.3"), params(step_at_zero="inclusive"), id="step(0) = 1"),
    anew(1, ("1.2",), params(additions=20, columns=8), id="20 additions of 8 columns"),
    pytest.param(
        1, ("1.2",), params(step_at_zero="strict"), id="two rows with two readings", marks=pytest.mark.certify
    ),
    pytest.param(1, ("1.2",), params(additions=1000, columns=40), id="long additions", marks=pytest.mark.certify),
]


@pytest.mark.parametrize(("question", "rows", "edit"), SEEN)
def test_other_parameters_leave_no_hole(question: int, rows: tuple[str, ...], edit: Edit) -> None:
    found = proved(edited(rows, edit, question=question))
    assert found.holes == (), found.text()
    assert sum(tally.mistakes for tally in found.tallies) > 40


def test_a_wrong_key_leaves_holes_in_its_row_and_no_other() -> None:
    right = edited((), question=3)
    found = proved(replace(right, reference=replace(right.reference, resnet_easier_to_train="right")))
    assert any(hole.startswith("reference: row 3.2a is failed") for hole in found.holes)
    assert any(hole.startswith('3.2a "') for hole in found.holes)
    assert all("row 3.2a" in hole for hole in found.holes), found.holes


@pytest.mark.certify
@pytest.mark.parametrize("seed", range(5))
def test_other_seeds_leave_no_hole(seed: int) -> None:
    assert proved(edited((), seed=seed)).holes == ()


@pytest.mark.parametrize(
    ("question", "rows", "weak", "name"),
    [
        (1, ("1.2",), {"additions": 1}, "additions"),
        anew(1, ("1.2",), {"columns": 1}, "columns"),
    ],
    ids=str,
)
def test_a_weaker_parameter_is_named_by_its_holes(
    question: int, rows: tuple[str, ...], weak: dict[str, int], name: str
) -> None:
    found = proved(edited(rows, params(**weak), question=question))
    assert found.holes
    for hole in found.holes:
        row = hole.split()[0]
        assert f"row {row} does not catch it with {name}: 1, but does with {name}: " in hole
        assert hole.endswith(f"raise {name} of row {row} in the rubric")
