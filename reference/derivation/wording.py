"""What the template says of facts that stand elsewhere: the network of 3.1, and the points of the rubric.

`python -m reference.derivation.key` writes them into the template, so that a student reads what is graded.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from textwrap import fill

from autograder.assignment.frozen import read_rubric
from autograder.bundle.template_points import pointed
from reference.convolutional import CONVOLUTIONS, FULLY_CONNECTED, IMAGE, KERNEL, PADDING, POOL

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = ROOT / "student_template"
NETWORK = "convolutional.py"
WIDTH = 120

# From the line that describes the input to the line that describes the total.
_PLACE = re.compile(r"^    Input \d.*?^        total [^\n]*\n", re.MULTILINE | re.DOTALL)
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def worded(folder: Path = TEMPLATE, root: Path = ROOT) -> Mapping[Path, str]:
    """The files of a template as they should be, by path.

    ValueError: the network has no place. RubricError: the rubric is wrong. OSError: a file is missing.
    """
    rubric = read_rubric(root / "tests" / "rubric.yaml").rubric
    texts = {file: pointed((folder / file).read_text(encoding="utf-8"), rubric) for file in rubric.files()}
    return {folder / file: placed(text) if file == NETWORK else text for file, text in texts.items()}


# ------------------------------------------------------------------------------------------------------------ network


def network() -> str:
    """The network and the keys of its counts, as they stand in the docstring of the template."""
    return "\n\n".join((_input(), f"        {_layers()}", _legend(), _keys())) + "\n"


def placed(template: str) -> str:
    """The template with the network's words in their place. ValueError: the place is not there, or there twice."""
    if len(_PLACE.findall(template)) != 1:
        raise ValueError(
            f"{NETWORK} of the template: expected one passage from a line that begins with 'Input' and a number, "
            "to a line that begins with 'total'; `make key` writes the network between them"
        )
    return _PLACE.sub(lambda _: network(), template)


def _input() -> str:
    channels, height, width = IMAGE
    return f"    Input {channels} x {height} x {width} (channels x height x width), then"


def _layers() -> str:
    row: list[str] = []
    for _, filters, pooled in CONVOLUTIONS:
        row += [f"Conv{KERNEL}-{filters}", "pool"] if pooled else [f"Conv{KERNEL}-{filters}"]
    row += [f"FC-{units}" for _, units in FULLY_CONNECTED]
    return fill(", ".join([*row, "softmax"]), WIDTH - 8, subsequent_indent="        ", break_on_hyphens=False)


def _legend() -> str:
    padding = f"padding {PADDING}" if PADDING else "no padding"
    text = (
        f"where Conv{KERNEL}-n is a convolution with {KERNEL} x {KERNEL} kernels, {padding} and n output channels, a "
        f"pool is a {POOL} x {POOL} max pool of stride {POOL}, and FC-n is a fully connected layer with n outputs. "
        "Keys:"
    )
    return fill(text, WIDTH, initial_indent="    ", subsequent_indent="    ", break_on_hyphens=False)


def _keys() -> str:
    convolutions = " ".join(name for name, _, _ in CONVOLUTIONS)
    connected = " ".join(name for name, _ in FULLY_CONNECTED)
    units = [f"FC-{units}" for _, units in FULLY_CONNECTED]
    many = len(CONVOLUTIONS)
    count = f"the {_NUMBERS[many] if many < len(_NUMBERS) else many} convolutions, in order"
    rows = (
        (convolutions, count if many > 1 else "the convolution"),
        (connected, " and ".join(filter(None, (", ".join(units[:-1]), units[-1])))),
        ("total", "everything"),
    )
    column = max(len(names) for names, _ in rows) + 4
    return "\n".join(f"        {names:<{column}}{meaning}" for names, meaning in rows)
