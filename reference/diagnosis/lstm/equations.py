"""The equations of 2.1 and 2.2 as sums of terms, each term a product of factors."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from itertools import combinations, product

import msgspec

from autograder.maths.lstm.problems import Signals, States, Weights
from reference.diagnosis.lstm.forms import (
    Factor,
    Slip,
    Value,
    extra,
    extra_derivative,
    instead,
    node,
    of,
    preactivation,
    the_weight,
)
from reference.diagnosis.lstm.slips import (
    a_node,
    direct,
    error_signal,
    every_step,
    logistic_slope,
    spare,
    tanh_of_cell,
    tanh_slope_of_candidate,
    tanh_slope_of_cell,
    weight,
)


class Form(msgspec.Struct, frozen=True):
    """A term as somebody writes it: `slips` says which factor is replaced by what; none is the true term."""

    term: Term
    slips: tuple[tuple[int, Slip], ...] = ()


class Term(msgspec.Struct, frozen=True):
    """One term of an equation.

    name: its path through the network ("forget path"). path: how a student is told of it ("the term through f(t+1)").
    summed: whether it is summed over t = 1..T.
    """

    name: str
    path: str
    factors: tuple[Factor, ...]
    summed: bool = False

    def __repr__(self) -> str:
        """Its name: the wrong forms of all factors would fill pages."""
        return f"Term({self.name!r})"

    @property
    def text(self) -> str:
        """The formula."""
        return " ".join(factor.text for factor in self.factors if factor.text)

    @property
    def factor_text(self) -> str:
        """What its error signal is multiplied by."""
        texts = [factor.text for factor in self.factors[1:] if factor.text and factor.text != "sum over t"]
        return " ".join(f"({text})" if " - " in text[:4] and len(texts) > 1 else text for text in texts)

    def value(self, t: int | None, s: States, bar: Signals, w: Weights) -> float:
        """The term at step t, or summed over t = 1..T."""
        steps = range(1, s.T + 1) if self.summed or t is None else (t,)
        return math.fsum(math.prod(factor.value(n, s, bar, w) for factor in self.factors) for n in steps)

    def factor_at(self, t: int | None, s: States, bar: Signals, w: Weights) -> float:
        """What its error signal is multiplied by at step t."""
        return math.prod(factor.value(t or 0, s, bar, w) for factor in self.factors[1:])

    def forms(self, most: int) -> Iterator[Form]:
        """All wrong forms with one to `most` slips, fewest first."""
        for slips in range(1, most + 1):
            for where in combinations(range(len(self.factors)), slips):
                for what in product(*(self.factors[k].slips for k in where)):
                    yield Form(self, tuple(zip(where, what, strict=True)))


def _gate_path(name: str, gate: str) -> Term:
    slope = tanh_slope_of_candidate(1) if gate == "g" else logistic_slope(gate, 1)
    return Term(name, f"the term through {gate}(t+1)", (error_signal(gate, 1), slope, weight(f"h{gate}")))


def _extras_of_gate(gate: str) -> Factor:
    """Nothing belongs there; slips: the gate's derivative, the gate, its weights, its inputs."""
    s = f"{gate}(t)"
    if gate == "g":
        slope = extra_derivative(f"1 - {s}^2", of("g", 0, lambda v: 1 - v * v))
    else:
        slope = extra_derivative(f"{s} (1 - {s})", of(gate, 0, lambda v: v * (1 - v)))
    more = [
        extra(f"1 - {s}^2", of(gate, 0, lambda v: 1 - v * v)),
        extra(f"1 - {s}", of(gate, 0, lambda v: 1 - v)),
        extra(s, node(gate, 0)),
        extra(f"w_x{gate}", the_weight(f"x{gate}")),
        extra(f"w_h{gate}", the_weight(f"h{gate}")),
        extra("x(t)", node("x", 0)),
        extra("h(t-1)", node("h", -1)),
    ]
    return spare(slope, *more)


def _slope_of_h(t: int, s: States, bar: Signals, w: Weights) -> float:
    return s.o[t] * (1 - math.tanh(s.c[t]) ** 2)


def _hidden_path() -> Term:
    factors = (
        error_signal("h", 0),
        a_node("o", 0, instead("o(t)", "o(t) (1 - o(t))", of("o", 0, lambda v: v * (1 - v)))),
        tanh_slope_of_cell(),
        spare(extra("f(t+1)", node("f", 1)), extra("w_ho", the_weight("ho")), extra("c(t)", node("c", 0))),
    )
    return Term("hidden path", "the term through h(t)", factors)


def _cell_path() -> Term:
    factors = (
        error_signal("c", 1),
        a_node("f", 1, instead("f(t+1)", "f(t+1) (1 - f(t+1))", of("f", 1, lambda v: v * (1 - v)))),
        spare(
            extra("o(t) (1 - tanh(c(t))^2)", _slope_of_h),
            extra("o(t)", node("o", 0)),
            extra("w_hf", the_weight("hf")),
            extra("c(t)", node("c", 0)),
        ),
    )
    return Term("forget path", "the term through c(t+1)", factors)


def _cell_before() -> Factor:
    return a_node("c", -1, instead("c(t-1)", "tanh(c(t-1))", of("c", -1, math.tanh)))


def _candidate() -> Factor:
    slips = (
        instead("g(t)", "tanh(c(t))", of("c", 0, math.tanh)),
        instead("g(t)", "1 - g(t)^2", of("g", 0, lambda v: 1 - v * v)),
        instead("g(t)", "tanh(g(t))", of("g", 0, math.tanh)),
        instead("g(t)", "w_xg x(t) + w_hg h(t-1)", preactivation("g", 0)),
    )
    return a_node("g", 0, *slips)


def _added_alone(text: str, own: Callable[[States, int], float], whole: bool = False) -> Slip:
    """A part of the product is summed for itself; over the whole array, where that is another sum."""

    def value(t: int, s: States, bar: Signals, w: Weights) -> float:
        return math.fsum(own(s, n) for n in (range(s.T + 2) if whole else range(1, s.T + 1))) / own(s, t)

    return Slip(
        f"adds up {text} on its own: at each step it is to be multiplied with the rest", f"sum of {text}", value
    )


def _running(direction: int) -> Value:
    """The factors of the steps from t on (1) or up to t (-1), over those of t: what a cumulated sum makes of them."""

    def own(s: States, n: int) -> float:
        return s.i[n] * (1 - s.i[n]) * s.x[n]

    def value(t: int, s: States, bar: Signals, w: Weights) -> float:
        steps = range(t, s.T + 1) if direction > 0 else range(1, t + 1)
        return math.fsum(own(s, n) for n in steps) / own(s, t)

    return value


def _w_xi_sum() -> Term:
    x = a_node("x", 0, instead("x(t)", "h(t-1)", node("h", -1)), instead("x(t)", "c(t-1)", node("c", -1)))
    alone = (
        _added_alone("x(t)", lambda s, n: s.x[n]),
        _added_alone("i(t) (1 - i(t))", lambda s, n: s.i[n] * (1 - s.i[n])),
        _added_alone("i(t) (1 - i(t))", lambda s, n: s.i[n] * (1 - s.i[n]), whole=True),
        _added_alone("i(t) (1 - i(t)) x(t)", lambda s, n: s.i[n] * (1 - s.i[n]) * s.x[n]),
    )
    times = extra("that is the sum of x(t)", lambda t, s, bar, w: math.fsum(s.x))
    running = (
        Slip("adds up i_bar step by step before it is multiplied with the rest", "cumulated i_bar", _running(1)),
        Slip(
            "adds up the factors step by step before they are multiplied with i_bar", "cumulated factors", _running(-1)
        ),
    )
    divided = Slip("is divided by the sum of x(t)", "divided by sum of x", lambda t, s, bar, w: 1 / math.fsum(s.x))
    plain = extra("w_xi", the_weight("xi")), extra("i(t)", node("i", 0)), extra("g(t)", node("g", 0))
    factors = (
        error_signal("i", 0),
        logistic_slope("i", 0),
        x,
        every_step(),
        spare(*plain, divided, times, *alone, *running),
    )
    return Term("w_xi", "the sum", factors, summed=True)


def _only(name: str, first: Factor, second: Factor) -> tuple[Term]:
    return (Term(name, "the term", (first, second, _extras_of_gate(name))),)


TERMS: dict[str, tuple[Term, ...]] = {
    "h_bar": (
        Term("direct term", "the direct term dL/dh(t)", (direct(),)),
        _gate_path("input path", "i"),
        _gate_path("forget path", "f"),
        _gate_path("output path", "o"),
        _gate_path("candidate path", "g"),
    ),
    "c_bar": (_hidden_path(), _cell_path()),
    "g_bar": _only("g", error_signal("c", 0), a_node("i", 0)),
    "o_bar": _only("o", error_signal("h", 0), tanh_of_cell()),
    "f_bar": _only("f", error_signal("c", 0), _cell_before()),
    "i_bar": _only("i", error_signal("c", 0), _candidate()),
    "w_xi_bar": (_w_xi_sum(),),
}

# The same with c_bar(t) g(t) for i_bar(t).
WRITTEN_OUT: dict[str, Term] = {
    "w_xi_bar": Term(
        "w_xi", "the sum", (error_signal("c", 0), _candidate(), *TERMS["w_xi_bar"][0].factors[1:]), summed=True
    ),
}
