"""The protocol: what crosses comes back the same, and nothing that is malformed raises anything but BadFrame."""

from __future__ import annotations

import io
import json
import math
import random
import struct
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.core.text import printable
from autograder.sandbox import decoding, wire
from autograder.sandbox.conversion import Converter
from autograder.sandbox.decoding import Room, decode_arguments
from autograder.sandbox.values import Array, Other, Record, float64_array

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=50).map(printable)
plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(min_value=-(1 << 4000), max_value=1 << 4000)
    | st.floats(allow_nan=False)
    | texts
    | st.fractions()
    | st.decimals(allow_nan=False)
    | st.complex_numbers(allow_nan=False),
    lambda inner: (
        st.lists(inner, max_size=4) | st.lists(inner, max_size=4).map(tuple) | st.dictionaries(texts, inner, max_size=4)
    ),
    max_leaves=20,
)


def decode(value: Any, blob: bytes) -> Any:
    return decoding.decode(value, blob, Room())


def crossed(value: Any) -> Any:
    """A value after a whole trip through a frame."""
    blobs = bytearray()
    frame = wire.pack({"value": wire.encode(value, blobs)}, blobs)
    read = wire.read_frame(io.BytesIO(frame))
    assert read is not None
    return decode(read[0]["value"], read[1])


@given(plain)
def test_plain_data_comes_back_the_same(value: Any) -> None:
    back = crossed(value)
    assert back == value
    assert type(back) is type(value)


def test_what_json_has_no_word_for() -> None:
    assert math.isnan(crossed(float("nan")))
    assert crossed([math.inf, -math.inf]) == [math.inf, -math.inf]
    assert crossed(Decimal("Infinity")) == Decimal("Infinity")
    assert crossed(object()) == Other("object")
    assert crossed(1 << 5000) == Other("int of 5001 bits")


def test_a_record_crosses_to_the_student_only() -> None:
    blobs = bytearray()
    header = wire.encode(Record({"x": float64_array([1.0])}), blobs)
    [given] = decode_arguments([header], bytes(blobs))
    assert given.x.tolist() == [1.0]
    with pytest.raises(wire.BadFrame):
        decode(header, bytes(blobs))


def test_the_fields_of_a_record_keep_their_order_and_are_arrays_of_their_own() -> None:
    fields = {
        "a": float64_array([1.0, math.nan]),
        "b": float64_array([-0.0, math.inf]),
        "longer": float64_array([1.0, 2.0, 3.0]),
        "n": 2,
        "c": float64_array([5.0, 6.0]),
        "nothing": float64_array([]),
        "counts": Array("int32", (2,), (1, 2)),
        "matrix": Array("float64", (1, 2), (1.0, 2.0)),
    }
    blobs = bytearray(b"behind something else")
    header = json.loads(json.dumps(wire.encode(Record(fields), blobs)))
    back = vars(decode_arguments([header], bytes(blobs))[0])
    assert list(back) == list(fields)
    assert back.pop("n") == fields.pop("n")
    for name, array in back.items():
        was = fields[name]
        assert (array.dtype, array.shape) == (was.dtype, was.shape)
        assert array.flags.owndata
        assert array.flags.writeable
        assert array.tobytes() == np.asarray(was).tobytes()
    back["a"][:] = 7.0
    assert back["b"][1] == math.inf


class Liar(float):
    """A float that equals everything."""

    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = float.__hash__


def test_a_subclass_that_may_lie_does_not_cross() -> None:
    assert crossed(Liar(1.0)) == Other("Liar")


ARRAYS = [
    np.array([[1.5, -2.0], [0.1, 3.0]]),
    np.array([1, 2, 3], dtype=np.int16),
    np.array([True, False]),
    np.array([1 + 2j]),
    np.array(2.5, dtype="float32"),
    np.zeros((0, 3)),
    np.arange(6.0).reshape(2, 3).T,
    np.array([1.5, 2.5], dtype=">f8"),
    np.float32(0.1),
    np.float16(0.1),
]
NUMBERS = [
    np.int64(-5),
    np.uint64(2**64 - 1),
    np.array(7),
    np.bool_(True),
    np.float64(0.1),
    np.array(2.5),
    np.complex128(1j),
]


@pytest.mark.parametrize("array", ARRAYS, ids=lambda a: f"{a.dtype}-{a.shape}")
def test_an_array_comes_back_item_by_item(array: Any) -> None:
    blobs = bytearray()
    header = wire.encode(array, blobs, Converter().more)
    back = decode(json.loads(json.dumps(header)), bytes(blobs))
    assert isinstance(back, Array)
    assert back.shape == array.shape
    assert list(back.items) == np.asarray(array).ravel().tolist()
    assert back.scalar == (not isinstance(array, np.ndarray))


@pytest.mark.parametrize("number", NUMBERS, ids=repr)
def test_a_scalar_that_python_holds_to_the_last_bit_comes_as_pythons(number: Any) -> None:
    blobs = bytearray()
    header = json.loads(json.dumps(wire.encode(number, blobs, Converter().more)))
    back = decode(header, bytes(blobs))
    assert (type(back), back) == (type(number.item()), number.item())
    imported = decoding.decode(header, bytes(blobs), Room(), imported=True)
    assert imported == number.item()
    assert type(imported) is (type(number.item()) if number.dtype.kind in "iub" else number.dtype.type)


def test_a_longdouble_crosses_as_its_shortest_decimal() -> None:
    header = wire.encode(np.longdouble("0.1"), [], Converter().more)
    back = decode(header, b"")
    assert back.exact(back.items[0]) == Fraction(1, 10)


@pytest.mark.parametrize("array", [np.array(["a"]), np.array([b"x"]), np.zeros(1 << 20)], ids=str)
def test_other_arrays_do_not_cross(array: Any) -> None:
    assert isinstance(decode(wire.encode(array, [], Converter().more), b""), Other)


LIES = [
    {"$": "array", "dtype": "float64", "shape": [1 << 40], "at": 0, "size": 8, "scalar": False},
    {"$": "array", "dtype": "float64", "shape": [-1], "at": 0, "size": 8, "scalar": False},
    {"$": "array", "dtype": "float64", "shape": [2], "at": 0, "size": 8, "scalar": False},
    {"$": "array", "dtype": "float64", "shape": [1], "at": -8, "size": 8, "scalar": False},
    {"$": "array", "dtype": "float64", "shape": [1], "at": 8, "size": 8, "scalar": False},
    {"$": "array", "dtype": "object", "shape": [1], "at": 0, "size": 8, "scalar": False},
    {"$": "array", "dtype": "float64", "shape": [True], "at": 0, "size": 8, "scalar": False},
    {"$": "array", "dtype": "float64", "shape": [1] * 9, "at": 0, "size": 8, "scalar": False},
    {"$": "array", "dtype": "float64", "shape": [1], "at": 0, "size": 8, "scalar": True},
    {"$": "array"},
    {"$": "fraction", "top": "0x1", "bottom": "0x0"},
    {"$": "fraction", "top": "0x" + "f" * 5000, "bottom": "0x1"},
    {"$": "int", "hex": 5},
    {"$": "decimal", "text": "one"},
    {"$": "float", "name": "nearly"},
    {"$": "complex", "real": "1", "imag": 0},
    {"$": "dict", "pairs": [[[1], 2]]},
    {"$": "dict", "pairs": [[1]]},
    {"$": "tuple", "items": "abc"},
    {"$": "spam"},
    {},
    "x" * (wire.MAX_TEXT + 1),
    1 << 5000,
]


@pytest.mark.parametrize("lie", LIES, ids=lambda lie: str(lie)[:60])
def test_a_lying_value_is_refused(lie: Any) -> None:
    with pytest.raises(wire.BadFrame):
        decode(lie, bytes(8))


def nested(depth: int) -> bytes:
    return b"[" * depth + b"]" * depth


@pytest.mark.parametrize(
    "frame",
    [
        b"\xff\xff\xff\xff",
        struct.pack("<I", wire.MAX_FRAME + 1),
        struct.pack("<II", 4, 100),
        struct.pack("<II", 6, 2) + b"{]",
        struct.pack("<II", 3, 2) + b"{}",
        struct.pack("<II", 4 + 200_000, 200_000) + nested(100_000),
        struct.pack("<II", 4 + 6_000, 6_000) + b"9" * 6_000,
        struct.pack("<II", 6, 2) + b"\xff\xfe",
    ],
    ids=lambda frame: repr(frame[:12]),
)
def test_a_malformed_frame_is_refused(frame: bytes) -> None:
    with pytest.raises(wire.BadFrame):
        wire.read_frame(io.BytesIO(frame))


def test_a_value_is_read_as_deep_as_one_is_written_and_no_deeper() -> None:
    def within(levels: int) -> Any:
        return json.loads(nested(levels))

    deepest = wire.MAX_DEPTH + 3  # reading leaves room for two more levels than writing uses
    assert decode(within(deepest), b"") == within(deepest)
    with pytest.raises(wire.BadFrame, match="nested too deeply"):
        decode(within(deepest + 1), b"")
    written = wire.encode(within(wire.MAX_DEPTH + 1), bytearray())
    assert decode(written, b"") == within(wire.MAX_DEPTH + 1)
    assert "nested too deeply" in json.dumps(wire.encode(within(wire.MAX_DEPTH + 2), bytearray()))


def test_a_stream_that_ends_early_has_no_frame() -> None:
    frame = wire.pack({"value": 1})
    for end in range(len(frame)):
        assert wire.read_frame(io.BytesIO(frame[:end])) is None


def test_a_frame_beyond_the_cap_is_not_made() -> None:
    with pytest.raises(ValueError, match="too large"):
        wire.pack({}, bytes(wire.MAX_FRAME))


@pytest.mark.parametrize("frames", [20_000, pytest.param(1_000_000, marks=pytest.mark.certify)])
def test_random_and_mutated_frames_never_raise_anything_else(frames: int) -> None:
    rng, blobs = random.Random(1), bytearray()
    value = {"a": [1.5, (2, "x")], "b": float64_array([1.0, 2.0]), "c": Fraction(1, 3), "d": 1 << 60}
    good = wire.pack({"id": 1, "value": wire.encode(value, blobs)}, blobs)
    fine = 0
    for _ in range(frames):
        data = bytearray(good if rng.random() < 0.8 else rng.randbytes(rng.randrange(80)))
        for _ in range(rng.randrange(1, 6)):
            if data:
                data[rng.randrange(len(data))] = rng.choice((rng.randrange(256), 0x22, 0x5B, 0x7B, 0x30))
        try:
            read = wire.read_frame(io.BytesIO(bytes(data)))
            if read is not None and isinstance(read[0], dict):
                decode(read[0].get("value"), read[1])
                fine += 1
        except wire.BadFrame:
            pass
    assert fine > frames / 200  # some mutations leave a frame whole: the fuzzer reaches the decoder


@pytest.mark.parametrize("number", [0.1, -0.0, 5e-324, 1.7976931348623157e308, math.nan, -math.inf])
def test_numpys_float64_comes_bit_for_bit_and_as_numpys_where_the_check_imported_it(number: float) -> None:
    blobs = bytearray()
    header = json.loads(json.dumps(Converter().encode(np.float64(number), blobs), allow_nan=False))
    plain, imported = (decoding.decode(header, bytes(blobs), Room(), imported=way) for way in (False, True))
    assert (type(plain), type(imported)) == (float, np.float64)
    assert np.float64(plain).tobytes() == imported.tobytes() == np.float64(number).tobytes()


@pytest.mark.parametrize("value", [1, "0.1", None, [0.1]])
def test_a_float64_that_is_none_is_refused(value: object) -> None:
    with pytest.raises(wire.BadFrame):
        decoding.decode({"$": "float64", "value": value}, b"", Room())
