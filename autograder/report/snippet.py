"""A failing call as Python text: to be pasted below one's own function, or as a program that imports it."""

from __future__ import annotations

import math
from collections.abc import Sequence

from autograder.core.figure import Addition, Figure, Values

Given = float | int | tuple[float, ...]


def as_python(figure: Values) -> str:
    """The worst call with everything that the function was given, in full digits; "" if no call was wrong.

    NaN stands for what the equation must not read.
    """
    if figure.worst is None:
        return ""
    lines = ["import numpy as np", "from types import SimpleNamespace", "", *_records(figure)]
    lines += [f"print({figure.call})", f"# expected {figure.worst.want!r}", f"# yours    {figure.worst.got!r}"]
    return "\n".join(lines)


def as_program(figure: Figure | None, file: str, title: str) -> str:
    """A program that lies one folder below the student's files, makes the failing call, and prints both values.

    "" where there is no such call. file: the question's. title: what the program says that it is.
    """
    if isinstance(figure, Values) and figure.worst is not None and figure.given:
        body = _of_values(figure, figure.worst.want)
    elif isinstance(figure, Addition) and figure.program:
        body = list(figure.program)
    else:
        return ""
    called = figure.equation if isinstance(figure, Values) else figure.function
    own = f"from {file.removesuffix('.py')} import {called}"
    needed = "types import SimpleNamespace" if isinstance(figure, Values) else "fractions import Fraction"
    found = [line.format(needed=needed) for line in _FIND_THE_FILES]
    return "\n".join([f'"""{title}"""', "", *found, "", own, "", *body, ""])


_FIND_THE_FILES = (
    "import sys",
    "from pathlib import Path",
    "from {needed}",
    "",
    "import numpy as np",
    "",
    "sys.dont_write_bytecode = True",
    "sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # the folder with your files",
)


def _of_values(figure: Values, want: float) -> list[str]:
    return [
        "# NaN stands for what this equation must not read.",
        *_records(figure),
        "",
        f'print("expected", {_number(want)})',
        f'print("yours   ", {figure.call})',
    ]


def _records(figure: Values) -> list[str]:
    """The records that the call was given, as Python text."""
    lines: list[str] = []
    for record in dict.fromkeys(name.partition(".")[0] for name, _ in figure.given):
        fields = _fields(figure.given, record)
        lines += [f"{record} = SimpleNamespace(", *(f"    {name}={_written(value)}," for name, value in fields), ")"]
    return lines


def _fields(given: Sequence[tuple[str, Given]], record: str) -> list[tuple[str, Given]]:
    return [(name.partition(".")[2], value) for name, value in given if name.startswith(f"{record}.")]


def _written(value: Given) -> str:
    if isinstance(value, tuple):
        return f"np.array([{', '.join(map(_number, value))}])"
    return _number(value)


def _number(value: float) -> str:
    return repr(value) if math.isfinite(value) else f"float({str(value)!r})"
