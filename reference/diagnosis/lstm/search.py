"""Which sum of terms gives exactly these values? Simplest first.

The true terms with other coefficients, one slip made in every term, a slip in one term, a term too many, slips in two
terms, the terms multiplied.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from itertools import combinations

import msgspec
import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from autograder.maths.linear_terms import Fit, Found, fit, one_more, two_more
from autograder.maths.lstm.problems import Call
from reference.diagnosis.lstm.equations import TERMS, Form, Term, strangers
from reference.diagnosis.lstm.forms import KINDS, Value

Evaluate = Callable[[Sequence[Call]], Sequence[float | None]]

SAME = 1e-5


class Finding(msgspec.Struct, frozen=True):
    """What became of one true term: the form it was given and its coefficient; form None where no known form fits."""

    term: Term
    form: Form | None
    coefficient: float

    @property
    def missing(self) -> bool:
        return self.form is not None and abs(self.coefficient) <= SAME

    @property
    def right(self) -> bool:
        return self.form is not None and not self.form.slips and abs(self.coefficient - 1) <= SAME


class Verdict(msgspec.Struct, frozen=True):
    """A finding for each true term, and terms that do not belong; `multiplied` where the paths are a product."""

    findings: tuple[Finding, ...]
    extras: tuple[tuple[Term, float], ...] = ()
    multiplied: bool = False

    @property
    def right(self) -> int:
        return 0 if self.multiplied else sum(one.right for one in self.findings)

    @property
    def plain(self) -> int:
        """How many coefficients are 1, 0 or -1: of two explanations the plainer is the likelier."""
        return sum(min(abs(one.coefficient - c) for c in (-1, 0, 1)) <= SAME for one in self.findings)


class Sample:
    """Calls with the student's finite values, and the columns of terms at these calls (computed once)."""

    def __init__(self, calls: Sequence[Call], values: Sequence[float]) -> None:
        self.calls = list(calls)
        self.values = list(values)
        self._steps = [range(1, c.states.T + 1) if c.t is None else (c.t,) for c in self.calls]
        self._cells: dict[Value, NDArray[np.float64]] = {}

    def where(self, keep: Callable[[Call], bool]) -> Sample:
        """The part of it whose calls are to be kept."""
        kept = [(c, v) for c, v in zip(self.calls, self.values, strict=True) if keep(c)]
        return Sample([c for c, _ in kept], [v for _, v in kept])

    def cells(self, value: Value) -> NDArray[np.float64]:
        """One factor at every step of every call; 0 beyond the last step of a call."""
        if value not in self._cells:
            table = np.zeros((len(self.calls), max(map(len, self._steps))))
            for k, (call, steps) in enumerate(zip(self.calls, self._steps, strict=True)):
                for j, t in enumerate(steps):
                    table[k, j] = value(t, call.states, call.signals, call.problem.weights)
            self._cells[value] = table
        return self._cells[value]

    def column(self, form: Form) -> list[float]:
        """The value of a term, as this form has it, at every call."""
        values = [factor.value for factor in form.term.factors]
        for k, slip in form.slips:
            values[k] = slip.value
        table = self.cells(values[0])
        for value in values[1:]:
            table = table * self.cells(value)
        return [float(v) for v in table.sum(axis=1)]

    def columns(self, forms: Iterable[Form]) -> list[list[float]]:
        return [self.column(form) for form in forms]


def ask(evaluate: Evaluate, calls: Sequence[Call]) -> Sample:
    """The values that came back as finite numbers, with their calls."""
    kept = [(c, v) for c, v in zip(calls, evaluate(calls), strict=True) if number(v)]
    return Sample([c for c, _ in kept], [float(v) for _, v in kept if v is not None])


def number(value: float | None) -> bool:
    return isinstance(value, (int, float)) and math.isfinite(value)


def _verdict(forms: Sequence[Form], one: Fit) -> Verdict:
    return Verdict(tuple(Finding(f.term, f, c) for f, c in zip(forms, one.coefficients, strict=False)))


def _best(verdicts: Sequence[Verdict]) -> Verdict | None:
    """The one with most right terms, then the plainest, then the first."""
    return max(verdicts, key=lambda v: (v.right, v.plain), default=None)


def search(sample: Sample, equation: str) -> Verdict | None:
    """The simplest explanation of the values, or None. Needs more values than the equation has terms, by two."""
    terms = TERMS[equation]
    if len(sample.values) < len(terms) + 3:
        return None
    for attempt in (_as_it_is, _same_slip, _one_slip, _one_extra, _two_slips, _product):
        verdict = attempt(sample, terms, equation)
        if verdict is not None:
            return verdict
    return None


def _as_it_is(sample: Sample, terms: Sequence[Term], equation: str) -> Verdict | None:
    forms = [Form(term) for term in terms]
    return _whole(sample, forms)


def _whole(sample: Sample, forms: Sequence[Form]) -> Verdict | None:
    one = fit(sample.values, sample.columns(forms))
    return _verdict(forms, one) if one.exact and all(one.determined) else None


def _same_slip(sample: Sample, terms: Sequence[Term], equation: str) -> Verdict | None:
    """One kind of slip, or two, made in every term that has it."""
    known = [{f.slips[0][1].kind: f for f in term.forms(1)} for term in terms]
    kinds = [kind for kind in KINDS if sum(kind in one for one in known) > 1]
    found = []
    for chosen in (*((kind,) for kind in kinds), *combinations(kinds, 2)):
        forms = [_with_kinds(term, one, chosen) for term, one in zip(terms, known, strict=True)]
        verdict = _whole(sample, forms)
        found += [verdict] if verdict else []
    return _best(found)


def _with_kinds(term: Term, known: dict[str, Form], kinds: Sequence[str]) -> Form:
    slips = {k: slip for kind in kinds if kind in known for k, slip in known[kind].slips}
    return Form(term, tuple(slips.items()))


def _one_slip(sample: Sample, terms: Sequence[Term], equation: str) -> Verdict | None:
    """One term in a known wrong form, with one or two slips."""
    found = []
    for term in terms:
        others = [Form(other) for other in terms if other is not term]
        pool = list(term.forms(2))
        for hit in one_more(sample.values, sample.columns(others), sample.columns(pool)):
            forms = [*others, pool[hit.candidates[0]]]
            found.append(_ordered(_verdict(forms, hit.fit), terms))
    return _best(found)


def _ordered(verdict: Verdict, terms: Sequence[Term]) -> Verdict:
    return replace(verdict, findings=tuple(next(f for f in verdict.findings if f.term is term) for term in terms))


def _one_extra(sample: Sample, terms: Sequence[Term], equation: str) -> Verdict | None:
    """The true terms and a stranger."""
    own = [Form(term) for term in terms]
    pool = [Form(term) for term in strangers(equation)]
    hits = one_more(sample.values, sample.columns(own), sample.columns(pool))
    return _best([_with_extra(own, pool, hit) for hit in hits])


def _with_extra(own: Sequence[Form], pool: Sequence[Form], hit: Found) -> Verdict:
    return replace(_verdict(own, hit.fit), extras=((pool[hit.candidates[0]].term, hit.fit.coefficients[-1]),))


def _two_slips(sample: Sample, terms: Sequence[Term], equation: str) -> Verdict | None:
    """Two terms in known wrong forms, one slip each."""
    found = []
    for a, b in combinations(terms, 2):
        others = [Form(other) for other in terms if other is not a and other is not b]
        first, second = list(a.forms(1)), list(b.forms(1))
        columns = sample.columns(others), sample.columns(first), sample.columns(second)
        for hit in two_more(sample.values, *columns):
            forms = [*others, first[hit.candidates[0]], second[hit.candidates[1]]]
            found.append(_ordered(_verdict(forms, hit.fit), terms))
    return _best(found)


def _product(sample: Sample, terms: Sequence[Term], equation: str) -> Verdict | None:
    """All terms multiplied where they are to be added."""
    if len(terms) < 2:
        return None
    column = np.prod(np.array(sample.columns(Form(term) for term in terms)), axis=0)
    if not fit(sample.values, [[float(v) for v in column]]).exact or not np.any(column):
        return None
    return Verdict(tuple(Finding(term, None, 0.0) for term in terms), multiplied=True)
