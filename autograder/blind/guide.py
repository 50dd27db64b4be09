"""What helps a person to grade a written row: criteria and a model answer, as the assignment's reference has them.

A reference may have a method `guidance(row)` that returns something with `criteria`, sentences, and `step`, what points
are a multiple of, None for any. The model answer is what the solution says in the place of the student's answer.
"""

from __future__ import annotations

from fractions import Fraction

import msgspec

from autograder.assignment.link import LinkedRow
from autograder.assignment.load import Assignment
from autograder.core.errors import AssignmentError
from autograder.core.text import clean

MODEL_LENGTH = 20_000  # characters


class GuideError(AssignmentError):
    """The reference's guidance cannot be used; the message says why."""


class Guide(msgspec.Struct, frozen=True):
    """How to grade one written row; (), "" and None where the reference says nothing."""

    criteria: tuple[str, ...] = ()
    model: str = ""
    step: Fraction | None = None


def guides(assignment: Assignment) -> dict[str, Guide]:
    """The guide of each written row, by its number; empty where the reference is absent. Raises GuideError."""
    if not getattr(assignment.reference, "present", True):
        return {}
    return {linked.name: _guide(assignment, linked) for linked in assignment.rows if linked.row.graded == "written"}


def _guide(assignment: Assignment, linked: LinkedRow) -> Guide:
    model = clean(_model(assignment, linked), MODEL_LENGTH).strip()
    guidance = getattr(assignment.reference, "guidance", None)
    if guidance is None:
        return Guide(model=model)
    try:
        found = guidance(linked.name)
    except (OSError, ValueError) as error:
        raise GuideError(f"the guidance of row {linked.name} cannot be read: {error}") from error
    step = found.step
    if step is not None and (step <= 0 or (linked.row.worth / step).denominator != 1):
        raise GuideError(f"row {linked.name} is worth {linked.row.points}, which is no multiple of its step, {step}")
    return Guide(tuple(clean(text) for text in found.criteria), model, step)


def _model(assignment: Assignment, linked: LinkedRow) -> str:
    """The solution's own text, "" where there is no such solution."""
    solution = getattr(assignment.reference, "solution", None)
    if solution is None:
        return ""
    try:
        return str(getattr(solution(linked.question.file.removesuffix(".py")), linked.row.answer, ""))
    except ModuleNotFoundError:
        return ""
