"""Frames and plain data between the grader and a worker.

A frame is `u32 total | u32 header length | JSON header | raw bytes` (little endian, total without its own four bytes).
Values are JSON with a tag where JSON has no word for them; arrays are `{"$": "array", "dtype", "shape", "at", "size"}`
with their items as raw little-endian bytes behind the header. Lengths are capped before anything is allocated; every
malformed frame is a `BadFrame`, whatever is wrong with it.

The same file serves both sides. The grader decodes an array to `Array` without numpy; the worker has a decoder and an
encoder of its own (`worker.py`) on top of it.
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import IO, Any

from autograder.sandbox.values import ITEM_CODES, Array, Other, Record

MAX_FRAME = 2 << 20  # a reply of the student's process
MAX_REQUEST = 8 << 20  # a request of the grader's, which may carry the student's files
MAX_HEADER = 1 << 20
MAX_DEPTH = 20
MAX_RANK = 8
MAX_TEXT = 64 << 10
MAX_INT_BITS = 4096
_LENGTHS = struct.Struct("<II")


class BadFrame(Exception):
    """The other side sent something that is no frame or no plain data."""


# ---------------------------------------------------------------------------------------------------------- frames


def pack(header: Any, blobs: bytes | bytearray = b"", limit: int = MAX_FRAME) -> bytes:
    """One frame; ValueError if it is larger than the caps."""
    head = json.dumps(header, allow_nan=False, separators=(",", ":")).encode("ascii")
    body = bytes(blobs)
    if len(head) > MAX_HEADER or 4 + len(head) + len(body) > limit:
        raise ValueError("too large")
    return _LENGTHS.pack(4 + len(head) + len(body), len(head)) + head + body


def unpack(frame: bytes) -> tuple[Any, bytes]:
    """Header and raw bytes of a frame that begins behind its total length."""
    try:
        (size,) = struct.unpack_from("<I", frame)
        if size > MAX_HEADER or size + 4 > len(frame):
            raise BadFrame("the header is longer than its frame")
        return json.loads(frame[4 : 4 + size].decode("utf-8")), frame[4 + size :]
    except (ValueError, RecursionError, struct.error, MemoryError) as error:
        raise BadFrame(f"not a frame: {type(error).__name__}") from None


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
    return unpack(frame)


# ---------------------------------------------------------------------------------------- values, the grader's side


def encode(
    value: Any, blobs: bytearray, extra: Callable[[Any, bytearray, int], Any] | None = None, depth: int = 0
) -> Any:
    """A value as tagged JSON; the bytes of its arrays are appended to `blobs`.

    Exact types only: a subclass may lie about itself. `extra` may know more types (the worker's numpy); it answers None
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
        items = [encode(v, blobs, extra, depth + 1) for v in value]
        return items if kind is list else {"$": "tuple", "items": items}
    if kind is dict:
        pairs = [
            [encode(k, blobs, extra, depth + 1), encode(v, blobs, extra, depth + 1)] for k, v in list(value.items())
        ]
        return {"$": "dict", "pairs": pairs}
    if kind is Array:
        return encode_array(value.dtype, value.shape, _item_bytes(value), blobs, value.scalar)
    if kind is Record:
        return {"$": "record", "fields": {k: encode(v, blobs, extra, depth + 1) for k, v in value.fields.items()}}
    known = extra(value, blobs, depth) if extra is not None else None
    return known if known is not None else {"$": "other", "type": str(kind.__name__)[:60]}


def encode_array(dtype: str, shape: tuple[int, ...], data: bytes, blobs: bytearray, scalar: bool) -> Any:
    """The header of an array whose little-endian bytes go to `blobs`."""
    at = len(blobs)
    blobs += data
    return {"$": "array", "dtype": dtype, "shape": list(shape), "at": at, "size": len(data), "scalar": scalar}


def _item_bytes(array: Array) -> bytes:
    return struct.pack(f"<{len(array.items)}{ITEM_CODES[array.dtype]}", *array.items)


def _encode_int(value: int) -> Any:
    if value.bit_length() > MAX_INT_BITS:
        return {"$": "other", "type": f"int of {value.bit_length()} bits"}
    return value if value.bit_length() < 53 else {"$": "int", "hex": hex(value)}


def _encode_float(value: float) -> Any:
    return value if math.isfinite(value) else {"$": "float", "name": repr(value)}


def _encode_text(value: str) -> Any:
    cut = value[:MAX_TEXT]
    return cut.encode("utf-8", "replace").decode("utf-8")


def _encode_fraction(value: Fraction) -> Any:
    top, bottom = value.numerator, value.denominator
    if type(top) is not int or type(bottom) is not int or max(top.bit_length(), bottom.bit_length()) > MAX_INT_BITS:
        return {"$": "other", "type": "Fraction that is too long"}
    return {"$": "fraction", "top": hex(top), "bottom": hex(bottom)}


def _encode_decimal(value: Decimal) -> Any:
    text = str(value)
    return {"$": "decimal", "text": text} if len(text) <= 1_300 else {"$": "other", "type": "Decimal that is too long"}


_ENCODERS: Mapping[type, Callable[[Any], Any]] = {
    int: _encode_int,
    float: _encode_float,
    str: _encode_text,
    complex: lambda z: {"$": "complex", "real": _encode_float(z.real), "imag": _encode_float(z.imag)},
    Fraction: _encode_fraction,
    Decimal: _encode_decimal,
}


def decode(value: Any, blob: bytes, array: Callable[[Array, bytes], Any] | None = None, depth: int = 0) -> Any:
    """Plain data from tagged JSON. `array` makes something else of an array's bytes (the worker's numpy).

    Raises BadFrame for whatever is not the form that `encode` writes.
    """
    try:
        return _decode(value, blob, array, depth)
    except BadFrame:
        raise
    except (
        ValueError,
        KeyError,
        TypeError,
        IndexError,
        ArithmeticError,
        RecursionError,
        MemoryError,
        struct.error,
    ) as error:
        raise BadFrame(f"not plain data: {type(error).__name__}") from None


def _decode(value: Any, blob: bytes, array: Callable[[Array, bytes], Any] | None, depth: int) -> Any:
    if depth > MAX_DEPTH + 2:
        raise BadFrame("nested too deeply")
    kind = type(value)
    if value is None or kind in (bool, int, float):
        if kind is int and value.bit_length() > MAX_INT_BITS:
            raise BadFrame("an integer that is too long")
        return value
    if kind is str:
        if len(value) > MAX_TEXT:
            raise BadFrame("a text that is too long")
        return value
    if kind is list:
        return [_decode(v, blob, array, depth + 1) for v in value]
    tag = value["$"]
    if tag == "tuple":
        return tuple(_decode(v, blob, array, depth + 1) for v in _typed(value["items"], list))
    if tag == "dict":
        return {_key(_decode(k, blob, array, depth + 1)): _decode(v, blob, array, depth + 1) for k, v in value["pairs"]}
    if tag == "array":
        return _decode_array(value, blob, array)
    if tag == "record":
        return Record({_typed(k, str): _decode(v, blob, array, depth + 1) for k, v in value["fields"].items()})
    return _decode_number(tag, value)


def _decode_number(tag: Any, value: dict[str, Any]) -> Any:
    if tag == "int":
        return _hex(value["hex"])
    if tag == "float":
        return {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}[value["name"]]
    if tag == "complex":
        parts = [_decode(value[part], b"", None, MAX_DEPTH) for part in ("real", "imag")]
        return complex(*(float(_typed(p, float)) for p in parts))
    if tag == "fraction":
        return Fraction(_hex(value["top"]), _hex(value["bottom"]))
    if tag == "decimal":
        text = _typed(value["text"], str)
        if len(text) > 1_300:
            raise BadFrame("a Decimal that is too long")
        return Decimal(text)
    if tag == "other":
        return Other(_typed(value["type"], str)[:60])
    raise BadFrame("an unknown tag")


def _decode_array(value: dict[str, Any], blob: bytes, array: Callable[[Array, bytes], Any] | None) -> Any:
    dtype, scalar = _typed(value["dtype"], str), _typed(value["scalar"], bool)
    shape = tuple(_typed(n, int) for n in _typed(value["shape"], list))
    if len(shape) > MAX_RANK or any(not 0 <= n <= MAX_FRAME for n in shape) or (scalar and shape != ()):
        raise BadFrame("a shape that cannot be")
    count = math.prod(shape)
    if dtype == "longdouble":
        items = tuple(_typed(t, str)[:1_300] for t in _typed(value["items"], list))
        if len(items) != count:
            raise BadFrame("an array whose size is not its shape's")
        return Array(dtype, shape, items, scalar)
    at, size, code = _typed(value["at"], int), _typed(value["size"], int), ITEM_CODES[dtype]
    if at < 0 or count > MAX_FRAME or size != count * struct.calcsize("<" + code) or at + size > len(blob):
        raise BadFrame("an array whose size is not its shape's")
    data = blob[at : at + size]
    if array is not None:
        return array(Array(dtype, shape, (), scalar), data)
    numbers: tuple[Any, ...] = struct.unpack(f"<{count}{code}" if len(code) == 1 else f"<{2 * count}{code[0]}", data)
    if len(code) == 2:
        numbers = tuple(complex(numbers[i], numbers[i + 1]) for i in range(0, 2 * count, 2))
    return Array(dtype, shape, numbers, scalar)


def _hex(text: Any) -> int:
    if len(_typed(text, str)) > MAX_INT_BITS // 4 + 3:
        raise BadFrame("an integer that is too long")
    return int(text, 16)


def _typed(value: Any, kind: type) -> Any:
    if type(value) is not kind:
        raise BadFrame(f"expected {kind.__name__}")
    return value


def _key(value: Any) -> Any:
    """A dict key: hashable and plain."""
    if isinstance(value, (list, dict, Array, Record)):
        raise BadFrame("a key that cannot be one")
    hash(value)
    return value
