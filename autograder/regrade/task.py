"""One submission of a batch, graded in a process of its own: the function that every crew runs.

Bytes in, bytes out: a `Task` holds all that is wanted of a submission, so a worker process needs no shared disk,
only this project. Each process keeps one jail, whose zygote forks a worker per question, and one assignment per rubric.
"""

from __future__ import annotations

import atexit
import gc
import sys
import threading
import time
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from autograder.assignment.frozen import parse_rubric
from autograder.assignment.load import OWN_ROOT, Assignment, assignment_of
from autograder.core.figure import Figure
from autograder.core.submission import Submission
from autograder.gradescope.results import figure_as_text
from autograder.grading.finding import Finding
from autograder.grading.grader import Grading
from autograder.regrade.fingerprint import fingerprint
from autograder.sandbox.jail import Jail, answers_below


class Task(msgspec.Struct, frozen=True):
    """One submission to grade.

    texts, faults, others: the submission as it was read. seed: decides its random draws. rows: names of the rows that
    are wanted. rubric, rubric_name: the text of the rubric, and what messages call it. fingerprint: of the project that
    sends the task out. hidden: folders that no student code may read or write. unsafe: grade where the jail does not
    hold. assignment: its folder, "" for the one that this process's own project is.
    """

    submission: str
    texts: Mapping[str, str]
    faults: Mapping[str, str]
    others: tuple[str, ...]
    seed: str
    rows: tuple[str, ...]
    rubric: str
    rubric_name: str
    fingerprint: str
    hidden: tuple[str, ...] = ()
    unsafe: bool = False
    assignment: str = ""


class Done(msgspec.Struct, frozen=True):
    """What came of a task.

    findings: by the row's name. seconds: on this process's clock. isolation: what held. fault: a sentence on why this
    process cannot grade any submission, "" if it can.
    """

    submission: str
    findings: dict[str, Finding] = {}
    seconds: float = 0.0
    isolation: dict[str, Any] = {}
    isolation_line: str = ""
    fault: str = ""


def grade(task: bytes) -> bytes:
    """Grades one encoded Task and answers an encoded Done. Raises only for what is wrong with our own code."""
    with _ONE_AT_A_TIME:
        done = msgspec.json.encode(_grade(msgspec.json.decode(task, type=Task)))
        gc.collect(0)  # an exception's frames may hold what a submission returned
        return done


# A cluster's worker may run several tasks in threads of one process, but gradescope-utils' decorators keep the score of
# a submission on the spec's own function.
_ONE_AT_A_TIME = threading.Lock()


def _grade(task: Task) -> Done:
    root = Path(task.assignment) if task.assignment else OWN_ROOT
    assignment = _assignment(root, task.rubric, task.rubric_name)
    ours = _fingerprint(root, assignment.rubric.files())
    if ours != task.fingerprint:
        return Done(task.submission, fault=_STRANGER.format(ours=ours, theirs=task.fingerprint))
    jail = _jail(root, task.hidden)
    isolation, problem = jail.verdict(INSTEAD, task.unsafe)
    if problem:
        return Done(task.submission, isolation_line=isolation.line(), fault=problem)
    wanted = tuple(linked for linked in assignment.rows if linked.name in task.rows)
    submission = Submission(task.texts, task.faults, task.others)
    began = time.monotonic()
    grading = Grading(replace(assignment, rows=wanted), submission, seed=task.seed, start=jail.start)
    jail.expect(sys.maxsize, *grading.worker_limits())  # beyond this submission: the next worker is always ready
    grading.find()
    return Done(
        task.submission,
        {
            wanted[place].name: _with_figure(found, grading.figures.get(place))
            for place, found in grading.findings.items()
        },
        time.monotonic() - began,
        isolation.record(),
        isolation.line(),
    )


def _with_figure(finding: Finding, figure: Figure | None) -> Finding:
    """The finding with its figure as text: a figure itself is not stored."""
    words = replace(finding.words, figure_text=figure_as_text(figure))
    return replace(finding, words=words) if words.figure_text else finding


_STRANGER = (
    "a worker process has another version of this project ({ours}, expected {theirs}): "
    "give every machine the same folder, specs and reference included, and start its workers again"
)


INSTEAD = (
    "Grade in the container, or as root with the project, the export and the output closed to others (chmod -R go= on"
    " these folders); --unsafe grades all the same."
)


@lru_cache(maxsize=2)
def _assignment(root: Path, rubric: str, name: str) -> Assignment:
    return assignment_of(root, parse_rubric(rubric, name))


@cache
def _fingerprint(root: Path, files: tuple[str, ...]) -> str:
    return fingerprint(root, files).whole


_OPEN = ExitStack()
atexit.register(_OPEN.close)


@lru_cache(maxsize=1)
def _jail(root: Path, hidden: tuple[str, ...]) -> Jail:
    """The one jail of this process, kept while the next task wants the same: a cluster's worker serves many batches."""
    jail = jail_of(root, hidden)
    _OPEN.close()
    return _OPEN.enter_context(jail)


def jail_of(root: Path, hidden: Iterable[str]) -> Jail:
    """A jail that hides the answers of the assignment in `root` and, in the `hidden` folders, students' data."""
    folders = [Path(name) for name in hidden]
    return Jail([*folders, *answers_below(root)], [*folders, *{root, OWN_ROOT}])
