"""Text that a student wrote is data: no control characters, no bidi characters, a bounded length."""

from __future__ import annotations

# C0 and C1 controls without newline and tab; bidi embeddings, overrides and isolates; zero-width marks; line
# separators. Lone surrogates, which UTF-8 cannot carry, and invisible tag characters are replaced in `clean`.
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
_NOTE = "[... {count:,} more characters are not shown]"


def clean(text: str, limit: int = 2_000) -> str:
    """The text without control and bidi characters, cut at a line end with a note if longer than `limit` characters.

    >>> clean("a\\x1b[31mb\\u202ec")
    'a[31mbc'
    """
    if len(text) <= limit and text.isascii() and text.isprintable():
        return text
    text = text[: 4 * limit + 4_096] if len(text) > 8 * (limit + 1_024) else text
    kept = text.replace("\r\n", "\n").replace("\r", "\n").translate(_REMOVED)
    if not kept.isascii():
        kept = "".join("�" if 0xD800 <= ord(c) <= 0xDFFF or 0xE0000 <= ord(c) <= 0xE007F else c for c in kept)
    return cut(kept, limit)


def cut(text: str, limit: int) -> str:
    """At most `limit` characters, cut at the last line end that fits, with a note of how much is left out."""
    if len(text) <= limit:
        return text
    room = max(limit - len(_NOTE.format(count=len(text))) - 1, 0)
    end = text.rfind("\n", room // 2, room)
    end = room if end < 0 else end
    return f"{text[:end]}\n{_NOTE.format(count=len(text) - end)}"


def one_line(text: str, limit: int = 200) -> str:
    """The text on one line, for a table or a sentence."""
    return clean(" ".join(text.split()), limit).replace("\n", " ").strip()


def nearest(word: str, known: list[str]) -> str:
    """', did you mean "fraction"?' where a known word is near, else ''."""
    from difflib import get_close_matches  # slow to import, and needed only for a mistake

    near = get_close_matches(word, known, n=1, cutoff=0.6)
    return f', did you mean "{near[0]}"?' if near else ""
