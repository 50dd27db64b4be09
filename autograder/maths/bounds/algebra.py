"""How large an expression is, up to constant factors: ratios of sums of monomials, closed under + * / ^ max min log.

Two kinds of value. A `Polynomial` is exact, signs and coefficients included, so that `H - H` is 0 and `(H+W)^2 - 2HW`
is H^2 + W^2. A `Growth` is a ratio of sums known up to constant factors, for all variables at least N, N large enough:

    max(f, g) = f + g      min(f, g) = 1 / (1/f + 1/g)      (a + b)^r = a^r + b^r      log(a + b) = max(log a, log b)

A difference f - g is as large as f if g/f tends to 0, and `UnsureError` otherwise: max(H, W) - W is not H.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from functools import reduce
from itertools import product
from math import isqrt

import msgspec

from autograder.maths.bounds.rays import Effort, Monomial, Rational, TooHardError, below, pruned

MOST_TERMS = 60  # of an exact polynomial
MOST_MONOMIALS = 16  # of the top or the bottom of a ratio
MOST_BITS = 400  # of an exact coefficient
LARGEST_DEGREE = 1_000_000  # of the numerator and the denominator of an exponent
EXPANDED_POWER = 8  # (a + b)^n is multiplied out up to this n


class UnsureError(Exception):
    """The size of an expression cannot be told; why, and what to do about it, in words for a student."""

    def __init__(self, problem: str, advice: str = "write the bound more simply") -> None:
        super().__init__(problem)
        self.problem = problem
        self.advice = advice


NO_MINUS = "write the bound without this minus sign: lower-order terms do not matter"


class Polynomial(msgspec.Struct, frozen=True):
    """sum of coefficient * monomial, exact; monomials without logarithms; no zero coefficients."""

    terms: Mapping[Monomial, Fraction]


class Growth(msgspec.Struct, frozen=True):
    """sum(top) / sum(bottom) up to constant factors. An empty top is zero."""

    top: tuple[Monomial, ...]
    bottom: tuple[Monomial, ...]

    @property
    def size(self) -> int:
        return len(self.bottom[0]) // 2


def one(size: int) -> Growth:
    """Theta(1) over `size` variables."""
    return Growth((_unit(size),), (_unit(size),))


def _unit(size: int) -> Monomial:
    return (0,) * (2 * size)


def _times(left: Monomial, right: Monomial) -> Monomial:
    return tuple(_plain(a + b) for a, b in zip(left, right, strict=True))


def _to(monomial: Monomial, power: Rational) -> Monomial:
    return tuple(_plain(entry * power) for entry in monomial)


def _plain(value: Rational) -> Rational:
    """Whole numbers as int, which is ten times faster than Fraction; TooHardError where exponents get out of hand."""
    if max(abs(value.numerator), value.denominator) > LARGEST_DEGREE:
        raise TooHardError
    return value.numerator if value.denominator == 1 else value


def cross(left: Iterable[Monomial], right: Iterable[Monomial], effort: Effort) -> tuple[Monomial, ...]:
    """The monomials of a product of two sums."""
    pairs = list(product(left, right))
    effort.spend(len(pairs))
    return pruned((_times(a, b) for a, b in pairs), effort)


def ratio(top: Iterable[Monomial], bottom: Iterable[Monomial], effort: Effort) -> Growth:
    """sum(top) / sum(bottom) without the monomials that do not matter, and without a bottom of one monomial."""
    top, bottom = _vertices(pruned(top, effort), effort), _vertices(pruned(bottom, effort), effort)
    if len(bottom) == 1:
        inverse = _to(bottom[0], -1)
        top, bottom = tuple(_times(monomial, inverse) for monomial in top), (_to(inverse, 0),)
    return Growth(top, bottom)


def _vertices(points: tuple[Monomial, ...], effort: Effort) -> tuple[Monomial, ...]:
    """The points without those below a mean of the others, worth the search where there are many."""
    if len(points) > 5:
        kept = list(points)
        for point in points:
            others = [other for other in kept if other != point]
            kept = others if below(point, others, effort) else kept
        points = tuple(kept)
    if len(points) > MOST_MONOMIALS:
        raise TooHardError
    return points


def plus(left: Growth, right: Growth, effort: Effort) -> Growth:
    """f + g, and max(f, g)."""
    if left.bottom == right.bottom:
        return ratio(left.top + right.top, left.bottom, effort)
    tops = cross(left.top, right.bottom, effort) + cross(right.top, left.bottom, effort)
    return ratio(tops, cross(left.bottom, right.bottom, effort), effort)


def times(left: Growth, right: Growth, effort: Effort) -> Growth:
    """f g."""
    return ratio(cross(left.top, right.top, effort), cross(left.bottom, right.bottom, effort), effort)


def inverse(growth: Growth) -> Growth:
    """1 / f."""
    if not growth.top:
        raise UnsureError("this divides by zero")
    return Growth(growth.bottom, growth.top)


def least(left: Growth, right: Growth, effort: Effort) -> Growth:
    """min(f, g) = 1 / (1/f + 1/g)."""
    if not left.top or not right.top:
        return left if not left.top else right
    upside_down = plus(inverse(left), inverse(right), effort)
    return ratio(upside_down.bottom, upside_down.top, effort)


def raised(growth: Growth, power: Fraction, effort: Effort) -> Growth:
    """f^r, monomial by monomial."""
    if power == 0:
        return one(growth.size)
    base = growth if power > 0 else inverse(growth)
    top, bottom = ([_to(monomial, abs(power)) for monomial in part] for part in (base.top, base.bottom))
    return ratio(top, bottom, effort)


def minus(left: Growth, right: Growth, effort: Effort) -> Growth:
    """f - g where g/f tends to 0 as N grows: f. Raises UnsureError otherwise."""
    against = cross(left.top, right.bottom, effort)
    for monomial in cross(right.top, left.bottom, effort):
        if not below(monomial, against, effort, strictly=True):
            raise UnsureError(
                "the size of this difference cannot be determined: it may be far smaller than its parts, or negative",
                NO_MINUS,
            )
    return left


def logarithm(growth: Growth, effort: Effort) -> Growth:
    """log f = max over the top of min over the bottom of log(a/b), where every a/b grows without limit."""
    if not growth.top:
        raise UnsureError("the logarithm of zero has no value")
    per_top = []
    for a in growth.top:
        per_bottom = [_log_of(_times(a, _to(b, -1)), effort) for b in growth.bottom]
        per_top.append(reduce(lambda f, g: least(f, g, effort), per_bottom))
    return reduce(lambda f, g: plus(f, g, effort), per_top)


def _log_of(monomial: Monomial, effort: Effort) -> Growth:
    """log(x^a y^b) = log x + log y, for a, b > 0."""
    size = len(monomial) // 2
    powers, logs = monomial[:size], monomial[size:]
    if any(log and power == 0 for power, log in zip(powers, logs, strict=True)):
        raise UnsureError("log log is not supported")
    if min(powers) < 0 or not any(powers):
        raise UnsureError("the size of this logarithm cannot be determined: it may be zero or negative")
    tops = [tuple(int(j == size + i) for j in range(2 * size)) for i in range(size) if powers[i] > 0]
    return ratio(tops, [_unit(size)], effort)


def scaled_sum(parts: Iterable[tuple[int, Polynomial]]) -> Polynomial:
    """The sum of sign * polynomial, like terms collected."""
    return _collected((monomial, sign * c) for sign, part in parts for monomial, c in part.terms.items())


def _collected(found: Iterable[tuple[Monomial, Fraction]]) -> Polynomial:
    """Like terms added, without those that vanish. Raises TooHardError where that gets too long."""
    terms: dict[Monomial, Fraction] = {}
    for monomial, coefficient in found:
        terms[monomial] = terms.get(monomial, Fraction(0)) + coefficient
    if len(terms) > MOST_TERMS:
        raise TooHardError
    if any(max(c.numerator.bit_length(), c.denominator.bit_length()) > MOST_BITS for c in terms.values()):
        raise TooHardError
    return Polynomial({monomial: coefficient for monomial, coefficient in terms.items() if coefficient})


def multiplied(left: Polynomial, right: Polynomial, effort: Effort) -> Polynomial:
    """The product, multiplied out. Raises TooHardError where that gets too long."""
    effort.spend(len(left.terms) * len(right.terms))
    pairs = product(left.terms.items(), right.terms.items())
    return _collected((_times(a, b), c * d) for (a, c), (b, d) in pairs)


def exact_power(base: Polynomial, power: Fraction, effort: Effort) -> Polynomial | None:
    """base^power if that is a polynomial again with rational coefficients that is worth multiplying out; else None."""
    if len(base.terms) == 1:
        ((monomial, coefficient),) = base.terms.items()
        root = _rational_power(coefficient, power)
        return None if root is None else _collected([(_to(monomial, power), root)])
    if power.denominator != 1 or not 0 < power <= EXPANDED_POWER or len(base.terms) > 8:
        return None
    return reduce(lambda f, g: multiplied(f, g, effort), [base] * power.numerator)


def _rational_power(value: Fraction, power: Fraction) -> Fraction | None:
    """value^power if it is rational and small, for whole powers and halves; else None."""
    if value == 1:
        return value
    if power.denominator == 2 and value > 0:
        roots = isqrt(value.numerator), isqrt(value.denominator)
        if roots[0] ** 2 != value.numerator or roots[1] ** 2 != value.denominator:
            return None
        value, power = Fraction(*roots), power * 2
    bits = max(value.numerator.bit_length(), value.denominator.bit_length())
    if power.denominator != 1 or bits * abs(power) > MOST_BITS or (value == 0 and power <= 0):
        return None
    return value**power.numerator


def grown(polynomial: Polynomial, size: int, effort: Effort) -> Growth:
    """The growth of an exact polynomial: its positive terms, if every negative one is small beside them."""
    terms = polynomial.terms.items()
    positive = [monomial for monomial, coefficient in terms if coefficient > 0]
    negative = [monomial for monomial, coefficient in terms if coefficient < 0]
    if negative and not positive:
        raise UnsureError("this is negative, and a cost is not", NO_MINUS)
    up = ratio(positive, [_unit(size)], effort)
    return minus(up, Growth(tuple(negative), (_unit(size),)), effort) if negative else up
