"""The tree of a bound: numbers, variables, sums, products, powers and calls, each with where it stood."""

from __future__ import annotations

from fractions import Fraction

import msgspec


class Number(msgspec.Struct, frozen=True):
    text: str
    value: Fraction
    at: int


class Variable(msgspec.Struct, frozen=True):
    name: str
    at: int


class Sum(msgspec.Struct, frozen=True):
    """terms: (sign, node) with sign +1 or -1; at: the first minus sign if there is one."""

    terms: tuple[tuple[int, Node], ...]
    at: int


class Product(msgspec.Struct, frozen=True):
    """factors: (power, node) with power +1 for times and -1 for divided by."""

    factors: tuple[tuple[int, Node], ...]
    at: int


class Power(msgspec.Struct, frozen=True):
    base: Node
    exponent: Fraction
    at: int


class Call(msgspec.Struct, frozen=True):
    """function: O, log, sqrt, max or min."""

    function: str
    arguments: tuple[Node, ...]
    at: int


Node = Number | Variable | Sum | Product | Power | Call


def constant(node: Node) -> Fraction | None:
    """The value of a tree built from numbers by + - * / alone; None for any other, and for a division by zero."""
    if isinstance(node, Number):
        return node.value
    if isinstance(node, Sum):
        values = [(sign, constant(term)) for sign, term in node.terms]
        return None if any(v is None for _, v in values) else sum((s * v for s, v in values if v), Fraction(0))
    if isinstance(node, Product):
        result = Fraction(1)
        for power, factor in node.factors:
            value = constant(factor)
            if value is None or (power < 0 and value == 0):
                return None
            result = result * value if power > 0 else result / value
        return result
    return None
