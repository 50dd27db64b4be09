"""A function of its error signals that is not a sum of them: squared, its size taken, multiplied with each other."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from autograder.maths.closeness import close
from autograder.maths.lstm.problems import Call
from reference.diagnosis.lstm.around import TWICE, around
from reference.diagnosis.lstm.equations import TERMS, Term
from reference.diagnosis.lstm.factors import Column
from reference.diagnosis.lstm.forms import Input
from reference.diagnosis.lstm.functions import AROUND, Function, defined
from reference.diagnosis.lstm.probes import Asked, Probe, floats

SIGN = "takes the sign of"
CURVES: Mapping[str, Function] = {
    "squares": lambda u: u * u,
    "takes the absolute value of": abs,
    "takes the cube of": lambda u: u**3,
    "takes tanh of": math.tanh,
    "divides by": lambda u: 1 / u,
    SIGN: lambda u: math.copysign(1.0, u),
    "takes the square root of the size of": lambda u: math.sqrt(abs(u)),
}
WHOLE: Mapping[str, Function] = {
    **{f"{text} the whole": curve for text, curve in CURVES.items() if text != "divides by"},
    **{f"takes {text.format('the whole')}": function for text, function in AROUND.items()},
    "gives 1 over the whole": lambda u: 1 / u,
}
SAME = 1e-6


def straightened(
    equation: str, terms: Sequence[Term], probes: Sequence[Probe], asked: Asked
) -> tuple[dict[Input, tuple[str, Column]], dict[Input, str]]:
    """Inputs that enter by a known curve, with what is done to each and its coefficients; and those bent otherwise.

    Of the latter, what is said of each: a function of a whole term, or "" if it is none that is known.
    """
    inputs = sorted(frozenset().union(*(probe.reads for probe in probes)))
    pairs = [(probe, what) for probe in probes for what in inputs if what in probe.steps]  # t-1 is none at t = 1
    moved = [
        probe.setting.changed({what: probe.setting.value(what) + TWICE * probe.steps[what]}) for probe, what in pairs
    ]
    values = floats(asked([setting.call(equation) for setting in moved]))
    far: dict[Input, list[tuple[Probe, float]]] = {what: [] for what in inputs}
    for (probe, what), value in zip(pairs, values, strict=True):
        far[what].append((probe, value))
    known: dict[Input, tuple[str, Column]] = {}
    bent: dict[Input, str] = {}
    for what in inputs:
        if _straight(what, far[what]):
            continue
        curve = _curve(what, far[what], probes)
        if curve is None or curve[0] == SIGN:  # max(u, 0) may look like it
            term = next((term for term in terms if term.factors[0].reads == what), None)
            says = "" if term is None else around(term, *zip(*far[what], strict=True))
        if curve is None or (curve[0] == SIGN and says):
            bent[what] = says
        else:
            known[what] = curve
    return known, bent


def of_the_whole(equation: str, numbers: Sequence[tuple[Call, float]]) -> str | None:
    """What is done to the true value, if every value is the same function of it: "takes tanh of the whole".

    Where every factor is positive, the size of the whole is that of its error signal, which is then said.
    """
    if all(close(value, call.want) for call, value in numbers):
        return None
    if (limits := _limited(numbers)) is not None:
        return limits
    single = len(TERMS[equation]) == 1 and equation != "w_xi_bar"
    negative = not single or any(_factor(equation, call) < 0 for call, _ in numbers)
    for text, curve in WHOLE.items():
        if curve is abs and not negative:
            continue
        if all(abs(value - defined(curve, call.want)) <= SAME * 1e-3 * abs(value) for call, value in numbers):
            return text
    return None


def _limited(numbers: Sequence[tuple[Call, float]]) -> str | None:
    """What to say if the true value is kept within limits; each must have been met twice."""
    values = [value for _, value in numbers]
    if not values:
        return None
    low, high = min(values), max(values)
    if not all(close(value, min(max(call.want, low), high)) for call, value in numbers):
        return None
    if sum(low < value < high for value in values) < 2:
        return None
    below, above = values.count(low) > 1, values.count(high) > 1
    if below and above:
        return f"limits the whole to {low:g}..{high:g}"
    if below and low == 0:
        return "takes the larger of 0 and the whole"
    if above and high == 0:
        return "takes the smaller of 0 and the whole"
    return (
        f"limits the whole to {low:g} or more" if below else f"limits the whole to {high:g} or less" if above else None
    )


def _factor(equation: str, call: Call) -> float:
    return TERMS[equation][0].factor_at(call.t, call.states, call.signals, call.problem.weights)


def _straight(what: Input, far: Sequence[tuple[Probe, float]]) -> bool:
    return all(
        abs(v - p.value - TWICE * p.steps[what] * p.coefficients.get(what, 0.0)) <= SAME * max(abs(v), abs(p.value))
        for p, v in far
    )


def _curve(what: Input, far: Sequence[tuple[Probe, float]], probes: Sequence[Probe]) -> tuple[str, Column] | None:
    """The curve by which an input enters, and its coefficient in each of the probes: 0 where it is absent."""
    for text, curve in CURVES.items():
        found: dict[int, float] = {}
        for p, v in far:
            u, d = p.setting.value(what), p.steps[what]
            near = p.coefficients.get(what, 0.0) * d / (curve(u + d) - curve(u))
            if not abs(near - (v - p.value) / (curve(u + TWICE * d) - curve(u))) <= SAME * abs(near):
                break
            found[id(p)] = near
        else:
            return text, tuple(found.get(id(p), 0.0) for p in probes)
    return None
