"""A student's values against the true ones: on the diagonal they agree. Right ones are dots, wrong ones crosses."""

from __future__ import annotations

import math
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from autograder.core.figure import Asked, Values
from autograder.report.svg import drawing, element, path

WIDTH, HEIGHT = 340, 300
LEFT, RIGHT, TOP, BOTTOM = 56, 12, 12, 44
LARGEST = 1e100  # what is larger would leave no room for the others, nor for the arithmetic of drawing


def draw(name: str, figure: Values) -> str:
    """The scatter as SVG."""
    title = f"{figure.equation}: your values against the true ones"
    return drawing(name, (WIDTH, HEIGHT), title, describe(figure), _parts(figure))


def describe(figure: Values) -> str:
    """What the drawing says, in sentences."""
    right = sum(asked.right for asked in figure.calls)
    said = f"{right} of {len(figure.calls)} values are right, that is on the diagonal."
    if figure.worst is not None:
        said += f" The worst: {worst_sentence(figure)}"
    missing = [asked for asked in figure.calls if not _drawable(asked)]
    if missing:
        listed = ", ".join(f"{asked.got} at {asked.at}" for asked in missing)
        said += f" Not drawn, since not finite or far too large: {listed}."
    return f"{said} The table below lists all values."


def worst_sentence(figure: Values) -> str:
    """The worst call in full digits; "" if every call is right."""
    worst = figure.worst
    return f"at {worst.at} expected {worst.want!r}, yours {worst.got!r}." if worst else ""


def _parts(figure: Values) -> Iterator[Element]:
    drawn = [asked for asked in figure.calls if _drawable(asked)]
    low, high = _range([value for asked in drawn for value in (asked.want, asked.got)] or [0.0])

    def x(value: float) -> float:
        return LEFT + (value - low) / (high - low) * (WIDTH - LEFT - RIGHT)

    def y(value: float) -> float:
        return HEIGHT - BOTTOM - (value - low) / (high - low) * (HEIGHT - TOP - BOTTOM)

    yield element("rect", x=LEFT, y=TOP, width=WIDTH - LEFT - RIGHT, height=HEIGHT - TOP - BOTTOM, class_="plane")
    yield path(f"M{x(low):.1f},{y(low):.1f} L{x(high):.1f},{y(high):.1f}", "diagonal")
    for value, anchor in ((low, "start"), ((low + high) / 2, "middle"), (high, "end")):
        written = f"{value:.3g}"
        yield element("text", written, x=x(value), y=HEIGHT - BOTTOM + 16, text_anchor=anchor, class_="quiet")
        yield element("text", written, x=LEFT - 6, y=y(value) + 4, text_anchor="end", class_="quiet")
    middle = (LEFT + WIDTH - RIGHT) / 2
    yield element("text", "true value", x=middle, y=HEIGHT - 8, text_anchor="middle", class_="label")
    yield element("text", "yours", x=LEFT + 8, y=TOP + 18, class_="label")
    for asked in sorted(drawn, key=lambda one: not one.right):
        yield _point(x(asked.want), y(asked.got), asked)


def _point(x: float, y: float, asked: Asked) -> Element:
    about = element("title", f"{asked.at}: expected {asked.want!r}, yours {asked.got!r}")
    if asked.right:
        return element("circle", cx=x, cy=y, r=4.5, class_="dot", children=[about])
    cross = f"M{x - 5:.1f},{y - 5:.1f} l10,10 M{x - 5:.1f},{y + 5:.1f} l10,-10"
    return element("path", d=cross, class_="cross", children=[about])


def _range(values: list[float]) -> tuple[float, float]:
    """A range that holds all values, with room at both ends."""
    low, high = min(values), max(values)
    room = max(0.08 * (high - low), 1e-6 * max(abs(low), abs(high))) or 1.0
    return low - room, high + room


def _drawable(asked: Asked) -> bool:
    return math.isfinite(asked.got) and abs(asked.got) <= LARGEST
