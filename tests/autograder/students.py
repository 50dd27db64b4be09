"""A student's file given as text: the seam to it, and what a worker gives that runs it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from autograder.core.submission import Submission
from autograder.grading.limits import Limits
from autograder.grading.student import Student
from autograder.sandbox.portable_worker import Worker
from autograder.sandbox.protocol import Program, Start
from autograder.sandbox.protocol import Worker as AnyWorker


@contextmanager
def student(
    text: str | None,
    call: float = 5,
    row: float = 20,
    *,
    start: Start = Worker,
    memory: int = 128 << 20,
    visibility: str = "visible",
    faults: dict[str, str] | None = None,
    **others: str,
) -> Iterator[Student]:
    """The seam to answers.py of this text, where it is not None. others: the texts of further modules, by name."""
    texts = {f"{name}.py": other for name, other in others.items()}
    submission = Submission(texts if text is None else {"answers.py": text, **texts}, faults or {})
    seam = Student(submission, "answers.py", Limits(call, row, time.monotonic() + 60), start, memory)
    seam.begin_row(row, visibility)
    try:
        yield seam
    finally:
        seam.close()


def program(text: str, memory: int = 256 << 20) -> Program:
    """What a worker runs."""
    return Program("answers.py", {"answers.py": text}, memory, 60)


def reply(worker: AnyWorker, name: str = "f", *arguments: Any, seconds: float = 5) -> dict[str, Any]:
    """What a worker whose file is loaded replies to one call."""
    worker.request({"id": 1, "name": name, "read": False, "argument_sets": [list(arguments)]}, b"")
    return worker.receive(seconds)[0]
