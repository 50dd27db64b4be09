"""The network of question 3.1: torch, the solution's arithmetic and the parametric description must count alike."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import reference.convolutional as solution
import reference.derivation.network as by_torch
from reference.diagnosis.architecture import Reading, count
from tests.reference import published


@pytest.fixture
def as_published(monkeypatch: pytest.MonkeyPatch) -> None:
    """The constants of the network that the homework first asked for, whichever are in force."""
    for name, value in published.CONSTANTS.items():
        monkeypatch.setattr(solution, name, value)
        monkeypatch.setattr(by_torch, name, value)


@pytest.mark.usefixtures("as_published")
def test_all_three_count_the_published_numbers_in_order():
    assert list(by_torch.parameter_counts().items()) == list(published.COUNTS.items())
    assert list(solution.parameter_counts().items()) == list(published.COUNTS.items())
    assert list(count(published.READING).items()) == list(published.COUNTS.items())


def test_the_solution_counts_as_torch_does():
    assert solution.parameter_counts() == by_torch.parameter_counts()


def test_the_description_as_asked_counts_as_torch_does():
    assert count(Reading()) == by_torch.parameter_counts()


def test_the_network_takes_an_image_to_a_distribution_without_holding_memory():
    network = by_torch.network()
    assert {p.device.type for p in network.parameters()} == {"meta"}
    classes = solution.FULLY_CONNECTED[-1][1]
    assert network(torch.empty(2, *solution.IMAGE, device="meta")).shape == (2, classes)
    assert isinstance(network[-1], torch.nn.Softmax)


@st.composite
def networks(draw: st.DrawFn) -> dict[str, object]:
    kernel = draw(st.integers(1, 5))
    filters = draw(st.lists(st.integers(1, 9), min_size=1, max_size=5))
    units = draw(st.lists(st.integers(1, 9), min_size=1, max_size=3))
    return {
        "IMAGE": (draw(st.integers(1, 4)), draw(st.integers(130, 160)), draw(st.integers(130, 160))),
        "KERNEL": kernel,
        "PADDING": draw(st.integers(0, kernel // 2)),
        "POOL": draw(st.integers(1, 2)),
        "CONVOLUTIONS": tuple((f"conv{n}", width, draw(st.booleans())) for n, width in enumerate(filters, 1)),
        "FULLY_CONNECTED": tuple((f"fc{n}", width) for n, width in enumerate(units, 1)),
    }


def read(asked: dict) -> Reading:
    channels, height, width = asked["IMAGE"]
    return Reading(
        channels=channels,
        height=height,
        width=width,
        convolutions=asked["CONVOLUTIONS"],
        fully_connected=asked["FULLY_CONNECTED"],
        kernel=asked["KERNEL"],
        margin=asked["KERNEL"] - 1 - 2 * asked["PADDING"],
        pools=sum(pooled for _, _, pooled in asked["CONVOLUTIONS"]),
        pool=asked["POOL"],
        pool_stride=asked["POOL"],
    )


@settings(max_examples=60, deadline=None)
@given(networks())
def test_another_network_is_counted_alike_by_all_three(asked: dict):
    with pytest.MonkeyPatch.context() as patch:
        for name, value in asked.items():
            patch.setattr(solution, name, value)
            patch.setattr(by_torch, name, value)
        counted = by_torch.parameter_counts()
        assert solution.parameter_counts() == counted
    assert count(read(asked)) == counted


@pytest.mark.usefixtures("as_published")
@pytest.mark.parametrize(
    ("name", "value", "layer", "expected"),
    [
        ("FULLY_CONNECTED", (("fc1", 512), ("fc2", 1000)), "fc1", 28 * 28 * 256 * 512 + 512),
        ("CONVOLUTIONS", (("conv1", 32, True), *published.CONSTANTS["CONVOLUTIONS"][1:]), "conv2", 9 * 32 * 128 + 128),
        ("IMAGE", (1, 224, 224), "conv1", 9 * 64 + 64),
        ("PADDING", 0, "fc1", 25 * 25 * 256 * 1024 + 1024),
    ],
)
def test_a_constant_changes_the_key_and_the_solution(monkeypatch, name, value, layer, expected):
    monkeypatch.setattr(solution, name, value)
    monkeypatch.setattr(by_torch, name, value)
    assert by_torch.parameter_counts()[layer] == solution.parameter_counts()[layer] == expected
