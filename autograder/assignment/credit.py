"""Credit: which share of a row's points its findings earn. Pure functions of findings and the row's parameters.

Findings are stored; credit is not. So another rubric (other points, another partial-credit rule) can be applied to what
was found without running a submission again. Every rule has the same form: `rule(findings, params, points) -> Fraction`
in 0..1, where `points` is what the row is worth, and names what it reads of the findings.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

Findings = Mapping[str, Any]
Params = Any  # a typed struct with the row's parameters as attributes
Rule = Callable[[Findings, Params, Fraction], Fraction]


def earned(rule: Rule | None, findings: Findings, params: Params, points: Fraction) -> Fraction:
    """The share of a row that its findings earn under a rule; an answer that could not be read earns nothing."""
    if findings.get("unreadable"):
        return Fraction(0)
    return clamped((rule or share)(findings, params, points))


def share(findings: Findings, params: Params, points: Fraction) -> Fraction:
    """`fraction`: the spec says the share itself, as a number or as text such as "1/3"; `score`: it says points."""
    return clamped(exactly(findings["score"]) / points if "score" in findings and points else findings["fraction"])


def all_or_nothing(findings: Findings, params: Params, points: Fraction) -> Fraction:
    """`right`: whether everything is right."""
    return Fraction(1 if findings["right"] else 0)


def best_convention(findings: Findings, params: Params, points: Fraction) -> Fraction:
    """`right` out of `of` per step convention; the rubric's `step_at_zero` says which conventions count.

    >>> from types import SimpleNamespace as P
    >>> found = {"strict": {"right": 3, "of": 4}, "inclusive": {"right": 4, "of": 4}}
    >>> [best_convention(found, P(step_at_zero=rule), Fraction(1)) for rule in ("either", "strict")]
    [Fraction(1, 1), Fraction(3, 4)]
    """
    counted = conventions(params.step_at_zero)
    return max(Fraction(findings[c]["right"], findings[c]["of"]) if c in findings else Fraction(0) for c in counted)


def decided(findings: Findings, params: Params, points: Fraction) -> Fraction:
    """As `best_convention`; `other_reading`, right only if the weights are read otherwise: `other_reading_credit`."""
    other = exactly(params.other_reading_credit) if findings.get("other_reading") else Fraction(0)
    return max(best_convention(findings, params, points), other)


def conventions(step_at_zero: str) -> tuple[str, ...]:
    """The step conventions that count: z > 0 is "strict", z >= 0 is "inclusive".

    >>> conventions("either"), conventions("strict")
    (('strict', 'inclusive'), ('strict',))
    """
    return ("strict", "inclusive") if step_at_zero == "either" else (step_at_zero,)


def terms(findings: Findings, params: Params, points: Fraction) -> Fraction:
    """`right`, else right terms / max(true terms, terms given): a term too many costs as much as one too few."""
    if findings["right"]:
        return Fraction(1)
    most = max(findings.get("true_terms", 0), findings.get("given_terms", 0))
    found = Fraction(findings.get("right_terms", 0), most) if most else Fraction(0)
    return min(found, Fraction(most - 1, most)) if most else found  # an equation that is not right is never full


def layers(findings: Findings, params: Params, points: Fraction) -> Fraction:
    """`total_right`: everything; else `per_layer` points a layer in `right_layers`, at most `at_most` points."""
    if findings["total_right"]:
        return Fraction(1)
    sum_of_layers = min(len(findings["right_layers"]) * exactly(params.per_layer), exactly(params.at_most))
    return clamped(sum_of_layers / points) if points else Fraction(0)


def bound(findings: Findings, params: Params, points: Fraction) -> Fraction:
    """`verdict` equal: 1; too_loose `within_ceiling`: the rubric's `loose_credit`; at least `accepted_credit`."""
    by_verdict = Fraction(0)
    if findings["verdict"] == "equal":
        by_verdict = Fraction(1)
    elif findings["verdict"] == "too_loose" and findings.get("within_ceiling"):
        by_verdict = exactly(params.loose_credit)
    return clamped(max(by_verdict, exactly(findings.get("accepted_credit", 0))))


def exactly(number: Any) -> Fraction:
    """A number of the rubric as an exact fraction: a float is the decimal that it prints as."""
    if isinstance(number, float):
        return Fraction(float.__repr__(number))
    return Fraction(number) if isinstance(number, (int, str, Fraction, Decimal)) else Fraction(str(number))


def clamped(number: Any) -> Fraction:
    """A share of the points, kept within 0 and 1."""
    return min(max(exactly(number), Fraction(0)), Fraction(1))
