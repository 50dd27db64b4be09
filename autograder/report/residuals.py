"""How far a student's values are from the true ones, by the step they were asked at: on the line they agree.

A residual is relative, (yours - true) / true: a wrong factor is a row of crosses at one height, a wrong sign at -2.
Right values are dots, wrong ones crosses; what lies beyond the plane is an arrow head at its edge. No text stands in
the plane, so that none lies on a cross.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from xml.etree.ElementTree import Element

from autograder.core.figure import Asked, Values
from autograder.report.digits import short, told_apart
from autograder.report.svg import document, element, path

WIDTH, HEIGHT = 340, 280
LEFT, RIGHT, TOP, BOTTOM = 72, 12, 32, 46
EDGE = 8  # of the plane, within which no value is drawn, so that all of a cross lies in the plane
BEYOND = 3.0  # a residual that is larger is drawn at the edge: it would leave no room for the others
LARGEST = 1e100  # what is larger would leave no room for the arithmetic of drawing


def as_svg(name: str, figure: Values) -> str:
    """The residuals as SVG."""
    title = f"{figure.equation}: how far your values are from the true ones"
    return document(name, (WIDTH, HEIGHT), title, describe(figure), _Plane.of(figure).parts(figure.axis or "call"))


def describe(figure: Values) -> str:
    """What the figure says, in sentences."""
    right = sum(asked.right for asked in figure.calls)
    said = f"{right} of {len(figure.calls)} values are right, that is on the line at 0."
    if figure.worst is not None:
        said += f" The worst: {worst_sentence(figure)}"
    beyond = [asked.at for asked in figure.calls if _drawable(asked) and abs(_residual(asked)) > BEYOND]
    if beyond:
        said += f" Drawn at the edge, since more than {BEYOND:g} times the true value away: {'; '.join(beyond)}."
    missing = [asked for asked in figure.calls if not _drawable(asked)]
    if missing:
        listed = ", ".join(f"{asked.got:g} at {asked.at}" for asked in missing)
        said += f" Not drawn, since not finite or far too large: {listed}."
    return f"{said} The table below lists all values."


def worst_sentence(figure: Values) -> str:
    """The worst call; "" if every call is right."""
    if figure.worst is None:
        return ""
    want, got = told_apart(figure.worst.want, figure.worst.got)
    return f"at {figure.worst.at} expected {want}, yours {got}."


def written(asked: Asked) -> tuple[str, str]:
    """The true value and the student's, in six digits; a wrong one in so many that it shows."""
    return (short(asked.want), short(asked.got)) if asked.right else told_apart(asked.want, asked.got)


@dataclass(frozen=True)
class _Plane:
    """Where values stand. columns: the places, in order, with their calls. limit: the largest residual that fits."""

    columns: tuple[tuple[int, tuple[Asked, ...]], ...]
    limit: float

    @classmethod
    def of(cls, figure: Values) -> _Plane:
        """The plane of these calls; a call without a place stands at its number."""
        drawn = [(n if a.place is None else a.place, a) for n, a in enumerate(figure.calls, 1) if _drawable(a)]
        columns = groupby(sorted(drawn, key=lambda pair: pair[0]), key=lambda pair: pair[0])
        largest = max((abs(_residual(asked)) for _, asked in drawn), default=0.0)
        return cls(
            tuple((place, tuple(asked for _, asked in pairs)) for place, pairs in columns),
            min(largest, BEYOND) or 1.0,
        )

    def parts(self, axis: str) -> Iterator[Element]:
        """The plane, its two axes, and a mark for every value, the right ones on top."""
        height = HEIGHT - TOP - BOTTOM
        yield element("rect", x=LEFT, y=TOP, width=WIDTH - LEFT - RIGHT, height=height, class_="plane")
        yield path(f"M{LEFT},{self._y(0.0):.1f} L{WIDTH - RIGHT},{self._y(0.0):.1f}", "diagonal")
        for residual in (-self.limit, 0.0, self.limit):
            y = self._y(residual) + 4
            yield element(
                "text", f"{residual:+.2g}" if residual else "0", x=LEFT - 6, y=y, text_anchor="end", class_="quiet"
            )
        for column, (place, _) in enumerate(self.columns):
            x, y = self._x(column), HEIGHT - BOTTOM + 16
            yield element("text", str(place), x=x, y=y, text_anchor="middle", class_="quiet")
        middle = (LEFT + WIDTH - RIGHT) / 2
        yield element("text", axis, x=middle, y=HEIGHT - 8, text_anchor="middle", class_="label")
        yield element("text", "(yours - true) / true", x=LEFT, y=TOP - 12, class_="label")
        yield from self._marks()

    def _marks(self) -> Iterator[Element]:
        placed = [
            (asked, self._x(column) + self._slot * (at + 0.5 - len(calls) / 2) / len(calls) * 0.7)
            for column, (_, calls) in enumerate(self.columns)
            for at, asked in enumerate(calls)
        ]
        for asked, x in sorted(placed, key=lambda pair: pair[0].right):
            yield _mark(x, self._y(_residual(asked)), asked, self.limit)

    @property
    def _slot(self) -> float:
        return (WIDTH - LEFT - RIGHT - 2 * EDGE) / max(len(self.columns), 1)

    def _x(self, column: int) -> float:
        return LEFT + EDGE + self._slot * (column + 0.5)

    def _y(self, residual: float) -> float:
        middle, half = (TOP + HEIGHT - BOTTOM) / 2, (HEIGHT - TOP - BOTTOM) / 2 - EDGE
        return middle - half * max(-1.0, min(1.0, residual / self.limit))


def _mark(x: float, y: float, asked: Asked, limit: float) -> Element:
    want, got = written(asked)
    about = element("title", f"{asked.at}: expected {want}, yours {got}")
    if asked.right:
        return element("circle", cx=x, cy=y, r=4.5, class_="dot", children=[about])
    if abs(_residual(asked)) > limit:
        point = -5 if _residual(asked) > 0 else 5
        shape = f"M{x - 5:.1f},{y - point:.1f} l5,{2 * point} l5,{-2 * point} z"
    else:
        shape = f"M{x - 5:.1f},{y - 5:.1f} l10,10 M{x - 5:.1f},{y + 5:.1f} l10,-10"
    return element("path", d=shape, class_="cross", children=[about])


def _residual(asked: Asked) -> float:
    """Relative to the true value, or to 1 where that is 0."""
    return (asked.got - asked.want) / (asked.want or 1.0)


def _drawable(asked: Asked) -> bool:
    return math.isfinite(asked.got) and abs(asked.got) <= LARGEST and math.isfinite(_residual(asked))
