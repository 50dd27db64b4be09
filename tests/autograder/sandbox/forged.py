"""What a student's process may put into the grader's pipe: forged values, faults and frames, a line each.

None of them comes from an honest worker's encoder, or only from an unusual answer. `VALUES` are the JSON text of a
value and the bytes behind the header; `FAULTS` the rest of a reply that tells of a fault; `FRAMES` raw bytes.
"""

from __future__ import annotations

import json
import struct
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from autograder.sandbox import wire
from autograder.sandbox.values import ITEM_CODES, MAX_DIGITS, MAX_INT_BITS, Array, Other


@dataclass(frozen=True)
class Forged:
    """A reply. text: JSON of its value, or of its other fields. blob: the bytes behind its header."""

    name: str
    text: str
    blob: bytes = b""


def reply(forged: Forged, identity: int = 1, index: int = 0, fault: bool = False) -> bytes:
    """The whole frame, without its total length, as it stands in the pipe."""
    rest = forged.text if fault else f'"value":{forged.text}'
    head = f'{{"id":{identity},"index":{index},{rest}}}'.encode("ascii")
    return struct.pack("<I", len(head)) + head + forged.blob


def _json(name: str, value: Any, blob: bytes = b"") -> Forged:
    return Forged(name, json.dumps(value, separators=(",", ":")), blob)


def _tagged(tag: str, **fields: Any) -> dict[str, Any]:
    return {"$": tag, **fields}


def _array(dtype: str, shape: list[Any], at: Any = 0, size: Any = 8, scalar: Any = False) -> dict[str, Any]:
    return _tagged("array", dtype=dtype, shape=shape, at=at, size=size, scalar=scalar)


# ----------------------------------------------------------------------------------------------------------- numbers

INTEGERS = [0, 1, -1, 207_507, 1 << 52, 1 << 53, -(1 << 63), 1 << 64, 10**18, 10**308, 10**309, -(10**400), 10**1233]
INTEGERS += [(1 << MAX_INT_BITS) - 1, 1 << MAX_INT_BITS, -(1 << MAX_INT_BITS), 10**1299, 10**4299]
LITERALS = ["1e400", "-1e400", "1e-400", "5e-324", "1.7976931348623157e308", "-0.0", "NaN", "Infinity", "-Infinity"]
LITERALS += ["9" * 4_300, "9" * 4_301, "-" + "9" * 100_000, "0." + "1" * 100_000, "1E+2147483648", "0.1e-99999999999"]
LITERALS += ["01", "+1", "1.", ".5", "0x1", "1_0", "true", "null", "True"]
HEXES = ["0x0", "-0x1", "0x" + "f" * 1_024, "0x" + "f" * 1_025, "-0x" + "f" * 1_024, "0x1_0", " 0x1", "f", "", "0x"]
HEXES += ["g", "0o7", "\u0661", "1e5", "0x" + "0" * 100_000]
NAMES = ["nan", "inf", "-inf", "NaN", "Infinity", "", "1.0", "-nan", "sNaN", "nan\x00"]
DECIMALS = ["1e4500", "1E+4500", "-1E-4500", "1E+999999999", "1E-999999999", "0E+999999999", "0E-99999", "1E+1300"]
DECIMALS += ["1E+1301", "1E-1300", "1E-1301", "9.9E+1300", "sNaN", "-sNaN", "sNaN123", "NaN", "NaN123", "-NaN"]
DECIMALS += [
    "Infinity",
    "-Infinity",
    "inf",
    "0",
    "-0",
    "0.1",
    "1_000",
    "\u0661\u0662",
    "",
    " ",
    " 1",
    "1 ",
    "1\n",
    "+1",
]
DECIMALS += ["0x1", "1e", ".5", "5.", ".", "-", "1.2.3", "9" * MAX_DIGITS, "9" * (MAX_DIGITS + 1), "1," + "0" * 9]
DECIMALS += ["0." + "0" * 1_200 + "1", "NaN" + "9" * 1_000, "1" + ",000" * 300, "1E+0" + "0" * 900, "\ud800", "\x00"]
FRACTIONS = [("0x1", "0x0"), ("0x1", "-0x3"), ("0x0", "0x1"), ("0x" + "f" * 1_024, "0x" + "f" * 1_023 + "e")]
FRACTIONS += [("0x1", "0x" + "f" * 1_024), ("0x1", "0x" + "f" * 2_000), ("1", ""), ("", "0x1"), (1, 1), (None, None)]
FRACTIONS += [("0x1", "1.5"), ([], {}), ("inf", "nan"), ("0x" + "f" * 1_024, "0x1"), (True, True)]
COMPLEX = [(0, 0), (1.0, 0.0), ("1", "0"), (1e308, -1e308), (None, None), ([], []), (True, False), ({}, {})]
PARTS: list[Any] = [_tagged("float", name="nan"), _tagged("complex", real=0.0, imag=0.0), _tagged("decimal", text="1")]


def numbers() -> Iterator[Forged]:
    """Numbers in every form, at and beyond every limit."""
    for value in INTEGERS:
        if value.bit_length() < 14_000:
            yield _json(f"int of {value.bit_length()} bits", value)
        yield _json(f"hex of {value.bit_length()} bits", _tagged("int", hex=hex(value)))
    yield from (Forged(f"literal {text[:30]}", text) for text in LITERALS)
    yield from (_json(f"int tag {text[:20]!r}", _tagged("int", hex=text)) for text in HEXES)
    yield from (_json(f"int tag of {value!r}", _tagged("int", hex=value)) for value in (5, None, 1.5, [], {}, True))
    yield from (_json(f"float tag {name!r}", _tagged("float", name=name)) for name in NAMES)
    yield from (_json(f"float tag of {name!r}", _tagged("float", name=name)) for name in (1, None, [], {}))
    yield from (_json(f"Decimal {text[:24]!r}", _tagged("decimal", text=text)) for text in DECIMALS)
    yield from (_json(f"Decimal of {value!r}", _tagged("decimal", text=value)) for value in (1, None, 0.5, [], {}))
    for top, bottom in FRACTIONS:
        yield _json(f"Fraction {str(top)[:9]}/{str(bottom)[:9]}", _tagged("fraction", top=top, bottom=bottom))
    for real, imag in COMPLEX:
        yield _json(f"complex {real} {imag}", _tagged("complex", real=real, imag=imag))
    yield from (_json(f"complex of {part['$']}", _tagged("complex", real=part, imag=part)) for part in PARTS)


# ------------------------------------------------------------------------------------------------------------ arrays

LONGDOUBLES = ["sNaN", "nan", "-nan", "inf", "-inf", "abc", "1e5000", "1e-4951", "1.0e+4932", "3.6e-4951", "1.", "1"]
LONGDOUBLES += ["1" * 40, "1" * 41, "1" * 1_300, "1" * 100_000, "1e99999", "1e-99999", "1e999999", "", " 1", "1_0"]
LONGDOUBLES += ["\u0661", "0x1p4", "1,5", "\ud800", "\x1b[2J", "Infinity", "1" + ",000" * 99]
SHAPES: list[list[Any]] = [[-1], [True], [1.0], ["1"], [None], [[1]], [1 << 40], [1 << 10] * 8, [0] * 9, [1] * 9]
SHAPES += [[0, 1 << 40], [1 << 20, 0, 1 << 20], [2], [], [0], [1, 1, 1, 1, 1, 1, 1, 1], [2**62, 2**62], [-1, -1]]


def arrays() -> Iterator[Forged]:
    """Arrays that lie about their size, share bytes, or are large; and every dtype with bytes of all kinds."""
    for dtype, code in ITEM_CODES.items():
        size = struct.calcsize("<" + code)
        for name, data in (("ones", b"\xff"), ("zeros", b"\x00"), ("high", b"\x7f")):
            yield _json(f"{dtype} of {name}", _array(dtype, [3], 0, 3 * size), data * 3 * size)
        yield _json(f"a scalar {dtype}", _array(dtype, [], 0, size, True), b"\xff" * size)
        yield _json(f"{dtype} too short", _array(dtype, [2], 0, 2 * size), b"\x01" * (2 * size - 1))
        yield _json(f"{dtype} with surplus", _array(dtype, [1], 0, size), b"\x01" * (size + 1))
    yield from (_json(f"shape {shape}", _array("float64", shape), bytes(8)) for shape in SHAPES)
    for at, size in ((-8, 8), (8, 8), (1, 8), (0, 16), (0, -8), (0, 0), (True, 8), (0.0, 8), ("0", 8), (1 << 70, 8)):
        yield _json(f"at {at} size {size}", _array("float64", [1], at, size), bytes(8))
    for dtype in (
        "object",
        "str",
        "bytes",
        "datetime64",
        "float128",
        "",
        "d",
        "longdouble",
        None,
        5,
        [],
        "float64\x00",
    ):
        yield _json(f"dtype {dtype!r}", _array(dtype, [1]), bytes(8))  # type: ignore[arg-type]
    for text in LONGDOUBLES:
        one = _tagged("array", dtype="longdouble", shape=[], items=[text], scalar=True)
        yield _json(f"longdouble {text[:20]!r}", one)
    for items in (None, [], [1.0], ["1", "2"], "1", {"1": 1}, [None]):
        yield _json(f"longdoubles {items}", _tagged("array", dtype="longdouble", shape=[1], items=items, scalar=False))
    yield from large_arrays()


def large_arrays() -> Iterator[Forged]:
    """What grew a thousandfold: many headers for one array's bytes, and one array of millions."""
    half = 1 << 19
    for dtype, size in (("int8", 1), ("bool", 1), ("uint8", 1), ("int16", 2), ("float64", 8), ("complex128", 16)):
        count = (wire.MAX_FRAME - 4096) // size
        yield _json(f"one array of {count} {dtype}", _array(dtype, [count], 0, count * size), b"\xfb" * count * size)
        shared = [_array(dtype, [half // size], 0, half) for _ in range(5_000)]
        yield _json(f"5,000 arrays of {dtype} that share their bytes", shared, b"\xfb" * half)
        empty = [_array(dtype, [0], 0, 0) for _ in range(10_000)]
        yield _json(f"10,000 empty arrays of {dtype}", empty)
        mixed = {"$": "dict", "pairs": [[f"k{i}", _array(dtype, [half // size], 0, half)] for i in range(900)]}
        yield _json(f"a dict of arrays of {dtype} that share their bytes", mixed, b"\xfb" * half)
    ones = [_array("float64", [1], 8 * i, 8) for i in range(9_000)]
    yield _json("9,000 arrays of one number", ones, bytes(72_000))
    backwards = [_array("float64", [1], 8 * (8 - i), 8) for i in range(9)]
    yield _json("arrays in another order than their bytes", backwards, bytes(72))
    yield _json("as many numbers as may be", _array("float64", [65_536], 0, 524_288), bytes(524_288))
    yield _json("one number more than may be", _array("float64", [65_537], 0, 524_296), bytes(524_296))


# -------------------------------------------------------------------------------------------------------- structures

PRIME = (1 << 61) - 1  # Python's hash of an int is the int modulo this


def _dict(*pairs: Any) -> dict[str, Any]:
    return _tagged("dict", pairs=list(pairs))


KEYS: list[Any] = [1, 1.5, None, True, [1], "", "k" * wire.MAX_KEY, "k" * (wire.MAX_KEY + 1), "\ud800", "\x1b]0;x\x07"]
KEYS += [_tagged("bytes", hex=text) for text in ("", "00", "0", "zz", "\u0661\u0661", "00" * 201, " 00", None, 5)]
KEYS += [
    _tagged(tag, items=items) for tag in ("tuple", "frozenset", "set") for items in ([[]], [{}], None, "ab", [0] * 201)
]
KEYS += [_tagged("tuple", items=[_tagged("tuple", items=[_tagged("tuple", items=[_tagged("tuple", items=[1])])])])]
KEYS += [_tagged("tuple", items=[]), _tagged("int", hex="0x1"), _tagged("decimal", text="sNaN"), _dict()]
KEYS += [_tagged("fraction", top="0x1", bottom="0x3"), _tagged("other", type="K"), _array("float64", []), {}]
PAIRS: list[Any] = [None, "ab", 5, {}, {"a": 1}, ["ab"], [["a"]], [["a", 1, 2]], [None], [[]], [{}], [["a", 1], []]]


def colliding_tuples(count: int) -> Iterator[tuple[int, int]]:
    """Pairs that Python gives one hash: its tuple hash has no secret, and is undone step by step."""
    one, two, five = 11400714785074694791, 14029467366897019727, 2870177450012600261
    bits, mask = 64, (1 << 64) - 1
    inverse = pow(two, -1, 1 << bits)
    first = 1
    while count:
        lane = (five + first * two) & mask
        lane = ((lane << 31 | lane >> 33) & mask) * one & mask
        second = (12345 - lane) * inverse & mask
        if second < 1 << 60:
            count -= 1
            yield first, second
        first += 1


def structures() -> Iterator[Forged]:
    """Dicts with keys that collide, records, unknown tags, and nesting of all kinds."""
    for count in (300, 1_000, 1_024, 1_025, 30_000):
        colliding = [[k * PRIME, 0] for k in range(count)]
        yield _json(f"{count} int keys of one hash", _dict(*colliding))
        yield _json(f"a set of {count} ints of one hash", _tagged("set", items=[k * PRIME for k in range(count)]))
        yield _json(f"a set of {count} floats", _tagged("set", items=[2.0 ** (k % 2000 - 1000) for k in range(count)]))
        pairs = [_tagged("tuple", items=list(pair)) for pair in colliding_tuples(min(count, 2_000))]
        yield _json(f"{count} tuple keys of one hash", _dict(*([pair, 0] for pair in pairs)))
        for tag in ("set", "frozenset"):
            yield _json(f"a {tag} of {count} tuples of one hash", _tagged(tag, items=pairs))
            deep = [_tagged("frozenset", items=[pair]) for pair in pairs]
            yield _json(f"a {tag} of {count} frozensets of one hash", _tagged(tag, items=deep))
        hexes = [[_tagged("int", hex=hex(k * PRIME)), 0] for k in range(min(count, 20_000))]
        yield _json(f"{count} hex keys of one hash", _dict(*hexes))
        yield _json(f"{count} float keys", _dict(*([float(k << 40), 0] for k in range(count))))
        yield _json(f"{count} text keys", _dict(*([f"k{k}", 0] for k in range(min(count, 20_000)))))
        yield _json(f"{count} times one key", _dict(*(["k", 0] for _ in range(min(count, 20_000)))))
    yield from (_json(f"the key {str(key)[:30]!r}", _dict([key, 1])) for key in KEYS)
    yield from (_json(f"the pairs {pairs!r}", _tagged("dict", pairs=pairs)) for pairs in PAIRS)
    for fields in ([], [1], None, {"a": 1}, {}, "ab", 5, {"a": {"$": "record", "fields": []}}):
        yield _json(f"a record of {fields!r}", _tagged("record", fields=fields))
    for items in (None, "ab", {}, 5, [None] * 9, [[[]]]):
        yield _json(f"a tuple of {str(items)[:20]!r}", _tagged("tuple", items=items))
    for tag in ("spam", "", None, 5, [], {}, "Tuple", "tuple ", "\x00", True):
        yield _json(f"the tag {tag!r}", {"$": tag, "items": [], "type": "x", "text": "1", "hex": "0x1", "name": "inf"})
    for value in ({}, {"$": "array"}, {"$": "dict"}, {"$": "int"}, {"$": "other"}, {"a": 1}, {"$": "complex"}):
        yield _json(f"only {value}", value)
    yield from nested()
    yield from wide()


def nested() -> Iterator[Forged]:
    """As deep as a header allows, and just so deep that it is read."""
    opened, closed = '{"$":"tuple","items":[', "]}"
    pairs, end = '{"$":"dict","pairs":[["a",', "]]}"
    for depth in (4, 5, 6, 20, 22, 23, 24, 300, 900, 1_100, 20_000):
        yield Forged(f"{depth} lists in one another", "[" * depth + "1" + "]" * depth)
        yield Forged(f"{depth} tuples in one another", opened * depth + "1" + closed * depth)
        yield Forged(f"{depth} dicts in one another", pairs * depth + "1" + end * depth)


def wide() -> Iterator[Forged]:
    """As many parts as a header allows."""
    parts = {
        "null": "null",
        "[]": "[]",
        "{}": "{}",
        "[0]": "[0]",
        "0": "0",
        "1.5": "1.5",
        '""': '""',
        "{'':0}": '{"":0}',
    }
    parts |= {"nan": '{"$":"float","name":"nan"}', "()": '{"$":"tuple","items":[]}', "1/1": _ONE, "1.0": _TENTH}
    for name, text in parts.items():
        most = min((wire.MAX_HEADER - 100) // (len(text) + 1), 500_000)
        for count in (1_000, wire.MAX_MARKS // 2 - 100, most):
            yield Forged(f"{count} times {name}", f"[{','.join([text] * min(count, most))}]")
    yield Forged("rows of different lengths", f"[{','.join(['[0]', '[0,0]'] * 9_000)}]")
    yield Forged("a matrix of 120 times 120", f"[{','.join(['[' + ','.join(['0.5'] * 120) + ']'] * 120)}]")


_ONE = '{"$":"fraction","top":"0x1","bottom":"0x1"}'
_TENTH = '{"$":"decimal","text":"0.1"}'

# ------------------------------------------------------------------------------------------------------------- texts

# What a terminal, a browser, a spreadsheet or a database would act on, or choke on.
NASTY = [
    "\x1b[2J",
    "\x1b]0;title\x07",
    "\x1b]52;c;aGk=\x07",
    "\x07",
    "\x00",
    "\x08\x08",
    "\x9b31m",
    "\r\x1b[K",
    "\u202e",
]
NASTY += ["\u2066", "\u2069", "\u200b", "\u200f", "\u061c", "\ufeff", "\u2028", "\u2029", "\ud800", "\udfff\ud800"]
NASTY += ["\U000e0041", "\ufffe", "\uffff", "\x7f", "\x85", "<script>alert(1)</script>", "]]>", "--><img src=x>"]
NASTY += ["=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "-2+3", "\t=1+1", "';DROP TABLE row;--", "{{7*7}}", "%s%n", "${x}"]
LONG = ["9" * 1_300, "9" * 1_301, "9" * 65_536, "1" + ",000" * 1_500, "1" + ",000" * 400, "1" + " 000" * 16_000]
LONG += [
    "1e999",
    "1e-999",
    "1E+1000",
    "0." + "0" * 900,
    "\u0661\u0662\u0663",
    "\uff11",
    "1" + "\u00a0000" * 9,
    "," * 65_536,
]
LONG += ["x" * 65_536, "x" * 65_537, "(" * 9_000, "O(" * 9_000, "n^" * 9_000 + "n", "n!" * 9_000, "2^" * 900 + "n"]
LONG += [
    "O(" + "+".join(["d"] * 9_000) + ")",
    "d^99999999",
    "d^{1e99}",
    "O(d^(k^(H^W)))",
    "\\frac" * 9_000,
    "left right",
]
LONG += [
    "\u202e" * 65_536,
    "\U0001f600" * 30_000,
    "a\u0301" * 9_000,
    "\n" * 65_536,
    " " * 65_536,
    "{" * 60_000,
    "[" * 60_000,
]


def texts() -> Iterator[Forged]:
    """Texts that hurt a reader or a sink, as a value, a key and the name of a type."""
    for text in NASTY:
        said = ascii(text)[:24]
        yield _json(f"the text {said}", f"a{text}b")
        yield _json(f"a key with {said}", _dict([f"a{text}b", 1]))
        yield _json(f"a type with {said}", _tagged("other", type=f"a{text}b"))
    yield from (_json(f"{len(text)} characters: {text[:12]!a}", text) for text in LONG)
    for name in ("", " ", "\n", "\u202e", "x" * 61, "x" * 900_000, 5, None, [], "\ud800" * 60, "a\nb"):
        yield _json(f"a type called {str(name)[:9]!a}", _tagged("other", type=name))


VALUES = (*numbers(), *arrays(), *structures(), *texts())


# ------------------------------------------------------------------------------------------------------------ faults

KINDS = ("crashed", "missing", "not_callable", "exited", "out_of_memory", "unanswered", "spam", "", None, 5, [], {})
ANYTHING: list[Any] = [
    None,
    5,
    [],
    {},
    "",
    "\x1b[2J\u202e\ud800",
    "x" * 900_000,
    ["\x1b]0;x\x07\ud800"] * 9,
    {"a": "b"},
]
ANYTHING += [[["a"]] * 9, ["x" * 4_000] * 200, [None] * 300, True]


def _fault(kind: Any, value: Any) -> str:
    fields = {"fault": kind, "message": value, "type": value, "frames": value, "names": value}
    if len(str(value)) > 99_999:
        fields = {"fault": kind, "message": value}
    return json.dumps(fields, separators=(",", ":"))[1:-1]


FAULTS = tuple(
    Forged(f"{kind!r} with {str(value)[:20]!a}", _fault(kind, value)) for kind in KINDS for value in ANYTHING
)


# ------------------------------------------------------------------------------------------------------------ frames


def _headed(head: bytes, blob: bytes = b"") -> bytes:
    return struct.pack("<I", len(head)) + head + blob


HEADS = [
    b"",
    b"{",
    b"{]",
    b"[]",
    b"null",
    b"1",
    b'"x"',
    b"\xff\xfe",
    b'{"id":1',
    b'{"id":NaN}',
    b"{'id':1}",
    b'{"id":1}x',
]
HEADS += [
    b"[" * 200_000,
    b"[" * 60_000 + b"]" * 60_000,
    b'{"a":' * 30_000,
    b"9" * 900_000,
    b'{"id":' + b"9" * 9_000 + b"}",
]
HEADS += [
    b"\xef\xbb\xbf{}",
    '{"id":"\u00e9"}'.encode(),
    '{"id":"\u00e9"}'.encode("latin-1"),
    b'{"id":"\\ud800"}',
    b"\x00" * 99,
]
HEADS += [
    b'{"id":1,"id":2}',
    b'{"id":1}' + b" " * 900_000,
    b'"' + b"\\u0000" * 100_000 + b'"',
    b'{"' + b"a" * 900_000 + b'":1}',
]
HEADS += [b"," * 900_000, b"[" + b"0," * 400_000 + b"0]", b'[{"":0}' + b',{"":0}' * 130_000 + b"]", b"{" * 900_000]
FRAMES = (
    b"",
    b"\x00",
    b"\x00" * 4,
    b"\xff" * 4,
    struct.pack("<I", 100) + b"{}",
    struct.pack("<I", wire.MAX_HEADER + 1) + b" " * (wire.MAX_HEADER + 1),
    *(_headed(head) for head in HEADS),
    _headed(b"{}", b"\xff" * 99),
)


# --------------------------------------------------------------------------------------------- what came of it


def is_clean(said: str) -> bool:
    """Nothing that a terminal acts on, no bidi, no half of a character."""
    return all(
        c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Zl", "Zp") or c == "\xad" for c in said
    )


def every_text(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Other):
        yield value.type_name
    elif isinstance(value, Array):
        yield from (item for item in value.items if isinstance(item, str))
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from every_text(key)
            yield from every_text(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from every_text(item)
