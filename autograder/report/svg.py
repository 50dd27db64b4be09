"""Figures as SVG text that stands in a page by itself: texts escaped, a title and a description for who cannot see.

Colours come from the page's own style by class, so that one figure serves light and dark.
"""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree.ElementTree import Element, tostring


def element(tag: str, text: str = "", children: Iterable[Element] = (), **attributes: object) -> Element:
    """An element; `class_` and `text_anchor` are written class and text-anchor, numbers with one decimal.

    >>> tostring(element("text", "a < b", class_="label", x=1.25))
    b'<text class="label" x="1.2">a &lt; b</text>'
    """
    made = Element(tag, {name.rstrip("_").replace("_", "-"): _written(value) for name, value in attributes.items()})
    made.text = text or None
    made.extend(children)
    return made


def _written(value: object) -> str:
    return f"{value:.1f}".removesuffix(".0") if isinstance(value, float) else str(value)


def document(name: str, size: tuple[int, int], title: str, description: str, children: Iterable[Element]) -> str:
    """A whole figure. name: unique on its page. size: width and height of its coordinates."""
    named = [element("title", title, id=f"{name}-title"), element("desc", description, id=f"{name}-desc")]
    # Not as a keyword: SVG spells it in mixed case
    root = element(
        "svg",
        children=[*named, *children],
        role="img",
        aria_labelledby=f"{name}-title",
        aria_describedby=f"{name}-desc",
        style=f"max-width: {size[0]}px",
    )
    root.set("viewBox", f"0 0 {size[0]} {size[1]}")
    return tostring(root, encoding="unicode")


def path(points: str, class_: str) -> Element:
    """A line along `points`, in SVG's own words."""
    return element("path", d=points, class_=class_)
