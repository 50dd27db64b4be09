"""Where an exception came from: the innermost of the student's own lines, its expressions, and what they stand for.

Runs in the student's process only. Nodes come from the interpreter itself: `ast` would cost every start a millisecond.
"""

from __future__ import annotations

import _ast
import builtins
from collections.abc import Iterator, Mapping
from types import FrameType, ModuleType, SimpleNamespace, TracebackType
from typing import Any

from autograder.sandbox import literals

NOTHING = object()
_LINES = (_ast.stmt, _ast.expr)


class Place:
    """The innermost of the student's own lines that an exception went through."""

    def __init__(self, file: str, line: int, frame: FrameType, source: str) -> None:
        self.file = file
        self.line = line
        self.names: Mapping[str, Any] = {**vars(builtins), **frame.f_globals, **frame.f_locals}
        self.own = frame.f_locals
        self._statements = literals.parsed(source)
        self.nodes = list(within(self._statements, line))
        self._lines = source.split("\n")

    def text(self, node: Any) -> str:
        """An expression as it was written."""
        return " ".join(literals.written(node, self._lines).split())[:60]

    def of(self, kind: type) -> Iterator[Any]:
        """The expressions of this kind on the line."""
        return (node for node in self.nodes if isinstance(node, kind))

    def value(self, node: Any) -> Any:
        """What a name, or a field of a record or of a module, stands for; NOTHING for any other expression."""
        if isinstance(node, _ast.Name):
            return self.names.get(node.id, NOTHING)
        if isinstance(node, _ast.Attribute):
            owner = self.value(node.value)
            known = vars(owner) if isinstance(owner, (SimpleNamespace, ModuleType)) else {}
            return known.get(node.attr, NOTHING)
        return node.value if isinstance(node, _ast.Constant) else NOTHING

    def returns_nothing(self, name: Any) -> bool:
        """Whether a name is that of one function of the file, in which no return has a value."""
        named = [
            one for one in self._statements if isinstance(one, _ast.FunctionDef) and one.name == getattr(name, "id", "")
        ]
        inside = list(within(named)) if len(named) == 1 else []
        ends = [one for one in inside if isinstance(one, (_ast.Return, _ast.Yield, _ast.YieldFrom))]
        return bool(inside) and all(isinstance(one, _ast.Return) and one.value is None for one in ends)

    def fields(self, word: str) -> list[str]:
        """The fields that a word may stand for: `x`, `x_of` and `of_x` for of.x, or whatever has an x."""
        records = {name: vars(value) for name, value in self.own.items() if type(value) is SimpleNamespace}
        said = [f"{name}.{rest}" for name in records if (rest := without(word, name)) in records[name]]
        return said or [f"{name}.{word}" for name, fields in records.items() if word in fields]


def place_of(error: BaseException, texts: Mapping[str, str]) -> Place | None:
    """Where in the student's files an exception was raised; None if in none."""
    inner = next(reversed(own_frames(error, texts)), None)
    if inner is None:
        return None
    file = inner.tb_frame.f_code.co_filename
    return Place(file, inner.tb_lineno, inner.tb_frame, literals.compiled(texts[file], file)[1])


def own_frames(error: BaseException, texts: Mapping[str, str]) -> list[TracebackType]:
    """The student's own frames, innermost last."""
    found, at = [], error.__traceback__
    while at is not None:
        found += [at] if at.tb_frame.f_code.co_filename in texts else []
        at = at.tb_next
    return found


def within(nodes: list[Any], line: int | None = None) -> Iterator[Any]:
    """These nodes and all inside them, outer ones first; of expressions and statements those that reach over `line`."""
    waiting = nodes[::-1]
    while waiting:
        node = waiting.pop()
        if line is not None and isinstance(node, _LINES) and not node.lineno <= line <= (node.end_lineno or 0):
            continue
        yield node
        waiting += literals.children(node)[::-1]


def alike(name: str) -> str:
    """A name as it sounds: without underscores, in small letters."""
    return name.replace("_", "").casefold()


def without(word: str, record: str) -> str:
    """The field that a word names together with its record: x for x_of and of_x; "" for none."""
    for start, end in ((f"{record}_", ""), ("", f"_{record}")):
        if word.startswith(start) and word.endswith(end) and len(word) > len(start) + len(end):
            return word[len(start) : len(word) - len(end)]
    return ""
