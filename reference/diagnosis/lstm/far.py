"""Error signals of other steps than t-1, t and t+1: a term at t+2, or the terms of all later steps added up."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence

from autograder.maths.lstm.problems import SIGNALS
from reference.diagnosis.lstm.equations import Term
from reference.diagnosis.lstm.factors import Column, Table
from reference.diagnosis.lstm.forms import Input, place
from reference.diagnosis.lstm.probes import Asked, Probe, ask, plan
from reference.diagnosis.lstm.search import read_off
from reference.diagnosis.lstm.settings import DL, Setting, of_both_signs
from reference.diagnosis.lstm.verdict import Finding, Verdict, reads, written

SHAPES = ((6, 3), (7, 3), (7, 4))  # in which no two of t-2 ... t+3, 1 and T are the same step throughout
OFFSETS = (-2, -1, 0, 1, 2, 3)  # within 1..T in each of them
ELSEWHERE = ("T", "1", "T-t", "T+1-t")
SAME = 1e-7

Steps = dict[int, float]


def far_verdict(equation: str, terms: Sequence[Term], asked: Asked, rng: random.Random) -> Verdict | None:
    """What became of each true term, with every error signal at every step varied alone; None if that tells no more."""
    probes = _probes(equation, asked, rng)
    if len(probes) < len(SHAPES) or not all(probe.linear for probe in probes):
        return None
    left = {name: [_steps(probe, name) for probe in probes] for name in (*SIGNALS, DL)}
    left = {name: steps for name, steps in left.items() if any(steps)}
    settings = [probe.setting for probe in probes]
    summed = {term.name: found for term in terms if (found := _summed(term, settings, left)) is not None}
    near = {what: column for name in left for what, column in _placed(name, settings, left[name])}
    placed = {name for name, _ in near}
    if not set(left) <= placed:
        return None
    table = Table([(setting, setting.t or 0) for setting in settings], asked.noise)
    others = [term for term in terms if term.name not in summed]
    verdict = read_off(others, table, near, tuple(probe.constant for probe in probes))
    found = {one.term.name: one for one in verdict.findings} | summed
    named = not any(one.form is None and not one.says and not one.missing for one in found.values())
    return Verdict(
        tuple(found[term.name] for term in terms),
        verdict.extras,
        None if summed else verdict.pieces,
        named=named and (verdict.pieces is not None),
    )


def _probes(equation: str, asked: Asked, rng: random.Random) -> list[Probe]:
    settings = of_both_signs(rng, SHAPES)
    names: Sequence[str] = (*SIGNALS, DL)
    found: list[Probe] = []
    for setting in settings:
        every = [(name, str(n)) for name in names for n in range(1, setting.T + 1)]
        (probe,) = ask(asked, equation, [plan(setting, every, rng)])
        if probe is None:
            break
        names = sorted({name for name, _ in probe.reads}) if not found else names
        found.append(probe)
    return found


def _steps(probe: Probe, name: str) -> Steps:
    """What the error signal is multiplied by at each step at which it is read."""
    return {int(n): a for (own, n), a in probe.coefficients.items() if own == name}


def _summed(term: Term, settings: Sequence[Setting], left: dict[str, list[Steps]]) -> Finding | None:
    """The term of several steps added up; its error signal is then used up."""
    name, own = reads(term)
    if name not in left or len(term.factors) < 2:
        return None
    by = int(own[1:] or 0)
    for text, span in SPANS:
        for moving in (True, False):
            pairs = zip(settings, left[name], strict=True)
            if all(_is_sum(term, setting, steps, span(setting, by), by, moving) for setting, steps in pairs):
                del left[name]
                over = text.format(own)
                says = f"adds up all steps {over}, where only that of {own} belongs"
                return Finding(
                    term,
                    None,
                    1.0,
                    says if moving else f"adds up {name}_bar {over} where {written((name, own))} belongs",
                )
    return None


SPANS: tuple[tuple[str, Callable[[Setting, int], range]], ...] = (
    ("from {} on", lambda s, by: range((s.t or 0) + by, s.T + 1)),
    ("from t on", lambda s, by: range(s.t or 0, s.T + 1)),
    ("from t+2 on", lambda s, by: range((s.t or 0) + 2, s.T + 1)),
    ("up to {}", lambda s, by: range(1, (s.t or 0) + by + 1)),
    ("up to t", lambda s, by: range(1, (s.t or 0) + 1)),
    ("up to t-1", lambda s, by: range(1, s.t or 0)),
    ("from 1 to T", lambda s, by: range(1, s.T + 1)),
)


def _is_sum(term: Term, setting: Setting, steps: Steps, span: range, by: int, moving: bool) -> bool:
    """Whether these steps are read and no other, each times its own factors (moving) or those of one."""
    if set(steps) != set(span):
        return False
    t = setting.t or 0
    for n in span:
        true = term.factor_at(n - by if moving else t, setting.states, setting.signals, setting.weights)
        if abs(steps[n] - true) > SAME * abs(true):
            return False
    return True


def _placed(name: str, settings: Sequence[Setting], steps: Sequence[Steps]) -> Iterator[tuple[Input, Column]]:
    """The error signal at places that mean the same in every setting; none unless they are all that is read."""
    rest = [dict(own) for own in steps]
    found: list[tuple[Input, Column]] = []
    for offset in OFFSETS:
        at = [(setting.t or 0) + offset for setting in settings]
        if all(n in own for n, own in zip(at, rest, strict=True)):
            found.append(((name, place(offset)), tuple(own.pop(n) for n, own in zip(at, rest, strict=True))))
    for where in ELSEWHERE:
        at = [setting.index(where) for setting in settings]
        if all(n in own for n, own in zip(at, rest, strict=True)):
            found.append(((name, where), tuple(own.pop(n) for n, own in zip(at, rest, strict=True))))
    if not any(rest):
        yield from found
