"""A token of a bound, which remembers where it stood, and the complaint that points at the character."""

from __future__ import annotations

import unicodedata

import msgspec

ONE_BOUND = "write one bound and nothing else"
LONGEST_TEXT = 300  # characters read; the longest honest answer has about 60
SHOWN = 60  # characters of the text shown above the caret


class BoundError(ValueError):
    """A bound that cannot be read. `str(error)` is for the student; `position` is the index of the character meant."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message)
        self.message = message
        self.position = position


class Token(msgspec.Struct, frozen=True):
    """One token.

    kind:   number, name (a variable), noun (a word for a variable, "depth"), call (O, log, sqrt, max, min, frac ...),
            op (+ - * / ^), open, close, comma, super (an exponent in raised digits), rel (= and its like), mark (what
            ends a clause), word, foreign (a sign that is not read here), end.
    text:   its one spelling, whatever the student typed; for a name the variable as the question spells it, for a
            foreign sign what is wrong with it and what to do, a line each.
    at:     index of its first character.
    spaced: whether white space stood before it.
    """

    kind: str
    text: str
    at: int
    spaced: bool = False


def ends_atom(token: Token | None) -> bool:
    """Whether a factor may end with the token."""
    return token is not None and token.kind in ("number", "name", "noun", "close", "super")


def complain(text: str, at: int, problem: str, advice: str) -> BoundError:
    """The error for one spot of `text`: what is wrong, the text with a caret under the character, and what to do."""
    start = max(0, min(at - SHOWN // 2, len(text) - SHOWN))
    shown = "".join(visible(char) for char in text[start : start + SHOWN])
    lead = "..." if start else ""
    tail = "..." if start + SHOWN < len(text) else ""
    caret = " " * (len(lead) + at - start) + "^"
    return BoundError(f"{problem} (character {at + 1})\n  {lead}{shown}{tail}\n  {caret}\n{advice}", at)


def visible(char: str) -> str:
    """Itself, or "?" for what would move the caret or the reader: control, bidi and combining characters."""
    return char if char.isprintable() and not unicodedata.category(char).startswith("M") else "?"


def check_length(text: str) -> None:
    """Raises BoundError for a text that is too long to be a bound."""
    if len(text) > LONGEST_TEXT:
        advice = f"only the first {LONGEST_TEXT} characters would be read: {ONE_BOUND}"
        raise complain(text, LONGEST_TEXT, f"the answer is too long, {len(text)} characters", advice)
