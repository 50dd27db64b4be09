"""The shortest wrong addition, drawn: the text timeline's rows and columns, the wrong column in a frame."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from autograder.core.figure import Addition
from autograder.report.svg import document, element
from autograder.report.timeline import NAMES

LABEL, CELL, ROW = 78, 30, 26


def as_svg(name: str, figure: Addition) -> str:
    """The timeline as SVG; "" where every addition is right."""
    if not figure.rows:
        return ""
    size = (LABEL + CELL * figure.columns + 6, ROW * len(figure.rows) + 6)
    return document(name, size, "The shortest wrong addition as a timeline", describe(figure), _parts(figure))


def describe(figure: Addition) -> str:
    """What the figure says, in sentences."""
    rows = dict(figure.rows)
    last = figure.columns - 1
    said = "; ".join(f"{NAMES[name]} {' '.join(map(str, bits))}" for name, bits in figure.rows if name != "bit")
    wrong = f"In bit {last} {rows['expected'][last]} is expected, and yours is {rows['given'][last]}: {figure.cause}."
    return f"Bits 0 to {last}, least significant first: {said}. {wrong}"


def _parts(figure: Addition) -> Iterator[Element]:
    last, height = LABEL + CELL * (figure.columns - 1), ROW * len(figure.rows)
    yield element("rect", x=last, y=2, width=CELL, height=height, rx=4, class_="frame")
    for at, (name, bits) in enumerate(figure.rows):
        y = at * ROW + 20
        yield element("text", NAMES[name], x=2, y=y, class_="quiet" if name == "bit" else "label")
        for column, bit in enumerate(bits):
            yield from _cell(name, column, bit, y, wrong=name == "given" and column == figure.columns - 1)


def _cell(name: str, column: int, bit: int, y: int, wrong: bool) -> Iterator[Element]:
    x = LABEL + CELL * column
    lit = bit and name not in ("bit", "expected", "given")
    if lit or wrong:
        shade = "wrong-fill" if wrong else "lit"
        yield element("rect", x=x + 3, y=y - 16, width=CELL - 6, height=ROW - 4, rx=3, class_=shade)
    style = "on-wrong" if wrong else "quiet" if name == "bit" else "number"
    yield element("text", str(bit), x=x + CELL / 2, y=y, text_anchor="middle", class_=style)
