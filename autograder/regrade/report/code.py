"""A page a submission: its code beside its marks, to read. It holds no script, and nothing of the code is run.

Files of their own, since the code of thousands would make the one page of the class too heavy to open. The code is
text: cleaned, escaped, and told apart by `highlight`; the page's policy allows its own style and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from markupsafe import Markup

from autograder.core.digest import digest
from autograder.core.points import decimal_text
from autograder.core.submission import Submission
from autograder.core.template import template
from autograder.core.text import clean, one_line
from autograder.regrade.gradebook import Cell, Column, Decision, Standing
from autograder.regrade.report.data import LONGEST, linked_from
from autograder.regrade.report.highlight import highlighted
from autograder.regrade.report.parts import policy_hash

HERE = Path(__file__).parent
LAYOUT = "1"  # of these pages: another one has them written again
HEAD = 200  # bytes, in which a page says what it was made from
_OF = re.compile(rb'data-of="([0-9a-f]+)"')
OTHER = "Other rows"


class Part(msgspec.Struct, frozen=True):
    """One file beside its rows: a question's, or a module of the student's own, without rows."""

    title: str
    file: str
    rows: tuple[str, ...] = ()


class Coded(msgspec.Struct, frozen=True):
    """What a page is made of. worth: what totals are of. parts: the questions. told: to students, a text a column."""

    columns: tuple[Column, ...]
    worth: str
    standing: Standing
    submission: Submission
    parts: tuple[Part, ...]
    told: tuple[str, ...]

    @property
    def digest(self) -> str:
        """Of everything that the page shows."""
        one = self.standing
        texts = [f"{name}\n{text}" for name, text in {**self.submission.texts, **self.submission.faults}.items()]
        said = [one.submission, repr(one.people), repr(one.total), repr(one.cells), repr(one.notes), self.worth]
        return digest([LAYOUT, *said, repr(self.columns), repr(self.parts), *self.told, *texts])


def made_from(path: Path) -> str:
    """The digest of what a page was made from; "" for no such page."""
    try:
        with open(path, "rb") as stream:
            found = _OF.search(stream.read(HEAD))
    except OSError:
        return ""
    return found[1].decode() if found else ""


def code_page(coded: Coded, digest: str) -> str:
    """The page. digest: of `coded`."""
    one = coded.standing
    people = "; ".join(person.name or person.email or person.sid for person in one.people)
    total = "not graded" if one.total is None else f"{decimal_text(one.total)} of {coded.worth}"
    return template(HERE / "code.html").render(
        digest=digest,
        style=Markup(_style()),
        style_hash=Markup(policy_hash(_style())),
        who=one_line(people or one.submission),
        submission=one_line(one.submission),
        report=f"../report.html{linked_from(one_line(one.submission))}",
        total=total,
        notes=[one_line(note, 500) for note in one.notes],
        parts=[*_parts(coded)],
    )


def _parts(coded: Coded) -> Sequence[Mapping[str, Any]]:
    columns = coded.columns
    rows = {
        column.number: _row(column, cell, coded.told[at] if at < len(coded.told) else "")
        for at, (column, cell) in enumerate(zip(columns, coded.standing.cells, strict=True))
    }
    own = [name for name in coded.submission.texts if name not in {part.file for part in coded.parts}]
    parts = [*coded.parts, *(Part(name, name) for name in own)]
    shown = [_part(part, coded.submission, [rows.pop(one) for one in part.rows if one in rows]) for part in parts]
    return [*shown, *([_part(Part(OTHER, ""), coded.submission, [*rows.values()])] if rows else [])]


def _part(part: Part, submission: Submission, rows: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    text = submission.texts.get(part.file)
    return {
        "title": one_line(part.title),
        "file": one_line(part.file),
        "code": None if text is None else Markup(highlighted(text)),
        "missing": one_line(submission.faults.get(part.file) or f"There is no {part.file}.", 500) if part.file else "",
        "rows": rows,
    }


def _row(column: Column, cell: Cell, told: str) -> Mapping[str, Any]:
    points = "no points yet" if cell.points is None else decimal_text(cell.points)
    return {
        "number": one_line(column.number),
        "title": one_line(column.title),
        "outcome": cell.outcome,
        "points": points if cell.points is None else f"{points} of {decimal_text(column.max_points)}",
        "decided": _decided(cell.decided) if cell.decided else "",
        "named": [one_line(name) for name in cell.named],
        "told": clean(told, LONGEST),
    }


def _decided(decision: Decision) -> str:
    by = f" by {one_line(decision.who)}" if decision.who else ""
    why = f", because: {one_line(decision.reason, 500)}" if decision.reason else ""
    return f"Decided{by}: {decimal_text(decision.points)} points{why}"


@cache
def _style() -> str:
    return (HERE / "code.css").read_text(encoding="utf-8")
