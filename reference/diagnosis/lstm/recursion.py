"""An equation that works out the error signal of the next step itself, by calling itself or in a loop.

    v(t) = a(t) + k(t) v(t+1)

k(t) is measured: what later steps change in v(t), over what they change in v(t+1). With v(t+1) asked too, the function
is turned into the equation that reads bar at t+1 and has the same mistakes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from msgspec.structs import replace

from autograder.maths.lstm.problems import Call
from reference.diagnosis.lstm.equations import TERMS, WRITTEN_OUT, Term
from reference.diagnosis.lstm.probes import Asked, Evaluate, floats
from reference.diagnosis.lstm.verdict import reads

X_STEP = 0.5


def from_bar(equation: str, asked: Asked) -> tuple[str, Evaluate]:
    """h_bar or c_bar, and the function as one that reads bar at t+1.

    A gate's equation is divided by its factor first; of w_xi_bar, what it multiplies x(t) by.
    """
    (term, *more) = (WRITTEN_OUT[equation],) if equation in WRITTEN_OUT else TERMS[equation]
    parent = equation if more else f"{reads(term)[0]}_bar"
    through = next(term for term in TERMS[parent] if reads(term) == (("c" if parent == "c_bar" else "o"), "t+1"))
    if equation == "w_xi_bar":
        own = _of_x(term, asked)
    else:
        own = _own(equation, asked, (lambda call: 1.0) if more else (lambda call: _factor(term, call)))
    return parent, lambda calls: _by_bar(through, own, calls)


def _own(equation: str, asked: Asked, factor: Callable[[Call], float]) -> Evaluate:
    def values(calls: Sequence[Call]) -> list[float]:
        return [v / factor(call) for call, v in zip(calls, _asked(asked, equation, calls), strict=True)]

    return values


def _of_x(term: Term, asked: Asked) -> Evaluate:
    """What the sum multiplies x(t) by, over what it should multiply c_bar(t) x(t) by."""

    def values(calls: Sequence[Call]) -> list[float]:
        moved = [_with_x(call, X_STEP) for call in calls]
        both = _asked(asked, "w_xi_bar", [replace(call, t=None) for call in (*calls, *moved)])
        return [
            (far - near) / X_STEP * call.states.x[call.t or 0] / _factor(term, call)
            for call, near, far in zip(calls, both, both[len(calls) :], strict=False)
        ]

    return values


def _with_x(call: Call, by: float) -> Call:
    x = list(call.states.x)
    x[call.t or 0] += by
    return replace(call, states=replace(call.states, x=tuple(x)))


def _asked(asked: Asked, equation: str, calls: Sequence[Call]) -> list[float]:
    return floats(asked.apart([replace(call, equation=equation) for call in calls]))


def _by_bar(through: Term, own: Evaluate, calls: Sequence[Call]) -> list[float]:
    inner = [call for call in calls if call.t != call.states.T]
    later = [_at_next(call) for call in inner]
    far = [_moved(call, through) for call in inner]
    values = iter(own([*inner, *later, *far, *map(_at_next, far)]))
    every = [float(v or 0.0) for v in values]
    n = len(inner)
    found = iter(_with_bar(through, call, *(every[k * n + j] for k in range(4))) for j, call in enumerate(inner))
    last = iter(own([call for call in calls if call.t == call.states.T]))
    return [float(next(last) or 0.0) if call.t == call.states.T else next(found) for call in calls]


def _with_bar(through: Term, call: Call, now: float, after: float, now_far: float, after_far: float) -> float:
    part = math.tanh(call.states.c[(call.t or 0) + 1]) if reads(through)[0] == "o" else 1.0  # o_bar is h_bar tanh(c)
    k = (now_far - now) / (after_far - after) if after_far != after else _factor(through, call) * part
    signal = float(getattr(call.signals, reads(through)[0])[(call.t or 0) + 1])
    return now + k * (signal / part - after)


def _at_next(call: Call) -> Call:
    return replace(call, t=(call.t or 0) + 1)


def _moved(call: Call, through: Term) -> Call:
    """With other dL/dh from t+1 on, and for c_bar other h_bar."""
    after = (call.t or 0) + 1
    states = replace(call.states, dL_dh=_turned(call.states.dL_dh, after))
    if reads(through)[0] == "o":
        return replace(call, states=states)
    return replace(call, states=states, signals=replace(call.signals, h=_turned(call.signals.h, after)))


def _turned(row: Sequence[float], start: int) -> tuple[float, ...]:
    return (*row[:start], *(-0.7 * v for v in row[start:]))


def _factor(term: Term, call: Call) -> float:
    return term.factor_at(call.t, call.states, call.signals, call.problem.weights)
