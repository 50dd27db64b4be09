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
from reference.diagnosis.lstm.settings import Setting
from reference.diagnosis.lstm.verdict import Finding, Piece, Verdict

SAME = 1e-7


def signals_for_nodes(terms: Sequence[Term], values: Sequence[tuple[Setting, float]]) -> Verdict | None:
    """The equation with error signals among the factors of its terms, if that gives every value."""
    first = values[:1]
    everywhere = [next(_forms(term)) if term.factors[1:] else Form(term) for term in terms]
    if len(terms) > 1 and _gives(everywhere, first) and _gives(everywhere, values):
        return _verdict(terms, everywhere)
    right = [Form(term) for term in terms]
    value, start = values[0][1], [_column(form, first) for form in right]
    for k, term in enumerate(terms):
        for form in _forms(term) if term.factors[1:] else ():
            if not _equal([value], [*start[:k], _column(form, first), *start[k + 1 :]]):
                continue
            forms = [*right[:k], form, *right[k + 1 :]]
            if _gives(forms, values):
                return _verdict(terms, forms)
    return None


def _gives(forms: Sequence[Form], values: Sequence[tuple[Setting, float]]) -> bool:
    return _equal([value for _, value in values], [_column(form, values) for form in forms])


def _verdict(terms: Sequence[Term], forms: Sequence[Form]) -> Verdict:
    findings = tuple(Finding(term, form, 1.0) for term, form in zip(terms, forms, strict=True))
    pieces = tuple(Piece(None, tuple(factor.value for factor in _as_written(form).factors), 1.0) for form in forms)
    return Verdict(findings, (), None if any(term.summed for term in terms) else pieces)


def _equal(wanted: Sequence[float], columns: Sequence[Sequence[float]]) -> bool:
    totals = map(math.fsum, zip(*columns, strict=True))
    return all(
        abs(a - b) <= SAME * max(abs(a), *(abs(column[k]) for column in columns))
        for k, (a, b) in enumerate(zip(wanted, totals, strict=True))
    )


def _column(form: Form, values: Sequence[tuple[Setting, float]]) -> list[float]:
    term = _as_written(form)
    return [_safe(term, setting) for setting, _ in values]


def _as_written(form: Form) -> Term:
    """The term with the factors that the form has in their place."""
    factors = list(form.term.factors)
    for k, slip in form.slips:
        factors[k : k + 1] = [Factor("", slip.value, ())]
    return replace(form.term, factors=tuple(factors))


def _safe(term: Term, setting: Setting) -> float:
    try:
        return term.value(setting.t, setting.states, setting.signals, setting.weights)
    except (ArithmeticError, ValueError, IndexError):
        return math.nan


NODE = r"\b([ifogch])\(t([+-]\d)?\)"


def _forms(term: Term) -> Iterator[Form]:
    """The term with error signals for all its nodes, for those of one factor, for a factor, or as one factor more."""
    places = [k for k, factor in enumerate(term.factors) if k and re.search(NODE, factor.text)]
    yield Form(term, tuple((k, _of_signals(term.factors[k])) for k in places))
    for shift in (0, 1, -1):
        for name in SIGNALS:
            text, value = f"{name}_bar{at(shift)}", signal(name, shift)
            yield from (Form(term, ((k, _of_signals(term.factors[k], name, shift)),)) for k in places)
            if text != term.factors[0].text:
                yield from (Form(term, ((k, instead(term.factors[k].text, text, value)),)) for k in places)
                yield Form(term, ((len(term.factors), extra(text, value)),))


def _of_signals(factor: Factor, name: str = "", shift: int | None = None) -> Slip:
    """The factor with v_bar for v; or with this error signal, at t + shift, for each of its nodes."""
    found = re.search(NODE, factor.text)
    assert found is not None  # only factors of nodes are asked for
    own = int(found[2] or 0)
    by = 0 if shift is None else shift - own
    text = re.sub(NODE, lambda m: f"{name or m[1]}_bar{at(own + by)}", factor.text)
    kind = "" if name else "signal for node"
    return instead(factor.text, text, _read_as_states(factor.value, name, by), kind)


def _read_as_states(value: Value, name: str, by: int) -> Value:
    def read(t: int, s: States, bar: Signals, w: Weights) -> float:
        rows = {v: getattr(bar, name or v) for v in SIGNALS}
        return value(t + by, cast(States, SimpleNamespace(x=s.x, dL_dh=s.dL_dh, T=s.T, **rows)), bar, w)

    return read
