"""What a wrong parameter of a row should have been, in an instructor's words."""

from __future__ import annotations

import enum
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Literal, get_args, get_origin

from autograder.core.text import nearest, one_line

TYPES = {
    "str": "a text",
    "int": "an integer",
    "float": "a number",
    "decimal": "a number",
    "array": "a list",
    "object": "keys with values",
    "bool": "true or false",
    "null": "nothing",
    "date": "a date",
    "datetime": "a date with a time",
}


def value_message(message: str, value: Any, kind: Any) -> str:
    """msgspec's words about a value of a type, with what is allowed there and what came.

    >>> value_message("Invalid enum value 'strikt'", "strikt", Literal["strict", "either"])
    '"strikt" is not allowed, did you mean "strict"?; allowed: strict, either'
    >>> value_message("Expected `int`, got `str`", "many", int)
    'expected an integer, got "many"'
    """
    if "enum value" in message:
        word = (re.findall(r"enum value '?(.*?)'?$", message) or [""])[0]
        words = [*dict.fromkeys(_words(kind))]
        return f'"{word}" is not allowed{nearest(word, words)}; allowed: {", ".join(words)}'
    wanted, got = (re.findall(rf"{word} `([^`]*)`", message) for word in ("xpected", "got"))
    words = [*dict.fromkeys(_words(kind))]
    if wanted and got:
        types = [TYPES.get(one, one) for one in wanted[0].split(" | ")]
        came = TYPES.get(got[0], got[0])
        if isinstance(value, (str, bool, int, float, Decimal)):
            came = f'"{one_line(value, 60)}"' if isinstance(value, str) else str(value).lower()
        one_of = f" of: {', '.join(words)}" if words else ""
        hint = "; YAML reads yes, no, on and off as true or false" if got[0] == "bool" and "str" in wanted[0] else ""
        return f"expected {' or '.join(types)}{one_of}, got {came}{hint}"
    return f"{message[:1].lower()}{message[1:].replace('`', '')}, got {one_line(str(value), 60)}"


def _words(kind: Any) -> Iterator[str]:
    """The words that a type allows, its own or those of its items."""
    if get_origin(kind) is Literal:
        yield from map(str, get_args(kind))
    elif isinstance(kind, type) and issubclass(kind, enum.Enum):
        yield from (str(member.value) for member in kind)
    else:
        for inside in get_args(kind):
            yield from _words(inside)
