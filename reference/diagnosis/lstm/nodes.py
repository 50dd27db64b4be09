"""An error signal where a node belongs: bar.i for s.i, so that error signals are multiplied with each other."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from types import SimpleNamespace
from typing import cast

from msgspec.structs import replace

from autograder.maths.lstm.problems import SIGNALS, Signals, States, Weights
from reference.diagnosis.lstm.equations import Form, Term
from reference.diagnosis.lstm.forms import Factor, Slip, Value, at, extra, instead, signal
from reference.diagnosis.lstm.search import Finding, Verdict
from reference.diagnosis.lstm.settings import Setting

SAME = 1e-7


def signals_for_nodes(terms: Sequence[Term], values: Sequence[tuple[Setting, float]]) -> Verdict | None:
    """The equation with error signals among the factors of its terms, if that gives every value."""
    right = [[term.value(s.t, s.states, s.signals, s.weights) for s, _ in values] for term in terms]
    wanted = [value for _, value in values]
    forms = {term.name: [(form, _column(form, values)) for form in _forms(term)] for term in terms}
    everywhere = [next(iter(forms[term.name]), None) for term in terms]
    if len(terms) > 1 and _equal(wanted, [one[1] if one else right[k] for k, one in enumerate(everywhere)]):
        return _verdict(terms, [one[0] if one else Form(terms[k]) for k, one in enumerate(everywhere)])
    for k, term in enumerate(terms):
        for form, column in forms[term.name]:
            if _equal(wanted, [*right[:k], column, *right[k + 1 :]]):
                return _verdict(terms, [form if one is term else Form(one) for one in terms])
    return None


def _verdict(terms: Sequence[Term], forms: Sequence[Form]) -> Verdict:
    return Verdict(tuple(Finding(term, form, 1.0) for term, form in zip(terms, forms, strict=True)), (), None)


def _equal(wanted: Sequence[float], columns: Sequence[Sequence[float]]) -> bool:
    totals = map(math.fsum, zip(*columns, strict=True))
    return all(
        abs(a - b) <= SAME * max(abs(a), *(abs(column[k]) for column in columns))
        for k, (a, b) in enumerate(zip(wanted, totals, strict=True))
    )


def _column(form: Form, values: Sequence[tuple[Setting, float]]) -> list[float]:
    factors = list(form.term.factors)
    for k, slip in form.slips:
        factors[k : k + 1] = [Factor("", slip.value, ())]
    term = replace(form.term, factors=tuple(factors))
    return [_safe(term, setting) for setting, _ in values]


def _safe(term: Term, setting: Setting) -> float:
    try:
        return term.value(setting.t, setting.states, setting.signals, setting.weights)
    except (ArithmeticError, ValueError, IndexError):
        return math.nan


def _forms(term: Term) -> Iterator[Form]:
    """The term with error signals for all its nodes, for those of one factor, for a factor, or as one factor more."""
    nodes = [(k, _of_signals(f)) for k, f in enumerate(term.factors) if k and re.search(NODE, f.text)]
    if not nodes:
        return
    if term.summed:
        nodes = [(k, slip) for k, slip in nodes if not term.factors[k].text.startswith("x")]
    yield Form(term, tuple(nodes))
    yield from (Form(term, (one,)) for one in nodes if len(nodes) > 1)
    for shift in (0, 1, -1):
        for name in SIGNALS:
            text, value = f"{name}_bar{at(shift)}", signal(name, shift)
            if text == term.factors[0].text:
                continue
            yield from (Form(term, ((k, instead(term.factors[k].text, text, value)),)) for k, _ in nodes)
            yield Form(term, ((len(term.factors), extra(text, value)),))


NODE = r"\b([ifogch])(?=\(t)"


def _of_signals(factor: Factor) -> Slip:
    """The factor with v_bar for v."""
    text = re.sub(NODE, r"\1_bar", factor.text)
    return instead(factor.text, text, _read_as_states(factor.value), "signal for node")


def _read_as_states(value: Value) -> Value:
    def read(t: int, s: States, bar: Signals, w: Weights) -> float:
        nodes = SimpleNamespace(x=s.x, dL_dh=s.dL_dh, T=s.T, **{v: getattr(bar, v) for v in SIGNALS})
        return value(t, cast(States, nodes), bar, w)

    return read
