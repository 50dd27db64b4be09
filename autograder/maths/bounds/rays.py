"""Which monomials outgrow which, when every variable grows on its own: decided over the rationals, with a certificate.

The vector (a_1 ... a_n, b_1 ... b_n) is the monomial x_1^a_1 (log x_1)^b_1 ... x_n^a_n (log x_n)^b_n. For x_i >= N, N
large enough:

    m <= max(points)   if weights w >= 0, sum w = 1 exist such that, in every variable, sum w p has a larger power than
                       m, or the same power and no fewer logarithms: then a weighted geometric mean of the points is
                       above m;
    m > C max(points)  for every C, far out on the ray x_i = t^u_i, if u >= 0 makes m's degree in t (and, on a tie, in
                       log t) larger than every point's. x_i stays constant where u_i = 0.

Without logarithms one of the two always exists (Farkas' lemma). Both are found by one small linear program in integers,
and what it finds is checked by plain arithmetic. Source: Bland's rule (1977) against cycling; integer pivoting after
Edmonds (1967).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import combinations

Rational = int | Fraction
Monomial = tuple[Rational, ...]
Vector = Sequence[int]

MOST_PIVOTS = 200


class TooHardError(Exception):
    """A cap on the work was reached: nothing is known about the answer."""


class Effort:
    """The work that one decision may cost, in units of about ten microseconds; TooHardError when it is spent."""

    def __init__(self, units: int) -> None:
        self.left = units

    def spend(self, units: int) -> None:
        self.left -= units
        if self.left < 0:
            raise TooHardError


def whole(monomials: Sequence[Monomial]) -> list[list[int]]:
    """The monomials times their common denominator: comparisons and rays are the same for integers."""
    scale = math.lcm(*(entry.denominator for monomial in monomials for entry in monomial))
    return [[int(entry * scale) for entry in monomial] for monomial in monomials]


def solve(strict: Sequence[Vector], weak: Sequence[Vector], effort: Effort) -> list[int] | None:
    """An integer x >= 0 with r.x > 0 for every strict row and r.x >= 0 for every weak row, or None if there is none.

    Maximises t under t <= r.x (strict), 0 <= r.x (weak), sum x <= 1, from the feasible origin up to the first t > 0.
    Raises TooHardError after MOST_PIVOTS steps or when the effort is spent.
    """
    size = len(strict[0])
    table = [[-entry for entry in row] + [1, 0] for row in strict]
    table += [[-entry for entry in row] + [0, 0] for row in weak]
    table += [[1] * size + [0, 1], [0] * size + [-1, 0]]
    columns, rows = list(range(size + 1)), list(range(size + 1, size + len(table)))
    scale = 1
    for _ in range(MOST_PIVOTS):
        effort.spend(1 + len(table) * size // 40)
        entering = _entering(table[-1], columns)
        if entering is None:
            return None
        leaving = _leaving(table, rows, entering)
        scale = _pivot(table, leaving, entering, scale)
        rows[leaving], columns[entering] = columns[entering], rows[leaving]
        if table[-1][-1] > 0:
            values = {name: table[i][-1] for i, name in enumerate(rows)}
            return _checked([values.get(name, 0) for name in range(size)], strict, weak)
    raise TooHardError


def _entering(costs: Vector, columns: Vector) -> int | None:
    """Bland: of the columns that improve t, the one with the smallest variable."""
    improving = [(name, j) for j, name in enumerate(columns) if costs[j] < 0]
    return min(improving)[1] if improving else None


def _leaving(table: list[list[int]], rows: Vector, entering: int) -> int:
    """Bland: of the rows that bind first, the one with the smallest variable. sum x <= 1 keeps one binding."""
    binding = [i for i in range(len(rows)) if table[i][entering] > 0]
    return min(binding, key=lambda i: (Fraction(table[i][-1], table[i][entering]), rows[i]))


def _pivot(table: list[list[int]], row: int, column: int, scale: int) -> int:
    """Exchanges a row and a column; entries stay integers over the common denominator, which is returned."""
    pivot, pivot_row = table[row][column], table[row]
    for i, line in enumerate(table):
        if i != row:
            factor = line[column]
            table[i] = [(entry * pivot - factor * other) // scale for entry, other in zip(line, pivot_row, strict=True)]
            table[i][column] = -factor
    pivot_row[column] = scale
    return pivot


def _checked(x: Vector, strict: Sequence[Vector], weak: Sequence[Vector]) -> list[int]:
    """x in lowest terms, after seeing that it does what it should."""
    if min(x) < 0 or any(_dot(row, x) <= 0 for row in strict) or any(_dot(row, x) < 0 for row in weak):
        raise ArithmeticError("the linear program returned something that is no solution")
    divisor = math.gcd(*x)
    return [entry // divisor for entry in x]


def _dot(left: Vector, right: Vector) -> int:
    return sum(a * b for a, b in zip(left, right, strict=True))


def below(monomial: Monomial, points: Sequence[Monomial], effort: Effort, *, strictly: bool = False) -> bool:
    """Whether weights put a geometric mean of `points` above `monomial`, so that monomial = O(sum of points).

    strictly: above by a positive power or logarithm of some variable, so that the quotient tends to 0 as N grows.
    True is proved by weights; False says only that no such weights exist. Raises TooHardError.
    """
    if not points:
        return False
    target, *rest = whole([monomial, *points])
    size = len(target) // 2
    if not strictly and any(_above(target, point, size) for point in rest):
        return True
    gaps = [[point[i] - target[i] for point in rest] for i in range(2 * size)]
    powers, logs = gaps[:size], gaps[size:]
    ones = [1] * len(rest)
    tied: set[int] = set()
    while True:
        weak = powers + [logs[i] for i in sorted(tied)]
        if solve([ones], weak, effort) is None:
            return False
        free = {i for i in range(size) if any(powers[i]) and solve([powers[i]], weak, effort) is not None}
        forced = set(range(size)) - free
        if forced == tied or not any(any(logs[i]) for i in forced - tied):
            break
        tied = forced
    if not strictly or free:
        return True
    return any(any(logs[i]) and solve([logs[i]], weak, effort) is not None for i in forced)


def _above(target: Sequence[Rational], point: Sequence[Rational], size: int) -> bool:
    """Whether one point alone lies above the target: in every variable more powers, or as many and no fewer logs."""
    return all((target[i], target[size + i]) <= (point[i], point[size + i]) for i in range(size))


def pruned(points: Iterable[Monomial], effort: Effort) -> tuple[Monomial, ...]:
    """The points without those that lie below another one: the same sum up to constant factors."""
    kept: list[Monomial] = []
    for point in sorted(set(points), reverse=True):
        effort.spend(1 + len(kept) // 4)
        if not any(_above(point, other, len(point) // 2) for other in kept):
            kept = [other for other in kept if not _above(other, point, len(point) // 2)] + [point]
    return tuple(kept)


def simple_rays(size: int) -> Iterator[tuple[int, ...]]:
    """The directions in which some variables grow alike and the others stay: the fewest variables first."""
    for count in range(1, size + 1):
        for chosen in combinations(range(size), count):
            yield tuple(int(i in chosen) for i in range(size))


def beating_ray(monomial: Monomial, points: Sequence[Monomial], effort: Effort) -> tuple[int, ...] | None:
    """A direction u >= 0 along which `monomial` outgrows every point, or None if there is none. Raises TooHardError."""
    target, *rest = whole([monomial, *points])
    size = len(target) // 2
    has_logs = any(any(vector[size:]) for vector in (target, *rest))
    for support in simple_rays(size) if has_logs else [(1,) * size]:
        ray = _ray_in(support, target, rest, grows=has_logs, effort=effort)
        if ray is not None:
            return ray
    return None


def _ray_in(
    support: tuple[int, ...], target: Vector, rest: Sequence[Vector], *, grows: bool, effort: Effort
) -> tuple[int, ...] | None:
    """A beating ray in which only the variables of `support` grow (all of them, if `grows`)."""
    size = len(support)
    chosen = [i for i in range(size) if support[i]]
    strict = [[int(i == j) for j in chosen] for i in chosen] if grows else []
    weak: list[list[int]] = []
    for point in rest:
        row = [target[i] - point[i] for i in chosen]
        wins_tie = sum(target[size + i] - point[size + i] for i in chosen) > 0
        (weak if wins_tie else strict).append(row)
    found = solve(strict, weak, effort) if strict else None
    return None if found is None else tuple(found[chosen.index(i)] if i in chosen else 0 for i in range(size))


def degree(monomials: Sequence[Monomial], ray: Sequence[Rational]) -> tuple[Rational, Rational]:
    """The growth of a sum of monomials along x_i = t^ray_i: its degrees in t and in log t."""
    size = len(ray)
    return max(
        (
            sum(monomial[i] * ray[i] for i in range(size)),
            sum(monomial[size + i] for i in range(size) if ray[i]),
        )
        for monomial in monomials
    )
