"""A gate's equation that works out h_bar(t) or c_bar(t) anew, wrongly: by calling the student's own, or written out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from reference.diagnosis.lstm.equations import TERMS
from reference.diagnosis.lstm.factors import Column, Table
from reference.diagnosis.lstm.forms import Input
from reference.diagnosis.lstm.probes import Evaluate, Probe, number
from reference.diagnosis.lstm.search import read_off
from reference.diagnosis.lstm.verdict import Finding, Verdict, reads, written
from reference.diagnosis.lstm.words import mistakes

Other = Callable[[str], Evaluate]


def repeated(equation: str, probes: Sequence[Probe], other: Other | None) -> tuple[str, str] | None:
    """Code and sentence if the equation is right but for the student's own wrong h_bar(t) or c_bar(t)."""
    (term, *more) = TERMS[equation]
    if other is None or more or equation == "w_xi_bar":
        return None
    name = f"{reads(term)[0]}_bar"
    if not any(what != reads(term) for probe in probes for what in probe.reads):
        return None
    settings = [probe.setting for probe in probes]
    signals = other(name)([setting.call(name) for setting in settings])
    for probe, signal in zip(probes, signals, strict=True):
        s = probe.setting
        if signal is None or not number(signal):
            return None
        if abs(signal * term.factor_at(s.t, s.states, s.signals, s.weights) - probe.value) > 1e-9 * abs(probe.value):
            return None
    return f"{equation} calls a wrong {name}", f"calls your {name}, which is wrong"


def written_out(equation: str, table: Table, found: Mapping[Input, Column], constant: bool) -> Verdict | None:
    """The verdict if a gate's equation is right but for h_bar(t) or c_bar(t), which it writes out with a mistake."""
    (term, *more) = TERMS[equation]
    signal = reads(term)
    if more or constant or signal in found or len(found) < (2 if signal[0] == "h" else 1):
        return None
    parent = f"{signal[0]}_bar"
    true = table.product([factor.value for factor in term.factors[1:]])
    inner = {what: tuple(m / a for m, a in zip(column, true, strict=True)) for what, column in found.items()}
    verdict = read_off(TERMS[parent], table, inner, (0.0,) * len(true))
    if not verdict.known or not verdict.right or verdict.faultless:
        return None
    says = " and ".join(text for _, text in mistakes(parent, verdict))
    return Verdict((Finding(term, None, 1.0, f"writes {written(signal)} out, and there {says}"),), pieces=None)


def hidden_written_out(table: Table, found: Mapping[Input, Column]) -> Verdict | None:
    """The verdict on a c_bar in which h_bar(t) is written out with a mistake, and what it is multiplied by is right."""
    hidden, cell = TERMS["c_bar"]
    times = table.product([factor.value for factor in hidden.factors[1:]])
    if reads(hidden) in found:
        return None
    inner = {
        what: tuple(m / a for m, a in zip(column, times, strict=True))
        for what, column in found.items()
        if what != reads(cell)
    }
    verdict = read_off(TERMS["h_bar"], table, inner, (0.0,) * len(times))
    whole = not any(one.missing for one in verdict.findings)
    if not verdict.known or verdict.right < (1 if whole else 2) or verdict.faultless:
        return None
    own = {what: column for what, column in found.items() if what == reads(cell)}
    outer = read_off([cell], table, own, (0.0,) * len(times))
    says = " and ".join(text for _, text in mistakes("h_bar", verdict))
    finding = Finding(hidden, None, 1.0, f"writes h_bar(t) out, and there {says}")
    return Verdict((finding, *outer.findings), outer.extras, pieces=None)
