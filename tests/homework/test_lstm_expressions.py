"""What is said of a factor with one thing changed is what was tried: its text, read as mathematics, is its value."""

from __future__ import annotations

import math
import random
import re
from itertools import islice

import pytest

from reference.diagnosis.lstm.expressions import changes
from reference.diagnosis.lstm.factors import NO_SIGNALS
from reference.diagnosis.lstm.functions import FUNCTIONS
from reference.diagnosis.lstm.one_change import ways
from reference.diagnosis.lstm.settings import draw_setting

RIGHTS = (
    "g(t)",
    "i(t)",
    "c(t-1)",
    "x(t)",
    "f(t+1)",
    "tanh(c(t))",
    "1 - tanh(c(t))^2",
    "1 - g(t+1)^2",
    "o(t+1) (1 - o(t+1))",
)
NAMES = {"sigma": FUNCTIONS["sigma({})"], "slope": FUNCTIONS["sigma'({})"], "sech": FUNCTIONS["sech({})"], "abs": abs}
NAMES |= {"arctan": math.atan, "arcsin": math.asin, "arcsinh": math.asinh, "max": max, "min": min}
NAMES |= {
    name: getattr(math, name) for name in ("tanh", "exp", "sin", "cos", "tan", "sinh", "cosh", "log", "sqrt", "erf")
}
OPERAND = r"(?<=[\w)\]]) (?=[\w(])"


def read(text, t, s, w):
    """The value of a formula in the homework's notation, by Python."""
    text = re.sub(r"\|([^|]*)\|", r"abs(\1)", text).replace("sigma'(", "slope(")
    text = re.sub(r"\b([xifogch])\(([tT01][+-]?\d?)\)", r"s.\1[\2]", text)
    text = re.sub(r"\bw_(\w\w)", r"w.\1", text).replace("^", "**")
    text = re.sub(OPERAND, " * ", text)
    return eval(text, NAMES | {"sqrtabs": lambda v: math.sqrt(abs(v)), "s": s, "w": w, "t": t, "T": s.T})


def said(text):
    return not re.search(r"the (sum|mean|product|sign|cube)", text)


@pytest.mark.parametrize("right", RIGHTS)
def test_an_expression_is_what_its_text_says(right):
    setting = draw_setting(random.Random(3), 7, 4)
    s, w = setting.states, setting.weights
    tried = 0
    for way in ways(right):
        for changed in (way, *islice(changes(way, None), 0, None, 5)):
            try:
                value = changed.value(4, s, NO_SIGNALS, w)
            except (ArithmeticError, ValueError):
                continue
            if said(changed.text):
                tried += 1
                assert read(changed.text, 4, s, w) == pytest.approx(value, rel=1e-9, abs=1e-12), changed.text
    assert tried > 15


@pytest.mark.parametrize("right", RIGHTS)
def test_each_way_to_write_a_factor_is_the_factor(right):
    setting = draw_setting(random.Random(4), 7, 4)
    s, w = setting.states, setting.weights
    for way in ways(right):
        assert way.value(4, s, NO_SIGNALS, w) == pytest.approx(read(right, 4, s, w), rel=1e-9)
