"""How many terms of h_bar and c_bar are right, whatever else is in the sum; and how many pieces the rest is.

A term may be written by another error signal: g_bar(t+1) is c_bar(t+1) i(t+1), and so on. So a right term is looked for
in every such form. What remains after the right terms counts as one piece for each error signal that it reads, at least
one.
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from fractions import Fraction

import msgspec

from reference.diagnosis.lstm.equations import TERMS
from reference.diagnosis.lstm.forms import GATES, Input
from reference.diagnosis.lstm.probes import Asked, Probe, across, ask, plan
from reference.diagnosis.lstm.settings import DL, Setting, draw_family
from reference.diagnosis.lstm.verdict import Verdict, reads

EQUAL = 1e-7
ZERO = 1e-8
_OF_HIDDEN = "ho"  # error signals at t+1 that are made of h_bar(t+1); the others are made of c_bar(t+1)


class Count(msgspec.Struct, frozen=True):
    """Right terms, and the terms that were given: the right ones and the pieces of what remains."""

    right: int
    given: int

    def share(self, true: int) -> Fraction:
        """right / max(true, given)."""
        return Fraction(self.right, max(true, self.given))


def best(counts: Sequence[Count], true: int) -> Count:
    """The count that earns most."""
    return max(counts, key=lambda one: (one.share(true), one.right))


def by_name(verdict: Verdict) -> Count:
    """As the terms were named."""
    return Count(verdict.right, sum(not one.missing for one in verdict.findings) + len(verdict.extras))


def as_measured(
    equation: str, probes: Sequence[Probe], asked: Asked, rng: random.Random
) -> tuple[list[Count], tuple[str, ...]]:
    """Counts by the coefficients alone, and the gates whose path in h_bar is right by another error signal."""
    counts = [_as_written(equation, probes)]
    if equation == "c_bar":
        counts += [_cell_written_otherwise(probes)]
    elsewhere = {("c", "t+1"), ("h", "t+1")} & frozenset().union(*(probe.reads for probe in probes))
    if equation == "h_bar" and counts[0].right < len(TERMS[equation]):
        paths = _paths(probes, asked, rng)
        return counts + [count for count, _ in paths], paths[0][1] if paths and elsewhere else ()
    return counts, ()


def _as_written(equation: str, probes: Sequence[Probe]) -> Count:
    """A term is right if its error signal has the true coefficient in every setting."""
    right = [term for term in TERMS[equation] if all(_has(probe, reads(term), term.factor_at) for probe in probes)]
    taken = {reads(term) for term in right}
    return Count(len(right), len(right) + _pieces(probes, frozenset(taken)))


def _has(probe: Probe, what: Input, factor: object) -> bool:
    setting = probe.setting
    true = factor(setting.t, setting.states, setting.signals, setting.weights)  # type: ignore[operator]
    return _equal(probe.coefficients.get(what, 0.0), true, max(EQUAL, 1e3 * probe.noise))


def _equal(a: float, b: float, tolerance: float = EQUAL) -> bool:
    return abs(a - b) <= tolerance * max(abs(a), abs(b))


def _pieces(probes: Sequence[Probe], taken: frozenset[Input]) -> int:
    """Pieces of what the right terms, which read `taken`, leave over."""
    rest = frozenset().union(*(probe.reads for probe in probes)) - taken
    more = any(probe.elsewhere for probe in probes)
    loose = any(probe.constant or not probe.linear for probe in probes)
    return len(rest) + more or int(loose)


# ------------------------------------------------------------------------------------------------------------- c_bar


def _cell_written_otherwise(probes: Sequence[Probe]) -> Count:
    """c_bar with h_bar(t) written out, or with c_bar(t+1) by a gate's error signal: the sparsest of the equal sums."""
    options = [_cell(probe) for probe in probes]
    shared = set(options[0]).intersection(*options[1:]) if options else set()
    return best([Count(right, right + pieces) for right, pieces in shared] or [Count(0, 1)], 2)


def _cell(probe: Probe) -> set[tuple[int, int]]:
    s, t, w = probe.setting.states, probe.setting.t or 0, probe.setting.weights
    hidden = s.o[t] * (1 - math.tanh(s.c[t]) ** 2)
    n = t + 1
    slopes = {v: getattr(s, v)[n] * (1 - getattr(s, v)[n]) for v in "ifo"} | {"g": 1 - s.g[n] ** 2}
    written_out = {(DL, "t"): 1.0} | {(v, "t+1"): slopes[v] * getattr(w, f"h{v}") for v in GATES}
    cell = {("c", "t+1"): 1.0, ("f", "t+1"): 1 / s.c[t], ("i", "t+1"): 1 / s.g[n], ("g", "t+1"): 1 / s.i[n]}
    found = set()
    for direct in (True, False):
        rest = dict(probe.coefficients)
        for what, a in ({("h", "t"): 1.0} if direct else written_out).items():
            _take(rest, what, hidden * a)
        for own in (False, True):
            kept = rest if own else dict(probe.coefficients)
            hidden_right = int(own)
            ways = [None, *(k for k, a in cell.items() if _equal(kept.get(k, 0.0), s.f[n] * a))]
            for way in ways:
                left = dict(kept)
                if way is not None:
                    _take(left, way, s.f[n] * cell[way])
                if own and (("h", "t") in left or len(rest) >= len(probe.coefficients)):
                    continue  # no sparser: the term and something else with its error signals, not to be told apart
                loose = bool(probe.constant) or not probe.linear or probe.elsewhere
                found.add((hidden_right + (way is not None), len(left) or int(loose)))
    return found


def _take(rest: dict[Input, float], what: Input, a: float) -> None:
    left = rest.get(what, 0.0) - a
    if abs(left) <= ZERO * abs(a):
        rest.pop(what, None)
    else:
        rest[what] = left


# ------------------------------------------------------------------------------------------------------------- h_bar


def _paths(probes: Sequence[Probe], asked: Asked, rng: random.Random) -> list[tuple[Count, tuple[str, ...]]]:
    """Each gate's path by what its recurrent weight does, with the states as they are."""
    inputs = sorted(frozenset().union(*(probe.reads for probe in probes)))
    family = draw_family(rng, 4, 2)
    by = {gate: across(getattr(family.setting.weights, f"h{gate}"), rng) for gate in GATES}
    plans = [
        plan(setting, inputs, rng) for setting in (family.setting, *(family.moved(gate, by[gate]) for gate in GATES))
    ]
    base, *moved = ask(asked, "h_bar", plans)
    if base is None:
        return []
    slices = {gate: _difference(base, one, by[gate]) for gate, one in zip(GATES, moved, strict=True) if one is not None}
    right = {gate for gate, one in slices.items() if _is_path(gate, one, family.setting)}
    rest = _without(right, slices, base)
    beside = {gate for gate in right if _own(gate, slices[gate]) != slices[gate]}
    if any(rest.keys() & _own(gate, slices[gate]).keys() for gate in beside):
        right -= beside  # the path and something else with its error signals, not to be told apart
        rest = _without(right, slices, base)
    direct = _equal(rest.get((DL, "t"), 0.0), 1.0)
    if direct:
        rest.pop((DL, "t"))
    loose = bool(base.constant) or not base.linear or any(probe.elsewhere for probe in probes)
    count = Count(len(right) + direct, len(right) + direct + (len(rest) or int(loose)))
    return [(count, tuple(gate for gate in GATES if gate in right and (gate, "t+1") not in slices[gate]))]


def _without(right: set[str], slices: Mapping[str, Mapping[Input, float]], base: Probe) -> dict[Input, float]:
    """The coefficients of what remains without these paths."""
    rest = dict(base.coefficients)
    for gate in right:
        weight = getattr(base.setting.weights, f"h{gate}")
        for what, a in _own(gate, slices[gate]).items():
            _take(rest, what, weight * a)
    return rest


def _own(gate: str, found: Mapping[Input, float]) -> dict[Input, float]:
    """Of what a weight multiplies, the error signals that the path through its gate is made of."""
    return {what: a for what, a in found.items() if (what[0] in _OF_HIDDEN) == (gate in _OF_HIDDEN)}


def _difference(base: Probe, moved: Probe, by: float) -> dict[Input, float]:
    """What the weight adds to the coefficient of each error signal at t+1, on which alone its path builds."""
    found = {}
    for what in base.reads | moved.reads:
        a, b = base.coefficients.get(what, 0.0), moved.coefficients.get(what, 0.0)
        if what[1] == "t+1" and what[0] != DL and abs(b - a) > ZERO * max(abs(a), abs(b)):
            found[what] = (b - a) / by
    return found


def _is_path(gate: str, found: Mapping[Input, float], setting: Setting) -> bool:
    """Whether this holds the path through a gate: by the gate's error signal, or by those that it is made of.

    What it holds besides of the error signals that the path is not made of is a piece of its own.
    """
    s, t = setting.states, setting.t or 0
    n = t + 1
    parts = {"h": 1.0, "o": math.tanh(s.c[n]), "c": 1.0, "f": s.c[t], "i": s.g[n], "g": s.i[n]}
    slope = 1 - s.g[n] ** 2 if gate == "g" else getattr(s, gate)[n] * (1 - getattr(s, gate)[n])
    total = math.fsum(a * parts[what[0]] for what, a in _own(gate, found).items())
    return abs(total - slope * parts[gate]) <= EQUAL * slope
