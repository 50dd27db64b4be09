"""A case of the catalogue that says something wrong is a hole, and one that is judged as it says is none."""

from __future__ import annotations

from typing import Any

import pytest

from autograder.assignment.load import Assignment
from autograder.bundle.planted import HOME, JUDGED, RIGHT, UNREADABLE, WRONG, Case
from autograder.bundle.validate import CaseGrader
from autograder.core.submission import read_submission
from tests.homework import planted
from tests.homework.planted import FILES, ROOT
from tests.specs import answers


def test_no_name_stands_twice() -> None:
    names = [(case.row, case.name) for _, case in answers.cases(FILES)]
    assert len(set(names)) == len(names) > 400


def holes(assignment: Assignment, file: str, case: Case) -> list[str]:
    reference = read_submission(ROOT / "reference", FILES)
    return list(CaseGrader(assignment, assignment.at_home(), reference, planted.jail().start).judge(file, case).holes)


BLOCK, RIGHT_BLOCK = "RESNET_EASIER_TO_TRAIN = 'left'", "RESNET_EASIER_TO_TRAIN = 'right'"
NO_PATH = "def c_bar(t, s, bar, w):\n    return bar.c[t+1] * s.f[t+1]\n"
NO_FORGET = {"right": False, "right_terms": 1, "true_terms": 2}
BOUND = "MDRNN_SEQUENTIAL_OPERATIONS = 'd(H + W)'"
CRASH = "def c_bar(t, s, bar, w):\n    return 1 / 0\n"

BLOCKS = [
    (RIGHT_BLOCK, RIGHT, {}, "row 3.2a is failed, expected right"),
    (BLOCK, WRONG, {}, "row 3.2a is passed, expected wrong"),
    (BLOCK, {"right": False}, {}, "row 3.2a: right is True, expected False"),
    (BLOCK, UNREADABLE, {}, "row 3.2a is passed, expected unreadable"),
    ("RESNET_EASIER_TO_TRAIN = 1", WRONG, {}, "row 3.2a is unreadable, expected wrong"),
    ("RESNET_EASIER_TO_TRAIN = 1", JUDGED, {}, "row 3.2a is unreadable, expected judged"),
    ("RESNET_EASIER_TO_TRAIN = ''", RIGHT, {}, "row 3.2a is unanswered, expected right"),
    (BLOCK, RIGHT, {"where": HOME}, "at home: row 3.2a is deferred, expected right"),
]
EQUATIONS = [
    (NO_PATH, {**NO_FORGET, "right_terms": 2}, {}, "row 2.1b: right_terms is 1, expected 2"),
    (NO_PATH, {**NO_FORGET, "given_terms": 3}, {}, "row 2.1b: given_terms is 1, expected 3"),
    (NO_PATH, {"right": True}, {}, "at home: row 2.1b: right is False, expected True"),
    (NO_PATH, {"right": False}, {}, "row 2.1b is partial and earns 1/2 of its points"),
    (NO_PATH, {"right_terms": 1}, {}, "the case says too little for the credit of row 2.1b"),
    (NO_PATH, NO_FORGET, {"also": {"2.1a": WRONG}}, "row 2.1a is passed, expected wrong"),
    (CRASH, WRONG, {}, "row 2.1b is crashed, expected wrong"),
    (CRASH, {"right": False}, {}, "row 2.1b is crashed, expected right False"),
    (NO_PATH, "crashed", {}, "row 2.1b is partial, expected crashed"),
    (NO_PATH, "partial", {}, 'the case says "partial" for row 2.1b; it may say findings'),
    (NO_PATH, NO_FORGET, {"says": "o(t)"}, 'the student is not told "o(t)", but: Wrong at'),
    (NO_PATH, NO_FORGET, {"names": "i_bar"}, 'no mistake is named "i_bar", but: hidden path'),
    (NO_PATH, NO_FORGET, {"where": HOME}, "at home: row 2.1b: right_terms is not found"),
    (NO_PATH, NO_FORGET, {"where": "here"}, 'holds "here", expected one of both, gradescope'),
]
PLANTED_HOLES: list[tuple[str, str, str, Any, dict[str, Any], str]] = [
    *(("convolutional.py", "3.2a", *one) for one in BLOCKS),
    *(("lstm_gradient.py", "2.1b", *one) for one in EQUATIONS),
    ("lstm_gradient.py", "3.1", NO_PATH, NO_FORGET, {}, "there is no such row in its question"),
    ("autoregressive.py", "4.2b", BOUND, {"verdict": "too_loose"}, {}, "of its points, expected 0"),
    ("autoregressive.py", "4.2b", BOUND, RIGHT, {}, "row 4.2b is partial, expected right"),
]


def name_of(value: object) -> str:
    """The name of a case's part: the same in every process that collects the tests, so no function by its address."""
    return getattr(value, "__name__", str(value)[:40])


@pytest.mark.parametrize(("file", "row", "source", "found", "more", "hole"), PLANTED_HOLES, ids=name_of)
def test_a_case_that_says_something_else_is_a_hole(
    assignment: Assignment, file: str, row: str, source: str, found: Any, more: dict[str, Any], hole: str
) -> None:
    said = holes(assignment, file, Case(row, "a planted one", source, found, **more))
    assert any(hole in one for one in said), said
    assert all(one.startswith(f'{row} "a planted one"') for one in said)


@pytest.mark.parametrize(
    ("file", "row", "source", "found", "more"),
    [
        ("convolutional.py", "3.2a", RIGHT_BLOCK, WRONG, {}),
        ("convolutional.py", "3.2a", RIGHT_BLOCK, "deferred", {"where": HOME}),
        ("convolutional.py", "3.2a", "RESNET_EASIER_TO_TRAIN = 1", UNREADABLE, {"where": HOME, "says": "a text"}),
        ("lstm_gradient.py", "2.1b", NO_PATH, NO_FORGET, {"says": "through h(t)", "names": "hidden path missing"}),
        ("lstm_gradient.py", "2.1b", NO_PATH, {"right": False}, {"where": HOME, "says": "judged on Gradescope"}),
        ("lstm_gradient.py", "2.1b", CRASH, "crashed", {"says": "ZeroDivisionError"}),
        ("lstm_gradient.py", "2.1b", "c_bar = 1", "missing", {}),
        ("autoregressive.py", "4.2b", BOUND, lambda params: WRONG if params.loose_credit < 1 else RIGHT, {}),
    ],
    ids=name_of,
)
def test_a_case_that_is_judged_as_it_says_is_none(
    assignment: Assignment, file: str, row: str, source: str, found: Any, more: dict[str, Any]
) -> None:
    assert holes(assignment, file, Case(row, "a planted one", source, found, **more)) == []


def test_a_mistake_that_another_row_catches_as_well_is_a_hole(assignment: Assignment) -> None:
    both = NO_PATH + "def o_bar(t, s, bar, w):\n    return 0.0\n"
    said = holes(assignment, "lstm_gradient.py", Case("2.1b", "two mistakes", both, NO_FORGET))
    assert '2.1b "two mistakes": row 2.1d is failed, expected right' in said
