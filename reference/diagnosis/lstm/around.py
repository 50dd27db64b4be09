"""A function around a term, or around a part of it: tanh(h_bar(t) tanh(c(t)))."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

from reference.diagnosis.lstm.equations import Term
from reference.diagnosis.lstm.factors import Column, Table
from reference.diagnosis.lstm.forms import Input, Value
from reference.diagnosis.lstm.functions import AROUND_A_TERM, Function, defined
from reference.diagnosis.lstm.probes import Probe
from reference.diagnosis.lstm.settings import Setting

TWICE = 2.0  # the second step by which an error signal is moved, over the first
SAME = 1e-7


def around(term: Term, probes: Sequence[Probe], far: Sequence[float]) -> str:
    """What is done to the term, if it explains how the function goes with the term's error signal; else "".

    far: the value with the error signal moved by TWICE its step, in each setting.
    """
    table = Table([(probe.setting, probe.setting.t or 0) for probe in probes])
    for says, inner, outer in _parts(term):
        inside, outside = table.product(inner), table.product(outer)
        for text, function in AROUND_A_TERM.items():
            if _goes(term, function, probes, far, inside, outside):
                return f"takes {text.format(says)}"
    return ""


def around_sum(terms: Sequence[Term], straight: Mapping[Input, Column], probes: Sequence[Probe], noise: float) -> str:
    """What is done to the sum of these terms, if that and the other, straight inputs give every value; else ""."""
    for text, function in AROUND_A_TERM.items():
        if all(
            abs(value - math.fsum([_of_sum(terms, function, setting), *_parts_of(straight, k, setting)]))
            <= max(SAME, 1e3 * noise) * max(1.0, abs(value))
            for k, probe in enumerate(probes)
            for setting, value in ((probe.setting, probe.value), probe.again)
        ):
            return f"takes {text.format('their sum')}"
    return ""


def _of_sum(terms: Sequence[Term], function: Function, setting: Setting) -> float:
    s = setting
    return defined(function, math.fsum(term.value(s.t, s.states, s.signals, s.weights) for term in terms))


def _parts_of(straight: Mapping[Input, Column], k: int, setting: Setting) -> list[float]:
    return [column[k] * setting.value(what) for what, column in straight.items()]


def _goes(
    term: Term, function: Function, probes: Sequence[Probe], far: Sequence[float], inside: Column, outside: Column
) -> bool:
    """Whether outside * function(inside * signal) gives both differences in every setting."""
    what = term.factors[0].reads
    assert what is not None  # the first factor of every term is an error signal
    for probe, value, a, b in zip(probes, far, inside, outside, strict=True):
        u, d = probe.setting.value(what), probe.steps[what]
        start, near, there = (b * defined(function, a * (u + k * d)) for k in (0.0, 1.0, TWICE))
        size = SAME * max(abs(start), abs(near), abs(there))
        if not abs(near - start - probe.coefficients.get(what, 0.0) * d) <= size:
            return False
        if not abs(there - start - (value - probe.value)) <= size:
            return False
    return True


def _parts(term: Term) -> Iterator[tuple[str, Sequence[Value], Sequence[Value]]]:
    """What is inside the function, how that is said, and what is outside: the whole term first."""
    signal, *factors = term.factors
    values = [factor.value for factor in factors]
    yield "the whole term", values, ()
    for k, factor in enumerate(factors):
        for slip in factor.slips:
            yield f"the whole term and {slip.says}", [*values[:k], slip.value, *values[k + 1 :]], ()
    for mask in range((1 << len(factors)) - 1):
        inner = [factor for k, factor in enumerate(factors) if mask >> k & 1]
        outer = [factor for k, factor in enumerate(factors) if not mask >> k & 1]
        if not any(factor.text for factor in outer):
            continue
        text = " ".join(f"({f.text})" if " - " in f.text[:4] else f.text for f in inner if f.text)
        yield f"{signal.text} {text}".strip(), [f.value for f in inner], [f.value for f in outer]
