"""An equation that works out the error signal of the next step itself, by calling itself or in a loop.

    v(t) = a(t) + k(t) v(t+1)

With v(t+1) asked too, it is turned into the equation that reads bar at t+1 and has the same mistake.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from autograder.maths.lstm.problems import Call
from reference.diagnosis.lstm.equations import TERMS, Term
from reference.diagnosis.lstm.probes import Asked, Evaluate, number
from reference.diagnosis.lstm.verdict import reads


def from_bar(equation: str, asked: Asked) -> Iterator[tuple[str, Evaluate]]:
    """h_bar or c_bar as a function that reads bar at t+1: if k(t) is right, and if a(t) is right.

    A gate's equation that is right but for such an h_bar(t) or c_bar(t) is divided by its factor first.
    """
    (term, *more) = TERMS[equation]
    parent = equation if more else f"{reads(term)[0]}_bar"
    own = _own(equation, asked, None if more else term)
    through = next(term for term in TERMS[parent] if reads(term) == (("c" if parent == "c_bar" else "o"), "t+1"))
    yield parent, lambda calls: [_right_k(through, *one) for one in _with_next(own, calls)]
    others = [term for term in TERMS[parent] if term is not through]
    yield parent, lambda calls: [_right_a(others, through, *one) for one in _with_next(own, calls)]


def _own(equation: str, asked: Asked, factor: Term | None) -> Evaluate:
    def values(calls: Sequence[Call]) -> list[float]:
        found = asked.apart([replace(call, equation=equation) for call in calls])
        return [
            (float(v) if v is not None and number(v) else math.nan) / (_factor(factor, call) if factor else 1.0)
            for call, v in zip(calls, found, strict=True)
        ]

    return values


def _with_next(own: Evaluate, calls: Sequence[Call]) -> Iterator[tuple[Call, float, float]]:
    """Each call with the values at t and t+1; 0 behind the last step."""
    later = [replace(call, t=(call.t or 0) + 1) for call in calls if call.t != call.states.T]
    values, after = own(calls), iter(own(later))
    for call, value in zip(calls, values, strict=True):
        yield call, float(value or 0.0), 0.0 if call.t == call.states.T else float(next(after) or 0.0)


def _right_k(through: Term, call: Call, now: float, after: float) -> float:
    return now + _value(through, call) - _factor(through, call) * _part(through, call) * after


def _right_a(others: Sequence[Term], through: Term, call: Call, now: float, after: float) -> float:
    a = math.fsum(_value(term, call) for term in others)
    signal = float(getattr(call.signals, reads(through)[0])[(call.t or 0) + 1])
    return a + (now - a) / after * signal / _part(through, call) if after else now


def _part(through: Term, call: Call) -> float:
    """What the error signal of the term is of v(t+1): o_bar is h_bar tanh(c)."""
    return math.tanh(call.states.c[(call.t or 0) + 1]) if reads(through)[0] == "o" else 1.0


def _factor(term: Term, call: Call) -> float:
    return term.factor_at(call.t, call.states, call.signals, call.problem.weights)


def _value(term: Term, call: Call) -> float:
    return term.value(call.t, call.states, call.signals, call.problem.weights)
