"""A network as a state diagram: its hidden states on a circle, an arrow per step, the step that answers wrongly marked.

The output follows from the hidden state, so it stands in the state; an arrow carries only what is read. With many
states the arrows are dense: a label that finds no room is left out, and stands in the table of steps only.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from xml.etree.ElementTree import Element

from autograder.core.figure import Addition, Edge
from autograder.report.labels import Label, Point, Scene, bezier, placed
from autograder.report.svg import document, element, path

RINGS = {1: 0.0, 2: 80.0}  # of one and two states; more stand on WIDE
WIDE, MARGIN, RADIUS = 118.0, 82.0, 24.0
HEAD = {"markerWidth": "8", "markerHeight": "8", "refX": "1", "refY": "4", "markerUnits": "userSpaceOnUse"}
WIDER = (0.0, 16.0, 32.0, 48.0)
INPUTS = 4
FONT = 12


def as_svg(name: str, figure: Addition) -> str:
    """The diagram as SVG. name: unique on its page."""
    size = round(2 * _laid_out(figure)[0].centre)
    return document(name, (size, size), "Your network as a state diagram", describe(figure), _parts(name, figure))


def describe(figure: Addition) -> str:
    """What the figure says, in sentences."""
    count = len(figure.states)
    said = f"{count} hidden state{'s' if count > 1 else ''} (h1 h2 h3) can be reached from {figure.states[0]}."
    if figure.wrong is None:
        return f"{said} Every step answers as addition asks. The table below lists all steps."
    wrong = figure.wrong
    return (
        f"{said} The marked step is wrong: in state {wrong.before}, reading {wrong.read}, the network goes to "
        f"{wrong.after} and says {wrong.says}. The table below lists all steps."
    )


def table(figure: Addition) -> list[tuple[str, list[tuple[str, bool]]]]:
    """The steps as rows: state -> for each input "next state, output" and whether it is the wrong one."""
    rows = groupby(figure.edges, key=lambda edge: edge.before)
    return [(state, [(f"{e.after}, {e.says}", e == figure.wrong) for e in edges]) for state, edges in rows]


@dataclass(frozen=True)
class _Arrow:
    """Steps between the same two states, with what they read. beside: the wrong step, next to another arrow."""

    before: str
    after: str
    reads: str
    wrong: bool
    beside: bool


def _arrows(figure: Addition) -> list[_Arrow]:
    """The wrong step has an arrow of its own, the last, on top."""

    def key(edge: Edge) -> tuple[bool, str, str]:
        return edge == figure.wrong, edge.before, edge.after

    found: list[_Arrow] = []
    for (wrong, before, after), edges in groupby(sorted(figure.edges, key=key), key=key):
        reads = [edge.read for edge in edges]
        beside = wrong and any((one.before, one.after) == (before, after) for one in found)
        found.append(_Arrow(before, after, "any" if len(reads) == INPUTS else " ".join(reads), wrong, beside))
    return found


def _parts(name: str, figure: Addition) -> Iterator[Element]:
    arrows = _arrows(figure)
    circle, labels = _laid_out(figure)
    says = {edge.after: edge.says for edge in figure.edges}
    yield element("defs", children=[_head(f"{name}-head", "head"), _head(f"{name}-wrong", "head wrong")])
    for arrow in arrows:
        curve = path(circle.route(arrow)[0], "arrow wrong" if arrow.wrong else "arrow")
        curve.set("marker-end", f"url(#{name}-{'wrong' if arrow.wrong else 'head'})")
        yield curve
    for state in figure.states:
        yield from _node(state, says.get(state), circle.place(state), first=state == figure.states[0])
    for arrow, label in labels:
        class_ = "read wrong" if arrow.wrong else "read"
        for at, line in enumerate(label.lines):
            y = label.box.y + FONT * (at - (len(label.lines) - 1) / 2 + 1 / 3)
            yield element("text", line, x=label.box.x, y=y, text_anchor="middle", class_=class_)


def unlabelled(figure: Addition) -> int:
    """How many arrows have no label, since none finds room."""
    return len(_arrows(figure)) - len(_laid_out(figure)[1])


@lru_cache(maxsize=8)
def _laid_out(figure: Addition) -> tuple[_Circle, list[tuple[_Arrow, Label]]]:
    """The smallest circle on which every label finds room, else the one with the most labels; and these."""
    states, arrows = figure.states, _arrows(figure)
    best: tuple[_Circle, list[tuple[_Arrow, Label]]] | None = None
    for wider in WIDER:
        circle = _Circle(states, wider)
        labels = _labels(circle, arrows)
        if best is None or len(labels) > len(best[1]):
            best = circle, labels
        if len(labels) == len(arrows):
            break
    assert best is not None
    return best


def _labels(circle: _Circle, arrows: list[_Arrow]) -> list[tuple[_Arrow, Label]]:
    """Where the labels stand that find room; that of the wrong step, which is the last arrow, is placed first."""
    curves = [circle.route(arrow)[1] for arrow in arrows[::-1]]
    scene = Scene(curves, [circle.place(state) for state in circle.states], RADIUS + 1.5, 2 * circle.centre)
    found = placed([arrow.reads for arrow in arrows[::-1]], scene, FONT)[::-1]
    return [(arrow, label) for arrow, label in zip(arrows, found, strict=True) if label is not None]


def _node(state: str, says: str | None, place: Point, first: bool) -> Iterator[Element]:
    """A state and its output; the first one need not have an output, since nothing may lead back to it."""
    x, y = place
    yield element("circle", cx=x, cy=y, r=RADIUS, class_="state first" if first else "state")
    yield element("text", state, x=x, y=y + (0 if says else 5), text_anchor="middle", class_="number")
    if says:
        yield element("text", f"y={says}", x=x, y=y + 15, text_anchor="middle", class_="quiet")


def _head(name: str, class_: str) -> Element:
    """An arrow's head; its attributes are the ones that SVG spells in mixed case."""
    head = element("marker", id=name, orient="auto", class_=class_, children=[element("path", d="M0,0 L8,4 L0,8 z")])
    for key, value in HEAD.items():
        head.set(key, value)
    return head


@dataclass(frozen=True)
class _Circle:
    """Where states stand and arrows run: clockwise from the top on a circle, a single state in the middle."""

    states: tuple[str, ...]
    wider: float = 0.0

    @property
    def ring(self) -> float:
        ring = RINGS.get(len(self.states), WIDE)
        return ring + self.wider if ring else ring

    @property
    def centre(self) -> float:
        return self.ring + MARGIN

    def place(self, state: str) -> Point:
        turn = 2 * math.pi * self.states.index(state) / len(self.states)
        return self.centre + self.ring * math.sin(turn), self.centre - self.ring * math.cos(turn)

    def route(self, arrow: _Arrow) -> tuple[str, list[Point]]:
        """An arrow's path in SVG's words, and its points, head included."""
        if arrow.before == arrow.after:
            return self._loop(arrow)
        start, end = self.place(arrow.before), self.place(arrow.after)
        middle = self._bowed(arrow, start, end)
        start, end = _towards(start, middle, RADIUS), _towards(end, middle, RADIUS + 7)
        return f"M{_xy(start)} Q{_xy(middle)} {_xy(end)}", bezier(start, middle, end)

    def _bowed(self, arrow: _Arrow, start: Point, end: Point) -> Point:
        """The point that bows an arrow to its left, so that the two arrows between two states part.

        Between states that are no neighbours both bow inwards, one less than the other: a state may stand outside.
        """
        length = math.dist(start, end)
        left = (end[1] - start[1]) / length, -(end[0] - start[0]) / length
        x, y = (start[0] + end[0]) / 2, (start[1] + end[1]) / 2
        inward = left[0] * (self.centre - x) + left[1] * (self.centre - y)
        apart = abs(self.states.index(arrow.before) - self.states.index(arrow.after))
        neighbours = apart in (1, len(self.states) - 1)
        bow = -10.0 if inward < -1 and not neighbours else 28.0
        bow += math.copysign(44.0, bow) if arrow.beside else 0.0
        return x + left[0] * bow, y + left[1] * bow

    def _loop(self, arrow: _Arrow) -> tuple[str, list[Point]]:
        """A step that stays in its state: a loop on the outer side; a wrong one next to the other."""
        place = self.place(arrow.before)
        out = math.atan2(place[1] - self.centre, place[0] - self.centre) if self.ring else -math.pi / 2
        out += 1.25 if arrow.beside else 0.0
        size = 34.0 if arrow.beside else 28.0
        start, end = (_polar(place, out + side * 0.5, RADIUS + (7 if side > 0 else 0)) for side in (-1, 1))
        first, second = (_polar(place, out + side * 0.62, RADIUS + size) for side in (-1, 1))
        return f"M{_xy(start)} C{_xy(first)} {_xy(second)} {_xy(end)}", bezier(start, first, second, end)


def _xy(point: Point) -> str:
    return f"{point[0]:.1f},{point[1]:.1f}"


def _polar(centre: Point, angle: float, distance: float) -> Point:
    return centre[0] + distance * math.cos(angle), centre[1] + distance * math.sin(angle)


def _towards(point: Point, target: Point, distance: float) -> Point:
    return _polar(point, math.atan2(target[1] - point[1], target[0] - point[0]), distance)
