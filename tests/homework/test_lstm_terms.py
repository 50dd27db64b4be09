"""A wrong equation of question 2 is taken apart: its right terms are credited, its mistakes named, and no more."""

from __future__ import annotations

import math
import random
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import reference.lstm_gradient as solution
from autograder.maths.closeness import close
from autograder.maths.lstm import problems
from reference.catalogue import RIGHT
from reference.catalogue.lstm_gradient import CASES, ROWS
from reference.diagnosis.lstm.equations import Form
from reference.diagnosis.lstm.terms import TERMS, explain, in_process

EQUATION = {row: equation for equation, row in ROWS.items()}
SOURCE = Path(solution.__file__).read_text(encoding="utf-8")
TOLD_BEFORE = ("run the network again from w and x", "keep values between calls")  # nothing is explained then
MISTAKES = [case for case in CASES if case.found != RIGHT and case.says not in TOLD_BEFORE]


def planted(case):
    names: dict[str, object] = {}
    exec(compile(f"{SOURCE}\n{case.source}", case.name, "exec"), names)
    return in_process(names[EQUATION[case.row]])


def credit(explanation):
    return Fraction(explanation.right_terms, max(explanation.true_terms, explanation.given_terms))


@pytest.mark.parametrize("equation", problems.EQUATIONS)
def test_the_true_terms_sum_to_the_true_value(equation):
    for call in problems.cases(random.Random(5), equation):
        terms = [term.value(call.t, call.states, call.signals, call.problem.weights) for term in TERMS[equation]]
        assert close(math.fsum(terms), call.want, 1e-12)


def check_mistake(case, seed):
    """What `validate` holds at the rubric's own seed."""
    explanation = explain(EQUATION[case.row], planted(case), random.Random(seed))
    if case.row in ("2.1a", "2.1b"):
        most = max(case.found["true_terms"], case.found.get("given_terms", 0))
        assert credit(explanation) == Fraction(case.found["right_terms"], most)
    if case.says != "expected" and not case.says.startswith("changes "):  # these are said by the spec
        assert case.says in " ".join(explanation.sentences)
    assert 1 <= len(explanation.sentences) <= 3
    assert explanation.named


@pytest.mark.certify
@pytest.mark.parametrize("case", MISTAKES, ids=lambda case: f"{case.row} {case.name}")
def test_each_planted_mistake_is_named_and_credited_for_60_seeds(case):
    for seed in range(100, 160):
        check_mistake(case, seed)


def explained(equation, function, seed=0):
    return explain(equation, in_process(function), random.Random(seed))


@pytest.mark.parametrize(
    ("equation", "function", "flag"),
    [
        (
            "h_bar",
            lambda t, s, bar, w: s.dL_dh[t] + sum(getattr(bar, v)[t + 1] * getattr(w, f"h{v}") for v in "ifog"),
            "pre-",
        ),
        ("g_bar", lambda t, s, bar, w: bar.c[t] * s.i[t] * (1 - s.g[t] ** 2), "pre-"),
        ("i_bar", lambda t, s, bar, w: bar.c[t] * s.g[t] * s.i[t] * (1 - s.i[t]), "pre-"),
        ("w_xi_bar", lambda s, bar, w: (bar.i * s.x).sum(), "pre-"),
        ("h_bar", lambda t, s, bar, w: solution.h_bar(t, s, bar, w) - s.dL_dh[t], "without the direct"),
        ("f_bar", lambda t, s, bar, w: float(f"{bar.c[t] * s.c[t - 1]:.8g}"), "rounding"),
        ("f_bar", lambda t, s, bar, w: bar.c[t] * s.c[t], ""),
    ],
)
def test_staff_are_told_what_needs_a_human_look(equation, function, flag):
    found = explained(equation, function)
    assert flag in found.flag
    assert bool(flag) == bool(found.flag)


def test_statistics_name_the_mistake():
    def c_bar(t, s, bar, w):
        return bar.h[t] * s.o[t] / math.cosh(s.c[t]) ** 2

    assert explained("c_bar", c_bar).named == ("forget path missing in c_bar",)


def test_a_form_not_in_any_list_costs_its_own_path_only():
    def h_bar(t, s, bar, w):
        n = t + 1
        wrong = bar.f[n] * math.cos(3 * s.f[n]) * math.sin(s.c[t]) * w.hf
        return solution.h_bar(t, s, bar, w) - bar.f[n] * s.f[n] * (1 - s.f[n]) * w.hf + wrong

    found = explained("h_bar", h_bar)
    assert (found.right_terms, found.explained) == (4, True)
    assert "uses a function of f(t+1) and c(t) where f(t+1) (1 - f(t+1)) belongs; w_hf is right" in found.sentences[0]


def test_what_a_sum_holds_besides_its_right_terms_costs_one_of_them_only():
    def h_bar(t, s, bar, w):
        through_i = bar.i[t + 1] * s.i[t + 1] * (1 - s.i[t + 1]) * w.hi
        return solution.h_bar(t, s, bar, w) - through_i + w.hf * w.ho * s.c[t] * bar.o[t + 1]

    found = explained("h_bar", h_bar)
    assert credit(found) == Fraction(4, 5)
    assert "the term through i(t+1) is missing" in found.sentences[0]


def test_reading_what_is_not_known_yet_is_said():
    found = explained("g_bar", lambda t, s, bar, w: bar.c[t] * s.i[t] + 0 * bar.f[t])
    assert credit(found) < 1
    assert "reads f_bar(t)" in found.sentences[0]


def test_a_faultless_function_that_was_marked_wrong_earns_nothing_here():
    """Wrong now and then only: its values here are right, so there is nothing to explain."""
    found = explained("c_bar", solution.c_bar)
    assert (found.right_terms, found.true_terms) == (0, 2)
    assert "right when asked again" in found.sentences[0]
    assert found.flag


def bad_values():
    return {
        "NaN": lambda t, s, bar, w: math.nan,
        "infinite": lambda t, s, bar, w: -math.inf,
        "huge": lambda t, s, bar, w: 1e308 * bar.c[t + 1],
        "tiny": lambda t, s, bar, w: 5e-324,
        "one constant": lambda t, s, bar, w: 7.0,
        "zero": lambda t, s, bar, w: 0.0,
        "raises": lambda t, s, bar, w: 1 / 0,
        "raises at T": lambda t, s, bar, w: s.x[t + 2] * 0 + solution.h_bar(t, s, bar, w),
        "raises after t = 1": lambda t, s, bar, w: [0.5][t - 1],
        "huge now and then": lambda t, s, bar, w: 1e300 if t == 2 else s.dL_dh[t],
        "NaN now and then": lambda t, s, bar, w: math.nan if s.c[t] > 0 else bar.h[t],
        "noise": lambda t, s, bar, w: math.sin(1e6 * s.c[t]),
        "all numbers": lambda t, s, bar, w: sum(s.c) + sum(s.h),
    }


@pytest.mark.parametrize("equation", ["h_bar", "c_bar", "o_bar", "i_bar"])
@pytest.mark.parametrize("kind", bad_values())
def test_values_of_any_kind_are_survived_without_a_warning(equation, kind):
    found = explained(equation, bad_values()[kind])
    assert 0 <= credit(found) < 1
    assert 1 <= len(found.sentences) <= 3


@pytest.mark.parametrize("equation", ["h_bar", "c_bar", "g_bar", "o_bar", "f_bar", "i_bar"])
def test_what_it_reads_of_the_step_before_may_be_absent_where_it_is_taken_apart(equation):
    def wrong(t, s, bar, w):
        if bar.h[t - 1] > 0:
            return getattr(solution, equation)(t, s, bar, w)
        return abs(s.dL_dh[t - 1]) * bar.c[t - 1]

    steps = [(T, t, t == 2) for T, t in ((2, 1), (4, 2), (3, 1), (5, 3))]
    found = explain(equation, in_process(wrong), random.Random(0), steps)
    assert 0 <= credit(found) < 1


def test_an_index_error_at_the_last_step_costs_one_term():
    found = explained("h_bar", bad_values()["raises at T"])
    assert credit(found) == Fraction(4, 5)
    assert "gives no number at t = T" in found.sentences[0]


def built(equation, forms, coefficients):
    """The function that is this sum of forms."""

    def value(call, form):
        taken = dict(form.slips)
        factors = [taken[k].value if k in taken else factor.value for k, factor in enumerate(form.term.factors)]
        try:
            return math.prod(factor(call.t, call.states, call.signals, call.problem.weights) for factor in factors)
        except IndexError:  # t+2 at t = T, say
            return 0.0

    return lambda calls: [
        math.fsum(c * value(call, form) for c, form in zip(coefficients, forms, strict=True)) for call in calls
    ]


@st.composite
def wrong_sums(draw, equation, most):
    """Up to `most` terms of the equation with a wrong form, a wrong coefficient or both; how many stayed right."""
    terms = TERMS[equation]
    spoiled = draw(st.sets(st.integers(0, len(terms) - 1), min_size=1, max_size=most))
    forms, coefficients = [], []
    for k, term in enumerate(terms):
        pool = list(term.forms(1))
        form = pool[draw(st.integers(0, len(pool) - 1))] if k in spoiled and draw(st.booleans()) else Form(term)
        forms.append(form)
        coefficients.append(draw(st.sampled_from([0.0, -1.0, 2.0, 0.5])) if k in spoiled and not form.slips else 1.0)
    return forms, coefficients, len(terms) - len(spoiled)


@pytest.mark.parametrize("equation", ["c_bar", "h_bar"])
@given(st.data(), st.integers(0, 10**6))
@settings(max_examples=40, deadline=None)
def test_any_sum_with_two_wrong_terms_is_taken_apart(equation, data, seed):
    forms, coefficients, right = data.draw(wrong_sums(equation, 2))
    found = explain(equation, built(equation, forms, coefficients), random.Random(seed))
    assert (found.right_terms, found.explained) == (right, True)


@given(wrong_sums("h_bar", 5), st.integers(0, 10**6))
@settings(max_examples=40, deadline=None)
def test_no_h_bar_is_credited_with_more_than_its_right_terms(wrong, seed):
    forms, coefficients, right = wrong
    assert explain("h_bar", built("h_bar", forms, coefficients), random.Random(seed)).right_terms <= right


def test_a_mistake_at_the_last_step_does_not_hide_the_others():
    """The direct term at T only, and two paths in other forms: each path is still seen alone."""

    def h_bar(t, s, bar, w):
        n = t + 1
        through_i = bar.i[n] * s.i[n] * (1 + s.i[n]) * w.hi
        through_o = bar.o[n] * s.o[n] * (1 - s.o[n]) * w.ho
        return (s.dL_dh[t] if t == s.T else 0) + through_i - through_o + bar.g[n] * (1 - s.g[n] ** 2) * w.hg

    assert explained("h_bar", h_bar).right_terms == 1


def test_h_bar_of_the_next_step_is_told_from_dL_dh_of_the_next_step():  # noqa: N802
    def h_bar(t, s, bar, w):
        n = t + 1
        through_i = bar.i[n] * s.i[n] * (1 + s.i[n]) * w.hi
        through_g = bar.g[n] * (1 - s.g[n]) * w.hg
        through_f, through_o = bar.f[n] * s.f[n] * (1 - s.f[n]) * w.hf, bar.o[n] * s.o[n] * (1 - s.o[n]) * w.ho
        return bar.h[n] + through_i + through_f + through_o + through_g

    found = explained("h_bar", h_bar)
    assert found.right_terms == 2
    assert "uses h_bar(t+1) where dL/dh(t) belongs" in found.sentences[0]
