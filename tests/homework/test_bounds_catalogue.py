"""Every right and wrong form of question 4, compared with the reference's bounds in process."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import reference.autoregressive
from autograder.maths.bounds import BoundError, compare, parse
from reference.catalogue import RIGHT, UNREADABLE, Case
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


def verdict(row: str, answer: str) -> str:
    return compare(answer, getattr(reference.autoregressive, NAMES[row]), VARIABLES).verdict


def within_ceiling(row: str, answer: str) -> bool:
    """Layer by layer: the one loose answer that may earn something."""
    below = row == "4.2b" and compare(answer, "d(H+W)", VARIABLES).verdict in ("equal", "too_small")
    return below and verdict(row, answer) == "too_loose"


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.row} {case.name}")
def test_case(case: Case) -> None:
    answer = answer_of(case)
    if case.found == UNREADABLE:
        with pytest.raises(BoundError, match=re.escape(str(case.says))):
            parse(answer, VARIABLES)
        return
    comparison = compare(answer, getattr(reference.autoregressive, NAMES[case.row]), VARIABLES)
    assert case.says in comparison.why
    if case.found == RIGHT:
        assert comparison.verdict == "equal"
        return
    assert comparison.verdict == case.found["verdict"] not in ("equal", "undecided")
    assert case.found["within_ceiling"] == within_ceiling(case.row, answer)


@pytest.mark.parametrize("case", [case for case in CASES if case.found == RIGHT], ids=lambda case: case.name)
def test_a_right_form_is_shown_as_a_bound_that_is_right_too(case: Case) -> None:
    assert verdict(case.row, parse(answer_of(case), VARIABLES).typeset()) == "equal"


def test_the_catalogue_holds_both_sorts_for_every_row() -> None:
    for row in NAMES:
        right = [case.found == RIGHT for case in CASES if case.row == row]
        assert right.count(True) >= 10
        assert right.count(False) >= 8
    assert len({(case.row, case.name) for case in CASES}) == len(CASES)


@pytest.mark.parametrize(
    "case",
    [case for case in CASES if case.row != "4.1b" and case.found != RIGHT],  # in 4.1b one direction says it all
    ids=lambda case: f"{case.row} {case.name}",
)
def test_no_message_states_the_answer(case: Case) -> None:
    """Only the growth along one direction is named, and that never earns full marks."""
    why = compare(answer_of(case), getattr(reference.autoregressive, NAMES[case.row]), VARIABLES).why
    said = why.rsplit("the true cost grows like ", 1)[-1]
    if case.found != UNREADABLE:
        assert verdict(case.row, said) != "equal"
        assert not within_ceiling(case.row, said)
