"""What the template says of facts that stand elsewhere: the network of 3.1, and the points of the rubric.

`python -m reference.derivation.key` writes them into the template, so that a student reads what is graded, and the
names of the layers into the rubric, which students have too: their self-check asks for those keys.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import zip_longest
from pathlib import Path
from textwrap import fill, wrap

import yaml

from autograder.assignment.frozen import read_rubric
from autograder.bundle.template_points import pointed
from reference.network import Network

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = ROOT / "student_template"
NETWORK = "convolutional.py"
WIDTH = 120

# From the line that describes the input, by the line that describes the total, to the line with an example.
_PLACE = re.compile(r"^    Input \d.*?^        total [^\n]*\n\n    For example, [^\n]*\n", re.MULTILINE | re.DOTALL)
_NAMES = re.compile(r"^( +layers:) \[[^\]]*\]", re.MULTILINE)
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def worded(asked: Network, folder: Path = TEMPLATE, root: Path = ROOT) -> Mapping[Path, str]:
    """The files of a template, and the rubric, as they should be, by path.

    ValueError: the network has no place. RubricError: the rubric is wrong. OSError: a file is missing.
    """
    path = root / "tests" / "rubric.yaml"
    rubric = read_rubric(path).rubric
    texts = {file: pointed((folder / file).read_text(encoding="utf-8"), rubric) for file in rubric.files()}
    template = {folder / file: placed(text, asked) if file == NETWORK else text for file, text in texts.items()}
    return {**template, path: named(path.read_text(encoding="utf-8"), asked)}


# ------------------------------------------------------------------------------------------------------------ network


def named(rubric: str, asked: Network) -> str:
    """The rubric with the names of the layers in row 3.1. ValueError: they have no place there, or two."""
    if len(_NAMES.findall(rubric)) != 1:
        raise ValueError("rubric.yaml: expected one line such as `layers: [conv1, fc1]`, in the params of row 3.1")
    return _NAMES.sub(rf"\1 [{', '.join(map(_quoted, asked.names))}]", rubric)


def _quoted(name: str) -> str:
    """A name as YAML reads it as one: `no` and `null` need quotes."""
    return name if yaml.safe_load(name) == name and name.lower() not in ("y", "n") else f'"{name}"'


def network(asked: Network) -> str:
    """The network and the keys of its counts, as they stand in the docstring of the template."""
    return (
        "\n\n".join((_input(asked), f"        {_layers(asked)}", _legend(asked), _keys(asked), _example(asked))) + "\n"
    )


def placed(template: str, asked: Network) -> str:
    """The template with the network's words in their place. ValueError: the place is not there, or there twice."""
    if len(_PLACE.findall(template)) != 1:
        raise ValueError(
            f"{NETWORK} of the template: expected one passage from a line that begins with 'Input' and a number, "
            "by a line that begins with 'total', to one that begins with 'For example'; `make key` writes the network "
            "between them"
        )
    return _PLACE.sub(lambda _: network(asked), template)


def _input(asked: Network) -> str:
    channels, height, width = asked.image
    return f"    Input {channels} x {height} x {width} (channels x height x width), then"


def _layers(asked: Network) -> str:
    row: list[str] = []
    for _, filters, pooled in asked.convolutions:
        row += [f"Conv{asked.kernel}-{filters}", "pool"] if pooled else [f"Conv{asked.kernel}-{filters}"]
    row += [f"FC-{units}" for _, units in asked.fully_connected]
    return fill(", ".join([*row, "softmax"]), WIDTH - 8, subsequent_indent="        ", break_on_hyphens=False)


def _legend(asked: Network) -> str:
    kernel, pool = f"{asked.kernel} x {asked.kernel}", f"{asked.pool} x {asked.pool}"
    what = [f"{kernel} kernels", *([f"stride {asked.stride}"] if asked.stride > 1 else [])]
    what.append(f"padding {asked.padding}" if asked.padding else "no padding")
    parts = [f"where Conv{asked.kernel}-n is a convolution with {', '.join(what)} and n output channels"]
    if any(pooled for _, _, pooled in asked.convolutions):
        parts.append(f"a pool is a {pool} max pool of stride {asked.pool_stride}")
    parts.append("and FC-n is a fully connected layer with n outputs")
    joined = ", ".join(parts) if len(parts) > 2 else " ".join(parts)
    text = f"{joined}. {_biases(asked)} Keys:"
    return fill(text, WIDTH, initial_indent="    ", subsequent_indent="    ", break_on_hyphens=False)


def _biases(asked: Network) -> str:
    if asked.conv_bias and asked.fc_bias:
        return "Convolutions and fully connected layers have biases, which count."
    if asked.conv_bias:
        return "Convolutions have biases, which count; fully connected layers have none."
    if asked.fc_bias:
        return "Convolutions have no biases; fully connected layers have biases, which count."
    return "No layer has biases."


def _keys(asked: Network) -> str:
    units = [f"FC-{units}" for _, units in asked.fully_connected]
    many = len(asked.convolutions)
    count = f"the {_NUMBERS[many] if many < len(_NUMBERS) else many} convolutions, in order"
    rows = (
        (_key_lines(name for name, *_ in asked.convolutions), count if many > 1 else "the convolution"),
        (_key_lines(name for name, _ in asked.fully_connected), _listed(units)),
        (["total"], "everything"),
    )
    column = max(len(line) for lines, _ in rows for line in lines) + 4
    return "\n".join(line for lines, meaning in rows for line in _beside(lines, meaning, column))


def _key_lines(names: Iterable[str]) -> list[str]:
    return wrap(" ".join(names), 48)


def _listed(words: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def _beside(lines: Sequence[str], meaning: str, column: int) -> Iterator[str]:
    """Keys, and beside them what they mean."""
    said = wrap(meaning, WIDTH - 8 - column, break_on_hyphens=False)
    for keys, words in zip_longest(lines, said, fillvalue=""):
        yield f"        {keys:<{column}}{words}".rstrip()


def _example(asked: Network) -> str:
    computed = "10 * 5 + 5 = 55" if asked.fc_bias else "10 * 5 = 50"
    return f"    For example, a fully connected layer from 10 inputs to 5 outputs has {computed} parameters."
