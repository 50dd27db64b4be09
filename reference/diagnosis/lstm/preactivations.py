"""sigma or tanh of a sum w x + w' h that is no gate's: h(t) for h(t-1), a wrong weight, a part left out."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence

import msgspec

from autograder.maths.lstm.problems import Signals, States, Weights
from reference.diagnosis.lstm.factors import Column, Table
from reference.diagnosis.lstm.forms import GATES, WEIGHTS, Named, Value, at

NEAR = 1e-6
SHIFTS = (0, 1, -1)


class Curve(msgspec.Struct, frozen=True):
    """A function of z as it is written, and the z that give a value."""

    text: str
    function: Callable[[float], float]
    inverse: Callable[[float], tuple[float, ...]]


def _both(z: float) -> tuple[float, ...]:
    return z, -z


CURVES = (
    Curve("tanh({})", math.tanh, lambda v: (math.atanh(v),)),
    Curve("sigma({})", lambda z: 0.5 + 0.5 * math.tanh(z / 2), lambda v: (2 * math.atanh(2 * v - 1),)),
    Curve("({})", lambda z: z, lambda v: (v,)),
    Curve("1 - tanh({})^2", lambda z: 1 - math.tanh(z) ** 2, lambda v: _both(math.atanh(math.sqrt(1 - v)))),
    Curve(
        "sigma'({})",
        lambda z: 0.25 - 0.25 * math.tanh(z / 2) ** 2,
        lambda v: _both(2 * math.atanh(math.sqrt(1 - 4 * v))),
    ),
)


class Sum(msgspec.Struct, frozen=True):
    """A weight times x, plus a weight times h, each at t + a shift; a part whose weight is "" is not there."""

    w_x: str
    x: int
    w_h: str
    h: int

    @property
    def text(self) -> str:
        parts = [f"w_{self.w_x} x{at(self.x)}"] * bool(self.w_x) + [f"w_{self.w_h} h{at(self.h)}"] * bool(self.w_h)
        return " + ".join(parts)

    def value(self, t: int, s: States, bar: Signals, w: Weights) -> float:
        x = getattr(w, self.w_x) * s.x[t + self.x] if self.w_x else 0.0
        return float(x + (getattr(w, self.w_h) * s.h[t + self.h] if self.w_h else 0.0))


def _sums() -> Iterator[Sum]:
    """Those of the gates, and those that differ from one in one place."""
    for shift in (0, 1):
        for gate in GATES:
            own = Sum(f"x{gate}", shift, f"h{gate}", shift - 1)
            yield own
            yield from (msgspec.structs.replace(own, x=n) for n in SHIFTS if n != own.x)
            yield from (msgspec.structs.replace(own, h=n) for n in SHIFTS if n != own.h)
            yield from (msgspec.structs.replace(own, w_x=v) for v in ("", *WEIGHTS) if v != own.w_x)
            yield from (msgspec.structs.replace(own, w_h=v) for v in ("", *WEIGHTS) if v != own.w_h)
            yield Sum(own.w_h, shift, own.w_x, shift - 1)


SUMS = tuple(_sums())


def of_a_preactivation(table: Table, wanted: Column) -> Named | None:
    """What gives these numbers, and how it is written."""
    setting, n = table.settings[0]
    inner = _inner(wanted[0])
    for one in SUMS:
        first = one.value(n, setting.states, setting.signals, setting.weights)
        for curve, z in inner:
            if abs(z - first) > NEAR * abs(first):
                continue
            value = _of(curve, one)
            if table.equal(wanted, table.column(value)):
                return curve.text.format(one.text), value
    return None


def _inner(wanted: float) -> Sequence[tuple[Curve, float]]:
    found = []
    for curve in CURVES:
        try:
            found += [(curve, z) for z in curve.inverse(wanted)]
        except (ValueError, ZeroDivisionError):
            continue
    return found


def _of(curve: Curve, one: Sum) -> Value:
    return lambda t, s, bar, w: curve.function(one.value(t, s, bar, w))
