"""Python text as HTML with its comments, strings, numbers and keywords told apart: read as text, never run or parsed.

One pass of one expression whose parts never go back, so hostile text costs what other text of its length costs. A
string that nobody closed ends with the line or the file, as an editor shows it.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator
from html import escape

from autograder.core.text import cut, printable

LONGEST = 100_000  # characters of one file
TOKEN = re.compile(
    r"""
      (?P<comment> \#[^\n]* )
    | (?P<string> [rRbBfFuU]{0,2} (?:
          \"{3} (?:[^\\"]|\\.|"(?!""))* (?:\"{3}|\\?\Z) | '{3} (?:[^\\']|\\.|'(?!''))* (?:'{3}|\\?\Z)
        | "(?:[^"\\\n]|\\.)*"? | '(?:[^'\\\n]|\\.)*'? ) )
    | (?P<number> \d[\w.]* )
    | (?P<word> [^\W\d]\w* )
    """,
    re.VERBOSE | re.DOTALL,
)


def highlighted(text: str) -> str:
    r"""The text as HTML: a span a line, for a <pre>, in which nothing of the text is markup.

    >>> highlighted("x # <b>")
    '<span class="line">x <span class="comment"># &lt;b&gt;</span>\n</span>'
    """
    lines = [list[str]()]
    for kind, piece in _pieces(cut(printable(text), LONGEST)):
        for at, part in enumerate(piece.split("\n")):
            if at:
                lines.append([])
            if part:
                lines[-1].append(f'<span class="{kind}">{escape(part)}</span>' if kind else escape(part))
    if len(lines) > 1 and not lines[-1]:
        del lines[-1]
    return "".join(f'<span class="line">{"".join(line)}\n</span>' for line in lines)


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    """(kind, text) of each piece, "" for what is no token."""
    end = 0
    for found in TOKEN.finditer(text):
        kind = found.lastgroup or ""
        if kind == "word":
            kind = "keyword" if keyword.iskeyword(found[0]) else ""
        if kind:
            if end < found.start():
                yield "", text[end : found.start()]
            yield kind, found[0]
            end = found.end()
    if end < len(text):
        yield "", text[end:]
