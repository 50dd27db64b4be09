"""What is said of wrong equations that no list of the code was made from."""

from __future__ import annotations

import random
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from reference.diagnosis.lstm.terms import explain, in_process

PLACES = {
    "{C}": "bar.h[t] * s.o[t] * (1 - np.tanh(s.c[t]) ** 2)",
    "{D}": "bar.c[t+1] * s.f[t+1]",
    "{I}": "bar.i[t+1] * s.i[t+1] * (1 - s.i[t+1]) * w.hi",
    "{F}": "bar.f[t+1] * s.f[t+1] * (1 - s.f[t+1]) * w.hf",
    "{O}": "bar.o[t+1] * s.o[t+1] * (1 - s.o[t+1]) * w.ho",
    "{G}": "bar.g[t+1] * (1 - s.g[t+1] ** 2) * w.hg",
}
TEXT = Path(__file__).with_name("lstm_wrong_forms.txt").read_text(encoding="utf-8")
FORMS = [line.split(" | ") for line in TEXT.splitlines() if not line.startswith("#")]


def function(equation, text):
    for place, formula in PLACES.items():
        text = text.replace(place, formula)
    return eval(f"lambda {'' if equation == 'w_xi_bar' else 't, '}s, bar, w: {text}", {"np": np, "sig": sigma})


def sigma(z):
    return 1 / (1 + np.exp(-z))


def explained(equation, text, seed=0, **more):
    return explain(equation, in_process(function(equation, text)), random.Random(seed), **more)


def said(found):
    return " ".join(found.sentences)


def share(found):
    return Fraction(found.right_terms, max(found.true_terms, found.given_terms))


def otherwise_named(seed):
    """The forms of which something else is said."""
    told = {(equation, text): (says, said(explained(equation, text, seed))) for equation, text, says in FORMS}
    return {form: (says, found) for form, (says, found) in told.items() if says not in found}


def test_every_wrong_form_is_named():
    assert otherwise_named(0) == {}


@pytest.mark.certify
@pytest.mark.parametrize("seed", range(1, 21))
def test_every_wrong_form_is_named_at_every_seed(seed):
    assert otherwise_named(seed) == {}


PATHS = "{I} + {F} + {O} + {G}"


@pytest.mark.parametrize(
    ("equation", "text", "credit"),
    [
        *(("h_bar", f"s.dL_dh[t]{form} + {PATHS}", "4/5") for form in ("*s.o[t]", "/s.T", "*s.h[t]", "**2")),
        *(
            ("h_bar", f"s.dL_dh[t] + {PATHS} + {more}", "5/6")
            for more in ("1", "bar.h[t+1]*s.o[t+1]", "bar.c[t]*s.o[t]", "bar.i[t+1]*np.cos(s.c[t])", "bar.h[t+1]**2")
        ),
        ("c_bar", "s.dL_dh[t]*s.o[t]*(1-np.tanh(s.c[t])**2) + {D}", "1/2"),
        *(
            ("c_bar", f"{{C}} + {{D}} + {more}", "2/3")
            for more in ("bar.o[t+1]*s.h[t]", "1", "bar.i[t+1]*s.g[t+1]", "bar.h[t]*s.h[t]", "np.exp(s.c[t])")
        ),
        ("c_bar", "bar.h[t]*s.o[t]*1-np.tanh(s.c[t])**2 + {D}", "1/2"),
        ("c_bar", "{C} + bar.f[t+1]*s.f[t+1]/s.c[t] + s.h[t]", "2/3"),
        ("c_bar", f"(s.dL_dh[t] + {PATHS})*s.o[t]*(1-np.tanh(s.c[t])**2)", "1/2"),
    ],
)
def test_right_terms_earn_their_share_whatever_else_is_there(equation, text, credit):
    for seed in range(5):
        assert share(explained(equation, text, seed)) == Fraction(credit)


@pytest.mark.parametrize(
    ("equation", "text", "says"),
    [
        ("i_bar", "bar.c[t]*s.c[t-1]", "uses c(t-1) where g(t) belongs"),
        ("i_bar", "bar.f[t]", "uses f_bar(t) where c_bar(t) belongs"),
        ("i_bar", "bar.c[t]*s.g[t]*(1 + 1e-8)", "right to about 1e-08 only"),
        ("i_bar", "round(bar.c[t]*s.g[t], 4)", "rounded to 4 decimals"),
        ("i_bar", "float(np.float32(bar.c[t]*s.c[t]))", "uses c(t) where g(t) belongs"),
        ("w_xi_bar", "w.xi - 0.1*np.sum(bar.i*s.i*(1-s.i)*s.x)", "the updated weight, w_xi - 0.1 * gradient"),
        ("c_bar", "{C} + bar.g[t+1]/s.i[t+1]*s.f[t]", "c(t+1)"),
    ],
)
def test_what_the_student_most_likely_wrote_is_named(equation, text, says):
    assert says in said(explained(equation, text))


@pytest.mark.parametrize("equation", ["g_bar", "o_bar", "f_bar", "i_bar"])
@pytest.mark.parametrize("text", ["bar.c[t]*s.c[t-1]*s.x[t]", "bar.h[t]*bar.c[t]", "bar.h[t]*s.o[t]", "s.h[t]"])
def test_always_0_is_said_of_nothing_that_is_not(equation, text):
    assert "always 0" not in said(explained(equation, text))


def test_a_wrong_c_bar_that_is_called_again_is_named():
    c_bar = in_process(function("c_bar", "{C} + bar.c[t+1]*s.f[t]"))
    found = explained("f_bar", "({C} + bar.c[t+1]*s.f[t])*s.c[t-1]", other={"c_bar": c_bar}.get)
    assert said(found) == "f_bar: calls your c_bar, which is wrong."
    alone = explained("f_bar", "({C} + bar.c[t+1]*s.f[t])*s.c[t-1]")
    assert said(alone) == (
        "f_bar: writes c_bar(t) out, and there the term through c(t+1): uses f(t) where f(t+1) belongs."
    )


REGIONS = [
    ("h_bar", f"s.dL_dh[t] + ({PATHS} if t < s.T - 1 else 0)", "1/5", "wrong where T - t = 1"),
    ("c_bar", "{C} + ({D} if t + 1 < s.T else 0)", "1/2", "wrong where T - t = 1"),
    ("c_bar", "{C} + ({D} if t < 4 else 0)", "1/2", "wrong at some steps"),
    ("g_bar", "bar.c[t]*s.i[t] if s.T <= 5 else 42.0", "0", "wrong"),
]


@pytest.mark.parametrize(("equation", "text", "credit", "says"), REGIONS)
def test_an_equation_that_is_right_at_some_steps_is_told_where_it_is_wrong(equation, text, credit, says):
    found = explained(equation, text)
    assert share(found) == Fraction(credit)
    assert says in said(found)


def test_a_function_that_changes_its_mind_is_told_so():
    rng = random.Random(1)
    found = explain("o_bar", lambda calls: [call.want + rng.random() for call in calls], random.Random(0))
    assert "gives another value when it is asked the same again" in said(found)
