"""Places labels beside curves, so that none lies on a curve, on a disc, on another label, or outside the figure.

Everything is measured in the figure's own units, by boxes: a label's box is that of its text in a monospaced font.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

Point = tuple[float, float]
CHARACTER = 0.62  # of the font's size: the width of a character
AIR = 2.0  # between a label and whatever is not its own
EVERY = 4.0  # between two points of a curve
# Of a curve, from its beginning; not half way first: arrows across the circle meet there.
ALONG = (0.36, 0.3, 0.42, 0.24, 0.48, 0.55, 0.62, 0.18, 0.68, 0.74, 0.8, 0.86, 0.92, 0.12, 0.06)
AWAY = (3.0, 5.0, 8.0, 12.0)


@dataclass(frozen=True)
class Box:
    """A rectangle by its centre and half its sides."""

    x: float
    y: float
    half_width: float
    half_height: float

    @classmethod
    def of_lines(cls, lines: Sequence[str], centre: Point, size: float) -> Box:
        """The box of lines of text around a centre."""
        return cls(*centre, CHARACTER * size * max(map(len, lines)) / 2, size * len(lines) / 2)

    def holds_any(self, points: Sequence[Point], air: float) -> bool:
        """Whether a point lies in it, or nearer to it than `air`."""
        left, right = self.x - self.half_width - air, self.x + self.half_width + air
        top, bottom = self.y - self.half_height - air, self.y + self.half_height + air
        return any(left < x < right and top < y < bottom for x, y in points)

    def distance(self, points: Sequence[Point]) -> float:
        """From its edge to the nearest of some points; infinite where there are none."""
        across, up = self.half_width, self.half_height
        ways = (math.hypot(max(abs(x - self.x) - across, 0), max(abs(y - self.y) - up, 0)) for x, y in points)
        return min(ways, default=math.inf)

    def meets(self, other: Box, air: float = 0.0) -> bool:
        """Whether two boxes overlap, or are nearer than `air`."""
        beside = abs(other.x - self.x) < self.half_width + other.half_width + air
        return beside and abs(other.y - self.y) < self.half_height + other.half_height + air

    def within(self, size: float) -> bool:
        """Whether it lies in a square figure of this size."""
        inside_x = self.half_width <= self.x <= size - self.half_width
        return inside_x and self.half_height <= self.y <= size - self.half_height


@dataclass(frozen=True)
class Scene:
    """What labels must not lie on. curves: as points. discs: by centre. size: of the square figure."""

    curves: Sequence[Sequence[Point]]
    discs: Sequence[Point]
    radius: float
    size: float


@dataclass(frozen=True)
class Label:
    """Lines of text in a box."""

    lines: Sequence[str]
    box: Box


def placed(texts: Sequence[str], scene: Scene, font: float) -> list[Label | None]:
    """A label with the text of each curve, beside it and farther from every other, the first ones first.

    Where a text finds no room on one line, its words are stacked; None where that finds none either.
    """
    boxes: list[Box] = []
    found: list[Label | None] = []
    for at, text in enumerate(texts):
        own = scene.curves[at]
        others = [point for other, curve in enumerate(scene.curves) if other != at for point in curve]
        near = (
            Label(lines, box)
            for lines in dict.fromkeys([(text,), tuple(text.split())])
            for box, away in _beside(lines, own, font)
            if _free(box, own, others, away, boxes, scene)
        )
        label = next(near, None)
        found.append(label)
        boxes += [label.box] if label is not None else []
    return found


def _free(
    box: Box, own: Sequence[Point], others: Sequence[Point], away: float, boxes: Sequence[Box], scene: Scene
) -> bool:
    if not box.within(scene.size) or any(box.meets(other, AIR) for other in boxes):
        return False
    if box.distance(scene.discs) < scene.radius + AIR:
        return False
    if box.holds_any(others, away) or box.holds_any(own, AIR):
        return False
    return box.distance(own) <= box.distance(others)


def _beside(lines: Sequence[str], curve: Sequence[Point], font: float) -> Iterator[tuple[Box, float]]:
    """Boxes on both sides of a curve, the nearest first, and how far away they are."""
    for away in AWAY:
        for along in ALONG:
            at = min(int(along * (len(curve) - 1)), len(curve) - 2)
            (x, y), (x2, y2) = curve[at], curve[at + 1]
            length = math.hypot(x2 - x, y2 - y) or 1.0
            across = (y2 - y) / length, (x - x2) / length
            half = Box.of_lines(lines, (x, y), font)
            off = abs(across[0]) * half.half_width + abs(across[1]) * half.half_height + away
            for side in (1, -1):
                yield Box.of_lines(lines, (x + side * off * across[0], y + side * off * across[1]), font), away


def bezier(*corners: Point) -> list[Point]:
    """Points of a Bezier curve, a few units apart."""
    degree = len(corners) - 1
    around = sum(math.dist(a, b) for a, b in pairwise(corners))
    count = max(int(around / EVERY), 8)
    points = []
    for step in range(count + 1):
        u = step / count
        shares = [math.comb(degree, k) * (1 - u) ** (degree - k) * u**k for k in range(degree + 1)]
        points.append(
            (
                sum(share * x for share, (x, _) in zip(shares, corners, strict=True)),
                sum(share * y for share, (_, y) in zip(shares, corners, strict=True)),
            )
        )
    return points
