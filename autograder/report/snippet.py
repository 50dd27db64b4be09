"""The worst call of an equation as Python text: to be pasted below one's own function, and run."""

from __future__ import annotations

import math

from autograder.core.figure import Values

Given = float | int | tuple[float, ...]


def as_python(figure: Values) -> str:
    """The call with everything that the function was given, in full digits; "" if no call was wrong.

    NaN stands for what the equation must not read.
    """
    if figure.worst is None:
        return ""
    lines = ["import numpy as np", "from types import SimpleNamespace", ""]
    for record in dict.fromkeys(name.partition(".")[0] for name, _ in figure.given):
        fields = [(name.partition(".")[2], value) for name, value in figure.given if name.startswith(f"{record}.")]
        lines += [f"{record} = SimpleNamespace(", *(f"    {name}={_written(value)}," for name, value in fields), ")"]
    lines += [f"print({figure.call})", f"# expected {figure.worst.want!r}", f"# yours    {figure.worst.got!r}"]
    return "\n".join(lines)


def _written(value: Given) -> str:
    if isinstance(value, tuple):
        return f"np.array([{', '.join(map(_number, value))}])"
    return _number(value)


def _number(value: float) -> str:
    return repr(value) if math.isfinite(value) else f"float({str(value)!r})"
