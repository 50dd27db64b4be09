r"""Text as it was written: literals of a template's "", each with what must come of it, and why, as its id."""

from __future__ import annotations

from typing import Any

import pytest

from autograder.sandbox import literals


def read(source: str, name: str = "A") -> tuple[str, str]:
    """The text of a name after the file has been run, and a command that may have been lost."""
    code, mended = literals.compiled(source, "answers.py")
    namespace: dict[str, Any] = {}
    exec(code, namespace)
    return literals.as_written(name, namespace[name], [mended])


def same(literal: str) -> tuple[str, str]:
    """A literal whose text is what stands between its quotes."""
    return literal, literal.strip("\"'")


KEPT = {
    # a command that begins like each of Python's escapes
    "a: \\alpha": same(r'"\alpha"'),
    "b: \\bar": same(r'"\bar{c}(t)"'),
    "f: \\frac": same(r'"\frac{a}{b}"'),
    "v: \\vec": same(r'"\vec{x} \varepsilon \vdots"'),
    "r: \\right \\rho \\rangle": same(r'"\left( \right) \rho \rangle"'),
    "t: \\times": same(r'"O(d \times k^2 \times H \times W)"'),
    "t: \\theta \\tau \\tanh \\text \\to": same(r'"\theta \tau \tanh(c) \text{if} 0 \to 1"'),
    "n: \\nabla \\neq \\nu": same(r'"\nabla L \neq \nu"'),
    "a command and a digit behind it": same(r'"\tau_1 \nu2 \times3"'),
    "commands side by side": same(r'"\nabla\theta\times\frac12\bar h"'),
    # what Python refuses
    "x: \\xi, the weight of the homework": same(r'"\bar{w}_\xi and \xi"'),
    "x: one hex digit": same(r'"\xa"'),
    "u: \\underline": same(r'"\underline{c} \underbrace{x}"'),
    "u: \\uparrow": same(r'"\uparrow"'),
    "U: \\Uparrow": same(r'"\Uparrow"'),
    "U: a Windows path": same(r'"C:\Users\me"'),
    "U: beyond the last character": same(r'"\UFFFFFFFF"'),
    "N: \\Nabla": same(r'"\Nabla"'),
    "N: a name that is none": same(r'"\N{not a character}"'),
    "N: no bracket": same(r'"\N"'),
    # every other backslash
    "c: \\cdot \\cal \\sqrt": same(r'"\cdot \cal{O} \sqrt{HW} \mathcal{O} \log \sum \sigma \partial"'),
    "spacing: \\, \\; \\! \\:": same(r'"a\,b\;c\!d\:e"'),
    "brackets: \\( \\) \\[ \\] \\{ \\}": same(r'"\(O(d)\) \[x\] \{y\}"'),
    "\\_ \\% \\# \\& \\$": same(r'"w\_xi 5\% \# \& \$"'),
    "\\8 is no octal": same(r'"\8"'),
    "a space behind it": same(r'"a\ b"'),
    # quotes of each kind
    "apostrophes": same(r"'\bar{c} \times'"),
    "three double quotes": same(r'"""\bar{c} \times \nabla"""'),
    "three apostrophes": same(r"'''\bar{c} \times \nabla'''"),
    "r": (r'r"\bar \times \n"', r"\bar \times \n"),
    "R": (r'R"\bar \times"', r"\bar \times"),
    "u": (r'u"\bar \times"', r"\bar \times"),
    "an f without anything to fill in": (r'f"\bar \times {{c}}"', r"\bar \times {c}"),
    "r three times": (r'r"""\bar \xi"""', r"\bar \xi"),
    # as Python says
    "a backslash doubled": (r'"O(d \\times k^2)"', r"O(d \times k^2)"),
    "all doubled": (r'"\\nabla \\xi \\bar"', r"\nabla \xi \bar"),
    "a doubled one before n": (r'"\\n"', r"\n"),
    "an escaped quote": (r'"\"left\" it\'s"', '"left" it\'s'),
    "a line that goes on": ('"one \\\ntwo \\bar"', r"one two \bar"),
    "hex, two digits": (r'"\x41\x2a"', "A*"),
    "u, four digits": (r'"caf\u00e9 \u2207"', "café ∇"),
    "U, eight digits": (r'"\U0001d4aa"', "\U0001d4aa"),
    "N, a name": (r'"\N{GREEK SMALL LETTER ALPHA}"', "\u03b1"),
    "octal": (r'"\101\60"', "A0"),
    "line ends": (r'"first\nsecond\n\nthird"', "first\nsecond\n\nthird"),
    "a tab": (r'"a\tb"', "a\tb"),
    "a line end before a word": (r'"one\nnext, two\nnothing"', "one\nnext, two\nnothing"),
    "a line end before i(t), as in question 2": (r'"because\ni(t) is near 0"', "because\ni(t) is near 0"),
    "a line end before u": (r'"\nunder \nuse"', "\nunder \nuse"),
    "a tab before t": (r'"\tt = T"', "\tt = T"),
    "line ends and commands": (r'"so\n\nabla L\n\t\theta"', "so\n\\nabla L\n\t\\theta"),
    "no backslash at all": same('"O(d k^2 H W)"'),
    "not ASCII": same(r'"Größe \bar{c} ∇"'),
    "four bytes before it": ('"\U0001d4aa \\times"', "\U0001d4aa \\times"),
    # more than one literal
    "side by side": (r'"\bar" "\times" r"\n" "\n"', "\\bar\\times\\n\n"),
    "in brackets over lines": ('("\\bar "\n  # "a comment"\n  "\\theta")', r"\bar \theta"),
    "side by side over lines": ('"\\bar "\\\n  "\\theta"', r"\bar \theta"),
    "added": (r'"\bar" + " " + "\theta"', r"\bar \theta"),
    "added to": ('"x"\nA += "\\bar"', r"x\bar"),
    "stripped": ('"""\n  \\theta \\bar\n""".strip()', r"\theta \bar"),
    "the right side stripped": ('"""\\theta\n""".rstrip()', r"\theta"),
    # built by code: what a control character tells
    "joined": (r'" ".join(["\alpha", "\bar", "\frac", "\vec"])', r"\alpha \bar \frac \vec"),
    "joined, with \\right": (r'"".join(["\right)"])', r"\right)"),
    "filled in": (r'"\bar {}".format("c")', r"\bar c"),
    "an f that is filled in": (r'f"\bar {1} \frac"', r"\bar 1 \frac"),
    "replaced": (r'"\bar x".replace("x", "c")', r"\bar c"),
    "lines of ordinary words": (r'"\n".join(["one", "every", "under", "t", "hen"])', "one\nevery\nunder\nt\nhen"),
}


@pytest.mark.parametrize(("literal", "text"), KEPT.values(), ids=KEPT)
def test_a_text_keeps_its_latex(literal: str, text: str) -> None:
    assert read(f"A = {literal}\n") == (text, "")


WHERE = {
    "with a type": 'A: str = "{}"\n',
    "two names at once": 'A = B = "{}"\n',
    "by way of another name": 'answer = "{}"\nA = answer\n',
    "assigned anew": 'A = ""\nA = "{}"\n',
    "below a docstring that Python refuses": '"""Where \\xi and C:\\Users stand, and it\'s "so"."""\nA = "{}"\n',
    "below a comment with a quote": '# it\'s \\xi\nA = "{}"\n',
    "behind a semicolon": 'B = 1; A = "{}"\n',
    "beside bytes with a bad escape": 'B = b"\\xi"\nA = "{}"\n',
    "beside text of other kinds": "B = f'{{1}}' '\\''; C = r'\\'\nA = \"{}\"\n".replace("r'\\'", "r'\\x'"),
}


@pytest.mark.parametrize("source", WHERE.values(), ids=WHERE)
@pytest.mark.parametrize("text", [r"\theta \bar \nabla", r"\xi \underline{c}"])
def test_it_is_found_wherever_it_is_assigned(source: str, text: str) -> None:
    filled = source.replace("{}", text)
    assert read(filled) == (text, "")


LOST = {
    "joined": (r'"".join(["a \times b"])', "times"),
    "filled in": (r'"{} \nabla".format(1)', "nabla"),
    "an f": (r'f"{1} \theta"', "theta"),
    "a percent sign": (r'"%d \neq" % 1', "neq"),
}


@pytest.mark.parametrize(("literal", "command"), LOST.values(), ids=LOST)
def test_a_command_that_is_lost_in_code_is_told(literal: str, command: str) -> None:
    assert read(f"A = {literal}\n")[1] == command


REMEDIES = {
    "an apostrophe between apostrophes": ("A = 'the gate's value'\n", 'r"""'),
    "a quotation mark between quotation marks": ('A = "the "forget" gate"\n', 'r"""'),
    "a line end": ('A = "first\nsecond"\n', 'r"""'),
    "three quotes inside": ('A = """one """two""" three"""\n', 'r"""'),
    "never closed": ('A = """one\ntwo\n', 'r"""'),
    "a backslash at the end": ('A = "one\\"\n', 'r"""'),
    "without quotes": ("A = O(d k^2)\n", 'put it in quotes: A = r"..."'),
    "words without quotes": ("A = the left one\n", 'put it in quotes: A = r"..."'),
    "another line": ('A = "left"\ndef f(:\n', ""),
    "a line below three quotes": ('A = """\nleft\n"""\nx = = 1\n', ""),
    "a function": ("def f():\n    return (1\n", ""),
    "a number": ("A = 5\nx y\n", ""),
}


@pytest.mark.parametrize(("source", "says"), REMEDIES.values(), ids=REMEDIES)
def test_a_text_that_python_cannot_parse_comes_with_the_remedy(source: str, says: str) -> None:
    with pytest.raises(SyntaxError) as error:
        literals.compiled(source, "answers.py")
    found = literals.remedy(error.value.lineno or 0, source)
    assert says in found
    assert bool(found) == bool(says)


def test_a_file_that_is_wrong_elsewhere_stays_wrong() -> None:
    with pytest.raises(SyntaxError, match=r"never closed|invalid syntax"):
        literals.compiled('A = "\\xi"\nB = (\n', "answers.py")


def test_code_without_escapes_is_compiled_as_it_is() -> None:
    text = "x = 1\n"
    assert literals.compiled(text, "answers.py")[1] is text


def test_a_file_of_many_literals_is_cut_into_lines_once() -> None:
    class Source(str):
        cut = 0

        def split(self, *how: object) -> list[str]:  # type: ignore[override]
            Source.cut += 1
            return str.split(self, *how)  # type: ignore[arg-type]

    source = Source("\n".join(f'A{number} = "a\\times"' for number in range(500)))
    literals.as_written("B", "a\x0c", [source])
    assert Source.cut == 1
