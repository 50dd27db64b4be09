"""Numbers for people: six digits, and more only where two that differ would look the same."""

from __future__ import annotations

DIGITS, ALL = 6, 17


def short(value: float) -> str:
    """Six significant digits.

    >>> short(-0.007742801177591198), short(3.0)
    ('-0.0077428', '3')
    """
    return f"{value:.{DIGITS}g}"


def told_apart(want: float, got: float) -> tuple[str, str]:
    """Both with six digits, or as many more as tell them apart.

    >>> told_apart(0.25, 0.5), told_apart(0.1, 0.1 + 1e-9)
    (('0.25', '0.5'), ('0.1', '0.100000001'))
    """
    for digits in range(DIGITS, ALL):
        first, second = f"{want:.{digits}g}", f"{got:.{digits}g}"
        if first != second:
            return first, second
    return (short(want), short(got)) if want == got else (repr(want), repr(got))
