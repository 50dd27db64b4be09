"""w_xi_bar, a sum over time: what it multiplies each error signal by, at every step."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

from autograder.maths.lstm.problems import SIGNALS
from reference.diagnosis.lstm.alphabets import EXTRAS
from reference.diagnosis.lstm.curves import put_in_words, replaced
from reference.diagnosis.lstm.equations import TERMS, WRITTEN_OUT, Form, Term
from reference.diagnosis.lstm.factors import Column, Match, Table
from reference.diagnosis.lstm.forms import GATES, Input, Slip, instead, node
from reference.diagnosis.lstm.inputs import Inputs
from reference.diagnosis.lstm.nodes import signals_for_nodes
from reference.diagnosis.lstm.probes import Asked, Probe, ask, plan
from reference.diagnosis.lstm.search import read_off
from reference.diagnosis.lstm.settings import DL, draw_setting
from reference.diagnosis.lstm.verdict import Finding, Verdict, written
from reference.diagnosis.lstm.words import mistakes

STEPS = (4, 3, 5)
SHIFT = {"t": 0, "t+1": 1, "t-1": -1, "t+2": 2, "t-2": -2}


def probes(asked: Asked, rng: random.Random) -> list[Probe]:
    """The sum taken apart for T = 4, 3 and 5; fewer where it gives no number."""
    first = draw_setting(rng, STEPS[0], None)
    every = [(v, str(n)) for v in (*SIGNALS, DL) for n in range(1, STEPS[0] + 1)]
    found = ask(asked, "w_xi_bar", [plan(first, every, rng, whole=True)])
    names = sorted({name for name, _ in found[0].reads}) if found[0] else ["i"]
    plans = [
        plan(draw_setting(rng, T, None), [(v, str(n)) for v in names for n in range(1, T + 1)], rng, whole=True)
        for T in STEPS[1:]
    ]
    return [probe for probe in (*found, *ask(asked, "w_xi_bar", plans)) if probe is not None]


def inputs_of(asked: Asked, found: Sequence[Probe]) -> Inputs:
    """What the sum reads, by one of its steps in each of two settings: in no two ways the same one."""
    chosen = sorted(found, key=lambda probe: probe.setting.T)[-2:]
    last = chosen[0].setting.T - 1
    raw: dict[Input | None, Column] = {(name, "t"): _column(name, 0, found)[1] for name in (*SIGNALS, DL)}
    raw[None] = tuple(probe.constant for probe in found)
    return Inputs("w_xi_bar", asked, chosen, raw, (last, 5 - last))


def read_sum(found: Sequence[Probe], linear: bool, inputs: Inputs) -> Verdict:
    """What became of the sum."""
    (term,) = TERMS["w_xi_bar"]
    if linear and (again := _written_out(term, found, inputs)) is not None:
        return Verdict((again,), (), None)
    left = sorted({name for probe in found for name, _ in probe.reads}, key=lambda v: (v != "i", v))
    finding, extras, known = None, [], linear
    for name in left:
        match = _signal(term, name, found) if finding is None else None
        if match is not None:
            finding = match
        elif (other := _gradient(name, found)) is not None:
            extras.append(other)
        elif finding is None and name == "i":
            finding, more, known = _otherwise(term, found, known, inputs)
            extras += more
        else:
            extras.append(_of_something(name, found, inputs))
            known = False
    constant = tuple(probe.constant for probe in found)
    if not linear:
        values = [pair for probe in found for pair in ((probe.setting, probe.value), probe.again)]
        if (nodes := signals_for_nodes([term], values)) is not None:
            return nodes
        says = "is not a sum of error signals, each times a factor of its own"
        return Verdict((Finding(term, None, 1.0, says),), (), None, named=False)
    if any(probe.elsewhere for probe in found):
        extras.append("a part that dL/dh enters")
    elif any(constant):
        finding, extras, known = _constant(term, found, finding, extras, known, inputs)
    pieces = None if left or any(constant) else ()
    return Verdict((finding or Finding(term, None, 0.0),), tuple(extras), pieces, named=known)


def _constant(
    term: Term, found: Sequence[Probe], finding: Finding | None, extras: list[str], known: bool, inputs: Inputs
) -> tuple[Finding | None, list[str], bool]:
    """The same with what the part without an error signal tells."""
    table = Table([(probe.setting, 1) for probe in found], found[0].noise)
    constant = tuple(probe.constant for probe in found)

    def total(*names: str, slope: bool) -> Column:
        s = [probe.setting.states for probe in found]
        rows = [[math.prod((*(getattr(one, v)[n] for v in names), (1 - one.i[n]) if slope else 1.0))
                 for n in range(1, one.T + 1)] for one in s]  # fmt: skip
        return tuple(map(math.fsum, rows))

    if finding is None and table.equal(constant, total("i", "x", slope=True)):
        slip = Slip("the factor i_bar(t) is missing", "no i_bar(t)", lambda t, s, bar, w: 1.0, "no signal")
        return Finding(term, Form(term, ((0, slip),)), 1.0), extras, known
    if finding is None and table.equal(constant, total("i", "i", "x", slope=True)):
        slip = instead("i_bar(t)", "i(t)", node("i", 0), "node for signal")
        return Finding(term, Form(term, ((0, slip),)), 1.0), extras, known
    minus = tuple(-c for c in constant)
    if finding is not None and table.equal(minus, total("i", "x", slope=False)):
        says = "the brackets around 1 - i(t) are missing: the subtraction comes last, as a part of its own"
        return Finding(term, None, 1.0, says), [], True
    product = table.monomial(constant)
    reading = None if product else inputs.of(None, constant, ())
    more = product[0] if product else f"a part that no error signal enters{f', {reading.function}' if reading else ''}"
    return finding, [*extras, more], known and bool(product)


def _column(
    name: str, shift: int, found: Sequence[Probe], inputs: Inputs | None = None, table: Table | None = None
) -> tuple[Table, Column]:
    """The coefficients of an error signal at n + shift, for every n, and the table of these steps n, made if None."""
    places = [(probe, n) for probe in found for n in range(1 - shift, probe.setting.T + 1 - shift)]
    measured = tuple(probe.coefficients.get((name, str(n + shift)), 0.0) for probe, n in places)
    return table or Table([(probe.setting, n) for probe, n in places], found[0].noise, 0.0, inputs), measured


def _signal(term: Term, name: str, found: Sequence[Probe]) -> Finding | None:
    """The term, written with this error signal at t, t+1 or t-1."""
    signals: list[tuple[Input, Slip | None]] = [(("i", "t"), None)]
    signals += [(slip.reads, slip) for slip in term.factors[0].slips if slip.reads and slip.reads[1] in SHIFT]
    tables: dict[str, Table] = {}
    for slips in (0, 1, 2):
        for (own, place), signal in signals:
            if own != name:
                continue
            table, measured = _column(name, SHIFT[place], found, table=tables.get(place))
            tables[place] = table
            for form in (WRITTEN_OUT["w_xi_bar"],) * (name == "c" and place == "t") + (term,):
                match = table.form(measured, (*form.factors[1:], EXTRAS), slips)
                if match is not None and len(match.slips) == slips:
                    return _finding(form, match, signal if form is term else None)
    return None


def _written_out(term: Term, found: Sequence[Probe], inputs: Inputs) -> Finding | None:
    """The sum, if it is right but for c_bar(t), which it writes out by h_bar(t) with a mistake."""
    names = {name for probe in found for name, _ in probe.reads}
    if "h" not in names or not names <= {"h", "c"} or any(probe.constant or probe.elsewhere for probe in found):
        return None
    places = [(probe, n) for probe in found for n in range(1, probe.setting.T)]
    table = Table([(probe.setting, n) for probe, n in places], found[0].noise, inputs=inputs)
    rest = table.product([factor.value for factor in WRITTEN_OUT["w_xi_bar"].factors[1:]])
    inner = {
        (name, place): tuple(
            probe.coefficients.get((name, str(n + SHIFT[place])), 0.0) / a
            for (probe, n), a in zip(places, rest, strict=True)
        )
        for name, place in (("h", "t"), ("c", "t+1"))
        if name in names
    }
    verdict = read_off(TERMS["c_bar"], table, inner, (0.0,) * len(rest))
    if not verdict.known or not verdict.right or verdict.faultless:
        return None
    says = " and ".join(text for _, text in mistakes("c_bar", verdict))
    return Finding(term, None, 1.0, f"writes c_bar(t) out, and there {says}")


def _otherwise(term: Term, found: Sequence[Probe], known: bool, inputs: Inputs) -> tuple[Finding, list[str], bool]:
    """What else became of the sum, what was added to it, and whether all of that is known."""
    table, measured = _column("i", 0, found, inputs)
    true = table.product([factor.value for factor in term.factors[1:]])
    more = table.monomial(tuple(m - a for m, a in zip(measured, true, strict=True)))
    if more is not None:
        return Finding(term, Form(term), 1.0), [f"the sum of i_bar(t) {more[0]}"], known
    reading = inputs.of(("i", "t"), measured, term.factors[1:])
    if (other := replaced(table, measured, term.factors[1:], reading)) is not None:
        return Finding(term, None, 1.0, other[0]), [], known
    return Finding(term, None, math.nan, put_in_words(term.factors[1:], reading) if reading else ""), [], False


def _of_something(name: str, found: Sequence[Probe], inputs: Inputs) -> str:
    """A sum in which the error signal has a coefficient of no known form."""
    what = (name, "t")
    reading = inputs.of(what, _column(name, 0, found)[1], ())
    return f"the sum of {written(what)} times {reading.function if reading else 'something'}"


def _finding(term: Term, match: Match, signal: Slip | None) -> Finding:
    slips = tuple((k + 1, slip) for k, slip in match.slips)
    return Finding(term, Form(term, ((0, signal), *slips) if signal else slips), match.coefficient)


def _gradient(name: str, found: Sequence[Probe]) -> str | None:
    """The gradient of another weight, added to that of w_xi."""
    if name not in GATES:
        return None
    table, measured = _column(name, 0, found)
    product = table.monomial(measured)
    return f"the sum of {name}_bar(t) {product[0]}" if product else None
