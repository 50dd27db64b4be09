"""Terms whose own error signal is not read: is the term missing, or may it be there by other error signals?

c_bar(t+1) f(t+1) is f_bar(t+1) f(t+1) / c(t) as well, or may be worked out from h_bar(t+1) on. So "missing" is said
only where nothing else that the function reads can stand for the term.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from reference.diagnosis.lstm.equations import Term
from reference.diagnosis.lstm.forms import Input
from reference.diagnosis.lstm.letters import letters_of
from reference.diagnosis.lstm.settings import DL
from reference.diagnosis.lstm.verdict import Finding, reads


class Rest(msgspec.Struct, frozen=True):
    """A part that belongs to no term as it should be.

    what: its error signal, None for those of other steps. product: what that is multiplied by, if it is a product of
    known factors. letters: else what that depends on; None if it is not known.
    """

    what: Input | None
    product: str = ""
    letters: frozenset[str] | None = None

    def may_hold(self, term: Term) -> bool:
        """Whether the term may be in it: its error signal can bring the term's, and it has something of its factors.

        An error signal is made of those of the same step and of later ones; dL/dh(t) is in those of the same step only.
        """
        name, place = reads(term)
        if self.what is None:
            return name != DL
        late = _step(self.what[1]) - _step(place)
        if late < 0 or (late and name == DL):
            return False
        texts = [factor.text for factor in term.factors[1:] if factor.text]
        if self.product:
            return any(text in self.product for text in texts)
        return self.letters is None or not texts or any(letters_of(text) & self.letters for text in texts)


def _step(place: str) -> float:
    """t+1 as 1; a step that may be any, as T, counts as late."""
    return float(place[1:] or 0) if place[0] == "t" else 1e9


def absent(term: Term, rest: Iterable[Rest]) -> Finding:
    """The finding on a term whose error signal is not read."""
    return Finding(term, None, 0.0, otherwise=any(one.may_hold(term) for one in rest))
