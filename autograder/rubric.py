"""tests/rubric.yaml as typed values, or an error with the line, the key and what is allowed there.

The rubric says what each row is worth, who sees it, and with which parameters and limits it is graded. It holds no
answer. Points are exact: 0.1 in the file is one tenth.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

import msgspec
import yaml

from autograder.outcome import decimal_text
from autograder.plain_text import nearest

Visibility = Literal["visible", "hidden", "after_due_date", "after_published"]
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
NUMBER = r"\d+(\.\d+[a-z]?)?"  # of a row
FILE = r"[A-Za-z_]\w*\.py"  # of a question
MOST_POINTS, MOST = 1000, 1e6  # of a row; of a limit


class RubricError(Exception):
    """The rubric is wrong; the message names file, line and key, and says what is allowed."""


class Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One row: what it is worth, who sees it, and how it is graded.

    number:       "2.1a"; Gradescope sorts by it, and the spec that grades it names it.
    title:        the line that the student reads.
    points:       what the row is worth.
    graded:       "spec" by the spec of that number, "written" by a person.
    extra_credit: whether the points stand outside the question's own.
    visibility:   when the student sees the row: Gradescope's words.
    answer:       for a written row, the name of the text in the student's file.
    tags:         Gradescope's tags.
    seconds:      a limit of its own in place of limits.seconds_per_row.
    params:       parameters of the row's spec.
    """

    number: str
    title: str
    points: Decimal
    graded: Literal["spec", "written"] = "spec"
    extra_credit: bool = False
    visibility: Visibility = "visible"
    answer: str = ""
    tags: tuple[str, ...] = ()
    seconds: float | None = None
    params: dict[str, Any] = {}

    @property
    def worth(self) -> Fraction:
        """Points, exactly."""
        return Fraction(self.points)


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One question: its file, its rows, and the sums that they must have.

    title:        the heading over its rows, which begins with its number: "1 Binary addition".
    file:         the file that students hand in, of the same name in reference/ and student_template/.
    points:       what its rows without extra credit sum to.
    extra_points: what its extra-credit rows sum to.
    rows:         its rows, in homework order.
    """

    title: str
    file: str
    points: Decimal
    extra_points: Decimal = Decimal(0)
    rows: tuple[Row, ...]


class LimitsOf(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Limits on student code: seconds on the grader's clock, megabytes beyond a bare interpreter.

    seconds_per_call: one call of a student's function, or loading a file.
    seconds_per_row:  all calls of a row.
    seconds_in_all:   the whole grading.
    memory_mb:        of each process, beyond what a bare interpreter takes.
    """

    seconds_per_call: float
    seconds_per_row: float
    seconds_in_all: float
    memory_mb: int


class Rubric(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The whole rubric.

    assignment: the homework's name.
    seed:       decides every random draw, together with the submission's id.
    limits:     limits on student code.
    questions:  the questions, in homework order.
    """

    assignment: str
    seed: int
    limits: LimitsOf
    questions: tuple[Question, ...]

    def rows(self) -> Iterator[tuple[Question, Row]]:
        """Every row with its question, in homework order."""
        for question in self.questions:
            for row in question.rows:
                yield question, row

    def totals(self) -> dict[str, Fraction]:
        """The points "by spec" and "written" without extra credit, and those of "extra credit"."""
        sums = {"by spec": Fraction(0), "written": Fraction(0), "extra credit": Fraction(0)}
        for _, row in self.rows():
            sums["extra credit" if row.extra_credit else "written" if row.graded == "written" else "by spec"] += (
                row.worth
            )
        return sums

    def files(self) -> tuple[str, ...]:
        """The files that a submission consists of, in homework order."""
        return tuple(dict.fromkeys(q.file for q in self.questions))


class RubricFile(msgspec.Struct, frozen=True, kw_only=True):
    """A rubric that was read, with what its messages and its results need."""

    rubric: Rubric
    name: str
    hash: str
    lines: dict[str, int]

    def error(self, path: str, message: str) -> RubricError:
        """The error that points at `path`, such as "questions[0].rows[1].params"."""
        return _error(self.name, self.lines, path, message)


def read_rubric(path: Path, name: str = "") -> RubricFile:
    """Reads and checks a rubric; RubricError if anything in it is wrong. `name` is what messages call the file."""
    name = name or path.name
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RubricError(f"{name} cannot be read: {error}") from None
    return parse_rubric(text, name)


def parse_rubric(text: str, name: str = "rubric.yaml") -> RubricFile:
    """The rubric in `text`; RubricError if anything in it is wrong."""
    lines: dict[str, int] = {}
    try:
        tree = yaml.compose(text, Loader=_Loader)
        if tree is not None:
            _note_lines(tree, "", lines, name)
        data = yaml.load(text, Loader=_Loader)
    except RecursionError:
        raise RubricError(f"{name}: this YAML refers to itself, or is nested too deeply") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark else ""
        raise RubricError(f"{name}{where}: this is not YAML: {getattr(error, 'problem', None) or error}") from None
    try:
        rubric = msgspec.convert(data, Rubric)
    except msgspec.ValidationError as error:
        raise _validation_error(name, lines, str(error)) from None
    read = RubricFile(rubric=rubric, name=name, hash=hashlib.sha256(text.encode()).hexdigest()[:12], lines=lines)
    _check(read)
    return read


def _note_lines(node: Any, path: str, lines: dict[str, int], name: str) -> None:
    """Path -> line of every key and item, and a refusal of keys that stand twice."""
    lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            below = f"{path}.{key.value}" if path else str(key.value)
            if below in lines:
                raise _error(name, {below: key.start_mark.line + 1}, below, f'the key "{key.value}" stands twice')
            lines[below] = key.start_mark.line + 1
            _note_lines(value, below, lines, name)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            _note_lines(value, f"{path}[{index}]", lines, name)


def _error(name: str, lines: dict[str, int], path: str, message: str) -> RubricError:
    line, known = None, path
    while line is None and known:
        line, known = lines.get(known), known.rpartition("." if known.rpartition(".")[0] else "[")[0]
    line = line or lines.get("")
    where = f", line {line}" if line else ""
    return RubricError(f"{name}{where}: {path + ': ' if path else ''}{message}")


def _validation_error(name: str, lines: dict[str, int], said: str) -> RubricError:
    """msgspec's words with our line, what is allowed, and a guess at what was meant."""
    message, _, path = said.partition(" - at `$")
    path = path.rstrip("`").removeprefix(".")
    kind = _kind_at(path)
    fields = list(kind.__struct_fields__)
    word = (re.findall(r"`([^`]*)`", message) or [""])[0]
    if "unknown field" in message:
        path = f"{path}.{word}" if path else word
        message = f'unknown key "{word}"{nearest(word, fields)}; allowed here: {", ".join(fields)}'
    elif "missing required field" in message:
        message = f'the key "{word}" is missing; allowed here: {", ".join(fields)}'
    else:
        message = _value_message(path, message)
    return _error(name, lines, path, message)


def _kind_at(path: str) -> type[msgspec.Struct]:
    """The type whose keys are allowed at a path."""
    if ".rows[" in path:
        return Row
    if path.startswith("questions["):
        return Question
    return LimitsOf if path.startswith("limits") else Rubric


def _value_message(path: str, message: str) -> str:
    """What a wrong value should have been, in an instructor's words."""
    key = path.rpartition(".")[2]
    got = (re.findall(r"got `(\w+)`", message) or [""])[0]
    if key == "number" and got in ("float", "int"):
        return 'write the number in quotes: number: "1.1"'
    if key in ("points", "extra_points"):
        return "expected a number of points, such as 0.5"
    if key in _ALLOWED_WORDS:
        word = (re.findall(r"'([^']*)'", message) or [""])[0]
        return f'"{word}" is not allowed{nearest(word, _ALLOWED_WORDS[key])}; allowed: {", ".join(_ALLOWED_WORDS[key])}'
    return message[:1].lower() + message[1:].replace("`", "")


_ALLOWED_WORDS = {
    "visibility": ["visible", "hidden", "after_due_date", "after_published"],
    "graded": ["spec", "written"],
}


def _check(read: RubricFile) -> None:
    """What types cannot say: numbers that are unique, sums that hold, limits that are positive."""
    rubric = read.rubric
    for limit in LimitsOf.__struct_fields__:
        if not 0 < getattr(rubric.limits, limit) < MOST:
            raise read.error(f"limits.{limit}", f"expected a positive number, got {getattr(rubric.limits, limit)}")
    seen: dict[str, str] = {}
    for q, question in enumerate(rubric.questions):
        for r, row in enumerate(question.rows):
            path = f"questions[{q}].rows[{r}]"
            _check_row(read, row, path)
            if row.number in seen:
                raise read.error(f"{path}.number", f'row "{row.number}" stands twice; the first is {seen[row.number]}')
            seen[row.number] = path
        _check_sum(read, question, f"questions[{q}]")


def _check_row(read: RubricFile, row: Row, path: str) -> None:
    if not row.points.is_finite() or not 0 <= row.points <= MOST_POINTS:
        raise read.error(f"{path}.points", f"expected points from 0 to {MOST_POINTS}, got {row.points}")
    if not re.fullmatch(NUMBER, row.number):
        raise read.error(f"{path}.number", f'expected a number such as "2" or "2.1a", got "{row.number}"')
    if row.graded == "written" and not row.answer.isidentifier():
        raise read.error(path, 'a written row needs "answer": the name of the text in the student\'s file')
    if row.graded == "spec" and row.answer:
        raise read.error(f"{path}.answer", 'only a written row has "answer"')
    if row.seconds is not None and not 0 < row.seconds < MOST:
        raise read.error(f"{path}.seconds", f"expected a positive number of seconds, got {row.seconds}")


def _check_sum(read: RubricFile, question: Question, path: str) -> None:
    if not re.fullmatch(FILE, question.file):
        raise read.error(f"{path}.file", f'expected the name of a Python file such as "lstm.py", got "{question.file}"')
    for key, extra in (("points", False), ("extra_points", True)):
        said = Fraction(getattr(question, key))
        found = sum((row.worth for row in question.rows if row.extra_credit is extra), Fraction(0))
        if said != found:
            kind = "extra-credit rows" if extra else "rows"
            raise read.error(
                f"{path}.{key}",
                f'"{question.title}" says {decimal_text(said)}, but its {kind} sum to {decimal_text(found)}: '
                f"change {key} or the points of a row",
            )
