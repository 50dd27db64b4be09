"""What a returned value counts as: a real number, an integer, a matrix of exact numbers, a text.

Each reader takes plain data and answers a value, or raises `Unreadable` with a sentence for the student: what was
expected, what came, what to do. Shape and kind are judged before numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

import msgspec

from autograder.core.errors import StudentError
from autograder.core.text import nearest, one_line
from autograder.sandbox.values import Array, exact_fraction, kind_of

Shape = tuple[int, ...]
_SAME = {"sum": "total", "all": "total", "overall": "total"}


class Unreadable(StudentError):
    """A value that came, but is not what the question asks for; the message is for the student."""


def real(value: Any) -> float:
    """One real number of any type that is one, or a 0-d array. NaN and infinities pass: the comparison fails them."""
    if isinstance(value, Array) and value.shape == () and value.dtype not in ("bool", "complex64", "complex128"):
        value = value.items[0]
        value = float(value) if isinstance(value, str) else value
    if type(value) is float:
        return value
    if type(value) in (int, Fraction, Decimal):
        try:
            return float(value)
        except (OverflowError, ValueError):
            raise Unreadable(f"expected a float, got {_too_large(value)}") from None
    hint = ": index it, or sum over it" if isinstance(value, Array) and value.shape != () else ""
    raise Unreadable(f"expected one real number (a float), got {kind_of(value)}{hint}")


def _too_large(value: Any) -> str:
    return f"an integer of {value.bit_length()} bits" if type(value) is int else f"{kind_of(value)}, too large for one"


def integer(value: Any) -> int:
    """One integer: an int, a float, Fraction or Decimal that is integral, or text such as "123,456 parameters"."""
    if isinstance(value, Array) and value.shape == ():
        value = value.items[0] if value.dtype not in ("bool", "complex64", "complex128") else value
    if type(value) is int:
        return value
    if type(value) in (float, Fraction, Decimal):
        return _integral(value)
    if type(value) is str:
        from autograder.grading.counts import CountError, count  # most counts are numbers

        try:
            return count(value)
        except CountError as problem:
            raise Unreadable(f"{problem}; got {kind_of(value)}") from None
    raise Unreadable(f"expected an integer, got {kind_of(value)}")


def _integral(value: float | Fraction | Decimal) -> int:
    try:
        number = exact_fraction(value)
    except ValueError:
        raise Unreadable(f"expected an integer, got {value}") from None
    if number.denominator != 1:
        raise Unreadable(f"expected an integer, got {value}, which is not integral")
    return number.numerator


def rounded(value: Any) -> bool:
    """Whether an integer that was read is a text such as "12.3 million", with fewer digits than it has."""
    if type(value) is not str:
        return False
    from autograder.grading.counts import is_rounded  # most counts are numbers

    return is_rounded(value)


def text(value: Any) -> str:
    """A text, stripped; "" where the stub was left empty."""
    if type(value) is str:
        return value.strip()
    hint = ". Is there a comma behind it?" if isinstance(value, tuple) and len(value) == 1 else ""
    raise Unreadable(f"expected a text in quotes, got {kind_of(value)}{hint}")


def exact(value: Any) -> Fraction:
    """One finite real number, exactly; a float is the shortest decimal of its own type that prints it."""
    shape, items = _flatten(value)
    if shape != ():
        raise Unreadable(f"expected one number, got {kind_of(value)}")
    return items[0]


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
    if faults:
        more = [f"(and {len(faults) - 3} more)"] if len(faults) > 3 else []
        raise Unreadable("\n".join([*faults[:3], *more, *entries.stray_keys()[:3]]))
    return found


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

    def stray_keys(self) -> list[str]:
        """A sentence for each key that is nobody's."""
        return [f'"{key}" is none of the keys {", ".join(self.names)}{self._meant(key)}' for key in self.strays]

    def _meant(self, key: str) -> str:
        only = len(self.missing) == 1 and len(self.strays) == 1
        same = _SAME.get(_letters(key), "")
        if only or same in self.missing:
            return f', did you mean "{self.missing[0] if only else same}"?'
        return nearest(key, self.missing) or "."


def keyed(value: Any, names: Iterable[str]) -> Keyed:
    """What a dict holds of these names. A key counts without case, spaces and punctuation: `Conv 1` is conv1.

    Raises Unreadable if it is no dict.
    """
    names = tuple(names)
    if not isinstance(value, dict):
        raise Unreadable(f"expected a dict with the keys {', '.join(names)}, got {kind_of(value)}")
    meant = {_letters(name): name for name in names}
    found: dict[str, list[Any]] = {}
    strays: dict[str, Any] = {}
    for key, entry in value.items():
        name = meant.get(_letters(key)) if isinstance(key, str) else None
        if name is None:
            strays[one_line(str(key), 40)] = entry
        elif entry not in found.setdefault(name, []):
            found[name].append(entry)
    entries = {name: several[0] for name, several in found.items() if len(several) == 1}
    return Keyed(names, entries, strays, tuple(name for name in found if name not in entries))


def _letters(key: str) -> str:
    """Letters and digits in small ones."""
    return "".join(letter for letter in key[:60].casefold() if letter.isalnum())


def _shaped(name: str, value: Keyed, allowed: Sequence[Shape]) -> tuple[Fraction, ...]:
    if name in value.twice:
        raise Unreadable(f"{name}: there are two keys for it, with different values")
    if name not in value.entries:
        raise Unreadable(f"{name}: missing from the dict")
    try:
        shape, items = _flatten(value.entries[name])
    except Unreadable as fault:
        raise Unreadable(f"{name}: {fault}") from None
    if not any(_fits(shape, one) for one in allowed):
        wanted = " or ".join(_shape_name(s) for s in allowed)
        turned = f": write its transpose, {name}.T" if shape[::-1] in allowed else ""
        raise Unreadable(f"{name}: expected shape {wanted}, got {_shape_name(shape)}{turned}")
    return items


def _fits(shape: Shape, wanted: Shape) -> bool:
    """Whether a shape is the wanted one; a vector is one in any orientation, and a number in any brackets."""
    return shape == wanted or (len(wanted) < 2 and _without_ones(shape) == _without_ones(wanted))


def _without_ones(shape: Shape) -> Shape:
    return tuple(n for n in shape if n != 1)


def _shape_name(shape: Shape) -> str:
    return str(shape) if shape else "() (a single number)"


def _flatten(value: Any, depth: int = 0) -> tuple[Shape, tuple[Fraction, ...]]:
    """Shape and exact items of an array, a number, or nested lists of them."""
    if isinstance(value, Array):
        return value.shape, tuple(_number(value, i) for i in range(len(value.items)))
    if not isinstance(value, (list, tuple)):
        return (), (_number(value),)
    if depth > 4:
        raise Unreadable("lists are nested too deeply")
    parts = [_flatten(v, depth + 1) for v in value]
    if len({shape for shape, _ in parts}) > 1:
        raise Unreadable("the rows differ in length")
    inner = parts[0][0] if parts else ()
    return (len(parts), *inner), tuple(item for _, items in parts for item in items)


def _number(value: Any, index: int | None = None) -> Fraction:
    item = value.items[index] if isinstance(value, Array) and index is not None else value
    if type(item) in (int, float, Fraction, Decimal) or (type(item) is str and isinstance(value, Array)):
        try:
            return value.exact(item) if isinstance(value, Array) else exact_fraction(item)
        except ValueError:
            where = f" at index {index}" if index is not None else ""
            raise Unreadable(f"expected finite numbers, got {item}{where}") from None
    raise Unreadable(f"expected real numbers, got {kind_of(item)}")
