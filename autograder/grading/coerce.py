"""What a returned value counts as: a real number, an integer, exact numbers, a text, a choice.

Each reader takes plain data and answers a value, or raises `Unreadable` with a sentence for the student: what was
expected, what came, what to do. Shape and kind are judged before numbers are made. Whatever a reader raises over a
value that a student chose is that student's, and never the grader's.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import wraps
from typing import Any, TypeVar

from autograder.core.errors import StudentError
from autograder.core.text import one_line
from autograder.sandbox.values import Array, Other, exact_fraction, kind_of

Shape = tuple[int, ...]
_EXACT = (int, float, Fraction, Decimal)


class Unreadable(StudentError):
    """A value that came, but is not what the question asks for; the message is for the student."""


Reader = TypeVar("Reader", bound=Callable[..., Any])


def theirs(read: Reader) -> Reader:
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


@theirs
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
        return ": return one of them" if len(value) > 1 else COMMA
    return ""


_ALONE, _ONE = "return the number alone, without [ ]", "return the one that is asked for"
COMMA = ": is there a comma at the end of the return line?"


def _too_large(value: Any) -> str:
    return f"an integer of {value.bit_length()} bits" if type(value) is int else f"{kind_of(value)}, too large for one"


@theirs
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


@theirs
def text(value: Any) -> str:
    """A text, stripped; "" where the stub was left empty."""
    if type(value) is str:
        return value.strip()
    hint = ": is there a comma at the end of the line?" if isinstance(value, tuple) and len(value) == 1 else ""
    if isinstance(value, (list, tuple)) and len(value) > 1 and all(isinstance(one, str) for one in value):
        hint = ": make one text of them, without commas between its parts"
    raise Unreadable(f"expected a text in quotes, got {_part(value)}{hint}")


@theirs
def exact(value: Any) -> Fraction:
    """One finite real number, exactly; a float is the shortest decimal of its own type that prints it."""
    if shape_of(value) != ():
        raise Unreadable(f"expected one number, got {kind_of(value)}")
    return next(numbers(value))


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


def shape_of(value: Any, depth: int = 0, part: bool = False) -> Shape:
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
    inner = {shape_of(v, depth + 1) for v in value}
    if len(inner) > 1:
        raise Unreadable("the rows differ in length")
    return (len(value), *inner.pop()) if inner else (len(value),)


def numbers(value: Any) -> Iterator[Fraction]:
    """The exact numbers of an array, a number, or nested lists of them, row-major."""
    if isinstance(value, Array):
        yield from (_number(value, i) for i in range(len(value.items)))
    elif isinstance(value, (list, tuple)):
        for part in value:
            yield from numbers(part)
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
