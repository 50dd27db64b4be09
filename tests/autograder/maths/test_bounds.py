"""Bounds: what is read and how it is shown, where a complaint points, every verdict, and bounded work for any text."""

from __future__ import annotations

import random
import time
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.maths.bounds import Bound, BoundError, compare, parse

VARIABLES = ("d", "k", "H", "W")
STEPS = "H + W + d"


def verdict(answer: str, truth: str, variables: tuple[str, ...] = VARIABLES) -> str:
    return compare(answer, truth, variables).verdict


READ = [
    ("O(d k^2 H W)", "O(d·k²·H·W)"),
    ("dk²HW", "O(d·k²·H·W)"),
    (r"\mathcal{O}(d \cdot k^{2} H W)", "O(d·k²·H·W)"),
    (r"$\Theta\left( d \right)$", "O(d)"),
    ("\N{MATHEMATICAL SCRIPT CAPITAL O}(\N{MATHEMATICAL ITALIC SMALL D})", "O(d)"),
    ("\N{CYRILLIC CAPITAL LETTER O}(d)", "O(d)"),
    ("O(H)+O(W)+O(d)", "O(H) + O(W) + O(d)"),
    ("max(H,W,d)", "O(max(H, W, d))"),
    (r"\max\{H, W\} + d", "O(max(H, W) + d)"),
    ("(k^2-1)/2 * dHW", "O((k² - 1)/2·d·H·W)"),
    ("1/2 dHW", "O(1/2·d·H·W)"),
    ("½dHW", "O((1/2)·d·H·W)"),
    (r"\frac{HW}{2d}k", "O(((H·W)/(2·d))·k)"),
    (r"\sqrt{H^2 + W^2}", "O(sqrt(H² + W²))"),
    (r"\sqrt[3]{HW}", "O((H·W)^(1/3))"),
    ("√d k", None),
    ("√(d) k", "O(sqrt(d)·k)"),
    ("d log k", "O(d·log(k))"),
    ("dlogk", "O(d·log(k))"),
    ("d log2(k)", "O(d·log(k))"),
    (r"d \log_2 k", "O(d·log(k))"),
    (r"d \log_{10}(k)", "O(d·log(k))"),
    ("d log₂ k", "O(d·log(k))"),
    ("d log^2 k", "O(d·log(k)²)"),
    ("log(H^2)", "O(log(H²))"),
    ("H**0.5", "O(H^(1/2))"),
    ("k^{-1}", "O(k⁻¹)"),
    ("k⁻¹ d", "O(k⁻¹·d)"),
    ("H ** (1/2)", "O(H^(1/2))"),
    ("-2 + d", "O(-2 + d)"),
    ("d \N{MINUS SIGN} 1", "O(d - 1)"),
    ("3x3 d k^2", "O(3·3·d·k²)"),
    ("d\N{INVISIBLE TIMES}k", "O(d·k)"),
    ("= O(d) steps.", "O(d)"),
    ("D", "O(d)"),
    ("(d)(k)[H]{W}", "O(d·k·H·W)"),
    ("(2H)^3", "O((2·H)³)"),
    ("sqrt(H)^2", "O(sqrt(H)²)"),
    ("d/(k/H)", "O(d/(k/H))"),
]


@pytest.mark.parametrize(("text", "shown"), READ, ids=[text for text, _ in READ])
def test_reads_what_people_write(text: str, shown: str | None) -> None:
    if shown is None:
        with pytest.raises(BoundError):
            parse(text, VARIABLES)
        return
    bound = parse(text, VARIABLES)
    assert isinstance(bound, Bound)
    assert bound.typeset() == shown
    assert parse(shown, VARIABLES).typeset() == shown
    assert verdict(shown, text) == "equal"


COMPLAINTS = [
    ("", 0, "empty"),
    ("   ", 0, "empty"),
    ("d ++ k", 3, '"+" does not fit here'),
    ("d +", 3, 'after "+"'),
    ("O(d", 1, "never closed"),
    ("O(d]", 3, 'closes the "(" of character 2'),
    ("d)", 1, "closes nothing"),
    ("d, k", 3, "two different bounds"),
    ("0(d)", 0, "letter O"),
    ("O d", 0, "followed by a bracket"),
    ("n + d", 0, 'unknown variable "n"; use d, k, H, W'),
    ("O(dn)", 3, 'unknown variable "n"; use d, k, H, W'),
    ("H + h", 4, 'both "H" and "h"'),
    ("dk2HW", 2, "did you mean ^2?"),
    ("d 2", 2, "did you mean * 2?"),
    ("HW/dk", 4, "fraction bar"),
    ("HW/2d", 4, "fraction bar"),
    ("H^1/2", 3, "sqrt(...)"),
    ("2^H", 2, "plain number"),
    ("k^(H-H)", 2, "plain number"),
    ("k^2^3", 3, "two exponents"),
    ("k^9999", 2, "too large"),
    ("exp(H)", 0, "exponentials"),
    ("H!", 1, "factorials"),
    ("log log H", 0, "log log"),
    ("loglog H", 0, "log log"),
    ("log(log(H))", 0, "log log"),
    ("d log(d log k)", 2, "log log"),
    ("log H W", 6, "argument of log"),
    ("sqrt HW", 6, "argument of sqrt"),
    ("max(H)", 0, "commas"),
    ("max H, W", 0, "followed by a bracket"),
    ("k_h", 1, "subscripts"),
    ("Ω(d)", 0, "lower bound"),
    (r"\Omega(d)", 0, "lower bound"),
    (r"d \alpha", 2, 'command "\\alpha"'),
    (r"\frac123", 0, r"\frac{a}{b}"),
    ("d # k", 2, '"#" is not understood here'),
    ("d = k", 4, "two different bounds"),
    ("1/0", 0, "divides by zero"),
    ("log(0)", 0, "logarithm"),
    ("log(1/H)", 0, "zero or negative"),
    ("log(1/2)", 0, "zero or negative"),
    ("-d", 0, "negative"),
    ("d - k", 2, "difference"),
    ("(H-W)^2", 2, "difference"),
    ("max(H,W) - W", 9, "difference"),
    ("H - O(1) - H", 2, "negative"),
    ("O(H) - H", 5, "difference"),
    ("2 log H - log H", 8, "difference"),
    ("H + W - 2 sqrt(HW)", 6, "difference"),
    ("d" * 301, 300, "too long"),
    ("(" * 40 + "d" + ")" * 40, 30, "brackets within brackets"),
    ("9" * 31, 0, "digits"),
]


@pytest.mark.parametrize(("text", "position", "says"), COMPLAINTS, ids=[text[:20] for text, _, _ in COMPLAINTS])
def test_points_at_the_character(text: str, position: int, says: str) -> None:
    with pytest.raises(BoundError) as caught:
        parse(text, VARIABLES)
    assert caught.value.position == position
    assert says in str(caught.value)
    assert compare(text, STEPS, VARIABLES).verdict == "unreadable"
    if text.strip():
        _, shown, caret, advice = str(caught.value).split("\n")
        assert (shown + " ")[caret.index("^")] == (text + " ")[position]
        assert advice


def test_a_complaint_shows_no_character_that_moves_the_text() -> None:
    with pytest.raises(BoundError) as caught:
        parse("d\N{RIGHT-TO-LEFT OVERRIDE}k\x1b[31m\N{COMBINING ACUTE ACCENT}", VARIABLES)
    assert str(caught.value).split("\n")[1] == "  d?k?[31m?"


VERDICTS = [
    # exact differences, collected before anything is rounded up
    ("H - H", "d", "too_small"),
    ("0", "d", "too_small"),
    ("d + H - H", "d", "equal"),
    ("(H+W)^2 - 2HW", "H^2 + W^2", "equal"),
    ("((H+W)^2 - (H-W)^2)/4", "HW", "equal"),
    ("(H-1)(W-1)", "HW", "equal"),
    ("(1-H)(1-W)", "HW", "equal"),
    ("(1-H)^2", "H^2", "equal"),
    ("3HW - H - W", "HW", "equal"),
    ("HW - H", "HW", "equal"),
    ("max(H,W) - 1", "H + W", "equal"),
    ("H log H - H", "H log H", "equal"),
    ("sqrt(4H^2) - H", "H", "equal"),
    ("(H^2-1)/(H-1)", "H", "equal"),
    # max, min, roots, quotients
    ("min(H,W) max(H,W)", "HW", "equal"),
    ("min(H,W)", "HW/(H+W)", "equal"),
    ("min(H,W)", "H + W", "too_small"),
    ("max(H,0)", "H", "equal"),
    ("min(H,0)", "H", "too_small"),
    ("sqrt(HW)", "H + W", "too_small"),
    ("sqrt(HW)", "H", "incomparable"),
    ("H^(1/3) W^(2/3)", "H + W", "too_small"),
    ("(H+W)^3", "H^3 + W^3", "equal"),
    ("H^2 + W^2 + HW", "H^2 + W^2", "equal"),
    ("H^2 + W^2 + H^1.5 W", "H^2 + W^2", "too_loose"),
    ("(H+W+d+k)^8", "max(H,W,d,k)^8", "equal"),
    ("1/H", "1", "too_small"),
    ("1/(1/H + 1/W)", "min(H,W)", "equal"),
    ("(H+W)^(-1/2)", "1/sqrt(max(H,W))", "equal"),
    ("H/W + W/H", "max(H,W)/min(H,W)", "equal"),
    # logarithms
    ("log(HW)", "log H + log W", "equal"),
    ("log(H+W)", "log H + log W", "equal"),
    ("log(H+1)", "log H", "equal"),
    ("log(H^9)", "ln H", "equal"),
    ("log(min(H,W))", "min(log H, log W)", "equal"),
    ("log(H log H)", "log H", "equal"),
    ("log 8", "1", "equal"),
    ("H log 1", "H", "too_small"),
    ("log(H) log(W)", "log^2 H + log^2 W", "too_small"),
    ("H log W", "H + W", "incomparable"),
    ("sqrt(H) log W", "H + W", "too_small"),
    ("d log k", "d", "too_loose"),
    ("log^9 H", "H^0.01", "too_small"),
    ("H log H", "H^1.001", "too_small"),
    ("H", "H/log H", "too_loose"),
    ("H + log^99 H", "H", "equal"),
    # equal, but by no one set of weights: H log W is below H log H or below W log W
    ("H log H + W log W", "(H + W) log(H + W)", "undecided"),
    # not equal, but along no ray: H = sqrt(log W)
    ("H log(W)^0.6 + H^2 + log W", "H^2 + log W", "undecided"),
    # constants
    ("2^10 d", "d", "equal"),
    ("10^(-9) d", "d", "equal"),
    ("sqrt(2) d", "d", "equal"),
    ("0.001 d", "d", "equal"),
]


@pytest.mark.parametrize(("answer", "truth", "expected"), VERDICTS, ids=[f"{a} against {t}" for a, t, _ in VERDICTS])
def test_verdict(answer: str, truth: str, expected: str) -> None:
    assert verdict(answer, truth) == expected
    mirror = {"too_small": "too_loose", "too_loose": "too_small"}.get(expected, expected)
    assert verdict(truth, answer) == mirror


def test_the_sentence_names_a_direction_and_the_witness_is_that_direction() -> None:
    result = compare("O(d)", STEPS, VARIABLES)
    assert result.why == (
        "too small: with H growing and everything else fixed, your bound stays constant, the true cost grows like H"
    )
    assert result.witness == (0, 0, 1, 0)
    result = compare("d sqrt(H W)", STEPS, VARIABLES)
    assert result.why == (
        "neither an upper nor a lower bound: with H growing and everything else fixed, your bound grows like H^(1/2), "
        "the true cost grows like H; but with d = H = t growing and everything else fixed, your bound grows like "
        "t^(3/2), the true cost grows like t"
    )
    result = compare("a^2 + b", "a^2 + b + sqrt(a) b^(2/3)", ("a", "b"))
    assert result.why.startswith("the same growth") or result.witness
    assert compare("1/H", "H^0.5/log H", ("H",)).why == (
        "too small: with H growing, your bound shrinks like 1/H, the true cost grows like H^(1/2)/log(H)"
    )


def test_a_direction_with_two_speeds_is_said_with_powers_of_t() -> None:
    result = compare("a^4 + b^2", "a^4 + b^2 + a b^(8/5)", ("a", "b"))
    assert result.verdict == "too_small"
    assert result.witness is not None
    a, b = result.witness
    assert a + Fraction(8, 5) * b > max(4 * a, 2 * b)
    assert "a = t" in result.why
    assert ", t growing" in result.why


@pytest.mark.parametrize("variables", [("n",), ("n", "m"), ("seq", "dim"), ("x", "y"), ("h", "H")])
def test_other_questions_may_have_other_variables(variables: tuple[str, ...]) -> None:
    total = " + ".join(variables)
    assert verdict(f"O({total})", total, variables) == "equal"
    assert verdict(" * ".join(variables) + " * 2", total, variables) == (
        "equal" if len(variables) == 1 else "too_loose"
    )


def test_a_truth_that_cannot_be_read_is_our_fault() -> None:
    with pytest.raises(BoundError):
        compare("O(d)", "O(n)", VARIABLES)


PIECES = [*"dkHWhw0123+-*/^,.()[]{}!_=O \\", "log ", "sqrt", "max(", "min(", "**", "²", "⁻", "½", "Θ", "√", "\\frac{"]
PIECES += ["\\cdot ", "\\left(", "\\sqrt[", "\\mathcal{", "log_", "^(1/2)", "steps", "(H+W)", "x"]


@given(st.text(max_size=60) | st.lists(st.sampled_from(PIECES), max_size=25).map("".join))
@settings(max_examples=1500)
def test_any_text_is_a_bound_or_a_bound_error_and_reads_back_the_same(text: str) -> None:
    try:
        bound = parse(text, VARIABLES)
    except BoundError:
        return
    shown = bound.typeset()
    assert compare(shown, text, VARIABLES).verdict == "equal"
    assert parse(shown, VARIABLES).typeset() == shown


NASTY = [
    "(" * 300,
    "√" * 300,
    "-" * 300,
    "\\" * 300,
    "H^" * 150,
    "9" * 300,
    "½" * 300,
    "²" * 300,
    "log " * 75,
    "\\frac" * 60,
    "max(" * 75,
    "d" * 300,
    "(d+k+H+W)" * 33,
    "((H+W+d+k)^8)(" * 20,
    "(H+W+d+k)^8 *" * 20 + "1",
    "min(d,k)+" * 33 + "H",
    "min(H,W)(d+k)" * 23,
    "max(H,W)/min(d,k)+" * 16 + "1",
    "(H^(1/2)+W)/(d+k^(1/3))+" * 12 + "1",
    "+".join(f"H^{a}W^{b}" for a in range(12) for b in range(4)),
    "+".join(f"d^({a}/97)k^({97 - a}/89)" for a in range(1, 15)),
    "+".join(f"H^{a}*W^{30 - a}*log(d)^{a % 5}" for a in range(12)),
    "(d+k+H+W)^8-(d+k+H+W)^7",
    "(((2^300)^300)^300)^300 d",
    "10^1000 d",
    "H^(1/997)k^(1/991)" * 16,
    "log(H+min(W,d))log(k+d)" * 13,
    "(2H)^999+" * 30 + "1",
    "1/(1/d+" * 25 + "H" + ")" * 25,
    "n = HW, " * 37,
    "where n = HW " * 23,
    "(one per layer) " * 18,
    "(d layers" * 33,
    "number of " * 30,
    "max of H, " * 30,
    "O(d) = " * 42,
    "**" * 150,
    "d layers " * 33,
    "".join(f"{chr(97 + i % 26)}{i} = " for i in range(60)),
    "because O(" * 30,
    "\\text{" * 50,
    "4.1a) " * 50,
    "k squared " * 30,
    "O(H+W+d) = " * 26 + "d",
    "d" * 10_000_000,
]


def nested(rng: random.Random, depth: int) -> str:
    if depth == 0:
        return rng.choice([*VARIABLES, f"H^(1/{rng.randint(2, 97)})", "2"])
    shape = rng.choice(["({}+{})", "{}*{}", "max({},{})", "min({},{})", "({})/({})", "log({}+{})", "({}+{})^(3/7)"])
    return shape.format(nested(rng, depth - 1), nested(rng, depth - 1))


def test_any_answer_is_judged_in_bounded_time() -> None:
    """The work is capped by counts; the clock, ten times too generous, only says that the caps are small enough."""
    rng = random.Random(7)
    answers = NASTY + [text for text in (nested(rng, rng.randint(3, 6)) for _ in range(300)) if len(text) <= 300]
    for answer in answers:
        start = time.process_time()
        for truth in (STEPS, "d k^2 H W"):
            compare(answer, truth, VARIABLES)
        assert time.process_time() - start < 2 * 0.5, answer[:300]
