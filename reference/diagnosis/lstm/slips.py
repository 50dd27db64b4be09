"""The factors of the true gradient of question 2, each with its slips: what people write in its place."""

from __future__ import annotations

import math
from collections.abc import Callable

from autograder.maths.lstm.problems import SIGNALS
from reference.diagnosis.lstm.forms import (
    NEAR,
    WEIGHTS,
    Factor,
    Slip,
    Value,
    at,
    instead,
    node,
    of,
    one,
    place,
    preactivation,
    signal,
    the_weight,
    without,
)
from reference.diagnosis.lstm.functions import sigma_slope


def error_signal(name: str, shift: int) -> Factor:
    """v_bar(t + shift); slips: another time, another signal, dL/dh for it."""
    right = f"{name}_bar{at(shift)}"
    slips = [
        instead(right, f"{u}_bar{at(n)}", signal(u, n), _kind_of_signal(u == name, shift, n), (u, place(n)))
        for u in (name, *(u for u in SIGNALS if u != name))
        for n in (shift, *(n for n in NEAR if n != shift))
        if (u, n) != (name, shift)
    ]
    slips += [instead(right, f"dL/dh{at(n)}", _direct_at(n), reads=("dL/dh", place(n))) for n in (0, 1)]
    slips.append(instead(right, f"{name}_bar(T)", lambda t, s, bar, w: getattr(bar, name)[s.T], reads=(name, "T")))
    return Factor(right, signal(name, shift), tuple(slips), (name, place(shift)))


def _kind_of_signal(same: bool, shift: int, n: int) -> str:
    return f"signal at {place(n)}" if same and shift == 1 and n in (0, 2) else ""


def _direct_at(shift: int) -> Value:
    return lambda t, s, bar, w: s.dL_dh[t + shift]


def logistic_slope(gate: str, shift: int) -> Factor:
    """s (1 - s), the derivative of sigma, of gate s = i, f or o at t + shift."""
    s = f"{gate}{at(shift)}"
    right = f"{s} (1 - {s})"
    slips = [
        without(right, "no derivative"),
        instead(right, f"1 - {s}^2", of(gate, shift, lambda v: 1 - v * v), "1 - s^2"),
        instead(right, f"1 - {s}", of(gate, shift, lambda v: 1 - v), "1 - s"),
        instead(right, s, of(gate, shift, lambda v: v), "s"),
        instead(right, f"{s} (1 + {s})", of(gate, shift, lambda v: v * (1 + v))),
        instead(right, f"{s}^2", of(gate, shift, lambda v: v * v)),
        instead(right, f"{s} (1 - {s}^2)", of(gate, shift, lambda v: v * (1 - v * v))),
        instead(right, f"{s}^2 (1 - {s})", of(gate, shift, lambda v: v * v * (1 - v))),
        instead(right, f"(1 - {s})^2", of(gate, shift, lambda v: (1 - v) ** 2)),
        instead(right, f"sigma'({s})", of(gate, shift, sigma_slope)),
    ]
    slips += [_moved_slope(right, gate, n) for n in NEAR if n != shift]
    slips += [
        instead(right, f"{u}{at(shift)} (1 - {u}{at(shift)})", of(u, shift, lambda v: v * (1 - v)))
        for u in "ifo"
        if u != gate
    ]
    bracket = f"1 - {s}", node(gate, shift), node(gate, shift)
    return Factor(right, of(gate, shift, lambda v: v * (1 - v)), tuple(slips), bracket=bracket)


def _moved_slope(right: str, gate: str, shift: int) -> Slip:
    s = f"{gate}{at(shift)}"
    kind = f"gate at {place(shift)}" if shift in (0, 2) else ""
    return instead(right, f"{s} (1 - {s})", of(gate, shift, lambda v: v * (1 - v)), kind)


def tanh_slope_of_candidate(shift: int) -> Factor:
    """1 - g^2, the derivative of tanh, at t + shift."""
    g, before, after = (f"g{at(n)}" for n in (shift, shift - 1, shift + 1))
    right = f"1 - {g}^2"
    slips = (
        without(right, "no derivative"),
        instead(right, f"1 - {g}", of("g", shift, lambda v: 1 - v), "1 - s"),
        instead(right, f"{g} (1 - {g})", of("g", shift, lambda v: v * (1 - v))),
        instead(right, f"1 - {before}^2", of("g", shift - 1, lambda v: 1 - v * v), "gate at t"),
        instead(right, f"1 - {after}^2", of("g", shift + 1, lambda v: 1 - v * v), "gate at t+2"),
        instead(right, f"1 + {g}^2", of("g", shift, lambda v: 1 + v * v)),
        instead(right, f"1 + {g}", of("g", shift, lambda v: 1 + v)),
        instead(right, f"{g}^2", of("g", shift, lambda v: v * v)),
        instead(right, g, of("g", shift, lambda v: v), "s"),
        instead(right, f"(1 - {g})^2", of("g", shift, lambda v: (1 - v) ** 2)),
        instead(right, f"{g} (1 - {g}^2)", of("g", shift, lambda v: v * (1 - v * v))),
        instead(right, f"1 - tanh({g})^2", of("g", shift, lambda v: 1 - math.tanh(v) ** 2)),
        instead(right, f"1 - tan^2, tan for tanh, in {g}", preactivation("g", shift, lambda z: 1 - math.tan(z) ** 2)),
        instead(right, f"1 - tan({g})^2", of("g", shift, lambda v: 1 - math.tan(v) ** 2)),
        instead(right, f"1 - tanh(c{at(shift)})^2", of("c", shift, lambda v: 1 - math.tanh(v) ** 2)),
    )
    return Factor(
        right, of("g", shift, lambda v: 1 - v * v), slips, bracket=(right, one, of("g", shift, lambda v: v * v))
    )


def weight(name: str) -> Factor:
    """One of the eight weights; slips: each of the others, left out, squared."""
    right = f"w_{name}"
    slips = [without(right, "no weight")]
    slips += [_other_weight(right, name, other) for other in WEIGHTS if other != name]
    slips.append(instead(right, f"{right}^2", lambda t, s, bar, w: getattr(w, name) ** 2))
    return Factor(right, the_weight(name), tuple(slips))


def _other_weight(right: str, name: str, other: str) -> Slip:
    kind = "input weight" if other[1] == name[1] else ""
    return instead(right, f"w_{other}", the_weight(other), kind)


def a_node(name: str, shift: int, *slips: Slip) -> Factor:
    """A gate, cell or input as a factor; slips: left out, another time, another node, and those given."""
    right = f"{name}{at(shift)}"
    moved = [
        instead(right, f"{name}{at(n)}", node(name, n), "gate at t" if n == 0 and shift == 1 else "")
        for n in (*NEAR, 3, -3)
        if n != shift
    ]
    moved.append(instead(right, f"{name}(T)", lambda t, s, bar, w: float(getattr(s, name)[s.T])))
    others = [instead(right, f"{u}{at(shift)}", node(u, shift)) for u in "ifogchx" if u != name]
    return Factor(right, node(name, shift), (without(right), *moved, *others, *slips))


def direct() -> Factor:
    """dL/dh(t): the direct dependence of the loss on h(t)."""
    right = "dL/dh(t)"
    slips = [instead(right, f"dL/dh{at(n)}", _direct_at(n), reads=("dL/dh", place(n))) for n in (1, -1, 2, -2)]
    slips.append(instead(right, "dL/dh(T)", lambda t, s, bar, w: s.dL_dh[s.T], reads=("dL/dh", "T")))
    slips.append(instead(right, "h_bar(t) itself", signal("h", 0), reads=("h", "t")))
    slips.append(instead(right, "h_bar(t+1)", signal("h", 1), reads=("h", "t+1")))
    return Factor(right, _direct_at(0), tuple(slips), ("dL/dh", "t"))


def tanh_of_cell() -> Factor:
    """tanh(c(t)), the factor of o(t) in h(t)."""
    right = "tanh(c(t))"
    slips = (
        instead(right, "c(t)", node("c", 0)),
        instead(right, "1 - tanh(c(t))^2", of("c", 0, lambda c: 1 - math.tanh(c) ** 2)),
        instead(right, "tan(c(t))", of("c", 0, math.tan)),
        instead(right, "tanh(c(t-1))", of("c", -1, math.tanh)),
        instead(right, "tanh(c(t+1))", of("c", 1, math.tanh)),
        instead(right, "c(t-1)", node("c", -1)),
        instead(right, "tanh(c(t))^2", of("c", 0, lambda c: math.tanh(c) ** 2)),
        instead(right, "sigma(c(t))", of("c", 0, lambda c: 1 / (1 + math.exp(-c)))),
        instead(right, "h(t)", node("h", 0)),
        instead(right, "g(t)", node("g", 0)),
        instead(right, "tanh(g(t))", of("g", 0, math.tanh)),
        instead(right, "tanh(h(t))", of("h", 0, math.tanh)),
        without(right),
    )
    return Factor(right, of("c", 0, math.tanh), slips)


def tanh_slope_of_cell() -> Factor:
    """1 - tanh(c(t))^2, the derivative of tanh(c(t)) in h(t)."""
    right = "1 - tanh(c(t))^2"
    slips = (
        without(right),
        instead(right, "1 - tanh(c(t))", of("c", 0, lambda c: 1 - math.tanh(c))),
        instead(right, "1 - c(t)^2", of("c", 0, lambda c: 1 - c * c)),
        instead(right, "1 - tan(c(t))^2", of("c", 0, lambda c: 1 - math.tan(c) ** 2)),
        instead(right, "tanh(c(t))", of("c", 0, math.tanh)),
        instead(right, "tanh(c(t))^2", of("c", 0, lambda c: math.tanh(c) ** 2)),
        instead(right, "1 + tanh(c(t))^2", of("c", 0, lambda c: 1 + math.tanh(c) ** 2)),
        instead(right, "tanh(c(t)) (1 - tanh(c(t)))", of("c", 0, lambda c: math.tanh(c) * (1 - math.tanh(c)))),
        instead(right, "(1 - tanh(c(t)))^2", of("c", 0, lambda c: (1 - math.tanh(c)) ** 2)),
        instead(right, "1 - tanh(c(t-1))^2", of("c", -1, lambda c: 1 - math.tanh(c) ** 2)),
        instead(right, "1 - tanh(c(t+1))^2", of("c", 1, lambda c: 1 - math.tanh(c) ** 2)),
        instead(right, "1 - h(t)^2", of("h", 0, lambda h: 1 - h * h)),
        instead(right, "1 - g(t)^2", of("g", 0, lambda g: 1 - g * g)),
        instead(right, "1 - c(t)", of("c", 0, lambda c: 1 - c)),
        instead(right, "1 - tanh(c(t)^2)", of("c", 0, lambda c: 1 - math.tanh(c * c))),
        instead(right, "sech(c(t)) without its square", of("c", 0, lambda c: 1 / math.cosh(c))),
    )
    square = of("c", 0, lambda c: math.tanh(c) ** 2)
    return Factor(right, of("c", 0, lambda c: 1 - math.tanh(c) ** 2), slips, bracket=(right, one, square))


def spare(*slips: Slip) -> Factor:
    """A place where nothing belongs, for extra factors."""
    return Factor("", one, slips)


def every_step() -> Factor:
    """The sum over t = 1..T, as a factor 1 at each of its steps; slips: the wrong steps, or a mean."""

    def kept(says: str, code: str, keep: Callable[[int, int], float]) -> Slip:
        return Slip(says, code, lambda t, s, bar, w: keep(t, s.T))

    slips = (
        kept("the sum over time is missing: only t = T is there", "no sum, t = T only", lambda t, end: float(t == end)),
        kept("the sum over time is missing: only t = 1 is there", "no sum, t = 1 only", lambda t, end: float(t == 1)),
        kept("the sum over time is missing: only t = 2 is there", "no sum, t = 2 only", lambda t, end: float(t == 2)),
        kept(
            "the sum over time is missing: only t = T-1 is there",
            "no sum, t = T-1 only",
            lambda t, end: float(t == end - 1),
        ),
        kept("the sum leaves out t = T", "sum to T-1", lambda t, end: float(t < end)),
        kept("the sum leaves out t = 1", "sum from 2", lambda t, end: float(t > 1)),
        kept("the sum leaves out t = 1 and t = T", "sum from 2 to T-1", lambda t, end: float(1 < t < end)),
        kept("the sum leaves out t = T-1 and t = T", "sum to T-2", lambda t, end: float(t < end - 1)),
        kept("the sum leaves out t = 1 and t = 2", "sum from 3", lambda t, end: float(t > 2)),
        kept("divides the sum by T: it is a sum, not a mean", "mean for sum", lambda t, end: 1 / end),
        kept("takes the mean of the whole array: it is a sum", "mean of array for sum", lambda t, end: 1 / (end + 2)),
        kept("divides the sum by T+1: it is a sum, not a mean", "mean over T+1 for sum", lambda t, end: 1 / (end + 1)),
        kept("divides the sum by T-1: it is a sum, not a mean", "mean over T-1 for sum", lambda t, end: 1 / (end - 1)),
        kept("divides the sum by the square root of T", "sum over root of T", lambda t, end: end**-0.5),
        kept("multiplies the sum by T", "sum times T", lambda t, end: float(end)),
        kept("weighs each step by t", "steps weighed by t", lambda t, end: float(t)),
        kept("weighs each step by T + 1 - t", "steps weighed by T+1-t", lambda t, end: float(end + 1 - t)),
        kept("weighs each step by T - t", "steps weighed by T-t", lambda t, end: float(end - t)),
        kept("only the steps of even t are there", "even steps only", lambda t, end: float(t % 2 == 0)),
        kept("only the steps of odd t are there", "odd steps only", lambda t, end: float(t % 2 == 1)),
        *(kept(f"the sum stops at t = {k}", f"sum to {k}", lambda t, end, k=k: float(t <= k)) for k in (2, 3, 4)),
        *(
            kept(f"the sum has the last {k} steps only", f"last {k} steps", lambda t, end, k=k: float(t > end - k))
            for k in (2, 3)
        ),
    )
    return Factor("sum over t", one, slips)
