"""Question 3: wrong counts by misconception, right counts in unusual forms, values that are no counts, and both blocks.

The wrong counts are generated: each case gives the layers and the total of someone who has just that misconception.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from autograder.bundle.planted import Found
from reference.catalogue import RIGHT, UNREADABLE, Case
from reference.diagnosis.architecture import asked, count
from reference.diagnosis.misconceptions import Misconception, counts_of, explain, misconceptions

_ASKED = asked()
_RIGHT = count(_ASKED)
_LAYERS = [name for name in _RIGHT if name != "total"]
_FIRST, _LAST = _LAYERS[0], _LAYERS[-1]
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
    right = [name for name in _LAYERS if given.get(name) == _RIGHT[name]]
    return _wrong(one.name, repr(given), right, _named(one, given))


def _only_total(one: Misconception) -> Case:
    given = {"total": counts_of((one,), _ASKED)["total"]}
    return _wrong(f"only a total: {one.name}", repr(given), names=_named(one, given))


def _named(one: Misconception, given: Mapping[str, int]) -> str:
    """Its name if these counts can tell it from others: in a small network many misconceptions come to one total."""
    return one.name if one.name in " ".join(explain(given, _ASKED)) else ""


def _right(name: str, text: str) -> Case:
    return Case("3.1", name, _counts(text), RIGHT)


_MISCONCEPTIONS = misconceptions(_ASKED)

_WRONG_COUNTS = (
    *(_of_misconception(one) for one in _MISCONCEPTIONS),
    *(_only_total(one) for one in _MISCONCEPTIONS[:3]),
    _wrong("the layers right, the total not their sum", "{**right, 'total': right['total'] + 1}", _LAYERS),
    _wrong(
        "one layer wrong, the total their sum",
        f"{{**right, {_FIRST!r}: right[{_FIRST!r}] + 1, 'total': right['total'] + 1}}",
        _LAYERS[1:],
    ),
    _wrong("every layer right, no total", "{name: right[name] for name in right if name != 'total'}", _LAYERS),
    _wrong(
        "two layers right, the others and the total missing",
        f"{{name: right[name] for name in {(_FIRST, _LAST)!r}}}",
        (_FIRST, _LAST),
    ),
    *([_wrong(f"about {_ROUNDED / 1e6:g} million", f"{{'total': {_ROUNDED:_}}}")] if _ROUNDED != _TOTAL else []),
    _unreadable("the total negative", "{'total': -right['total']}"),
)

_RIGHT_FORMS = (
    _right("only a total", "{'total': right['total']}"),
    _right("some layers missing", f"{{{_FIRST!r}: right[{_FIRST!r}], 'total': right['total']}}"),
    _right("the total right and a layer wrong", f"{{**right, {_FIRST!r}: right[{_FIRST!r}] + 1}}"),
    _right("integral floats", "{name: float(number) for name, number in right.items()}"),
    _right("text with commas", "{name: f'{number:,}' for name, number in right.items()}"),
    _right("text with spaces", "{name: f'{number:,}'.replace(',', ' ') for name, number in right.items()}"),
    _right("text with dots between groups of three", "{'total': f\"{right['total']:,}\".replace(',', '.')}"),
    _right("text in scientific notation", "{'total': f\"{right['total']:.15e}\"}"),
    _right("a formula as text", "{'total': str(right['total'] - 1) + ' + 1'}"),
    _right("text of digits", "{name: str(number) for name, number in right.items()}"),
    _right("layers without parameters listed too", "{**right, 'softmax': 0, 'pool1': 0}"),
    _right("numpy integers", "{name: np.int64(number) for name, number in right.items()}"),
    _right(
        "numpy floats and unsigned integers",
        f"{{{_FIRST!r}: np.float64(right[{_FIRST!r}]), 'total': np.uint64(right['total'])}}",
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
        f"{{**{{name: right[name] for name in {_LAYERS[1:]!r}}}, {_FIRST!r}: True}}",
        _LAYERS[1:],
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
