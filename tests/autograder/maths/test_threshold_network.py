"""Networks as exact numbers: what is taken, what is refused, and the table they are read into."""

from __future__ import annotations

import random
from fractions import Fraction
from typing import Any

import pytest

from autograder.maths.threshold.network import CONVENTIONS, INPUTS, STATES, Network, add, adds, table
from tests.autograder.maths.threshold_judge import simulate
from tests.autograder.maths.threshold_samples import CANONICAL, corrupted, right_network

Wxh, Whh, bh, Why, by = CANONICAL
NETWORK = Network.of(*CANONICAL)


def test_other_shapes_of_the_output_are_the_same_network() -> None:
    assert Network.of(Wxh, Whh, bh, [Why], [by]) == NETWORK
    assert hash(Network.of([list(row) for row in Wxh], list(Whh), list(bh), list(Why), by)) == hash(NETWORK)


@pytest.mark.parametrize(
    "weights",
    [
        ([[1, 1, 1]] * 2, Whh, bh, Why, by),
        (Wxh, Whh[:2], bh, Why, by),
        (Wxh, [[0, 1]] * 3, bh, Why, by),
        (Wxh, Whh, bh[:2], Why, by),
        (Wxh, Whh, 0, Why, by),
        (Wxh, Whh, bh, [[1], [-1], [1]], by),
        (Wxh, Whh, bh, "101", by),
        (Wxh, Whh, bh, (1, -1), by),
    ],
    ids=["Wxh 2x3", "Whh 2x3", "Whh 3x2", "bh short", "bh scalar", "Why 3x1", "Why text", "Why short"],
)
def test_other_shapes_are_refused(weights: tuple[Any, ...]) -> None:
    with pytest.raises((ValueError, TypeError)):
        Network.of(*weights)


@pytest.mark.parametrize("number", [0.5, True, "1", None, 1j, [0, 1]], ids=repr)
def test_inexact_numbers_are_refused(number: object) -> None:
    with pytest.raises(TypeError, match="int or a Fraction"):
        Network.of(Wxh, Whh, bh, Why, number)


def test_the_table_is_the_network() -> None:
    """On every edge, against the formula written out with Fractions."""
    rng = random.Random(1)
    for _ in range(60):
        weights = corrupted(rng, right_network(rng)[0])
        u, v, c, w, d = weights
        for convention in CONVENTIONS:
            machine = table(Network.of(*weights), convention)
            for s, h in enumerate(STATES):
                z_y = sum(Fraction(w[k]) * h[k] for k in range(3)) + d
                assert machine.output[s] == (z_y > 0 or (z_y == 0 and convention == "inclusive"))
                assert machine.zero_output[s] == (z_y == 0)
                for i, x in enumerate(INPUTS):
                    z = [
                        u[k][0] * x[0] + u[k][1] * x[1] + sum(v[k][j] * h[j] for j in range(3)) + c[k] for k in range(3)
                    ]
                    after = tuple(int(z_k > 0 or (z_k == 0 and convention == "inclusive")) for z_k in z)
                    assert STATES[machine.after[s][i]] == after
                    assert machine.zero_after[s][i] == (0 in z)
                assert machine.answers(s) == tuple(machine.output[after] for after in machine.after[s])


def test_add_is_the_simulation() -> None:
    rng = random.Random(2)
    for _ in range(100):
        weights = corrupted(rng, right_network(rng)[0])
        a, b, columns = rng.getrandbits(20), rng.getrandbits(20), rng.randint(1, 24)
        for convention in CONVENTIONS:
            want = simulate(weights, convention == "strict", a, b, columns)
            assert add(Network.of(*weights), convention, a, b, columns) == want
            right = want == [a + b >> column & 1 for column in range(columns)]
            assert adds(Network.of(*weights), convention, a, b, columns) is right


def test_wrong_calls_are_refused() -> None:
    with pytest.raises(ValueError, match="'Strict': must be one of strict, inclusive"):
        table(NETWORK, "Strict")
    for one in (add, adds):
        with pytest.raises(ValueError, match="negative"):
            one(NETWORK, "strict", -1, 2, 3)
    assert add(NETWORK, "strict", 5, 2, 0) == []
