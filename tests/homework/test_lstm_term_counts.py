"""Partial credit of h_bar and c_bar, judged by how a wrong equation was made: right terms, wrong ones and junk.

The sums are made at random from text, so that the number of right terms and the error signals that the rest reads are
known without measuring anything.
"""

from __future__ import annotations

import random
from fractions import Fraction

import numpy as np
import pytest

from reference.diagnosis.lstm.terms import explain, in_process

SLOPE = {v: f"s.{v}[t+1] * (1 - s.{v}[t+1])" for v in "ifo"} | {"g": "(1 - s.g[t+1] ** 2)"}
GATE = {v: f"bar.{v}[t+1] * {SLOPE[v]} * w.h{v}" for v in "ifog"}
HIDDEN = "bar.h[t] * s.o[t] * (1 - np.tanh(s.c[t]) ** 2)"
CELL = "bar.c[t+1] * s.f[t+1]"

# equation -> for each term the forms that are right, the first as the homework writes it
RIGHT = {
    "h_bar": (
        ("s.dL_dh[t]", "s.T * s.dL_dh[t] / s.T"),
        (GATE["i"], "bar.c[t+1] * s.g[t+1] * (s.i[t+1] - s.i[t+1] ** 2) * w.hi"),
        (GATE["f"], "bar.c[t+1] * s.c[t] * s.f[t+1] * (1 - s.f[t+1]) * w.hf"),
        (GATE["o"], "bar.h[t+1] * np.tanh(s.c[t+1]) * s.o[t+1] * (1 - s.o[t+1]) * w.ho"),
        (GATE["g"], "bar.c[t+1] * s.i[t+1] * (1 - s.g[t+1]) * (1 + s.g[t+1]) * w.hg"),
    ),
    "c_bar": (
        (HIDDEN, "bar.h[t] * s.o[t] / np.cosh(s.c[t]) ** 2", "bar.h[t] * (s.o[t] - s.h[t] ** 2 / s.o[t])"),
        (CELL, "bar.f[t+1] * s.f[t+1] / s.c[t]", "bar.g[t+1] / s.i[t+1] * s.f[t+1]"),
    ),
}
# factors that no term has, each with any error signal a wrong term
FACTORS = (
    "s.o[t]", "s.h[t]", "np.cos(s.c[t])", "s.x[t] / s.T", "-0.7", "w.xo * s.g[t]", "np.exp(s.h[t])", "(s.i[t+1] - 3)",
    "s.T * s.c[t+1]", "np.sqrt(2 + s.h[t])", "(1 - s.o[t]) * t", "w.hi * w.hf",
)  # fmt: skip
STRANGE = {  # error signals that no right form of the equation reads
    "h_bar": ("bar.c[t]", "bar.h[t]", "bar.g[t]", "s.dL_dh[t+1]", "bar.c[t-1]", "bar.o[t-1]"),
    "c_bar": ("bar.o[t+1]", "bar.c[t]", "bar.f[t]", "bar.h[t+1]", "s.dL_dh[t]", "bar.i[t-1]"),
}
SIGNAL = {"h_bar": ("s.dL_dh[t]", *(f"bar.{v}[t+1]" for v in "ifog")), "c_bar": ("bar.h[t]", "bar.c[t+1]")}
ALONE = ("1", "s.h[t]", "np.exp(s.c[t])", "-np.tanh(s.c[t]) ** 2", "0.3 * s.T")


def function(text):
    return eval(f"lambda t, s, bar, w: {text}", {"np": np})


def made(equation, rng):
    """A sum, how many of its terms are right, and which error signals the rest reads."""
    forms, parts, right, read = RIGHT[equation], [], 0, set()
    written_as_usual = rng.random() < 0.6
    for k, signal in enumerate(SIGNAL[equation]):
        fate = rng.random()
        if fate < 0.6:
            parts.append(forms[k][0] if written_as_usual else rng.choice(forms[k]))
            right += 1
        elif fate < 0.8 and written_as_usual:
            parts.append(f"{signal} * {rng.choice(FACTORS)}")
            read.add(signal)
    for signal in rng.sample(STRANGE[equation], rng.choice((0, 0, 1, 2))):
        parts.append(f"{signal} * {rng.choice(FACTORS)}")
        read.add(signal)
    alone = rng.random() < 0.3
    parts += [rng.choice(ALONE)] if alone else []
    rng.shuffle(parts)
    return " + ".join(parts) or "0", right, len(read) or int(alone)


def share(found):
    return Fraction(found.right_terms, max(found.true_terms, found.given_terms))


def check(equation, seed):
    rng = random.Random(seed)
    text, right, rest = made(equation, rng)
    true = len(SIGNAL[equation])
    if right == true and not rest:
        return False
    found = explain(equation, in_process(function(text)), rng)
    assert share(found) == Fraction(right, max(true, right + rest)), (text, right, rest, found)
    return True


@pytest.mark.parametrize("equation", ["h_bar", "c_bar"])
def test_right_terms_count_whatever_else_is_in_the_sum(equation):
    assert sum(check(equation, seed) for seed in range(60)) > 40


@pytest.mark.certify
@pytest.mark.parametrize("equation", ["h_bar", "c_bar"])
def test_right_terms_count_in_thousands_of_sums(equation):
    assert sum(check(equation, seed) for seed in range(1000, 4000)) > 2000


CELL_TWICE = "bar.c[t+1] + bar.h[t+1] * s.o[t+1] * (1 - np.tanh(s.c[t+1]) ** 2)"  # bar.c holds the second part already


@pytest.mark.parametrize(
    ("paths", "share_of"),
    [
        pytest.param("ifg", Fraction(5, 6), id="in all three gates: one more error signal is read"),
        pytest.param("g", Fraction(5, 6), id="in one gate"),
    ],
)
def test_a_right_path_counts_beside_what_its_weight_also_multiplies(paths, share_of):
    parts = {"i": "s.g[t+1]", "f": "s.c[t]", "g": "s.i[t+1]"}
    terms = [
        f"({CELL_TWICE if v in paths else 'bar.c[t+1]'}) * {part} * {SLOPE[v]} * w.h{v}" for v, part in parts.items()
    ]
    found = explain("h_bar", in_process(function(" + ".join(["s.dL_dh[t]", GATE["o"], *terms]))), random.Random(1))
    assert share(found) == share_of, found


def test_a_path_with_more_of_its_own_error_signal_is_not_right():
    weights = " + ".join(f"w.h{v}" for v in "ifog")
    bars = " + ".join(f"bar.{v}[t+1] * {SLOPE[v]}" for v in "ifog")
    found = explain("h_bar", in_process(function(f"s.dL_dh[t] + ({bars}) * ({weights})")), random.Random(1))
    assert share(found) == Fraction(1, 5), found
