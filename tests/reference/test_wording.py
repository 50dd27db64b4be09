"""The template names the network of the constants and the points of the rubric, whichever they are."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.assignment.frozen import parse_rubric, read_rubric
from reference.derivation import wording
from tests.reference import published

PUBLISHED = """\
    Input 3 x 224 x 224 (channels x height x width), then

        Conv3-64, pool, Conv3-128, pool, Conv3-256, Conv3-256, pool, FC-1024, FC-1000, softmax

    where Conv3-n is a convolution with 3 x 3 kernels, padding 1 and n output channels, a pool is a 2 x 2 max pool of
    stride 2, and FC-n is a fully connected layer with n outputs. Keys:

        conv1 conv2 conv3 conv4    the four convolutions, in order
        fc1 fc2                    FC-1024 and FC-1000
        total                      everything
"""


def words(**constants) -> str:
    """The words for the published network with other constants."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {**published.CONSTANTS, **constants}.items():
            patch.setattr(wording, name, value)
        return wording.network()


def test_the_published_network_is_worded_as_it_was_published():
    assert words() == PUBLISHED


def test_the_template_holds_the_words_of_the_network_in_force():
    template = (wording.TEMPLATE / wording.NETWORK).read_text(encoding="utf-8")
    assert wording.network() in template
    assert wording.placed(template) == template


@pytest.mark.parametrize(
    ("constants", "says"),
    [
        ({"KERNEL": 5, "PADDING": 2}, "where Conv5-n is a convolution with 5 x 5 kernels, padding 2 and"),
        ({"PADDING": 0}, "3 x 3 kernels, no padding and"),
        ({"FULLY_CONNECTED": (("fc1", 512), ("fc2", 1000))}, "pool, FC-512, FC-1000, softmax"),
        ({"FULLY_CONNECTED": (("fc1", 10),)}, "        fc1                        FC-10\n"),
        ({"POOL": 3}, "a pool is a 3 x 3 max pool of\n    stride 3"),
        ({"IMAGE": (1, 28, 32)}, "    Input 1 x 28 x 32 (channels"),
        ({"CONVOLUTIONS": (("conv1", 8, False),)}, "        conv1      the convolution\n"),
    ],
)
def test_another_constant_is_worded(constants, says):
    assert says in words(**constants)
    assert words(**constants) != PUBLISHED


NETWORKS = st.fixed_dictionaries(
    {
        "IMAGE": st.tuples(*[st.integers(1, 999)] * 3),
        "KERNEL": st.integers(1, 11),
        "PADDING": st.integers(0, 5),
        "POOL": st.integers(1, 4),
        "CONVOLUTIONS": st.lists(st.tuples(st.integers(1, 4096), st.booleans()), min_size=1, max_size=9).map(
            lambda row: tuple((f"conv{n}", *layer) for n, layer in enumerate(row, 1))
        ),
        "FULLY_CONNECTED": st.lists(st.integers(1, 9999), min_size=1, max_size=4).map(
            lambda row: tuple((f"fc{n}", units) for n, units in enumerate(row, 1))
        ),
    }
)


@given(NETWORKS)
def test_any_network_takes_the_place_of_any_other(network):
    template = (wording.TEMPLATE / wording.NETWORK).read_text(encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in network.items():
            patch.setattr(wording, name, value)
        changed = wording.placed(template)
        assert wording.network() in changed
        assert wording.placed(changed) == changed
    assert wording.placed(changed) == template, "nothing else was touched"
    listed = ("        conv1", "        fc1")  # the keys: one kind a line, however many
    assert all(len(line) <= 120 for line in changed.splitlines() if not line.startswith(listed))
    assert all(f"Conv{network['KERNEL']}-{filters}" in changed for _, filters, _ in network["CONVOLUTIONS"])
    assert all(f"FC-{units}" in changed for _, units in network["FULLY_CONNECTED"])
    compile(changed, "convolutional.py", "exec")


@pytest.mark.parametrize("template", ["", PUBLISHED * 2, PUBLISHED.replace("        total", "        sum")])
def test_a_place_that_is_not_there_once_is_refused(template):
    with pytest.raises(ValueError, match="expected one passage from a line that begins with 'Input' and a number"):
        wording.placed(template)


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
    assert {path.name: text for path, text in wording.worded().items()} == texts
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
