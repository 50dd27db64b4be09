"""Expressions of nodes and weights, and what each becomes when one thing in it is changed.

A thing that is changed is what a person gets wrong: a node of another gate or step, another weight, another function,
a part that is left out or is one too many, a function around what needs none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from autograder.maths.lstm.problems import Signals, States, Weights
from reference.diagnosis.lstm.forms import WEIGHTS, one
from reference.diagnosis.lstm.functions import FUNCTIONS
from reference.diagnosis.lstm.leaves import NODES, Expression, Known, Letters, Node, Weight
from reference.diagnosis.lstm.letters import letters_of

# A function that is 0 for one sign may look like an equation that is right at some steps and 0 at others.
SMOOTH = tuple(form for form in FUNCTIONS if not form.startswith(("max", "min")))


class Applied(Expression, frozen=True):
    """A function of `FUNCTIONS`, by its form, of something."""

    form: str
    inner: Expression

    @property
    def text(self) -> str:
        """In brackets wherever the form does not bring some along."""
        own = self.form.replace("({})", f"({self.inner.text})").replace("|{}|", f"|{self.inner.text}|")
        return own.replace("{}", self.inner.bracketed)

    @property
    def sole(self) -> bool:
        return re.fullmatch(r"\|\{\}\||[a-z']*\(\{\}\)", self.form) is not None

    def value(self, t: int, s: States, bar: Signals, w: Weights) -> float:
        return FUNCTIONS[self.form](self.inner.value(t, s, bar, w))

    def changed(self, letters: Letters) -> Iterator[Expression]:
        yield self.inner
        yield from (Applied(form, self.inner) for form in SMOOTH if form != self.form)
        yield from (
            Applied(self.form, other) for other in (*enlarged(self.inner, letters), *changes(self.inner, letters))
        )
        yield from self._of_each_part()

    def _of_each_part(self) -> Iterator[Expression]:
        """The function of each part of a sum, or of a product, for that of the whole."""
        if isinstance(self.inner, Sum):
            parts = tuple((sign, Applied(self.form, part)) for sign, part in self.inner.parts)
            yield Sum(parts)
            yield Product(tuple(part for _, part in parts))
        if isinstance(self.inner, Product):
            parts_ = tuple(Applied(self.form, factor) for factor in self.inner.factors)
            yield Product(parts_, tuple(Applied(self.form, divisor) for divisor in self.inner.divisors))


class Product(Expression, frozen=True):
    """Factors, and divisors."""

    factors: tuple[Expression, ...]
    divisors: tuple[Expression, ...] = ()

    @property
    def text(self) -> str:
        above = " ".join(f.text if len(self.factors) == 1 and not self.divisors else f.bracketed for f in self.factors)
        below = " ".join(f.bracketed for f in self.divisors)
        return (above or "1") + (f" / {f'({below})' if len(self.divisors) > 1 else below}" if below else "")

    def value(self, t: int, s: States, bar: Signals, w: Weights) -> float:
        total = 1.0
        for factor in self.factors:
            total *= factor.value(t, s, bar, w)
        for divisor in self.divisors:
            total /= divisor.value(t, s, bar, w)
        return total

    def changed(self, letters: Letters) -> Iterator[Expression]:
        for k, factor in enumerate(self.factors):
            rest = self.factors[:k], self.factors[k + 1 :]
            yield Product(rest[0] + rest[1], self.divisors)
            yield from (Product((*rest[0], other, *rest[1]), self.divisors) for other in changes(factor, letters))
            yield Product(rest[0] + rest[1], (*self.divisors, factor))
        for k, factor in enumerate(self.divisors):
            others = self.divisors[:k], self.divisors[k + 1 :]
            yield Product(self.factors, others[0] + others[1])
            yield Product((*self.factors, factor), others[0] + others[1])
            yield from (Product(self.factors, (*others[0], other, *others[1])) for other in changes(factor, letters))
        if len(self.factors) > 1 and not self.divisors:
            yield Sum(tuple((1.0, factor) for factor in self.factors))


class Sum(Expression, frozen=True):
    """Parts, each with its sign."""

    parts: tuple[tuple[float, Expression], ...]

    @property
    def text(self) -> str:
        (sign, first), *others = self.parts
        more = "".join(f" {'+' if s > 0 else '-'} {_part(e)}" for s, e in others)
        return f"{'-' if sign < 0 else ''}{_part(first)}{more}"

    def value(self, t: int, s: States, bar: Signals, w: Weights) -> float:
        total = 0.0
        for sign, part in self.parts:
            total += sign * part.value(t, s, bar, w)
        return total

    def changed(self, letters: Letters) -> Iterator[Expression]:
        for k, (sign, part) in enumerate(self.parts):
            before, after = self.parts[:k], self.parts[k + 1 :]
            if len(self.parts) > 1:
                yield Sum(before + after)
            yield Sum((*before, (-sign, part), *after))
            yield from (
                Sum((*before, (sign, other), *after)) for other in (*changes(part, letters), *_times(part, letters))
            )
        yield from self._exchanged()
        if len(self.parts) > 1:
            yield Product(tuple(part for _, part in self.parts))

    def _exchanged(self) -> Iterator[Expression]:
        """The first factors of two products exchanged: w_xg for w_hg, and w_hg for w_xg."""
        if len(self.parts) != 2:
            return
        (a, first), (b, second) = self.parts
        if isinstance(first, Product) and isinstance(second, Product):
            yield Sum(
                (
                    (a, Product((second.factors[0], *first.factors[1:]), first.divisors)),
                    (b, Product((first.factors[0], *second.factors[1:]), second.divisors)),
                )
            )


def _part(part: Expression) -> str:
    """A part of a sum: a sum or a sign within it needs brackets."""
    sum_ = isinstance(part, Sum) or (isinstance(part, Applied) and re.search(r" [+-] |^-", part.form) is not None)
    return f"({part.text})" if sum_ else part.text


def changes(expression: Expression, letters: Letters) -> Iterator[Expression]:
    """The expression with one thing changed, or as the argument of a function."""
    yield from expression.changed(letters)
    if not isinstance(expression, (Known, Weight)):
        yield from (Applied(form, expression) for form in SMOOTH)


def enlarged(expression: Expression, letters: Letters) -> Iterator[Expression]:
    """The expression times something that does not belong there, divided by it, or plus it."""
    yield from _times(expression, letters)
    parts = expression.parts if isinstance(expression, Sum) else ((1.0, expression),)
    for more in (*_with(EVERYWHERE, letters), *CONSTANTS):
        yield Sum((*parts, (1.0, more)))
        yield Sum((*parts, (-1.0, more)))
    if isinstance(expression, Sum):
        yield from (Sum((*parts, (1.0, product))) for product in _with(WEIGHTED, letters))


def _times(expression: Expression, letters: Letters) -> Iterator[Expression]:
    factors = expression.factors if isinstance(expression, Product) else (expression,)
    divisors = expression.divisors if isinstance(expression, Product) else ()
    for more in _with(EVERYWHERE, letters):
        yield Product((more, *factors), divisors)
        if not isinstance(expression, Known):
            yield Product(factors, (*divisors, more))


@lru_cache(maxsize=64)
def _with(expressions: tuple[Expression, ...], letters: Letters) -> tuple[Expression, ...]:
    """Those that have no other letters."""
    return tuple(one_ for one_ in expressions if letters is None or letters_of(one_.text) <= letters)


EVERYWHERE: tuple[Expression, ...] = (
    *(Node(name, shift) for shift in (0, 1, -1) for name in NODES),
    *(Weight(name) for name in WEIGHTS),
)
WEIGHTED: tuple[Expression, ...] = tuple(
    Product((Weight(weight), Node(name, shift))) for weight in WEIGHTS for name in "xhc" for shift in (0, 1, -1)
)
CONSTANTS: tuple[Expression, ...] = (
    Known("1", one),
    Known("0.5", lambda t, s, bar, w: 0.5),
    Known("2", lambda t, s, bar, w: 2.0),
    Known("0.1", lambda t, s, bar, w: 0.1),
)
