"""The tree of a bound: numbers, variables, sums, products, powers and calls, each with where it stood; a claim."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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


class Claim(msgspec.Struct, frozen=True):
    """A bound that the answer states. counted: it says how many parts there are, "H W pixels"; start, end: its text."""

    node: Node
    counted: bool
    start: int
    end: int


def parts(node: Node) -> tuple[Node, ...]:
    """The nodes right below a node, in their order."""
    if isinstance(node, (Sum, Product)):
        return tuple(part for _, part in (node.terms if isinstance(node, Sum) else node.factors))
    if isinstance(node, Power):
        return (node.base,)
    return node.arguments if isinstance(node, Call) else ()


def nodes(node: Node) -> Iterator[Node]:
    """The node and all below it, outer ones first."""
    yield node
    for part in parts(node):
        yield from nodes(part)


def variables_in(node: Node) -> set[str]:
    """The variables that occur in a tree."""
    return {one.name for one in nodes(node) if isinstance(one, Variable)}


def is_o(node: Node) -> bool:
    """Whether the node is an O(...)."""
    return isinstance(node, Call) and node.function == "O"


def replaced(node: Node, by_name: Mapping[str, Node]) -> Node:
    """The tree with other trees in place of variables."""
    if isinstance(node, Variable):
        return by_name.get(node.name, node)
    if isinstance(node, Sum):
        return Sum(tuple((sign, replaced(part, by_name)) for sign, part in node.terms), node.at)
    if isinstance(node, Product):
        return Product(tuple((power, replaced(part, by_name)) for power, part in node.factors), node.at)
    if isinstance(node, Power):
        return Power(replaced(node.base, by_name), node.exponent, node.at)
    if isinstance(node, Call):
        return Call(node.function, tuple(replaced(part, by_name) for part in node.arguments), node.at)
    return node


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
