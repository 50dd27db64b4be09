"""Which lines of a student's files need a newer Python than Gradescope's.

Run as a program in a worker, as the student's own files are: no trusted process reads them as Python.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Mapping
from typing import Any

import vermin

MOST = 3
# What Python raises for something that it does not have, and a test that asks whether it has it.
_LACKS = frozenset(("ImportError", "ModuleNotFoundError", "AttributeError", "NameError", "Exception", "BaseException"))
_ASKS = frozenset(("version_info", "hexversion", "hasattr", "TYPE_CHECKING"))


def needs(file: str, minor: int) -> list[list[object]]:
    """[line, minor version of Python 3, what needs it] of what CPython 3.`minor` does not have.

    A module or one of its members, vermin's only quoted names, is no need where the file does without it as well: where
    it is tried or asked for, in this line or another (vermin tells only one), or a file of the submission has its name.
    """
    finder: Any = sys.meta_path[0]  # the worker's own, which holds the texts
    text = finder.texts[file]
    config = vermin.Config()
    config.set_format(vermin.formats.ParsableFormat())
    found = [said.split(":", 5) for said in vermin.visit(text, config).output_text().splitlines()]
    newer = [
        (int(line or 0), int(version[2:]), " ".join(what.split()))
        for _, line, _, _, version, what in (said for said in found if len(said) == 6)
        if version.startswith("3.") and version[2:].isdigit() and int(version[2:]) > minor
    ]
    tried = set(_tried(ast.parse(text))) if newer else set()
    needed = (
        [line, version, what.replace("'", "").removesuffix(" member")]
        for line, version, what in sorted(newer, key=lambda one: (one[0], one[2]))
        if not (name := _name(what)) or not (name.rpartition(".")[2] in tried or _is_own(name, finder.texts))
    )
    return list(needed)[:MOST]


def _name(what: str) -> str:
    """The module, or its member, that vermin quotes; "" for syntax."""
    return what.split("'")[1] if what.startswith("'") and what.endswith(("module", "member")) else ""


def _is_own(name: str, texts: Mapping[str, str]) -> bool:
    return f"{name.partition('.')[0]}.py" in texts


def _tried(tree: ast.AST) -> Iterator[str]:
    """The names in lines that run only where Python has these: tried first, or behind a test that asks for it."""
    for node in ast.walk(tree):
        guarded: list[ast.AST] = []
        if isinstance(node, ast.Try) and any(_catches(one.type) for one in node.handlers):
            guarded = [*node.body]
        elif isinstance(node, (ast.If, ast.IfExp)) and _ASKS & _words(node.test):
            guarded = [node]
        elif isinstance(node, ast.With) and any("suppress" in _words(one.context_expr) for one in node.items):
            guarded = [*node.body]
        for one in guarded:
            yield from _words(one)


def _catches(kind: ast.expr | None) -> bool:
    return kind is None or bool(_LACKS & _words(kind))


def _words(node: ast.AST) -> set[str]:
    """The names in it: of variables, attributes and imports."""
    inside = list(ast.walk(node))
    named = {getattr(one, "id", getattr(one, "attr", "")) for one in inside}
    return named | {part for one in inside if isinstance(one, ast.alias) for part in one.name.split(".")}
