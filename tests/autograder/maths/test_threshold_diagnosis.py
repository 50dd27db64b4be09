"""The other readings under which a wrong network is right: planted, then checked by reading it that way."""

from __future__ import annotations

import random
from itertools import product
from typing import Any

import pytest

from autograder.maths.threshold.addition import decide
from autograder.maths.threshold.diagnosis import diagnose
from autograder.maths.threshold.network import CONVENTIONS, Network
from tests.autograder.maths.threshold_judge import Weights, simulate
from tests.autograder.maths.threshold_samples import CANONICAL, of_rows, right_network, rows_of

FROM_CARRY = "h(0) is (0, 1, 0), (0, 1, 1), (1, 1, 0) or (1, 1, 1)"
TRANSPOSED = "Whh is transposed"


def transposed(weights: Weights) -> Weights:
    Wxh, Whh, *rest = weights  # noqa: N806
    return (Wxh, tuple(zip(*Whh, strict=True)), *rest)  # type: ignore[return-value]


def as_thresholds(weights: Weights, *, bh: bool = True, by: bool = True) -> Weights:
    rows: list[Any] = rows_of(weights)
    changed = [[*row[:-1], -row[-1]] if turn else row for row, turn in zip(rows, (bh, bh, bh, by), strict=True)]
    return of_rows(changed)


def with_carry_complemented() -> Weights:
    """h2' = 1 - h2: right if h2'(0) = 1."""
    rows = rows_of(CANONICAL)
    rows[1] = [-w for w in rows[1]]
    for row, at in ((rows[0], 3), (rows[1], 3), (rows[2], 3), (rows[3], 1)):
        row[-1] += row[at]
        row[at] = -row[at]
    return of_rows(rows)


def on_ends(weights: Weights, *, bh: tuple[int, ...] = (0, -1, -2), by: int = 0) -> Weights:
    return (*weights[:2], bh, weights[3], by)


@pytest.mark.parametrize(
    ("weights", "conditions"),
    [
        (transposed(CANONICAL), TRANSPOSED),
        (as_thresholds(CANONICAL), "bh and by are subtracted, not added"),
        (as_thresholds(CANONICAL, by=False), "bh is subtracted, not added"),
        (as_thresholds(CANONICAL, bh=False), "by is subtracted, not added"),
        (with_carry_complemented(), FROM_CARRY),
        (transposed(as_thresholds(CANONICAL)), "Whh is transposed and bh and by are subtracted, not added"),
        (transposed(with_carry_complemented()), f"Whh is transposed and {FROM_CARRY}"),
        (as_thresholds(with_carry_complemented()), f"bh and by are subtracted, not added and {FROM_CARRY}"),
        (transposed(on_ends(CANONICAL)), "Whh is transposed and step(0) is 0"),
        (transposed(on_ends(CANONICAL, bh=(-1, -2, -3), by=-1)), "Whh is transposed and step(0) is 1"),
    ],
)
def test_a_planted_reading_is_found_alone(weights: Weights, conditions: str) -> None:
    (sentence,) = diagnose(Network.of(*weights))
    assert sentence.startswith(f"Your network is right for all numbers if {conditions}")


def test_the_other_convention_is_told_only_where_it_is_not_taken() -> None:
    network = Network.of(*on_ends(CANONICAL))
    assert diagnose(network, CONVENTIONS) == ()
    assert diagnose(network, ("strict",)) == ()
    assert diagnose(network, ("inclusive",)) == (
        "Your network is right for all numbers if step(0) is 0: here step(0) is 1.",
    )


@pytest.mark.parametrize("Why", [(1, -1, 0), (1, 1, 1), (0, 0, 0)], ids=str)
def test_a_network_that_no_reading_makes_right_gets_no_sentence(Why: tuple[int, ...]) -> None:  # noqa: N803
    assert diagnose(Network.of(*CANONICAL[:3], Why, CANONICAL[4])) == ()


def test_right_networks_get_no_sentence() -> None:
    rng = random.Random(1)
    for _ in range(100):
        weights, conventions = right_network(rng)
        assert diagnose(Network.of(*weights), sorted(conventions)) == ()


def right_from(weights: Weights, strict: bool, start: tuple[int, ...]) -> bool:
    """By simulation of all additions of up to 3 columns, which tells these readings of right networks apart."""
    pairs = product(range(8), repeat=2)
    sums = {(a, b): [(a + b) >> t & 1 for t in range(4)] for a, b in pairs}
    return all(simulate(weights, strict, a, b, 4, start) == bits for (a, b), bits in sums.items())


def test_what_is_told_about_readings_of_right_networks_is_true_and_complete() -> None:
    """Right networks, misread in one way: the sentence is there, and each sentence holds when simulated."""
    rng = random.Random(2)
    misread = {
        TRANSPOSED: transposed,
        "bh and by are": as_thresholds,
        "bh is": lambda weights: as_thresholds(weights, by=False),
        "by is": lambda weights: as_thresholds(weights, bh=False),
    }
    told = 0
    for _ in range(30):
        right, conventions = right_network(rng)
        if len(conventions) == 1 or right[4] == 0:  # a bias of zero is its own threshold
            continue
        for condition, turn in misread.items():
            weights = turn(right)
            if any(decide(Network.of(*weights), convention).correct for convention in CONVENTIONS):
                continue
            sentences = diagnose(Network.of(*weights))
            assert any(condition in sentence for sentence in sentences), (weights, sentences)
            for sentence in sentences:
                told += 1
                reading = next((misread[name] for name in misread if f"if {name}" in sentence), None)
                starts = [start for start in product((0, 1), repeat=3) if str(start) in sentence.split(":")[0]]
                steps = {"step(0) is 0": (True,), "step(0) is 1": (False,)}
                under = next((steps[step] for step in steps if step in sentence), (True, False))
                read = reading(weights) if reading else weights
                assert all(right_from(read, strict, start) for strict in under for start in starts or [(0, 0, 0)])
    assert told >= 40
