"""Runs a student's file: a statement at its top that raises is skipped, and costs no more than the names it binds.

Runs in the student's process only. A file that raises nothing runs as it always would: only after an exception is it
parsed, and its remaining statements are compiled one by one.
"""

from __future__ import annotations

import _ast
from collections.abc import Callable, Iterator
from types import CodeType, TracebackType
from typing import Any, cast

from autograder.sandbox import literals

MAX_SKIPPED = 50
_FUTURE = annotations.compiler_flag  # the one that still means something from Python 3.10 on
_SCOPES = (_ast.FunctionDef, _ast.AsyncFunctionDef, _ast.ClassDef)
_INNER = (_ast.Lambda, _ast.ListComp, _ast.SetComp, _ast.DictComp, _ast.GeneratorExp)
_COMPOUND = (_ast.If, _ast.For, _ast.While, _ast.With, _ast.Try, _ast.Match, getattr(_ast, "TryStar", _ast.Try))

Blame = Callable[[BaseException], dict[str, Any]]


class Loaded:
    """What comes of a file that runs in a namespace. blame: the fault that an exception is, as plain data.

    skipped, errors: the fault of each statement that raised, and the exception. broken: name -> which of them broke it.
    """

    def __init__(self, source: str, namespace: dict[str, Any], blame: Blame) -> None:
        self.source = source
        self.skipped: list[dict[str, Any]] = []
        self.errors: list[BaseException] = []
        self.broken: dict[str, int] = {}
        self._namespace, self._blame = namespace, blame

    @property
    def ended(self) -> bool:
        """Whether nothing more is run: the last statement was an exit, or one too many raised."""
        return bool(self.skipped) and (self.skipped[-1]["fault"] == "exited" or len(self.skipped) >= MAX_SKIPPED)

    def go_on(self, file: str, statements: list[Any], start: int, flags: int) -> None:
        """Runs the statements from `start` on, each by itself."""
        for at in range(start, len(statements)):
            if self.ended:
                return
            statement = statements[at]
            before = {name: self._namespace.get(name) for name in names_of(statement) if name in self.broken}
            try:
                exec(cast(CodeType, literals.quietly(_ast.Module([statement], []), file, flags)), self._namespace)
            except MemoryError:
                raise
            except BaseException as error:
                self.skip(error, statements, range(at, at + 1))
            else:
                for name, value in before.items():
                    if not isinstance(statement, _COMPOUND) or self._namespace.get(name) is not value:
                        del self.broken[name]

    def skip(self, error: BaseException, statements: list[Any], at: range) -> None:
        """Notes what raised, and the names that it would have bound; behind the last one nothing is bound at all."""
        self.errors.append(error)
        self.skipped.append({**self._blame(error), "line": first_line(statements[at.start])})
        skipped = statements[at.start :] if self.ended else statements[at.start : at.stop]
        for name in (name for statement in skipped for name in names_of(statement)):
            if not isinstance(self._namespace.get(name), _MODULE):  # `import numpy as np, matplotlib` has bound np
                self.broken[name] = len(self.skipped) - 1


def load(text: str, file: str, namespace: dict[str, Any], blame: Blame) -> Loaded:
    """Runs a file in a namespace.

    Raises SyntaxError and MemoryError, and whatever cannot be laid at one statement's door.
    """
    code, source = literals.compiled(text, file)
    loaded = Loaded(source, namespace, blame)
    try:
        exec(code, namespace)
    except MemoryError:
        raise
    except BaseException as error:
        statements = literals.parsed(source)
        raised = _raised_in(error, code, statements)
        if not raised:
            raise
        loaded.skip(error, statements, raised)
        loaded.go_on(file, statements, raised.stop, code.co_flags & _FUTURE)
    return loaded


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
    lines: list[int] = [statement.lineno, *(one.lineno for one in getattr(statement, "decorator_list", ()))]
    return min(lines)


def _begins(statement: Any) -> tuple[int, int]:
    return first_line(statement), statement.col_offset if first_line(statement) == statement.lineno else 0


def _ends(statement: Any) -> tuple[int, int]:
    return statement.end_lineno, statement.end_col_offset


def names_of(statement: Any) -> Iterator[str]:
    """The names that a statement binds in the module: not those of functions and comprehensions inside it."""
    waiting = [statement]
    while waiting:
        node = waiting.pop()
        if isinstance(node, _SCOPES):
            yield node.name
        elif isinstance(node, (_ast.Import, _ast.ImportFrom)):
            yield from ((one.asname or one.name).partition(".")[0] for one in node.names)
        elif isinstance(node, _ast.Name):
            yield from [node.id] if isinstance(node.ctx, _ast.Store) else []
        elif not isinstance(node, _INNER):
            if isinstance(node, (_ast.ExceptHandler, _ast.MatchAs, _ast.MatchStar)) and node.name:
                yield node.name
            waiting += literals.children(node)


# ---------------------------------------------------------------------------------------------- what a stub still does


def left_over(name: str, frames: list[tuple[str, int, str]], file: str, source: str) -> str:
    """Why a function that was worked on is still a stub: "" for one that was left alone.

    frames: file, line and function of the student's own frames, innermost last.
    """
    functions = [one for one in literals.parsed(source) if isinstance(one, _SCOPES) and one.name == name]
    if len(functions) > 1:
        lines = ", ".join(str(one.lineno) for one in functions[:5])
        return f"{name} is defined {len(functions)} times (lines {lines}) and the last one counts: remove the stub."
    raised_file, line, inner = frames[-1] if frames else ("", 0, "")
    if inner != name:
        return f"It calls {inner}, which is still a stub ({raised_file}, line {line})." if inner else ""
    if not functions or raised_file != file or sum(not _is_docstring(one) for one in functions[0].body) < 2:
        return ""
    return f"Line {line} still says `raise NotImplementedError`: remove it, nothing below it is run."


def indented(name: str, source: str) -> str:
    """Where a function that the module lacks is defined below another line of it; "" for nowhere."""
    for top in literals.parsed(source):
        waiting = [top]
        while waiting:
            node = waiting.pop()
            if isinstance(node, _SCOPES) and node.name == name and node is not top:
                below = f"is indented below line {top.lineno}: move it to the left margin."
                return f"Its def in line {node.lineno} {below}"
            waiting += [one for field in _BLOCKS for one in getattr(node, field, ())]
    return ""


_BLOCKS = ("body", "orelse", "handlers", "finalbody")


def assigned_twice(name: str, source: str) -> str:
    """Where a name is assigned, if more than once: the last one counts, which may be the template's empty one."""
    lines = [str(one.lineno) for one in _assignments(name, source)]
    several = f"{name} is assigned {len(lines)} times (lines {', '.join(lines[:5])}) and the last one counts."
    return several if len(lines) > 1 else ""


def left_at_none(name: str, source: str) -> bool:
    """Whether the last assignment to a name writes None, as a template does; `A = print("66")` does not."""
    last = next(reversed(_assignments(name, source)), None)
    return last is not None and isinstance(last.value, _ast.Constant) and last.value.value is None


def _assignments(name: str, source: str) -> list[Any]:
    """The statements on the top level that assign to a name."""
    kinds = (_ast.Assign, _ast.AnnAssign)
    return [one for one in literals.parsed(source) if isinstance(one, kinds) and name in names_of(one)]


def _is_docstring(statement: Any) -> bool:
    return isinstance(statement, _ast.Expr) and isinstance(statement.value, _ast.Constant)
