"""A function of an equation taken apart in a few settings: its probes, what was read off them, and what that earns."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

import msgspec
from msgspec.structs import replace

from reference.diagnosis.lstm import counts
from reference.diagnosis.lstm.around import around_sum
from reference.diagnosis.lstm.bent import SIGN, straightened
from reference.diagnosis.lstm.canonical import canonical, of_known_signals
from reference.diagnosis.lstm.equations import TERMS, Term
from reference.diagnosis.lstm.factors import Column, Table
from reference.diagnosis.lstm.far import far_verdict
from reference.diagnosis.lstm.forms import Input
from reference.diagnosis.lstm.inputs import Inputs
from reference.diagnosis.lstm.nodes import signals_for_nodes
from reference.diagnosis.lstm.probes import EVERY, Asked, Probe, ask, floats, plan
from reference.diagnosis.lstm.repeated import hidden_written_out, written_out
from reference.diagnosis.lstm.search import read_off
from reference.diagnosis.lstm.settings import Setting, of_both_signs
from reference.diagnosis.lstm.together import told_apart
from reference.diagnosis.lstm.verdict import Finding, Verdict, reads, written

TOGETHER = "is multiplied with another error signal"
FAR_LARGER, DRAWS = 1e5, 3


class Study(msgspec.Struct, frozen=True):
    """What was measured in some settings, and what was read off it; `count` is what it earns."""

    probes: tuple[Probe, ...]
    verdict: Verdict
    count: counts.Count

    @property
    def reads(self) -> frozenset[Input]:
        return frozenset().union(*(probe.reads for probe in self.probes))


def study_of(equation: str, asked: Asked, shapes: Sequence[tuple[int, int]], rng: random.Random) -> Study | None:
    """The function in a setting of each shape (T, t): all inputs in the first, those that it reads in the others."""
    for _ in range(DRAWS):
        if (probes := _probed(equation, asked, shapes, rng)) is None:
            return None
        if not _hidden_by_size(probes):
            break
    found, gates = counts.as_measured(equation, probes, asked, rng)
    verdict = _verdict(equation, TERMS[equation], probes, asked, gates)
    if any(probe.elsewhere for probe in probes):
        verdict = far_verdict(equation, TERMS[equation], asked, rng) or verdict
    if verdict.known or verdict.faultless:
        found.append(counts.by_name(verdict))
    return Study(probes, verdict, counts.best(found, len(TERMS[equation])))


def _probed(
    equation: str, asked: Asked, shapes: Sequence[tuple[int, int]], rng: random.Random
) -> tuple[Probe, ...] | None:
    settings = of_both_signs(rng, shapes)
    asleep: list[Probe] = []  # settings in which it reads nothing: max(g(t), 0), say
    first: Probe | None = None
    while settings and (first is None or not first.reads):
        asleep += [first] if first else []
        setting = settings.pop(0)
        (first,) = ask(asked, equation, [plan(setting, _places(setting), rng, whole=True)])
    if first is None:
        return None
    plans = [plan(s, [k for k in _places(s) if k in first.reads], rng, whole=True) for s in settings]
    more = [probe for probe in ask(asked, equation, plans) if probe is not None]
    return None if len(more) + len(asleep) < 2 else (first, *more, *asleep)


def _hidden_by_size(probes: Sequence[Probe]) -> bool:
    """Whether a value is so much larger than in other settings (near a pole of tan, say) that rounding hides terms."""
    sizes = [max([abs(p.value), *(abs(a * p.steps[k]) for k, a in p.coefficients.items())]) for p in probes]
    return max(sizes) > FAR_LARGER * min((size for size in sizes if size), default=math.inf)


def _places(setting: Setting) -> list[Input]:
    """The inputs that stand near step t, each under one name."""
    t, T = setting.t or 0, setting.T  # noqa: N806
    absent = {"t+1"} if t == T else set()
    absent |= {"T"} if T - t < 2 else set()
    absent |= {"t-1"} if t == 1 else set()
    return [(name, place) for name, place in EVERY if place not in absent]


def _verdict(
    equation: str, terms: Sequence[Term], probes: Sequence[Probe], asked: Asked, gates: Sequence[str]
) -> Verdict:
    every = sorted(frozenset().union(*(probe.reads for probe in probes)))
    coefficients = {what: tuple(probe.coefficients.get(what, 0.0) for probe in probes) for what in every}
    inner = sorted(probes, key=lambda probe: min(probe.setting.T - (probe.setting.t or 0), probe.setting.t or 0))[-2:]
    linear = all(probe.linear for probe in probes)
    raw = {**coefficients, None: tuple(probe.constant for probe in probes)} if linear else {}
    inputs = Inputs(equation, asked, inner, raw)
    places = [(probe.setting, probe.setting.t or 0) for probe in probes]
    table = Table(places, probes[0].noise, inputs=inputs)
    if not linear:
        if _multiplied(terms, probes):
            findings = tuple(Finding(term, None, 0.0) for term in terms)
            return Verdict(findings, multiplied=True)
        if (nodes := signals_for_nodes(terms, _values(probes))) is not None:
            return nodes
        return _not_a_sum(equation, terms, probes, asked, table, coefficients)
    left = canonical(equation, table, coefficients, gates)
    if (again := written_out(equation, table, left, any(probe.constant for probe in probes))) is not None:
        return again
    elsewhere = any(probe.elsewhere for probe in probes)
    known = of_known_signals(equation, table, left)
    if known != left and not elsewhere:
        again = read_off(terms, table, known, tuple(probe.constant for probe in probes))
        if again.faultless:
            return replace(again, pieces=None)
    if equation == "c_bar" and not elsewhere:
        for found in (left, coefficients):
            if (again := hidden_written_out(table, found)) is not None:
                return again
    verdict = read_off(terms, table, left, tuple(probe.constant for probe in probes), elsewhere)
    if left != coefficients or verdict.pieces is None:
        return replace(verdict, pieces=None, named=verdict.named and verdict.pieces is not None)
    return verdict if _foretells(verdict, probes) else unsaid(verdict)


def _not_a_sum(
    equation: str,
    terms: Sequence[Term],
    probes: Sequence[Probe],
    asked: Asked,
    table: Table,
    coefficients: dict[Input, Column],
) -> Verdict:
    """A function in which an error signal is squared, or its size is taken, or the like."""
    curved, bent = straightened(equation, terms, probes, asked)
    owned = {reads(term) for term in terms}
    bent |= {what: "" for what in curved if what not in owned}
    curved = {what: one for what, one in curved.items() if what in owned}
    straight = {k: v for k, v in coefficients.items() if k not in curved and k not in bent}
    together = not curved and not bent
    if not all(bent.values()) and not curved and set(bent) <= owned:
        inside = [term for term in terms if not _as_it_should_be(term, probes)]
        rest = {what: column for what, column in straight.items() if what not in map(reads, inside)}
        if len(inside) > 1 and (says := around_sum(inside, rest, probes, asked.noise)):
            straight, bent = rest, {reads(term): says for term in inside}
    verdict = read_off(terms, table, {**straight, **{k: c for k, (_, c) in curved.items()}}, (0.0,) * len(probes))
    findings = []
    for one in verdict.findings:
        what = reads(one.term)
        if what in curved and curved[what][0] == SIGN and one.form is None and not one.says:
            one = Finding(one.term, None, 1.0, f"{written(what)} is to enter as a factor, and nowhere else")
        elif what in curved:
            says = [f"{curved[what][0]} {written(what)}"]
            says += [slip.says for _, slip in one.form.slips] if one.form else [one.says] if one.says else []
            one = Finding(one.term, None, 1.0, " and ".join(says))
        elif what in bent:
            one = Finding(
                one.term, None, 1.0, bent[what] or f"{written(what)} is to enter as a factor, and nowhere else"
            )
        findings.append(one)
    extras = [*verdict.extras, *(f"a function of {written(what)}" for what in bent if what not in owned)]
    if together:
        says = f"{TOGETHER}, where each is to be added" if len(terms) > 1 else TOGETHER
        before = findings
        findings, products = told_apart(equation, findings, probes, asked, says)
        extras = [] if findings != before else extras
        if all(one.right for one in findings):
            extras += products
    return Verdict(tuple(findings), tuple(extras), None, named=all(bent.values()))


def _as_it_should_be(term: Term, probes: Sequence[Probe]) -> bool:
    """Whether the term's error signal has the true coefficient in every setting."""
    return all(
        same(p.coefficients.get(reads(term), 0.0), term.factor_at(s.t, s.states, s.signals, s.weights))
        for p, s in ((probe, probe.setting) for probe in probes)
    )


def unsaid(verdict: Verdict) -> Verdict:
    """The verdict without what the values do not bear out: which terms are right, and no more."""
    findings = tuple(one if one.right else Finding(one.term, None, math.nan) for one in verdict.findings)
    return Verdict(findings, (), None, named=False)


def _foretells(verdict: Verdict, probes: Sequence[Probe]) -> bool:
    """Whether the parts that were found give every value, also where all error signals were other ones."""
    if not verdict.known:
        return True
    return all(same(verdict.value(setting), value, probes[0].noise) for setting, value in _values(probes))


def holds(verdict: Verdict, settings: Sequence[Setting], values: Sequence[float | None], noise: float) -> bool:
    """Whether the parts that were read off give these values too; what is no number is given by none."""
    pairs = zip(settings, floats(values), strict=True)
    return all(not math.isnan(value) and same(verdict.value(setting), value, noise) for setting, value in pairs)


def _values(probes: Sequence[Probe]) -> list[tuple[Setting, float]]:
    """Every value that it gave, also where all error signals were other ones."""
    return [(probe.setting, probe.value) for probe in probes] + [probe.again for probe in probes]


def same(a: float, b: float, noise: float = 0.0) -> bool:
    return abs(a - b) <= max(1e-7, 1e3 * noise) * max(abs(a), abs(b), 1e-3)


def _multiplied(terms: Sequence[Term], probes: Sequence[Probe]) -> bool:
    """Whether the function is the product of the terms."""
    if len(terms) < 2:
        return False

    def product(setting: Setting) -> float:
        total = 1.0
        for term in terms:
            total *= term.value(setting.t, setting.states, setting.signals, setting.weights)
        return total

    return all(same(product(probe.setting), probe.value) for probe in probes)
