"""From the tree of a bound to its growth: each node by its rule, each complaint at its character."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from fractions import Fraction
from functools import reduce

from autograder.maths.bounds import algebra
from autograder.maths.bounds.algebra import Growth, Polynomial, UnsureError
from autograder.maths.bounds.rays import Effort, TooHardError
from autograder.maths.bounds.tokens import complain
from autograder.maths.bounds.tree import Call, Node, Number, Power, Product, Sum, Variable, nodes

Value = Polynomial | Growth

READING_EFFORT = 900  # bounds that people write take fewer than 60


def growth_of(node: Node, text: str, variables: Sequence[str]) -> Growth:
    """The growth of the tree `node`, read from `text`. Raises BoundError where the size of a part cannot be told."""
    evaluator = _Evaluator(text, variables)
    try:
        return evaluator.growth(node)
    except TooHardError:
        raise complain(
            text, 0, "this bound is too complicated", "write it more simply: multiply out, drop constants"
        ) from None


class _Evaluator:
    def __init__(self, text: str, variables: Sequence[str]) -> None:
        self.text = text
        self.variables = tuple(variables)
        self.size = len(self.variables)
        self.effort = Effort(READING_EFFORT)

    def growth(self, node: Node) -> Growth:
        return self.grown(self.value(node), node)

    def grown(self, value: Value, node: Node) -> Growth:
        if isinstance(value, Growth):
            return value
        try:
            return algebra.grown(value, self.size, self.effort)
        except UnsureError as unsure:
            at = _minus_sign(node)
            raise complain(self.text, node.at if at is None else at, unsure.problem, unsure.advice) from None

    def value(self, node: Node) -> Value:
        if isinstance(node, Number):
            return self.number(node.value)
        if isinstance(node, Variable):
            place = self.variables.index(node.name)
            return Polynomial({tuple(int(i == place) for i in range(2 * self.size)): Fraction(1)})
        try:
            if isinstance(node, Sum):
                return self.sum(node)
            if isinstance(node, Product):
                return self.product(node)
            return self.power(node) if isinstance(node, Power) else self.call(node)
        except UnsureError as unsure:
            raise complain(self.text, node.at, unsure.problem, unsure.advice) from None

    def number(self, value: Fraction) -> Polynomial:
        return Polynomial({(0,) * (2 * self.size): value} if value else {})

    def sum(self, node: Sum) -> Value:
        """Exact parts are collected first; what is left with a minus sign must be small beside the rest."""
        parts = [(sign, self.value(term)) for sign, term in node.terms]
        exact = algebra.scaled_sum((sign, part) for sign, part in parts if isinstance(part, Polynomial))
        rough = [(sign, part) for sign, part in parts if isinstance(part, Growth)]
        if not rough:
            return exact
        up = [part for sign, part in rough if sign > 0] + self.side(exact, 1)
        down = [part for sign, part in rough if sign < 0] + self.side(exact, -1)
        if not up:
            raise UnsureError("this is negative, and a cost is not", algebra.NO_MINUS)
        total = self.join(up)
        return algebra.minus(total, self.join(down), self.effort) if down else total

    def side(self, exact: Polynomial, sign: int) -> list[Growth]:
        """The terms of one sign, as a growth; nothing if there are none."""
        terms = {monomial: Fraction(1) for monomial, coefficient in exact.terms.items() if coefficient * sign > 0}
        return [algebra.grown(Polynomial(terms), self.size, self.effort)] if terms else []

    def join(self, growths: list[Growth]) -> Growth:
        return reduce(lambda f, g: algebra.plus(f, g, self.effort), growths)

    def product(self, node: Product) -> Value:
        result: Value = self.number(Fraction(1))
        of: Node = node.factors[0][1]
        for power, factor in node.factors:
            result = self.pair(result, of, self.value(factor), factor, power)
            of = node
        return result

    def pair(self, left: Value, left_node: Node, right: Value, right_node: Node, power: int) -> Value:
        """left * right, or left / right if power is -1; exact if both are and the right one can be."""
        if isinstance(left, Polynomial) and isinstance(right, Polynomial):
            exact = right if power > 0 else algebra.exact_power(right, Fraction(-1), self.effort)
            if exact is not None:
                with suppress(TooHardError):  # the growth of the factors is known where it gets too long
                    return algebra.multiplied(left, exact, self.effort)
        other = self.grown(right, right_node)
        return algebra.times(self.grown(left, left_node), other if power > 0 else algebra.inverse(other), self.effort)

    def power(self, node: Power) -> Value:
        base = self.value(node.base)
        if isinstance(base, Polynomial):
            with suppress(TooHardError):
                exact = algebra.exact_power(base, node.exponent, self.effort)
                if exact is not None:
                    return exact
        return algebra.raised(self.grown(base, node.base), node.exponent, self.effort)

    def call(self, node: Call) -> Value:
        if node.function == "sqrt":
            return self.power(Power(node.arguments[0], Fraction(1, 2), node.at))
        if node.function == "log":
            return self.logarithm(node)
        growths = [self.growth(argument) for argument in node.arguments]
        if node.function == "min":
            return reduce(lambda f, g: algebra.least(f, g, self.effort), growths)
        return self.join(growths)

    def logarithm(self, node: Call) -> Value:
        argument = self.value(node.arguments[0])
        if isinstance(argument, Polynomial) and set(argument.terms) == {(0,) * (2 * self.size)}:
            (constant,) = argument.terms.values()
            if constant == 1:
                return self.number(Fraction(0))
            if constant > 1:
                return algebra.one(self.size)
        return algebra.logarithm(self.grown(argument, node.arguments[0]), self.effort)


def _minus_sign(node: Node) -> int | None:
    """Where the first difference inside `node` is, to point at it."""
    sums = (one for one in nodes(node) if isinstance(one, Sum))
    return next((one.at for one in sums if any(sign < 0 for sign, _ in one.terms)), None)
