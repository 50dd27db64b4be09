"""A page a submission: its code beside its marks, to read. It holds no script, and nothing of the code is run.

Files of their own, since the code of thousands would make the one page of the class too heavy to open. The code is
text: cleaned, escaped, and told apart by `highlight`; the page's policy allows its own style and nothing else.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import msgspec
from markupsafe import Markup

from autograder.core.digest import digest
from autograder.core.submission import Submission
from autograder.core.template import template
from autograder.core.text import clean, one_line
from autograder.regrade.gradebook import Cell, Column, Standing
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
    return template(HERE / "code.html").render(
        digest=digest,
        style=Markup(_style()),
        style_hash=Markup(policy_hash(_style())),
        who=one_line(people or one.submission),
        report=f"../report.html{linked_from(one_line(one.submission))}",
        coded=coded,
        parts=_parts(coded),
        highlighted=lambda text: Markup(highlighted(text)),
    )


def _parts(coded: Coded) -> list[tuple[Part, list[tuple[Column, Cell, str]]]]:
    """Each file beside its rows, with what students are told of each; then the rows of no file."""
    told = [clean(text, LONGEST) for text in coded.told]
    rows = {row[0].number: row for row in zip(coded.columns, coded.standing.cells, told, strict=True)}
    own = [name for name in coded.submission.texts if name not in {part.file for part in coded.parts}]
    parts = [*coded.parts, *(Part(name, name) for name in own)]
    shown = [(part, [rows.pop(one) for one in part.rows if one in rows]) for part in parts]
    return [*shown, *([(Part(OTHER, ""), [*rows.values()])] if rows else [])]


@cache
def _style() -> str:
    return (HERE / "code.css").read_text(encoding="utf-8")
