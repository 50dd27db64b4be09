"""Where is an equation wrong? A condition on t, T or T - t, or the sign of a number, that parts wrong from right."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from autograder.maths.closeness import close
from autograder.maths.lstm.problems import Call
from reference.diagnosis.lstm.forms import WEIGHTS, at
from reference.diagnosis.lstm.probes import NEAR, Asked, numbered
from reference.diagnosis.lstm.settings import draw_setting

FRESH = 48  # settings in which a condition must hold too
LONGEST = 8  # of these: a longer one takes long to draw

Side = Callable[[Call], bool]


class Judged(NamedTuple):
    """One call that was judged: T, t (None for w_xi_bar), and whether its value was right."""

    T: int
    t: int | None
    right: bool


def wrong_where(equation: str, asked: Asked, steps: Sequence[Judged], rng: random.Random) -> str:
    """What to say of an equation that is wrong at some of these steps; "" if nothing is known but that.

    If one condition alone holds wherever it is wrong and nowhere else, in fresh settings too, it is said; else an
    example of each.
    """
    fresh = [(call, close(value, call.want)) for call, value in _fresh(equation, asked, steps, rng)]
    again = [*steps, *(Judged(call.states.T, call.t, right) for call, right in fresh)]
    found = [text for text, holds in _conditions(again) if all(holds(call) != call.right for call in again)]
    if len(found) == 1:
        return f"is wrong where {found[0]}, and right at the other steps that were tried"
    seen = [*((call, close(value, call.want)) for call, value in asked.numbers), *fresh]
    seen = [(call, right) for call, right in seen if call.t not in (None, call.states.T)]  # at T terms are 0
    signs = [one for one in _signs() if _parts(one[2], seen)]
    if len(signs) == 1:
        above, below, side = signs[0]
        wrong, right_ = (below, above) if any(side(call) and right for call, right in seen) else (above, below)
        return f"is wrong where {wrong}, and right where {right_}"
    right, wrong_ = [call for call in steps if call.right], [call for call in steps if not call.right]
    return f"is wrong at some steps ({_at(wrong_[0])}) and right at others ({_at(right[0])})" if right else ""


def _fresh(equation: str, asked: Asked, steps: Sequence[Judged], rng: random.Random) -> list[tuple[Call, float]]:
    """Values in fresh settings, at the same steps."""
    places = sorted({(one.T, one.t) for one in steps if one.T <= LONGEST}, key=str)
    calls = [draw_setting(rng, *places[k % len(places)]).call(equation) for k in range(FRESH if places else 0)]
    return numbered(calls, asked.apart(calls))


def _at(call: Judged) -> str:
    return f"T = {call.T}" if call.t is None else f"t = {call.t}, T = {call.T}"


def _conditions(judged: Sequence[Judged]) -> Iterator[tuple[str, Callable[[Judged], bool]]]:
    values: dict[str, Callable[[Judged], int]] = {"T": lambda call: call.T}
    if all(call.t is not None for call in judged):
        values |= {"t": lambda call: call.t or 0, "T - t": lambda call: call.T - (call.t or 0)}
    for name, value in values.items():
        seen = sorted({value(call) for call in judged})
        yield from ((f"{name} = {k}", lambda call, v=value, k=k: v(call) == k) for k in seen)
        yield from ((f"{name} >= {k}", lambda call, v=value, k=k: v(call) >= k) for k in seen[1:])
        yield from ((f"{name} < {k}", lambda call, v=value, k=k: v(call) < k) for k in seen[1:])


def _parts(above: Side, seen: Sequence[tuple[Call, bool]]) -> bool:
    """Whether all on one side are right and all on the other wrong."""
    agree = {above(call) is right for call, right in seen}
    return len(agree) == 1 and len({right for _, right in seen}) == 2


def _signs() -> Iterator[tuple[str, str, Side]]:
    """A number above its middle, in words, the same below it, and whether it is above; h has the sign of c."""
    for shift in (0, 1, -1):
        for name in "xifogc":
            text, middle = f"{name}{at(shift)}", 0.5 if name in "ifo" else 0.0
            yield f"{text} > {middle:g}", f"{text} < {middle:g}", _node(name, shift, middle)
    for name in WEIGHTS:
        yield f"w_{name} > 0", f"w_{name} < 0", lambda call, v=name: getattr(call.problem.weights, v) > 0  # type: ignore[misc]
    for name, place in NEAR:
        yield f"{name}_bar({place}) > 0", f"{name}_bar({place}) < 0", _signal(name, int(place[1:] or 0))
    yield "dL/dh(t) > 0", "dL/dh(t) < 0", lambda call: call.states.dL_dh[call.t or 0] > 0
    yield "its true value is positive", "its true value is negative", lambda call: call.want > 0


def _node(name: str, shift: int, middle: float) -> Side:
    return lambda call: float(getattr(call.states, name)[(call.t or 0) + shift]) > middle


def _signal(name: str, shift: int) -> Side:
    return lambda call: float(getattr(call.signals, name)[(call.t or 0) + shift]) > 0
