"""c(t) = f(t) c(t-1) + i(t) g(t) put in for a node, with one of its products wrong."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import msgspec

from autograder.maths.lstm.problems import Signals, States, Weights
from reference.diagnosis.lstm.factors import Column, Table
from reference.diagnosis.lstm.forms import Named, Value


class Hole(msgspec.Struct, frozen=True):
    """A formula in which a product p is open: how it is written, its value by p, and p by its value."""

    text: str
    value: Callable[[float, States, int], float]
    product: Callable[[float, States, int], float]


def _kept(s: States, t: int) -> float:
    return s.f[t] * s.c[t - 1]


def _new(s: States, t: int) -> float:
    return s.i[t] * s.g[t]


def _of_slope(v: float, s: States, t: int) -> float:
    return math.copysign(math.atanh(math.sqrt(1 - v)), s.c[t])


HOLES: Mapping[str, tuple[Hole, ...]] = {
    "tanh(c(t))": (
        Hole(
            "tanh(f(t) c(t-1) + {})",
            lambda p, s, t: math.tanh(_kept(s, t) + p),
            lambda v, s, t: math.atanh(v) - _kept(s, t),
        ),
        Hole(
            "tanh({} + i(t) g(t))",
            lambda p, s, t: math.tanh(p + _new(s, t)),
            lambda v, s, t: math.atanh(v) - _new(s, t),
        ),
    ),
    "1 - tanh(c(t))^2": (
        Hole(
            "1 - tanh(f(t) c(t-1) + {})^2",
            lambda p, s, t: 1 - math.tanh(_kept(s, t) + p) ** 2,
            lambda v, s, t: _of_slope(v, s, t) - _kept(s, t),
        ),
        Hole(
            "1 - tanh({} + i(t) g(t))^2",
            lambda p, s, t: 1 - math.tanh(p + _new(s, t)) ** 2,
            lambda v, s, t: _of_slope(v, s, t) - _new(s, t),
        ),
    ),
    "c(t-1)": (Hole("(c(t) - {}) / f(t)", lambda p, s, t: (s.c[t] - p) / s.f[t], lambda v, s, t: s.c[t] - v * s.f[t]),),
    "g(t)": (Hole("(c(t) - {}) / i(t)", lambda p, s, t: (s.c[t] - p) / s.i[t], lambda v, s, t: s.c[t] - v * s.i[t]),),
}


def of_the_cell(table: Table, wanted: Column, right: str) -> Named | None:
    """What stands for the factor `right`, with a simple product in the place of one of the cell's own."""
    for hole in HOLES.get(right, ()):
        try:
            pairs = zip(wanted, table.settings, strict=True)
            open_ = [hole.product(v, setting.states, n) for v, (setting, n) in pairs]
        except (ValueError, ZeroDivisionError):
            continue
        found = table.monomial(open_, most=2, plain=True)
        if found is not None and found[1]:
            return hole.text.format(found[0]), _filled(hole, found[1], found[2])
    return None


def _filled(hole: Hole, factors: tuple[Value, ...], c: float) -> Value:
    def value(t: int, s: States, bar: Signals, w: Weights) -> float:
        return hole.value(c * math.prod(factor(t, s, bar, w) for factor in factors), s, t)

    return value
