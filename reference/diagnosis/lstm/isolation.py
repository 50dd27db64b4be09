"""h_bar and c_bar path by path, whatever the form of each.

With the recurrent weights of the other gates zero, h_bar has only the direct term and one gate's path left; with a loss
such that h_bar(t) or c_bar(t+1) vanishes, c_bar has only the other path left.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence

import numpy as np
from msgspec.structs import replace

from autograder.maths.linear_terms import fit, one_more
from autograder.maths.lstm import problems as lstm
from autograder.maths.lstm.problems import Call, Problem
from reference.diagnosis.lstm.equations import TERMS, Form, Term
from reference.diagnosis.lstm.forms import GATES
from reference.diagnosis.lstm.search import Evaluate, Finding, Sample, Verdict, ask

SETTLED = 1e-8
ISOLATED = 10


def garbled(call: Call, rng: random.Random) -> Call:
    """The call with random numbers for NaN: what must not be read says nothing, and yet shows whether it is read."""
    if call.t is None:
        return call
    filled = lstm.masked(
        call.signals, call.equation.removesuffix("_bar"), call.t, lambda: rng.choice((-1, 1)) * rng.uniform(0.5, 2)
    )
    return replace(call, signals=filled)


def _problem_calls(problems: Iterable[tuple[Problem, int]], equation: str, rng: random.Random) -> list[Call]:
    return [garbled(lstm.call_for(problem, equation, t), rng) for problem, t in problems]


def _shut(rng: random.Random, weights: Sequence[str], ends: bool = False) -> list[tuple[Problem, int]]:
    """Problems with these weights zero, each with a step before T, or up to T."""
    return [
        (lstm.draw_problem(rng, T, silent=tuple(weights)), rng.randint(1, T if ends else T - 1))
        for T in (3 + k % 2 for k in range(ISOLATED))
    ]


def _alone(sample: Sample, term: Term, fixed: Sequence[Form]) -> list[Finding]:
    """The forms the term can have, where only it and the fixed forms contribute; unknown if none fits."""
    unknown = [Finding(term, None, 0.0)]
    if len(sample.values) < len(fixed) + 4:
        return unknown
    columns = sample.columns(fixed)
    own = fit(sample.values, [*columns, sample.column(Form(term))])
    if own.exact:
        return [Finding(term, Form(term), own.coefficients[-1])]
    pool = list(term.forms(2))
    hits = one_more(sample.values, columns, sample.columns(pool))
    return [Finding(term, pool[h.candidates[0]], h.fit.coefficients[-1]) for h in hits] or unknown


def _settled(findings: Sequence[Finding], sample: Sample) -> bool:
    """Whether the known findings alone give all values of the sample, with the coefficients found."""
    values, total = np.array(sample.values), np.zeros(len(sample.values))
    for one in findings:
        if one.form is not None:
            total = total + one.coefficient * np.array(sample.column(one.form))
    if len(values) < len(findings) + 3:
        return False
    return bool(np.max(np.abs(values - total)) <= SETTLED * np.max(np.abs(values)))


def isolate_h(sample: Sample, evaluate: Evaluate, rng: random.Random) -> Verdict | None:
    """h_bar path by path: with all other recurrent weights zero, one gate's path and the direct term are left."""
    direct, *paths = TERMS["h_bar"]
    recurrent = {f"h{gate}": path for gate, path in zip(GATES, paths, strict=True)}

    def asked(shut: Sequence[str], ends: bool = False) -> Sample:
        return ask(evaluate, _problem_calls(_shut(rng, shut, ends), "h_bar", rng))

    alone = {w: asked([other for other in recurrent if other != w]) for w in recurrent}
    found = []
    # With every path shut, h_bar(t+1) and dL/dh(t+1) are the same: every form of the direct term is tried.
    for first in _alone(asked(list(recurrent), ends=True), direct, [])[:4]:
        if first.form is None:
            return None
        findings = [first, *(_alone(alone[w], path, [first.form])[0] for w, path in recurrent.items())]
        unknown = [w for w, finding in zip(recurrent, findings[1:], strict=True) if finding.form is None]
        if _settled(findings, asked(unknown) if unknown else sample):
            found.append(Verdict(tuple(findings)))
    return max(found, key=lambda v: (v.right, sum(one.form is not None for one in v.findings)), default=None)


def _without(problem: Problem, name: str, t: int) -> Problem:
    """The same problem with the direct term at t chosen so that the error signal `name` at t vanishes."""

    def moved(by: float) -> Problem:
        return replace(problem, dL_dh=tuple(d + by * (n == t) for n, d in enumerate(problem.dL_dh, start=1)))

    now, then = (getattr(lstm.error_signals(moved(by)), name)[t] for by in (0.0, 1.0))
    return moved(now / (now - then))


def isolate_c(sample: Sample, evaluate: Evaluate, rng: random.Random) -> Verdict | None:
    """c_bar path by path: with h_bar(t) = 0 only c(t+1) is left; with c_bar(t+1) = 0, or at t = T, only h(t)."""
    hidden, cell = TERMS["c_bar"]
    problems = _shut(rng, ())
    through_c = ask(evaluate, _problem_calls([(_without(p, "h", t), t) for p, t in problems], "c_bar", rng))
    before = [(_without(p, "c", t + 1), t) for p, t in _shut(rng, ())]
    last = [(p, p.T) for p, _ in _shut(rng, ())]
    through_h = ask(evaluate, _problem_calls([*before, *last], "c_bar", rng))
    findings = _alone(through_h, hidden, [])[0], _alone(through_c, cell, [])[0]
    known = [finding for finding in findings if finding.form is not None]
    if not any(finding.right for finding in known):
        return None
    return Verdict(findings) if len(known) < 2 or _settled(findings, sample) else None
