"""Question 1: weights that cannot be read, networks that add wrongly, and right networks in unusual forms.

The row of a wrong network is 1.3, which decides; 1.2 then counts the additions that happen to be right. Where even the
lowest bit is always wrong, nothing is right in 1.2 either, and the row is 1.2.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograder.maths.threshold.network import CONVENTIONS
from reference.catalogue import JUDGED, RIGHT, UNREADABLE, WRONG, Case


def _weights(change: str) -> str:
    """A rnn_weights() that returns the reference's weights, `w`, after the change: lines of Python, ; between them."""
    lines = "".join(f"    {line.strip()}\n" for line in change.split(";"))
    return f"_right = rnn_weights\n\n\ndef rnn_weights():\n    w = _right()\n{lines}    return w\n"


def _unreadable(name: str, change: str, says: str) -> Case:
    return Case("1.1", name, _weights(change), UNREADABLE, says, also={"1.2": UNREADABLE, "1.3": UNREADABLE})


def _decided(*right: str) -> dict[str, Any]:
    """What row 1.3 must find: whether the network is right, under each reading of step(0)."""
    return {convention: {"right": int(convention in right), "of": 1} for convention in CONVENTIONS}


def _no_addition(params: Any) -> Any:
    """What row 1.2 must find where no addition at all comes out right; a single column says too little for that."""
    none = {convention: {"right": 0, "of": params.additions} for convention in CONVENTIONS}
    return none if params.columns > 1 else JUDGED


def _wrong(
    name: str, change: str, says: str | Callable[[Any], str], *, additions: Any = JUDGED, other_reading: bool = False
) -> Case:
    """additions: what row 1.2 must find, which counts those that happen to be right.

    other_reading: whether the network is right if its weights are read in another way, which the rubric may credit.
    """
    found = {**_decided(), "other_reading": other_reading}
    return Case("1.3", name, _weights(change), found, says, also={"1.2": additions})


def _misread(name: str, change: str, says: str | Callable[[Any], str], *, additions: Any = JUDGED) -> Case:
    return _wrong(name, change, says, additions=additions, other_reading=True)


def _seldom_right(name: str, change: str) -> Case:
    return Case("1.2", name, _weights(change), WRONG, " additions are right", also={"1.3": _NOT_RIGHT})


def _always_wrong(name: str, change: str) -> Case:
    return Case("1.2", name, _weights(change), _no_addition, " additions are right", also={"1.3": _NOT_RIGHT})


def _right(row: str, name: str, change: str) -> Case:
    return Case(row, name, _weights(change), RIGHT)


def _right_for(convention: str, name: str, change: str, says: str = "") -> Case:
    """A network that is right under one reading of step(0); under a rubric that takes the other one, it is misread."""

    def taken(params: Any) -> bool:
        return params.step_at_zero in ("either", convention)

    def found(params: Any) -> dict[str, Any]:
        return _decided(convention) if taken(params) else {**_decided(convention), "other_reading": True}

    def told(params: Any) -> str:
        return says if taken(params) else ""

    def additions(params: Any) -> str:
        return RIGHT if taken(params) else JUDGED

    return Case("1.3", name, _weights(change), found, told, also={"1.2": additions})


def _on_the_boundary(factor: str, bh: str = "[-f * k for k in (1, 2, 3)]", by: str = "-f") -> str:
    """A change to weights of one factor, and biases on the lower ends of their intervals."""
    return f"f = {factor}; w = dict(Wxh=f * w['Wxh'], Whh=f * w['Whh'], bh={bh}, Why=f * w['Why'], by={by})"


def _all(number: str) -> str:
    """A change of every float `v` to another number."""
    change = f"np.vectorize(lambda v: {number}, otypes=[object])"
    return f"; import decimal, fractions; w = {{name: {change}(np.float64(a)).tolist() for name, a in w.items()}}"


_NOT_RIGHT = _decided()


def _rows(*rows: tuple[int, ...]) -> str:
    """A change to the network with three rows x1 x2 h1 h2 h3 bias and the output row h1 h2 h3 bias."""
    *hidden, output = rows
    return (
        f"r = np.array({[list(row) for row in hidden]}); "
        f"w = dict(Wxh=r[:, :2], Whh=r[:, 2:5], bh=r[:, 5], Why={list(output[:3])}, by={output[3]})"
    )


_UNREADABLE = (
    # shapes
    _unreadable("Wxh 2 x 3, for row vectors", "w['Wxh'] = w['Wxh'].T", "Wxh"),
    _unreadable("bh a scalar", "w['bh'] = -0.5", "bh"),
    _unreadable("Whh flat", "w['Whh'] = w['Whh'].ravel()", "Whh"),
    _unreadable("rows that differ in length", "w['Whh'] = [[0, 1, 0], [0, 1], [0, 1, 0]]", "Whh"),
    _unreadable("an empty matrix", "w['Wxh'] = []", "Wxh"),
    _unreadable(
        "two hidden units",
        "w = dict(Wxh=np.ones((2, 2)), Whh=np.eye(2), bh=[-0.5, -1.5], Why=[1, -1], by=-0.5)",
        "Wxh",
    ),
    _unreadable(
        "four hidden units, the fourth unused",
        "w = dict(Wxh=np.ones((4, 2)), Whh=[[0, 1, 0, 0]] * 4, bh=[-0.5, -1.5, -2.5, -9], Why=[1, -1, 1, 0], by=-0.5)",
        "Wxh",
    ),
    # names
    _unreadable("Whh not there", "del w['Whh']", "Whh"),
    _unreadable("by not there", "del w['by']", "by"),
    _unreadable("the names U, W, V", "w = dict(U=w['Wxh'], W=w['Whh'], bh=w['bh'], V=w['Why'], by=w['by'])", "Wxh"),
    _unreadable("a tuple instead of a dict", "w = tuple(w.values())", "dict"),
    # numbers
    _unreadable("a NaN in bh", "w['bh'][1] = np.nan", "bh"),
    _unreadable("an infinite by", "w['by'] = -np.inf", "by"),
    _unreadable("a NaN that is a Decimal", "from decimal import Decimal; w['by'] = Decimal('nan')", "by"),
    _unreadable("complex weights", "w['Wxh'] = w['Wxh'].astype(complex)", "Wxh"),
    _unreadable("truth values for weights", "w['Wxh'] = w['Wxh'] > 0", "Wxh"),
    _unreadable("text for a number", "w['by'] = '-1/2'", "by"),
    _unreadable("None for a number", "w['by'] = None", "by"),
)

_WRONG = (
    # the recurrence
    _misread("Whh transposed", "w['Whh'] = w['Whh'].T", "Whh is transposed"),
    _wrong("no recurrence", "w['Whh'] = np.zeros((3, 3))", "the carry into bit 1 is lost"),
    _wrong("the carry read from h1", "w['Whh'] = [[1, 0, 0]] * 3", "a carry into bit 1 that should not be there"),
    _wrong("the carry read from h3", "w['Whh'] = [[0, 0, 1]] * 3", "the carry into bit 1 is lost"),
    _wrong("each unit reads itself", "w['Whh'] = np.eye(3)", "0 + 1 (LSB first): expected 1 0, your network says 1 1"),
    _wrong(
        "the carry missing in h1: the last one is lost in the padding",
        "w['Whh'][0, 1] = 0",
        "1 + 1 (LSB first): expected 0 1, your network says 0 0",
    ),
    _wrong("the carry missing in h2", "w['Whh'][1, 1] = 0", "10 + 11 (LSB first): expected 0 0 1"),
    _wrong("the carry missing in h3", "w['Whh'][2, 1] = 0", "11 + 11 (LSB first): expected 0 1 1"),
    _wrong(
        "the carry keeps itself: a self-weight of 2",
        "w['Whh'][1, 1] = 2",
        "bit 1 is wrong (inputs 0 and 0, carry in 1)",
    ),
    _wrong("the carry counted twice", "w['Whh'] = w['Whh'] * 2", "1 + 1 (LSB first): expected 0 1"),
    _wrong("the carry with the wrong sign", "w['Whh'] = -w['Whh']", "bit 1 is wrong (inputs 0 and 0, carry in 1)"),
    # the inputs
    _wrong("one input not read", "w['Wxh'][:, 1] = 0", "0 + 1 (LSB first): expected 1 0, your network says 0 0"),
    _wrong("an input of h3 forgotten", "w['Wxh'][2, 0] = 0", "11 + 11 (LSB first): expected 0 1 1"),
    # the output
    _wrong("Why for sums up to 2 only", "w['Why'] = [1, -1, 0]", "bit 1 is wrong (inputs 1 and 1, carry in 1)"),
    _wrong("Why of ones", "w['Why'] = [1, 1, 1]", "1 + 1 (LSB first): expected 0 1, your network says 1 1"),
    _wrong("Why (1, -2, 1)", "w['Why'] = [1, -2, 1]", "bit 1 is wrong (inputs 1 and 1, carry in 1)"),
    _wrong("the carry as the output", "w['Why'] = [0, 1, 0]", "0 + 1 (LSB first): expected 1 0, your network says 0 0"),
    # the biases
    _misread("bh as thresholds", "w['bh'] = -w['bh']", "bh is subtracted, not added", additions=_no_addition),
    _misread("by as a threshold", "w['by'] = -w['by']", "by is subtracted, not added", additions=_no_addition),
    _misread(
        "bh and by as thresholds",
        "w['bh'] = -w['bh']; w['by'] = -w['by']",
        "bh and by are subtracted, not added",
        additions=_no_addition,
    ),
    _wrong("h1 and h2 with the same bias", "w['bh'] = [-1.5, -1.5, -2.5]", "0 + 1 (LSB first): expected 1 0"),
    _wrong("h1 and h2 with each other's bias", "w['bh'] = w['bh'][[1, 0, 2]]", "0 + 1 (LSB first): expected 1 0"),
    _wrong(
        "biases on both ends of their intervals",
        "w['bh'] = [0, -1, -2]; w['by'] = -1",
        lambda params: f"0 + {int(params.step_at_zero != 'inclusive')} (LSB first): expected",
    ),
    # another initial state
    _misread(
        "h2 complemented: right from h(0) = (0, 1, 0) only",
        "w['Wxh'][1] *= -1; w['Whh'] = [[0, -1, 0], [0, 1, 0], [0, -1, 0]]; w['bh'] = [0.5, 0.5, -1.5]; "
        "w['Why'] = [1, 1, 1]; w['by'] = -1.5",
        "h(0) is (0, 1, 0), (0, 1, 1), (1, 1, 0) or (1, 1, 1)",
        additions=_no_addition,
    ),
    # two misreadings in one
    _misread(
        "Whh transposed, right with step(0) = 0 only",
        "w['Whh'] = w['Whh'].T; w['bh'] = [0, -1, -2]; w['by'] = 0",
        lambda params: "Whh is transposed" + (" and step(0) is 0" if params.step_at_zero != "strict" else ":"),
    ),
    _misread(
        "Whh transposed, and all biases as thresholds",
        "w['Whh'] = w['Whh'].T; w['bh'] = -w['bh']; w['by'] = -w['by']",
        "Whh is transposed and bh and by are subtracted, not added",
        additions=_no_addition,
    ),
    # right for short numbers: found by going through all networks; more than 6 columns are not possible
    _wrong(
        "right for the first 3 columns",
        _rows((8, -10, 2, 4, -8, 3), (-10, 4, -4, -2, -4, 7), (8, 8, 2, -4, 10, -11), (-4, -4, -4, 7)),
        "a carry into bit 3 that should not be there",
    ),
    _wrong(
        "right for the first 4 columns, and 9 of 10 random additions",
        _rows((8, -10, -2, -8, -4, 7), (8, 8, 2, 10, -4, -13), (10, -8, -2, 8, 4, -7), (-4, -4, 4, 3)),
        "1001 + 1101 (LSB first): expected 0 0 1 0 1, your network says 0 0 1 0 0: the carry into bit 4 is lost",
    ),
    _wrong(
        "right for the first 5 columns, and 29 of 30 random additions",
        _rows((8, 8, 10, 2, -4, -11), (-10, 8, -8, -6, 0, 7), (-8, 10, 8, -2, -6, -1), (-4, -4, 4, 3)),
        "a carry into bit 5 that should not be there",
    ),
)

_COMPUTED = "with sums as float64 rounds them"

_RIGHT_IN_FLOAT64 = (
    *(
        _right_for(
            "inclusive",
            f"right for z >= 0 when it is run, not as decimals: weights of {factor}, biases computed",
            _on_the_boundary(factor),
            _COMPUTED,
        )
        for factor in ("1.1", "1 / 3", "np.sqrt(2)")
    ),
    _right_for(
        "inclusive", "right for z >= 0 when it is run, and as decimals: weights of 0.7", _on_the_boundary("0.7")
    ),
    _right_for(
        "strict",
        "right for z > 0 when it is run, not as decimals: weights of 1 / 6, biases computed",
        _on_the_boundary("1 / 6", "[-f * k for k in (0, 1, 2)]", "0.0"),
        _COMPUTED,
    ),
    _right_for(
        "inclusive",
        "weights of 1.1 in lists of floats, with ints for the output",
        _on_the_boundary("1.1") + "; w = {n: np.asarray(v).tolist() for n, v in w.items()}; w['Why'] = [1, -1, 1]; "
        "w['by'] = -1",
        _COMPUTED,
    ),
)

# Whatever fires, or does not, since a computer rounds: absorbed weights, lucky signs, other kinds of numbers.
_ROUNDED = (
    _wrong(
        "right in float64 by absorption only: x1 + x2 + 2^53 c - 2^53",
        "w['Whh'][2, 1] = 2.0**53; w['bh'][2] = -2.0**53",
        lambda params: "only because of rounding errors" if params.step_at_zero != "inclusive" else "your network says",
    ),
    _wrong(
        "the same in ints",
        "w = {n: (2 * np.asarray(v)).astype(int) for n, v in w.items()}; w['Whh'][2, 1] = 2**54; w['bh'][2] = -2**54",
        "your network says",
    ),
    _wrong(
        "right in float64 by a lucky rounding only: 0.1 + 0.2 + 0.3 - 0.6 > 0",
        "w['Wxh'][2] = [0.1, 0.2]; w['Whh'][2, 1] = 0.3; w['bh'] = [0, -1, -0.6]; w['by'] = 0",
        lambda params: "only because of rounding errors" if params.step_at_zero != "inclusive" else "your network says",
    ),
    *(
        _wrong(f"weights of 1.1, biases computed, in {kind}", _on_the_boundary("1.1") + _all(number), "(LSB first)")
        for kind, number in (
            ("Decimal", "decimal.Decimal(repr(float(v)))"),
            ("Fraction", "fractions.Fraction(repr(float(v)))"),
        )
    ),
    _wrong(
        "weights of 1 / 3, biases computed, in float32",
        _on_the_boundary("1 / 3") + "; w = {n: np.asarray(v, dtype=np.float32) for n, v in w.items()}",
        "(LSB first)",
    ),
)

_SELDOM_RIGHT = (
    _seldom_right("an input that is not read", "w['Wxh'][:, 0] = 0"),
    _seldom_right("the carry that is not read", "w['Whh'] = np.zeros((3, 3))"),
)

_ALWAYS_WRONG = (
    _always_wrong("the output turned round", "w['Why'] = -w['Why']; w['by'] = -w['by']"),
    _always_wrong("always 1", "w['Why'] = [0, 0, 0]; w['by'] = 1"),
)

_RIGHT = (
    # the same numbers written in other ways
    _right("1.1", "Why 3 x 1", "w['Why'] = w['Why'].reshape(3, 1)"),
    _right("1.1", "bh 3 x 1", "w['bh'] = w['bh'].reshape(3, 1)"),
    _right("1.1", "by 1 x 1", "w['by'] = [[w['by']]]"),
    _right("1.1", "names in capitals", "w = {name.upper(): value for name, value in w.items()}"),
    _right("1.1", "Why 1 x 3", "w['Why'] = w['Why'].reshape(1, 3)"),
    _right("1.1", "by of shape (1,)", "w['by'] = np.array([w['by']])"),
    _right("1.1", "by in a list", "w['by'] = [w['by']]"),
    _right("1.1", "by an array without dimensions", "w['by'] = np.array(w['by'])"),
    _right("1.1", "nested lists", "w = {name: np.asarray(value).tolist() for name, value in w.items()}"),
    _right("1.1", "nested tuples", "w['Whh'] = tuple(map(tuple, w['Whh'])); w['bh'] = tuple(w['bh'])"),
    _right("1.1", "a list of arrays", "w['Wxh'] = list(w['Wxh'])"),
    _right("1.1", "column-major memory", "w['Wxh'] = np.asfortranarray(w['Wxh'])"),
    _right("1.1", "float32", "w = {name: np.asarray(value, dtype=np.float32) for name, value in w.items()}"),
    _right("1.1", "float16", "w = {name: np.asarray(value, dtype=np.float16) for name, value in w.items()}"),
    _right("1.1", "a numpy scalar for by", "w['by'] = np.float64(w['by'])"),
    _right("1.1", "ints: all weights doubled", "w = {name: (2 * np.asarray(v)).astype(int) for name, v in w.items()}"),
    _right("1.1", "small ints", "w = {name: (2 * np.asarray(v)).astype(np.int8) for name, v in w.items()}"),
    _right("1.1", "Python ints for whole weights", "w['Wxh'] = [[1, 1]] * 3; w['Why'] = [1, -1, 1]"),
    _right(
        "1.1",
        "Fraction",
        "from fractions import Fraction; w['bh'] = [Fraction(1, 2) - k for k in (1, 2, 3)]; w['by'] = Fraction(-1, 3)",
    ),
    _right(
        "1.1",
        "Decimal",
        "from decimal import Decimal; w['bh'] = [Decimal('0.5') - k for k in (1, 2, 3)]; w['by'] = Decimal('-0.1')",
    ),
    # biases elsewhere in their intervals, and rows in other units
    _right("1.3", "biases near the ends of their intervals", "w['bh'] = [-0.001, -1.999, -2.0001]; w['by'] = -0.9999"),
    _right_for("strict", "right for z > 0 only: bh on the upper ends", "w['bh'] = [0, -1, -2]"),
    _right_for("strict", "right for z > 0 only: by = 0", "w['by'] = 0"),
    _right_for("inclusive", "right for z >= 0 only: bh on the lower ends", "w['bh'] = [-1, -2, -3]"),
    _right_for(
        "inclusive", "right for z >= 0 only: all biases on the lower ends", "w['bh'] = [-1, -2, -3]; w['by'] = -1"
    ),
    _right_for(
        "inclusive",
        "right for z >= 0 as decimals, wrong in binary64: 0.7 + 0.7 + 0.7 < 2.1",
        "w = dict(Wxh=0.7 * w['Wxh'], Whh=0.7 * w['Whh'], bh=[-0.7, -1.4, -2.1], Why=0.7 * w['Why'], by=-0.7)",
    ),
    _right_for(
        "inclusive",
        "the same in float32",
        "w = dict(Wxh=0.7 * w['Wxh'], Whh=0.7 * w['Whh'], bh=[-0.7, -1.4, -2.1], Why=0.7 * w['Why'], by=-0.7); "
        "w = {name: np.asarray(value, dtype=np.float32) for name, value in w.items()}",
    ),
    _right(
        "1.3",
        "a scale for each row",
        "a = np.array([3, 0.1, 1e-7]); w['bh'] *= a; w['Wxh'] *= a[:, None]; w['Whh'] *= a[:, None]",
    ),
    _right("1.3", "weights of 1e300", "w = {name: 1e300 * np.asarray(value) for name, value in w.items()}"),
    _right("1.3", "weights of 1e-300", "w = {name: 1e-300 * np.asarray(value) for name, value in w.items()}"),
    _right(
        "1.3",
        "a weight below the last binary digit of the others: 3e16 + 1 - 3e16",
        "w['Wxh'][2] = 1e16; w['Whh'][2] = [1, 1e16, 0]; w['bh'][2] = -3e16",
    ),
    # other units
    _right(
        "1.3",
        "hidden units in another order",
        "p = [2, 0, 1]; w['Whh'] = w['Whh'][p][:, p]; w['bh'] = w['bh'][p]; w['Why'] = w['Why'][p]",
    ),
    _right("1.3", "h1 and h3 exchanged, which shows in bh only", "w['bh'] = w['bh'][::-1]"),
    _right(
        "1.3",
        "h1 complemented: 1 when the sum is 0",
        "w['Wxh'][0] *= -1; w['Whh'][0] *= -1; w['bh'][0] *= -1; w['Why'] = [-1, -1, 1]; w['by'] = 0.5",
    ),
    _right(
        "1.3",
        "h3 complemented: 1 unless the sum is 3",
        "w['Wxh'][2] *= -1; w['Whh'][2] *= -1; w['bh'][2] *= -1; w['Why'] = [1, -1, -1]; w['by'] = 0.5",
    ),
    _right("1.3", "the carry read from h2 and a little of the others", "w['Whh'] = [[0.1, 1, -0.1]] * 3"),
    _right("1.3", "weights on edges that are never reached", "w['Whh'][0] = [0.4, 0.6, 9]; w['Whh'][2, 0] = -0.3"),
    _right(
        "1.3",
        "seven hidden states, and no unit that is the carry",
        _rows((8, 10, 8, 2, 4, -17), (8, 10, -6, -4, -4, -1), (4, -4, 10, 2, 2, -5), (-4, 4, 4, -1)),
    ),
    _right(
        "1.3",
        "a sum of exactly zero that does not matter",
        _rows((10, 10, 10, 0, -8, -11), (-10, -8, 8, 0, -6, 8), (8, -8, -10, -2, 4, 3), (-4, -4, -4, 7)),
    ),
)

CASES = (*_UNREADABLE, *_WRONG, *_ROUNDED, *_SELDOM_RIGHT, *_ALWAYS_WRONG, *_RIGHT, *_RIGHT_IN_FLOAT64)
"""Unreadable weights, wrong networks, right ones in unusual forms."""
