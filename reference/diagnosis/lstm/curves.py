"""Coefficients that are no product of the usual factors: a function of a node, or a sum or difference of two numbers.

Asked for only where nothing simpler fits, and where the numbers are exact to rounding: four settings or more in which
one of a few hundred thousand expressions gives every number to 1e-8 by chance do not occur.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from itertools import combinations

from reference.diagnosis.lstm.alphabets import CURVED, NEAR_NODES, POWERS, SIMPLE
from reference.diagnosis.lstm.factors import SAME, Column, Table
from reference.diagnosis.lstm.forms import Factor, Named, Value, at
from reference.diagnosis.lstm.functions import sigma
from reference.diagnosis.lstm.inputs import Reading
from reference.diagnosis.lstm.letters import letters_of, widened
from reference.diagnosis.lstm.one_change import with_one_change
from reference.diagnosis.lstm.preactivations import of_a_preactivation

ENOUGH = 1  # searches of an equation that found nothing: another one would not pay
INVERSES: tuple[tuple[str, Callable[[float], float], Callable[[float], float]], ...] = (
    ("tanh({})", math.tanh, math.atanh),
    ("exp({})", math.exp, math.log),
    ("sin({})", math.sin, math.asin),
    ("sigma({})", sigma, lambda v: 2 * math.atanh(2 * v - 1)),
    ("arctan({})", math.atan, math.tan),
)


def replaced(
    table: Table, measured: Column, factors: Sequence[Factor], reading: Reading | None = None
) -> tuple[str, Value] | None:
    """What stands in the place of some factors: "uses 1 - g(t+1)^3 where 1 - g(t+1)^2 belongs", and its product.

    reading: what the coefficient depends on, of which alone it is then made.
    """
    if table.tolerance > SAME or not any(measured):
        return None
    if table.inputs is not None and table.inputs.failures >= ENOUGH:
        return None
    own = [factor for factor in factors if _is_written(factor)]
    letters, wrong = _letters(table, factors, reading), _wrong(factors, reading)
    searches: Sequence[Callable[[Table, Column, Sequence[str]], Named | None]] = (
        lambda table, rest, lost: expression(table, rest),
        with_one_change,
        lambda table, rest, lost: (
            (later_product(table, rest) or _with_a_letter(table, rest)) if len(lost) == 1 else None
        ),
    )
    for search in searches:
        for many in (1, 0, *range(2, len(own) + 1)):
            for lost in combinations(range(len(own)), many):
                kept = [factor for k, factor in enumerate(own) if k not in lost]
                if not set(lost) <= wrong or not all(letters is None or letters_of(f.text) <= letters for f in kept):
                    continue
                column = table.product([factor.value for factor in kept])
                rest = tuple(m / a if a else math.nan for m, a in zip(measured, column, strict=True))
                own_letters = widened(reading.rest) if reading and set(lost) == wrong else letters
                found = search(table.narrowed(own_letters), rest, [own[k].text for k in lost])
                if found is not None:
                    text, value = found
                    right = together([own[k].text for k in lost])
                    says = f"uses {text} where {right} belongs" if lost else f"has an extra factor ({text})"
                    return says, _product([value, *(factor.value for factor in kept)])
    if table.inputs is not None:
        table.inputs.failures += 1
    return None


def _wrong(factors: Sequence[Factor], reading: Reading | None) -> set[int]:
    """Which of the factors that are written may not be there as they should be; all, if other steps are read too."""
    near = reading is not None and all("(" in letter or letter.startswith("w_") for letter in reading.rest)
    fine = [f for f, right in zip(factors, reading.right, strict=True) if right] if reading and near else []
    return {k for k, factor in enumerate(filter(_is_written, factors)) if factor not in fine}


def _is_written(factor: Factor) -> bool:
    return factor.text not in ("", "sum over t")


def together(texts: Sequence[str]) -> str:
    """Factors as a product."""
    return " ".join(f"({text})" if len(texts) > 1 and " - " in text[:4] else text for text in texts)


def _letters(table: Table, factors: Sequence[Factor], reading: Reading | None) -> frozenset[str] | None:
    """Of which letters an expression can be."""
    if reading is not None:
        return widened(reading.letters)
    if table.inputs is None:
        return None
    return widened(table.inputs.letters.union(*(letters_of(factor.text) for factor in factors)))


def put_in_words(factors: Sequence[Factor], reading: Reading) -> str:
    """What is said of a coefficient of no known form: what it depends on, and which of its factors are right."""
    rest = reading.function
    pairs = [pair for pair in zip(factors, reading.right, strict=True) if _is_written(pair[0])]
    wrong = [factor.text for factor, fine in pairs if not fine]
    right = [factor.text for factor, fine in pairs if fine]
    if not wrong:
        return f"has an extra factor, {rest}"
    belongs = together(wrong)
    if reading.text == belongs:
        belongs = f"{belongs} itself"
    elif reading.rest == letters_of(belongs):
        rest = f"another function of {reading.text}"
    return f"uses {rest} where {belongs} belongs{f'; {together(right)} is right' if right else ''}"


def _product(values: Sequence[Value]) -> Value:
    return lambda t, s, bar, w: math.prod(value(t, s, bar, w) for value in values)


def expression(table: Table, wanted: Column) -> Named | None:
    """What gives these numbers, of a few hundred thousand expressions."""
    if not all(map(math.isfinite, wanted)):
        return None
    curved = table.within(CURVED)
    for k in table.near(curved, wanted[0]):
        text, value = curved[k]
        for sign in (1.0, -1.0):
            if table.equal(wanted, [sign * v for v in table.column(value)]):
                return f"{'-' * (sign < 0)}{text}", _signed(sign, value)
    for search in (
        _two,
        _mean,
        _larger,
        _scaled,
        _one_less,
        _of_a_product,
        of_a_preactivation,
        _power,
    ):
        if (found := search(table, wanted)) is not None:
            return found
    return None


def _with_a_letter(table: Table, wanted: Column) -> Named | None:
    """A function of a node times something simple."""
    curved = table.within(CURVED)
    for text, value in table.alphabet:
        column = table.column(value)
        if not column[0]:
            continue
        for k in table.near(curved, wanted[0] / column[0]):
            other, function = curved[k]
            if table.equal(wanted, [a * b for a, b in zip(column, table.column(function), strict=True)]):
                return f"{text} {f'({other})' if ' ' in other else other}", _product([value, function])
    return None


def _power(table: Table, wanted: Column) -> Named | None:
    """A number to the power of t, or of T - t: a discount."""
    for text, exponent in POWERS:
        column = table.column(exponent)
        at_ = max(range(len(column)), key=lambda k: column[k])
        if column[at_] <= 0 or not wanted[at_] or len(set(column)) < 3:
            continue
        a = abs(wanted[at_]) ** (1 / column[at_])
        if table.equal(wanted, [a**e for e in column]):
            return f"{a:.6g}^{text}", lambda t, s, bar, w: a ** exponent(t, s, bar, w)  # noqa: B023
        for base, own in table.within(SIMPLE):
            if base.startswith("w_") and table.equal(
                wanted, [v**e for v, e in zip(table.column(own), column, strict=True)]
            ):
                return f"{base}^{text}", lambda t, s, bar, w: own(t, s, bar, w) ** exponent(t, s, bar, w)  # noqa: B023
    return None


def later_product(table: Table, wanted: Column, most: int = 2) -> Named | None:
    """A product of nodes that are one step further away than those of other products: f(t+1) f(t+2)."""
    for by in (1, -1):
        found = table.moved(by).monomial(wanted, most=most, plain=most < 3)
        if found is not None and found[1]:
            text = re.sub(r"\(t([+-]\d)?\)", lambda m: at(int(m[1] or 0) + by), found[0])  # noqa: B023
            return text, _moved(_line(0.0, found[2], _product(found[1])), by)
    return None


def _moved(value: Value, by: int) -> Value:
    return lambda t, s, bar, w: value(t + by, s, bar, w)


def _scaled(table: Table, wanted: Column) -> Named | None:
    """A constant and a multiple of a simple number: 1.1 - tanh(c(t))^2."""
    for text, value in table.within(SIMPLE)[1:]:
        column = table.column(value)
        if len(set(column)) < 2 or not all(map(math.isfinite, column)):
            continue
        low, high = min(range(len(column)), key=column.__getitem__), max(range(len(column)), key=column.__getitem__)
        b = (wanted[high] - wanted[low]) / (column[high] - column[low])
        a = wanted[low] - b * column[low]
        if a and b and table.equal(wanted, [a + b * v for v in column]):
            times = "" if abs(abs(b) - 1) < SAME else f"{abs(b):.6g} "
            return f"({a:.6g} {'+' if b > 0 else '-'} {times}{text})", _line(a, b, value)
    return None


def _line(a: float, b: float, value: Value) -> Value:
    return lambda t, s, bar, w: a + b * value(t, s, bar, w)


def _of_a_product(table: Table, wanted: Column) -> Named | None:
    """tanh, exp or 1/(..) of something simple."""
    for form, function, inverse in INVERSES:
        try:
            inner = [inverse(v) for v in wanted]
        except (ValueError, ZeroDivisionError, OverflowError):
            continue
        found = table.monomial(inner, most=3, plain=True)
        if found is not None and found[1]:
            product = _product(found[1])
            c = found[2]
            return form.format(found[0]), lambda t, s, bar, w: function(c * product(t, s, bar, w))  # noqa: B023
    if all(wanted) and (two := _two(table, tuple(1 / v for v in wanted))) is not None:
        return f"1/{two[0]}", lambda t, s, bar, w: 1 / two[1](t, s, bar, w)
    return None


def _one_less(table: Table, wanted: Column) -> Named | None:
    """1 - a product of simple factors."""
    for sign in (1.0, -1.0):
        found = table.monomial([1 - sign * v for v in wanted], most=2, plain=True)
        if found is not None and found[2] == 1 and found[1]:
            return f"{'-' * (sign < 0)}(1 - {found[0]})", _signed(sign, _less(_product(found[1])))
    return None


def _less(value: Value) -> Value:
    return lambda t, s, bar, w: 1 - value(t, s, bar, w)


def _mean(table: Table, wanted: Column) -> Named | None:
    """Half of a sum or difference of two simple numbers."""
    found = _two(table, tuple(2 * v for v in wanted))
    return (f"0.5 {found[0]}", _line(0.0, 0.5, found[1])) if found else None


def _larger(table: Table, wanted: Column) -> Named | None:
    """The larger or the smaller of two nodes, each of them somewhere."""
    columns = [(text, value, table.column(value)) for text, value in table.within(SIMPLE) if text in NEAR_NODES]
    for text, way in (("max", max), ("min", min)):
        for (a, first, left), (b, second, right) in combinations(columns, 2):
            taken = [x > y if way is max else x < y for x, y in zip(left, right, strict=True)]
            if len(set(taken)) == 2 and table.equal(wanted, [way(x, y) for x, y in zip(left, right, strict=True)]):
                return f"{text}({a}, {b})", lambda t, s, bar, w: way(first(t, s, bar, w), second(t, s, bar, w))  # noqa: B023
    return None


def _two(table: Table, wanted: Column) -> Named | None:
    """A sum or difference of two simple numbers."""
    simple = table.within(SIMPLE)
    columns = [table.column(value) for _, value in simple]
    for j, first in enumerate(columns):
        for sign in (1.0, -1.0):
            left = wanted[0] - sign * first[0]
            for k in table.near(simple, left) if left else ():
                other = 1.0 if left * columns[k][0] > 0 else -1.0
                total = [sign * a + other * b for a, b in zip(first, columns[k], strict=True)]
                if k != j and table.equal(wanted, total):
                    return _sum(simple[j], sign, simple[k], other)
    return None


def _sum(first: Named, a: float, second: Named, b: float) -> Named:
    (left, _), (right, _) = (first, second) if a > 0 else (second, first)
    text = f"{left} {'+' if a * b > 0 else '-'} {right}"
    value: Value = lambda t, s, bar, w: a * first[1](t, s, bar, w) + b * second[1](t, s, bar, w)  # noqa: E731
    return (f"-({text})" if a < 0 and b < 0 else f"({text})"), value


def _signed(sign: float, value: Value) -> Value:
    return value if sign > 0 else lambda t, s, bar, w: -value(t, s, bar, w)
