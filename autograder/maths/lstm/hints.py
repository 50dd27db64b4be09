"""What can be told of a wrong equation without its terms: sign, factor, steps, and which inputs it depends on.

Which inputs a value depends on is found by differences: each number that the equation gets is changed by itself. What
the true value depends on is found in the same way, with the nodes that its own node feeds directly: each is nudged by
the complex step, and no further. That is one way to write the equation, with the signals nearest to it; others are
right, too, so it is told as one way.
"""

# The names are the homework's letters.
# ruff: noqa: N806

from __future__ import annotations

import cmath
import math
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from msgspec.structs import replace

from autograder.maths.lstm.network import EPS, SIGNALS, Weights
from autograder.maths.lstm.problems import Call
from autograder.maths.lstm.shapes import where_right

Ask = Callable[[Sequence[Call]], Sequence[float | None]]
Input = tuple[str, str, int | None]  # record, field, step: ("s", "x", 3); no step for a weight
STATES = ("x", "i", "f", "o", "g", "c", "h", "dL_dh")
SAME = 1e-6  # relative: of a factor over all problems, of two values that are equal
CHANGED = 1e-9  # relative: a value that depends on an input changes by more
SHRINK, IN_PLACE_OF_ZERO = 0.63, 0.41  # what a changed input is: a gate stays one


def hints(calls: Sequence[Call], values: Sequence[float], right: Sequence[bool], ask: Ask) -> list[str]:
    """Sentences on a wrong equation. ask: its values for other calls, None where it gives no number."""
    found = [*_sign_and_factor(calls, values), *_steps(calls, right)]
    probe = _probe(calls, right)
    given, again = ask([probe, probe])
    if given is None or again is None:
        return [*found, "inputs: not found, since it gives no number where every signal is one."]
    if given != again and not (given != given and again != again):
        return [*found, "inputs: asked twice with the same inputs, it does not give the same number."]
    yours = depends(probe, ask)
    if yours is None:
        return [*found, "inputs: not found, since it does not answer all of the calls."]
    return [*found, *_compared(probe, yours, depends(probe, local_values) or [])]


def local_values(calls: Sequence[Call]) -> list[float]:
    """`local_value` of each call."""
    return [local_value(call) for call in calls]


# ----------------------------------------------------------------------------------------------------- sign and factor


def _sign_and_factor(calls: Sequence[Call], values: Sequence[float]) -> Iterator[str]:
    ratios = [value / call.want for call, value in zip(calls, values, strict=True) if call.want]
    if not ratios or not all(map(math.isfinite, ratios)):
        yield "sign and factor: some of your values are not finite."
    elif all(math.isclose(ratio, ratios[0], rel_tol=SAME, abs_tol=1e-12) for ratio in ratios):
        yield _constant(ratios[0])
    elif all(math.isclose(abs(ratio), 1, rel_tol=SAME) for ratio in ratios):
        yield f"sign: only the sign is wrong, at {sum(ratio < 0 for ratio in ratios)} of {len(ratios)} problems."
    else:
        positive = sum(ratio > 0 for ratio in ratios)
        yield f"sign: that of the true value at {positive} of {len(ratios)} problems."
        yield from _one_input(calls, ratios)


def _one_input(calls: Sequence[Call], ratios: Sequence[float]) -> Iterator[str]:
    """Whether the factor is one of the inputs at each problem, times or divided by."""
    for record, field, offset in _near(every_step=calls[0].t is None):
        places = [None if offset is None else (call.t or 0) + offset for call in calls]
        inputs = [_input(call, (record, field, place)) for call, place in zip(calls, places, strict=True)]
        name = f"{record}.{field}{'' if offset is None else f'[{_relative(offset)}]'}"
        for word, power in (("times", 1), ("divided by", -1)):
            pairs = zip(ratios, inputs, strict=True)
            if all(value and math.isclose(ratio, value**power, rel_tol=SAME) for ratio, value in pairs):
                yield f"factor: yours is the true value {word} {name}, at every problem."
                return
    yield "factor: no single one; yours divided by the true value differs from problem to problem."


def _near(every_step: bool) -> Iterator[tuple[str, str, int | None]]:
    """The inputs that may be a factor: record, field, offset from t; a value over all steps has the weights alone."""
    offsets = () if every_step else (-1, 0, 1)
    yield from (("s", field, offset) for field in STATES for offset in offsets)
    yield from (("bar", field, offset) for field in SIGNALS for offset in offsets)
    yield from (("w", field, None) for field in Weights.__struct_fields__)


def _constant(ratio: float) -> str:
    if math.isclose(ratio, -1, rel_tol=SAME):
        return "sign: yours is the true value with the other sign, at every problem."
    return f"factor: yours is {ratio:.6g} times the true value, at every problem."


def _steps(calls: Sequence[Call], right: Sequence[bool]) -> Iterator[str]:
    """At which steps it is right."""
    if not any(right):
        yield "steps: it is right at none of the problems."
        return
    where = where_right([(call.states.T, call.t or call.states.T) for call in calls], right)
    if where == "T - t <= 0":
        where = "t = T, where nothing comes back from step t + 1"
    yield f"steps: right at {sum(right)} of {len(calls)} problems{f', those with {where}' if where else ''}."


# -------------------------------------------------------------------------------------------------------------- inputs


def _probe(calls: Sequence[Call], right: Sequence[bool]) -> Call:
    """The shortest wrong call with two steps on either side, else the longest wrong one; nothing in it is NaN."""
    wrong = [call for call, fine in zip(calls, right, strict=True) if not fine]
    inner = [call for call in wrong if call.states.T >= 3 and (call.t is None or 2 <= call.t <= call.states.T - 1)]
    chosen = min(inner, key=_length) if inner else max(wrong, key=_length)
    shown = {name: _without_nan(getattr(chosen.signals, name), place) for place, name in enumerate(SIGNALS)}
    return replace(chosen, signals=replace(chosen.signals, **shown))


def _length(call: Call) -> int:
    return call.states.T


def _without_nan(values: tuple[float, ...], place: int) -> tuple[float, ...]:
    return tuple(0.3 + 0.1 * place if math.isnan(value) else value for value in values)


def depends(probe: Call, ask: Ask) -> list[Input] | None:
    """The inputs of a call on which a value depends, by differences, in the order in which a student gets them.

    None where the answers break off: a process that ended, or ran out of time.
    """
    inputs = list(_inputs(probe))
    base, *others = ask([probe, *(_changed(probe, one) for one in inputs)])
    if others[-1] is None and others[-2] is None:
        return None
    return [one for one, value in zip(inputs, others, strict=True) if _differs(base, value)]


def _differs(base: float | None, value: float | None) -> bool:
    if base is None or value is None:
        return base is not value
    if math.isnan(base) and math.isnan(value):
        return False
    return not abs(value - base) <= CHANGED * abs(base)


def _inputs(call: Call) -> Iterator[Input]:
    for record, fields in (("s", STATES), ("bar", SIGNALS)):
        yield from ((record, field, step) for field in fields for step in range(call.states.T + 2))
    yield from (("w", field, None) for field in Weights.__struct_fields__)


def _input(call: Call, one: Input) -> float:
    record, field, step = one
    if step is None:
        return float(getattr(call.problem.weights, field))
    return float(getattr(call.states if record == "s" else call.signals, field)[step])


def _changed(call: Call, one: Input) -> Call:
    record, field, step = one
    value = _input(call, one)
    moved = SHRINK * value if value else IN_PLACE_OF_ZERO
    if step is None:
        weights = replace(call.problem.weights, **{field: moved})
        return replace(call, problem=replace(call.problem, weights=weights))
    held = "states" if record == "s" else "signals"
    values = list(getattr(getattr(call, held), field))
    values[step] = moved
    return replace(call, **{held: replace(getattr(call, held), **{field: tuple(values)})})


def local_value(call: Call) -> float:
    """The true value as a function of what the equation gets, with the signals of the nodes that its own feeds.

    The own node is nudged, `v + i eps`, and every node u(n) is computed once from its neighbours, and no further:
    `sum of bar.u[n] Im u(n) / eps`, and what the loss takes from the node itself. It equals `call.want` for the inputs
    as they were drawn.
    """
    own = (call.equation.removesuffix("_bar"), call.t)
    steps = range(1, call.states.T + 2)
    fed = {(name, n): _next(call, own, name, n).imag for n in steps for name in SIGNALS}
    moved = sum(getattr(call.signals, name)[n] * nudge for (name, n), nudge in fed.items() if nudge)
    direct = sum(call.states.dL_dh[n] * _now(call, own, "h", n).imag for n in steps)
    return float(moved + direct) / EPS


Own = tuple[str, int | None]


def _now(call: Call, own: Own, name: str, n: int) -> complex:
    """A node as it is, nudged if it is the own one."""
    value: float = getattr(call.states, name)[n]
    return value + (1j * EPS if own == (name, n) else 0.0)


def _next(call: Call, own: Own, name: str, n: int) -> complex:
    """A node as the network's own equation makes it from its neighbours, one of which may be nudged.

    The pre-activation of a gate is read from its value, since not all of its inputs are told.
    """
    now = partial(_now, call, own)
    if name == "c":
        return now("f", n) * now("c", n - 1) + now("i", n) * now("g", n)
    if name == "h":
        return now("o", n) * cmath.tanh(now("c", n))
    weights, x, value = call.problem.weights, call.states.x[n], getattr(call.states, name)[n]
    nudge = getattr(weights, f"h{name}") * 1j * now("h", n - 1).imag + (1j * EPS * x if own[0] == f"w_x{name}" else 0)
    if name == "g":
        return cmath.tanh(math.atanh(value) + nudge)
    return 1 / (1 + cmath.exp(-(math.log(value / (1 - value)) + nudge)))


# --------------------------------------------------------------------------------------------------------------- words


def _compared(call: Call, yours: Sequence[Input], true: Sequence[Input]) -> Iterator[str]:
    """On what a value depends, and on what it should."""
    said = "inputs: yours depends on"
    if set(yours) == set(true):
        yield f"{said} the right ones ({_listed(call, yours)}): look at signs, factors, and what is done with them."
        return
    yield f"{said} {_listed(call, yours)}."
    yield f"inputs: one way to write the true value depends on {_listed(call, true)}."
    if missing := [one for one in true if one not in yours]:
        yield f"inputs: written so, yours lacks {_listed(call, missing)}."


def _listed(call: Call, inputs: Sequence[Input]) -> str:
    """Inputs as they are written in an equation: "s.c[t - 1], bar.c[t], w.hf"."""
    steps: dict[tuple[str, str], list[int | None]] = {}
    for record, field, step in inputs:
        steps.setdefault((record, field), []).append(step)
    said = [f"{record}.{field}{_steps_of(call, at)}" for (record, field), at in steps.items()]
    return ", ".join(said) or "none of its inputs"


def _steps_of(call: Call, steps: Sequence[int | None]) -> str:
    """One step relative to t, or several: "[t - 1]", "[t, t + 1]", "[1..T]"."""
    at = [step for step in steps if step is not None]
    if not at:
        return ""
    if call.t is None or len(at) > 2:
        T = call.states.T
        names = {0: "0", T: "T", T + 1: "T + 1"}
        first, last = (names.get(n, str(n)) for n in (at[0], at[-1]))
        whole = at == list(range(at[0], at[-1] + 1))
        if len(at) > 1 and whole:
            return f"[{first}..{last}]"
        return f"[{', '.join(names.get(n, str(n)) for n in at[:4])}{', ...' if len(at) > 4 else ''}]"
    return f"[{', '.join(_relative(step - call.t) for step in at)}]"


def _relative(offset: int) -> str:
    return "t" if not offset else f"t {'+' if offset > 0 else '-'} {abs(offset)}"
