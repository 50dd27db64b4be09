"""What is said and credited of a wrong equation that was taken apart."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from reference.diagnosis.lstm.equations import TERMS
from reference.diagnosis.lstm.study import Study
from reference.diagnosis.lstm.verdict import Verdict
from reference.diagnosis.lstm.words import at_the_edge, mistakes, reading

PRE_ACTIVATION = "pre-activation style error signals: right if all are meant so, needs a human look"
NO_DIRECT = "recurrence without the direct loss term: right if the loss is at T only, needs a human look"
UNSTEADY = "right on every problem asked again, needs a human look"
INEXACT = "right but for rounding or a numerical derivative, needs a human look"


class Explanation(msgspec.Struct, frozen=True):
    """What is known about a wrong equation.

    right_terms, true_terms, given_terms: for credit right / max(true, given); right is less than that maximum.
    named: the mistakes recognised, for statistics ("forget path missing in c_bar").
    sentences: at most three, for the student. explained: whether the values were taken apart.
    flag: for staff, "" if nobody needs to look.
    """

    right_terms: int
    true_terms: int
    given_terms: int
    named: tuple[str, ...]
    sentences: tuple[str, ...]
    explained: bool
    flag: str = ""


def explained(
    equation: str,
    study: Study,
    edge: str,
    silent: bool,
    hidden: Sequence[str],
    where: str,
    again: tuple[str, str] | None,
) -> Explanation:
    verdict, true = study.verdict, len(TERMS[equation])
    right = 0 if verdict.multiplied else max(0, study.count.right - bool(edge))
    given = study.count.given + (verdict.faultless and bool(hidden) and not edge)
    right = min(right, max(true, given) - 1)  # something is wrong, wherever it was not seen
    notes = [*mistakes(equation, verdict), *at_the_edge(equation, edge, silent)]
    if again is not None:
        notes = [again]
    if hidden:
        notes = [*reading(equation, hidden), *notes]
    if where:
        notes = [(f"wrong at some steps in {equation}", where), *((code, f"there, {says}") for code, says in notes)]
    named = tuple(code for code, _ in notes)
    sentences = tuple(sentence(equation, says) for _, says in notes)[:3]
    return Explanation(right, true, given, named, sentences, True, _flag(equation, verdict))


def _flag(equation: str, verdict: Verdict) -> str:
    kinds = [tuple(s.kind for _, s in one.form.slips) if one.form else ("?",) for one in verdict.findings]
    if verdict.extras:
        return ""
    if equation == "h_bar":
        if all(kind == ("no derivative",) for kind in kinds[1:]):
            return PRE_ACTIVATION
        first, *others = verdict.findings
        only_at_end = bool(first.form and any("only at t = T" in slip.code for _, slip in first.form.slips))
        return NO_DIRECT if (first.missing or only_at_end) and all(one.right for one in others) else ""
    style = ("no derivative",) if equation == "w_xi_bar" else ("extra derivative",)
    return PRE_ACTIVATION if equation != "c_bar" and kinds == [style] else ""


def sentence(equation: str, says: str) -> str:
    return f"{equation}: {says}" + "." * (says[-1] not in ".?")


def inexactly_right(equation: str, says: str) -> Explanation:
    """The true equation, nearly."""
    true = len(TERMS[equation])
    return Explanation(0, true, true, (f"inexact values in {equation}",), (sentence(equation, says),), True, INEXACT)


def unexplained(equation: str, says: Sequence[str], flag: str = "") -> Explanation:
    if not says:
        flag = flag or UNSTEADY
        says = ["wrong before and right when asked again: does it depend on more than its arguments?"]
    true = len(TERMS[equation])
    named = (f"unexplained values in {equation}",)
    return Explanation(0, true, true, named, tuple(sentence(equation, one) for one in says), False, flag)
