"""What became of each true term? The coefficients of a function, found again as products of factors.

A coefficient that is the true one is a right term. Another one is that of a known wrong form, or some other product, or
the true one and something more; or it is unknown, and is then only said to be wrong.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from itertools import combinations

from reference.diagnosis.lstm.alphabets import EXTRAS
from reference.diagnosis.lstm.curves import put_in_words, replaced
from reference.diagnosis.lstm.equations import Form, Term
from reference.diagnosis.lstm.factors import Column, Match, Table
from reference.diagnosis.lstm.forms import Input, Slip, Value, place
from reference.diagnosis.lstm.settings import DL
from reference.diagnosis.lstm.signalless import Signalless
from reference.diagnosis.lstm.verdict import Finding, Piece, Verdict, reads, written

MOVES = ((1, "the step after"), (-1, "the step before"), (2, "two steps after"), (-2, "two steps before"))


class Reader(Signalless):
    """Reads the terms of an equation off the coefficients of a function."""

    def verdict(self) -> Verdict:
        self._whole_sums()
        for term in self.terms:
            if term.name not in self.findings and reads(term) in self.left:
                self._own(term)
        if not self.elsewhere:
            self._brackets()
        for slips in (0, 1, 2)[: 3 if len(self.terms) == 1 else 2]:
            self._other_signals(slips)
        for term in self.terms:
            if term.name not in self.findings:
                self._moved(term)
        self._one_signal_for_all()
        self._another_product()
        if not self.elsewhere:
            self._without_signal()
        for what in tuple(self.left):
            self._extra(what)
        self._constant()
        for term in self.terms:
            self.findings.setdefault(term.name, Finding(term, None, 0.0))
        findings = tuple(self.findings[term.name] for term in self.terms)
        return Verdict(findings, tuple(self.extras), None if self.unknown else tuple(self.pieces))

    def _own(self, term: Term) -> None:
        """The coefficient of the term's own error signal."""
        what = reads(term)
        measured = self.left[what]
        match = self.table.form(measured, (*term.factors[1:], EXTRAS))
        if match is not None:
            self._found(term, match)
            return
        product = self.table.monomial(measured)
        if product is not None:
            text, factors, c = product
            says = f"multiplies {written(what)} by {text} where {term.factor_text or '1'} belongs"
            self.findings[term.name] = Finding(term, None, c, says)
            self.pieces.append(Piece(what, factors, c))
            del self.left[what]
            return
        rest = tuple(m - a for m, a in zip(measured, self.true(term), strict=True))
        if self._more_than_itself(term, rest):
            return
        del self.left[what]
        reading = self._reading(what, measured, term.factors[1:])
        if (other := replaced(self.table, measured, term.factors[1:], reading)) is not None:
            says, value = other
            self.findings[term.name] = Finding(term, None, 1.0, says)
            self.pieces.append(Piece(what, (value,), 1.0))
            return
        self.unknown = True
        says = put_in_words(term.factors[1:], reading) if reading else ""
        self.findings[term.name] = Finding(term, None, math.nan, says)

    def _more_than_itself(self, term: Term, rest: Column) -> bool:
        """The right term, and with the same error signal another one: that of a missing term, or a simple product."""
        what = reads(term)
        for other in self.terms:
            if other is term or reads(other) in self.left:
                continue
            signal = next((s for s in other.factors[0].slips if s.reads == what), None)
            match = self.table.form(rest, other.factors[1:], 1) if signal else None
            if match is not None and abs(match.coefficient) == 1:
                self._found(other, match, signal)
                self._found(term, Match((), 1.0))
                return True
        product = self.table.monomial(rest, 3, plain=True)
        if product is None or (len(product[1]) > 2 and not _foreign(product[0], term)):
            return False
        self._found(term, Match((), 1.0))
        self._product(what, product)
        return True

    def _whole_sums(self) -> None:
        """The sum of dL/dh from t on, or of all, for dL/dh(t)."""
        later = [(DL, place) for place in ("t", "t+1", "T")]
        if not all(self.table.equal(self.left.get(k, (0.0,)), self.table.ones) for k in later):
            return
        every = (DL, "t-1") in self.left
        text = "the sum of all dL/dh" if every else "the sum of dL/dh from t on"
        value: Value = lambda t, s, bar, w: math.fsum(s.dL_dh[0 if every else t :])  # noqa: E731
        term = next((term for term in self.terms if reads(term) == (DL, "t")), None)
        if term is None:
            return
        for what in (*later, (DL, "t-1")):
            self.left.pop(what, None)
        slip = Slip(f"uses {text} where dL/dh(t) belongs", f"{text} for dL/dh(t)", value)
        self.findings[term.name] = Finding(term, Form(term, ((0, slip),)), 1.0)
        piece = Piece(None, (value,), 1.0)
        self.pieces.append(piece)
        self.constant = tuple(
            c - piece.value(setting) + math.fsum(setting.value(k) for k in (*later, *([(DL, "t-1")] if every else [])))
            for c, (setting, _) in zip(self.constant, self.table.settings, strict=True)
        )
        self.constant = tuple(0.0 if abs(c) < 1e-8 else c for c in self.constant)

    def _other_signals(self, slips: int) -> None:
        """A missing term with the error signal of something else."""
        for term in self.terms:
            if term.name in self.findings:
                continue
            for signal in term.factors[0].slips:
                if signal.reads not in self.left:
                    continue
                match = self.table.form(self.left[signal.reads], (*term.factors[1:], EXTRAS), slips)
                if match is not None and len(match.slips) == slips:
                    self._found(term, match, signal)
                    break

    def _moved(self, term: Term) -> None:
        """A missing term as it is one step later or earlier."""
        name, when = reads(term)
        for by, which in MOVES:
            what = (name, place(int(when[1:] or 0) + by))
            factors = tuple(_later(factor.value, by) for factor in term.factors[1:])
            if factors and what in self.left and self.table.equal(self.left[what], self.table.product(factors)):
                del self.left[what]
                says = f"is that of {which}, t{by:+d} for t throughout"
                self.findings[term.name] = Finding(term, None, 1.0, says)
                self.pieces.append(Piece(what, factors, 1.0))
                return

    def _one_signal_for_all(self) -> None:
        """Several missing terms with one error signal, of something else."""
        missing = [term for term in self.terms if term.name not in self.findings and len(term.factors) > 1]
        for what in tuple(self.left):
            for many in range(len(missing), 1, -1):
                for chosen in combinations(missing, many):
                    total = [math.fsum(column) for column in zip(*map(self.true, chosen), strict=True)]
                    if self.table.equal(self.left.get(what, (0.0,)), total):
                        self.left.pop(what)
                        for term in chosen:
                            says = f"uses {written(what)} where its own error signal belongs"
                            self.findings[term.name] = Finding(term, None, 1.0, says)
                            self.pieces.append(Piece(what, tuple(f.value for f in term.factors[1:]), 1.0))
                        return

    def _another_product(self) -> None:
        """For the only term of an equation, a product of another error signal and other factors."""
        if len(self.terms) != 1 or self.findings or len(self.left) != 1 or any(self.constant):
            return
        (term,) = self.terms
        ((what, measured),) = self.left.items()
        if (product := self.table.monomial(measured)) is not None:
            text, factors, c = product
            says = f"is {written(what)} {text if factors else f'times {text}'} where {term.text} belongs"
            self.findings[term.name] = Finding(term, None, c, says)
            self.pieces.append(Piece(what, factors, c))
            del self.left[what]

    def _extra(self, what: Input) -> None:
        """An error signal that belongs to no term."""
        measured = self.left.pop(what)
        product = self.table.monomial(measured)
        if product is not None:
            self._product(what, product)
            return
        reading = self._reading(what, measured)
        if (named := self._expression(measured, reading, 3)) is not None:
            self._product(what, (f"({named[0]})" if re.search(" [+-] ", named[0]) else named[0], (named[1],), 1.0))
            return
        self.unknown = True
        if not (self.elsewhere and what[1] == "T"):  # the T of a setting may be the t+2 that it reads
            self.extras.append(f"{reading.function if reading else 'something'} times {written(what)}")


def _later(value: Value, by: int) -> Value:
    return lambda t, s, bar, w: value(t + by, s, bar, w)


def _foreign(text: str, term: Term) -> bool:
    """Whether a product holds a letter that is not the term's own: i (1 - 2 i) is a wrong i (1 - i), not two terms."""
    return any(letter not in term.factor_text for letter in text.removeprefix("-").split())


def read_off(
    terms: Sequence[Term],
    table: Table,
    coefficients: Mapping[Input, Column],
    constant: Column,
    elsewhere: bool = False,
) -> Verdict:
    """What became of each of the terms. elsewhere: error signals of other steps are read too, and are in `constant`."""
    return Reader(terms, table, coefficients, constant, elsewhere).verdict()
