"""What became of each true term of an equation, and the parts that the function was found to be made of."""

from __future__ import annotations

import math

import msgspec
from msgspec.structs import replace

from reference.diagnosis.lstm.equations import Form, Term
from reference.diagnosis.lstm.forms import Input, Slip, Value
from reference.diagnosis.lstm.settings import DL, Setting

SAME = 1e-6


class Finding(msgspec.Struct, frozen=True):
    """What became of one true term.

    form: how it is written; None if it is missing, or if no form fits. says: for a form that no list holds.
    coefficient: the number in front; 0 for a missing term. otherwise: whether a missing one may be there by other
    error signals than its own.
    """

    term: Term
    form: Form | None
    coefficient: float
    says: str = ""
    otherwise: bool = False

    @property
    def missing(self) -> bool:
        return self.form is None and self.coefficient == 0

    @property
    def right(self) -> bool:
        return self.form is not None and not self.form.slips and abs(self.coefficient - 1) <= SAME


class Piece(msgspec.Struct, frozen=True):
    """A part of the function as it was found: an input (None: none) times a product of factors."""

    reads: Input | None
    factors: tuple[Value, ...]
    coefficient: float

    def value(self, setting: Setting) -> float:
        """Its value in a setting; NaN where it has none, as f(t+2) at t = T."""
        t = setting.t or 0
        try:
            signal = 1.0 if self.reads is None else setting.value(self.reads)
            factors = [float(f(t, setting.states, setting.signals, setting.weights)) for f in self.factors]
        except (ArithmeticError, ValueError, IndexError):
            return math.nan
        return math.prod((self.coefficient, signal, *factors))


class Verdict(msgspec.Struct, frozen=True):
    """A finding for each true term; what does not belong, each as it is said; and the parts that make up the function.

    pieces: None if a part is of unknown form, so that no value can be foretold. multiplied: the terms are a product.
    named: whether every mistake was recognised.
    """

    findings: tuple[Finding, ...]
    extras: tuple[str, ...] = ()
    pieces: tuple[Piece, ...] | None = ()
    multiplied: bool = False
    named: bool = True

    @property
    def lacks_direct(self) -> bool:
        """Whether the direct term, and nothing in its place, is missing."""
        return self.findings[0].missing and reads(self.findings[0].term) == (DL, "t")

    def with_direct_at_the_end(self) -> Verdict:
        """The same with a direct term that is there at t = T."""
        first, *others = self.findings
        slip = Slip(
            "is there only at t = T, as if the loss saw h(T) alone",
            "direct term only at t = T",
            lambda t, s, bar, w: s.dL_dh[t] if t == s.T else 0.0,
        )
        return replace(self, findings=(Finding(first.term, Form(first.term, ((0, slip),)), 1.0), *others))

    @property
    def right(self) -> int:
        return sum(one.right for one in self.findings)

    @property
    def faultless(self) -> bool:
        return self.right == len(self.findings) and not self.extras

    @property
    def known(self) -> bool:
        """Whether every part is of a known form."""
        return self.pieces is not None

    def value(self, setting: Setting) -> float:
        """What the parts give in a setting. Only where every part is known."""
        return math.fsum(piece.value(setting) for piece in self.pieces or ())


def written(what: Input) -> str:
    """An input in the homework's notation."""
    return f"{DL}({what[1]})" if what[0] == DL else f"{what[0]}_bar({what[1]})"


def reads(term: Term) -> Input:
    """The error signal of a term."""
    what = term.factors[0].reads
    assert what is not None  # the first factor of every term is one
    return what
