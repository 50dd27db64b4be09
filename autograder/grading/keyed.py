"""What a returned dict holds: entries by the names that are asked for, and arrays of exact numbers among them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

import msgspec

from autograder.core.text import one_line
from autograder.grading.coerce import COMMA, Shape, Unreadable, numbers, shape_of, theirs
from autograder.sandbox.values import Array, Other, kind_of

_SAME = {"sum": "total", "all": "total", "overall": "total"}


class Keyed(msgspec.Struct, frozen=True):
    """What a dict holds.

    entries: by the names that are asked for. strays: by other keys. twice: names with two values.
    """

    names: tuple[str, ...]
    entries: dict[str, Any]
    strays: dict[str, Any]
    twice: tuple[str, ...]

    @property
    def missing(self) -> list[str]:
        """The names that are asked for and not there."""
        return [name for name in self.names if name not in self.entries and name not in self.twice]

    def none_of_them(self) -> str:
        """On a dict in which none of the keys is: what it has, and a line for each key that is nearly one of them."""
        names = f"none of the keys {', '.join(self.names)} is in your dict"
        has = f"it has {', '.join([*self.strays][:6])}{', ...' if len(self.strays) > 6 else ''}"
        near = [f'"{key}"{meant}' for key in self.strays if (meant := self._meant(key)) != "."]
        return "\n".join([f"{names}; {has if self.strays else 'it is empty'}.", *near[:2]])

    def stray_keys(self) -> list[str]:
        """A sentence for each key that is nobody's."""
        return [f'unknown key "{key}"{self._meant(key)} Use {", ".join(self.names)}.' for key in self.strays]

    def _meant(self, key: str) -> str:
        only = len(self.missing) == 1 and len(self.strays) == 1
        same = _SAME.get(_letters(key), "")
        if only or same in self.missing:
            return f', did you mean "{self.missing[0] if only else same}"?'
        from autograder.grading.near_names import near_name  # needed only for a mistake

        near = [name for name in self.missing if near_name(name, [key])]
        return f', did you mean "{near[0]}"?' if len(near) == 1 else "."


@theirs
def keyed(value: Any, names: Iterable[str]) -> Keyed:
    """What a dict holds of these names. A key counts without case, spaces and punctuation: `Item 1` is item1.

    Raises Unreadable if it is no dict.
    """
    names = tuple(names)
    if not isinstance(value, dict):
        colon = isinstance(value, (set, frozenset)) or (isinstance(value, Other) and value.type_name.startswith("set "))
        hint = ": write a colon between each key and its value" if colon else ""
        hint = COMMA if isinstance(value, tuple) and len(value) == 1 else hint
        raise Unreadable(f"expected a dict with the keys {', '.join(names)}, got {kind_of(value)}{hint}")
    meant = {_letters(name): name for name in names}
    found: dict[str, list[Any]] = {}
    strays: dict[str, Any] = {}
    for key, entry in value.items():
        name = meant.get(_letters(key)) if isinstance(key, str) else None
        if name is None:
            strays[one_line(_shown_key(key), 40)] = entry
        elif len(several := found.setdefault(name, [])) < 2 and not any(_same(entry, other) for other in several):
            several.append(entry)
    entries = {name: several[0] for name, several in found.items() if len(several) == 1}
    return Keyed(names, entries, strays, tuple(name for name in found if name not in entries))


def _same(one: Any, other: Any) -> bool:
    """Whether two values are one: an array is compared as a value, and never with anything else."""
    if isinstance(one, (list, tuple)) and type(one) is type(other):
        return len(one) == len(other) and all(map(_same, one, other))
    return (type(one) is type(other) or (not isinstance(one, Array) and not isinstance(other, Array))) and one == other


def _shown_key(key: Any) -> str:
    """A key in a sentence: one that is no text with its type."""
    return key if isinstance(key, str) else f"{key!r} ({type(key).__name__})"


def _letters(key: str) -> str:
    """Letters and digits in small ones."""
    return "".join(letter for letter in key[:60].casefold() if letter.isalnum())


@theirs
def matrices(value: Any, shapes: Mapping[str, Sequence[Shape]]) -> dict[str, tuple[Fraction, ...]]:
    """A dict of named arrays as exact numbers in row-major order; `shapes` says which shapes each name may have.

    Nested lists and tuples count as arrays. Raises Unreadable with at most three faults, one a line.
    """
    entries = keyed(value, shapes)
    found: dict[str, tuple[Fraction, ...]] = {}
    faults: list[str] = []
    for name, allowed in shapes.items():
        try:
            found[name] = _shaped(name, entries, allowed)
        except Unreadable as fault:
            faults.append(str(fault))
    if len(entries.missing) == len(entries.names):
        raise Unreadable(entries.none_of_them())
    if faults:
        more = [f"(and {len(faults) - 3} more)"] if len(faults) > 3 else []
        raise Unreadable("\n".join([*faults[:3], *more, *entries.stray_keys()[:3]]))
    return found


def _shaped(name: str, value: Keyed, allowed: Sequence[Shape]) -> tuple[Fraction, ...]:
    if name in value.twice:
        raise Unreadable(f"{name}: there are two keys for it, with different values: keep one")
    if name not in value.entries:
        raise Unreadable(f"{name}: missing from the dict")
    try:
        shape = shape_of(value.entries[name], part=True)
        if not any(_fits(shape, one) for one in allowed):
            wanted = " or ".join(_shape_name(s) for s in allowed)
            turned = f": write its transpose, {name}.T" if shape[::-1] in allowed else ""
            raise Unreadable(f"expected shape {wanted}, got {_shape_name(shape)}{turned}")
        return tuple(numbers(value.entries[name]))
    except Unreadable as fault:
        raise Unreadable(f"{name}: {fault}") from None


def _fits(shape: Shape, wanted: Shape) -> bool:
    """Whether a shape is the wanted one; a vector is one in any orientation, and a number in any brackets."""
    return shape == wanted or (len(wanted) < 2 and _without_ones(shape) == _without_ones(wanted))


def _without_ones(shape: Shape) -> Shape:
    return tuple(n for n in shape if n != 1)


def _shape_name(shape: Shape) -> str:
    return str(shape) if shape else "() (a single number)"
