"""What a student's code gives, as plain data: a value is taken for what it behaves as, not for its type.

Runs in the student's process only: what an object says of itself is asked here, where its methods can do no harm and
the process's limits bound them. Only tagged JSON and bytes cross.
"""

from __future__ import annotations

import operator
import sys
from collections.abc import Mapping, Set
from decimal import Decimal
from fractions import Fraction
from itertools import islice
from math import isfinite
from typing import Any

from autograder.sandbox import wire
from autograder.sandbox.values import ITEM_CODES

MAX_ITEMS = 10_000  # of an iterator, which may have no end
_TEXT_TYPES = ("float16", "float32", "float64")
_NO_SEQUENCES = (str, bytes, bytearray, memoryview, Set)


class Converter:
    """Encodes values for the wire. An iterator gives its items once: they are kept for the next who asks."""

    def __init__(self) -> None:
        self._drained: dict[int, tuple[Any, list[Any]]] = {}

    def encode(self, value: Any, blobs: bytearray) -> Any:
        """A value as tagged JSON; the bytes of its arrays are appended to `blobs`. Raises what its methods raise."""
        return wire.encode(value, blobs, self.more)

    def more(self, value: Any, blobs: bytearray, depth: int) -> Any:
        """What the wire has no word for: None for what behaves as nothing that it knows."""
        np = sys.modules.get("numpy")
        if np is not None and type(value) is np.float64 and isfinite(value):
            return {"$": "float64", "value": float(value)}  # what most calls give: shorter, and bit for bit the same
        if np is not None and isinstance(value, (np.ndarray, np.generic)) and not isinstance(value, str):
            return self._array(np, value, blobs, depth)
        plain = _number_or_text(value)
        if plain is None:
            plain = self._several(np, value)
        if plain is None and hasattr(type(value), "__float__"):
            plain = float(value)
        return None if plain is None else wire.encode(plain, blobs, self.more, depth + 1)

    def _array(self, np: Any, value: Any, blobs: bytearray, depth: int) -> Any:
        """A numpy array or scalar of any subclass: of objects as a list, of numbers as its bytes."""
        masked = getattr(sys.modules.get("numpy.ma"), "MaskedArray", ())
        if isinstance(value, masked) and np.ma.is_masked(value):
            return {"$": "other", "type": "array with masked items"}
        array = np.asarray(value)
        scalar = isinstance(value, np.generic)
        if array.ndim > wire.MAX_RANK or array.nbytes > wire.MAX_FRAME:
            return {"$": "other", "type": f"array of {array.dtype} with {array.size} items"}
        if array.dtype.kind == "O" or (array.dtype.kind == "U" and array.ndim == 0):
            return wire.encode(array.tolist(), blobs, self.more, depth + 1)
        if array.dtype == np.longdouble and array.dtype.name not in _TEXT_TYPES:
            items = [np.format_float_scientific(x, unique=True, trim="0") for x in array.ravel().tolist() or []]
            return {"$": "array", "dtype": "longdouble", "shape": list(array.shape), "items": items, "scalar": scalar}
        name = array.dtype.name
        if name not in ITEM_CODES:
            return {"$": "other", "type": f"array of {name}"[:60]}
        data = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<")).tobytes()
        return wire.encode_array(name, tuple(int(n) for n in array.shape), data, blobs, scalar)

    def _several(self, np: Any, value: Any) -> Any:
        """A mapping as a dict, whatever gives an array as that, a sequence or an iterator as a list; else None."""
        kind = type(value)
        if isinstance(value, Mapping):
            return dict(value.items())
        if np is not None and hasattr(kind, "__array__"):
            names = list(value.keys()) if hasattr(kind, "keys") and getattr(value, "ndim", 0) == 1 else []
            if names and all(isinstance(name, str) for name in names):  # labelled, as a pandas Series may be
                return {name: value[name] for name in names}
            return np.asarray(value)
        sequence = hasattr(kind, "__getitem__") and hasattr(kind, "__len__")
        if isinstance(value, _NO_SEQUENCES) or not (hasattr(kind, "__iter__") or sequence):
            return None
        return self._items(value)

    def _items(self, value: Any) -> Any:
        if id(value) in self._drained:
            return self._drained[id(value)][1]
        iterator = iter(value)
        items = list(islice(iterator, MAX_ITEMS + 1))
        if len(items) > MAX_ITEMS:
            return None
        if iterator is value:
            self._drained[id(value)] = value, items  # the value too: no other may get its id
        return items


def _number_or_text(value: Any) -> Any:
    """A subclass of a number or a text as that, and what says of itself that it is a number, exactly; else None."""
    kind = type(value)
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int):
        return int.__int__(value)
    if isinstance(value, float):
        return float.__float__(value)
    if isinstance(value, complex):
        return complex.__add__(value, 0)
    if isinstance(value, Decimal):
        return Decimal(value)
    if hasattr(kind, "__array__"):
        return None
    if hasattr(kind, "__index__"):
        return operator.index(value)
    if hasattr(kind, "numerator") and hasattr(kind, "denominator"):
        return Fraction(int(value.numerator), int(value.denominator))
    return None
