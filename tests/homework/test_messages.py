"""What a student reads of each slip, in every world: at home in the portable worker and in the jail, on Gradescope.

A message says what came, what was expected and what to do, and nothing that is not so: each help has its twin here that
it must not be said of.
"""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from msgspec.structs import replace

from autograder.assignment.load import Assignment
from autograder.core.outcome import Mark
from autograder.core.submission import Submission, read_submission
from autograder.grading.grader import Grading
from autograder.sandbox.portable_worker import Worker
from autograder.sandbox.protocol import Start
from tests.homework import planted
from tests.homework.planted import ROOT

ADDITION, LSTM, CONVOLUTIONAL, AUTOREGRESSIVE = (
    "binary_addition.py",
    "lstm_gradient.py",
    "convolutional.py",
    "autoregressive.py",
)
C_ROW, G_ROW, H_ROW, COUNTS, WEIGHTS, BOUND, EVERY = "2.1b", "2.1c", "2.1a", "3.1", "1.1", "4.2b", "1.3"
C_BAR, G_BAR, H_BAR = (f"def {name}_bar(t, s, bar, w):\n    return " for name in "cgh")
C_RIGHT = "bar.h[t] * s.o[t] * (1 - np.tanh(s.c[t]) ** 2) + bar.c[t + 1] * s.f[t + 1]"
MAIN = 'if __name__ == "__main__":'


@dataclass(frozen=True)
class Said:
    """A slip below the reference's text of a file, and what its row says. @N: the number of line N of the slip."""

    why: str
    file: str
    source: str
    row: str
    says: str
    never: str = "\0"
    seconds: float = 5


def lstm(why: str, body: str, says: str, never: str = "\0", begin: str = G_BAR, row: str = G_ROW) -> Said:
    """A slip in one equation of question 2."""
    return Said(why, LSTM, f"{begin}{body}\n", row, says, never)


def top(why: str, source: str, says: str, never: str = "\0") -> Said:
    """A slip at the top of the file of question 4, whose row comes behind it."""
    return Said(f"top: {why}", AUTOREGRESSIVE, f"{source}\nMDRNN_SEQUENTIAL_OPERATIONS = 'd'\n", BOUND, says, never)


def counts(why: str, body: str, says: str, never: str = "\0") -> Said:
    """A slip in the dict of question 3."""
    return Said(why, CONVOLUTIONAL, f"def parameter_counts(): return {body}\n", COUNTS, says, never)


def weights(why: str, changed: str, says: str, row: str = WEIGHTS, never: str = "\0") -> Said:
    """A slip in the dict of question 1, whose other values are right."""
    text = f"right = rnn_weights\ndef rnn_weights(): return {{**right(), {changed}}}\n"
    return Said(why, ADDITION, text, row, says, never)


RENAMED = "lstm_gradient.py has no function h_bar. Did you rename it to {}? Use the name from the template."
CASES = (
    # names
    *(
        Said(f"h_bar is called {name}", LSTM, f"{name} = h_bar\ndel h_bar\n", H_ROW, RENAMED.format(name))
        for name in ("hBar", "H_bar", "h_Bar", "hbar", "HBar")
    ),
    Said("no name near h_bar", LSTM, "del h_bar\n", H_ROW, "no function h_bar. Use the name from", "Did you"),
    Said(
        "h_bar below another def",
        LSTM,
        "del h_bar\ndef k():\n    x = 1\n    def h_bar(t, s, bar, w):\n        return 1.0\n",
        H_ROW,
        "no function h_bar. Use the name from the template.\nIts def in line @4 is indented below line @2: move it to",
        "Did you",
    ),
    Said("no function", LSTM, "h_bar = 3\n", H_ROW, "expected a function, but it is an int: write def h_bar(...): in"),
    Said(
        "a constant is renamed",
        AUTOREGRESSIVE,
        "mdrnn_sequential_operations = 'd'\ndel MDRNN_SEQUENTIAL_OPERATIONS\n",
        BOUND,
        "has no MDRNN_SEQUENTIAL_OPERATIONS. Did you rename it to mdrnn_sequential_operations? Use the name",
    ),
    # dicts
    counts(
        "no key of the dict",
        "{'a': 1, 'B2': 2}",
        "none of the keys conv1, conv2, conv3, conv4, fc1, fc2, total is in your dict; it has a, B2.",
    ),
    counts(
        "keys that are nearly right",
        "{'konv1': 1, 'Konv2': 2, 'c1': 3}",
        '"konv1", did you mean "conv1"?\n"Konv2", did you mean "conv2"?',
        '"c1", did you mean',
    ),
    counts("an empty dict", "{}", "is in your dict; it is empty."),
    counts("a set", "{'conv1', 5}", "got a value of type set: write a colon between each key and its value"),
    counts(
        "a dict and a comma", "{'conv1': 5},", "a tuple of one value: is there a comma at the end of the return line?"
    ),
    Said(
        "no key of the weights",
        ADDITION,
        "def rnn_weights(): return {'U': 1, 'V': 2}\n",
        WEIGHTS,
        "none of the keys Wxh, Whh, bh, Why, by is in your dict; it has U, V.",
    ),
    # the end of the program
    top(
        "unittest",
        "import unittest\nunittest.main()",
        f"line @2, unittest.main(), ends the program: put it under {MAIN}",
    ),
    top("sys.exit", "import sys\nsys.exit(3)", f"line @2, sys.exit(3), ends the program: put it under {MAIN}"),
    top("exit", "exit()", f"line @1, exit(), ends the program: put it under {MAIN}"),
    top("quit", "quit()", f"line @1, quit(), ends the program: put it under {MAIN}"),
    top("raise SystemExit", "raise SystemExit(2)", "line @1, raise SystemExit(2), ends the program"),
    top(
        "an exit in a function",
        "def main():\n    print(1)\n    exit()\nmain()",
        f"line @3, exit(), ends the program: put line @4, which runs it, under {MAIN}",
    ),
    top("a guarded exit", f"{MAIN}\n    exit()", "", "ends the program"),
    top(
        "os._exit",
        "import os\nos._exit(4)",
        "your code's process ended unexpectedly (exit status 4) while the file was loaded.\n"
        "Is it os._exit(...) in autoregressive.py, line @2?",
    ),
    lstm(
        "exit in a function", "exit(3)", "line @2, exit(3), ends the program: remove it; a function ends with return."
    ),
    lstm(
        "os._exit in a function",
        "__import__('os')._exit(3)",
        "g_bar(...): your code's process ended unexpectedly (exit status 3); no value was returned.",
        "Is it",
    ),
    lstm(
        "os._exit, spelt out",
        "os._exit(3)\nimport os",
        "(exit status 3); no value was returned.\nIs it os._exit(...) in lstm_gradient.py, line @2? Then remove it.",
    ),
    lstm(
        "a signal",
        "os.abort()\nimport os",
        "ended unexpectedly (signal SIG",
    ),
    # nobody types
    top(
        "input",
        "x = input('x? ')",
        "line @1 calls input(), but nobody is there to type: write the value into the file.",
    ),
    lstm("input in a function", "float(input())", "line @2 calls input(), but nobody is there to type"),
    lstm(
        "an EOFError of one's own",
        "g_raise()\ndef g_raise():\n    raise EOFError('mine')",
        "raised EOFError: mine",
        "input",
    ),
    # fields of s, bar and w
    lstm("bar.C", "bar.C[t] * s.i[t]", "bar has no C; it has h, c, g, o, f, i: did you mean bar.c?", "SimpleNamespace"),
    lstm("s.H", "s.H[t]", "s has no H; it has x, i, f, o, g, c, h, dL_dh, T: did you mean s.h?"),
    lstm("s.t", "s.t", "did you mean t or s.T?"),
    lstm("w.Wxi", "w.Wxi", "w has no Wxi; it has xi, hi, xf, hf, xo, ho, xg, hg: did you mean w.xi?"),
    lstm("w.w_hf", "w.w_hf", "did you mean w.hf?"),
    lstm("w.ix", "w.ix", "did you mean w.xi?"),
    lstm("w.z", "w.z", "w has no z; it has xi, hi, xf, hf, xo, ho, xg, hg.", "did you mean"),
    lstm("s.c_bar", "s.c_bar[t]", "did you mean bar.c?"),
    lstm("bar.xi", "bar.xi", "bar has no xi; it has h, c, g, o, f, i: did you mean w.xi?"),
    lstm("w.c", "w.c", "did you mean s.c or bar.c?"),
    lstm(
        "a field through a helper",
        "inner(bar, t)\ndef inner(signals, t): return signals.C[t]",
        "did you mean signals.c?",
    ),
    lstm('bar["c"]', 'bar["c"][t]', 'bar is read with a dot: write bar.c in place of bar["c"].', "SimpleNamespace"),
    lstm("bar[t]", "bar[t]", "bar has the fields h, c, g, o, f, i: name one of them, such as bar.h."),
    lstm("bar(t)", "bar(t)", "bar has the fields h, c, g, o, f, i: name one of them"),
    lstm("bar.c(t)", "bar.c(t) * s.i[t]", "bar.c is an array: write bar.c[t]."),
    lstm("s.x(t + 1)", "s.x(t + 1)", "s.x is an array: write s.x[t + 1]."),
    lstm("bar in a product", "bar * s.i[t]", "bar is no number: it has the fields h, c, g, o, f, i.", "Simple"),
    lstm("bar into numpy", "np.tanh(bar)", "bar is no number: it has the fields h, c, g, o, f, i."),
    lstm("no index", "bar.c * s.i", "is an index missing, such as [t]? Or is it to be summed?"),
    lstm("an index that is a float", "bar.c[t / 1] * s.i[t]", "t / 1 is a float; an index must be an int: // divides"),
    lstm("a name that is a float", "bar.c[p] * s.i[t]\np = 1.0", "p is 1.0, a float; an index must be an int."),
    lstm("an index that is too large", "bar.c[99]", "index 99 is out of bounds"),
    lstm("a number with an index", "w.xi[t]", "w.xi is one number: write it without [t]."),
    lstm("an index beside one's own list", "[1][99]", "list index out of range", "Its last"),
    # names
    lstm("a function in place of a signal", "c_bar[t] * s.i[t]", "c_bar is your function; did you mean bar.c[t]?"),
    lstm("the same, in a product", "c_bar * s.i[t]", "c_bar is a function: did you mean bar.c?"),
    lstm(
        "a helper of one's own with an index",
        "k[t]\ndef k(): pass",
        "k is a function: it is called with round brackets, k(t).",
    ),
    lstm("a field without its record", "c_bar_(t) if 0 else dL_dh[t]", "Did you mean s.dL_dh?"),
    lstm("a weight without its record", "w_xi", "Did you mean w.xi?"),
    lstm("T", "T", "Did you mean s.T?"),
    lstm("tanh", "tanh(s.c[t])", "Did you mean np.tanh?"),
    lstm("np.Tanh", "np.Tanh(s.c[t])", "Did you mean np.tanh?"),
    lstm("sigma", "sigma_(s.c[t])", "name 'sigma_' is not defined", "id you mean"),
    lstm("math", "math.tanh(s.c[t])", "Is `import math` missing at the top?"),
    lstm("np, where numpy is imported", "np.tanh(1)\ndel np\nimport numpy", "numpy is imported as numpy here."),
    lstm("np, where nothing is", "np.tanh(1)\ndel np", "Is `import numpy as np` missing at the top?"),
    lstm("a * left out", "(1 - s.g[t])(bar.c[t])", "is a * missing in front of a bracket?"),
    lstm("a * behind a weight", "w.xi(bar.c[t])", "w.xi is a number, and no function: is a * missing behind it?"),
    lstm("sum is a number", "sum(s.x)\nsum = 3", "sum is a number of yours here, no longer Python's function"),
    lstm(
        "a helper without a return",
        "k(t) * 2\ndef k(t):\n    print(t)",
        "k has no return with a value, so it gives None.",
    ),
    lstm("a helper with one", "k(t) * 2\ndef k(t):\n    if t > 99:\n        return t", "'NoneType'", "no return with"),
    lstm(
        "an argument too few", "1.0", "Keep the arguments of the template.", begin="def g_bar(t, s, bar):\n    return "
    ),
    lstm("no end", "g_bar(t, s, bar, w)", "g_bar calls itself, and never comes to an end."),
    lstm(
        "no end, the two of them", "k(t)\ndef k(t): return g_bar(t, 0, 0, 0)", "g_bar and k call one another, and never"
    ),
    # values
    lstm("a comma", "bar.c[t] * s.i[t],", "a tuple of one value: is there a comma at the end of the return line?"),
    lstm("two values", "1, 5", "a tuple of 2 values: return one of them", "comma"),
    lstm("no return", "None", "got None (is a `return` missing?): print shows a value, return gives it back"),
    lstm("a function", "g_bar", "got a function (are its brackets missing?)"),
    lstm("a method", "s.h.sum", "got a function (are its brackets missing?)"),
    lstm("a list for every t", "[0.0] * (s.T + 2)", "got a list of"),
    lstm("an array of one", "bar.c[t:t + 1] * s.i[t]", "with shape (1,): return its one value, with [0] behind it"),
    lstm("a number in quotes", "'0.5'", "got the string '0.5': write it without quotes"),
    lstm("a formula in quotes", "'bar.c[t] * s.i[t]'", "write the formula itself, without quotes"),
    lstm("a coroutine", "1.0", "write def in place of async def", "autograder", begin=f"async {G_BAR}"),
    Said(
        "a list to be summed",
        LSTM,
        "def w_xi_bar(s, bar, w):\n    return [bar.i[t] for t in range(1, s.T + 1)]\n",
        "2.2",
        "return the number alone, without [ ], or their sum",
    ),
    weights("None in a dict", "'bh': None", "bh: expected real numbers, got None", never="return"),
    Said(
        "a text in pieces",
        AUTOREGRESSIVE,
        "MDRNN_SEQUENTIAL_OPERATIONS = 'd', 'steps'\n",
        BOUND,
        "got a tuple of 2 values: make one text of them, without commas between its parts",
    ),
    # Python is written otherwise
    lstm("^ of an array", "np.tanh(s.c[t]) ^ 2", "Python writes a power with **: ^ is something else."),
    lstm("^ of a number", "w.xi ^ 2", "Python writes a power with **: ^ is something else."),
    lstm("len of a number", "len(s.T)", "s.T is one number, 1, and has no length: write s.T."),
    lstm("len of one's own", "len(n)\nn = 5", "n is one number, 5, and has no length"),
    lstm("over a number", "[1 for n in s.T]", "s.T is one number, 1: range(s.T) counts from 0 to s.T - 1."),
    lstm("range of an array", "range(s.x)", "s.x is an array, and range needs an int, such as len(s.x)."),
    lstm(
        "arguments in another order",
        "bar.c[t] * s.i[t]",
        "t is no index; it has the fields xi, hi, xf, hf, xo, ho, xg, hg: keep the arguments of the template",
        begin="def g_bar(s, bar, w, t):\n    return ",
    ),
    *(
        lstm(f"cannot be read: {line}", f"1.0\n{line}", says)
        for line, says in {
            "x = 2t": "Is a * missing between the number and the name?",
            "x = 1 \N{MINUS SIGN} 2": "Write - in its place.",
            "x = 1\N{NO-BREAK SPACE}+ 2": "Write an ordinary blank in its place.",
            "%matplotlib inline": "works in a notebook only: remove it",
            "!pip install numpy": "works in a notebook only: remove it",
            "<<<<<<< HEAD": "git left two versions of this place",
            "if 1:\n\tx = 1\n        y = 2": "Indent every line with spaces, and none with tabs.",
            "if 1:\n    x = 1\nelse if 2:\n    x = 2": "Python writes elif in place of else if.",
            "n = 1\nn++": "Python has no ++ and --",
            "x = 1 && 2": "Python writes `and` and `or`",
        }.items()
    ),
    lstm("another line that cannot be read", "1.0\nx = = 2 # && !", "SyntaxError: invalid syntax", "Python writes"),
    # numbers
    lstm(
        "log of a negative number",
        "np.log(-abs(bar.c[t]))",
        "got nan from your own arithmetic: invalid value in log, line @2.",
    ),
    lstm("0/0", "np.float64(0) / np.float64(0)", "got nan from your own arithmetic: invalid value in divide, line @2."),
    lstm(
        "1/0", "np.float64(1) / np.float64(0)", "got inf from your own arithmetic: divide by zero in divide, line @2."
    ),
    lstm("overflow", "np.exp(1e6 * s.i[t])", "got inf from your own arithmetic: overflow in exp, line @2."),
    lstm("inf - inf of Python's own", "float('inf') - float('inf')", "got nan from your own arithmetic."),
    lstm("what must not be read", "bar.o[t]", "(NaN stands for what this equation must not read", "own arithmetic"),
    lstm(
        "that, and a harmless warning",
        "0 * np.log(0 * t + 1e-300) + (np.log(-1.0) * 0 if t > 99 else 0) + bar.o[t]",
        "(NaN stands for what this equation must not read",
        "own arithmetic",
    ),
    Said(
        "NaN in the sum over time",
        LSTM,
        "def w_xi_bar(s, bar, w):\n    return np.log(-1.0)\n",
        "2.2",
        "got nan from your own arithmetic: invalid value in log, line @2.",
        "must not read",
    ),
    # memory, time
    lstm("an array of 30 GB", "np.ones(1 << 32)", "g_bar(...): out of memory: used more than 256 MB. Is there a list"),
    Said(
        "no end at load",
        AUTOREGRESSIVE,
        "while True: pass\n",
        BOUND,
        "autoregressive.py took more than 1 s to load: move slow code and loops out of the top level.",
        seconds=1,
    ),
    Said(
        "no end in a call",
        LSTM,
        f"{G_BAR}[1 for _ in iter(int, 1) if t > 99]\n",
        G_ROW,
        "g_bar(...): no answer within 1 s.",
        seconds=1,
    ),
    # bounds and additions
    *(
        Said(f"the bound {text}", AUTOREGRESSIVE, f"MDRNN_SEQUENTIAL_OPERATIONS = {text!r}\n", BOUND, says)
        for text, says in (
            ("O(n + d)", 'unknown variable "n"; use d, k, H, W'),
            ("O(dn)", 'unknown variable "n"; use d, k, H, W'),
            ("O(m)", 'unknown variable "m"; use d, k, H, W'),
        )
    ),
    weights("Why for sums up to 2", "'Why': [1, -1, 0]", "bit 1 is wrong (inputs 1 and 1, carry in 1)", EVERY),
    weights("a sum that is 0", "'by': 0", "A pre-activation is exactly 0, so the result may depend on step(0).", EVERY),
)
# At home only: on Gradescope the reference explains the same in its own words.
AT_HOME = (
    *(
        Said(f"rounded to {name}", LSTM, f"{C_BAR}{value}\n", C_ROW, f"c_bar: right to {name} only: do not round.")
        for name, value in (
            ("4 decimals", f"round({C_RIGHT}, 4)"),
            ("6 decimals", f"np.round({C_RIGHT}, 6)"),
            ("5 digits", f"float(f'{{{C_RIGHT}:.5g}}')"),
        )
    ),
    lstm("zeros are not rounded", "0.0", "Wrong at", "do not round", C_BAR, C_ROW),
    lstm("rounded and wrong", f"round(2 * ({C_RIGHT}), 5)", "Wrong at", "do not round", C_BAR, C_ROW),
    lstm(
        "right at the last step only",
        "bar.h[t] * s.o[t] * (1 - np.tanh(s.c[t]) ** 2)",
        "It is right at t = T and wrong before: check the terms that come from step t + 1.",
        "do not round",
        C_BAR,
        C_ROW,
    ),
)


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    """The reference's files."""
    return dict(read_submission(ROOT / "reference", (ADDITION, LSTM, CONVOLUTIONAL, AUTOREGRESSIVE)).texts)


def row(assignment: Assignment, start: Start, texts: dict[str, str], said: Said) -> Mark:
    """The row that a slip is told in."""
    limits = assignment.rubric.limits
    limits = replace(limits, seconds_per_call=min(said.seconds, limits.seconds_per_call))
    rubric = replace(assignment.rubric, limits=limits)
    rows = tuple(linked for linked in assignment.rows if linked.row.number == said.row)
    part = replace(assignment, rows=rows, rubric_file=replace(assignment.rubric_file, rubric=rubric))
    submission = Submission({said.file: f"{texts[said.file]}{said.source}"})
    (mark,) = Grading(part, submission, seed="891", start=start).run().marks
    return mark


def told(said: Said, texts: dict[str, str], mark: Mark) -> None:
    """It says that, and does not say what it must not."""
    before = texts[said.file].count("\n")
    says = said.says
    for line in range(1, 9):
        says = says.replace(f"@{line}", str(before + line))
    assert says in mark.told
    assert said.never not in mark.told


@pytest.mark.parametrize("said", [*CASES, *AT_HOME], ids=lambda said: said.why)
def test_at_home(said: Said, home: Assignment, texts: dict[str, str]) -> None:
    told(said, texts, row(home, Worker, texts, said))


@pytest.mark.parametrize("said", CASES, ids=lambda said: said.why)
def test_on_gradescope(said: Said, assignment: Assignment, texts: dict[str, str]) -> None:
    """Where the row is visible at once: others tell a student no more than that the answer came."""
    rows = tuple(replace(one, row=replace(one.row, visibility="visible")) for one in assignment.rows)
    told(said, texts, row(replace(assignment, rows=rows), planted.jail().start, texts, said))


@pytest.mark.parametrize("said", [one for one in CASES if one.row == G_ROW][::4], ids=lambda said: said.why)
def test_at_home_in_the_jail(said: Said, home: Assignment, texts: dict[str, str]) -> None:
    told(said, texts, row(home, planted.jail().start, texts, said))
