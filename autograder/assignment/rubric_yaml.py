"""A rubric's text to its typed form: YAML, and errors in an instructor's words."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from copy import deepcopy
from typing import Any, get_args

import msgspec
import yaml

from autograder.assignment.param_words import TYPES
from autograder.assignment.rubric import (
    Graded,
    Gradescope,
    Late,
    LimitsOf,
    Question,
    Row,
    Rubric,
    RubricError,
    RubricFile,
    Visibility,
    error_at,
)
from autograder.assignment.rubric_checks import mistakes_in
from autograder.core.text import nearest

MOST_MISTAKES, MOST_DEPTH, MOST_KEYS = 50, 50, 100_000
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def parse(text: str, name: str) -> RubricFile:
    """The rubric in `text`; RubricError with every mistake, a line each, if anything in it is wrong."""
    text = text.removeprefix("\ufeff")
    reading = _Reading(name)
    mistakes: list[RubricError] = []
    try:
        tree = yaml.compose(text, Loader=_Loader)
        if tree is not None:
            mistakes += reading.note(tree)
        data = yaml.load(text, Loader=_Loader)
    except RecursionError:
        raise RubricError(f"{name}: this YAML refers to itself, or is nested too deeply") from None
    except yaml.YAMLError as error:
        raise _no_yaml(error, text, name) from None
    except ValueError as error:  # a date that there is none
        paths = [path for path, scalar in reading.written.items() if re.match(r"\d{4}-\d\d?-\d\d?", scalar)]
        said = f"YAML reads this as a date ({error}): write it in quotes"
        raise reading.error(paths[0] if paths else "", said) from None
    rubric, wrong = reading.converted(data)
    if rubric is None or mistakes or wrong:
        raise _all([*mistakes, *wrong])
    short_hash = hashlib.sha256(text.encode()).hexdigest()[:12]
    read = RubricFile(rubric=rubric, text=text, name=name, hash=short_hash, lines=reading.lines)
    if wrong := [*mistakes_in(read)]:
        raise _all(wrong)
    return read


class _Reading:
    """A text being read. lines: of every key and item, by its path. written: every scalar, by its path."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.lines: dict[str, int] = {}
        self.written: dict[str, str] = {}

    def error(self, path: str, message: str) -> RubricError:
        """The error that points at a path."""
        return error_at(self.name, self.lines, path, message)

    def note(self, node: yaml.Node, path: str = "", depth: int = 0) -> Iterator[RubricError]:
        """Notes lines and scalars; a mistake for each duplicate key."""
        if depth > MOST_DEPTH or len(self.lines) > MOST_KEYS:  # aliases of aliases would be walked through again
            raise RubricError(f"{self.name}: this YAML refers to itself, or is nested too deeply")
        self.lines.setdefault(path, node.start_mark.line + 1)
        if isinstance(node, yaml.ScalarNode):
            self.written[path] = node.value
        elif isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                below = f"{path}.{key.value}" if path else str(key.value)
                line = key.start_mark.line + 1
                if below in self.lines:
                    yield error_at(self.name, {below: line}, below, f'duplicate key "{key.value}"; leave one')
                self.lines[below] = line
                yield from self.note(value, below, depth + 1)
        elif isinstance(node, yaml.SequenceNode):
            for index, value in enumerate(node.value):
                yield from self.note(value, f"{path}[{index}]", depth + 1)

    def converted(self, data: Any) -> tuple[Rubric | None, list[RubricError]]:
        """The rubric with its types, or every mistake in them: each is put right in turn, to find those behind it."""
        mistakes: list[RubricError] = []
        while len(mistakes) < MOST_MISTAKES:
            try:
                return msgspec.convert(data, Rubric), mistakes
            except msgspec.ValidationError as error:
                message, _, path = str(error).partition(" - at `$")
                path = path.rstrip("`").removeprefix(".")
                mistakes.append(self._in_words(message, path))
                if not _put_right(data, path, (re.findall(r"field `([^`]*)`", message) or [""])[0]):
                    break
        return None, mistakes

    def _in_words(self, message: str, path: str) -> RubricError:
        """msgspec's words with our line, what is allowed, and a guess at what was meant."""
        fields = [*_kind_at(path).__struct_fields__]
        word = (re.findall(r"`([^`]*)`", message) or [""])[0]
        if "unknown field" in message:
            path = f"{path}.{word}" if path else word
            message = f'unknown key "{word}"{nearest(word, fields)}; allowed here: {", ".join(fields)}'
        elif "missing required field" in message:
            message = f'the key "{word}" is missing; allowed here: {", ".join(fields)}'
        else:
            message = _value_message(path, message, self.written.get(path, ""))
        return self.error(path, message)


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
_LAWFUL_LIMITS: Any = dict.fromkeys(LimitsOf.__struct_fields__, 1)
_LAWFUL: Any = {**_LAWFUL_QUESTION, **_LAWFUL_ROW, **_LAWFUL_LIMITS, "limits": _LAWFUL_LIMITS, "questions": []}
_LAWFUL |= {"graded": "spec", "extra_credit": False, "visibility": "visible", "answer": "", "tags": [], "seconds": None}
_LAWFUL |= {"params": {}, "extra_points": 0, "assignment": "", "seed": 1}


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


_IN_WORDS = TYPES | {"array": "a list, whose items begin with a dash", "object": "keys with values, indented below it"}
_ALLOWED_WORDS = {"visibility": [*get_args(Visibility)], "graded": [*get_args(Graded)]}
