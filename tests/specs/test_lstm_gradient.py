"""Question 2: back-propagation through time in a univariate LSTM, each equation judged on its own.

An equation gets the true error signals that it may build on, and NaN for those that it must not read.
"""

from __future__ import annotations

import math

from autograder.api import (
    Asked,
    Fault,
    Hint,
    Record,
    TimedOut,
    Unreadable,
    Values,
    credit,
    credited_by,
    float64_array,
    hinted_by,
    number,
    presample,
    real,
)
from autograder.maths.closeness import repeated, rounding_of
from autograder.maths.lstm.problems import cases, judged, reruns_the_network, unmasked, where_right

BY_TERMS = ("h_bar", "c_bar")  # right terms of these earn part of the points
TERMS = "Its right terms may earn part of the points: that is judged on Gradescope."
RUN_AGAIN = (
    "you run the network again from w and x; what it did is in s. At other steps the output gate may have an input "
    "that w and x do not show, so yours is a different network. Write the equation with s and bar."
)
KEPT = (
    "{equation}: gives at {here} exactly what it gave at {before}, for another problem. Does it keep values between "
    "calls, in a dict or a default argument? Every call is a problem of its own: compute from s, bar and w each time."
)
CHANGED = (
    "{equation}: changes {names} in place, so whatever it reads there afterwards is no longer what it was given. "
    "Compute with a new variable."
)
NOT_TO_BE_READ = "NaN stands for what this equation must not read: its own error signal at t, and those after it"
GROWS = "does it call itself to compute what `bar` already holds at other steps? Read it from there."


@number("2.1a")
@credited_by(credit.terms)
@presample(lambda draw, params: cases(draw, "h_bar"))
@hinted_by(lambda student, draw, params: hint("h_bar", student, draw.presampled()))
def test_h_bar(student, award, draw, reference):
    """The error signal of h(t)."""
    judge("h_bar", student, award, draw, reference)


@number("2.1b")
@credited_by(credit.terms)
@presample(lambda draw, params: cases(draw, "c_bar"))
@hinted_by(lambda student, draw, params: hint("c_bar", student, draw.presampled()))
def test_c_bar(student, award, draw, reference):
    """The error signal of c(t)."""
    judge("c_bar", student, award, draw, reference)


@number("2.1c")
@credited_by(credit.all_or_nothing)
@presample(lambda draw, params: cases(draw, "g_bar"))
@hinted_by(lambda student, draw, params: hint("g_bar", student, draw.presampled()))
def test_g_bar(student, award, draw, reference):
    """The error signal of g(t)."""
    judge("g_bar", student, award, draw, reference)


@number("2.1d")
@credited_by(credit.all_or_nothing)
@presample(lambda draw, params: cases(draw, "o_bar"))
@hinted_by(lambda student, draw, params: hint("o_bar", student, draw.presampled()))
def test_o_bar(student, award, draw, reference):
    """The error signal of o(t)."""
    judge("o_bar", student, award, draw, reference)


@number("2.1e")
@credited_by(credit.all_or_nothing)
@presample(lambda draw, params: cases(draw, "f_bar"))
@hinted_by(lambda student, draw, params: hint("f_bar", student, draw.presampled()))
def test_f_bar(student, award, draw, reference):
    """The error signal of f(t)."""
    judge("f_bar", student, award, draw, reference)


@number("2.1f")
@credited_by(credit.all_or_nothing)
@presample(lambda draw, params: cases(draw, "i_bar"))
@hinted_by(lambda student, draw, params: hint("i_bar", student, draw.presampled()))
def test_i_bar(student, award, draw, reference):
    """The error signal of i(t)."""
    judge("i_bar", student, award, draw, reference)


@number("2.2")
@credited_by(credit.all_or_nothing)
@presample(lambda draw, params: cases(draw, "w_xi_bar"))
@hinted_by(lambda student, draw, params: hint("w_xi_bar", student, draw.presampled()))
def test_w_xi_bar(student, award, draw, reference):
    """The gradient of w_xi."""
    judge("w_xi_bar", student, award, draw, reference)


def judge(equation, student, award, draw, reference):
    """Compares an equation with the complex step at every call; explains it by its terms where it is wrong."""
    calls = draw.presampled()
    values = answers(equation, student, calls)
    right, precision = judged(calls, values)
    wrong = [(call, value) for call, value, fine in zip(calls, values, right, strict=True) if not fine]
    worst = max(wrong, key=distance, default=None)
    figure = drawn(equation, calls, values, right, worst)
    if worst is None:
        note = f" Your values are {precision}: right to that precision." if precision else ""
        return award.found({"right": True}, f"Right at {len(calls)} of {len(calls)} random problems.{note}", figure)
    lines = [f"Wrong at {len(wrong)} of {len(calls)} random problems.", describe(*worst, student)]
    if reruns_the_network(calls, values):
        findings = {"right": False, "named": [f"runs the network again in {equation}"]}
        return award.found(findings, "\n".join([*lines, f"{equation}: {RUN_AGAIN}"]), figure)
    if (places := repeated(values, right)) is not None:
        here, before = (at(calls[place]) for place in places)
        findings = {"right": False, "named": [f"keeps values between calls in {equation}"]}
        lines.append(KEPT.format(equation=equation, here=here, before=before))
        return award.found(findings, "\n".join(lines), figure)
    changed = changed_in_place(equation, student, worst[0])
    lines += [CHANGED.format(equation=equation, names=", ".join(changed))] if changed else []
    if not reference.present:
        lines += rounded_off(equation, calls, values) or only_somewhere(calls, right)
        lines += [TERMS] if equation in BY_TERMS else []
        return award.found({"right": False}, "\n".join(lines), figure)
    steps = [(call.states.T, call.t, fine) for call, fine in zip(calls, right, strict=True)]
    explanation = reference.explain_gradient(
        equation, asker(equation, student), draw, steps, lambda other: asker(other, student)
    )
    award.tell_staff(explanation.flag and f"FOR A PERSON: {explanation.flag}")
    findings = {
        "right": False,
        "right_terms": explanation.right_terms,
        "true_terms": explanation.true_terms,
        "given_terms": explanation.given_terms,
        "named": [*(f"changes {name} in place in {equation}" for name in changed), *explanation.named],
    }
    return award.found(findings, "\n".join([*lines, *explanation.sentences]), figure)


def hint(equation, student, calls):
    """What can be told of a wrong equation without its terms, and its shortest failing call."""
    from autograder.maths.lstm.hints import hints  # grading itself needs none

    values = asker(equation, student)(calls)
    for call, value in zip(calls, values, strict=True):
        if value is None:
            return Hint((f"value: at {at(call)} it gives no number.",), failing(equation, call, float("nan")))
    right, _ = judged(calls, values)
    wrong = [(call, value) for call, value, fine in zip(calls, values, right, strict=True) if not fine]
    lines = [f"network: {RUN_AGAIN}"] if reruns_the_network(calls, values) else []
    lines += hints(calls, values, right, asker(equation, student))
    return Hint(tuple(lines), failing(equation, *min(wrong, key=lambda case: case[0].states.T)))


def answers(equation, student, calls):
    """The student's values, in order; raises what went wrong, with a hint where the time grows with T - t."""
    values = list(student.call_each(equation, [arguments(call) for call in calls]))
    for answered, value in enumerate(values):
        if isinstance(value, TimedOut) and answered:
            raise TimedOut(f"{value.feedback}\n{answered} shorter problems were answered in time: {GROWS}", value.staff)
        if isinstance(value, Fault):
            raise value
    return [real(value) for value in values]


def arguments(call):
    """What the student's function gets: `(t, s, bar, w)`, or `(s, bar, w)` for the gradient of w_xi."""
    states, signals, weights = call.states, call.signals, call.problem.weights
    s = Record(
        {**{n: float64_array(getattr(states, n)) for n in ("x", "i", "f", "o", "g", "c", "h", "dL_dh")}, "T": states.T}
    )
    bar = Record({n: float64_array(getattr(signals, n)) for n in ("h", "c", "g", "o", "f", "i")})
    w = Record({n: getattr(weights, n) for n in ("xi", "hi", "xf", "hf", "xo", "ho", "xg", "hg")})
    return (s, bar, w) if call.t is None else (call.t, s, bar, w)


def changed_in_place(equation, student, call):
    """What the student's function changes of its arguments when it is called: "s.c", "bar.h"."""
    names = ("t", "s", "bar", "w")[call.t is None :]
    return [f"{names[place]}.{field}" for place, field in student.changes(equation, *arguments(call))]


def asker(equation, student):
    """A function that asks the student's equation about more problems; None where it gives no number."""

    def ask(calls):
        values = list(student.call_each(equation, [arguments(call) for call in calls]))
        values += [None] * (len(calls) - len(values))
        return [number_or_none(value) for value in values]

    return ask


def number_or_none(value):
    """A real number, or None for whatever else came."""
    try:
        return None if value is None or isinstance(value, Fault) else real(value)
    except Unreadable:
        return None


def distance(case):
    """How far a value is from the true one, relative to it; NaN is the farthest."""
    call, value = case
    return float("inf") if value != value else abs(value - call.want) / max(abs(call.want), 1e-300)


def describe(call, value, student):
    """The worst call: what was asked, what should have come, what came."""
    hint = "" if math.isfinite(value) else whence(call, value, student)
    return f"{call.equation} at {at(call)}: expected {call.want!r}, got {value!r}{hint}."


def whence(call, value, student):
    """Where a NaN or an infinity comes from: from what must not be read, or, with numbers there too, from elsewhere."""
    try:
        again, warning = student.call_watched(call.equation, *arguments(unmasked(call)))
        again = real(again)
    except (Fault, Unreadable):
        return ""
    if not math.isfinite(again):
        return f" from your own arithmetic{': ' if warning else ''}{warning}"
    return f" ({NOT_TO_BE_READ})" if value != value else ""


def rounded_off(equation, calls, values):
    """A hint where the values are the true ones, rounded."""
    to = rounding_of(values, [call.want for call in calls])
    return [f"{equation}: right to {to} only: do not round."] if to else []


def only_somewhere(calls, right):
    """A hint where the equation is right at some steps or lengths and wrong at all others."""
    where = where_right([(call.states.T, call.t or call.states.T) for call in calls], right)
    if where == "T - t <= 0":
        return ["It is right at t = T and wrong before: check the terms that come from step t + 1."]
    return [f"It is right where {where}, and only there."] if where else []


def drawn(equation, calls, values, right, worst):
    """The values against the true ones, and the worst call with all that it was given, for whoever can draw."""
    axis = "T" if equation == "w_xi_bar" else "t"
    asked = tuple(asked_at(*case) for case in zip(calls, values, right, strict=True))
    return failing(equation, *worst, asked, axis) if worst else Values(equation, asked, axis=axis)


def asked_at(call, value, right):
    """One call for whoever can draw."""
    return Asked(at(call), call.want, value, right, call.t or call.states.T)


def failing(equation, call, value, calls=(), axis=""):
    """One wrong call with all that it was given."""
    *t, s, bar, w = arguments(call)
    given = [
        (f"{name}.{field}", tuple(x.items) if hasattr(x, "items") else x)
        for name, record in (("s", s), ("bar", bar), ("w", w))
        for field, x in record.fields.items()
    ]
    text = f"{equation}({', '.join([*map(str, t), 's', 'bar', 'w'])})"
    return Values(equation, calls, asked_at(call, value, False), tuple(given), text, axis)


def at(call):
    """Where an equation was asked: "t = 2, T = 5"."""
    return f"t = {call.t}, T = {call.states.T}" if call.t is not None else f"T = {call.states.T}"
