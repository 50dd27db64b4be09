"""Loads an assignment: its rubric, the specs that are linked to it, and its reference if it is there."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec

from autograder.assignment.frozen import read_rubric
from autograder.assignment.link import LinkedRow, link, load_module
from autograder.assignment.rubric import Question, Rubric, RubricFile
from autograder.core.errors import AutograderError


class Deferred(AutograderError):
    """The row needs the answer key, which is not here: it is graded on Gradescope only."""


class AbsentReference:
    """What specs get in place of the reference where it is absent: using it defers the row."""

    present = False

    def __getattr__(self, name: str) -> Any:
        raise Deferred(name)


class Assignment(msgspec.Struct, frozen=True):
    """A rubric, the specs linked to it, and the reference (or what stands for it where it is absent)."""

    rubric_file: RubricFile
    rows: tuple[LinkedRow, ...]
    reference: Any

    @property
    def rubric(self) -> Rubric:
        """The rubric itself."""
        return self.rubric_file.rubric

    def seed(self, submission_id: str = "") -> str:
        """What decides a submission's draws: no student knows it before handing in, and it can be repeated."""
        return f"{self.rubric.seed}-{submission_id}" if submission_id else str(self.rubric.seed)

    def questions(self) -> Iterator[tuple[Question, list[LinkedRow]]]:
        """Each question with its rows, in homework order."""
        for question in self.rubric.questions:
            yield question, [linked for linked in self.rows if linked.question is question]


def load_assignment(root: Path, rubric: Path | None = None) -> Assignment:
    """Reads the assignment that lies in `root`: its rubric, its specs, and its reference if it is there."""
    return assignment_of(root, rubric_in(root, rubric))


def rubric_in(root: Path, other: Path | None = None) -> RubricFile:
    """The rubric of the assignment in `root`, or another one; messages name it as it lies in `root`."""
    path = other or root / "tests" / "rubric.yaml"
    return read_rubric(path, str(path.relative_to(root)) if path.is_relative_to(root) else str(path))


def assignment_of(root: Path, read: RubricFile) -> Assignment:
    """The assignment that lies in `root`, under a rubric that was read."""
    if str(root) not in sys.path:
        sys.path.append(str(root))  # for `import reference` in a spec; the submission's folder is never on the path
    folder = root / "tests" / "specs"
    rows = link(read, folder)
    return Assignment(read, rows, _reference(folder))


def _reference(folder: Path) -> Any:
    """What the assignment's own `answers.py` loads: the engine does not know where answers are kept."""
    path = folder / "answers.py"
    answers: ModuleType | None = load_module(path, "specs.answers") if path.exists() else None
    found = answers.load() if answers is not None else None
    return AbsentReference() if found is None else found
