"""Which product is this number? A coefficient that was measured in several settings, found again among known forms.

Few numbers, exact to rounding and in settings that were drawn: a product that gives all of them is what was written,
or equals it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import combinations, product
from typing import Protocol

import msgspec

from autograder.maths.lstm.problems import Signals, States, Weights
from reference.diagnosis.lstm.alphabets import ALPHABET
from reference.diagnosis.lstm.forms import Factor, Named, Slip, Value, instead, one
from reference.diagnosis.lstm.inputs import Inputs
from reference.diagnosis.lstm.letters import letters_of, moved
from reference.diagnosis.lstm.settings import Setting

SAME = 1e-8
PLAIN = (1.0, -1.0)
CONSTANTS = (1.0, -1.0, 2.0, 0.5, -2.0, -0.5)
NO_SIGNALS = Signals(*((),) * 6)

Column = tuple[float, ...]


class Valued(Protocol):
    """Whatever has a value in a setting, and says how it is written."""

    @property
    def text(self) -> str: ...

    def value(self, t: int, s: States, bar: Signals, w: Weights) -> float: ...


class Table:
    """Values of factors in settings, each at a step; computed once.

    noise: how exact the measured numbers are. beyond: the value of a factor that has none there, as x(t+2) at t = T.
    inputs: what the function reads, of which the numbers are. letters: those that an expression may have; None: all.
    """

    def __init__(
        self,
        settings: Sequence[tuple[Setting, int]],
        noise: float = 0.0,
        beyond: float = math.nan,
        inputs: Inputs | None = None,
        letters: frozenset[str] | None = None,
    ) -> None:
        self.settings = tuple(settings)
        self.inputs = inputs
        self.letters = letters
        self.tolerance = max(SAME, 1e3 * noise)
        self.beyond = beyond
        self._columns: dict[Value, Column] = {}
        self._rows: list[Column] = []
        self._pairs: dict[int, list[tuple[int, ...]]] | None = None
        self._sizes: dict[int, dict[int, list[int]]] = {}
        self._firsts: dict[int, list[float]] = {}
        self._items: dict[str, dict[int, list[Valued]]] = {}
        self._moved: dict[int, Table] = {}
        self._growths: dict[tuple[int, int, int], list[float]] = {}
        self._narrowed: dict[frozenset[str], Table] = {}
        self._within: dict[int, tuple[Named, ...]] = {}

    def narrowed(self, letters: frozenset[str] | None) -> Table:
        """The same, for expressions of these letters only."""
        if letters is None:
            return self
        if letters not in self._narrowed:
            self._narrowed[letters] = Table(self.settings, 0.0, self.beyond, None, letters)
            self._narrowed[letters].tolerance = self.tolerance
            self._narrowed[letters]._columns = self._columns
        return self._narrowed[letters]

    def within(self, alphabet: tuple[Named, ...]) -> tuple[Named, ...]:
        """Those of these that have no other letters."""
        if self.letters is None:
            return alphabet
        if id(alphabet) not in self._within:
            groups = _by_letters(alphabet).items()
            kept = sorted(k for letters, own in groups if letters <= self.letters for k in own)
            self._within[id(alphabet)] = tuple(alphabet[k] for k in kept)
        return self._within[id(alphabet)]

    @property
    def alphabet(self) -> tuple[Named, ...]:
        """The simple factors of which products are made."""
        return self.within(ALPHABET)

    def column(self, value: Value) -> Column:
        if value not in self._columns:
            self._columns[value] = tuple(_safe(value, setting, n, self.beyond) for setting, n in self.settings)
        return self._columns[value]

    def first(self, value: Value) -> float:
        """The value in the first setting alone, for what is tried once."""
        return _safe(value, *self.settings[0], self.beyond)

    def product(self, values: Sequence[Value]) -> Column:
        return tuple(math.prod(row) for row in zip(*(self.column(v) for v in values), strict=True)) or self.ones

    def moved(self, by: int) -> Table:
        """The same settings, each at a step that is later by so much."""
        if by not in self._moved:
            letters = self.letters and moved(self.letters, by)
            self._moved[by] = Table(
                [(setting, n + by) for setting, n in self.settings], 0.0, self.beyond, None, letters
            )
            self._moved[by].tolerance = self.tolerance
        return self._moved[by]

    @property
    def ones(self) -> Column:
        return (1.0,) * len(self.settings)

    def ratio(self, measured: Sequence[float], *columns: Sequence[float]) -> float | None:
        """The constant c with measured = c * the product of the columns, or None."""
        at = _by_size(tuple(measured))[-1]
        first = _divided(measured[at], math.prod([column[at] for column in columns]))
        if first is None or first == 0:
            return None
        for k, m in enumerate(measured):
            if not abs(m - first * math.prod([column[k] for column in columns])) <= self.tolerance * abs(m):
                return None
        return next((c for c in CONSTANTS if abs(first - c) <= 10 * self.tolerance), first)

    def equal(self, measured: Sequence[float], column: Sequence[float]) -> bool:
        return all(abs(m - c) <= self.tolerance * max(abs(m), abs(c)) for m, c in zip(measured, column, strict=True))

    # ---------------------------------------------------------------------------------------------- known forms

    def form(self, measured: Sequence[float], factors: Sequence[Factor], most: int = 2) -> Match | None:
        """The product of these factors with the fewest slips that gives the measured values."""
        for slips in range(most + 1):
            found = [*self._with_slips(measured, factors, slips)]
            if found:
                return min(found, key=lambda m: (abs(m.coefficient) != 1, m.coefficient != 1))
        return None

    def _with_slips(self, measured: Sequence[float], factors: Sequence[Factor], slips: int) -> Iterator[Match]:
        right = [self.column(f.value) for f in factors]
        for where in combinations(range(len(factors)), slips):
            fixed = [c for k, c in enumerate(right) if k not in where]
            start = tuple(math.prod(row) for row in zip(self.ones, *fixed, strict=True))
            for what in self._fitting(measured, start, [factors[k] for k in where]):
                columns = [self.column(slip.value) for slip in what]
                c = self.ratio(measured, start, *columns)
                if c is not None:
                    yield Match(_merged(factors, tuple(zip(where, what, strict=True))), c)

    def _fitting(
        self, measured: Sequence[float], start: Column, factors: Sequence[Factor]
    ) -> Iterator[tuple[Slip, ...]]:
        """A slip of each factor; of one or two factors, those alone that fit the two largest of the numbers."""
        *_, second, first = _by_size(tuple(measured))
        if len(factors) not in (1, 2) or not measured[second] or not start[first] or not start[second]:
            yield from product(*(factor.slips for factor in factors))
            return
        wanted = measured[second] / measured[first] * start[first] / start[second]
        own, *more = (self._growth(factor, second, first) for factor in factors)
        if not more:
            fits = [_key(growth) in _keys(wanted) for growth in own]
            yield from ((slip,) for slip, fit in zip(factors[0].slips, fits, strict=True) if fit)
            return
        sizes: dict[int, list[int]] = {}
        for k, growth in enumerate(more[0]):
            if growth:
                sizes.setdefault(_key(growth), []).append(k)
        for slip, growth in zip(factors[0].slips, own, strict=True):
            for k in sorted(k for n in _keys(wanted / growth) for k in sizes.get(n, ())) if growth else ():
                yield slip, factors[1].slips[k]

    def _growth(self, factor: Factor, second: int, first: int) -> list[float]:
        """Of each slip, its value in one setting over that in another; 0 where that is no number."""
        key = id(factor), second, first
        if key not in self._growths:
            columns = [self.column(slip.value) for slip in factor.slips]
            self._growths[key] = [
                c[second] / c[first] if c[first] and math.isfinite(c[second] / c[first]) else 0.0 for c in columns
            ]
        return self._growths[key]

    def firsts(self, alphabet: Sequence[tuple[str, Value]]) -> list[float]:
        """The values of all of these in the first setting."""
        if id(alphabet) not in self._firsts:
            self._firsts[id(alphabet)] = [self.first(value) for _, value in alphabet]
        return self._firsts[id(alphabet)]

    def sized(self, name: str, items: Callable[[], Iterable[Valued]], wanted: float) -> list[Valued]:
        """Which of the items, known by this name, have about this size in the first setting; told apart once."""
        if name not in self._items:
            self._items[name] = {}
            for item in items():
                self._items[name].setdefault(_key(self.first(item.value)), []).append(item)
        return [item for n in _keys(wanted) for item in self._items[name].get(n, ())]

    def near(self, alphabet: Sequence[tuple[str, Value]], wanted: float) -> list[int]:
        """Which of these have about this size in the first setting."""
        sizes = self._sizes.get(id(alphabet))
        if sizes is None:
            sizes = self._sizes[id(alphabet)] = {}
            for k, value in enumerate(self.firsts(alphabet)):
                sizes.setdefault(_key(value), []).append(k)
        return [k for n in _keys(wanted) for k in sizes.get(n, ())]

    # ---------------------------------------------------------------------------------------- whatever is a product

    def monomial(
        self, measured: Sequence[float], most: int = 3, plain: bool = False
    ) -> tuple[str, tuple[Value, ...], float] | None:
        """The product of at most three simple factors that gives the measured values: text, factors, coefficient.

        plain: none of them is a difference.
        """
        if not all(measured):
            return None
        c = self.ratio(measured, self.ones)
        if c is not None:
            return f"{c:g}", (), c
        for c, many in (*((c, n) for n in range(1, most + 1) for c in PLAIN), *((c, 1) for c in CONSTANTS[2:])):
            found = self._monomial([m / c for m in measured], many)
            if found is not None and not (plain and any("(1 -" in self.alphabet[k][0] for k in found)):
                text = " ".join(self.alphabet[k][0] for k in found)
                return (
                    f"{'' if c == 1 else '-' if c == -1 else f'{c:g} '}{text}",
                    tuple(self.alphabet[k][1] for k in found),
                    c,
                )
        return None if plain else self._multiple(measured)

    def _multiple(self, measured: Sequence[float]) -> tuple[str, tuple[Value, ...], float] | None:
        """Any number times one simple factor."""
        for text, value in self.alphabet:
            c = self.ratio(measured, self.column(value))
            if c is not None:
                return f"{c:.6g} {text}", (value,), c
        return None

    def _monomial(self, measured: Sequence[float], many: int) -> tuple[int, ...] | None:
        first = self.rows[0]
        if many == 1:
            tries: Iterator[tuple[int, ...]] = ((k,) for k in range(len(self.alphabet)))
        elif many == 2:
            tries = iter(self._products(measured[0]))
        else:
            tries = (
                (k, *pair) for k, letter in enumerate(first) if letter for pair in self._products(measured[0] / letter)
            )
        for letters in tries:
            if all(
                abs(m - math.prod(row[k] for k in letters)) <= self.tolerance * abs(m)
                for m, row in zip(measured, self.rows, strict=True)
            ):
                return tuple(sorted(letters))
        return None

    @property
    def rows(self) -> list[Column]:
        """The alphabet's values, a row for each setting."""
        if not self._rows:
            self._rows = list(zip(*(self.column(value) for _, value in self.alphabet), strict=True))
        return self._rows

    def _products(self, wanted: float) -> list[tuple[int, ...]]:
        """Pairs of letters whose product is about this, in the first setting."""
        if self._pairs is None:
            row = self.rows[0]
            self._pairs = {}
            for j, k in combinations(range(len(row)), 2):
                if row[j] and row[k]:
                    self._pairs.setdefault(_key(row[j] * row[k]), []).append((j, k))
            for k, v in enumerate(row):
                if v:
                    self._pairs.setdefault(_key(v * v), []).append((k, k))
        return [pair for n in _keys(wanted) for pair in self._pairs.get(n, ())]


class Match(msgspec.Struct, frozen=True):
    """Slips by the place of their factor, and the coefficient in front."""

    slips: tuple[tuple[int, Slip], ...]
    coefficient: float


@lru_cache(maxsize=64)
def _by_size(measured: Column) -> list[int]:
    """Which of the numbers are the largest, these last."""
    return sorted(range(len(measured)), key=lambda k: abs(measured[k]))


def _merged(factors: Sequence[Factor], slips: tuple[tuple[int, Slip], ...]) -> tuple[tuple[int, Slip], ...]:
    """A factor left out and another one too many: the one for the other."""
    if len(slips) != 2 or factors[slips[1][0]].text or slips[0][1].value is not one:
        return slips
    (k, _), (_, more) = slips
    if not more.code.startswith(("extra ", "divided by ")):
        return slips
    wrong = more.code.removeprefix("extra ").replace("divided by ", "1/")
    value = more.value
    return ((k, instead(factors[k].text, wrong, value)),)


def _key(value: float) -> int:
    return round(math.log(abs(value)) * 1e6) if value and math.isfinite(value) else 0


def _keys(value: float) -> tuple[int, ...]:
    """The keys that a value may have that is the same to rounding."""
    if not value or not math.isfinite(value):
        return (0,)
    exact = math.log(abs(value)) * 1e6
    key = round(exact)
    return (key,) if abs(exact - key) < 0.3 else (key, key + (1 if exact > key else -1))


def _safe(value: Value, setting: Setting, n: int, beyond: float) -> float:
    try:
        found = float(value(n, setting.states, NO_SIGNALS, setting.weights))
    except IndexError:
        return beyond
    except (ArithmeticError, ValueError):
        return math.nan
    return found if math.isfinite(found) else math.nan


_groups: dict[int, dict[frozenset[str], list[int]]] = {}


def _by_letters(alphabet: tuple[Named, ...]) -> dict[frozenset[str], list[int]]:
    """The entries of an alphabet, a constant of a module, by the letters that they have."""
    if id(alphabet) not in _groups:
        groups = _groups[id(alphabet)] = {}
        for k, (text, _) in enumerate(alphabet):
            groups.setdefault(letters_of(text), []).append(k)
    return _groups[id(alphabet)]


def _divided(a: float, b: float) -> float | None:
    return a / b if b and math.isfinite(b) else None
