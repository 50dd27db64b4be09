"""What the template says of facts that stand elsewhere: the network of 3.1, and the points of the rubric.

`python -m reference.derivation.key` writes them into the template, so that a student reads what is graded.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from textwrap import fill

from autograder.assignment.frozen import read_rubric
from autograder.assignment.rubric import Question, Row, Rubric
from autograder.core.points import decimal_text
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


# ------------------------------------------------------------------------------------------------------------- points


def pointed(template: str, rubric: Rubric) -> str:
    """A file of the template in which the points of questions and rows are the rubric's, wherever it names them.

    It may name them as "Question 1: ... (2.5 points)." in its first line, "2.3 (extra credit, 0.5 points" and
    "(2.1a, 0.5 points)".
    """
    for question in rubric.questions:
        template = _heading(question, template)
        for row in question.rows:
            template = _row(row, template)
    return template


def _heading(question: Question, template: str) -> str:
    extra = f", extra credit {decimal_text(Fraction(question.extra_points))}" if question.extra_points else ""
    form = rf'\A("""Question {question.title.split()[0]}: .*) \([\d.]+ points?(, extra credit [\d.]+)?\)\.'
    return re.sub(form, rf"\1 ({_points(Fraction(question.points))}{extra}).", template)


def _row(row: Row, template: str) -> str:
    number, extra = re.escape(row.number), "extra credit, " if row.extra_credit else ""
    opened = re.sub(
        rf"(?<![\w.]){number} \((extra credit, )?[\d.]+ points?\b",
        f"{row.number} ({extra}{_points(row.worth)}",
        template,
    )
    return re.sub(
        rf"\({number}, (extra credit, )?[\d.]+ points?\)", f"({row.number}, {extra}{_points(row.worth)})", opened
    )


def _points(points: Fraction) -> str:
    return f"{decimal_text(points)} point{'' if points == 1 else 's'}"


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
