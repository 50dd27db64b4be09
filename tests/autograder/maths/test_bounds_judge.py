"""The judge of bounds: expressions evaluated in floats along rays, at two far scales, with no code of the decision.

An expression is a nested tuple. Its text goes to the decision; its logarithm is computed here along x_i = N or
x_i = e^(u_i L) for L = 1e9 and 1e13. A verdict of "answer = O(truth)" is contradicted by a ray along which ln answer -
ln truth rises from the one scale to the other; a witness is contradicted if the difference does not move as it claims.
"""

from __future__ import annotations

import math
import random
from collections import Counter
from fractions import Fraction
from itertools import product
from typing import Any

import pytest

from autograder.maths.bounds import Comparison, compare

VARIABLES = ("d", "k", "H", "W")
SCALES = (1e9, 1e13)
LN_FIXED = 3.0  # a variable that does not grow; far below both scales in every power that occurs
NOISE = 0.5  # constant factors still settling; the slowest true growth, (log t)^(1/8), moves by 1.1

Tree = tuple[Any, ...]


def ln_value(tree: Tree, ln: dict[str, float]) -> float:
    """The logarithm of the expression, -inf for zero; NaN where a part is negative, or lost to rounding."""
    kind, *parts = tree
    if kind == "number":
        return math.log(parts[0])
    if kind == "variable":
        return ln[parts[0]]
    if kind == "power":
        return ln_value(parts[0], ln) * float(parts[1])
    a, *rest = (ln_value(part, ln) for part in parts)
    if kind == "log":
        return math.log(a) if a > 0 else -math.inf if a == 0 else math.nan
    (b,) = rest
    if math.isnan(a) or math.isnan(b):
        return math.nan
    if kind in ("*", "/"):
        return a + b if kind == "*" else a - b
    if kind in ("max", "min"):
        return max(a, b) if kind == "max" else min(a, b)
    if kind == "+":
        return max(a, b) + (math.log1p(math.exp(-abs(a - b))) if min(a, b) > -math.inf else 0)
    return a + math.log1p(-math.exp(b - a)) if a - b > 1e-9 else math.nan


def text(tree: Tree) -> str:
    kind, *parts = tree
    if kind in ("number", "variable"):
        return str(parts[0])
    if kind == "power":
        return f"({text(parts[0])})^({parts[1]})"
    inner = ", ".join(text(part) for part in parts)
    if kind in ("max", "min", "log"):
        return f"{kind}({inner})"
    a, b = (text(part) for part in parts)
    return f"({a}) {'' if kind == '*' else kind} ({b})"


def grow(rng: random.Random, depth: int, kinds: str) -> Tree:
    """A random expression; `kinds` holds one letter for each operation that may occur."""
    if depth == 0 or rng.random() < 0.15:
        if rng.random() < 0.15:
            return ("number", rng.randint(1, 5))
        return ("variable", rng.choice(VARIABLES))
    kind = {"p": "power", "l": "log", "M": "max", "m": "min"}.get(letter := rng.choice(kinds), letter)
    first = grow(rng, depth - 1, kinds)
    if kind == "power":
        return (kind, first, rng.choice([Fraction(1, 2), Fraction(1, 3), Fraction(2, 3), Fraction(2), Fraction(3)]))
    if kind == "log":
        return (kind, first)
    if kind == "-":
        return (kind, first, ("number", rng.randint(1, 3)) if rng.random() < 0.7 else grow(rng, 1, kinds))
    return (kind, first, grow(rng, depth - 1, kinds))


def rewritten(rng: random.Random, tree: Tree) -> Tree:
    """The same growth in other words: sums for maxima, operands exchanged, constants, roots of squares."""
    kind, *parts = tree
    if kind in ("number", "variable", "-"):  # a constant factor inside a difference changes what it leaves
        return tree
    parts = [rewritten(rng, part) if isinstance(part, tuple) else part for part in parts]
    same: Tree = (kind, *parts)
    if kind in ("+", "max"):
        a, b = parts
        squares = ("+", ("power", a, Fraction(2)), ("power", b, Fraction(2)))
        rough = [("max", b, a), ("+", b, a), ("power", squares, Fraction(1, 2)), ("+", same, ("min", a, b))]
        same = rng.choice(rough)
    elif kind == "min":
        a, b = parts
        same = rng.choice([("min", b, a), ("/", ("*", a, b), ("+", a, b))])
    elif kind == "*":
        a, b = parts
        same = rng.choice([("*", b, a), ("*", ("power", a, Fraction(1, 2)), ("*", ("power", a, Fraction(1, 2)), b))])
    return ("*", ("number", rng.randint(2, 9)), same) if rng.random() < 0.2 else same


def positive(tree: Tree) -> bool:
    """Whether every difference in it is "variable - number": then `rewritten` keeps the growth."""
    kind, *parts = tree
    if kind == "-" and (parts[0][0], parts[1][0]) != ("variable", "number"):
        return False
    return all(positive(part) for part in parts if isinstance(part, tuple))


RAYS = [
    *(ray for ray in product((0, 1), repeat=4) if any(ray)),
    *(
        (1, 2, 3, 0),
        (3, 1, 0, 2),
        (0, 2, 1, 3),
        (2, 0, 3, 1),
        (1, 2, 0, 1),
        (0.5, 0, 1, 1),
        (1, 1, 0.5, 1),
        (2, 1, 1, 1),
    ),
]


def drift(answer: Tree, truth: Tree, ray: Any) -> float:
    """How much ln answer - ln truth rises from the nearer scale to the farther one."""
    near, far = (
        ln_value(answer, ln) - ln_value(truth, ln)
        for scale in SCALES
        for ln in [{name: float(u) * scale or LN_FIXED for name, u in zip(VARIABLES, ray, strict=True)}]
    )
    return far - near


def contradictions(answer: Tree, truth: Tree, comparison: Comparison) -> list[str]:
    """What the numbers say against the verdict; a ray on which an expression is not positive says nothing."""
    found = []
    verdict = comparison.verdict
    judged = False
    for ray in RAYS:
        rise = drift(answer, truth, ray)
        judged = judged or math.isfinite(rise)
        if verdict in ("equal", "too_small") and rise > NOISE:
            found.append(f"{verdict}, yet the answer outgrows the truth along {ray}")
        if verdict in ("equal", "too_loose") and rise < -NOISE:
            found.append(f"{verdict}, yet the truth outgrows the answer along {ray}")
    if comparison.witness is not None:
        rise = drift(answer, truth, comparison.witness)
        if math.isfinite(rise) and (rise < NOISE if verdict == "too_loose" else rise > -NOISE):
            found.append(f"{verdict}, yet the witness {comparison.witness} does not show it")
    elif verdict in ("too_small", "too_loose", "incomparable") and judged:
        found.append(f"{verdict} without a witness")
    return found


PLAIN = "++**Mmp/"
LOGS = "++**Mmpl/"
DIFFERENCES = "++**Mmp-"


def check_pairs(seed: int, count: int, kinds: str) -> Counter[str]:
    """Judges `count` random pairs, one in three of them two wordings of one growth; returns the verdicts."""
    rng = random.Random(seed)
    verdicts: Counter[str] = Counter()
    for number in range(count):
        answer = grow(rng, rng.randint(1, 4), kinds)
        same = number % 3 == 0 and positive(answer)
        truth = rewritten(rng, answer) if same else grow(rng, rng.randint(1, 3), kinds)
        comparison = compare_or_skip(answer, truth)
        verdicts[comparison.verdict] += 1
        assert not contradictions(answer, truth, comparison), (text(answer), text(truth))
        if same:
            assert comparison.verdict in ("equal", "unreadable", "undecided"), (text(answer), text(truth))
            verdicts[f"wordings {comparison.verdict}"] += 1
    return verdicts


def compare_or_skip(answer: Tree, truth: Tree) -> Comparison:
    """A pair whose truth cannot be read (a difference, a log log) counts as unreadable."""
    try:
        return compare(text(answer), text(truth), VARIABLES)
    except ValueError as error:
        return Comparison("unreadable", str(error))


@pytest.mark.parametrize(
    ("kinds", "readable"), [(PLAIN, 0.95), (LOGS, 0.6), (DIFFERENCES, 0.4)], ids=["plain", "logs", "minus"]
)
def test_numbers_never_contradict_a_verdict(kinds: str, readable: float) -> None:
    verdicts = check_pairs(20260, 800, kinds)
    assert verdicts["unreadable"] <= 800 * (1 - readable), verdicts
    assert verdicts["undecided"] <= 8, verdicts
    assert min(verdicts[v] for v in ("equal", "too_small", "too_loose", "incomparable")) >= 10, verdicts


@pytest.mark.certify
@pytest.mark.parametrize(("kinds", "count"), [(PLAIN, 40_000), (LOGS, 40_000), (DIFFERENCES, 20_000)])
def test_numbers_never_contradict_a_verdict_in_100_000_pairs(kinds: str, count: int) -> None:
    print(check_pairs(891, count, kinds))


@pytest.mark.parametrize(
    ("answer", "truth", "verdict", "witness"),
    [
        ("HW", "H", "equal", None),
        ("HW", "H", "too_small", (0, 0, 1, 0)),
        ("H", "HW", "too_loose", (0, 0, 0, 1)),
        ("HW", "H", "too_loose", (0, 0, 1, 0)),
        ("HlogW", "H", "equal", None),
        ("HlogW", "H", "too_loose", (0, 0, 1, 0)),
        ("H", "H", "incomparable", (0, 0, 1, 0)),
        ("H", "HW", "too_small", None),
    ],
)
def test_the_judge_sees_a_wrong_verdict(answer: str, truth: str, verdict: str, witness: Any) -> None:
    h, w = ("variable", "H"), ("variable", "W")
    trees: dict[str, Tree] = {"H": h, "HW": ("*", h, w), "HlogW": ("*", h, ("log", w))}
    assert contradictions(trees[answer], trees[truth], Comparison(verdict, "", witness))
