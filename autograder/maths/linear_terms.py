"""Explain values as a sum of terms: which columns, and with which coefficients?

    values[n] = sum over k of coefficient[k] * columns[k][n]

The values are exact to rounding, so an explanation is accepted only if it leaves nothing over (EXACT, relative to the
largest value); with more values than columns that does not happen by chance. numpy is imported where it is needed:
only a wrong equation comes here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

Columns = Sequence[Sequence[float]]

EXACT = 1e-9
SUSPECT = 1e-8
DEPENDENT = 1e-10
VERIFIED = 40


class Fit(msgspec.Struct, frozen=True):
    """Least squares of values on columns.

    coefficients: one for each column; 0 for one that is not determined.
    determined:   False for a column that is zero or a sum of others, so that its coefficient says nothing.
    residual:     `max|values - fitted| / max|values|`, 0 if all values are 0.
    exact:        residual <= EXACT.
    """

    coefficients: tuple[float, ...]
    determined: tuple[bool, ...]
    residual: float
    exact: bool


class Found(msgspec.Struct, frozen=True):
    """Candidates (their indices) that, with the fixed columns, explain the values; `fit` has the fixed ones first."""

    candidates: tuple[int, ...]
    fit: Fit


def _unit(rows: Columns | Array) -> tuple[Array, Array]:
    """Rows divided by their largest entry, and that entry (1 for a row of zeros)."""
    import numpy as np

    matrix = np.asarray(rows, dtype=np.float64)
    scale = np.max(np.abs(matrix), axis=1)
    scale = np.where(scale > 0, scale, 1.0)
    return matrix / scale[:, None], scale


def _determined(design: Array) -> tuple[bool, ...]:
    """Whether each column (a row here) is outside the span of the others."""
    import numpy as np

    _, singular, right = np.linalg.svd(design.T, full_matrices=False)
    rank = int(np.sum(singular > DEPENDENT * singular[0])) if singular.size and singular[0] > 0 else 0
    loose = np.any(np.abs(right[rank:]) > 1e-6, axis=0)
    return tuple(not bool(one) for one in loose)


def fit(values: Sequence[float], columns: Columns) -> Fit:
    """Fit finite values by columns of the same length, each with a free coefficient.

    Raises ValueError if the lengths differ, if there are fewer values than columns, or if anything is not finite.
    """
    import numpy as np

    y = np.asarray(values, dtype=np.float64)
    if any(len(column) != len(y) for column in columns) or len(y) <= len(columns):
        raise ValueError(f"{len(y)} values cannot be fitted by columns of lengths {[len(c) for c in columns]}")
    if not np.all(np.isfinite(y)) or not all(np.all(np.isfinite(c)) for c in columns):
        raise ValueError("values and columns must be finite")
    top = float(np.max(np.abs(y)))
    if top == 0 or not columns:
        return Fit((0.0,) * len(columns), (True,) * len(columns), float(top > 0), top == 0)
    design, scale = _unit(columns)
    weights, *_ = np.linalg.lstsq(design.T, y / top, rcond=DEPENDENT)
    residual = float(np.max(np.abs(y / top - weights @ design)))
    with np.errstate(over="ignore"):
        coefficients = tuple(float(c) for c in weights / scale * top)
    return Fit(coefficients, _determined(design), residual, residual <= EXACT)


def _outside(fixed: Columns, rows: Array) -> Array:
    """What is left of each row outside the span of the fixed columns."""
    import numpy as np

    if not len(fixed):
        return rows
    design, _ = _unit(fixed)
    left, singular, _ = np.linalg.svd(design.T, full_matrices=False)
    frame = left[:, singular > DEPENDENT * max(float(singular[0]), 1e-300)]
    rest = rows - (rows @ frame) @ frame.T
    return np.asarray(rest - (rest @ frame) @ frame.T)


def _directions(fixed: Columns, candidates: Columns) -> Array:
    """Unit vectors of what each candidate adds to the fixed columns; zero where it adds nothing."""
    import numpy as np

    rest = _outside(fixed, _unit(candidates)[0])
    length = np.linalg.norm(rest, axis=1)
    return np.where((length > 1e-8)[:, None], rest / np.where(length > 0, length, 1.0)[:, None], 0.0)


def _remainder(values: Sequence[float], fixed: Columns) -> Array:
    """The unit vector of what the fixed columns leave of the values."""
    import numpy as np

    rest = _outside(fixed, _unit([values])[0])[0]
    return np.asarray(rest / max(float(np.linalg.norm(rest)), 1e-300))


def _verify(values: Sequence[float], fixed: Columns, pools: Sequence[Columns], tries: list[list[int]]) -> list[Found]:
    """The tries that explain the values exactly, with coefficients that are determined."""
    found = []
    for indices in map(tuple, tries[:VERIFIED]):
        one = fit(values, [*fixed, *(pool[k] for pool, k in zip(pools, indices, strict=True))])
        if one.exact and all(one.determined[len(fixed) :]):
            found.append(Found(indices, one))
    return found


def one_more(values: Sequence[float], fixed: Columns, candidates: Columns) -> list[Found]:
    """Every single candidate that explains the values together with the fixed columns, in the order given."""
    import numpy as np

    if not len(candidates):
        return []
    cosine = _directions(fixed, candidates) @ _remainder(values, fixed)
    return _verify(values, fixed, [candidates], np.argwhere(1 - cosine**2 <= SUSPECT).tolist())


def two_more(values: Sequence[float], fixed: Columns, first: Columns, second: Columns) -> list[Found]:
    """Every pair, one candidate of each pool, that explains the values together with the fixed columns."""
    import numpy as np

    if not len(first) or not len(second):
        return []
    a, b, rest = _directions(fixed, first), _directions(fixed, second), _remainder(values, fixed)
    p, q, cross = (a @ rest)[:, None], (b @ rest)[None, :], a @ b.T
    spread = 1 - cross**2
    with np.errstate(divide="ignore", invalid="ignore"):
        explained = np.where(spread > 1e-9, (p**2 + q**2 - 2 * p * q * cross) / spread, 0.0)
    return _verify(values, fixed, [first, second], np.argwhere(1 - explained <= SUSPECT).tolist())
