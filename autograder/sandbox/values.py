"""Plain data: what crosses between the grader and a student's process, as the grader holds it.

None, bool, int, float, complex, str, bytes, list, tuple, set, frozenset, dict, Fraction and Decimal cross as themselves
(keys and what stands in a set as short plain values, and tuples of them), and so does a numpy scalar or a 0-d array
that is such a number to the last bit. Any other array or scalar becomes an `Array`, everything else an `Other`, which
only says what it was. The grader rebuilds every value from bytes; it never holds an object that the student made, and
does not need numpy.
"""

from __future__ import annotations

import operator
import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any, ClassVar

# dtype names that may cross, with the struct code of one item (little endian). float16 to float64 are bit for bit;
# longdouble crosses as decimal text, since its layout differs between machines.
ITEM_CODES: Mapping[str, str] = {
    "bool": "?",
    "int8": "b",
    "int16": "h",
    "int32": "i",
    "int64": "q",
    "uint8": "B",
    "uint16": "H",
    "uint32": "I",
    "uint64": "Q",
    "float16": "e",
    "float32": "f",
    "float64": "d",
    "complex64": "ff",
    "complex128": "dd",
}

MAX_INT_BITS = 4_096  # of an integer, a numerator or a denominator: 1,234 digits
MAX_DIGITS = 1_300  # in the text of a number, and of its decimal exponent: Python refuses to print 4,300


class _Value:
    """Fields that never change, compared one by one. Every student's process imports this, and would wait for more."""

    __slots__ = ()
    _fields: ClassVar[tuple[str, ...]] = ()  # in the order of the arguments

    def _values(self) -> tuple[Any, ...]:
        return tuple(getattr(self, name) for name in self._fields)

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"{name} of a {type(self).__name__} cannot be changed")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{name} of a {type(self).__name__} cannot be deleted")

    def __eq__(self, other: object) -> bool:
        return self._values() == other._values() if type(other) is type(self) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._values())

    def __repr__(self) -> str:
        fields = (f"{name}={value!r}" for name, value in zip(self._fields, self._values(), strict=True))
        return f"{type(self).__qualname__}({', '.join(fields)})"

    def __reduce__(self) -> tuple[type, tuple[Any, ...]]:
        return type(self), self._values()


class Array(_Value):
    """An array, row-major; a numpy scalar that is no Python number (float32) has `shape == ()` and `scalar` set.

    items: Python values (bool, int, float, complex), or decimal text for a longdouble. What else is asked of it
    (operators, `==` too, `len`, indices, methods such as `mean`) the numpy array answers that it was:
    `np.asarray(array)`. Only two of these compare as values.
    """

    _fields = ("dtype", "shape", "items", "scalar")
    __slots__ = _fields

    dtype: str
    shape: tuple[int, ...]
    items: tuple[Any, ...]
    scalar: bool

    def __init__(self, dtype: str, shape: tuple[int, ...], items: tuple[Any, ...], scalar: bool = False) -> None:
        put = object.__setattr__  # one by one: a grading makes more than a thousand of these
        put(self, "dtype", dtype)
        put(self, "shape", shape)
        put(self, "items", items)
        put(self, "scalar", scalar)

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        """The numpy array, made anew."""
        import numpy  # no student's process and no grading imports it for this, unless a spec asks

        kind = numpy.longdouble if self.dtype == "longdouble" else self.dtype
        made = numpy.array(self.items, dtype=kind).reshape(self.shape)
        return made if dtype is None else made.astype(dtype)

    def imported(self) -> Any:
        """What a spec would hold that had imported the submission; a 0-d array is its one number."""
        made = self.__array__()[()]
        return made.item() if self.shape == () and self.dtype.startswith(("bool", "int", "uint")) else made

    def __eq__(self, other: object) -> Any:
        if type(other) is Array:
            return self._values() == other._values()
        return self.imported() == other

    def __ne__(self, other: object) -> Any:
        return not self == other if type(other) is Array else self.imported() != other

    def __hash__(self) -> int:
        return hash(self.items[0] if self.shape == () else self._values())

    def __getattr__(self, name: str) -> Any:
        """What numpy's arrays have beside: `mean`, `T`, `ndim`."""
        if name.startswith("_"):  # asked of everything by `copy`, `pickle` and numpy
            raise AttributeError(name)
        return getattr(self.imported(), name)

    def __bool__(self) -> bool:
        return bool(self.imported())

    def __iter__(self) -> Iterator[Any]:
        return iter(self.imported())

    @property
    def kind(self) -> str:
        """What to call it in a sentence: "an array of float64 with shape (3, 2)", "a numpy float32"."""
        if self.scalar:
            return f"a numpy {self.dtype}"
        return f"an array of {self.dtype} with shape {self.shape}"

    def exact(self, item: Any) -> Fraction:
        """One item as the shortest decimal that prints it in its own type; ValueError if it is not a finite number."""
        if self.dtype in ("float16", "float32"):
            return shortest_decimal(item, ITEM_CODES[self.dtype])
        return exact_fraction(item)


def _by_numpy(of: Callable[..., Any]) -> Callable[..., Any]:
    def operation(self: Array, *others: Any) -> Any:
        return of(self.imported(), *(other.imported() if isinstance(other, Array) else other for other in others))

    return operation


_TWO = ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul", "and_", "or_", "xor")
_ONE = ("abs", "neg", "pos", "invert", "lt", "le", "gt", "ge", "getitem", "contains", "index")
for _name in (*_TWO, *_ONE):
    _word, _of = _name.rstrip("_"), getattr(operator, _name)
    setattr(Array, f"__{_word}__", _by_numpy(_of))
    if _name in _TWO:
        setattr(Array, f"__r{_word}__", _by_numpy(lambda right, left, of=_of: of(left, right)))
for _kind in (len, float, int, complex, round, format, divmod):
    setattr(Array, f"__{_kind.__name__}__", _by_numpy(_kind))


class Record(_Value):
    """Named fields that the student reads as attributes: `s.x`, `w.bias`. Crosses to the student only."""

    _fields = ("fields",)
    __slots__ = _fields

    fields: Mapping[str, Any]

    def __init__(self, fields: Mapping[str, Any]) -> None:
        object.__setattr__(self, "fields", fields)


class Other(_Value):
    """A value that does not cross; `type_name` is what the student's process called its type."""

    _fields = ("type_name",)
    __slots__ = _fields

    type_name: str

    def __init__(self, type_name: str) -> None:
        object.__setattr__(self, "type_name", type_name)


def float64_array(values: Sequence[float]) -> Array:
    """A vector of float64."""
    return Array("float64", (len(values),), tuple(values))


def exact_fraction(value: Any) -> Fraction:
    """A number exactly; a float means the shortest decimal that prints it, so that 0.1 + 0.2 - 0.3 is zero.

    >>> exact_fraction(0.1) + exact_fraction(0.2) - exact_fraction(0.3)
    Fraction(0, 1)

    Raises ValueError if it is no finite real number, or one that is too long to be written.
    """
    if type(value) is float or type(value) is str:
        try:
            value = Decimal(repr(value) if type(value) is float else value)
        except InvalidOperation:
            raise ValueError(f"{value[:60]!r} is not a number") from None
    if type(value) in (int, Fraction) or (type(value) is Decimal and _is_short(value)):
        exact = Fraction(value)
        if max(exact.numerator.bit_length(), exact.denominator.bit_length()) <= MAX_INT_BITS:
            return exact
    raise ValueError(f"{value!s:.60} is not a finite number of at most 1,233 digits")


def _is_short(value: Decimal) -> bool:
    return value.is_finite() and abs(value.adjusted()) <= MAX_DIGITS and len(value.as_tuple().digits) <= MAX_DIGITS


def shortest_decimal(value: float, code: str) -> Fraction:
    """The shortest decimal that reads back as `value` in the smaller float type of struct code `code` ("e" or "f")."""
    for digits in range(1, 10):
        text = f"{value:.{digits}g}"
        try:
            if struct.unpack(code, struct.pack(code, float(text)))[0] == value:
                return exact_fraction(float(text))
        except OverflowError:  # rounded up beyond the type's largest number: one more digit
            continue
    return exact_fraction(value)


_FUNCTIONS = ("function", "method", "builtin_function_or_method", "ufunc")


def kind_of(value: Any) -> str:
    """What to call a value in a sentence to a student: "a list", "the string '12'", "an array of float64 ..."."""
    if isinstance(value, Array):
        return value.kind
    if isinstance(value, Other):
        if value.type_name in _FUNCTIONS:
            return "a function (are its brackets missing?)"
        described = " " in value.type_name  # "list of 100,000 items"
        return with_article(value.type_name) if described else f"a value of type {value.type_name}"
    if value is None:
        return "None (is a `return` missing?)"
    if isinstance(value, tuple) and len(value) == 1:
        return "a tuple of one value"
    if isinstance(value, (list, tuple)):
        return f"a {type(value).__name__} of {len(value):,} value{'' if len(value) == 1 else 's'}"
    if isinstance(value, int) and value.bit_length() > 200:
        return f"an int of {value.bit_length():,} bits"
    if isinstance(value, (bool, int, float, complex, Fraction, Decimal)):
        text = repr(value) if not isinstance(value, (Fraction, Decimal)) else str(value)
        return f"{text} ({type(value).__name__})" if len(text) <= 60 else f"a very long {type(value).__name__}"
    if isinstance(value, str):
        return f"the string {value[:60]!r}" + ("..." if len(value) > 60 else "")
    if isinstance(value, (set, frozenset, bytes)):
        return f"a value of type {type(value).__name__}"
    return with_article(type(value).__name__)


def with_article(noun: str) -> str:
    """ "a list", "an int"."""
    return f"{'an' if noun[:1] in 'aeiou' else 'a'} {noun}"
