"""The dependency graphs of question 4, against a simulated schedule, closed formulas and torch's own convolution."""

from __future__ import annotations

from itertools import product

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from reference.derivation.dependency_graph import (
    Graph,
    connections,
    growth,
    mdrnn,
    mdrnn_as_printed,
    pixelcnn,
    sequential_operations,
)

SMALL = list(product(range(1, 7), range(1, 9), range(1, 9)))  # d, H, W
MODELS = [pixelcnn, mdrnn, mdrnn_as_printed]


def waves(graph: Graph) -> int:
    """Computes in each step every cell whose needs are there, and counts the steps: no schedule can be shorter."""
    waiting, steps = dict(graph), 0
    while waiting:
        ready = [cell for cell, reads in waiting.items() if not any(read in waiting for read in reads)]
        assert ready, "a cycle: nothing can be computed"
        for cell in ready:
            del waiting[cell]
        steps += 1
    return steps


@pytest.mark.parametrize("model", MODELS)
def test_the_longest_chain_is_the_number_of_steps_of_the_best_schedule(model):
    for d, height, width in product(range(1, 5), range(1, 6), range(1, 6)):
        graph = model(d, height, width)
        assert sequential_operations(graph) == waves(graph), (d, height, width)


def test_mdrnn_takes_h_plus_w_plus_d_minus_2_steps():
    assert all(sequential_operations(mdrnn(d, h, w)) == h + w + d - 2 for d, h, w in SMALL)


def test_pixelcnn_and_the_misprinted_mdrnn_take_d_steps():
    assert all(sequential_operations(pixelcnn(d, h, w)) == d for d, h, w in SMALL)
    assert all(sequential_operations(mdrnn_as_printed(d, h, w)) == d for d, h, w in SMALL)


@pytest.mark.parametrize("k", [1, 2, 3])
def test_mdrnn_has_d_k_squared_times_3hw_minus_h_minus_w_connections(k):
    assert all(connections(mdrnn(d, h, w), k) == d * k * k * (3 * h * w - h - w) for d, h, w in SMALL)


def test_mdrnn_connections_unit_by_unit():
    """Every pair of a unit and a unit that it reads, by name and without a graph."""
    d, k, height, width = 2, 3, 3, 4
    pairs = {
        ((layer, row, column, unit), (layer - below, row - north, column - west, read))
        for layer, row, column, unit, read in product(range(d), range(height), range(width), range(k), range(k))
        for below, north, west in ((1, 0, 0), (0, 1, 0), (0, 0, 1))
        if row >= north and column >= west
    }
    assert connections(mdrnn(d, height, width), k) == len(pairs)


@pytest.mark.parametrize("kernel", [3, 5])
@pytest.mark.parametrize(("d", "height", "width"), [(1, 4, 5), (2, 1, 6), (3, 5, 2), (2, 6, 6)])
def test_pixelcnn_connections_by_masked_convolution(kernel, d, height, width):
    """Convolving a map of ones with a mask of ones gives, at each place, how many places inside the map it reads."""
    k, centre = 3, kernel * kernel // 2
    total = 0
    for layer in range(d):
        mask = torch.zeros(kernel * kernel, dtype=torch.float64)
        mask[: centre + (layer > 0)] = 1
        weight = mask.reshape(1, 1, kernel, kernel).repeat(k, k, 1, 1)
        ones = torch.ones(1, k, height, width, dtype=torch.float64)
        total += int(torch.nn.functional.conv2d(ones, weight, padding=kernel // 2).sum())
    assert connections(pixelcnn(d, height, width, kernel), k) == total


@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        (lambda d, k, h, w: 7, "1"),
        (lambda d, k, h, w: h + w + d - 2, "d + H + W"),
        (lambda d, k, h, w: d * (h + w), "d H + d W"),
        (lambda d, k, h, w: d * k * k * (3 * h * w - h - w), "d k^2 H W"),
        (lambda d, k, h, w: d * k * k * (3 * h * w - h - w) + h * h, "d k^2 H W + H^2"),
        (lambda d, k, h, w: (h - w) * d, "d H + d W"),
    ],
)
def test_growth_names_the_leading_terms(measure, expected):
    assert growth(measure) == expected


@pytest.mark.parametrize(
    "measure",
    [
        lambda d, k, h, w: 2**d,
        lambda d, k, h, w: max(h, w, d),
        lambda d, k, h, w: min(h, w),
        lambda d, k, h, w: h**3,
        lambda d, k, h, w: d * h * w // 2,
        lambda d, k, h, w: int((h * w) ** 0.5),
    ],
    ids=["exponential", "max", "min", "cube", "floor", "root"],
)
def test_growth_refuses_what_is_no_such_polynomial(measure):
    with pytest.raises(ValueError, match="polynomial"):
        growth(measure)


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(st.tuples(*[st.integers(0, 2)] * 4), st.integers(-9, 9).filter(bool), min_size=1, max_size=5))
def test_growth_of_a_random_polynomial(polynomial):
    def measure(*sizes: int) -> int:
        total = 0
        for powers, coefficient in polynomial.items():
            for size, power in zip(sizes, powers, strict=True):
                coefficient *= size**power
            total += coefficient
        return total

    leading = {
        p for p in polynomial if not any(q != p and all(a <= b for a, b in zip(p, q, strict=True)) for q in polynomial)
    }
    named = set()
    for term in growth(measure).split(" + "):
        powers = {factor.split("^")[0]: int((factor + "^1").split("^")[1]) for factor in term.split() if factor != "1"}
        named.add(tuple(powers.get(name, 0) for name in ("d", "k", "H", "W")))
    assert named == leading
