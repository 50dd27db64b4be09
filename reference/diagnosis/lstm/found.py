"""The terms and parts that were found so far, in the coefficients of a function that are still to be explained."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from reference.diagnosis.lstm.alphabets import EXTRAS
from reference.diagnosis.lstm.curves import expression, later_product
from reference.diagnosis.lstm.equations import Form, Term
from reference.diagnosis.lstm.factors import Column, Match, Table
from reference.diagnosis.lstm.forms import Factor, Input, Named, Slip, Value
from reference.diagnosis.lstm.inputs import Reading
from reference.diagnosis.lstm.letters import widened
from reference.diagnosis.lstm.verdict import Finding, Piece, reads, written


class Found:
    """What was found so far of a function, and `left`, the coefficients that nothing explains yet."""

    def __init__(
        self,
        terms: Sequence[Term],
        table: Table,
        coefficients: Mapping[Input, Column],
        constant: Column,
        elsewhere: bool,
    ) -> None:
        self.elsewhere = elsewhere
        self.terms = terms
        self.table = table
        self.left = dict(coefficients)
        self.constant = constant
        self.findings: dict[str, Finding] = {}
        self.extras: list[str] = []
        self.pieces: list[Piece] = []
        self.unknown = False

    def true(self, term: Term) -> Column:
        return self.table.product([f.value for f in term.factors[1:]])

    def _reading(self, what: Input | None, measured: Column, factors: Sequence[Factor] = ()) -> Reading | None:
        """What a coefficient depends on, where that could be measured."""
        return self.table.inputs.of(what, measured, factors) if self.table.inputs else None

    def _expression(self, measured: Column, reading: Reading | None, most: int = 0) -> Named | None:
        """The expression that gives these numbers. most: so many nodes a step further away may be multiplied."""
        letters = reading.letters if reading else self.table.inputs and self.table.inputs.letters
        table = self.table.narrowed(widened(letters) if letters is not None else None)
        return expression(table, measured) or (later_product(table, measured, most) if most else None)

    def _found(self, term: Term, match: Match, signal: Slip | None = None) -> None:
        slips = tuple((k + 1, slip) for k, slip in match.slips)
        form = Form(term, ((0, signal), *slips) if signal else slips)
        self.findings[term.name] = Finding(term, form, match.coefficient)
        taken = dict(match.slips)
        factors = [taken[k].value if k in taken else f.value for k, f in enumerate((*term.factors[1:], EXTRAS))]
        what = signal.reads if signal else reads(term)
        self.pieces.append(Piece(what, tuple(factors), match.coefficient))
        if what is not None:
            self.left.pop(what, None)

    def _product(self, what: Input | None, product: tuple[str, tuple[Value, ...], float]) -> None:
        text, factors, c = product
        self.pieces.append(Piece(what, factors, c))
        signal = written(what) if what is not None else ""
        if not factors:
            self.extras.append(f"{'' if signal and c == 1 else '-' if signal and c == -1 else text} {signal}".strip())
            return
        sign = "-" if text.startswith("-") else ""
        self.extras.append(f"{sign}{signal} {text.removeprefix('-')}" if signal else text)
