"""Planted answers: what must be found in each, and whether it was.

A case never says which share of a row its answer earns. It says what must be found, and the row's own credit rule makes
the share of that, under the rubric as it is: other points, parameters or visibility leave no hole by themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from autograder.assignment import credit
from autograder.assignment.link import LinkedRow
from autograder.core.outcome import Mark, Outcome, of_fraction
from autograder.grading.finding import named_in

RIGHT, WRONG, JUDGED = "right", "wrong", "judged"
UNREADABLE: Mapping[str, Any] = {"unreadable": True}
GRADESCOPE, HOME, BOTH = "gradescope", "home", "both"

Found = str | Mapping[str, Any]
FoundUnder = Found | Callable[[Any], Found]
Graded = Sequence[tuple[LinkedRow, Mark]]  # the rows of one question, each with the mark that an answer got

_SHARES = (Outcome.PASSED, Outcome.PARTIAL, Outcome.FAILED)
_OTHERS = tuple(str(outcome) for outcome in Outcome if outcome not in _SHARES)
WORDS = (RIGHT, WRONG, JUDGED, *_OTHERS)


@dataclass(frozen=True)
class Case:
    """One planted answer: a change to the reference's file of a question, and what must be found in its rows.

    row:    the rubric row that must judge it ("2.1a").
    name:   what is unusual about it, in a few words ("(1 - g) for (1 - g^2)").
    source: Python text appended to the reference's file of that question.
    found:  what must be found in the row: the findings that decide its credit, such as {"right_terms": 4}, or a word:
            RIGHT (everything is earned), WRONG (something is lacking), JUDGED (read and judged, no matter how), or an
            outcome word of a row that is not judged ("crashed", "deferred"). Where it depends on the row's parameters,
            a function of these.
    says:   a piece of text that the student must be told in that row; may be a function of the parameters as well.
    names:  a piece of text that one of the mistakes named in the findings must contain, told to the student or not.
    also:   other rows whose findings change with it (row -> found); every row that is not named must be RIGHT.
    where:  where it holds: BOTH, GRADESCOPE, or HOME (the student's self-check, without the reference). A case for
            both need not say what the reference adds: at home a row may be deferred instead, or find less.
    """

    row: str
    name: str
    source: str
    found: FoundUnder
    says: str | Callable[[Any], str] = ""
    names: str = ""
    also: Mapping[str, FoundUnder] = field(default_factory=dict)
    where: str = BOTH

    def wanted(self, linked: LinkedRow) -> Found:
        """What must be found in a row under its parameters."""
        number = linked.row.number
        found = self.found if number == self.row else self.also.get(number, RIGHT)
        return found(linked.params) if callable(found) else found

    def told(self, linked: LinkedRow) -> str:
        """What the student must be told in a row under its parameters."""
        if linked.row.number != self.row:
            return ""
        return self.says(linked.params) if callable(self.says) else self.says


def is_right(case: Case, graded: Graded) -> bool:
    """Whether the case's answer must earn everything under this rubric: a right form, no mistake."""
    return any(linked.row.number == case.row and share(case.wanted(linked), linked) == 1 for linked, _ in graded)


def is_too_good(case: Case, linked: LinkedRow, mark: Mark) -> bool:
    """Whether a row is full that should not be: the one thing that more draws can change."""
    wanted = case.wanted(linked)
    return mark.outcome is Outcome.PASSED and wanted != JUDGED and share(wanted, linked) != 1


def share(wanted: Found, linked: LinkedRow) -> Fraction | None:
    """The share of the row that these findings earn, by its own rule; None if they leave it open."""
    if isinstance(wanted, str):
        return Fraction(1) if wanted == RIGHT else None
    with suppress(*_TOO_LITTLE):
        return _earned(wanted, linked)
    return None


def _earned(wanted: Mapping[str, Any], linked: LinkedRow) -> Fraction:
    """KeyError, TypeError, ValueError: the rule reads something that these findings do not say."""
    return credit.earned(linked.check.rule if linked.check else None, wanted, linked.params, linked.row.worth)


_TOO_LITTLE = (KeyError, TypeError, ValueError)


def case_holes(case: Case, there: Graded, home: Graded = ()) -> list[str]:
    """What is wrong with how a case was judged on Gradescope and at home; nothing, if it was judged as it says.

    A place where the case does not hold is empty.
    """
    here = f'{case.row} "{case.name}"'
    if case.where not in (BOTH, GRADESCOPE, HOME):
        return [f'{here}: holds "{case.where}", expected one of {BOTH}, {GRADESCOPE}, {HOME}']
    if not any(linked.row.number == case.row for linked, _ in (*there, *home)):
        return [f"{here}: there is no such row in its question"]
    marks = {mark.number: mark for _, mark in there}
    holes = [f"{here}: {hole}" for linked, mark in there for hole in _row_holes(case, linked, mark, mark)]
    for linked, mark in home:
        twin = marks.get(mark.number) if case.where == BOTH else mark
        holes += [f"{here}, at home: {hole}" for hole in _row_holes(case, linked, mark, twin, at_home=True)]
    return holes


def _row_holes(case: Case, linked: LinkedRow, mark: Mark, twin: Mark | None, at_home: bool = False) -> Iterable[str]:
    """twin: the mark that has all that must be found. At home less may be found, and then less is said."""
    wanted, less = case.wanted(linked), twin is not mark
    if (unknown := _not_understood(wanted, linked)) is not None:
        return [unknown]
    if mark.outcome is Outcome.DEFERRED and at_home and _may_be_deferred(wanted, case, linked):
        return []
    holes = _word_holes(wanted, mark) if isinstance(wanted, str) else _finding_holes(wanted, linked, mark, less)
    if linked.row.number == case.row and twin is not None and mark.findings == twin.findings:
        holes += _text_holes(case, linked, mark)
    return holes


def _not_understood(wanted: Found, linked: LinkedRow) -> str | None:
    """What is wrong with the case itself."""
    if isinstance(wanted, str):
        if wanted in WORDS:
            return None
        return f'the case says "{wanted}" for row {linked.row.number}; it may say findings, or {", ".join(WORDS)}'
    try:
        _earned(wanted, linked)
    except _TOO_LITTLE as problem:
        return f"the case says too little for the credit of row {linked.row.number}: {type(problem).__name__} {problem}"
    return None


def _may_be_deferred(wanted: Found, case: Case, linked: LinkedRow) -> bool:
    """Whether an answer that was read may wait for Gradescope: not one that says itself what comes at home."""
    if case.where == HOME and (linked.row.number == case.row or linked.row.number in case.also):
        return wanted == str(Outcome.DEFERRED)
    return wanted in (RIGHT, WRONG, JUDGED) if isinstance(wanted, str) else not wanted.get("unreadable")


def _word_holes(wanted: str, mark: Mark) -> list[str]:
    read = mark.outcome in _SHARES and not mark.findings.get("unreadable")
    fits = {
        RIGHT: mark.outcome in (Outcome.PASSED, Outcome.WRITTEN),
        WRONG: read and mark.outcome is not Outcome.PASSED,
        JUDGED: read,
    }
    if fits.get(wanted, str(mark.outcome) == wanted):
        return []
    return [f"row {mark.number} is {_what_it_is(mark)}, expected {wanted}"]


def _what_it_is(mark: Mark) -> str:
    return "unreadable" if mark.findings.get("unreadable") else str(mark.outcome)


def _finding_holes(wanted: Mapping[str, Any], linked: LinkedRow, mark: Mark, less: bool) -> list[str]:
    """Findings that differ from those wanted; then the share. less: some may be missing, and so may their credit."""
    unreadable = bool(mark.findings.get("unreadable"))
    if mark.outcome not in _SHARES or unreadable is not bool(wanted.get("unreadable")):
        return [f"row {mark.number} is {_what_it_is(mark)}, expected {_written(wanted)}"]
    missing = [key for key in wanted if key not in mark.findings]
    different = [key for key in wanted if key in mark.findings and mark.findings[key] != wanted[key]]
    holes = [f"row {mark.number}: {key} is {mark.findings[key]}, expected {wanted[key]}" for key in different]
    if missing and not less:
        holes += [f"row {mark.number}: {key} is not found, expected {wanted[key]}" for key in missing]
    expected = _earned(wanted, linked)
    if missing and less:
        fits = (mark.outcome is Outcome.PASSED) == (expected == 1)
    else:
        fits = mark.fraction == expected and mark.outcome is of_fraction(expected)
    if not holes and not fits:
        holes.append(
            f"row {mark.number} is {mark.outcome} and earns {mark.fraction} of its points, expected {expected}"
        )
    return holes


def _written(wanted: Mapping[str, Any]) -> str:
    return "unreadable" if wanted.get("unreadable") else ", ".join(f"{key} {value}" for key, value in wanted.items())


def _text_holes(case: Case, linked: LinkedRow, mark: Mark) -> list[str]:
    """What is not told, and a mistake that is not named. While a row is not visible, the staff may be told instead."""
    told, shown = case.told(linked), mark.feedback if mark.visible else f"{mark.feedback}\n{mark.staff}"
    holes = [] if told in shown else [f'the student is not told "{told}", but: {mark.feedback}']
    named = named_in(mark.findings)
    if case.names and not any(case.names in one for one in named):
        holes.append(f'no mistake is named "{case.names}", but: {"; ".join(named) or "none"}')
    return holes
