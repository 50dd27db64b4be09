"""The template names the network of the constants and the points of the rubric, whichever they are."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from msgspec.structs import replace

from autograder.assignment.frozen import parse_rubric, read_rubric
from reference.derivation import wording
from reference.network import in_force
from tests.homework import published
from tests.homework.networks import NETWORKS

PUBLISHED = """\
    Input 3 x 224 x 224 (channels x height x width), then

        Conv3-64, pool, Conv3-128, pool, Conv3-256, Conv3-256, pool, FC-1024, FC-1000, softmax

    where Conv3-n is a convolution with 3 x 3 kernels, padding 1 and n output channels, a pool is a 2 x 2 max pool of
    stride 2, and FC-n is a fully connected layer with n outputs. Convolutions and fully connected layers have biases,
    which count. Keys:

        conv1 conv2 conv3 conv4    the four convolutions, in order
        fc1 fc2                    FC-1024 and FC-1000
        total                      everything

    For example, a fully connected layer from 10 inputs to 5 outputs has 10 * 5 + 5 = 55 parameters.
"""


def words(**changes) -> str:
    """The words for the published network with these changes."""
    return wording.network(replace(published.NETWORK, **changes))


def test_the_published_network_is_worded_as_it_was_published():
    assert words() == PUBLISHED


def test_the_template_holds_the_words_of_the_network_in_force():
    template = (wording.TEMPLATE / wording.NETWORK).read_text(encoding="utf-8")
    assert wording.network(in_force()) in template
    assert wording.placed(template, in_force()) == template


@pytest.mark.parametrize(
    ("constants", "says"),
    [
        ({"kernel": 5, "padding": 2}, "where Conv5-n is a convolution with 5 x 5 kernels, padding 2 and"),
        ({"padding": 0}, "3 x 3 kernels, no padding and"),
        ({"stride": 2}, "3 x 3 kernels, stride 2, padding 1 and"),
        ({"fully_connected": (("fc1", 512), ("fc2", 1000))}, "pool, FC-512, FC-1000, softmax"),
        ({"fully_connected": (("out", 10),)}, "        out                        FC-10\n"),
        (
            {"fully_connected": (("a", 9), ("b", 8), ("c", 7))},
            "        a b c                      FC-9, FC-8 and FC-7\n",
        ),
        ({"pool": 3, "pool_stride": 2}, "a pool is a 3 x 3 max pool of\n    stride 2"),
        ({"image": (1, 28, 32)}, "    Input 1 x 28 x 32 (channels"),
        ({"convolutions": (("conv1", 8, False),)}, "        conv1      the convolution\n"),
        ({"conv_bias": False, "fc_bias": False}, "No layer has biases."),
        ({"fc_bias": False}, "outputs has 10 * 5 = 50 parameters."),
        ({"conv_bias": False}, "Convolutions have no biases;"),
    ],
)
def test_another_constant_is_worded(constants, says):
    assert says in words(**constants)
    assert words(**constants) != PUBLISHED


def test_a_network_without_a_pool_has_no_word_of_pools():
    assert "pool" not in words(convolutions=(("conv1", 8, False), ("conv2", 8, False)))


@pytest.mark.parametrize("bias", ["conv_bias", "fc_bias"])
def test_no_bias_is_said_to_count_that_is_not_there(bias):
    assert "biases, which count" not in words(conv_bias=False, fc_bias=False)
    assert words(**{bias: False}).count("which count") == 1
    assert "biases" not in (wording.TEMPLATE / wording.NETWORK).read_text(encoding="utf-8").replace(
        wording.network(in_force()), ""
    )


# Names that another language would read otherwise: YAML's words for true, false and null, Python's, and our own.
WORDS = "no yes on off y n null Null true True False None and in order the convolution class def lambda e1 O x inf nan"


def test_a_layer_may_have_any_word_for_a_name():
    units = tuple((name, 2) for name in WORDS.split() if name not in ("Null", "True"))
    asked = replace(published.NETWORK, fully_connected=units, convolutions=(("Yes1", 3, True), ("True", 3, False)))
    test_any_network_takes_the_place_of_any_other.hypothesis.inner_test(asked)
    test_the_rubric_names_the_layers_of_any_network.hypothesis.inner_test(asked)


# Hypothesis times the machine, which may be busy.
UNTIMED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@UNTIMED
@given(NETWORKS)
def test_any_network_takes_the_place_of_any_other(asked):
    template = (wording.TEMPLATE / wording.NETWORK).read_text(encoding="utf-8")
    changed = wording.placed(template, asked)
    assert wording.network(asked) in changed
    assert wording.placed(changed, asked) == changed
    assert wording.placed(changed, in_force()) == template, "nothing else was touched"
    assert all(len(line) <= 120 for line in changed.splitlines())
    assert all(f"Conv{asked.kernel}-{filters}" in changed for _, filters, _ in asked.convolutions)
    assert all(f"FC-{units}" in changed for _, units in asked.fully_connected)
    listed = changed[changed.index("Keys:") : changed.index("        total ")].splitlines()[1:]
    assert " ".join(line[8:].split("    ")[0] for line in listed).split() == list(asked.names)
    compile(changed, "convolutional.py", "exec")


@UNTIMED
@given(NETWORKS)
def test_the_rubric_names_the_layers_of_any_network(asked):
    rubric = (wording.ROOT / "tests" / "rubric.yaml").read_text(encoding="utf-8")
    changed = wording.named(rubric, asked)
    (row,) = (row for _, row in parse_rubric(changed).rubric.rows() if "layers" in row.params)
    assert (row.number, tuple(row.params["layers"])) == ("3.1", asked.names)
    assert wording.named(changed, in_force()) == rubric, "nothing else was touched"


@pytest.mark.parametrize("rubric", ["", "  layers: [a]\n  layers: [b]\n", "  layers: a, b\n"])
def test_a_rubric_without_a_place_for_the_names_is_refused(rubric):
    with pytest.raises(ValueError, match=r"expected one line such as `layers: \[conv1, fc1\]`"):
        wording.named(rubric, published.NETWORK)


@pytest.mark.parametrize(
    "template",
    ["", PUBLISHED * 2, PUBLISHED.replace("        total", "        sum"), PUBLISHED.replace("For example", "Say")],
)
def test_a_place_that_is_not_there_once_is_refused(template):
    with pytest.raises(ValueError, match="expected one passage from a line that begins with 'Input' and a number"):
        wording.placed(template, published.NETWORK)


# ---- points ----

TEXT = '''"""Question 1: adding (2.5 points)."""

def h_bar():
    """h_bar = ...   (1.1a, 0.5 points)"""

# 1.2 (extra credit, 1 point, read by a person): why 11.2 (3 points) is another row, and 1.2 so is 1.1 (see 3 points).
WHY = ""
'''
RUBRIC = """
assignment: A small one
seed: 1
limits: {seconds_per_call: 5, seconds_per_row: 20, seconds_in_all: 60, memory_mb: 256}
questions:
  - title: 1 Adding
    file: adding.py
    points: POINTS
    extra_points: EXTRA
    rows:
      - {number: "1.1a", title: Adds, points: POINTS}
      - {number: "1.2", title: Says why, points: EXTRA, graded: written, answer: WHY, extra_credit: true}
"""


@pytest.mark.parametrize(("points", "extra", "said"), [("1", "2.25", "1 point"), ("0.75", "1", "0.75 points")])
def test_the_points_of_the_rubric_are_named(points, extra, said):
    rubric = parse_rubric(RUBRIC.replace("POINTS", points).replace("EXTRA", extra)).rubric
    changed = wording.pointed(TEXT, rubric)
    assert changed.startswith(f'"""Question 1: adding ({said}, extra credit {extra})."""')
    assert f"(1.1a, {said})" in changed
    assert f"# 1.2 (extra credit, {extra} point{'' if extra == '1' else 's'}, read by a person)" in changed
    assert changed.endswith('why 11.2 (3 points) is another row, and 1.2 so is 1.1 (see 3 points).\nWHY = ""\n')
    assert wording.pointed(changed, rubric) == changed


def test_the_template_names_the_points_of_every_row_and_question_in_force():
    rubric = read_rubric(wording.ROOT / "tests" / "rubric.yaml").rubric
    texts = {file: (wording.TEMPLATE / file).read_text(encoding="utf-8") for file in rubric.files()}
    written = {path.name: text for path, text in wording.worded(in_force()).items()}
    assert written.keys() == {*texts, "rubric.yaml"}
    assert texts.items() <= written.items()
    other = msgspec.structs.replace(
        rubric,
        questions=tuple(
            msgspec.structs.replace(
                question, rows=tuple(msgspec.structs.replace(row, points=77) for row in question.rows)
            )
            for question in rubric.questions
        ),
    )
    for question in rubric.questions:
        named = wording.pointed(texts[question.file], other).count("77 points")
        assert named == len(question.rows) or question.file == "binary_addition.py", question.file
