"""Error signals that are multiplied with each other: which ones, and what is left of a term without the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

from reference.diagnosis.lstm.equations import Form, Term
from reference.diagnosis.lstm.forms import Input
from reference.diagnosis.lstm.probes import Asked, Probe, floats
from reference.diagnosis.lstm.verdict import Finding, reads, written
from reference.diagnosis.lstm.words import listed

NOTHING = 1e-9
SAME = 1e-7


def told_apart(
    equation: str, findings: Sequence[Finding], probes: Sequence[Probe], asked: Asked, otherwise: str
) -> tuple[list[Finding], list[str]]:
    """The findings with what is known of terms of no known form: right as they are, or multiplied with what.

    And the products, each as it is said. otherwise: what is said where that is not known.
    """
    inputs = sorted(frozenset().union(*(probe.reads for probe in probes)))
    partners = _partners(equation, inputs, probes[0], asked)
    alone = [_alone(equation, inputs, probe, asked) for probe in probes]
    found = []
    for one in findings:
        if one.form is None and not one.missing:
            one = _finding(one.term, partners, alone, probes, otherwise)
        found.append(one)
    products = dict.fromkeys(listed([*map(written, sorted((a, b)))]) for a, own in partners.items() for b in own)
    return found, [f"a product of {product}" for product in products]


def _finding(
    term: Term,
    partners_of: Mapping[Input, Sequence[Input]],
    alone: Sequence[Mapping[Input, float]],
    probes: Sequence[Probe],
    otherwise: str,
) -> Finding:
    what = reads(term)
    partners = partners_of.get(what, [])
    if partners and all(_is_true(term, probe, own.get(what, 0.0)) for probe, own in zip(probes, alone, strict=True)):
        return Finding(term, Form(term), 1.0)
    if partners:
        mutual = all({b, *partners_of.get(b, [])} == {what, *partners} for b in partners)
        names = "the others" if mutual and len(partners) > 1 else listed([*map(written, partners)])
        return Finding(term, None, 1.0, f"is multiplied with {names}, where each is to be added")
    bent = f"{written(what)} is to enter as a factor, and nowhere else"
    return Finding(term, None, 1.0, otherwise if partners_of else bent)


def _is_true(term: Term, probe: Probe, coefficient: float) -> bool:
    s = probe.setting
    true = term.factor_at(s.t, s.states, s.signals, s.weights)
    return abs(coefficient - true) <= SAME * abs(true)


def _partners(equation: str, inputs: Sequence[Input], probe: Probe, asked: Asked) -> dict[Input, list[Input]]:
    """With which others each is multiplied: what both change together is not the sum of what each changes."""
    pairs = list(combinations(inputs, 2))
    moved = [probe.setting.changed({k: probe.setting.value(k) + probe.steps[k] for k in pair}) for pair in pairs]
    found: dict[Input, list[Input]] = {}
    for (a, b), value in zip(pairs, floats(asked.apart([one.call(equation) for one in moved])), strict=True):
        each = [probe.coefficients.get(k, 0.0) * probe.steps[k] for k in (a, b)]
        more = value - probe.value
        if not abs(more - sum(each)) <= NOTHING * max(abs(more), *map(abs, each), abs(probe.value)):
            found.setdefault(a, []).append(b)
            found.setdefault(b, []).append(a)
    return found


def _alone(equation: str, inputs: Sequence[Input], probe: Probe, asked: Asked) -> dict[Input, float]:
    """By what each is multiplied where all the others are 0."""
    nothing = probe.setting.changed(dict.fromkeys(inputs, 0.0))
    settings = [nothing, *(nothing.changed({k: probe.setting.value(k)}) for k in inputs)]
    values = floats(asked.apart([one.call(equation) for one in settings]))
    return {k: (v - values[0]) / probe.setting.value(k) for k, v in zip(inputs, values[1:], strict=True)}
