"""A rubric's text to its typed form: YAML, the checks that types cannot make, and errors in an instructor's words."""

from __future__ import annotations

import hashlib
import re
from fractions import Fraction
from typing import Any

import msgspec
import yaml

from autograder.assignment.rubric import Late, LimitsOf, Question, Row, Rubric, RubricError, RubricFile, error_at
from autograder.core.points import decimal_text
from autograder.core.text import nearest

NUMBER = r"\d+(\.\d+[a-z]?)?"  # of a row
FILE = r"[A-Za-z_]\w*\.py"  # of a question
MOST_POINTS, MOST = 1000, 1e6  # of a row; of a limit
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def parse(text: str, name: str) -> RubricFile:
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
    read = RubricFile(
        rubric=rubric, text=text, name=name, hash=hashlib.sha256(text.encode()).hexdigest()[:12], lines=lines
    )
    _check(read)
    return read


def _note_lines(node: Any, path: str, lines: dict[str, int], name: str) -> None:
    """Path -> line of every key and item, and a refusal of keys that stand twice."""
    lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            below = f"{path}.{key.value}" if path else str(key.value)
            if below in lines:
                raise error_at(name, {below: key.start_mark.line + 1}, below, f'the key "{key.value}" stands twice')
            lines[below] = key.start_mark.line + 1
            _note_lines(value, below, lines, name)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            _note_lines(value, f"{path}[{index}]", lines, name)


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
    return error_at(name, lines, path, message)


def _kind_at(path: str) -> type[msgspec.Struct]:
    """The type whose keys are allowed at a path."""
    if ".rows[" in path:
        return Row
    if path.startswith("questions["):
        return Question
    if path.startswith("late"):
        return Late
    return LimitsOf if path.startswith("limits") else Rubric


def _value_message(path: str, message: str) -> str:
    """What a wrong value should have been, in an instructor's words."""
    key = path.rpartition(".")[2]
    got = (re.findall(r"got `(\w+)`", message) or [""])[0]
    if key == "number" and got in ("float", "int"):
        return 'write the number in quotes: number: "1.1"'
    if key == "penalty_per_day":
        return "expected a share from 0 to 1, such as 0.1"
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
    _check_late(read)
    seen: dict[str, str] = {}
    for q, question in enumerate(rubric.questions):
        for r, row in enumerate(question.rows):
            path = f"questions[{q}].rows[{r}]"
            _check_row(read, row, path)
            if row.number in seen:
                raise read.error(f"{path}.number", f'row "{row.number}" stands twice; the first is {seen[row.number]}')
            seen[row.number] = path
        _check_sum(read, question, f"questions[{q}]")


def _check_late(read: RubricFile) -> None:
    late = read.rubric.late
    if late is None:
        return
    if not late.penalty_per_day.is_finite() or not 0 <= late.penalty_per_day <= 1:
        raise read.error("late.penalty_per_day", f"expected a share from 0 to 1, got {late.penalty_per_day}")
    for key in ("grace_minutes", "late_days"):
        if not 0 <= getattr(late, key) < MOST:
            raise read.error(f"late.{key}", f"expected a number from 0 up, got {getattr(late, key)}")


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
        raise read.error(
            f"{path}.file", f'expected the name of a Python file such as "words.py", got "{question.file}"'
        )
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
