"""Every network of three threshold units, as far as it adds rightly: an enumeration without any sampling.

A hidden unit is one of the 94,572 threshold functions of the five bits (x1, x2, h1, h2, h3), kept as a bit set of the
functions still possible. The additions are followed breadth first; each edge chooses the next hidden state among those
with the right output bit and keeps only functions that agree. Imports nothing of the autograder.
"""

from __future__ import annotations

import functools
import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

Rows = list[tuple[int, ...]]

THRESHOLD_FUNCTIONS = {3: 104, 5: 94_572}  # published counts (OEIS A000609)
_LARGEST = {3: 2, 5: 5}  # the largest integer weight that any of them needs


@functools.cache
def threshold_functions(inputs: int) -> dict[int, tuple[int, ...]]:
    """Truth table (bit i: the value at the inputs that spell i, first one first) -> doubled weights and an odd bias."""
    points = np.array(list(itertools.product((0, 1), repeat=inputs)), dtype=np.int16)
    place = 1 << np.arange(len(points), dtype=np.int64)
    sorted_weights = itertools.combinations_with_replacement(range(_LARGEST[inputs], -1, -1), inputs)
    positive: dict[int, tuple[int, ...]] = {}
    for weights in sorted_weights:
        for least in range(sum(weights) + 2):
            row = (*(2 * w for w in weights), 1 - 2 * least)
            positive.setdefault(int(((points @ row[:-1] + row[-1]) > 0) @ place), row)
    rows = np.array(sorted(positive.values()), dtype=np.int16)
    found: dict[int, tuple[int, ...]] = {}
    for order in itertools.permutations(range(inputs)):
        for signs in itertools.product((1, -1), repeat=inputs):
            weights = rows[:, list(order)] * np.array(signs, dtype=np.int16)
            bias = rows[:, -1] - weights.clip(max=0).sum(axis=1, dtype=np.int16)
            truths = ((weights @ points.T + bias[:, None]) > 0) @ place
            found.update(zip(truths.tolist(), map(tuple, np.column_stack([weights, bias]).tolist()), strict=True))
    return found


@dataclass(frozen=True)
class Family:
    """Networks that behave alike on the edges chosen so far: an output unit and, per hidden unit, a set of functions.

    closed: whether every edge that can be reached is chosen, so that all members are right for ever; if not, they are
    right up to the column asked for, and what comes after it is open.
    """

    output: tuple[int, ...]
    units: tuple[int, int, int]
    closed: bool

    def member(self, rng: random.Random) -> Rows:
        """One network of the family, as three rows (x1, x2, h1, h2, h3, bias) and (h1, h2, h3, bias)."""
        return [*(_rows()[_some_bit(rng, bits)] for bits in self.units), self.output]


def families(columns: int) -> Iterator[Family]:
    """The networks that are right in their first `columns` columns at least.

    Up to the order of the hidden units: of the output functions that differ by it, only one is followed.
    """
    outputs = threshold_functions(3)
    for truth, row in sorted(outputs.items()):
        if truth == min(_reordered(truth, order) for order in itertools.permutations(range(3))):
            yield from _Search(columns, truth, row).pair(0, [(0, 0, 0)], _everything())


@dataclass(frozen=True)
class _Search:
    columns: int
    truth: int
    output: tuple[int, ...]

    def pair(self, at: int, pairs: list[tuple[int, int, int]], units: tuple[int, int, int]) -> Iterator[Family]:
        """Goes on from pair number `at`, (hidden state, true carry, columns before it)."""
        if at == len(pairs):
            yield Family(self.output, units, closed=True)
        elif pairs[at][2] >= self.columns:
            yield Family(self.output, units, closed=False)
        else:
            yield from self.edge(at, 0, pairs, units)

    def edge(self, at: int, x: int, pairs: list[tuple[int, int, int]], units: tuple[int, int, int]) -> Iterator[Family]:
        if x == 4:
            yield from self.pair(at + 1, pairs, units)
            return
        state, carry, before = pairs[at]
        carry_out, bit = divmod((x >> 1) + (x & 1) + carry, 2)
        known = {(seen, c) for seen, c, _ in pairs}
        for after in range(8):
            if self.truth >> after & 1 != bit:
                continue
            new = (after, carry_out) not in known
            if new and (after, 1 - carry_out) in known and before + 1 < self.columns:
                continue  # one state for both carries: the next column is wrong for one of them
            kept = tuple(unit & _agreeing()[8 * x + state][after >> 2 - k & 1] for k, unit in enumerate(units))
            if all(kept):
                more = [*pairs, (after, carry_out, before + 1)] if new else pairs
                yield from self.edge(at, x + 1, more, kept)  # type: ignore[arg-type]


@functools.cache
def _agreeing() -> list[tuple[int, int]]:
    """For each of the 32 inputs, the set of functions that give 0 there and the set that give 1."""
    truths = np.array(list(threshold_functions(5)), dtype=np.int64)
    ones = [int.from_bytes(np.packbits(truths >> i & 1, bitorder="little").tobytes(), "little") for i in range(32)]
    return [(_everything()[0] & ~one, one) for one in ones]


@functools.cache
def _rows() -> list[tuple[int, ...]]:
    return list(threshold_functions(5).values())


def _everything() -> tuple[int, int, int]:
    return ((1 << len(threshold_functions(5))) - 1,) * 3


def _reordered(truth: int, order: tuple[int, ...]) -> int:
    bits = [(state >> 2, state >> 1 & 1, state & 1) for state in range(8)]
    return sum(
        1 << state for state, h in enumerate(bits) if truth >> (4 * h[order[0]] + 2 * h[order[1]] + h[order[2]]) & 1
    )


def _some_bit(rng: random.Random, bits: int) -> int:
    """The position of a set bit: the first at or after a random place."""
    start = rng.randrange(bits.bit_length())
    rest = bits >> start
    return start + (rest & -rest).bit_length() - 1


def _print_sample(each: int = 40, seed: int = 20_240) -> None:
    """Networks spread over all that are right for exactly 2, 3, 4, 5 columns, and over all that are right for ever."""
    rng = random.Random(seed)
    for columns in (2, 3, 4, 5, 6):
        wanted = [family for family in families(columns) if family.closed == (columns == 6)]
        for family in sorted(rng.sample(wanted, each), key=lambda family: family.output):
            print(*(weight for row in family.member(rng) for weight in row))


if __name__ == "__main__":
    _print_sample()
