"""What a process printed: its beginning and its end, however much it is."""

from __future__ import annotations

import pytest

from autograder.core.text import head_and_tail
from autograder.sandbox.printed import HEAD, TAIL, Printed


def printed(*pieces: bytes) -> Printed:
    kept = Printed()
    for piece in pieces:
        kept.add(piece)
    return kept


def test_a_little_is_kept_whole_and_handed_over_once() -> None:
    kept = printed(b"one\n", b"tw\xc3", b"\xb6\n")
    assert kept.take() == "one\ntwö\n"
    assert kept.take() == ""


@pytest.mark.parametrize("size", [1, 100, 4_096, 1 << 18])
def test_of_much_the_first_and_the_last_lines_are_kept_and_all_are_counted(size: int) -> None:
    said = b"".join(b"line %06d\n" % n for n in range(40_000))
    text = printed(*(said[at : at + size] for at in range(0, len(said), size))).take()
    assert len(text) <= HEAD + TAIL + 64
    assert text.startswith("line 000000\nline 000001\n")
    assert text.endswith("line 039998\nline 039999\n")
    shown = head_and_tail(text).split("\n")
    assert shown[0] == "line 000000"
    assert shown[-1] == "line 039999"
    assert shown[10] in {f"[... {40_000 - 15 + off:,} more lines]" for off in (-1, 0, 1, 2)}  # two may be cut in two
