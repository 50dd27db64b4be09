"""Sums that are written by other error signals than the homework's, turned into the homework's.

The error signals depend on each other: c_bar(t) is a sum of h_bar(t) and c_bar(t+1), i_bar(t+1) is c_bar(t+1) g(t+1). A
term that is right in such a form must not be called missing.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from autograder.maths.lstm.problems import SIGNALS
from reference.diagnosis.lstm.equations import TERMS
from reference.diagnosis.lstm.factors import Column, Table
from reference.diagnosis.lstm.forms import GATES, Input, Value, node, of
from reference.diagnosis.lstm.verdict import reads

Coefficients = dict[Input, Column]

# What an error signal at t+1 is of c_bar(t+1) or h_bar(t+1).
PARTS: Mapping[str, tuple[str, Value]] = {
    "i": ("c", node("g", 1)),
    "f": ("c", node("c", 0)),
    "g": ("c", node("i", 1)),
    "o": ("h", of("c", 1, math.tanh)),
}


# What an error signal at t is of c_bar(t) or h_bar(t).
NOW: Mapping[str, tuple[str, Value]] = {
    "i": ("c", node("g", 0)),
    "f": ("c", node("c", -1)),
    "o": ("h", of("c", 0, math.tanh)),
}


def of_known_signals(equation: str, table: Table, found: Mapping[Input, Column]) -> Coefficients:
    """The coefficients with the true values of the error signals at t that the equation cannot know yet."""
    later = SIGNALS[SIGNALS.index(equation.removesuffix("_bar")) + 1 :]
    left = dict(found)
    for name in later:
        if (name, "t") in left and name in NOW:
            signal, part = NOW[name]
            minus = tuple(-a * b for a, b in zip(left.pop((name, "t")), table.column(part), strict=True))
            _subtract(table, left, (signal, "t"), minus)
    return left


def canonical(equation: str, table: Table, found: Mapping[Input, Column], gates: Sequence[str] = ()) -> Coefficients:
    """The coefficients as they would be had the homework's own error signals been used, where that makes them fewer.

    gates: paths of h_bar that are known to be right, and are written by c_bar(t+1) or h_bar(t+1).
    """
    left = dict(found)
    if equation == "h_bar":
        return _paths_moved(table, left, gates)
    if equation == "c_bar":
        return _hidden_written_out(table, _cell_moved(table, left), _true(table, "c_bar", 0))
    (term,) = TERMS[equation]
    for signal in (reads(term), ("h", "t"), ("c", "t")):
        left = _signal_written_out(table, left, signal)
    return left


def _true(table: Table, equation: str, k: int) -> Column:
    return table.product([factor.value for factor in TERMS[equation][k].factors[1:]])


def _times(a: Column, b: Column) -> Column:
    return tuple(x * y for x, y in zip(a, b, strict=True))


def _subtract(table: Table, left: Coefficients, what: Input, column: Column) -> None:
    old = left.get(what, (0.0,) * len(column))
    new = tuple(0.0 if abs(a - b) <= table.tolerance * abs(b) else a - b for a, b in zip(old, column, strict=True))
    left.pop(what, None)
    if any(new):
        left[what] = new


def _paths_moved(table: Table, left: Coefficients, gates: Sequence[str]) -> Coefficients:
    for gate in gates:
        signal, part = PARTS[gate]
        true = _true(table, "h_bar", 1 + GATES.index(gate))
        _subtract(table, left, (signal, "t+1"), _times(true, table.column(part)))
        left[(gate, "t+1")] = true
    return left


def _cell_moved(table: Table, left: Coefficients) -> Coefficients:
    """c_bar(t+1) f(t+1) by i_bar(t+1) / g(t+1) and the like."""
    true = _true(table, "c_bar", 1)
    if ("c", "t+1") in left:
        return left
    for gate in "fig":
        part = table.column(PARTS[gate][1])
        if (gate, "t+1") in left and table.equal(_times(left[(gate, "t+1")], part), true):
            del left[(gate, "t+1")]
            left[("c", "t+1")] = true
    return left


def _hidden_written_out(table: Table, left: Coefficients, times: Column) -> Coefficients:
    """dL/dh(t) and the four paths, all times the same, for h_bar(t) times it."""
    if ("h", "t") in left or not table.equal(left.get(("dL/dh", "t"), (0.0,) * len(times)), times):
        return left
    other = dict(left)
    for term, k in zip(TERMS["h_bar"], range(5), strict=True):
        _subtract(table, other, reads(term), _times(times, _true(table, "h_bar", k)))
    if len(other) + 2 > len(left):
        return left
    other[("h", "t")] = times
    return other


def _signal_written_out(table: Table, left: Coefficients, signal: Input) -> Coefficients:
    """All of c_bar(t), or of h_bar(t), written out and right, times something, for c_bar(t) times it."""
    equation = f"{signal[0]}_bar"
    terms = TERMS[equation]
    if signal in left or not all(reads(term) in left for term in terms):
        return left
    times = [
        tuple(m / a for m, a in zip(left[reads(term)], _true(table, equation, k), strict=True))
        for k, term in enumerate(terms)
    ]
    if not all(table.equal(times[0], one) for one in times[1:]):
        return left
    for term in terms:
        del left[reads(term)]
    left[signal] = times[0]
    return left
