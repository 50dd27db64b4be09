"""Question 3: wrong counts by misconception, right counts in unusual forms, values that are no counts, and both blocks.

The wrong counts are generated: each case gives the layers and the total of someone who has just that misconception.
"""

from __future__ import annotations

from collections.abc import Collection

from autograder.bundle.planted import Found
from reference.catalogue import RIGHT, UNREADABLE, Case
from reference.diagnosis.architecture import Reading, count
from reference.diagnosis.misconceptions import Misconception, counts_of, misconceptions, total_of

_ASKED = Reading()
_RIGHT = count(_ASKED)
_LAYERS = [name for name in _RIGHT if name != "total"]
_TOTAL = _RIGHT["total"]
_ROUNDED = round(_TOTAL, 4 - len(str(_TOTAL)))  # as people remember it: four digits


def _counts(text: str) -> str:
    """A parameter_counts() that returns what the text says; `right` holds the right counts, `np` is numpy."""
    return f"import numpy as np\n\nright = {_RIGHT!r}\n\n\ndef parameter_counts():\n    return {text}\n"


def _wrong(name: str, text: str, right_layers: Collection[str] = (), names: str = "") -> Case:
    """A case whose total is not right; names: the misconception behind it, which the rubric may keep from students."""
    found = {"total_right": False, "right_layers": [layer for layer in _LAYERS if layer in right_layers]}
    return Case("3.1", name, _counts(text), found, names=names)


def _unreadable(name: str, text: str) -> Case:
    return Case("3.1", name, _counts(text), UNREADABLE)


def _of_misconception(one: Misconception) -> Case:
    counts = counts_of((one,), _ASKED)
    given = {name: counts[name] for name in _RIGHT if name in counts}
    return _wrong(one.name, repr(given), [name for name in _LAYERS if given.get(name) == _RIGHT[name]], one.name)


def _only_total(one: Misconception) -> Case:
    return _wrong(f"only a total: {one.name}", repr({"total": total_of((one,), _ASKED)}), names=one.name)


def _right(name: str, text: str) -> Case:
    return Case("3.1", name, _counts(text), RIGHT)


_MISCONCEPTIONS = misconceptions(_ASKED)

_WRONG_COUNTS = (
    *(_of_misconception(one) for one in _MISCONCEPTIONS),
    *(_only_total(one) for one in _MISCONCEPTIONS[:3]),
    _wrong("the layers right, the total not their sum", "{**right, 'total': right['total'] + 1}", _LAYERS),
    _wrong(
        "one layer wrong, the total their sum",
        "{**right, 'conv1': 1, 'total': right['total'] - right['conv1'] + 1}",
        _LAYERS[1:],
    ),
    _wrong("every layer right, no total", "{name: right[name] for name in right if name != 'total'}", _LAYERS),
    _wrong(
        "two layers right, the others and the total missing",
        "{name: right[name] for name in ('conv1', 'fc2')}",
        ("conv1", "fc2"),
    ),
    _wrong(f"about {_ROUNDED / 1e6:g} million", f"{{'total': {_ROUNDED:_}}}"),
    _unreadable("the total negative", "{'total': -right['total']}"),
)

_RIGHT_FORMS = (
    _right("only a total", "{'total': right['total']}"),
    _right("some layers missing", "{'conv1': right['conv1'], 'total': right['total']}"),
    _right("the total right and a layer wrong", "{**right, 'conv1': 1}"),
    _right("integral floats", "{name: float(number) for name, number in right.items()}"),
    _right("text with commas", "{name: f'{number:,}' for name, number in right.items()}"),
    _right("text with spaces", "{name: f'{number:,}'.replace(',', ' ') for name, number in right.items()}"),
    _right("text with dots between groups of three", "{'total': f\"{right['total']:,}\".replace(',', '.')}"),
    _right("text in scientific notation", "{'total': f\"{right['total'] / 1e8!r}e8\"}"),
    _right("a formula as text", "{'total': str(right['total'] - 1) + ' + 1'}"),
    _right("text of digits", "{name: str(number) for name, number in right.items()}"),
    _right("layers without parameters listed too", "{**right, 'softmax': 0, 'pool1': 0}"),
    _right("numpy integers", "{name: np.int64(number) for name, number in right.items()}"),
    _right(
        "numpy floats and unsigned integers",
        "{'conv1': np.float64(right['conv1']), 'total': np.uint64(right['total'])}",
    ),
)

_NO_COUNTS = (
    _unreadable("nothing in it", "{}"),
    *(
        _unreadable(f"the total is {name}", f"{{'total': {value}}}")
        for name, value in (
            ("True", "True"),
            ("None", "None"),
            ("words", "'many'"),
            ("empty text", "''"),
            ("not integral", "right['total'] + 0.5"),
            ("NaN", "float('nan')"),
            ("infinite", "float('inf')"),
            ("a list", "[right['total']]"),
            ("complex", "complex(right['total'])"),
            ("text that is not integral", "str(right['total']) + '.5'"),
            ("commas in the wrong places", "str(right['total'])[:-4] + ',' + str(right['total'])[-4:]"),
            ("an integer of 5000 digits", "10**5000"),
        )
    ),
    _wrong("the layers right, the total as words", "{**right, 'total': 'many'}", _LAYERS),
    _wrong(
        "one layer True, the total missing",
        "{**{n: right[n] for n in ('conv2', 'fc2')}, 'conv1': True}",
        ("conv2", "fc2"),
    ),
    _unreadable("a list, not a dict", "list(right.values())"),
    _unreadable("a number, not a dict", "right['total']"),
    _unreadable("None", "None"),
)


def _block(name: str, value: str, found: Found) -> Case:
    return Case("3.2a", name, f"RESNET_EASIER_TO_TRAIN = {value}\n", found)


_OTHER = {"right": False}

_BLOCKS = (
    _block("in capitals", "'LEFT'", RIGHT),
    _block("with a capital", "'Left'", RIGHT),
    _block("spaces around it", "'  left\\n'", RIGHT),
    _block("in a phrase", "'the left one'", RIGHT),
    _block("the other block", "'right'", _OTHER),
    _block("the other block, with a capital", "'Right'", _OTHER),
    _block("both", "'left or right'", UNREADABLE),
    _block("neither word", "'the first one'", UNREADABLE),
    _block("a number", "1", UNREADABLE),
    _block("True", "True", UNREADABLE),
    _block("a list", "['left']", UNREADABLE),
)

CASES: tuple[Case, ...] = (*_WRONG_COUNTS, *_RIGHT_FORMS, *_NO_COUNTS, *_BLOCKS)
