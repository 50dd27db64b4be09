"""Text that a student wrote is data: no control characters, no bidi characters, a bounded length.

It is made `printable` once, where it comes in (`sandbox.decoding`, `student`); whoever shows it cuts it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby

# C0 and C1 controls without newline and tab; bidi embeddings, overrides and isolates; zero-width marks; line
# separators.
_REMOVED = dict.fromkeys(
    [
        *(set(range(0x20)) - {0x09, 0x0A}),
        *range(0x7F, 0xA0),
        0x061C,
        *range(0x200B, 0x2010),
        *range(0x2028, 0x202F),
        *range(0x2060, 0x2070),
        0xFEFF,
        *range(0xFFF9, 0xFFFC),
    ]
)
# Lone surrogates, which UTF-8 cannot carry, noncharacters, and invisible tag characters. Compiled when one may come.
_REPLACED = r"[\ud800-\udfff\ufffe\uffff\U000e0000-\U000e007f]"
_MORE = r"\[\.\.\. ([\d,]{1,15}) more lines\]"  # such a note, which may stand in a text that is cut again
_NOTE = "[... {count:,} more characters are not shown]"


def clean(text: str, limit: int = 2_000) -> str:
    """The text without control and bidi characters, cut at a line end with a note if longer than `limit` characters.

    >>> clean("a\\x1b[31mb\\u202ec")
    'a[31mbc'
    """
    text = text[: 4 * limit + 4_096] if len(text) > 8 * (limit + 1_024) else text
    return cut(printable(text), limit)


def printable(text: str) -> str:
    """The text without control and bidi characters; what has no character in UTF-8 becomes a replacement mark.

    >>> printable("a\\x1b[31mb\\u202ec"), printable("\\ud800")
    ('a[31mbc', '�')
    """
    if text.isascii() and text.isprintable():
        return text
    kept = text.replace("\r\n", "\n").replace("\r", "\n").translate(_REMOVED)
    return kept if kept.isascii() else re.sub(_REPLACED, "�", kept)


def cut(text: str, limit: int) -> str:
    """At most `limit` characters, cut at the last line end that fits, with a note of how much is left out."""
    if len(text) <= limit:
        return text
    room = max(limit - len(_NOTE.format(count=len(text))) - 1, 0)
    end = text.rfind("\n", room // 2, room)
    end = room if end < 0 else end
    return f"{text[:end]}\n{_NOTE.format(count=len(text) - end)}"


def head_and_tail(text: str, head: int = 10, tail: int = 5, width: int = 200) -> str:
    """The first and the last lines of what was printed, each cut at `width`, with how many lie between.

    >>> head_and_tail("a\\nb\\nc\\nd\\ne\\n", 1, 1)
    'a\\n[... 3 more lines]\\ne'
    """
    lines = [line if len(line) <= width else f"{line[:width]}[...]" for line in text.rstrip().split("\n")]
    between = lines[head:-tail]
    if len(between) > 1:
        more = sum(int(note[1].replace(",", "")) if (note := re.fullmatch(_MORE, line)) else 1 for line in between)
        lines[head:-tail] = [f"[... {more:,} more lines]"]
    return "\n".join(lines)


def one_line(text: str, limit: int = 200) -> str:
    """The text on one line, for a table or a sentence; of a longer one its head, and how much is missing.

    >>> one_line("Wolfeschlegelsteinhausenbergerdorff the Elder", 40)
    'Wolfeschlegelsteinhausenber... (18 more)'
    """
    text = text[: 8 * limit + 4_096] if (whole := len(text)) > 16 * (limit + 1_024) else text
    dropped = whole - len(text)
    line = " ".join(printable(" ".join(text.split())).split())
    if len(line) + dropped <= limit:
        return line
    head = max(limit - len(f"... ({whole:,} more)"), (limit + 1) // 2)
    return f"{line[:head].rstrip()}... ({len(line) - head + dropped:,} more)"


def number_of(count: int, noun: str) -> str:
    """A count with its noun.

    >>> number_of(1, "submission"), number_of(1200, "submission")
    ('1 submission', '1,200 submissions')
    """
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def runs(numbers: Iterable[tuple[str, bool]]) -> str:
    """The numbers of rows that belong, a run of three and more by its ends; "" if none does.

    >>> runs([("1.1", True), ("1.2", True), ("1.3", True), ("2.1", False), ("2.2", True)])
    '1.1 to 1.3, 2.2'
    """
    found = [[number for number, _ in run] for belong, run in groupby(numbers, lambda one: one[1]) if belong]
    return ", ".join(f"{run[0]} to {run[-1]}" if len(run) > 2 else ", ".join(run) for run in found)


def nearest(word: str, known: list[str]) -> str:
    """', did you mean "fraction"?' where a known word is near, else ''."""
    from difflib import get_close_matches  # slow to import, and needed only for a mistake

    near = get_close_matches(word, known, n=1, cutoff=0.6)
    return f', did you mean "{near[0]}"?' if near else ""
