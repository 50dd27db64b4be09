"""What is said of the inputs of a wrong coefficient is what it was made of: nothing more, and nothing less."""

from __future__ import annotations

import random

import numpy as np
import pytest

from reference.diagnosis.lstm.terms import explain, in_process

# equation: its term, its other terms, and the factors of the term in code and in words
TERMS = {
    "c_bar": (
        "bar.h[t]",
        "bar.c[t+1] * s.f[t+1]",
        (("s.o[t]", "o(t)"), ("(1 - np.tanh(s.c[t])**2)", "1 - tanh(c(t))^2")),
    ),
    "g_bar": ("bar.c[t]", "0", (("s.i[t]", "i(t)"),)),
    "f_bar": ("bar.c[t]", "0", (("s.c[t-1]", "c(t-1)"),)),
}
INPUTS = (
    ("s.x[t]", "x(t)"), ("s.x[t+1]", "x(t+1)"), ("s.i[t+1]", "i(t+1)"), ("s.f[t-1]", "f(t-1)"), ("s.o[t+1]", "o(t+1)"),
    ("s.g[t-1]", "g(t-1)"), ("s.c[s.T]", "c(T)"), ("s.h[1]", "h(1)"), ("w.hg", "w_hg"), ("w.xo", "w_xo"),
)  # fmt: skip


def made(equation, rng):
    """A wrong equation, what its own factors and the others must be said to be, and which factors are right."""
    signal, others, factors = TERMS[equation]
    right = [factor for factor in factors if rng.random() < 0.5]
    chosen = sorted(rng.sample(INPUTS, 2), key=INPUTS.index)
    inside = " + ".join(f"{rng.uniform(0.5, 0.9):.3f} * {code}" for code, _ in chosen)
    text = " * ".join([signal, f"np.cos({inside}) ** 2", *(code for code, _ in right)])
    wrong = [words for factor in factors if factor not in right for words in (factor[1],)]
    return f"{text} + {others}", [words for _, words in chosen], wrong, [words for _, words in right]


def sentence(inputs, wrong, right):
    function = f"a function of {' and '.join(inputs)}"
    if not wrong:
        return f"has an extra factor, {function}"
    belongs = " ".join(f"({words})" if words[:3] == "1 -" and len(wrong) > 1 else words for words in wrong)
    return f"uses {function} where {belongs} belongs{f'; {right[0]} is right' if right else ''}"


@pytest.mark.parametrize("equation", TERMS)
@pytest.mark.parametrize("seed", range(6))
def test_the_inputs_and_the_right_factors_are_said(equation, seed):
    text, inputs, wrong, right = made(equation, random.Random(f"{equation} {seed}"))
    function = eval(f"lambda t, s, bar, w: {text}", {"np": np})
    assert sentence(inputs, wrong, right) in explain(equation, in_process(function), random.Random(seed)).sentences[0]


def test_a_number_that_shows_only_far_away_counts_as_read():
    def g_bar(t, s, bar, w):
        return bar.c[t] * np.cos(max(s.i[t], 0.9 * s.f[t])) ** 0.3

    assert (
        "a function of i(t) and f(t) where i(t) belongs"
        in explain("g_bar", in_process(g_bar), random.Random(0)).sentences[0]
    )


def test_a_message_does_not_depend_on_the_order_of_a_set():
    def w_xi_bar(s, bar, w):
        return np.sum((bar.i + bar.f + bar.o + bar.g) * s.i * (1 - s.i) * s.x)

    found = explain("w_xi_bar", in_process(w_xi_bar), random.Random(0))
    assert [text.split("_bar(t)")[0][-1] for text in found.sentences] == ["f", "g", "o"]
