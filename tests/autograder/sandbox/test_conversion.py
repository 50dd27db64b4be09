"""What a student's code may give: every kind of mapping, vector, number and text, and what it counts as."""

from __future__ import annotations

import array
import collections
import enum
import itertools
import types
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from autograder.grading.coerce import Unreadable, integer, real, text
from autograder.grading.keyed import keyed, matrices
from autograder.sandbox.conversion import MAX_ITEMS, Converter
from autograder.sandbox.decoding import Room, decode
from autograder.sandbox.values import Array, Other


def crossed(value: Any, converter: Converter | None = None) -> Any:
    """A value as the grader gets it."""
    blobs = bytearray()
    header = (converter or Converter()).encode(value, blobs)
    return decode(header, bytes(blobs), Room())


class Side(str, enum.Enum):
    LEFT = "left"

    def __str__(self) -> str:
        return "something else"


class Number(enum.IntEnum):
    THREE = 3


class Text(str):
    def strip(self, *_: Any) -> str:  # type: ignore[override]
        raise AssertionError("a method of the student's own")


def mine(kind: type) -> type:
    """A subclass of the student's own."""
    return type("Mine", (kind,), {})


class Labelled:
    """Like a pandas Series or DataFrame: not a mapping, but whatever numpy makes of it."""

    def __init__(self, values: Any, labels: Any = None) -> None:
        self.values = np.asarray(values)
        self.labels = range(len(self.values)) if labels is None else labels
        self.ndim = self.values.ndim

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        return np.asarray(self.values, dtype=dtype)

    def keys(self) -> Any:
        return self.labels

    def __getitem__(self, label: Any) -> Any:
        return self.values[list(self.labels).index(label)]

    def __len__(self) -> int:
        return len(self.values)


class Indexed:
    """The old protocol of a sequence."""

    def __len__(self) -> int:
        return 3

    def __getitem__(self, at: int) -> int:
        return [1, 2, 3][at]


class Index:
    def __index__(self) -> int:
        return 3


class Float:
    def __float__(self) -> float:
        return 0.5


class Rational:
    numerator, denominator = 1, 3


def matrix(rows: Any) -> Any:
    """A numpy matrix, without its warning."""
    return np.atleast_2d(rows).view(np.matrix)


def counts(**changed: Any) -> dict[str, Any]:
    return {"conv1": 1, "total": 3, **changed}


MAPPINGS = {
    "dict": counts(),
    "OrderedDict": collections.OrderedDict(counts()),
    "defaultdict": collections.defaultdict(int, counts()),
    "Counter": collections.Counter(counts()),
    "UserDict": collections.UserDict(counts()),
    "ChainMap": collections.ChainMap({"conv1": 1}, {"total": 3}),
    "MappingProxyType": types.MappingProxyType(counts()),
    "a subclass": mine(dict)(counts()),
    "numpy's text for keys": {np.str_(name): value for name, value in counts().items()},
    "an enum of text for keys": {enum.Enum("K", {"T": "total"}, type=str).T: 3, "conv1": 1},
    "labelled": Labelled([1, 3], ["conv1", "total"]),
}


@pytest.mark.parametrize("value", MAPPINGS.values(), ids=MAPPINGS)
def test_a_mapping_is_a_dict(value: Any) -> None:
    entries = keyed(crossed(value), ["conv1", "total"]).entries
    assert {name: integer(count) for name, count in entries.items()} == counts()


VECTORS = {
    "list": [1, 2, 3],
    "tuple": (1, 2, 3),
    "namedtuple": collections.namedtuple("V", "a b c")(1, 2, 3),
    "deque": collections.deque([1, 2, 3]),
    "UserList": collections.UserList([1, 2, 3]),
    "a subclass of list": mine(list)([1, 2, 3]),
    "range": range(1, 4),
    "map": map(int, "123"),
    "generator": (n for n in (1, 2, 3)),
    "zip of columns": [n for (n,) in zip([1, 2, 3])],
    "dict values": {"a": 1, "b": 2, "c": 3}.values(),
    "chain": itertools.chain([1], [2, 3]),
    "array.array": array.array("d", [1, 2, 3]),
    "array": np.array([1, 2, 3]),
    "read only": np.broadcast_to(np.array([1, 2, 3]), (3,)),
    "every other item": np.array([1, 0, 2, 0, 3])[::2],
    "row": np.array([[1, 2, 3]]),
    "column": np.array([[1], [2], [3]]),
    "matrix": matrix([1, 2, 3]),
    "matrix on end": matrix([1, 2, 3]).T,
    "masked without a mask": np.ma.array([1, 2, 3]),
    "a subclass of ndarray": np.array([1, 2, 3]).view(mine(np.ndarray)),
    "objects: int": np.array([1, 2, 3], dtype=object),
    "objects: Fraction": np.array([Fraction(1), Fraction(2), Fraction(3)]),
    "objects: Decimal": np.array([Decimal(1), Decimal(2), Decimal(3)]),
    "objects: mixed": np.array([1, 2.0, Fraction(3)], dtype=object),
    "objects: numpy scalars": np.array([np.float32(1), np.int8(2), 3], dtype=object),
    "list of 0-d arrays": [np.array(1), np.array(2), np.array(3)],
    "list of numpy scalars": [np.int64(1), np.float64(2), np.float16(3)],
    "list of subclasses": [mine(int)(1), mine(float)(2), Number.THREE],
    "labelled": Labelled([1, 2, 3]),
    "the old protocol of a sequence": Indexed(),
    "tuple of generators": tuple(iter([n]) for n in (1, 2, 3)),
    "float32": np.array([1, 2, 3], dtype=np.float32),
    "big endian": np.array([1, 2, 3], dtype=">f8"),
    "longdouble": np.array([1, 2, 3], dtype=np.longdouble),
    "unsigned": np.array([1, 2, 3], dtype=np.uint8),
}


@pytest.mark.parametrize("value", VECTORS.values(), ids=VECTORS)
def test_a_vector_is_its_numbers(value: Any) -> None:
    assert matrices(crossed({"v": value}), {"v": [(3,)]})["v"] == (1, 2, 3)


MATRICES = {
    "lists": [[1, 2], [3, 4], [5, 6]],
    "generator of maps": (map(int, row) for row in ("12", "34", "56")),
    "list of arrays": [np.array([1, 2]), np.array([3, 4]), np.array([5, 6])],
    "list of matrices' rows": [row.A1 for row in matrix([[1, 2], [3, 4], [5, 6]])],
    "matrix": matrix([[1, 2], [3, 4], [5, 6]]),
    "masked": np.ma.array([[1, 2], [3, 4], [5, 6]]),
    "objects": np.array([[1, Fraction(2)], [Decimal(3), 4], [5, 6]], dtype=object),
    "column-major": np.asfortranarray([[1, 2], [3, 4], [5, 6]]),
    "labelled": Labelled([[1, 2], [3, 4], [5, 6]]),
    "zip": zip([1, 3, 5], [2, 4, 6], strict=True),
}


@pytest.mark.parametrize("value", MATRICES.values(), ids=MATRICES)
def test_a_matrix_is_its_rows(value: Any) -> None:
    assert matrices(crossed({"W": value}), {"W": [(3, 2)]})["W"] == (1, 2, 3, 4, 5, 6)


NUMBERS = {
    "int": 3,
    "IntEnum": Number.THREE,
    "a subclass of int": mine(int)(3),
    "float": 3.0,
    "a subclass of float": mine(float)(3),
    "numpy int": np.int16(3),
    "numpy float": np.float64(3),
    "numpy half": np.float16(3),
    "longdouble": np.longdouble(3),
    "0-d array": np.array(3),
    "0-d array of an object": np.array(Fraction(3)),
    "0-d matrix item": matrix([[3]])[0, 0],
    "Fraction": Fraction(3),
    "a subclass of Fraction": mine(Fraction)(3),
    "Decimal": Decimal("3.0"),
    "a subclass of Decimal": mine(Decimal)(3),
    "__index__": Index(),
}


@pytest.mark.parametrize("value", NUMBERS.values(), ids=NUMBERS)
def test_a_number_of_any_type_is_that_number(value: Any) -> None:
    came = crossed(value)
    assert (real(came), integer(came)) == (3.0, 3)
    assert matrices({"b": came}, {"b": [()]})["b"] == (3,)


def test_what_says_how_large_it_is_crosses_exactly() -> None:
    assert crossed(Rational()) == Fraction(1, 3)
    assert crossed(Float()) == 0.5
    assert matrices(crossed({"b": np.array([[Fraction(1, 3)]])}), {"b": [()]})["b"] == (Fraction(1, 3),)


TEXTS = {
    "str": "left",
    "a subclass": Text("left"),
    "numpy's": np.str_("left"),
    "0-d array": np.array("left"),
    "an enum of text": Side.LEFT,
}


@pytest.mark.parametrize("value", TEXTS.values(), ids=TEXTS)
def test_a_text_of_any_type_is_that_text(value: Any) -> None:
    assert text(crossed(value)) == "left"


NO_VECTORS = {
    "bool": ([True, 2, 3], "got True (bool)"),
    "numpy bool": (np.array([True, False, True]), "expected real numbers, got True (bool)"),
    "bool among objects": (np.array([True, 2, 3], dtype=object), "got True (bool)"),
    "complex": (np.array([1j, 2, 3]), "expected real numbers"),
    "complex among objects": (np.array([1j, 2, 3], dtype=object), "expected real numbers"),
    "NaN": (np.array([np.nan, 2, 3]), "expected finite numbers, got nan"),
    "infinite": ([float("inf"), 2, 3], "expected finite numbers, got inf"),
    "text": (["1", 2, 3], "got the string '1'"),
    "text as an array": (np.array(["1", "2", "3"]), "array of str"),
    "one text": ("123", "got the string '123'"),
    "bytes": (b"123", "a value of type bytes"),
    "two numbers": ([1, 2], "expected shape (3,), got (2,)"),
    "four numbers": (np.arange(4), "expected shape (3,), got (4,)"),
    "none": ([], "expected shape (3,), got (0,)"),
    "3 x 3": (np.eye(3), "expected shape (3,), got (3, 3)"),
    "a set, which has no order": ({1, 2, 3}, "a value of type set"),
    "a dict": ({0: 1, 1: 2, 2: 3}, "a dict"),
    "None": (None, "got None"),
    "masked items": (np.ma.array([1, 2, 3], mask=[0, 1, 0]), "array with masked items"),
    "no end": (itertools.count(), "a value of type count"),
    "a function": (len, "got a function (are its brackets missing?)"),
    "rows of different lengths": ([[1, 2], [3]], "the rows differ in length"),
    "records": (np.array([(1, 2.0)], dtype=[("a", int), ("b", float)]), "array of void"),
    "dates": (np.array(["2020-01-01"] * 3, dtype="datetime64[D]"), "array of datetime64"),
}


@pytest.mark.parametrize(("value", "says"), NO_VECTORS.values(), ids=NO_VECTORS)
def test_what_is_no_vector_is_refused_with_what_came(value: Any, says: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        matrices(crossed({"v": value}), {"v": [(3,)]})
    assert says in str(refusal.value)


@pytest.mark.parametrize(
    "value", [True, np.bool_(True), 1j, np.complex64(1), float("nan"), "x", None, [3], b"3"], ids=str
)
def test_what_is_no_count_is_refused(value: Any) -> None:
    with pytest.raises(Unreadable):
        integer(crossed(value))


def test_an_iterator_gives_the_same_to_everyone_who_asks() -> None:
    """A constant may hold one, and three rows ask for it: the second and third would find it empty."""
    converter = Converter()
    weights = {"v": map(int, "123")}
    assert [crossed(weights, converter) for _ in range(3)] == [{"v": [1, 2, 3]}] * 3


def test_an_iterator_without_an_end_ends() -> None:
    assert isinstance(crossed(itertools.repeat(1)), Other)
    assert len(crossed(iter(range(MAX_ITEMS)))) == MAX_ITEMS
    assert isinstance(crossed(iter(range(MAX_ITEMS + 1))), Other)


def test_what_contains_itself_ends() -> None:
    loop: list[Any] = []
    loop.append(loop)
    around = collections.UserDict()
    around["x"] = around
    box = np.empty(1, dtype=object)
    box[0] = box
    for endless in (loop, around, box):
        assert "nested too deeply" in repr(crossed(endless))


def test_an_error_of_their_method_is_theirs() -> None:
    class Broken:
        def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
            raise ValueError("no array today")

    with pytest.raises(ValueError, match="no array today"):
        crossed([Broken()])


def test_a_large_array_does_not_cross() -> None:
    assert isinstance(crossed(np.zeros(1 << 20)), Other)
    assert isinstance(crossed(np.zeros((1,) * 9)), Other)
    assert isinstance(crossed(np.zeros(1)), Array)
