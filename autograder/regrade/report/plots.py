"""The plots of a class as SVG that stands in a page, by matplotlib: the only module that imports it.

The same numbers give the same bytes. Text stays text, in a font that comes with matplotlib; every plot has a title
and a description, and the page has the same numbers as a table. Only rubric numbers and our own words are drawn.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any
from xml.etree.ElementTree import Element, fromstring, tostring

from markupsafe import Markup
from matplotlib import rc_context
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from autograder.core.points import decimal_text

WIDTH = 5.6  # inches of 72 units: small enough that the text can be read on a phone
STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 12,
    "text.parse_math": False,
    "hatch.linewidth": 0.7,
    "axes.spines.top": False,
    "axes.spines.right": False,
}
# Colour and hatch, so that either tells them apart: blues and greens for what earned, warm for what did not.
LOOK = {
    "passed": ("#2b7a4b", ""),
    "partial": ("#a6d5b4", "//"),
    "failed": ("#e07b6e", ""),
    "unanswered": ("#e3e6ea", ""),
    "missing": ("#c3c9d1", "xx"),
    "crashed": ("#f3c1b6", "\\\\"),
    "timed_out": ("#f2d38c", "||"),
    "killed": ("#8c6d31", "--"),
    "written": ("#a9c7ea", ".."),
    "deferred": ("#d9e5f5", "++"),
    "internal": ("#1b1f24", "oo"),
}
OTHER = ("#ffffff", "**")


def totals(bins: Sequence[Fraction], new: Sequence[int], old: Sequence[int] | None, description: str) -> Markup:
    """A histogram of the totals; with the old totals beside it where there are any."""
    with rc_context({**STYLE, "svg.hashsalt": "totals"}):
        figure, axes = _figure(3.0)
        left, width = [float(b) for b in bins[:-1]], float(bins[1] - bins[0])
        share = 0.46 if old else 0.92
        axes.bar(left, new, share * width, align="edge", color="#2f6db3", edgecolor="#1b3f68", label="now")
        if old:
            beside = [x + share * width for x in left]
            axes.bar(
                beside,
                old,
                share * width,
                align="edge",
                color="#f4f0e6",
                edgecolor="#7a5200",
                hatch="////",
                label="old",
            )
            axes.legend(frameon=False, loc="best")
        _axes(axes, "total points", "submissions", whole="y")
        return _svg(figure, "totals", "Distribution of totals", description)


def rows(numbers: Sequence[str], counts: Sequence[Mapping[str, int]], description: str) -> Markup:
    """A bar a row, stacked by outcome. counts: of each row, submissions by outcome word."""
    words = list(dict.fromkeys(word for word in [*LOOK, *(w for one in counts for w in one)]))
    words = [word for word in words if any(word in one for one in counts)]
    with rc_context({**STYLE, "svg.hashsalt": "rows"}):
        figure, axes = _figure(1.1 + 0.3 * len(numbers) + 0.27 * -(-len(words) // 3))
        places, begin = range(len(numbers)), [0] * len(numbers)
        for word in words:
            colour, hatch = LOOK.get(word, OTHER)
            size = [one.get(word, 0) for one in counts]
            axes.barh(
                places,
                size,
                0.76,
                begin,
                color=colour,
                hatch=hatch,
                label=word.replace("_", " "),
                edgecolor="#333a42",
                linewidth=0.6,
            )
            begin = [b + s for b, s in zip(begin, size, strict=True)]
        axes.set_yticks(places, numbers)
        axes.set_ylim(len(numbers) - 0.5, -0.5)  # the first row on top
        axes.set_xlim(0, max([*begin, 1]))
        _axes(axes, "submissions", "", whole="x")
        figure.legend(loc="outside upper left", ncols=3, frameon=False, columnspacing=1.2)
        return _svg(figure, "rows", "Outcomes of each row", description)


def ends(bins: Sequence[Fraction]) -> list[str]:
    """What to call each bin in words: "0 to 0.5"."""
    return [f"{decimal_text(a)} to {decimal_text(b)}" for a, b in pairwise(bins)]


def _figure(height: float) -> tuple[Figure, Any]:
    figure = Figure(figsize=(WIDTH, height), layout="constrained")  # not pyplot: it would keep every figure alive
    FigureCanvasSVG(figure)
    return figure, figure.add_subplot()


def _axes(axes: Any, x: str, y: str, whole: str) -> None:
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    axes.locator_params(axis=whole, integer=True)
    axes.set_axisbelow(True)
    axes.grid(axis=whole, color="#d0d7de", linewidth=0.6)


def _svg(figure: Figure, name: str, title: str, description: str) -> Markup:
    """The figure as an element for HTML: named for who cannot see, its ids its own, without a size and metadata."""
    written = io.StringIO()
    figure.savefig(written, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    root = fromstring(written.getvalue())
    for node in root.iter():
        node.tag = node.tag.rpartition("}")[2]  # HTML knows svg without namespaces
        node.attrib = {key.rpartition("}")[2]: _own(name, key, value) for key, value in node.attrib.items()}
    for metadata in root.findall("metadata"):
        root.remove(metadata)
    named = Element("title", id=f"{name}-title"), Element("desc", id=f"{name}-desc")
    named[0].text, named[1].text = title, description
    root[:0] = named
    _, _, width, height = root.attrib["viewBox"].split()
    root.attrib = {"viewBox": f"0 0 {width} {height}", "role": "img"}
    root.attrib |= {"aria-labelledby": f"{name}-title", "aria-describedby": f"{name}-desc"}
    return Markup(tostring(root, encoding="unicode"))


def _own(name: str, key: str, value: str) -> str:
    """An attribute's value with ids that no other figure on the page has."""
    if key == "id":
        return f"{name}-{value}"
    if key.endswith("href"):
        return value.replace("#", f"#{name}-", 1)
    return value.replace("url(#", f"url(#{name}-")
