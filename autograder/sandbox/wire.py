"""Frames and plain data between the grader and a worker.

A frame is `u32 total | u32 header length | JSON header | raw bytes` (little endian, total without its own four bytes).
Values are JSON with a tag where JSON has no word for them (numpy's float64, too: the grader may have asked for its own
types); arrays are `{"$": "array", "dtype", "shape", "at", "size"}`
with their items as raw little-endian bytes behind the header, and the vectors of a record are `{"$": "record",
"columns": [names], "length", "at", "fields"}`, one after the other. Lengths, and how much a reply may hold, are capped
before anything is allocated; every malformed frame is a `BadFrame`, whatever is wrong with it.

The same file serves both sides: frames, and values on their way out. How they are read is `decoding`.
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from itertools import chain
from typing import IO, Any

from autograder.sandbox.values import ITEM_CODES, MAX_DIGITS, MAX_INT_BITS, Array, Record

MAX_FRAME = 2 << 20  # a reply of the student's process
MAX_REQUEST = 8 << 20  # a request of the grader's, which may carry the student's files
MAX_HEADER = 1 << 20
MAX_DEPTH = 20
MAX_RANK = 8
MAX_TEXT = 64 << 10
MAX_MARKS = 1 << 16  # of `[`, `{` and `,` in the header of a reply: no more values than that can be in it
MAX_LIST = 1 << 14
MAX_KEYS = 1 << 10
MAX_KEY = 200
KEY_BITS = 61  # of an integer that is a key: Python's hash of a longer one is another's
KEY_DEPTH = 3
_LENGTHS = struct.Struct("<II")


class BadFrame(Exception):
    """The other side sent something that is no frame or no plain data."""


# ---------------------------------------------------------------------------------------------------------- frames


def pack(header: Any, blobs: bytes | bytearray = b"", limit: int = MAX_FRAME) -> bytes:
    """One frame; ValueError if it is larger than the caps."""
    head = _ENCODE(header).encode("ascii")
    body = bytes(blobs)
    if len(head) > MAX_HEADER or 4 + len(head) + len(body) > limit or _holds_too_much(head, limit):
        raise ValueError("too large")
    return _LENGTHS.pack(4 + len(head) + len(body), len(head)) + head + body


def unpack(frame: bytes, limit: int = MAX_FRAME) -> tuple[Any, bytes]:
    """Header and raw bytes of a frame that begins behind its total length."""
    try:
        (size,) = struct.unpack_from("<I", frame)
        if size > MAX_HEADER or size + 4 > len(frame):
            raise BadFrame("the header is longer than its frame")
        head = frame[4 : 4 + size]
        if _holds_too_much(head, limit):
            raise BadFrame("more values than a reply may have")
        return _JSON.decode(head.decode("ascii")), frame[4 + size :]
    except BadFrame:
        raise
    except Exception as error:
        raise BadFrame(f"not a frame: {type(error).__name__}") from None


def _holds_too_much(head: bytes, limit: int) -> bool:
    """Whether a reply has more marks than it may; a request is the grader's own."""
    return limit <= MAX_FRAME and sum(map(head.count, b"[{,")) > MAX_MARKS


def _no_constant(name: str) -> Any:
    raise BadFrame(f"{name} is not JSON")


_JSON = json.JSONDecoder(parse_constant=_no_constant)
_ENCODE = json.JSONEncoder(allow_nan=False, separators=(",", ":")).encode


def read_frame(stream: IO[bytes], limit: int = MAX_FRAME) -> tuple[Any, bytes] | None:
    """The next frame of a stream, None at its end."""
    start = stream.read(4)
    if len(start) < 4:
        return None
    (total,) = struct.unpack("<I", start)
    if not 4 <= total <= limit:
        raise BadFrame(f"a frame of {total} bytes")
    frame = stream.read(total)
    if len(frame) < total:
        return None
    return unpack(frame, limit)


# ---------------------------------------------------------------------------------------------------------- values


_MORE = Callable[[Any, bytearray, int], Any]


def encode(value: Any, blobs: bytearray, extra: _MORE | None = None, depth: int = 0) -> Any:
    """A value as tagged JSON; the bytes of its arrays are appended to `blobs`.

    Exact types only: a subclass may lie about itself. `extra` may know more types (the worker's numpy); it returns None
    for what it does not know, which becomes "other" with the name of the type.
    """
    if depth > MAX_DEPTH:
        return {"$": "other", "type": "structure nested too deeply"}
    kind = type(value)
    if value is None or kind is bool:
        return value
    if kind in _ENCODERS:
        return _ENCODERS[kind](value)
    if kind is list or kind is tuple:
        if len(value) > MAX_LIST:
            return {"$": "other", "type": f"{kind.__name__} of {len(value):,} items"}
        items = [encode(v, blobs, extra, depth + 1) for v in value]
        return items if kind is list else {"$": "tuple", "items": items}
    if kind is dict:
        if len(value) > MAX_KEYS:
            return {"$": "other", "type": f"dict of {len(value):,} keys"}
        pairs = [[_encode_key(k), encode(v, blobs, extra, depth + 1)] for k, v in list(value.items())]
        return {"$": "dict", "pairs": pairs}
    if kind is set or kind is frozenset:
        return _encode_set(value)
    if kind is Array:
        return encode_array(value.dtype, value.shape, _item_bytes(value), blobs, value.scalar)
    if kind is Record:
        return _encode_record(value.fields, blobs, extra, depth)
    known = extra(value, blobs, depth) if extra is not None else None
    return known if known is not None else {"$": "other", "type": str(kind.__name__)[:60]}


def encode_array(dtype: str, shape: tuple[int, ...], data: bytes, blobs: bytearray, scalar: bool) -> Any:
    """The header of an array whose little-endian bytes go to `blobs`."""
    at = len(blobs)
    blobs += data
    return {"$": "array", "dtype": dtype, "shape": list(shape), "at": at, "size": len(data), "scalar": scalar}


def _encode_record(fields: Mapping[str, Any], blobs: bytearray, extra: _MORE | None, depth: int) -> Any:
    """Named fields. Vectors of one length that come first are told once, and stand side by side: a call has many."""
    columns: list[Any] = []
    shape: tuple[int, ...] = ()
    for value in fields.values():
        if type(value) is not Array or value.dtype != "float64" or value.shape != (shape or value.shape):
            break
        shape = value.shape
        if len(shape) != 1 or not shape[0]:
            break
        columns.append(value.items)
    names = iter(fields)
    record: dict[str, Any] = {"$": "record"}
    if columns:
        record |= {"columns": [next(names) for _ in columns], "length": len(columns[0]), "at": len(blobs)}
        numbers = tuple(chain.from_iterable(columns))
        blobs += struct.pack(f"<{len(numbers)}d", *numbers)
    return {**record, "fields": {name: encode(fields[name], blobs, extra, depth + 1) for name in names}}


def _item_bytes(array: Array) -> bytes:
    return struct.pack(f"<{len(array.items)}{ITEM_CODES[array.dtype]}", *array.items)


def _encode_key(key: Any) -> Any:
    """A key; one that does not cross is named, so that a message can say what was there."""
    if isinstance(key, str):  # numpy's text and the members of an Enum of texts are that text
        return _encode_text(str.__str__(key)[:MAX_KEY])
    try:
        return _encode_hashable(key)
    except _NoHashable as there_is:
        return f"a key of type {there_is}"


class _NoHashable(Exception):
    """Does not cross as a key or in a set: its type."""


def _encode_hashable(value: Any, depth: int = 0) -> Any:
    """What may be a key or stand in a set: few types, whose hashes say little or are few."""
    if type(value).__module__ == "numpy" and hasattr(value, "item"):
        value = value.item()
    kind = type(value)
    if value is None or kind is bool or (kind is int and value.bit_length() < KEY_BITS):
        return value
    if (kind is float and math.isfinite(value)) or (kind is str and len(value) <= MAX_KEY):
        return _encode_text(value) if kind is str else value
    if kind is bytes and len(value) <= MAX_KEY:
        return _encode_bytes(value)
    if kind in (tuple, frozenset) and len(value) <= MAX_KEY and depth < KEY_DEPTH:
        return {"$": kind.__name__, "items": [_encode_hashable(one, depth + 1) for one in value]}
    raise _NoHashable(str(kind.__name__)[:60])


def _encode_set(value: Any) -> Any:
    name = type(value).__name__
    try:
        items = [_encode_hashable(one) for one in value] if len(value) <= MAX_LIST else []
    except _NoHashable as there_is:
        return {"$": "other", "type": f"{name} with {there_is} in it that does not cross"[:60]}
    if len(value) > (MAX_KEYS if any(type(one) is dict for one in items) else MAX_LIST):
        return {"$": "other", "type": f"{name} of {len(value):,} items"}
    return {"$": name, "items": items}


def _encode_bytes(value: bytes) -> Any:
    if len(value) > MAX_TEXT:
        return {"$": "other", "type": f"bytes of {len(value):,} items"}
    return {"$": "bytes", "hex": value.hex()}


def _encode_int(value: int) -> Any:
    if value.bit_length() > MAX_INT_BITS:
        return {"$": "other", "type": f"int of {value.bit_length()} bits"}
    return value if value.bit_length() < 53 else {"$": "int", "hex": hex(value)}


def _encode_float(value: float) -> Any:
    return value if math.isfinite(value) else {"$": "float", "name": repr(value)}


def _encode_text(value: str) -> str:
    cut = value[:MAX_TEXT]
    return cut.encode("utf-8", "replace").decode("utf-8")


def _encode_fraction(value: Fraction) -> Any:
    top, bottom = value.numerator, value.denominator
    if type(top) is not int or type(bottom) is not int or max(top.bit_length(), bottom.bit_length()) > MAX_INT_BITS:
        return {"$": "other", "type": "Fraction that is too long"}
    return {"$": "fraction", "top": hex(top), "bottom": hex(bottom)}


def _encode_decimal(value: Decimal) -> Any:
    text = str(value)
    if len(text) > MAX_DIGITS or (value.is_finite() and abs(value.adjusted()) > MAX_DIGITS):
        return {"$": "other", "type": "Decimal that is too long"}
    return {"$": "decimal", "text": text}


_ENCODERS: Mapping[type, Callable[[Any], Any]] = {
    int: _encode_int,
    float: _encode_float,
    str: _encode_text,
    bytes: _encode_bytes,
    complex: lambda z: {"$": "complex", "real": _encode_float(z.real), "imag": _encode_float(z.imag)},
    Fraction: _encode_fraction,
    Decimal: _encode_decimal,
}
