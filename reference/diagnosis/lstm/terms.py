"""Why is this equation of 2.1 or 2.2 wrong? Which of its terms are right, and what happened to the others.

TERMS has the true terms of each equation. `explain` asks the wrong function for values on fresh problems, finds the sum
of terms that gives exactly these values, and says in words how it differs from the true one. What an equation must not
read is given to it as random numbers, which say nothing, so that reading them is noticed and does not stop the rest.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

import msgspec
import numpy as np
from msgspec.structs import asdict, replace

from autograder.maths.closeness import close
from autograder.maths.linear_terms import fit
from autograder.maths.lstm import problems as lstm
from autograder.maths.lstm.problems import SIGNALS, Call, Loss
from reference.diagnosis.lstm.equations import TERMS, Form, Term
from reference.diagnosis.lstm.isolation import garbled, isolate_c, isolate_h
from reference.diagnosis.lstm.search import (
    Evaluate,
    Sample,
    Verdict,
    number,
    search,
)
from reference.diagnosis.lstm.words import at_the_edge, mistakes, reading

__all__ = ["TERMS", "Explanation", "Term", "arguments", "explain", "in_process"]

CALLS = 36
ROUNDED = 1e-4
PRE_ACTIVATION = "pre-activation style error signals: right if all are meant so, needs a human look"
NO_DIRECT = "recurrence without the direct loss term: right if the loss is at T only, needs a human look"
UNSTEADY = "right on every problem asked again, needs a human look"
INEXACT = "right but for rounding or a numerical derivative, needs a human look"


class Explanation(msgspec.Struct, frozen=True):
    """What is known about a wrong equation.

    right_terms, true_terms, given_terms: for credit right / max(true, given); right is less than that maximum.
    named: the mistakes recognised, for statistics ("forget path missing in c_bar").
    sentences: at most three, for the student. explained: whether the values were taken apart.
    flag: for staff, "" if nobody needs to look.
    """

    right_terms: int
    true_terms: int
    given_terms: int
    named: tuple[str, ...]
    sentences: tuple[str, ...]
    explained: bool
    flag: str = ""


def explain(equation: str, evaluate: Evaluate, rng: random.Random) -> Explanation:
    """Explain a wrong equation ("h_bar" ... "i_bar", "w_xi_bar").

    evaluate: the student's values on these calls, in order; None where there was no number. It is asked
    for 42 calls as a rule and 140 at most, each with a fresh problem; NaN, infinite and huge values do no harm.
    """
    with np.errstate(all="ignore"):
        calls = _questions(equation, rng)
        values = list(evaluate(calls))
        kept = [(c, float(v)) for c, v in zip(calls, values, strict=True) if v is not None and number(v)]
        sample = Sample([c for c, _ in kept], [v for _, v in kept])
        silent = [c for c, v in zip(calls, values, strict=True) if not number(v)]
        reads = _reads(equation, evaluate, rng) if kept else ()
        verdict, edge = _taken_apart(equation, sample, silent, evaluate, rng)
        if verdict is None or (_faultless(verdict) and not edge and not reads):
            return _inexact(equation, sample) or _unexplained(equation, sample, len(silent), reads)
        return _explained(equation, verdict, edge, bool(silent), reads)


def _questions(equation: str, rng: random.Random) -> list[Call]:
    """Calls of every kind: T = 3 to 5, a quarter of them at t = T, the loss at every t or at T only."""
    calls = []
    for k in range(CALLS):
        T = 3 + k % 3  # noqa: N806
        t = None if equation == "w_xi_bar" else T if k % 4 == 3 else rng.randint(1, T - 1)
        loss: Loss = "last_t" if rng.random() < 0.3 else "every_t"
        calls.append(garbled(lstm.draw_call(rng, T, equation, t, loss), rng))
    return calls


def _reads(equation: str, evaluate: Evaluate, rng: random.Random) -> tuple[str, ...]:
    """The error signals it reads though it must not: with one of them NaN, the value is no number."""
    if equation == "w_xi_bar":
        return ()
    hidden = SIGNALS[SIGNALS.index(equation.removesuffix("_bar")) :]
    calls = []
    for name in hidden:
        call = lstm.draw_call(rng, 3, equation, 2)
        calls.append(replace(call, signals=replace(garbled(call, rng).signals, **{name: getattr(call.signals, name)})))
    return tuple(name for name, value in zip(hidden, evaluate(calls), strict=True) if not number(value))


def _taken_apart(
    equation: str, sample: Sample, silent: Sequence[Call], evaluate: Evaluate, rng: random.Random
) -> tuple[Verdict | None, str]:
    """The verdict, and the edge ("t = 1" or "t = T") at which the equation does something else, if there is one."""
    edges: dict[str, Callable[[Call], bool]] = {"t = T": lambda c: c.t == c.states.T, "t = 1": lambda c: c.t == 1}
    verdict = search(sample, equation)
    if verdict is not None:
        return verdict, next((name for name, at in edges.items() if silent and all(map(at, silent))), "")
    if equation == "w_xi_bar":
        return None, ""
    parts = ((search(sample.where(lambda c, at=at: not at(c)), equation), name) for name, at in edges.items())  # type: ignore[misc]
    found, edge = next(((part, name) for part, name in parts if part is not None), (None, ""))
    isolate = {"h_bar": isolate_h, "c_bar": isolate_c}.get(equation)
    if isolate is None or (found is not None and _faultless(found)):
        return found, edge
    path_by_path = isolate(sample, evaluate, rng)
    if found is None or (path_by_path is not None and path_by_path.right >= found.right):
        return path_by_path, ""
    return found, edge


def _faultless(verdict: Verdict) -> bool:
    return verdict.right == len(verdict.findings) and not verdict.extras


def _explained(equation: str, verdict: Verdict, edge: str, silent: bool, reads: Sequence[str]) -> Explanation:
    true = len(verdict.findings)
    right = max(0, verdict.right - bool(edge))
    given = sum(not one.missing for one in verdict.findings) + len(verdict.extras)
    given += _faultless(verdict) and bool(reads) and not edge
    notes = [*mistakes(equation, verdict), *at_the_edge(equation, edge, silent)]
    if not notes or equation.removesuffix("_bar") in reads:
        notes = [*reading(equation, reads), *notes]
    named = tuple(code for code, _ in notes)
    sentences = tuple(f"{equation}: {says}." for _, says in notes)[:3]
    return Explanation(right, true, given, named, sentences, True, _flag(equation, verdict))


def _flag(equation: str, verdict: Verdict) -> str:
    kinds = [tuple(s.kind for _, s in one.form.slips) if one.form else ("?",) for one in verdict.findings]
    if equation == "h_bar":
        if all(kind == ("no derivative",) for kind in kinds[1:]):
            return PRE_ACTIVATION
        first, *others = verdict.findings
        only_at_end = bool(first.form and any("only at t = T" in slip.code for _, slip in first.form.slips))
        return NO_DIRECT if (first.missing or only_at_end) and all(one.right for one in others) else ""
    style = ("no derivative",) if equation == "w_xi_bar" else ("extra derivative",)
    return PRE_ACTIVATION if equation != "c_bar" and kinds == [style] else ""


def _inexact(equation: str, sample: Sample) -> Explanation | None:
    """The true terms, nearly: rounded to float32, or a numerical derivative."""
    terms = TERMS[equation]
    if len(sample.values) <= len(terms) or all(map(close, sample.values, (call.want for call in sample.calls))):
        return None
    one = fit(sample.values, sample.columns(Form(term) for term in terms))
    if one.residual > ROUNDED or any(abs(c - 1) > ROUNDED for c in one.coefficients):
        return None
    says = f"{equation}: right to about {one.residual:.0e} only: rounded to float32, or a numerical derivative?"
    return Explanation(0, len(terms), len(terms), (f"inexact values in {equation}",), (says,), True, INEXACT)


def _unexplained(equation: str, sample: Sample, silent: int, reads: Sequence[str]) -> Explanation:
    sentences = [f"{equation}: {says}." for _, says in reading(equation, reads)]
    if silent:
        sentences.append(f"{equation}: gave no finite number on {silent} of {silent + len(sample.values)} problems.")
    sentences += _worst(equation, sample)
    flag = "" if sentences else UNSTEADY
    if not sentences:
        sentences = [f"{equation}: wrong before and right when asked again: does it depend on more than its arguments?"]
    true = len(TERMS[equation])
    return Explanation(0, true, true, (f"unexplained values in {equation}",), tuple(sentences[:3]), False, flag)


def _worst(equation: str, sample: Sample) -> list[str]:
    """The problem on which the value is furthest off, in full digits."""
    if not sample.values:
        return []
    call, got = max(zip(sample.calls, sample.values, strict=True), key=lambda p: abs(p[1] - p[0].want) / abs(p[0].want))
    if close(got, call.want):
        return []
    p, w = call.problem, call.problem.weights
    where = "" if call.t is None else f" at t = {call.t}"
    given = f"x = {list(p.x)}, h(0) = {p.h0!r}, c(0) = {p.c0!r}, dL/dh = {list(p.dL_dh)}"
    weights = ", ".join(f"w_{name} = {value!r}" for name, value in asdict(w).items())
    return [
        f"{equation}{where}, T = {p.T}: expected {call.want!r}, your function says {got!r}.",
        f"There {given}; {weights}.",
    ]


def arguments(call: Call) -> tuple[Any, ...]:
    """What a student's function is called with: (t, s, bar, w), or (s, bar, w) for w_xi_bar; s and bar hold arrays."""
    s = SimpleNamespace(**{k: np.array(v) if isinstance(v, tuple) else v for k, v in asdict(call.states).items()})
    bar = SimpleNamespace(**{k: np.array(v) for k, v in asdict(call.signals).items()})
    step = () if call.t is None else (call.t,)
    return (*step, s, bar, call.problem.weights)


def in_process(function: Callable[..., Any]) -> Evaluate:
    """`evaluate` for a function of this process (tests, planted mistakes); students' functions run elsewhere."""

    def value(call: Call) -> float | None:
        try:
            with np.errstate(all="ignore"):
                return float(function(*arguments(call)))
        except Exception:
            return None

    return lambda calls: [value(call) for call in calls]
