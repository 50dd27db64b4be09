"""An equation that calls another one of the same student, which is wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from reference.lstm_equations import TERMS
from reference.lstm_probes import Evaluate, Probe, number
from reference.lstm_search import reads

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
