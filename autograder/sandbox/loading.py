"""Runs a student's file: a statement at its top that raises is skipped, and costs no more than the names it binds.

Runs in the student's process only. A file that raises nothing runs as it always would: only after an exception is it
parsed, and its remaining statements are compiled one by one.
"""

from __future__ import annotations

import __future__

import _ast
from collections.abc import Callable, Iterator
from types import CodeType, TracebackType
from typing import Any, cast

from autograder.sandbox import literals

MAX_TOLD = 50
_FUTURE = sum({getattr(__future__, name).compiler_flag for name in __future__.all_feature_names})
_SCOPES = (_ast.FunctionDef, _ast.AsyncFunctionDef, _ast.ClassDef)
_INNER = (_ast.Lambda, _ast.ListComp, _ast.SetComp, _ast.DictComp, _ast.GeneratorExp)
_COMPOUND = (_ast.If, _ast.For, _ast.While, _ast.With, _ast.Try)

Blame = Callable[[BaseException], dict[str, Any]]


class Loaded:
    """What came of a file. skipped: the fault of each statement that raised. broken: name -> which of them broke it."""

    def __init__(self, source: str = "") -> None:
        self.source = source
        self.skipped: list[dict[str, Any]] = []
        self.broken: dict[str, int] = {}


def load(text: str, file: str, namespace: dict[str, Any], blame: Blame) -> Loaded:
    """Runs a file in a namespace. blame: the fault that an exception is, as plain data.

    Raises SyntaxError and MemoryError, and whatever cannot be laid at one statement's door.
    """
    code, source = literals.compiled(text, file)
    loaded = Loaded(source)
    try:
        exec(code, namespace)
    except MemoryError:
        raise
    except BaseException as error:
        statements = literals.parsed(source)
        raised = _raised_in(error, code, statements)
        if not raised:
            raise
        _skip(loaded, error, statements, raised, namespace, blame)
        flags = code.co_flags & _FUTURE
        _go_on(loaded, file, statements, raised.stop, namespace, blame, flags)
    return loaded


def _go_on(
    loaded: Loaded, file: str, statements: list[Any], start: int, namespace: dict[str, Any], blame: Blame, flags: int
) -> None:
    """Runs the statements from `start` on, each by itself."""
    for at in range(start, len(statements)):
        if loaded.skipped[-1].get("fault") == "exited":
            return
        statement = statements[at]
        before = {name: namespace.get(name) for name in names_of(statement) if name in loaded.broken}
        code = cast(CodeType, literals.quietly(_ast.Module([statement], []), file, flags))
        try:
            exec(code, namespace)
        except MemoryError:
            raise
        except BaseException as error:
            _skip(loaded, error, statements, range(at, at + 1), namespace, blame)
        else:
            for name, value in before.items():
                if not isinstance(statement, _COMPOUND) or namespace.get(name) is not value:
                    del loaded.broken[name]


def _skip(
    loaded: Loaded, error: BaseException, statements: list[Any], at: range, namespace: dict[str, Any], blame: Blame
) -> None:
    """Notes what raised, and the names that it would have bound; behind an exit nothing is bound at all."""
    fault = blame(error)
    skipped = statements[at.start :] if fault.get("fault") == "exited" else statements[at.start : at.stop]
    if len(loaded.skipped) >= MAX_TOLD:
        loaded.skipped.pop()
    loaded.skipped.append({**fault, "line": first_line(skipped[0])})
    for name in (name for statement in skipped for name in names_of(statement)):
        if not isinstance(namespace.get(name), _MODULE):  # `import numpy as np, matplotlib` has bound np
            loaded.broken[name] = len(loaded.skipped) - 1


_MODULE = type(_ast)


def _raised_in(error: BaseException, code: CodeType, statements: list[Any]) -> range:
    """Which statements the exception came from: one, where Python tells columns or no line holds two."""
    at: TracebackType | None = error.__traceback__
    while at is not None and at.tb_frame.f_code is not code:
        at = at.tb_next
    if at is None:
        return range(0)
    line, column = at.tb_lineno, None
    if hasattr(code, "co_positions"):  # from Python 3.11
        first, _, column, _ = list(code.co_positions())[at.tb_lasti // 2]
        line = first or line
    on_it = [n for n, one in enumerate(statements) if first_line(one) <= line <= one.end_lineno]
    if column is not None and len(on_it) > 1:
        on_it = [n for n in on_it if _begins(statements[n]) <= (line, column) < _ends(statements[n])] or on_it
    return range(on_it[0], on_it[-1] + 1) if on_it else range(0)


def first_line(statement: Any) -> int:
    """Where a statement begins, decorators included."""
    return min([statement.lineno, *(one.lineno for one in getattr(statement, "decorator_list", ()))])


def _begins(statement: Any) -> tuple[int, int]:
    return first_line(statement), statement.col_offset if first_line(statement) == statement.lineno else 0


def _ends(statement: Any) -> tuple[int, int]:
    return statement.end_lineno, statement.end_col_offset


def names_of(node: Any) -> Iterator[str]:
    """The names that a statement binds in the module: not those of functions and comprehensions inside it."""
    if isinstance(node, _SCOPES):
        yield node.name
    elif isinstance(node, (_ast.Import, _ast.ImportFrom)):
        yield from ((one.asname or one.name).partition(".")[0] for one in node.names)
    elif isinstance(node, _ast.Name):
        if isinstance(node.ctx, _ast.Store):
            yield node.id
    elif not isinstance(node, _INNER):
        if isinstance(node, (_ast.ExceptHandler, _ast.MatchAs, _ast.MatchStar)) and node.name:
            yield node.name
        for field in node._fields:
            value = getattr(node, field, None)
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, _ast.AST):
                    yield from names_of(child)


# ---------------------------------------------------------------------------------------------- what a stub still does


def left_over(name: str, raised_at: int, source: str) -> str:
    """Why a function that was worked on is still a stub: "" for one that was left alone."""
    functions = [one for one in literals.parsed(source) if isinstance(one, _SCOPES) and one.name == name]
    if len(functions) > 1:
        lines = ", ".join(str(one.lineno) for one in functions[:5])
        return f"{name} is defined {len(functions)} times (lines {lines}) and the last one counts: remove the stub."
    if not functions:
        return ""
    body = [one for one in functions[0].body if not _is_docstring(one)]
    if len(body) < 2 or not functions[0].lineno < raised_at <= functions[0].end_lineno:
        return ""
    return f"Line {raised_at} still says `raise NotImplementedError`: remove it, nothing below it is run."


def assigned_twice(name: str, source: str) -> str:
    """Where a name is assigned, if more than once: the last one counts, which may be the template's empty one."""
    lines = [
        str(one.lineno)
        for one in literals.parsed(source)
        if isinstance(one, (_ast.Assign, _ast.AnnAssign)) and name in names_of(one)
    ]
    several = f"{name} is assigned {len(lines)} times (lines {', '.join(lines[:5])}) and the last one counts."
    return several if len(lines) > 1 else ""


def _is_docstring(statement: Any) -> bool:
    return isinstance(statement, _ast.Expr) and isinstance(statement.value, _ast.Constant)
