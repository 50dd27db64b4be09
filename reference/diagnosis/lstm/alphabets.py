"""The simple numbers of which coefficients are made, each with how it is written."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

from reference.diagnosis.lstm.forms import WEIGHTS, Factor, Named, Slip, Value, at, extra, node, of, one, the_weight
from reference.diagnosis.lstm.functions import FUNCTIONS


def _alphabet() -> Iterator[tuple[str, Value]]:
    for shift in (0, 1, -1):
        when = at(shift)
        yield from ((f"{v}{when}", node(v, shift)) for v in "ifogchx")
        yield f"tanh(c{when})", of("c", shift, math.tanh)
        yield f"(1 - tanh(c{when})^2)", of("c", shift, lambda c: 1 - math.tanh(c) ** 2)
        yield f"(1 - g{when}^2)", of("g", shift, lambda g: 1 - g * g)
        yield from ((f"(1 - {v}{when})", of(v, shift, lambda s: 1 - s)) for v in "ifogch")
        yield from ((f"(1 - {v}{when}^2)", of(v, shift, lambda s: 1 - s * s)) for v in "ifoch")
    yield from ((f"w_{name}", the_weight(name)) for name in WEIGHTS)
    yield "T", lambda t, s, bar, w: float(s.T)
    yield "1/T", lambda t, s, bar, w: 1 / s.T
    yield "t", lambda t, s, bar, w: float(t)
    yield "1/t", lambda t, s, bar, w: 1 / t
    yield "(T-t)", lambda t, s, bar, w: float(s.T - t)
    for v in "ifog":
        yield f"1/{v}(t)", lambda t, s, bar, w, v=v: 1 / getattr(s, v)[t]
    yield "1/c(t)", lambda t, s, bar, w: 1 / s.c[t]
    yield "1/c(t-1)", lambda t, s, bar, w: 1 / s.c[t - 1]
    for name in WEIGHTS:
        yield f"1/w_{name}", lambda t, s, bar, w, name=name: 1 / getattr(w, name)
    yield "1/tanh(c(t))", lambda t, s, bar, w: 1 / math.tanh(s.c[t])


ALPHABET: tuple[tuple[str, Value], ...] = tuple(_alphabet())


EXTRAS = Factor(
    "",
    lambda t, s, bar, w: 1.0,
    tuple(
        Slip(f"is divided by {text[2:]}", f"divided by {text[2:]}", value)
        if text.startswith("1/")
        else extra(text, value)
        for text, value in ALPHABET
    ),
)


POWERS: tuple[Named, ...] = (
    ("t", lambda t, s, bar, w: float(t)),
    ("(T-t)", lambda t, s, bar, w: float(s.T - t)),
    ("(t-1)", lambda t, s, bar, w: float(t - 1)),
)


PARTS = ("{}^2", "{}^3", "1/{}")  # of sums and differences, beside the node itself


def nodes_near() -> Iterator[tuple[str, str, int]]:
    yield from ((f"{v}{at(shift)}", v, shift) for shift in (0, 1, -1) for v in "ifogchx")


def _curved() -> Iterator[Named]:
    for text, v, shift in nodes_near():
        yield from ((form.replace("{}", text), of(v, shift, function)) for form, function in FUNCTIONS.items())
    for name in WEIGHTS:
        for form, function in FUNCTIONS.items():
            yield form.replace("{}", f"w_{name}"), _of_weight(name, function)
    for shift in (0, 1, -1):
        text = f"tanh(c{at(shift)})"
        for form, function in FUNCTIONS.items():
            yield form.replace("{}", text), of("c", shift, lambda c, f=function: f(math.tanh(c)))  # type: ignore[misc]


def _of_weight(name: str, function: Callable[[float], float]) -> Value:
    return lambda t, s, bar, w: function(getattr(w, name))


def _elsewhere() -> Iterator[Named]:
    for v in "ifogchx":
        yield f"{v}(0)", lambda t, s, bar, w, v=v: float(getattr(s, v)[0])
        yield f"{v}(1)", lambda t, s, bar, w, v=v: float(getattr(s, v)[1])
        yield f"{v}(T)", lambda t, s, bar, w, v=v: float(getattr(s, v)[s.T])
        yield f"{v}(T-1)", lambda t, s, bar, w, v=v: float(getattr(s, v)[s.T - 1])
        yield f"{v}(T+1)", lambda t, s, bar, w, v=v: float(getattr(s, v)[s.T + 1])
        yield f"{v}(T-t)", lambda t, s, bar, w, v=v: float(getattr(s, v)[s.T - t])
        yield f"{v}(T+1-t)", lambda t, s, bar, w, v=v: float(getattr(s, v)[s.T + 1 - t])
        yield f"(the sum of all {v})", lambda t, s, bar, w, v=v: math.fsum(getattr(s, v)[1 : s.T + 1])
        yield f"(the sum of the whole array {v})", lambda t, s, bar, w, v=v: math.fsum(getattr(s, v))
        yield f"1/(the sum of all {v})", lambda t, s, bar, w, v=v: 1 / math.fsum(getattr(s, v)[1 : s.T + 1])
        yield f"1/(the sum of the whole array {v})", lambda t, s, bar, w, v=v: 1 / math.fsum(getattr(s, v))
        yield f"{v}(t-2)", node(v, -2)
        yield f"{v}(t+2)", node(v, 2)
        yield f"{v}(t-3)", node(v, -3)
        yield f"{v}(t+3)", node(v, 3)


def _simple() -> Iterator[Named]:
    yield "1", one
    for text, v, shift in nodes_near():
        yield text, node(v, shift)
        yield from ((part.format(text), of(v, shift, FUNCTIONS[part])) for part in PARTS)
        yield f"2 {text}", of(v, shift, lambda a: 2 * a)
    yield from ((f"w_{name}", the_weight(name)) for name in WEIGHTS)
    for shift in (0, 1, -1):
        text = f"tanh(c{at(shift)})"
        yield text, of("c", shift, math.tanh)
        yield f"{text}^2", of("c", shift, lambda c: math.tanh(c) ** 2)
        yield f"{text}^3", of("c", shift, lambda c: math.tanh(c) ** 3)
        yield from ((form.format(f"c{at(shift)}"), of("c", shift, FUNCTIONS[form])) for form in ("sin({})", "tan({})"))


_ALREADY = {text for text, _ in ALPHABET}


CURVED: tuple[Named, ...] = tuple(named for named in (*_elsewhere(), *_curved()) if named[0] not in _ALREADY)


SIMPLE: tuple[Named, ...] = tuple(_simple())


NEAR_NODES = frozenset(text for text, _, _ in nodes_near())
