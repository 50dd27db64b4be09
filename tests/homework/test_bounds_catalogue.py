"""The forms of question 4 in the catalogue: a right one is shown as a right bound, a wrong one is told no answer.

That each is judged as it says is proved by `validate` (test_catalogue_under_rubrics.py).
"""

from __future__ import annotations

from pathlib import Path

import reference.autoregressive
from autograder.maths.bounds import compare, parse
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


def test_a_right_form_is_shown_as_a_bound_that_is_right_too() -> None:
    for case in CASES:
        if case.found == RIGHT:
            assert verdict(case.row, parse(answer_of(case), VARIABLES).typeset()) == "equal", case.name


def test_the_catalogue_holds_both_sorts_for_every_row() -> None:
    for row in NAMES:
        right = [case.found == RIGHT for case in CASES if case.row == row]
        assert right.count(True) >= 10
        assert right.count(False) >= 8


def test_no_message_states_the_answer() -> None:
    """Only the growth along one direction is named, and that never earns full marks."""
    for case in CASES:
        if case.row == "4.1b" or case.found in (RIGHT, UNREADABLE):  # in 4.1b one direction says it all
            continue
        why = compare(answer_of(case), getattr(reference.autoregressive, NAMES[case.row]), VARIABLES).why
        said = why.rsplit("the true cost grows like ", 1)[-1]
        assert verdict(case.row, said) != "equal", case.name
        assert not within_ceiling(case.row, said), case.name
