"""Question 3: wrong counts by misconception, right counts in unusual forms, values that are no counts, and both blocks.

The wrong counts are generated: each case gives the layers and the total of someone who has just that misconception.
"""

from __future__ import annotations

from fractions import Fraction

from reference.catalogue import Case
from reference.diagnosis.architecture import Reading, count
from reference.diagnosis.misconceptions import Misconception, counts_of, misconceptions, total_of

_ASKED = Reading()
_RIGHT = count(_ASKED)
_LAYERS = [name for name in _RIGHT if name != "total"]
_TOTAL = _RIGHT["total"]
_ROUNDED = round(_TOTAL, 4 - len(str(_TOTAL)))  # as people remember it: four digits
_PER_LAYER, _MOST = Fraction(1, 10), Fraction(6, 10)  # of the row's points, where the total is not right


def _counts(text: str) -> str:
    """A parameter_counts() that returns what the text says; `right` holds the right counts, `np` is numpy."""
    return f"import numpy as np\n\nright = {_RIGHT!r}\n\n\ndef parameter_counts():\n    return {text}\n"


def _partial(name: str, text: str, right_layers: int, says: str = "") -> Case:
    """A case whose total is not right: it earns something for each layer that is."""
    credit = min(right_layers * _PER_LAYER, _MOST)
    return Case("3.1", name, _counts(text), "partial" if credit else "failed", str(credit), says)


def _of_misconception(one: Misconception) -> Case:
    counts = counts_of((one,), _ASKED)
    given = {name: counts[name] for name in _RIGHT if name in counts}
    right_layers = sum(given.get(name) == _RIGHT[name] for name in _LAYERS)
    return _partial(one.name, repr(given), right_layers, one.name)


def _only_total(one: Misconception) -> Case:
    return _partial(f"only a total: {one.name}", repr({"total": total_of((one,), _ASKED)}), 0, one.name)


def _right(name: str, text: str) -> Case:
    return Case("3.1", name, _counts(text), "passed", "1")


_MISCONCEPTIONS = misconceptions(_ASKED)

_WRONG_COUNTS = (
    *(_of_misconception(one) for one in _MISCONCEPTIONS),
    *(_only_total(one) for one in _MISCONCEPTIONS[:3]),
    _partial("the layers right, the total not their sum", "{**right, 'total': right['total'] + 1}", 6),
    _partial(
        "one layer wrong, the total their sum", "{**right, 'conv1': 1, 'total': right['total'] - right['conv1'] + 1}", 5
    ),
    _partial("every layer right, no total", "{name: right[name] for name in right if name != 'total'}", 6),
    _partial(
        "two layers right, the others and the total missing", "{name: right[name] for name in ('conv1', 'fc2')}", 2
    ),
    _partial("nothing in it", "{}", 0),
    _partial(f"about {_ROUNDED / 1e6:g} million", f"{{'total': {_ROUNDED:_}}}", 0),
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
    _right("text of digits", "{name: str(number) for name, number in right.items()}"),
    _right("layers without parameters listed too", "{**right, 'softmax': 0, 'pool1': 0}"),
    _right("numpy integers", "{name: np.int64(number) for name, number in right.items()}"),
    _right(
        "numpy floats and unsigned integers",
        "{'conv1': np.float64(right['conv1']), 'total': np.uint64(right['total'])}",
    ),
)

_NO_COUNTS = (
    *(
        _partial(f"the total is {name}", f"{{'total': {value}}}", 0)
        for name, value in (
            ("True", "True"),
            ("None", "None"),
            ("words", "'many'"),
            ("empty text", "''"),
            ("not integral", "right['total'] + 0.5"),
            ("negative", "-right['total']"),
            ("NaN", "float('nan')"),
            ("infinite", "float('inf')"),
            ("a list", "[right['total']]"),
            ("complex", "complex(right['total'])"),
            ("text that is not integral", "str(right['total']) + '.5'"),
            ("commas in the wrong places", "str(right['total'])[:-4] + ',' + str(right['total'])[-4:]"),
            ("a formula as text", "str(right['total'] - 1) + ' + 1'"),
            ("an integer of 5000 digits", "10**5000"),
        )
    ),
    _partial("the layers right, the total as words", "{**right, 'total': 'many'}", 6),
    _partial("one layer True, the total missing", "{**{n: right[n] for n in ('conv2', 'fc2')}, 'conv1': True}", 2),
    _partial("a list, not a dict", "list(right.values())", 0),
    _partial("a number, not a dict", "right['total']", 0),
    _partial("None", "None", 0),
)


def _block(name: str, value: str, outcome: str) -> Case:
    credit = "1" if outcome == "passed" else "0"
    return Case("3.2a", name, f"RESNET_EASIER_TO_TRAIN = {value}\n", outcome, credit)


_BLOCKS = (
    _block("in capitals", "'LEFT'", "passed"),
    _block("with a capital", "'Left'", "passed"),
    _block("spaces around it", "'  left\\n'", "passed"),
    _block("in a phrase", "'the left one'", "passed"),
    _block("the other block", "'right'", "failed"),
    _block("the other block, with a capital", "'Right'", "failed"),
    _block("both", "'left or right'", "failed"),
    _block("neither word", "'the first one'", "failed"),
    _block("a number", "1", "failed"),
    _block("True", "True", "failed"),
    _block("a list", "['left']", "failed"),
)

CASES: tuple[Case, ...] = (*_WRONG_COUNTS, *_RIGHT_FORMS, *_NO_COUNTS, *_BLOCKS)
