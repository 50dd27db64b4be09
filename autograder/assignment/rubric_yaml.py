"""A rubric's text to its typed form: YAML, the checks that types cannot make, and errors in an instructor's words."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from copy import deepcopy
from fractions import Fraction
from keyword import iskeyword
from typing import Any

import msgspec
import yaml

from autograder.assignment.rubric import (
    Gradescope,
    Late,
    LimitsOf,
    Question,
    Row,
    Rubric,
    RubricError,
    RubricFile,
    error_at,
)
from autograder.core.points import decimal_text
from autograder.core.text import nearest

NUMBER = r"\d+(\.\d+[a-z]?)?"  # of a row
VERSION = r"\d{1,3}\.\d{1,3}"  # of Python and numpy
FILE = r"[A-Za-z_]\w*\.py"  # of a question
MOST_POINTS, MOST = 1000, 1e6  # of a row; of a limit
LEAST_SECONDS, LEAST_MEMORY = 5, 16  # of a whole grading; megabytes
MOST_MISTAKES, MOST_DEPTH, MOST_KEYS = 50, 50, 100_000
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def parse(text: str, name: str) -> RubricFile:
    """The rubric in `text`; RubricError with every mistake, a line each, if anything in it is wrong."""
    text = text.removeprefix("\ufeff")
    lines: dict[str, int] = {}
    written: dict[str, str] = {}
    mistakes: list[RubricError] = []
    try:
        tree = yaml.compose(text, Loader=_Loader)
        if tree is not None:
            mistakes += _note_lines(tree, "", lines, written, name)
        data = yaml.load(text, Loader=_Loader)
    except RecursionError:
        raise RubricError(f"{name}: this YAML refers to itself, or is nested too deeply") from None
    except yaml.YAMLError as error:
        raise _no_yaml(error, text, name) from None
    except ValueError as error:  # a date that there is none
        paths = [path for path, scalar in written.items() if re.match(r"\d{4}-\d\d?-\d\d?", scalar)]
        said = f"YAML reads this as a date ({error}): write it in quotes"
        raise error_at(name, lines, paths[0] if paths else "", said) from None
    rubric, wrong = _converted(data, name, lines, written)
    if rubric is None or mistakes or wrong:
        raise _all([*mistakes, *wrong])
    read = RubricFile(
        rubric=rubric, text=text, name=name, hash=hashlib.sha256(text.encode()).hexdigest()[:12], lines=lines
    )
    if wrong := [*_check(read)]:
        raise _all(wrong)
    return read


def _all(mistakes: Iterable[RubricError]) -> RubricError:
    return RubricError("\n".join(dict.fromkeys(map(str, mistakes))))


def _no_yaml(error: yaml.YAMLError, text: str, name: str) -> RubricError:
    """Where the text is no YAML, and what to do: an open quote is named where it begins."""
    said = str(getattr(error, "problem", None) or error)
    mark = getattr(error, "problem_mark", None)
    line = mark.line + 1 if mark else 0
    before = enumerate(text.splitlines()[: line or None], 1)
    if opened := [at for at, one in before if _OPEN_QUOTE.search(one)]:
        line, said = opened[0], "a quote is opened here and not closed; close it, or leave both out"
    elif "'\\t'" in said or "tab character" in said:
        said = "a tab stands here; indent with spaces"
    elif blanks := [at for at, one in enumerate(text.splitlines()[:line], 1) if re.match(r"[ ]*[^\S ]", one)]:
        line, said = blanks[-1], "a blank that is no space stands at the beginning of the line; indent with spaces"
    elif opened := [at for at, one in enumerate(text.splitlines()[:line], 1) if _OPEN_BRACKET.search(one)]:
        line, said = opened[-1], f"{said}; a bracket is opened here and not closed in the same line"
    else:
        said += next((f"; {remedy}" for part, remedy in _REMEDIES.items() if part in said), "")
    return RubricError(f"{name}{f', line {line}' if line else ''}: this is not YAML: {said}")


_OPEN_BRACKET = re.compile(r"^[^#\"']*[:-]\s+(?:\{[^}#]*|\[[^\]#]*)(?:#.*)?$")
_REMEDIES = {
    "mapping values are not allowed": 'a text with ": " in it must be in quotes; keys of one item are indented alike',
    "expected key": "an item begins with a dash, and its keys are indented alike: compare with the lines above",
    "expected '-' indicator": "items of one list are indented alike: compare with the lines above",
    "alias": "a text that begins with * must be in quotes",
    "cannot start any token": "a text that begins with this sign must be in quotes",
}
_OPEN_QUOTE = re.compile(r"""^[^#]*?(?:[:,\[{-]\s+|[\[{])(?:"(?:[^"\\]|\\.)*|'(?:[^']|'')*)$""")


def _note_lines(
    node: Any, path: str, lines: dict[str, int], written: dict[str, str], name: str, depth: int = 0
) -> Iterator[RubricError]:
    """Path -> line of every key and item, and path -> text of every scalar; a mistake for each duplicate key."""
    if depth > MOST_DEPTH or len(lines) > MOST_KEYS:  # aliases of aliases would be walked through again and again
        raise RubricError(f"{name}: this YAML refers to itself, or is nested too deeply")
    lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.ScalarNode):
        written[path] = node.value
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            below = f"{path}.{key.value}" if path else str(key.value)
            line = key.start_mark.line + 1
            if below in lines:
                yield error_at(name, {below: line}, below, f'duplicate key "{key.value}"; leave one')
            lines[below] = line
            yield from _note_lines(value, below, lines, written, name, depth + 1)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            yield from _note_lines(value, f"{path}[{index}]", lines, written, name, depth + 1)


def _converted(
    data: Any, name: str, lines: dict[str, int], written: dict[str, str]
) -> tuple[Rubric | None, list[RubricError]]:
    """The rubric with its types, or every mistake in them: each is put right in turn, to find those behind it."""
    mistakes: list[RubricError] = []
    while len(mistakes) < MOST_MISTAKES:
        try:
            return msgspec.convert(data, Rubric), mistakes
        except msgspec.ValidationError as error:
            message, _, path = str(error).partition(" - at `$")
            path = path.rstrip("`").removeprefix(".")
            mistakes.append(_validation_error(name, lines, written, message, path))
            if not _put_right(data, path, (re.findall(r"field `([^`]*)`", message) or [""])[0]):
                break
    return None, mistakes


def _put_right(data: Any, path: str, field: str) -> bool:
    """Puts something lawful where a mistake stands; False where that is the whole rubric."""
    steps: list[Any] = [int(step) if step.isdigit() else step for step in re.findall(r"[^.\[\]]+", path)]
    steps += [field] if field else []
    for step in steps[:-1]:
        data = data[step]
    if not steps or not isinstance(data, (dict, list)):
        return False
    last: Any = steps[-1]
    if field and isinstance(data, dict) and last in data:
        meant = re.findall(r'"(.+)"', nearest(field, [*_kind_at(path).__struct_fields__]))
        value = data.pop(last)  # an unknown key, whose value is taken for that of the key that was meant
        data.update({key: value for key in meant if key not in data})
    elif isinstance(data, dict) and last in _LAWFUL:
        data[last] = deepcopy(_LAWFUL[last])
    elif isinstance(data, list):
        data[last] = deepcopy(_LAWFUL_ROW if "rows" in path.rpartition(".")[2] else _LAWFUL_QUESTION)
    else:
        return False
    return True


_LAWFUL_ROW: Any = {"number": "1", "title": "", "points": 0}
_LAWFUL_QUESTION: Any = {"title": "", "file": "a.py", "points": 0, "rows": []}
_LAWFUL: Any = {
    **{**_LAWFUL_QUESTION, **_LAWFUL_ROW, "graded": "spec", "extra_credit": False, "visibility": "visible"},
    **{"answer": "", "tags": [], "seconds": None, "params": {}, "extra_points": 0, "assignment": "", "seed": 1},
    "limits": {"seconds_per_call": 1, "seconds_per_row": 1, "seconds_in_all": 1, "memory_mb": 1},
    **{"seconds_per_call": 1, "seconds_per_row": 1, "seconds_in_all": 1, "memory_mb": 1, "questions": []},
}


def _validation_error(
    name: str, lines: dict[str, int], written: dict[str, str], message: str, path: str
) -> RubricError:
    """msgspec's words with our line, what is allowed, and a guess at what was meant."""
    kind = _kind_at(path)
    fields = list(kind.__struct_fields__)
    word = (re.findall(r"`([^`]*)`", message) or [""])[0]
    if "unknown field" in message:
        path = f"{path}.{word}" if path else word
        message = f'unknown key "{word}"{nearest(word, fields)}; allowed here: {", ".join(fields)}'
    elif "missing required field" in message:
        message = f'the key "{word}" is missing; allowed here: {", ".join(fields)}'
    else:
        message = _value_message(path, message, written.get(path, ""))
    return error_at(name, lines, path, message)


def _kind_at(path: str) -> type[msgspec.Struct]:
    """The type whose keys are allowed at a path."""
    if ".rows[" in path:
        return Row
    if path.startswith("questions["):
        return Question
    if path.startswith("late"):
        return Late
    if path.startswith("gradescope"):
        return Gradescope
    return LimitsOf if path.startswith("limits") else Rubric


def _value_message(path: str, message: str, written: str) -> str:
    """What a wrong value should have been, in an instructor's words."""
    key = path.rpartition(".")[2]
    got = (re.findall(r"got `(\w+)`", message) or [""])[0]
    if key == "number" and got in ("float", "int"):
        return f'write the number in quotes: number: "{written}"'
    if path in ("gradescope.python", "gradescope.numpy"):
        return 'write the version in quotes, such as "3.10"'
    if key == "penalty_per_day":
        return f"expected a share from 0 to 1, such as 0.1{', got ' + written if written else ''}"
    if key in ("points", "extra_points"):
        return f"expected a number of points, such as 0.5{', got ' + written if written else ''}"
    if key in _ALLOWED_WORDS:
        word = (re.findall(r"'([^']*)'", message) or [""])[0]
        return f'"{word}" is not allowed{nearest(word, _ALLOWED_WORDS[key])}; allowed: {", ".join(_ALLOWED_WORDS[key])}'
    if got == "bool" and written.lower() not in ("true", "false"):
        return f'YAML reads {written} as true or false: write it in quotes, "{written}"'
    if got == "str" and "expected `bool`" in message.lower():
        return f'expected true or false without quotes, got "{written}"'
    if got in ("date", "datetime"):
        return f'YAML reads {written} as a date: write it in quotes, "{written}"'
    kind = (re.findall(r"xpected `([^`]*)`", message) or [""])[0]
    plain = _IN_WORDS.get(kind.replace(" | null", ""), "")
    came = f'"{written}"' if written else "nothing" if got == "null" else _IN_WORDS.get(got, got)
    return f"expected {plain}, got {came}" if plain and got else message[:1].lower() + message[1:].replace("`", "")


_IN_WORDS = {
    "str": "a text",
    "int": "an integer",
    "float": "a number",
    "array": "a list, whose items begin with a dash",
    "object": "keys with values, indented below it",
    "bool": "true or false",
    "null": "nothing",
}


_ALLOWED_WORDS = {
    "visibility": ["visible", "hidden", "after_due_date", "after_published"],
    "graded": ["spec", "written"],
}


def _check(read: RubricFile) -> Iterator[RubricError]:
    """What types cannot say: numbers that are unique, sums that hold, limits that agree."""
    yield from _check_limits(read)
    yield from _check_late(read)
    for key in Gradescope.__struct_fields__:
        if not re.fullmatch(VERSION, said := getattr(read.rubric.gradescope, key)):
            yield read.error(f"gradescope.{key}", f'expected a minor version such as "3.10", got "{said}"')
    if not read.rubric.questions:
        yield read.error("questions", "expected at least one question, got none")
    yield from _check_files(read)
    seen: dict[str, str] = {}
    for q, question in enumerate(read.rubric.questions):
        for r, row in enumerate(question.rows):
            path = f"questions[{q}].rows[{r}]"
            yield from _check_row(read, row, path)
            if row.number in seen:
                first = f"line {read.lines.get(seen[row.number] + '.number')}"
                yield read.error(f"{path}.number", f'duplicate row "{row.number}"; the first is in {first}')
            seen.setdefault(row.number, path)
        yield from _check_question(read, question, f"questions[{q}]")


def _check_files(read: RubricFile) -> Iterator[RubricError]:
    """Two files whose names differ by case only are one on macOS and Windows."""
    known: dict[str, str] = {}
    for at, question in enumerate(read.rubric.questions):
        first = known.setdefault(question.file.casefold(), question.file)
        if first != question.file:
            said = f"{question.file} and {first} are one file on macOS and Windows: write one name"
            yield read.error(f"questions[{at}].file", said)


def _check_limits(read: RubricFile) -> Iterator[RubricError]:
    limits = read.rubric.limits
    amiss = [name for name in LimitsOf.__struct_fields__ if not 0 < getattr(limits, name) < MOST]
    for name in amiss:
        yield read.error(f"limits.{name}", f"expected a positive number, got {getattr(limits, name)}")
    if amiss:
        return
    for shorter, longer in (("seconds_per_call", "seconds_per_row"), ("seconds_per_row", "seconds_in_all")):
        less, more = getattr(limits, shorter), getattr(limits, longer)
        if less > more:
            yield read.error(
                f"limits.{shorter}", f"{less:g} s is more than {longer}, {more:g} s: raise that, or lower this"
            )
    if limits.seconds_in_all < LEAST_SECONDS:
        yield read.error(
            "limits.seconds_in_all",
            f"expected at least {LEAST_SECONDS} s for a whole grading, got {limits.seconds_in_all:g}",
        )
    if limits.memory_mb < LEAST_MEMORY:
        yield read.error(
            "limits.memory_mb", f"expected at least {LEAST_MEMORY}, which numpy needs, got {limits.memory_mb}"
        )


def _check_late(read: RubricFile) -> Iterator[RubricError]:
    late = read.rubric.late
    if late is None:
        return
    if not late.penalty_per_day.is_finite() or not 0 <= late.penalty_per_day <= 1:
        yield read.error("late.penalty_per_day", f"expected a share from 0 to 1, got {late.penalty_per_day}")
    for key in ("grace_minutes", "late_days"):
        if not 0 <= getattr(late, key) < MOST:
            yield read.error(f"late.{key}", f"expected a number from 0 up, got {getattr(late, key)}")


def _check_row(read: RubricFile, row: Row, path: str) -> Iterator[RubricError]:
    if not row.points.is_finite() or not 0 <= row.points <= MOST_POINTS:
        yield read.error(f"{path}.points", f"expected points from 0 to {MOST_POINTS}, got {row.points}")
    if not re.fullmatch(NUMBER, row.number):
        yield read.error(f"{path}.number", f'expected a number such as "2" or "2.1a", got "{row.number}"')
    if row.graded == "written" and (not row.answer.isidentifier() or iskeyword(row.answer)):
        got = f', such as WHY, got "{row.answer}"' if row.answer else ""
        needs = f'a written row needs "answer": the name of the text in the student\'s file{got}'
        yield read.error(f"{path}.answer" if row.answer else path, needs)
    if row.graded == "spec" and row.answer:
        yield read.error(f"{path}.answer", 'only a written row has "answer"')
    if row.seconds is not None and not 0 < row.seconds < MOST:
        yield read.error(f"{path}.seconds", f"expected a positive number of seconds, got {row.seconds}")
    elif row.seconds is not None and row.seconds > read.rubric.limits.seconds_in_all:
        in_all = read.rubric.limits.seconds_in_all
        yield read.error(f"{path}.seconds", f"{row.seconds:g} s is more than limits.seconds_in_all, {in_all:g} s")


def _check_question(read: RubricFile, question: Question, path: str) -> Iterator[RubricError]:
    if not re.fullmatch(FILE, question.file):
        yield read.error(
            f"{path}.file", f'expected the name of a Python file such as "words.py", got "{question.file}"'
        )
    for key, extra in (("points", False), ("extra_points", True)):
        points = getattr(question, key)
        if not points.is_finite() or points < 0:
            yield read.error(f"{path}.{key}", f"expected points, 0 or more, got {points}")
        elif all(row.points.is_finite() for row in question.rows):
            yield from _check_sum(read, question, f"{path}.{key}", Fraction(points), extra)


def _check_sum(read: RubricFile, question: Question, path: str, said: Fraction, extra: bool) -> Iterator[RubricError]:
    found = sum((row.worth for row in question.rows if row.extra_credit is extra), Fraction(0))
    if said != found:
        kind = "extra-credit rows" if extra else "rows"
        yield read.error(
            path,
            f'"{question.title}" says {decimal_text(said)}, but its {kind} sum to {decimal_text(found)}: '
            f"change {path.rpartition('.')[2]} or the points of a row",
        )
