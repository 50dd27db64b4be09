"""The shortest wrong addition as a timeline: a column per bit, the first wrong one marked. Plain text.

It must read well wherever text can stand: in a terminal, in Gradescope's panel with every tag stripped, read aloud.
So every line begins with what it holds, and the mark is a word.
"""

from __future__ import annotations

from autograder.core.figure import Addition

NAMES = {
    "bit": "bit",
    "x1": "x1",
    "x2": "x2",
    "carry": "carry in",
    "h1": "h1",
    "h2": "h2",
    "h3": "h3",
    "expected": "expected",
    "given": "yours",
}
_LABEL = max(map(len, NAMES.values())) + 2


def block(figure: Addition) -> list[str]:
    """A line that says how to read it, and the timeline, at most 52 columns wide; none where every addition is right.

    >>> print("\\n".join(block(Addition("", (), (("bit", (0, 1)), ("expected", (0, 1)), ("given", (0, 0)))))))
    As a timeline (bit 0 comes first; h1 to h3 after reading the column):
      bit         0  1
      expected    0  1
      yours       0  0
                     ^ wrong
    """
    if not figure.rows:
        return []
    lines = [f"  {NAMES[name]:<{_LABEL}}" + "".join(f"{bit:>3}" for bit in bits) for name, bits in figure.rows]
    wrong = " " * (2 + _LABEL + 3 * figure.columns - 1) + "^ wrong"
    return ["As a timeline (bit 0 comes first; h1 to h3 after reading the column):", *lines, wrong]
