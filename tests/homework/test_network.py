"""The network of question 3.1: torch, the solution's arithmetic and the parametric description must count alike."""

from __future__ import annotations

import re
import types
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import asdict, replace

import reference.convolutional as solution
import reference.derivation.network as by_torch
from reference import network
from reference.derivation import key
from reference.diagnosis.architecture import Reading, asked, count
from reference.network import Network, NetworkError
from tests.homework import published
from tests.homework.networks import CHOSEN, NETWORKS


def solved(asked_for: Network) -> dict[str, int]:
    """What the solution counts where its constants ask for this network, which is also read back from them."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in asdict(asked_for).items():
            patch.setattr(solution, name.upper(), value)
        assert network.in_force() == asked_for
        return solution.parameter_counts()


def test_all_three_count_the_published_numbers_in_order():
    assert list(by_torch.parameter_counts(published.NETWORK).items()) == list(published.COUNTS.items())
    assert list(solved(published.NETWORK).items()) == list(published.COUNTS.items())
    assert list(count(published.READING).items()) == list(published.COUNTS.items())
    assert Reading.of(published.NETWORK) == published.READING


def test_the_solution_and_the_description_in_force_count_as_torch_does():
    assert solution.parameter_counts() == count(asked()) == by_torch.parameter_counts(network.in_force())


def test_the_network_takes_an_image_to_a_distribution_without_holding_memory():
    in_force = network.in_force()
    layers = by_torch.sequence(in_force)
    assert {p.device.type for p in layers.parameters()} == {"meta"}
    classes = in_force.fully_connected[-1][1]
    assert layers(torch.empty(2, *in_force.image, device="meta")).shape == (2, classes)
    assert isinstance(layers[-1], torch.nn.Softmax)


@pytest.mark.parametrize("name", CHOSEN)
def test_a_chosen_network_is_counted_alike_by_all_three(name: str):
    counted = by_torch.parameter_counts(CHOSEN[name])
    assert solved(CHOSEN[name]) == counted == count(Reading.of(CHOSEN[name]))
    assert list(counted) == [*CHOSEN[name].names, "total"]


@settings(max_examples=60, deadline=None)
@given(NETWORKS)
def test_any_network_is_counted_alike_by_all_three(asked_for: Network):
    assert solved(asked_for) == by_torch.parameter_counts(asked_for) == count(Reading.of(asked_for))


def test_two_published_networks_have_their_published_totals():
    """LeCun et al. 1998 with full connections between the maps; Simonyan and Zisserman 2015, configuration D."""
    assert by_torch.parameter_counts(CHOSEN["LeNet-5"])["total"] == 61_706
    assert by_torch.parameter_counts(CHOSEN["VGG-16"])["total"] == 138_357_544


@pytest.mark.parametrize(
    ("changes", "layer", "expected"),
    [
        ({"fully_connected": (("fc1", 512), ("fc2", 1000))}, "fc1", 28 * 28 * 256 * 512 + 512),
        ({"image": (1, 224, 224)}, "conv1", 9 * 64 + 64),
        ({"padding": 0}, "fc1", 25 * 25 * 256 * 1024 + 1024),
        ({"stride": 2}, "fc1", 2 * 2 * 256 * 1024 + 1024),
        ({"conv_bias": False}, "conv2", 9 * 64 * 128),
        ({"fc_bias": False}, "fc2", 1024 * 1000),
        ({"pool": 3, "pool_stride": 2}, "fc1", 27 * 27 * 256 * 1024 + 1024),
        ({"pool": 3, "pool_stride": 3}, "fc1", 8 * 8 * 256 * 1024 + 1024),
    ],
)
def test_a_constant_changes_the_key_and_the_solution(changes, layer, expected):
    other = replace(published.NETWORK, **changes)
    assert by_torch.parameter_counts(other)[layer] == solved(other)[layer] == expected


# ---- constants that make no network ----

CONSTANTS = {
    "IMAGE": "(3, 224, 224)",
    "KERNEL": "3",
    "STRIDE": "1",
    "PADDING": "1",
    "CONV_BIAS": "True",
    "POOL": "2",
    "POOL_STRIDE": "POOL",
    "CONVOLUTIONS": '(\n    ("conv1", 64, True),\n    ("conv2", 128, True),\n    ("conv3", 256, True),\n)',
    "FULLY_CONNECTED": '(("fc1", 1024), ("fc2", 1000))',
    "FC_BIAS": "True",
}
THREE = CONSTANTS["CONVOLUTIONS"]


def module_of(folder: Path, constants: dict[str, str]) -> types.ModuleType:
    module = types.ModuleType("planted")
    path = folder / "planted.py"
    module.__file__ = str(path)
    path.write_text("\n\n".join(f"{name} = {value}" for name, value in constants.items()) + "\n", encoding="utf-8")
    exec(compile(path.read_text(encoding="utf-8"), path, "exec"), module.__dict__)
    return module


def refused(folder: Path, constants: dict[str, str]) -> tuple[str, str]:
    """(the line that is named, the reason) of the refusal of these constants."""
    with pytest.raises(NetworkError) as found:
        network.read(module_of(folder, constants))
    named = re.fullmatch(rf"{re.escape(folder.name)}/planted\.py, line (\d+): ([^\n]+)", str(found.value))
    assert named, found.value
    return (folder / "planted.py").read_text(encoding="utf-8").split("\n")[int(named[1]) - 1], named[2]


def test_the_constants_that_are_refused_below_make_a_network_as_they_are(tmp_path):
    assert network.read(module_of(tmp_path, CONSTANTS)).names == ("conv1", "conv2", "conv3", "fc1", "fc2")


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("IMAGE", "(3, 224)", "IMAGE is (3, 224); expected (channels, height, width), each a whole number from 1 to"),
        ("IMAGE", "224", "IMAGE is 224; expected"),
        ("IMAGE", "(0, 224, 224)", "IMAGE is (0, 224, 224)"),
        ("IMAGE", "[3, 224, 10**9]", "IMAGE is [3, 224, 1000000000]"),
        ("KERNEL", "'3'", "KERNEL is '3'; expected a whole number from 1 to 100,000"),
        ("KERNEL", "0", "KERNEL is 0; expected a whole number from 1"),
        ("KERNEL", "True", "KERNEL is True"),
        ("STRIDE", "0", "STRIDE is 0; expected a whole number from 1"),
        ("PADDING", "-1", "PADDING is -1; expected a whole number from 0 to 100,000"),
        ("CONV_BIAS", "'no'", "CONV_BIAS is 'no'; expected True or False"),
        ("CONV_BIAS", "1", "CONV_BIAS is 1; expected True or False"),
        ("POOL_STRIDE", "0", "POOL_STRIDE is 0; expected a whole number from 1"),
        ("CONVOLUTIONS", "()", "CONVOLUTIONS is (); expected 1 to 40 layers"),
        ("CONVOLUTIONS", "'conv1'", "CONVOLUTIONS is 'conv1'; expected 1 to 40 layers"),
        ("CONVOLUTIONS", "tuple((f'c{n}', 8, False) for n in range(41))", "expected 1 to 40 layers"),
        ("CONVOLUTIONS", '("conv1", 64, True)', "write (('conv1', 64, True),), with a comma"),
        ("FULLY_CONNECTED", '(("fc1",),)', "layer 1 of FULLY_CONNECTED is ('fc1',); expected one entry a layer"),
        ("FULLY_CONNECTED", '(("fc1", 1024, True),)', "layer 1 of FULLY_CONNECTED"),
        ("FULLY_CONNECTED", '(("conv1", 10),)', 'the name "conv1" is taken: that of layer "conv1" reads the same'),
        ("FULLY_CONNECTED", '(("fc1", 9), ("FC_1", 9))', 'the name "FC_1" is taken: that of layer "fc1"'),
        ("FULLY_CONNECTED", '(("fc1", 9), ("Total", 9))', 'the name "Total" is taken: the key of the sum'),
    ],
)
def test_a_constant_that_makes_no_network_is_refused_with_its_line_and_a_reason(tmp_path, name, value, says):
    line, reason = refused(tmp_path, {**CONSTANTS, name: value})
    assert line == f"{name} = {value}"
    assert says in reason


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("128, True", "'128', True", "layer 2 of CONVOLUTIONS is ('conv2', '128', True); expected one entry a layer"),
        ("128, True", "128", "layer 2 of CONVOLUTIONS is ('conv2', 128);"),
        ('"conv2"', "2", "layer 2 of CONVOLUTIONS is (2, 128, True)"),
        ("conv2", "conv 2", "layer 2 of CONVOLUTIONS is"),
        ("conv2", "", "layer 2 of CONVOLUTIONS is"),
        ("conv2", "conv1", 'the name "conv1" is taken: that of layer "conv1" reads the same'),
        ("conv2", "Conv_1", 'the name "Conv_1" is taken: that of layer "conv1" reads the same'),
    ],
)
def test_a_layer_that_is_none_is_refused_with_its_own_line(tmp_path, old, new, says):
    line, reason = refused(tmp_path, {**CONSTANTS, "CONVOLUTIONS": THREE.replace(old, new)})
    assert line == '    ("conv2", 128, True),'.replace(old, new)
    assert says in reason


@pytest.mark.parametrize(
    ("changes", "layer", "says"),
    [
        (
            {"IMAGE": "(3, 4, 4)"},
            "conv3",
            "a 2 x 2 pool of conv3 does not fit into a map of 1 x 1; the image is 3 x 4 x 4",
        ),
        ({"IMAGE": "(3, 224, 3)"}, "conv2", "a 2 x 2 pool of conv2 does not fit into a map of 112 x 1"),
        ({"IMAGE": "(3, 5, 5)", "KERNEL": "9"}, "conv1", "a 9 x 9 kernel of conv1 does not fit into a map of 7 x 7"),
        ({"IMAGE": "(3, 9, 9)", "PADDING": "0"}, "conv2", "a 2 x 2 pool of conv2 does not fit into a map of 1 x 1"),
        ({"POOL": "200"}, "conv2", "a 200 x 200 pool of conv2 does not fit into a map of 1 x 1"),
        ({"STRIDE": "300"}, "conv1", "a 2 x 2 pool of conv1 does not fit into a map of 1 x 1"),
    ],
)
def test_an_image_that_is_used_up_is_refused_with_the_layer_that_does_it(tmp_path, changes, layer, says):
    line, reason = refused(tmp_path, {**CONSTANTS, **changes})
    assert line.startswith(f'    ("{layer}",')
    assert says in reason


def test_a_layer_that_no_computer_holds_is_refused(tmp_path):
    line, reason = refused(tmp_path, {**CONSTANTS, "IMAGE": "(3, 99_999, 99_999)"})
    assert line.startswith("FULLY_CONNECTED")
    assert reason.startswith("fc1 would have ")


def test_a_constant_that_is_missing_and_a_file_that_is_no_python_are_refused(tmp_path, monkeypatch):
    constants = {name: value for name, value in CONSTANTS.items() if name != "STRIDE"}
    with pytest.raises(NetworkError, match=r"planted\.py: STRIDE is missing; expected a whole number from 1"):
        network.read(module_of(tmp_path, constants))
    (tmp_path / "unclosed.py").write_text("KERNEL = 3\nIMAGE = (3, 224, 224\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(network, "MODULE", "unclosed")
    with pytest.raises(NetworkError, match=r"unclosed\.py, line 2: "):
        network.in_force()


@settings(max_examples=150, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(sorted(set(CONSTANTS) - {"CONVOLUTIONS", "FULLY_CONNECTED"})),
        st.one_of(st.integers(-2, 9), st.booleans(), st.none(), st.text(max_size=2), st.floats(), st.just((3, 9, 9))),
        min_size=1,
    )
)
def test_whatever_the_constants_are_they_make_a_network_that_torch_builds_or_are_refused(changes):
    module = types.ModuleType("planted")
    module.__file__ = solution.__file__
    for name, value in {**asdict(published.NETWORK), **{n.lower(): v for n, v in changes.items()}}.items():
        setattr(module, name.upper(), value)
    try:
        found = network.read(module)
    except NetworkError:
        return
    assert by_torch.parameter_counts(found) == count(Reading.of(found))


def test_a_refusal_ends_make_key_with_a_sentence_and_writes_nothing(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(solution, "IMAGE", (3, 4, 4))
    assert key.main([], tmp_path / "key.json") == 2
    said = capsys.readouterr().err
    assert re.match(r"reference/convolutional\.py, line \d+: a .* does not fit into a map of", said)
    assert not (tmp_path / "key.json").exists()
