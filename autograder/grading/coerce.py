"""What a returned value counts as: a real number, an integer, a matrix of exact numbers, a text.

Each reader takes plain data and answers a value, or raises `Unreadable` with a sentence for the student: what was
expected, what came, what to do. Shape and kind are judged before numbers are made. Whatever a reader raises over a
value that a student chose is that student's, and never the grader's.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import wraps
from typing import Any, TypeVar

import msgspec

from autograder.core.errors import StudentError
from autograder.core.text import one_line
from autograder.sandbox.values import Array, Other, exact_fraction, kind_of

Shape = tuple[int, ...]
_EXACT = (int, float, Fraction, Decimal)
_SAME = {"sum": "total", "all": "total", "overall": "total"}


class Unreadable(StudentError):
    """A value that came, but is not what the question asks for; the message is for the student."""


Reader = TypeVar("Reader", bound=Callable[..., Any])


def _theirs(read: Reader) -> Reader:
    """A reader that raises nothing but Unreadable, whatever value came."""

    @wraps(read)
    def reader(value: Any, *rest: Any) -> Any:
        try:
            return read(value, *rest)
        except Unreadable:
            raise
        except Exception as error:
            raise Unreadable(f"this answer cannot be read ({type(error).__name__}): {kind_of(value)}") from error

    return reader  # type: ignore[return-value]


@_theirs
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
    raise Unreadable(f"expected one real number (a float), got {kind_of(value)}{_one_of(value)}")


def _one_of(value: Any) -> str:
    """What to do with several values, or with a number in quotes, where one number belongs."""
    if value is None:
        return ": print shows a value, return gives it back"
    if isinstance(value, str) and re.fullmatch(r"\s*[-+]?[\d.]+(e[-+]?\d+)?\s*", value[:60]):
        return ": write it without quotes"
    if isinstance(value, str):
        return ": write the formula itself, without quotes"
    if isinstance(value, Other) and value.type_name.startswith("coroutine"):
        return ": write def in place of async def"
    if isinstance(value, Array) and math.prod(value.shape) == 1 and value.shape:
        return f": return its one value, with {'[0]' * len(value.shape)} behind it"
    if isinstance(value, Array) and value.shape:
        return ": is an index missing, such as [t]? Or is it to be summed?"
    if isinstance(value, list):
        return f": {_ALONE if len(value) == 1 else _ONE}, or their sum"
    if isinstance(value, tuple):
        return ": return one of them" if len(value) > 1 else _COMMA
    return ""


_ALONE, _ONE = "return the number alone, without [ ]", "return the one that is asked for"
_COMMA = ": is there a comma at the end of the return line?"


def _too_large(value: Any) -> str:
    return f"an integer of {value.bit_length()} bits" if type(value) is int else f"{kind_of(value)}, too large for one"


@_theirs
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
    raise Unreadable(f"expected an integer, got {_part(value)}")


def _part(value: Any) -> str:
    """What came where no function is asked for its value."""
    return "None" if value is None else kind_of(value)


def _integral(value: float | Fraction | Decimal) -> int:
    try:
        number = exact_fraction(value)
    except ValueError:
        raise Unreadable(f"expected an integer, got {kind_of(value)}") from None
    if number.denominator != 1:
        raise Unreadable(f"expected an integer, got {_shown(value)}, which is not integral")
    return number.numerator


def rounded(value: Any) -> bool:
    """Whether an integer that was read is a text such as "12.3 million", with fewer digits than it has."""
    if type(value) is not str:
        return False
    from autograder.grading.counts import is_rounded  # most counts are numbers

    return is_rounded(value)


@_theirs
def text(value: Any) -> str:
    """A text, stripped; "" where the stub was left empty."""
    if type(value) is str:
        return value.strip()
    hint = ": is there a comma at the end of the line?" if isinstance(value, tuple) and len(value) == 1 else ""
    if isinstance(value, (list, tuple)) and len(value) > 1 and all(isinstance(one, str) for one in value):
        hint = ": make one text of them, without commas between its parts"
    raise Unreadable(f"expected a text in quotes, got {_part(value)}{hint}")


@_theirs
def exact(value: Any) -> Fraction:
    """One finite real number, exactly; a float is the shortest decimal of its own type that prints it."""
    if _shape_of(value) != ():
        raise Unreadable(f"expected one number, got {kind_of(value)}")
    return next(_numbers(value))


@_theirs
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


def holds_float64(value: Any) -> bool:
    """Whether numpy would hold an array, or nested lists of numbers, in float64: floats, and ints among them."""
    kinds = set(_kinds(value))
    return "float64" in kinds and kinds <= {"float64", "int"}


def _kinds(value: Any) -> Iterator[str]:
    if isinstance(value, Array):
        yield "int" if value.dtype.startswith(("int", "uint")) else value.dtype
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _kinds(item)
    else:
        yield "float64" if type(value) is float else type(value).__name__


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


@_theirs
def keyed(value: Any, names: Iterable[str]) -> Keyed:
    """What a dict holds of these names. A key counts without case, spaces and punctuation: `Item 1` is item1.

    Raises Unreadable if it is no dict.
    """
    names = tuple(names)
    if not isinstance(value, dict):
        colon = isinstance(value, (set, frozenset)) or (isinstance(value, Other) and value.type_name.startswith("set "))
        hint = ": write a colon between each key and its value" if colon else ""
        hint = _COMMA if isinstance(value, tuple) and len(value) == 1 else hint
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


def _shaped(name: str, value: Keyed, allowed: Sequence[Shape]) -> tuple[Fraction, ...]:
    if name in value.twice:
        raise Unreadable(f"{name}: there are two keys for it, with different values: keep one")
    if name not in value.entries:
        raise Unreadable(f"{name}: missing from the dict")
    try:
        shape = _shape_of(value.entries[name], part=True)
        if not any(_fits(shape, one) for one in allowed):
            wanted = " or ".join(_shape_name(s) for s in allowed)
            turned = f": write its transpose, {name}.T" if shape[::-1] in allowed else ""
            raise Unreadable(f"expected shape {wanted}, got {_shape_name(shape)}{turned}")
        return tuple(_numbers(value.entries[name]))
    except Unreadable as fault:
        raise Unreadable(f"{name}: {fault}") from None


def _fits(shape: Shape, wanted: Shape) -> bool:
    """Whether a shape is the wanted one; a vector is one in any orientation, and a number in any brackets."""
    return shape == wanted or (len(wanted) < 2 and _without_ones(shape) == _without_ones(wanted))


def _without_ones(shape: Shape) -> Shape:
    return tuple(n for n in shape if n != 1)


def _shape_name(shape: Shape) -> str:
    return str(shape) if shape else "() (a single number)"


def _shape_of(value: Any, depth: int = 0, part: bool = False) -> Shape:
    """The shape of an array, a number, or nested lists of them; no number is looked at, only its kind.

    part: it is one of a dict.
    """
    if isinstance(value, Array):
        return value.shape
    if not isinstance(value, (list, tuple)):
        if type(value) not in _EXACT:
            raise Unreadable(f"expected real numbers, got {_part(value) if depth or part else kind_of(value)}")
        return ()
    if depth > 4:
        raise Unreadable("lists are nested too deeply")
    inner = {_shape_of(v, depth + 1) for v in value}
    if len(inner) > 1:
        raise Unreadable("the rows differ in length")
    return (len(value), *inner.pop()) if inner else (len(value),)


def _numbers(value: Any) -> Iterator[Fraction]:
    """The exact numbers of an array, a number, or nested lists of them, row-major."""
    if isinstance(value, Array):
        yield from (_number(value, i) for i in range(len(value.items)))
    elif isinstance(value, (list, tuple)):
        for part in value:
            yield from _numbers(part)
    else:
        yield _number(value)


def _number(value: Any, index: int | None = None) -> Fraction:
    item = value.items[index] if isinstance(value, Array) and index is not None else value
    if type(item) in _EXACT or (type(item) is str and isinstance(value, Array)):
        try:
            return value.exact(item) if isinstance(value, Array) else exact_fraction(item)
        except ValueError:
            where = f" at index {index}" if index is not None else ""
            raise Unreadable(f"expected finite numbers, got {_shown(item)}{where}") from None
    raise Unreadable(f"expected real numbers, got {kind_of(item)}")


_AROUND_A_CHOICE = frozenset(
    """the a an one on of hand side block model network net architecture version variant option choice design diagram
    figure unit""".split()  # noqa: SIM905
)
_BESIDE_A_CHOICE = re.compile(r"[\s.,;:!?()\[\]{}*_`\"'“”„‘’«»$=>-]*")  # noqa: RUF001


def choice(answer: str, options: Sequence[str], beside: Sequence[str] = ()) -> str:
    """The one of `options` that a text names: the bare word, with an article, a noun, punctuation or quotes around it.

    beside: nouns of the question that may stand there too, in small letters. Anything longer, a negation or a second
    option is refused: nobody guesses what a sentence chooses.
    """
    spoken = re.findall(r"[^\W\d_]+", answer.casefold())
    named = [option for option in options if option.casefold() in spoken]
    rest = [word for word in spoken if word not in {*_AROUND_A_CHOICE, *beside, *map(str.casefold, options)}]
    signs = re.sub(r"[^\W\d_]+", "", answer)
    negated = answer.lstrip(" \t\n\"'`*([{").startswith(("!", "-", "=", ">"))
    if len(named) != 1 or rest or negated or len(spoken) > 6 or not _BESIDE_A_CHOICE.fullmatch(signs):
        raise Unreadable(f"got {one_line(answer, 80)!r}: write {' or '.join(options)} and nothing else")
    return named[0]


def _shown(item: Any) -> str:
    """A number as it was written, or what to call it where that is long."""
    return str(item) if len(str(item)) <= 60 else kind_of(item)
