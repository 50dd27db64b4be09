"""A factor as its node's definition says, with one thing in it changed: tanh(w_xg x(t) + w_hg c(t-1)) for g(t)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import partial

from reference.diagnosis.lstm.expressions import SMOOTH, Applied, Product, Sum, changes
from reference.diagnosis.lstm.factors import Column, Table
from reference.diagnosis.lstm.forms import Named, one
from reference.diagnosis.lstm.functions import FUNCTIONS, defined
from reference.diagnosis.lstm.leaves import Expression, Known, Letters, Node, Weight
from reference.diagnosis.lstm.letters import letters_of

NODE = r"([xifogch])\(t([+-]1)?\)"
ONE = Known("1", one)


def with_one_change(table: Table, wanted: Column, rights: Sequence[str]) -> Named | None:
    """What gives these numbers where the factors `rights` belong: they with one thing changed.

    Of several factors, one is changed and the others are gone, as o(t) in 1 - tanh(o(t) c(t))^2; or all are put into a
    function.
    """
    if not all(wanted):
        return None
    for name in rights if len(rights) == 1 else (*rights, " ".join(rights)):
        own = partial(_changed, (name,) if name in rights else rights, table.letters)
        for one_ in table.sized(name, own, wanted[0]):
            if table.equal(wanted, table.column(one_.value)):
                return one_.text, one_.value
    return _twice(table, wanted, rights[0]) if len(rights) == 1 else None


def _changed(rights: Sequence[str], letters: Letters) -> Iterator[Expression]:
    """A factor with one thing changed, in each way to write it; of several, their product as a whole."""
    own = [tuple(way for way in ways(right) if _within_reach(way, letters)) for right in rights]
    if len(rights) == 1:
        yield from (changed for way in own[0] for changed in changes(way, letters))
    elif all(own):
        yield from changes(Product(tuple(every[0] for every in own)), letters)


def _within_reach(way: Expression, letters: Letters) -> bool:
    """Whether it can be made of these letters by one change, which takes one out."""
    return letters is None or len(letters_of(way.text) - letters) <= 1


def _twice(table: Table, wanted: Column, right: str) -> Named | None:
    """A function of a function of the factor's node: tanh(1 - c(t)^2)."""
    node = re.search(NODE, right)
    if node is None:
        return None
    own = Node(node[1], int(node[2] or 0))
    if table.letters is not None and table.letters != {own.text}:
        return None
    first, near = table.first(own.value), table.tolerance * abs(wanted[0])
    for inner in SMOOTH:
        v = defined(FUNCTIONS[inner], first)
        for outer in SMOOTH:
            if abs(defined(FUNCTIONS[outer], v) - wanted[0]) <= near:
                both = Applied(outer, Applied(inner, own))
                if table.equal(wanted, table.column(both.value)):
                    return both.text, both.value
    return None


def ways(right: str) -> Iterator[Expression]:
    """Each way to write a factor: by its nodes, and with a node written out."""
    if (found := re.fullmatch(NODE, right)) is not None:
        yield from _node(found[1], int(found[2] or 0))
    elif (found := re.fullmatch(rf"{NODE} \(1 - {NODE}\)", right)) is not None:
        yield from _logistic_slope(found[1], int(found[2] or 0))
    elif (found := re.fullmatch(rf"1 - {NODE}\^2", right)) is not None:
        yield from _tanh_slope(found[1], int(found[2] or 0))
    elif (found := re.fullmatch(r"(1 - )?tanh\(c\(t\)\)(\^2)?", right)) is not None:
        yield from _of_the_cell("1 - tanh({})^2" if found[1] else "tanh({})")


def _node(name: str, n: int) -> Iterator[Expression]:
    yield Node(name, n)
    if name in "ifog":
        yield _written_out(name, n)
    if name == "c":
        yield from _cell(n)
        yield from (Product((own,), (Node("f", n + 1),)) for own in _less(n + 1, "i", "g"))
    if name in "ig":
        yield from (Product((own,), (Node("g" if name == "i" else "i", n),)) for own in _less(n, "f", "c"))
    if name == "f":
        yield from (Product((own,), (Node("c", n - 1),)) for own in _less(n, "i", "g"))


def _less(n: int, gate: str, other: str) -> Iterator[Sum]:
    """c(t) without one of its two products; with a gate of this written out, or none."""
    for a in (Node(gate, n), _written_out(gate, n)):
        product = Product((a, Node(other, n - (other == "c"))))
        yield Sum(((1.0, Node("c", n)), (-1.0, product)))
    if other != "c":
        yield Sum(((1.0, Node("c", n)), (-1.0, Product((Node(gate, n), _written_out(other, n))))))


def _written_out(gate: str, n: int) -> Applied:
    return Applied("tanh({})" if gate == "g" else "sigma({})", _sum_of_gate(gate, n))


def _sum_of_gate(gate: str, n: int) -> Sum:
    x, h = Product((Weight(f"x{gate}"), Node("x", n))), Product((Weight(f"h{gate}"), Node("h", n - 1)))
    return Sum(((1.0, x), (1.0, h)))


def _cell(n: int) -> Iterator[Expression]:
    """c(t) = f(t) c(t-1) + i(t) g(t), with one of the gates written out or none."""
    gates: dict[str, Expression] = {gate: Node(gate, n) for gate in "fig"}
    for out in ("", "g", "i", "f"):
        own = gates | {out: _written_out(out, n)} if out else gates
        yield Sum(((1.0, Product((own["f"], Node("c", n - 1)))), (1.0, Product((own["i"], own["g"])))))


def _logistic_slope(gate: str, n: int) -> Iterator[Expression]:
    s = Node(gate, n)
    yield Applied("{} (1 - {})", s)
    yield Applied("sigma'({})", _sum_of_gate(gate, n))
    yield Applied("{} (1 - {})", Applied("sigma({})", _sum_of_gate(gate, n)))
    yield Product((s, Sum(((1.0, ONE), (-1.0, s)))))
    yield Sum(((1.0, s), (-1.0, Product((s, s)))))


def _tanh_slope(gate: str, n: int) -> Iterator[Expression]:
    yield Applied("1 - {}^2", Node(gate, n))
    yield Applied("1 - tanh({})^2", _sum_of_gate(gate, n))
    yield Sum(((1.0, ONE), (-1.0, Product((Node(gate, n), Node(gate, n))))))


def _of_the_cell(form: str) -> Iterator[Expression]:
    """tanh(c(t)), or its derivative: by c(t), by what c(t) is, by h(t) / o(t), by exp."""
    c = Node("c", 0)
    yield from (Applied(form, inner) for inner in (c, *_cell(0)))
    quotient = Product((Node("h", 0),), (Node("o", 0),))
    up, down = Applied("exp({})", c), Applied("exp(-{})", c)
    by_exp = Product((Sum(((1.0, up), (-1.0, down))),), (Sum(((1.0, up), (1.0, down))),))
    twice = Applied("exp({})", Applied("2 {}", c))
    by_exp_of_twice = Product((Sum(((1.0, twice), (-1.0, ONE))),), (Sum(((1.0, twice), (1.0, ONE))),))
    for tanh in (quotient, by_exp, by_exp_of_twice):
        yield tanh if form == "tanh({})" else Applied("1 - {}^2", tanh)
    if form != "tanh({})":
        tanh = Applied("tanh({})", c)
        yield Sum(((1.0, ONE), (-1.0, Product((tanh, tanh)))))
