"""Networks in float64: right if they work when they are run with numpy, but not by absorption or a lucky rounding."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from autograder.maths.threshold.addition import Decision, decide, right_by_rounding
from autograder.maths.threshold.diagnosis import diagnose
from autograder.maths.threshold.network import CONVENTIONS, Network, add, table
from tests.autograder.maths.threshold_float_judge import FloatWeights, decimals, is_right, run_in_float64
from tests.autograder.maths.threshold_samples import corrupted, right_network

NAMES = ("Wxh", "Whh", "bh", "Why", "by")
FACTORS = (1.1, 0.7, 1 / 3, math.sqrt(2), 0.1, 0.3, math.pi, 1e-7 / 3, 1e16 / 7)


def network(weights: FloatWeights, *float64: str) -> Network:
    Wxh, Whh, bh, Why, by = decimals(weights)  # noqa: N806
    return Network.of(Wxh.tolist(), Whh.tolist(), bh.tolist(), Why.tolist(), by[()], *(float64 or NAMES))


def decided(weights: FloatWeights) -> dict[str, Decision]:
    return {convention: decide(network(weights), convention) for convention in CONVENTIONS}


def on_the_boundary(factor: float, inclusive: bool = True, factor_out: float = 1.0) -> FloatWeights:
    """Weights of one factor, and biases on the ends of their intervals, all as a person would compute them."""
    bh = np.array([-factor * (k if inclusive else k - 1) for k in (1, 2, 3)])
    by = -factor_out if inclusive else 0.0
    return (
        np.full((3, 2), factor),
        factor * np.array([[0.0, 1.0, 0.0]] * 3),
        bh,
        factor_out * np.array([1.0, -1.0, 1.0]),
        by,
    )


def absorbed(power: float) -> FloatWeights:
    """A third unit that is right only since float64 absorbs a 1: x1 + x2 + 2^53 c - 2^53 is 0 there where it is 1."""
    Whh = np.array([[0.0, 1.0, 0.0], [0.0, 1.0, 0.0], [0.0, power, 0.0]])  # noqa: N806
    return np.ones((3, 2)), Whh, np.array([-0.5, -1.5, -power]), np.array([1.0, -1.0, 1.0]), -0.5


def lucky(rng: random.Random) -> FloatWeights:
    """A unit whose sum is exactly on the boundary, and fires in float64 by the sign of a rounding error."""
    weights = on_the_boundary(1.0, inclusive=False)
    unit = rng.randrange(3)
    while True:
        one, two, carry = (rng.randint(1, 99) / 10 ** rng.choice([1, 2, 3]) for _ in range(3))
        bias = -float(sum(map(Fraction, map(repr, (one, two, carry)))))
        if (one + two) + (0.0 + carry + 0.0) + bias != 0:
            break
    weights[0][unit], weights[1][unit], weights[2][unit] = [one, two], [0.0, carry, 0.0], bias
    return weights


def boundary(rng: random.Random) -> FloatWeights:
    """Rows in units of their own, each bias on an end of its interval, as a computer computes it."""
    weights = on_the_boundary(1.0, inclusive=rng.random() < 0.5, factor_out=_factor(rng))
    for unit in range(3):
        factor = _factor(rng)
        for row in weights[:3]:
            row[unit] *= factor
    return weights


def right(rng: random.Random) -> FloatWeights:
    """A right network of rationals, rounded to float64."""
    return rounded(right_network(rng, digits=rng.choice([1, 2]))[0])


def wrong(rng: random.Random) -> FloatWeights:
    return rounded(corrupted(rng, right_network(rng, digits=1)[0]))


def corrupted_boundary(rng: random.Random) -> FloatWeights:
    """A weight of a network on the boundary that is dropped, turned round, doubled, or another one's."""
    weights = boundary(rng)
    array = rng.choice(weights[:4])
    at = tuple(rng.randrange(n) for n in array.shape)
    array[at] = rng.choice([0.0, -array[at], 2 * array[at], array.flat[rng.randrange(array.size)]])
    return weights


def near(rng: random.Random) -> FloatWeights:
    """Biases a few units in the last place, or a small part of themselves, off the boundary."""
    weights = boundary(rng)
    for unit in range(3):
        off = rng.choice([1e-16, 2e-16, 1e-15, 2e-15, 4e-15, 1e-13, 1e-9, 1e-3]) * rng.choice([-1, 1])
        weights[2][unit] *= 1 + off if rng.random() < 0.7 else 1
    return weights


def of_all_sizes(rng: random.Random) -> FloatWeights:
    """A weight so large, or so small, that sums absorb it."""
    weights = rng.choice([boundary, right])(rng)
    unit, size = rng.randrange(3), 2.0 ** rng.choice([-60, -53, -40, -9, 9, 40, 48, 52, 53, 54, 60])
    if rng.random() < 0.5:
        weights[1][unit][1] *= size
        weights[2][unit] = -weights[1][unit][1] * rng.choice([1, 1, 1 + 2.0**-52])
    else:
        weights[0][unit] *= size
    return weights


def absorbing(rng: random.Random) -> FloatWeights:
    return absorbed(2.0 ** rng.randint(44, 60) * rng.choice([1, 1.5]))


def rounded(weights: tuple[Any, ...]) -> FloatWeights:
    arrays = [np.array([[float(w) for w in row] for row in matrix]) for matrix in weights[:2]]
    return (*arrays, np.array(list(map(float, weights[2]))), np.array(list(map(float, weights[3]))), float(weights[4]))


def _factor(rng: random.Random) -> float:
    return rng.choice([*FACTORS, rng.random(), rng.uniform(0.5, 2), rng.randint(1, 99) / 10, 2.0 ** rng.randint(-9, 9)])


KINDS: dict[str, Callable[[random.Random], FloatWeights]] = {
    kind.__name__: kind for kind in (boundary, right, wrong, corrupted_boundary, near, lucky, of_all_sizes, absorbing)
}


# ------------------------------------------------------------------------------------------------- planted networks


@pytest.mark.parametrize("factor", FACTORS)
@pytest.mark.parametrize("out", [1.0, 1.1, 0.7, 1 / 3, math.sqrt(2)])
def test_a_network_on_the_boundary_that_works_in_numpy_is_right(factor: float, out: float) -> None:
    inclusive, strict = (on_the_boundary(factor, inclusive=i, factor_out=out) for i in (True, False))
    assert run_in_float64(inclusive, lambda z: z >= 0, 8)
    assert run_in_float64(strict, lambda z: z > 0, 8) == decided(strict)["strict"].correct
    assert decided(inclusive)["inclusive"].correct


def test_some_of_them_are_not_right_as_decimals() -> None:
    ways = {factor: decided(on_the_boundary(factor))["inclusive"].arithmetic for factor in FACTORS}
    assert [ways[factor] for factor in (1.1, 1 / 3, math.sqrt(2), 0.3)] == ["float64", "float64", "float64", "decimal"]


def test_a_network_that_is_right_as_decimals_only_is_right() -> None:
    literal = on_the_boundary(0.7)
    literal[2][:] = [-0.7, -1.4, -2.1]
    assert not run_in_float64(literal, lambda z: z >= 0, 8)
    assert decided(literal)["inclusive"].correct
    assert decided(literal)["inclusive"].arithmetic == "decimal"


@pytest.mark.parametrize("power", [2.0**53, 1.5 * 2.0**53])
def test_a_network_that_is_right_by_absorption_is_not(power: float) -> None:
    weights = absorbed(power)
    assert run_in_float64(weights, lambda z: z > 0, 8)
    assert not decided(weights)["strict"].correct
    assert right_by_rounding(network(weights), "strict")
    assert not right_by_rounding(network(weights), "inclusive")


def test_a_network_that_is_right_by_a_lucky_rounding_is_not() -> None:
    """h3 = [0.1 x1 + 0.2 x2 + 0.3 c - 0.6 > 0] fires at 0.1 + 0.2 + 0.3, by an error of 1.1e-16."""
    weights = on_the_boundary(1.0, inclusive=False)
    weights[0][2], weights[1][2], weights[2][2] = [0.1, 0.2], [0.0, 0.3, 0.0], -0.6
    assert run_in_float64(weights, lambda z: z > 0, 8)
    assert not decided(weights)["strict"].correct
    assert right_by_rounding(network(weights), "strict")
    assert not right_by_rounding(network(weights), "inclusive")


@pytest.mark.parametrize(
    "changes",
    [{"float64": ()}, {"float64": ("Why", "by")}, {"float64": ("Wxh",), "bh": Fraction(-33, 10)}],
    ids=["all exact", "the output's alone", "a bias that float64 cannot hold"],
)
def test_what_is_not_added_in_float64_is_exact(changes: dict[str, Any]) -> None:
    Wxh, Whh, bh, Why, by = decimals(on_the_boundary(1.1))  # noqa: N806
    bh = [*bh.tolist()[:2], changes.get("bh", bh[2])]
    found = Network.of(Wxh.tolist(), Whh.tolist(), bh, Why.tolist(), by[()], *changes["float64"])
    assert decide(found, "inclusive").correct == (bh[2] == Fraction(-33, 10))
    assert decide(found, "inclusive").arithmetic == "decimal"


def test_the_same_reading_is_tried_for_another_way_to_read_the_weights() -> None:
    weights = on_the_boundary(1.1)
    thresholds = (*weights[:2], -weights[2], *weights[3:])
    assert "bh is subtracted, not added" in " ".join(diagnose(network(thresholds), ("inclusive",)))


def test_sums_beyond_the_largest_float_fire_nothing() -> None:
    """inf - inf is NaN, which is neither > 0 nor >= 0."""
    weights = on_the_boundary(1.0)
    weights[0][0], weights[1][0], weights[2][0] = [1.5e308, 1.5e308], [-1.5e308, -1.5e308, 0.0], 0.0
    machine = table(network(weights), "inclusive", "float64")
    assert machine.after[6][3] >> 2 == 0


@pytest.mark.parametrize("bad", ["float32", ""])
def test_an_unknown_arithmetic_is_refused(bad: str) -> None:
    with pytest.raises(ValueError, match="arithmetic"):
        table(network(on_the_boundary(1.0)), "strict", bad)


# ------------------------------------------------------------------------------------------------- random networks


def disagreement(weights: FloatWeights) -> str | None:
    """What the decision and the judge say differently; None if nothing."""
    for convention, decision in decided(weights).items():
        if decision.correct != is_right(weights, convention == "strict"):
            return f"{convention}: decided {decision.correct}, judged otherwise: {weights}"
        shown = decision.counterexample
        if shown is not None:
            said = add(network(weights), convention, shown.a, shown.b, shown.columns, decision.arithmetic)
            if said != list(shown.given) or said == [shown.a + shown.b >> t & 1 for t in range(shown.columns)]:
                return f"{convention}: {shown} is not what {weights} says"
    return None


def tried(kind: str, count: int) -> tuple[list[str], Counter[str]]:
    rng, found = random.Random(f"{kind}:1"), Counter[str]()
    problems = []
    for _ in range(count):
        weights = KINDS[kind](rng)
        problem = disagreement(weights)
        problems += [problem] if problem else []
        for convention, decision in decided(weights).items():
            step = (lambda z: z > 0) if convention == "strict" else (lambda z: z >= 0)
            found["right" if decision.correct else "wrong"] += 1
            found[f"right, {decision.arithmetic}"] += decision.correct
            found["works in numpy, but is refused"] += run_in_float64(weights, step, 8) and not decision.correct
    return problems, found


@pytest.mark.parametrize("count", [60, pytest.param(2_000, marks=pytest.mark.certify)])
@pytest.mark.parametrize("kind", KINDS)
def test_random_networks_are_decided_as_the_judge_does(kind: str, count: int) -> None:
    problems, found = tried(kind, count)
    print(f"\n{kind}: {dict(found)}")
    assert problems == []
    assert found["right"] + found["wrong"] == 2 * count
    if kind == "boundary":
        assert found["right, float64"] > 10
    if kind in ("lucky", "absorbing"):
        assert found["works in numpy, but is refused"] > 0
