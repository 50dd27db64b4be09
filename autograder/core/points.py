"""Points as people write them: exact fractions inside, decimals outside."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache


def decimal_text(points: Fraction) -> str:
    """Points as a person writes them, exact where the decimal ends within four places.

    >>> decimal_text(Fraction(3, 10)), decimal_text(Fraction(19, 2)), decimal_text(Fraction(1, 3))
    ('0.3', '9.5', '0.3333')
    """
    return _decimal_text(points.numerator, points.denominator)


@lru_cache(maxsize=1 << 14)  # a class has few different points, and arithmetic with fractions is slow
def _decimal_text(numerator: int, denominator: int) -> str:
    scaled = round(Fraction(numerator * 10_000, denominator))
    whole, rest = divmod(abs(scaled), 10_000)
    sign = "-" if scaled < 0 else ""
    return f"{sign}{whole}.{rest:04d}".rstrip("0").rstrip(".") if rest else f"{sign}{whole}"


def points_text(points: Fraction) -> str:
    """Points as `overrides.points_in` reads them back, without loss."""
    decimal = decimal_text(points)
    return decimal if Fraction(decimal) == points else f"{points.numerator}/{points.denominator}"


def counted(points: Fraction) -> str:
    """Points with their noun.

    >>> counted(Fraction(1)), counted(Fraction(1, 2))
    ('1 point', '0.5 points')
    """
    return f"{decimal_text(points)} point{'' if abs(points) == 1 else 's'}"
