r"""Right answers in unusual forms, and single slips, of this homework: at home (`check`) and on Gradescope (`grade`).

A source is appended to the reference's file of its question. `there` is what rows come to on Gradescope, `here` at
home; a row that is not named is right: passed, written, or deferred at home where only Gradescope judges it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from msgspec import structs

from autograder.assignment.load import Assignment
from autograder.check import command as check
from autograder.core.outcome import Mark, Report
from autograder.core.submission import Submission, read_submission
from autograder.grading.grader import Grading
from reference import convolutional
from tests.homework import planted

ROOT = planted.ROOT
RIGHT = convolutional.parameter_counts()
FIRST, SECOND, *_, LAST, _ = RIGHT
MILLIONS = f"{RIGHT['total'] / 10**6:.1f}M"  # as people remember it
ADDITION, LSTM, CONVOLUTIONAL, AUTOREGRESSIVE = planted.FILES[:4]  # an instructor may add a question


@dataclass(frozen=True)
class Case:
    """One change; says: what must be read in a row at home."""

    why: str
    file: str
    source: str
    there: dict[str, str] = field(default_factory=dict)
    here: dict[str, str] | None = None
    says: dict[str, str] = field(default_factory=dict)
    receipts: dict[str, str] = field(default_factory=dict)


def weights(change: str) -> str:
    """Right weights after a change."""
    lines = "".join(f"    {line.strip()}\n" for line in change.split(";"))
    head = "import collections, types\nfrom fractions import Fraction\n_right = rnn_weights\n"
    return f"{head}def rnn_weights():\n    w = _right()\n{lines}    return w\n"


def counts(text: str) -> str:
    """Counts; `r` holds the right ones."""
    head = "import collections\nimport numpy as np\n_right = parameter_counts\n"
    return f"{head}def parameter_counts():\n    r = _right()\n    return {text}\n"


def right_weights(why: str, change: str) -> Case:
    return Case(f"weights: {why}", ADDITION, weights(change))


def right_counts(why: str, text: str) -> Case:
    return Case(f"counts: {why}", CONVOLUTIONAL, counts(text))


def wrong_weights(why: str, change: str, says: str) -> Case:
    rows = dict.fromkeys(("1.1", "1.2", "1.3"), "failed")
    return Case(f"no weights: {why}", ADDITION, weights(change), rows, says={"1.1": says})


def in_part(why: str, text: str, receipt: str, says: str, there: str = "passed") -> Case:
    """Counts of which a part cannot be read: deferred at home, with the problem; the receipt says which part."""
    rows = {"3.1": there} if there != "passed" else {}
    return Case(f"in part: {why}", CONVOLUTIONAL, counts(text), rows, {}, {"3.1": says}, {"3.1": receipt})


def as_in_india(number: int) -> str:
    """Digits in groups of two, but for the last three: 20,75,07,816."""
    digits = str(number)
    lakhs = digits[:-3]
    groups = [lakhs[max(end - 2, 0) : end] for end in range(len(lakhs), 0, -2)]
    return ",".join([*reversed(groups), digits[-3:]])


CASES = (
    # vectors, matrices and numbers
    right_weights("an OrderedDict", "w = collections.OrderedDict(w)"),
    right_weights("a UserDict", "w = collections.UserDict(w)"),
    right_weights("a read-only mapping", "w = types.MappingProxyType(w)"),
    right_weights("a ChainMap", "w = collections.ChainMap({'by': w.pop('by')}, w)"),
    right_weights("keys that are numpy's text", "w = {np.str_(name): value for name, value in w.items()}"),
    right_weights("names with spaces", "w = {f' {name} ': value for name, value in w.items()}"),
    right_weights("bh a row", "w['bh'] = np.reshape(w['bh'], (1, 3))"),
    right_weights("by an array 1 x 1", "w['by'] = np.full((1, 1), w['by'])"),
    right_weights("matrices of numpy", "w = {n: np.atleast_2d(v).view(np.matrix) for n, v in w.items()}"),
    right_weights("masked arrays without a mask", "w = {n: np.ma.array(v) for n, v in w.items()}"),
    right_weights("arrays of Fractions", "w['bh'] = np.array([Fraction(-1, 2), Fraction(-3, 2), Fraction(-5, 2)])"),
    right_weights("arrays of objects", "w = {n: np.array(v, dtype=object) for n, v in w.items()}"),
    right_weights("generators", "w['Wxh'] = (map(float, row) for row in w['Wxh']); w['bh'] = iter(list(w['bh']))"),
    Case(
        "weights: iterators in a constant, which three rows ask for",
        ADDITION,
        "W = {n: np.asarray(v).tolist() for n, v in rnn_weights().items()}\nW['bh'] = map(float, W['bh'])\n"
        "def rnn_weights():\n    return W\n",
    ),
    wrong_weights("complex", "w['bh'] = np.asarray(w['bh']) + 0j", "expected real numbers"),
    wrong_weights("NaN in an array of objects", "w['bh'] = np.array([np.nan, -1.5, -2.5], dtype=object)", "finite"),
    wrong_weights("text", "w['by'] = '-0.5'", "expected real numbers, got the string '-0.5'"),
    wrong_weights("four biases", "w['bh'] = [*w['bh'], 0]", "bh: expected shape (3,), got (4,)"),
    wrong_weights("a set", "w['bh'] = set(w['bh'])", "a value of type set"),
    wrong_weights("two values for one name", "w['BH'] = [0, 0, 0]", "two keys for it"),
    wrong_weights("a name that is nobody's", "w['W'] = w.pop('Wxh')", 'unknown key "W", did you mean "Wxh"? Use'),
    # counts
    right_counts("with their unit", "{n: f'{v:,} parameters' for n, v in r.items()}"),
    right_counts("with a sign before", "{n: f'= {v:,}' for n, v in r.items()}"),
    right_counts("with a tilde", "{**r, 'total': f\"~{r['total']:,}\"}"),
    right_counts("with a full stop", "{n: f'{v:,}.' for n, v in r.items()}"),
    right_counts("in millions, every digit", "{**r, 'total': f\"{r['total'] / 10**6:.6f} million\"}"),
    right_counts("as a sum", "{**r, 'total': ' + '.join(str(v) for n, v in r.items() if n != 'total')}"),
    right_counts(
        "as a sum and what it comes to", f"{{**r, {FIRST!r}: '{RIGHT[FIRST] - 64} + 2**3 * 8 = {RIGHT[FIRST]:,}'}}"
    ),
    right_counts("grouped as in India", f"{{**r, 'total': {as_in_india(RIGHT['total'])!r}}}"),
    right_counts("thin spaces", "{n: f'{v:,}'.replace(',', '\\u2009') for n, v in r.items()}"),
    right_counts("no-break spaces", "{n: f'{v:,}'.replace(',', '\\xa0') for n, v in r.items()}"),
    right_counts("apostrophes", "{n: f'{v:,}'.replace(',', \"'\") for n, v in r.items()}"),
    right_counts("keys with capitals and spaces", "{f'{n.title()} ': v for n, v in r.items()}"),
    right_counts("keys with hyphens", "{n.replace('conv', 'Conv-').replace('fc', 'FC-'): v for n, v in r.items()}"),
    right_counts("a Counter", "collections.Counter(r)"),
    right_counts("numpy's text", "{np.str_(n): np.str_(v) for n, v in r.items()}"),
    right_counts("layers without parameters", "{**r, 'softmax': 0, 'pool1': 0, 'relu': None}"),
    # what can be read in part
    in_part(
        "no total",
        "{n: v for n, v in r.items() if n != 'total'}",
        "read in part: no total",
        "Missing: total.",
        "partial",
    ),
    in_part(
        "a layer missing",
        f"{{n: v for n, v in r.items() if n != {LAST!r}}}",
        f"read in part: no {LAST}",
        f"Missing: {LAST}.",
    ),
    in_part(
        "only a total",
        "{'total': r['total']}",
        f"read in part: no {FIRST}, no {SECOND}",
        f"Missing: {FIRST}, {SECOND}",
    ),
    in_part(
        "a rounded total",
        f"{{**r, 'total': {MILLIONS!r}}}",
        "read in part: total perhaps rounded",
        f"{round(RIGHT['total'], -5):,}: write all",
        "partial",
    ),
    in_part(
        "a negative layer",
        f"{{**r, {FIRST!r}: -5}}",
        f"read in part: {FIRST} could not be read",
        "expected a count, got -5",
    ),
    in_part(
        "a sum for a total",
        "{('sum' if n == 'total' else n): v for n, v in r.items()}",
        "read in part: no total, an unknown key",
        'did you mean "total"?',
        "partial",
    ),
    in_part(
        "words for a layer",
        f"{{**r, {SECOND!r}: 'many'}}",
        f"read in part: {SECOND} could not be read",
        "got the string 'many'",
    ),
    in_part("two totals", "{**r, 'Total': 5}", "read in part: total given twice", "two keys for it", "partial"),
    in_part(
        "two numbers in one",
        "{**r, 'total': '207507816 or 207507817'}",
        "read in part: total could not be read",
        "more than one number",
        "partial",
    ),
    # text
    Case("text: a LaTeX bound", AUTOREGRESSIVE, 'PIXELCNN_CONNECTIONS = "O(d \\times k^2 \\times H \\times W)"\n'),
    Case("text: doubled backslashes", AUTOREGRESSIVE, 'PIXELCNN_CONNECTIONS = "O(d \\\\times k^2 \\\\cdot H W)"\n'),
    Case("text: raw", AUTOREGRESSIVE, 'PIXELCNN_CONNECTIONS = r"O(d \\times k^2 \\times H W)"\n'),
    Case("text: an escape that Python refuses, elsewhere", AUTOREGRESSIVE, '"""C:\\Users and \\xi"""\n'),
    Case(
        "text: numpy's, for a bound",
        AUTOREGRESSIVE,
        "import numpy as np\nMDRNN_CONNECTIONS = np.str_('O(d k^2 H W)')\n",
    ),
    Case(
        "text: a written answer as it was typed",
        LSTM,
        'WHY_THE_GRADIENT_DOES_NOT_EXPLODE = "'
        '\\bar{c}(t) \\approx \\bar{c}(t+1) \\frac{a}{b} \\xi \\nabla \\theta\\n\\right)"\n',
        says={"2.3": "\\bar{c}(t) \\approx \\bar{c}(t+1) \\frac{a}{b} \\xi \\nabla \\theta\n\\right)"},
    ),
    Case(
        "text: a word for the block, as an enum",
        CONVOLUTIONAL,
        "import enum\nclass Side(str, enum.Enum):\n    LEFT = 'left'\nRESNET_EASIER_TO_TRAIN = Side.LEFT\n",
    ),
    Case(
        "text: a comma behind it",
        CONVOLUTIONAL,
        "RESNET_EASIER_TO_TRAIN = 'left',\n",
        {"3.2a": "failed"},
        says={"3.2a": "a tuple of one value: is there a comma at the end of the line?"},
    ),
    # one slip, one row
    Case("slip: a failing assert below", ADDITION, "assert rnn_weights()['by'] == 5\n", says={"1.1": "was skipped"}),
    Case("slip: a package that is not there", LSTM, "import no_such_package\n", says={"2.1a": "was skipped"}),
    Case(
        "slip: a word without quotes",
        CONVOLUTIONAL,
        "RESNET_EASIER_TO_TRAIN = left\n",
        {"3.2a": "crashed"},
        says={"3.2a": 'put it in quotes: RESNET_EASIER_TO_TRAIN = r"..."', "3.2b": "was skipped"},
    ),
    Case(
        "slip: a bound without quotes",
        AUTOREGRESSIVE,
        "PIXELCNN_SEQUENTIAL_OPERATIONS = O(d)\n",
        {"4.1b": "crashed"},
        says={"4.1b": "put it in quotes"},
    ),
    Case(
        "slip: a bound without quotes that Python cannot parse costs the file",
        AUTOREGRESSIVE,
        "MDRNN_CONNECTIONS = O(d k^2)\n",
        dict.fromkeys(("4.1a", "4.1b", "4.2a", "4.2b", "4.3"), "crashed"),
        says={"4.1a": "put it in quotes"},
    ),
    Case(
        "slip: a stub that is tried out",
        LSTM,
        "def h_bar(t, s, bar, w):\n    raise NotImplementedError\nprint(h_bar(1, 2, 3, 4))\n",
        {"2.1a": "unanswered"},
        says={"2.1a": "h_bar is defined 2 times", "2.1b": "since it raised NotImplementedError"},
    ),
    Case(
        "slip: exit in the last line",
        AUTOREGRESSIVE,
        "exit()\nMDRNN_CONNECTIONS = 'O(d k^2 H W)'\n",
        {"4.2a": "killed"},
        says={"4.2a": "exit(), ends the program: put it under", "4.1a": "Nothing below it was loaded."},
    ),
    Case(
        "slip: code below the stub's line",
        LSTM,
        "def g_bar(t, s, bar, w):\n    raise NotImplementedError\n    return bar.c[t] * s.i[t]\n",
        {"2.1c": "unanswered"},
        says={"2.1c": "g_bar is defined 2 times"},
    ),
    Case(
        "slip: a name of another row is never offered",
        LSTM,
        "del h_bar\n",
        {"2.1a": "missing"},
        says={"2.1a": "lstm_gradient.py has no function h_bar. Use the name"},
    ),
)


def marks(assignment: Assignment, case: Case) -> dict[str, Mark]:
    """The rows of the case's question."""
    rows = tuple(linked for linked in assignment.rows if linked.question.file == case.file)
    texts = read_submission(ROOT / "reference", assignment.rubric.files()).texts
    submission = Submission({case.file: f"{texts[case.file]}\n\n{case.source}"})
    part = structs.replace(assignment, rows=rows)
    return {mark.number: mark for mark in Grading(part, submission, seed="891", start=planted.jail().start).run().marks}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.why)
def test_an_answer_as_a_student_writes_it(case: Case, assignment: Assignment, home: Assignment) -> None:
    there = marks(assignment, case)
    right = {number: "written" if number in planted.WRITTEN else "passed" for number in there}
    assert {number: str(mark.outcome) for number, mark in there.items()} == {**right, **case.there}, there
    for number, receipt in case.receipts.items():
        assert there[number].receipt.startswith(receipt)
    here = marks(home, case)
    later = {number for number in right if number[0] in "34" and number not in planted.WRITTEN}
    expected = {**right, **dict.fromkeys(later, "deferred"), **(case.there if case.here is None else case.here)}
    assert {number: str(mark.outcome) for number, mark in here.items()} == expected, here
    for number, text in case.says.items():
        assert text in here[number].told
        assert text in there[number].told or number not in case.there
    assert all(bool(mark.in_part) == (number in case.receipts) for number, mark in here.items())


def test_what_is_read_in_part_is_not_full_at_home(home: Assignment) -> None:
    codes = []
    for text in ("r", f"{{**r, 'total': {MILLIONS!r}}}"):
        read = tuple(mark for number, mark in marks(home, right_counts("", text)).items() if number == "3.1")
        codes.append(check.Checked(ROOT, Report(read, "891", "abc", "0"), "", ()).code)
    assert codes == [0, 1]
