"""Every right and wrong form of question 4, compared with the reference's bounds in process."""

from __future__ import annotations

from pathlib import Path

import pytest

import reference.autoregressive
from autograder.maths.bounds import compare, parse
from reference.catalogue import Case
from reference.catalogue.autoregressive import CASES

VARIABLES = ("d", "k", "H", "W")
REFERENCE = Path(reference.autoregressive.__file__).read_text()
NAMES = {
    "4.1a": "PIXELCNN_CONNECTIONS",
    "4.1b": "PIXELCNN_SEQUENTIAL_OPERATIONS",
    "4.2a": "MDRNN_CONNECTIONS",
    "4.2b": "MDRNN_SEQUENTIAL_OPERATIONS",
}


def answer_of(case: Case) -> str:
    submission: dict[str, str] = {}
    exec(REFERENCE + "\n\n" + case.source, submission)
    return submission[NAMES[case.row]]


def outcome(row: str, answer: str) -> str:
    verdict = compare(answer, getattr(reference.autoregressive, NAMES[row]), VARIABLES).verdict
    assert verdict != "undecided"
    if verdict == "equal":
        return "passed"
    # layer by layer, the one loose answer that earns something
    ceiling = row == "4.2b" and compare(answer, "d(H+W)", VARIABLES).verdict in ("equal", "too_small")
    return "partial" if verdict == "too_loose" and ceiling else "failed"


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.row} {case.name}")
def test_case(case: Case) -> None:
    answer = answer_of(case)
    assert outcome(case.row, answer) == case.outcome
    assert case.says in compare(answer, getattr(reference.autoregressive, NAMES[case.row]), VARIABLES).why


@pytest.mark.parametrize("case", [case for case in CASES if case.outcome == "passed"], ids=lambda case: case.name)
def test_a_right_form_is_shown_as_a_bound_that_is_right_too(case: Case) -> None:
    assert outcome(case.row, parse(answer_of(case), VARIABLES).typeset()) == "passed"


def test_the_catalogue_holds_both_sorts_for_every_row() -> None:
    for row in NAMES:
        outcomes = [case.outcome for case in CASES if case.row == row]
        assert outcomes.count("passed") >= 10
        assert outcomes.count("failed") >= 8
    assert len({(case.row, case.name) for case in CASES}) == len(CASES)


@pytest.mark.parametrize(
    "case",
    [case for case in CASES if case.row != "4.1b" and case.outcome != "passed"],  # in 4.1b one direction says it all
    ids=lambda case: f"{case.row} {case.name}",
)
def test_no_message_states_the_answer(case: Case) -> None:
    """Only the growth along one direction is named, and that never earns full marks."""
    why = compare(answer_of(case), getattr(reference.autoregressive, NAMES[case.row]), VARIABLES).why
    said = why.rsplit("the true cost grows like ", 1)[-1]
    assert outcome(case.row, said) == "failed"
