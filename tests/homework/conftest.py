"""The assignment of these tests, and what `validate` makes of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from autograder.assignment.load import AbsentReference, Assignment, load_assignment
from autograder.bundle import validate as validation
from autograder.bundle.planted import BOTH, GRADESCOPE, HOME, Case
from autograder.core.outcome import Report
from autograder.core.submission import read_submission
from autograder.grading.finding import Finding
from autograder.grading.grader import Grading
from tests.homework import planted
from tests.homework.planted import FILES, ROOT

Findings = dict[str, Finding]  # by row


@pytest.fixture(scope="session")
def assignment() -> Assignment:
    """This homework."""
    return load_assignment(ROOT)


@dataclass(frozen=True)
class Validated:
    """What `validate` returns, and what it found in each text of a file that it graded, by place."""

    result: validation.Validation
    graded: dict[tuple[str, str, str], Findings]

    def findings(self, file: str, case: Case) -> dict[str, Findings]:
        """Place -> row -> what was found in a case, for the places where it holds."""
        text = f"{read_submission(ROOT / 'reference', FILES).texts[file]}\n\n{case.source}"
        places = (GRADESCOPE, HOME) if case.where == BOTH else (case.where,)
        return {place: self.graded[place, file, text] for place in places}


@pytest.fixture(scope="session")
def validated(assignment: Assignment) -> Validated:
    """This homework, validated once: each of its cases is graded, which takes a while."""
    graded: dict[tuple[str, str, str], Findings] = {}

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
        result = validation.validate(ROOT, assignment, planted.jail().start)
    return Validated(result, graded)
