"""Credit is a pure function of findings and rubric: a table per rule."""

from __future__ import annotations

import inspect
from decimal import Decimal
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from autograder.assignment import credit

ONE = Fraction(1)


@pytest.mark.parametrize(
    ("findings", "share"),
    [
        ({"right": True}, "1"),
        ({"right": False, "right_terms": 4, "true_terms": 5, "given_terms": 5}, "4/5"),
        ({"right": False, "right_terms": 1, "true_terms": 2, "given_terms": 1}, "1/2"),
        ({"right": False, "right_terms": 5, "true_terms": 5, "given_terms": 6}, "5/6"),  # an extra term costs
        ({"right": False, "right_terms": 0, "true_terms": 5, "given_terms": 0}, "0"),
        ({"right": False, "right_terms": 5, "true_terms": 5, "given_terms": 5}, "4/5"),  # not right is never full
        ({"right": False}, "0"),
        ({"right": False, "true_terms": 5, "given_terms": 5}, "0"),  # what was not counted earns nothing
        ({"right": False, "right_terms": 1, "given_terms": 1}, "0"),
        ({"right": False, "right_terms": 1, "true_terms": 1}, "0"),
    ],
)
def test_terms(findings: dict[str, Any], share: str) -> None:
    assert credit.terms(findings, None, ONE) == Fraction(share)


@pytest.mark.parametrize("right", [True, False])
def test_all_or_nothing(right: bool) -> None:
    assert credit.all_or_nothing({"right": right}, None, ONE) == int(right)


@pytest.mark.parametrize(
    ("findings", "points", "share"),
    [
        ({"fraction": "1/3"}, "2", "1/3"),
        ({"fraction": 0.1}, "2", "1/10"),
        ({"fraction": "0", "score": "0.5"}, "2", "1/4"),
        ({"fraction": "0", "score": 0.1}, "2", "1/20"),
        ({"fraction": "0", "score": 3}, "2", "1"),  # never more than the row is worth
        ({"fraction": "0", "score": -1}, "2", "0"),
        ({"fraction": "1/4", "score": 1}, "0", "1/4"),
    ],
)
def test_share(findings: dict[str, Any], points: str, share: str) -> None:
    assert credit.share(findings, None, Fraction(points)) == Fraction(share)


@pytest.mark.parametrize(
    ("right", "points", "share"),
    [(0, "1", "0"), (3, "1", "3/10"), (6, "1", "6/10"), (6, "2", "3/10"), (6, "1/2", "1"), (6, "0", "0")],
)
def test_layers(right: int, points: str, share: str) -> None:
    findings = {"total_right": False, "right_layers": ["conv1"] * right}
    params = SimpleNamespace(per_layer=0.1, at_most=0.6)
    assert credit.layers(findings, params, Fraction(points)) == Fraction(share)


def test_a_right_total_is_everything() -> None:
    params = SimpleNamespace(per_layer=0.1, at_most=0.6)
    assert credit.layers({"total_right": True, "right_layers": []}, params, ONE) == 1


@pytest.mark.parametrize(
    ("findings", "share"),
    [
        ({"verdict": "equal"}, "1"),
        ({"verdict": "too_loose", "within_ceiling": True}, "1/10"),
        ({"verdict": "too_loose", "within_ceiling": False}, "0"),
        ({"verdict": "too_loose"}, "0"),
        ({"verdict": "too_small", "within_ceiling": True}, "0"),
        ({"verdict": "incomparable", "accepted_credit": 0.3}, "3/10"),
        ({"verdict": "equal", "accepted_credit": "0.25"}, "1"),
        ({"verdict": "incomparable", "accepted_credit": 2}, "1"),  # never more than the row is worth
        ({"verdict": "unreadable"}, "0"),
    ],
)
def test_bound(findings: dict[str, Any], share: str) -> None:
    assert credit.bound(findings, SimpleNamespace(loose_credit=0.1), ONE) == Fraction(share)


@pytest.mark.parametrize(("rule", "share"), [("either", "1"), ("strict", "3/4"), ("inclusive", "1")])
def test_best_convention(rule: str, share: str) -> None:
    findings = {"strict": {"right": 3, "of": 4}, "inclusive": {"right": 4, "of": 4}}
    assert credit.best_convention(findings, SimpleNamespace(step_at_zero=rule), ONE) == Fraction(share)


@pytest.mark.parametrize(("other", "worth", "share"), [(True, 0.1, "1/10"), (True, 0, "0"), (False, 0.1, "0")])
def test_a_network_right_under_another_reading_earns_what_the_rubric_says(
    other: bool, worth: float, share: str
) -> None:
    findings = {"strict": {"right": 0, "of": 1}, "inclusive": {"right": 0, "of": 1}, "other_reading": other}
    params = SimpleNamespace(step_at_zero="either", other_reading_credit=worth)
    assert credit.decided(findings, params, ONE) == Fraction(share)
    assert credit.decided({**findings, "strict": {"right": 1, "of": 1}}, params, ONE) == 1


@pytest.mark.parametrize("rule", ["either", "strict", "inclusive"])
def test_a_convention_that_was_not_judged_earns_nothing(rule: str) -> None:
    params = SimpleNamespace(step_at_zero=rule)
    assert credit.best_convention({}, params, ONE) == 0
    judged = {"strict": {"right": 1, "of": 4}}
    assert credit.best_convention(judged, params, ONE) == (0 if rule == "inclusive" else Fraction(1, 4))


RULES = {
    name: rule
    for name, rule in vars(credit).items()
    if inspect.isfunction(rule) and [*inspect.signature(rule).parameters] == ["findings", "params", "points"]
}


def test_the_rules_are_those_that_specs_may_name() -> None:
    assert {*RULES} == {"share", "all_or_nothing", "best_convention", "decided", "terms", "layers", "bound"}


@pytest.mark.parametrize("rule", [None, *RULES.values()], ids=["no rule", *RULES])
def test_an_unreadable_answer_earns_nothing_under_every_rule(rule: credit.Rule | None) -> None:
    # Right under every rule, but for what makes it unreadable.
    right = {"fraction": 1, "right": True, "total_right": True, "verdict": "equal", "right_layers": []}
    findings = {**right, "strict": {"right": 1, "of": 1}, "inclusive": {"right": 1, "of": 1}}
    params = SimpleNamespace(step_at_zero="either", other_reading_credit=0)
    assert credit.earned(rule, findings, params, ONE) == 1
    assert credit.earned(rule, {**findings, "unreadable": True}, params, ONE) == 0


@pytest.mark.parametrize(("share", "earned"), [(Fraction(3, 2), 1), (Fraction(-1, 2), 0), (0.1, Fraction(1, 10))])
def test_a_rule_of_an_instructors_own_earns_0_to_1_exactly(share: Any, earned: Fraction) -> None:
    assert credit.earned(lambda findings, params, points: share, {}, None, ONE) == earned


@pytest.mark.parametrize("number", [0.1, "0.1", Decimal("0.1"), Fraction(1, 10), "1/10", np.float32(0.1)])
def test_a_number_of_the_rubric_is_exact(number: Any) -> None:
    assert credit.exactly(number) == Fraction(1, 10)
