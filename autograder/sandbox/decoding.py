"""Reads values: what a student's process returned, as the grader takes it, and the arguments of a call in the worker.

A reply is bytes that a student chose. What reading it may cost stands in docs/security.md ("What a reply may cost"):
its size bounds it, whatever stands in it. Text is cleaned here, once, before anything of ours sees it. Every malformed
value is a `BadFrame`.
"""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from functools import cache
from types import SimpleNamespace
from typing import Any

from autograder.core.text import one_line, printable
from autograder.sandbox.values import ITEM_CODES, MAX_DIGITS, MAX_INT_BITS, Array, Other
from autograder.sandbox.wire import (
    KEY_BITS,
    KEY_DEPTH,
    MAX_DEPTH,
    MAX_FRAME,
    MAX_KEY,
    MAX_KEYS,
    MAX_LIST,
    MAX_RANK,
    MAX_TEXT,
    BadFrame,
)

MAX_ITEMS = 1 << 16  # numbers in all arrays of a reply
# Compiled when one comes: rarely, and every start would wait for it.
_LONGDOUBLE = r"(?a:-?(inf|nan|\d{1,40}(\.\d{0,40})?(e[+-]?\d{1,5})?))"
_DECIMAL = r"(?a:-?(Infinity|s?NaN\d{0,30}|\d+(\.\d*)?(E[+-]?\d{1,5})?|\.\d+))"
_FLOATS = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}
_PYTHONS = frozenset((*(code for code in ITEM_CODES if "int" in code), "bool", "float64", "complex128"))


class Room:
    """How much more the answers to one request may hold, in bytes, about: the grader keeps them side by side."""

    def __init__(self, left: int = 4 << 20) -> None:
        self.left = left


def decode(value: Any, blob: bytes, room: Room, imported: bool = False) -> Any:
    """What a student's process returned; only that it is too large, where no room is left.

    imported: arrays become numpy's own, as a check has them that imports a submission.
    Raises BadFrame for whatever is not the form that `wire.encode` writes.
    """
    if room.left <= 0:
        return Other("answer that is too large beside the others")
    reply = Imported(blob) if imported else Reply(blob)
    try:
        found = reply.read(value)
    except BadFrame:
        raise
    except Exception as error:
        raise BadFrame(f"not plain data: {type(error).__name__}") from None
    if reply.used != len(blob):
        raise BadFrame("bytes that belong to no array")
    room.left -= reply.size
    return found


def decode_arguments(values: Iterable[Any], blob: bytes) -> list[Any]:
    """Arguments that the grader sent, made anew. The blob serves all of a request."""
    reader = Argument(blob)
    return [reader.read(value) for value in values]


class Reply:
    """One value being read.

    used: the bytes of the blob that arrays were made of so far. items: the numbers in these. size: of the value, about.
    """

    def __init__(self, blob: bytes) -> None:
        self.blob = blob
        self.used = 0
        self.items = 0
        self.size = 0

    def read(self, value: Any, depth: int = 0) -> Any:
        """The value in tagged JSON."""
        if depth > MAX_DEPTH + 2:
            raise BadFrame("nested too deeply")
        self.size += 64
        kind = type(value)
        if value is None or kind is bool:
            return value
        if kind is int or kind is float:
            return _number(value)
        if kind is str:
            return self.text(value)
        if kind is list:
            return [self.read(v, depth + 1) for v in value]
        if kind is not dict:
            raise BadFrame(f"a {kind.__name__}")
        return self._tagged(value["$"], value, depth)

    def _tagged(self, tag: Any, value: dict[str, Any], depth: int) -> Any:
        if tag == "float64":
            return self.made(Array("float64", (), (_number(_typed(value["value"], float)),), True))
        if tag == "tuple":
            return tuple(self.read(v, depth + 1) for v in _typed(value["items"], list))
        if tag == "dict":
            pairs = _typed(value["pairs"], list)
            if len(pairs) > MAX_KEYS:
                raise BadFrame("too many keys")
            return {self.key(k): self.read(v, depth + 1) for k, v in pairs}
        if tag == "set" or tag == "frozenset":
            return self._set(value)
        if tag == "bytes":
            return self._bytes(value, MAX_TEXT)
        if tag == "array":
            return self._array(value)
        if tag == "record":
            return self.record(value, depth)
        return _tagged_number(tag, value) if tag != "other" else Other(self.label(value["type"]))

    def key(self, key: Any, depth: int = 0) -> Any:
        """What may be a key or stand in a set; hashes that a student can choose are few."""
        self.size += 64
        kind = type(key)
        if key is None or kind is bool:
            return key
        if kind is int or kind is float:
            if kind is int and key.bit_length() >= KEY_BITS:
                raise BadFrame("an integer that is too long for a key")
            return _number(key)
        if kind is str:
            if len(key) > MAX_KEY:
                raise BadFrame("a key that is no short text")
            return printable(key)
        tag = key["$"] if kind is dict else ""
        if tag == "bytes":
            return self._bytes(key, MAX_KEY)
        if tag not in ("tuple", "frozenset") or depth >= KEY_DEPTH:
            raise BadFrame(f"a key of {kind.__name__}")
        items = _typed(key["items"], list)
        if len(items) > MAX_KEY:
            raise BadFrame("a key that is too long")
        return (tuple if tag == "tuple" else frozenset)(self.key(one, depth + 1) for one in items)

    def _set(self, value: dict[str, Any]) -> Any:
        items = _typed(value["items"], list)
        if len(items) > (MAX_KEYS if any(type(one) is dict for one in items) else MAX_LIST):
            raise BadFrame("a set of too many")
        return (set if value["$"] == "set" else frozenset)(map(self.key, items))

    def _bytes(self, value: dict[str, Any], most: int) -> bytes:
        digits = _typed(value["hex"], str)
        if len(digits) > 2 * most or not digits.isascii() or not (digits.isalnum() or not digits):
            raise BadFrame("no bytes, or too many")
        self.size += len(digits)
        return bytes.fromhex(digits)

    def text(self, value: str) -> str:
        """A text without what no reader should see."""
        if len(value) > MAX_TEXT:
            raise BadFrame("a text that is too long")
        self.size += len(value)
        return printable(value)

    def label(self, value: Any) -> str:
        """What the student's process called a type."""
        return one_line(_typed(value, str), 60) or "(without a name)"

    def record(self, value: dict[str, Any], depth: int) -> Any:
        """Records go to the student only."""
        raise BadFrame("a record")

    def _array(self, value: dict[str, Any]) -> Any:
        dtype, scalar = _typed(value["dtype"], str), _typed(value["scalar"], bool)
        shape = tuple(_typed(n, int) for n in _typed(value["shape"], list))
        if len(shape) > MAX_RANK or any(not 0 <= n <= MAX_FRAME for n in shape) or (scalar and shape != ()):
            raise BadFrame("a shape that cannot be")
        count = math.prod(shape)
        if dtype == "longdouble":
            return self.made(Array(dtype, shape, _longdoubles(_typed(value["items"], list), count), scalar))
        at, size = _typed(value["at"], int), _typed(value["size"], int)
        if count > MAX_FRAME or size != count * struct.calcsize("<" + ITEM_CODES[dtype]):
            raise BadFrame("an array whose size is not its shape's")
        return self.array(Array(dtype, shape, (), scalar), count, self.span(at, size))

    def span(self, at: int, size: int) -> bytes:
        """The bytes of an array: each is used once, in order."""
        if at != self.used or at + size > len(self.blob):
            raise BadFrame("bytes that are another array's, or none")
        self.used += size
        return self.blob[at : at + size]

    def array(self, empty: Array, count: int, data: bytes) -> Any:
        """The array with its items; one with too many is only named."""
        self.items += count
        if self.items > MAX_ITEMS:
            return Other(f"array of {empty.dtype} with {count:,} items")
        code = ITEM_CODES[empty.dtype]
        numbers: tuple[Any, ...] = struct.unpack(f"<{count * len(code)}{code[0]}", data)
        if len(code) == 2:
            numbers = tuple(map(complex, numbers[::2], numbers[1::2]))
        self.size += 32 * count
        return self.made(Array(empty.dtype, empty.shape, numbers, empty.scalar))

    def made(self, array: Array) -> Any:
        """The array; a single number that Python holds to the last bit as that."""
        return array.items[0] if array.shape == () and array.dtype in _PYTHONS else array


class Imported(Reply):
    """One value being read as a check would have it that had imported the submission."""

    def made(self, array: Array) -> Any:
        """The array or the scalar as numpy's; booleans and integers as Python's, so that `is True` holds."""
        return array.imported()


class Argument(Reply):
    """The arguments of a call in the worker: the grader made them, their arrays stand anywhere in the blob.

    Each array that a student gets is a copy of its own. A worker may be asked a hundred times: what is common is looked
    at first, and what the grader wrote is not checked.
    """

    def read(self, value: Any, depth: int = 0) -> Any:
        """The value in tagged JSON."""
        kind = type(value)
        if kind is dict:
            return self._tagged(value["$"], value, depth)
        return [self.read(v, depth + 1) for v in value] if kind is list else value

    def record(self, value: dict[str, Any], depth: int) -> SimpleNamespace:
        """Named fields, columns of one length and others, as attributes: `s.x[t]`, as the questions write them."""
        fields = {}
        if names := value.get("columns"):
            at, shape = value["at"], (len(names), value["length"])
            matrix = _as_numpy("float64", shape, self.blob[at : at + 8 * math.prod(shape)])
            fields = {name: column.copy() for name, column in zip(names, matrix, strict=True)}
        for name, field in value["fields"].items():
            fields[name] = field if type(field) is float else self.read(field, depth + 1)
        return SimpleNamespace(**fields)

    def span(self, at: int, size: int) -> bytes:
        """The bytes of an array."""
        return self.blob[at : at + size]

    def array(self, empty: Array, count: int, data: bytes) -> Any:
        """The array as the student's numpy has it; a numpy scalar as that."""
        made = _as_numpy(empty.dtype, empty.shape, data)
        return made[()] if empty.scalar else made.copy()


def _as_numpy(dtype: str, shape: tuple[int, ...], data: bytes) -> Any:
    """Raw bytes as a numpy array, which cannot be written to."""
    import numpy as np  # the worker's, which has it; the grader reads no arguments

    return np.frombuffer(data, _dtype(dtype)).reshape(shape)


@cache
def _dtype(name: str) -> Any:
    import numpy as np

    return np.dtype(name).newbyteorder("<")


def _tagged_number(tag: Any, value: dict[str, Any]) -> Any:
    if tag == "int":
        return _hex(value["hex"])
    if tag == "float":
        return _FLOATS[value["name"]]
    if tag == "complex":
        return complex(_real(value["real"]), _real(value["imag"]))
    if tag == "fraction":
        return Fraction(_hex(value["top"]), _hex(value["bottom"]))
    if tag == "decimal":
        return _decimal(_typed(value["text"], str))
    raise BadFrame("an unknown tag")


def _number(value: float) -> float:
    if type(value) is int and value.bit_length() > MAX_INT_BITS:
        raise BadFrame("an integer that is too long")
    if not math.isfinite(value):
        raise BadFrame("a float that is none")
    return value


def _real(value: Any) -> float:
    return _number(value) if type(value) is float else _FLOATS[value["name"]]


def _decimal(text: str) -> Decimal | float:
    """A Decimal that can be written out; a NaN, which raises when it is compared, becomes a float's."""
    if len(text) > MAX_DIGITS or not re.fullmatch(_DECIMAL, text):
        raise BadFrame("no Decimal, or one that is too long")
    number = Decimal(text)
    if number.is_finite() and abs(number.adjusted()) > MAX_DIGITS:
        raise BadFrame("a Decimal that is too long")
    return math.nan if number.is_nan() else number


def _longdoubles(texts: list[Any], count: int) -> tuple[str, ...]:
    if len(texts) != count:
        raise BadFrame("an array whose size is not its shape's")
    if not all(re.fullmatch(_LONGDOUBLE, _typed(text, str)) for text in texts):
        raise BadFrame("no longdouble")
    return tuple(texts)


def _hex(text: Any) -> int:
    if len(_typed(text, str)) > MAX_INT_BITS // 4 + 3:
        raise BadFrame("an integer that is too long")
    number = int(text, 16)
    if number.bit_length() > MAX_INT_BITS:
        raise BadFrame("an integer that is too long")
    return number


def _typed(value: Any, kind: type) -> Any:
    if type(value) is not kind:
        raise BadFrame(f"expected {kind.__name__}")
    return value
