"""One page with all answers to a written question, to grade blind in: codes in place of names, alike ones together.

It stands alone: no network, no other file. jinja2 escapes every answer; the page's own script, named by its hash in the
page's policy, marks them and saves the CSV that `merge` reads. Without scripts it is a page to read and to print.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from autograder.blind.codes import fingerprint
from autograder.blind.guide import Guide
from autograder.core.points import decimal_text
from autograder.regrade.gradebook import Column
from autograder.regrade.report.data import embedded

if TYPE_CHECKING:
    from markupsafe import Markup

NEEDED = ("jinja2",)  # which grading does without, and so does `merge`
HERE = Path(__file__).parent
SCRIPTS = ("csv.js", "marks.js", "grading.js")  # one script, in this order
KEYS = (
    ("0-9 .", "type points of the current answer"),
    ("Enter", "take them, and go to the next ungraded answer"),
    ("f z x", "full points, zero, no points yet"),
    ("+ -", "points one step up or down"),
    ("c", "write the comment, after typing points too; Ctrl+Enter takes it and goes on, Esc takes it and goes back"),
    ("s", "choose from the comments used so far: 1-9, or arrows and Enter"),
    ("j k", "next answer, previous one"),
    ("n", "next ungraded answer"),
    ("e", "show all of a long answer"),
    ("g m", "criteria, model answer"),
    ("u r", "undo, redo (also Ctrl+Z, Ctrl+Y)"),
    ("w", "save the CSV (also Ctrl+S)"),
    ("o", "open a CSV"),
    ("Esc", "back to the current answer"),
    ("?", "this table"),
)


class ShownAnswer(msgspec.Struct, frozen=True):
    """One text, and the codes of all who wrote exactly it.

    parts: the text in pieces, each with whether it is marked as not in the answer that this one is like.
    remarks: what a grader should know of it. fresh: whether a grader has to look at it again, or for the first time.
    """

    codes: tuple[str, ...]
    parts: tuple[tuple[str, bool], ...]
    remarks: tuple[str, ...] = ()
    fresh: bool = False

    @property
    def text(self) -> str:
        return "".join(piece for piece, _ in self.parts)


class ResponsesPage(msgspec.Struct, frozen=True):
    """What the page shows of one row.

    bunches: answers that stand side by side. blank: how many handed in nothing. gone: codes whose answer is not among
    the submissions any more.
    """

    row: Column
    bunches: tuple[tuple[ShownAnswer, ...], ...]
    guide: Guide = Guide()
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
    """The whole page; the same content gives the same bytes."""
    from markupsafe import Markup

    from autograder.core.template import template

    most, step = (decimal_text(points) if points else "" for points in (content.row.max_points, content.guide.step))
    data = Markup(embedded(_data(content, most, step)))  # nothing in it is markup: `embedded` escaped it
    return template(HERE / "page.html").render(page=content, most=most, step=step, keys=KEYS, data=data, **_parts())


def _data(content: ResponsesPage, most: str, step: str) -> dict[str, object]:
    """What the script reads. page: what this page is, so that the browser does not mix it up with another."""
    answers = [shown for bunch in content.bunches for shown in bunch]
    told = [text for shown in answers for text in (*shown.codes, shown.text)]
    return {
        "row": content.row.number,
        "page": fingerprint(content.assignment, content.row.number, *told),
        "answers": [shown.codes for shown in answers],
        "most": most,
        "step": step,
        "quick": [decimal_text(points) for points in quick_points(content.row.max_points, content.guide.step)],
    }


def quick_points(most: Fraction, step: Fraction | None) -> Sequence[Fraction]:
    """Points to choose from with one key: the row's steps, or else quarters, halves or fifths that its points can have.

    Without a step, that is at most two decimal places.

    >>> [str(points) for points in quick_points(Fraction(1, 2), None)]
    ['0', '1/4', '1/2']
    """
    if step and most / step <= 20:
        return [step * at for at in range(int(most / step) + 1)]
    fine = step or Fraction(1, 100)
    parts = next((parts for parts in (4, 2, 5) if (most / parts / fine).denominator == 1), 1)
    return [most * at / parts for at in range(parts + 1)]


@cache
def _parts() -> dict[str, Markup]:
    """Style and script, the same in every page, each with the hash that the page's policy names it by."""
    from markupsafe import Markup

    from autograder.regrade.report.parts import policy_hash

    style, scripts = _read("page.css"), "\n".join(_read(name) for name in SCRIPTS)
    script = f'"use strict";\n(() => {{\n{scripts}}})();\n'
    found = {"style": style, "style_hash": policy_hash(style), "script": script, "script_hash": policy_hash(script)}
    return {name: Markup(text) for name, text in found.items()}


def _read(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")
