"""sigma or tanh of a sum that is no gate's, or no cell's: h(t) for h(t-1), a wrong weight, a part left out."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations

import msgspec

from reference.diagnosis.lstm.factors import Column, Table
from reference.diagnosis.lstm.forms import WEIGHTS, Named, Value, at, node, the_weight
from reference.diagnosis.lstm.functions import FUNCTIONS

NEAR = 1e-6
SHIFTS = {"x": (0, 1, -1, 2, -2), "h": (0, 1, -1, 2, -2), "c": (0, 1, -1, 2, -2), **dict.fromkeys("fiog", (0, 1, -1))}


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


def _products() -> Iterator[Named]:
    """A weight or a node, or two of them multiplied, near a step: the gates' own parts first, then the cell's."""
    weights = [(f"w_{name}", the_weight(name)) for name in WEIGHTS]
    nodes = {v: [(f"{v}{at(shift)}", node(v, shift)) for shift in SHIFTS[v]] for v in "fiogchx"}
    every = [one for own in nodes.values() for one in own]
    for v in "xhcfiog":
        yield from ((f"{a} {b}", _times(first, second)) for b, second in nodes[v] for a, first in weights)
    yield from ((f"{a} {b}", _times(first, second)) for (a, first), (b, second) in combinations(every, 2))
    yield from ((f"{a}^2", _times(first, first)) for a, first in every)
    yield from ((f"{a} {b}", _times(first, second)) for (a, first), (b, second) in combinations(weights, 2))
    yield from (*every, *weights)


def _times(a: Value, b: Value) -> Value:
    return lambda t, s, bar, w: a(t, s, bar, w) * b(t, s, bar, w)


def _plus(a: Value, b: Value, sign: float) -> Value:
    return lambda t, s, bar, w: a(t, s, bar, w) + sign * b(t, s, bar, w)


PRODUCTS: tuple[Named, ...] = tuple(_products())


def of_a_preactivation(table: Table, wanted: Column) -> Named | None:
    """What gives these numbers, and how it is written."""
    for curve, z in _inner(wanted[0]):
        for text, inner in _sums(table, z, curve.inverse(wanted[0])[1:] != ()):
            value = curve.value(inner)
            if table.equal(wanted, table.column(value)):
                return curve.form.replace("{}", text), value
    return None


def _sums(table: Table, z: float, even: bool) -> Iterator[Named]:
    """Products, and sums and differences of two, that are z in the first setting; of an even function, or -z."""
    products, near = table.within(PRODUCTS), NEAR * abs(z)
    firsts = table.firsts(products)
    yield from (products[k] for k, a in enumerate(firsts) if abs(a - z) <= near)
    sizes: dict[int, list[int]] = {}
    for k, a in enumerate(firsts):
        if near and math.isfinite(a):
            sizes.setdefault(round(a / near), []).append(k)
    for j, a in enumerate(firsts if sizes else ()):
        if not math.isfinite(a):
            continue
        for sign in (1.0, -1.0):
            about = round(sign * (z - a) / near)
            for k in (k for n in (about - 1, about, about + 1) for k in sizes.get(n, ())):
                if k != j and abs(a + sign * firsts[k] - z) <= near:
                    low, high = (k, j) if even and sign < 0 and k < j else (j, k)
                    (text, first), (other, second) = products[low], products[high]
                    yield f"{text} {'+' if sign > 0 else '-'} {other}", _plus(first, second, sign)


def _inner(wanted: float) -> Sequence[tuple[Curve, float]]:
    found = []
    for curve in CURVES:
        try:
            found += [(curve, z) for z in curve.inverse(wanted)]
        except (ValueError, ZeroDivisionError):
            continue
    return found
