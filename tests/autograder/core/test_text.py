"""Text of a student's as it is shown: plain characters only, cut with a note; and the nearest of some words."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from autograder.core.text import clean, cut, nearest, one_line


@given(st.text(), st.integers(min_value=60, max_value=400))
def test_nothing_but_plain_characters_is_left(text: str, limit: int) -> None:
    kept = clean(text, limit)
    assert len(kept) <= limit
    assert all(c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs", "Zl", "Zp") for c in kept)
    assert not set(kept) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c\ufeff")
    kept.encode("utf-8")


def test_a_long_text_is_cut_at_a_line_end_with_a_note() -> None:
    text = "\n".join(f"line {i}" for i in range(1_000))
    kept = cut(text, 300)
    assert len(kept) <= 300
    shown, note = kept.rsplit("\n", 1)
    assert text.startswith(shown + "\n")
    assert note == f"[... {len(text) - len(shown):,} more characters are not shown]"


def test_a_terminal_escape_is_harmless() -> None:
    assert clean("\x1b]0;title\x07ok\x1b[2J") == "]0;titleok[2J"


def test_ordinary_text_is_left_alone() -> None:
    text = "O(d·k²·H·W), \\u00e9té, 日本, tab\tand\nnewline: é"
    assert clean(text) == text


def test_one_line_has_no_newline() -> None:
    assert one_line("a\n b\tc") == "a b c"


def test_a_near_word_is_offered() -> None:
    assert nearest("ponts", ["points", "title"]) == ', did you mean "points"?'
    assert nearest("zzz", ["points", "title"]) == ""
