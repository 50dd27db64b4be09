"""A bound as it was understood: `O(d³·k·H)`. Every sign is written out, so that it reads one way only."""

from __future__ import annotations

from fractions import Fraction

from autograder.maths.bounds.tree import Call, Node, Number, Power, Product, Sum, Variable, is_o, nodes

_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def typeset(node: Node) -> str:
    """The tree in one line, within O(...) unless the student wrote an O of their own around a part of it at least."""
    return show(node) if any(map(is_o, nodes(node))) else f"O({show(node)})"


def show(node: Node) -> str:
    """The tree in one line: products with "·", whole exponents raised, everything else as it would be typed."""
    if isinstance(node, Number):
        return node.text
    if isinstance(node, Variable):
        return node.name
    if isinstance(node, Call):
        return f"{node.function}({', '.join(map(show, node.arguments))})"
    if isinstance(node, Power):
        return _atom(node.base) + exponent(node.exponent)
    if isinstance(node, Product):
        return _product(node)
    return _sum(node)


def exponent(value: Fraction) -> str:
    """A power as it is printed: ² or ^(1/2)."""
    return str(value).translate(_RAISED) if value.denominator == 1 else f"^({value})"


def _sum(node: Sum) -> str:
    (first, head), *rest = node.terms
    text = ("-" if first < 0 else "") + _term(head)
    return text + "".join((" - " if sign < 0 else " + ") + _term(term) for sign, term in rest)


def _term(node: Node) -> str:
    return f"({show(node)})" if isinstance(node, Sum) else show(node)


def _product(node: Product) -> str:
    head, *rest = node.factors
    return _factor(head[1]) + "".join(("/" if power < 0 else "·") + _factor(factor) for power, factor in rest)


def _factor(node: Node) -> str:
    return show(node) if isinstance(node, Power) else _atom(node)


def _atom(node: Node) -> str:
    plain = isinstance(node, (Variable, Call)) or (isinstance(node, Number) and "/" not in node.text)
    return show(node) if plain else f"({show(node)})"
