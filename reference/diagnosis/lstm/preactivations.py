"""sigma or tanh of a sum w x + w' h that is no gate's: h(t) for h(t-1), a wrong weight, a part left out."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence

import msgspec

from reference.diagnosis.lstm.factors import Column, Table
from reference.diagnosis.lstm.forms import WEIGHTS, Named, Value, at, node, the_weight
from reference.diagnosis.lstm.functions import FUNCTIONS

NEAR = 1e-6


class Curve(msgspec.Struct, frozen=True):
    """A function of z, by its form in FUNCTIONS, and the z that give a value."""

    form: str
    inverse: Callable[[float], tuple[float, ...]]

    def value(self, inner: Value) -> Value:
        """The function of something."""
        function = FUNCTIONS[self.form] if self.form != "({})" else float
        return lambda t, s, bar, w: function(inner(t, s, bar, w))


def _both(z: float) -> tuple[float, ...]:
    return z, -z


CURVES = (
    Curve("tanh({})", lambda v: (math.atanh(v),)),
    Curve("sigma({})", lambda v: (2 * math.atanh(2 * v - 1),)),
    Curve("({})", lambda v: (v,)),
    Curve("1 - tanh({})^2", lambda v: _both(math.atanh(math.sqrt(1 - v)))),
    Curve("sigma'({})", lambda v: _both(2 * math.atanh(math.sqrt(1 - 4 * v)))),
)


def _weighted() -> Iterator[Named]:
    """A weight times x, h or c, near a step."""
    for v in "xhc":
        for shift in (0, 1, -1, 2, -2):
            for name in WEIGHTS:
                yield f"w_{name} {v}{at(shift)}", _times(the_weight(name), node(v, shift))


def _times(a: Value, b: Value) -> Value:
    return lambda t, s, bar, w: a(t, s, bar, w) * b(t, s, bar, w)


def _plus(a: Value, b: Value, sign: float) -> Value:
    return lambda t, s, bar, w: a(t, s, bar, w) + sign * b(t, s, bar, w)


WEIGHTED: tuple[Named, ...] = tuple(_weighted())


def of_a_preactivation(table: Table, wanted: Column) -> Named | None:
    """What gives these numbers, and how it is written."""
    for curve, z in _inner(wanted[0]):
        for text, inner in _sums(table, z):
            value = curve.value(inner)
            if table.equal(wanted, table.column(value)):
                return curve.form.replace("{}", text), value
    return None


def _sums(table: Table, z: float) -> Iterator[Named]:
    """Weighted nodes, and sums and differences of two, that are z in the first setting."""
    yield from (WEIGHTED[k] for k in table.near(WEIGHTED, z) if _is(table, WEIGHTED[k][1], z))
    for text, value in WEIGHTED:
        rest = z - table.first(value)
        for k in table.near(WEIGHTED, rest):
            other, second = WEIGHTED[k]
            for sign in (1.0, -1.0):
                if _is(table, _plus(value, second, sign), z):
                    yield f"{text} {'+' if sign > 0 else '-'} {other}", _plus(value, second, sign)


def _is(table: Table, value: Value, z: float) -> bool:
    return abs(table.first(value) - z) <= NEAR * abs(z)


def _inner(wanted: float) -> Sequence[tuple[Curve, float]]:
    found = []
    for curve in CURVES:
        try:
            found += [(curve, z) for z in curve.inverse(wanted)]
        except (ValueError, ZeroDivisionError):
            continue
    return found
