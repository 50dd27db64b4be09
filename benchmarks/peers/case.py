"""A peer, and one submission made ready for it: what the harness needs to run a grading and to read its score."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

FULL = 9.5  # points that are graded by machine


class Missing(Exception):
    """A peer or a command that cannot be had here; the message is the reason, for the table."""


@dataclass(frozen=True)
class Case:
    """One grading: a command, where and with which variables it runs, and how its score is read afterwards.

    result:  the file that the tool writes; it is removed before each run unless `kept`.
    score:   points of FULL, or None where the tool left no result that can be read.
    graded:  how many submissions the command grades.
    """

    command: Sequence[str]
    cwd: Path
    environment: Mapping[str, str]
    result: Path
    score: Callable[[], float | None]
    kept: bool = False
    graded: int = 1


@dataclass(frozen=True)
class Peer:
    """One way to grade.

    name:     a word for options. label: for the table. environment: the name of its virtual environment and of its
              requirements file.
    prepare:  (folder of a submission, an empty folder to work in) -> Case.
    forge:    the text of a function `forge()` that writes a full score where this tool keeps it, given the Case.
    batch:    (folders, a folder to work in, jobs) -> Case for a command of the tool's own that grades many; None: one
              command after the other.
    jobs:     the numbers of jobs that `batch` is tried with.
    slow:     takes seconds a submission: given fewer of them in a batch.
    own_timeout: ends what hangs by itself, a check or a cell at a time: given more patience.
    """

    name: str
    label: str
    environment: str
    prepare: Callable[[Path, Path], Case]
    forge: Callable[[Case], str]
    batch: Callable[[Sequence[Path], Path, int], Case] | None = None
    jobs: Sequence[int] = field(default=(1,))
    slow: bool = False
    own_timeout: bool = False
