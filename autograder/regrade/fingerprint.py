"""What a finding depends on beside the submission, by content: a finding stands while all of it is as it was.

A row's cache key covers the engine that grades, the answers, the spec of its question, its limits and, where it draws
at random, the seed. It does not cover points, visibility, titles or parameters: credit follows from them without a
rerun, and a finding itself knows which parameters its spec read (`Finding.parameters`).
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from autograder.assignment.link import LinkedRow
from autograder.assignment.rubric import Rubric
from autograder.core.digest import digest
from autograder.core.submission import Submission

ENGINE = Path(__file__).resolve().parents[1]
# The rooms that decide what is found; all others read, write and show it.
ROOMS = ("core", "assignment", "maths", "sandbox", "grading")


@dataclass(frozen=True)
class Fingerprint:
    """Digests of what grades: the engine, the answers, and the spec of each question (by the question's file)."""

    engine: str
    answers: str
    specs: Mapping[str, str]

    @property
    def whole(self) -> str:
        """One digest of all of it."""
        return digest([self.engine, self.answers, *(f"{file}={said}" for file, said in sorted(self.specs.items()))])


def fingerprint(root: Path, files: Iterable[str]) -> Fingerprint:
    """The fingerprint of the assignment in `root`; `files` are those that the rubric's questions ask for."""
    specs = root / "tests" / "specs"
    return Fingerprint(
        engine=digest([*_sources(ENGINE, _engine()), *_surroundings()]),
        answers=digest(_sources(root, [specs / "answers.py", *_answers(root / "reference")])),
        specs={file: digest(_sources(specs, [path])) for file in files if (path := specs / f"test_{file}").exists()},
    )


def cache_keys(found: Fingerprint, rubric: Rubric, rows: Iterable[LinkedRow]) -> dict[str, str]:
    """The cache key of each row, by its name."""
    return {linked.name: _cache_key(found, rubric, linked) for linked in rows}


def content(submission: Submission) -> str:
    """The digest of what was handed in, as it was read."""
    texts = [f"{name}\0{text}" for name, text in sorted(submission.texts.items())]
    faults = [f"{name}\0{fault}" for name, fault in sorted(submission.faults.items())]
    within = ["\0", submission.within] if submission.within else []
    return digest([*texts, "\0", *faults, "\0", *submission.others, *within])


def _cache_key(found: Fingerprint, rubric: Rubric, linked: LinkedRow) -> str:
    row, limits = linked.row, rubric.limits
    seconds = (limits.seconds_per_call, row.seconds or limits.seconds_per_row, limits.seconds_in_all)
    file = linked.question.file
    parts = [found.engine, found.answers, found.specs.get(file, ""), file, linked.name, row.graded, row.answer]
    parts += [repr(seconds), str(limits.memory_mb)]
    if linked.check is not None and (linked.check.owner is not None or "draw" in linked.check.fixtures):
        parts.append(str(rubric.seed))
    return digest(parts)


def _engine() -> Iterator[Path]:
    yield ENGINE / "api.py"
    for room in ROOMS:
        yield from sorted((ENGINE / room).rglob("*.py"))


def _answers(reference: Path) -> Iterator[Path]:
    """What a spec may ask: the catalogue is for `validate` alone."""
    for path in sorted(reference.rglob("*")):
        parts = path.relative_to(reference).parts
        hidden = any(part.startswith(".") for part in parts)  # what `check reference` remembers is no answer
        if path.suffix in (".py", ".json", ".yaml") and "catalogue" not in parts and not hidden:
            yield path


def _sources(folder: Path, paths: Iterable[Path]) -> Iterator[str]:
    for path in paths:
        if path.is_file():
            yield f"{path.relative_to(folder).as_posix()}\0{path.read_text(encoding='utf-8', errors='surrogateescape')}"


def _surroundings() -> Iterator[str]:
    """The Python and the numpy that a submission runs on."""
    yield f"Python {sys.version_info.major}.{sys.version_info.minor}"
    try:
        yield f"numpy {metadata.version('numpy')}"
    except metadata.PackageNotFoundError:
        yield "numpy absent"
