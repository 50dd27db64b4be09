"""One page with all answers to a written question, for blind grading: codes in place of names, alike ones together.

It stands alone: no script, no network, no other file. jinja2 escapes whatever stands in it.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import msgspec
from jinja2 import Environment, StrictUndefined, Template

TEMPLATE = Path(__file__).with_name("page.html")


class ShownAnswer(msgspec.Struct, frozen=True):
    """One text, and the codes of all who wrote exactly it.

    parts: the text in pieces, each with whether it is marked as not in the answer that this one is like.
    remarks: what a grader should know of it. fresh: whether a grader has to look at it again, or for the first time.
    """

    codes: tuple[str, ...]
    parts: tuple[tuple[str, bool], ...]
    remarks: tuple[str, ...] = ()
    fresh: bool = False


class ResponsesPage(msgspec.Struct, frozen=True):
    """What the page shows of one row.

    most: the row's points, as text. bunches: answers that stand side by side. blank: how many handed in nothing.
    gone: codes whose answer is not among the submissions any more.
    """

    row: str
    title: str
    most: str
    extra_credit: bool
    bunches: tuple[tuple[ShownAnswer, ...], ...]
    blank: int = 0
    gone: tuple[str, ...] = ()
    assignment: str = ""

    @property
    def answers(self) -> int:
        """How many answers there are, identical ones counted each."""
        return sum(len(shown.codes) for bunch in self.bunches for shown in bunch)

    @property
    def marked(self) -> bool:
        """Whether any piece of a text is marked."""
        return any(mark for bunch in self.bunches for shown in bunch for _, mark in shown.parts)


def responses_page(content: ResponsesPage) -> str:
    """The whole page."""
    return _template().render(page=content)


@cache
def _template() -> Template:
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(TEMPLATE.read_text(encoding="utf-8"))
