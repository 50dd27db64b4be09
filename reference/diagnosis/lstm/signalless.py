"""Parts that no error signal enters: brackets that are missing, an error signal that was left out."""

from __future__ import annotations

import math

from reference.diagnosis.lstm.equations import Form, Term
from reference.diagnosis.lstm.factors import Column
from reference.diagnosis.lstm.forms import Slip, Value, instead, node, one
from reference.diagnosis.lstm.found import Found
from reference.diagnosis.lstm.verdict import Finding, Piece, reads


class Signalless(Found):
    """What the part without an error signal tells."""

    def _brackets(self) -> None:
        """A * 1 - q * B for A * (1 - q) * B: brackets that are missing."""
        if not any(self.constant):
            return
        readings = {term.name: self._bracket(term) for term in self.terms}
        readings = {name: one for name, one in readings.items() if one is not None}
        total = [math.fsum(one[1][k] for one in readings.values()) for k in range(len(self.constant))]
        if not readings or not self.table.equal(self.constant, total):
            return
        for term in self.terms:
            if term.name in readings:
                text, _, after = readings[term.name]
                says = f"the brackets around {text} are missing: the subtraction comes last, as a part of its own"
                self.findings[term.name] = Finding(term, None, 1.0, says)
                self.pieces.append(Piece(None, after, -1.0))
        self.constant = (0.0,) * len(self.constant)

    def _bracket(self, term: Term) -> tuple[str, Column, tuple[Value, ...]] | None:
        finding = self.findings.get(term.name)
        piece = next((p for p in self.pieces if p.reads == reads(term)), None)
        if finding is None or piece is None or finding.right:
            return None
        measured = self.table.product([*piece.factors, lambda t, s, bar, w: piece.coefficient])
        for k, factor in enumerate(term.factors):
            if factor.bracket is None:
                continue
            text, before, taken = factor.bracket
            others = [f.value for j, f in enumerate(term.factors) if j not in (0, k)]
            for mask in range(1 << len(others)):
                first = [v for j, v in enumerate(others) if mask >> j & 1]
                after = (taken, *(v for j, v in enumerate(others) if not mask >> j & 1))
                if self.table.equal(measured, self.table.product([before, *first])):
                    return text, tuple(-v for v in self.table.product(after)), after
        return None

    def _without_signal(self) -> None:
        """Missing terms whose error signal was left out."""
        missing = [term for term in self.terms if term.name not in self.findings and len(term.factors) > 1]
        if not any(self.constant) or not missing:
            return
        for chosen in (missing, *([term] for term in missing)):
            for slips in ([_left_out(term) for term in chosen], [_node_for_signal(term) for term in chosen]):
                parts = [
                    (slip.value, *(f.value for f in term.factors[1:])) for term, slip in zip(chosen, slips, strict=True)
                ]
                total = [math.fsum(column) for column in zip(*map(self.table.product, parts), strict=True)]
                if self.table.equal(self.constant, total):
                    for term, slip, factors in zip(chosen, slips, parts, strict=True):
                        self.findings[term.name] = Finding(term, Form(term, ((0, slip),)), 1.0)
                        self.pieces.append(Piece(None, factors, 1.0))
                    self.constant = (0.0,) * len(self.constant)
                    return

    def _constant(self) -> None:
        if not any(self.constant):
            return
        if self.elsewhere:
            self.unknown = True
            self.extras.append("error signals of other steps")
            return
        product = self.table.monomial(self.constant)
        if product is not None:
            self._product(None, product)
            return
        reading = self._reading(None, self.constant)
        if (named := self._expression(self.constant, reading)) is not None:
            self._product(None, (named[0], (named[1],), 1.0))
            return
        self.unknown = True
        self.extras.append(f"a part that no error signal enters{f', {reading.function}' if reading else ''}")


def _left_out(term: Term) -> Slip:
    text = term.factors[0].text
    return Slip(f"the factor {text} is missing", f"no {text}", one, "no signal")


def _node_for_signal(term: Term) -> Slip:
    right = term.factors[0].text
    name, when = reads(term)
    return instead(right, right.replace("_bar", ""), node(name, int(when[1:] or 0)), "node for signal")
