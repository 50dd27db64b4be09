"""What a returned value counts as: a real number, an integer, a matrix of exact numbers, a text.

Each reader takes plain data and answers a value, or raises `Unreadable` with a sentence for the student: what was
expected, what came, what to do. Shape and kind are judged before numbers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from autograder.core.errors import StudentError
from autograder.core.text import nearest, one_line
from autograder.sandbox.values import Array, exact_fraction, kind_of

Shape = tuple[int, ...]
_GROUPED = re.compile(r"[+-]?\d{1,3}([ ,._'\u00a0\u202f]\d{3})+")  # 123,456 or 123 456: groups of three
_DECIMAL = re.compile(r"[+-]?\d+(\.\d*)?([eE][+-]?\d{1,3})?")


class Unreadable(StudentError):
    """A value that came, but is not what the question asks for; the message is for the student."""


def real(value: Any) -> float:
    """One real number: int, float, numpy scalar or 0-d array. NaN and infinities pass: the comparison fails them."""
    if isinstance(value, Array) and value.shape == () and value.dtype not in ("bool", "complex64", "complex128"):
        value = value.items[0]
        value = float(value) if isinstance(value, str) else value
    if type(value) is float:
        return value
    if type(value) is int:
        try:
            return float(value)
        except OverflowError:
            raise Unreadable(f"expected a float, got an integer of {value.bit_length()} bits") from None
    hint = ": index it, or sum over it" if isinstance(value, Array) and value.shape != () else ""
    raise Unreadable(f"expected one real number (a float), got {kind_of(value)}{hint}")


def integer(value: Any) -> int:
    """One integer: int, numpy int, a float, Fraction or Decimal that is integral, or text such as "123,456"."""
    if isinstance(value, Array) and value.shape == ():
        value = value.items[0] if value.dtype not in ("bool", "complex64", "complex128") else value
    if type(value) is int:
        return value
    if type(value) in (float, Fraction, Decimal):
        return _integral(value)
    if type(value) is str:
        text = value.strip()
        if _GROUPED.fullmatch(text):
            return int(re.sub(r"[^\d+-]", "", text))
        if _DECIMAL.fullmatch(text) and len(text) < 1_000:
            return _integral(Decimal(text))
    raise Unreadable(f"expected an integer, got {kind_of(value)}")


def _integral(value: float | Fraction | Decimal) -> int:
    try:
        number = exact_fraction(value)
    except ValueError:
        raise Unreadable(f"expected an integer, got {value}") from None
    if number.denominator != 1:
        raise Unreadable(f"expected an integer, got {value}, which is not integral")
    return number.numerator


def text(value: Any) -> str:
    """A text, stripped; "" where the stub was left empty."""
    if type(value) is str:
        return value.strip()
    raise Unreadable(f"expected a text in quotes, got {kind_of(value)}")


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
    if not isinstance(value, dict):
        raise Unreadable(f"expected a dict with the keys {', '.join(shapes)}, got {kind_of(value)}")
    found: dict[str, tuple[Fraction, ...]] = {}
    faults: list[str] = []
    for name, allowed in shapes.items():
        try:
            found[name] = _shaped(name, value, allowed)
        except Unreadable as fault:
            faults.append(str(fault))
    if faults:
        more = f"\n(and {len(faults) - 3} more)" if len(faults) > 3 else ""
        raise Unreadable("\n".join(faults[:3]) + more)
    return found


def _shaped(name: str, value: dict[Any, Any], allowed: Sequence[Shape]) -> tuple[Fraction, ...]:
    if name not in value:
        present = [one_line(str(k), 40) for k in list(value)[:20] if isinstance(k, str)]
        raise Unreadable(f"{name}: missing from the dict{nearest(name, present).replace('did you mean', 'found')}")
    try:
        shape, items = _flatten(value[name])
    except Unreadable as fault:
        raise Unreadable(f"{name}: {fault}") from None
    if shape not in allowed:
        wanted = " or ".join(_shape_name(s) for s in allowed)
        raise Unreadable(f"{name}: expected shape {wanted}, got {_shape_name(shape)}")
    return items


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
