"""A page as a browser reads it, by html5lib; what a browser would have to mend is an error."""

from __future__ import annotations

import html5lib


class HtmlPage:
    """tags: every element in order, with its attributes. scripts: their texts. text: all that is no script or style."""

    def __init__(self, text: str) -> None:
        self.root = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(text)
        self.scripts = [script.text for script in self.root.iter("script")]
        for element in (*self.root.iter("script"), *self.root.iter("style")):
            element.text = ""
        self.text = "".join(self.root.itertext())
        self.tags = [(plain(e.tag), {plain(name): value for name, value in e.items()}) for e in self.root.iter()]

    def texts(self, tag: str) -> list[str]:
        """The text of each of these elements."""
        return ["".join(element.itertext()) for element in self.root.iter(tag)]


def plain(name: str) -> str:
    """A name without the namespace that SVG's have."""
    return name.rpartition("}")[2]
