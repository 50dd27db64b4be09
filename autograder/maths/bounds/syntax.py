r"""The grammar of a bound: tokens to a tree, by recursive descent.

    sum     = [sign] product {(+ | -) product}
    product = factor {(* | / | nothing) factor}
    factor  = atom [^ exponent | raised digits]
    atom    = number | variable | (sum) | O(sum) | log atom | sqrt atom | max(sum, ...) | min(sum, ...)
            | \frac{sum}{sum}

What two readers would read differently is refused with a request for brackets: `HW/d k`, `log k d`, `k2`.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import msgspec

from autograder.maths.bounds.tokens import BoundError, Token, complain, tokenize

DEEPEST = 30  # brackets within brackets
LARGEST_EXPONENT = 1000
FINEST_EXPONENT = 1000  # the largest denominator
_CLOSING = {"(": ")", "[": "]", "{": "}"}


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


def read(text: str, variables: Sequence[str]) -> Node:
    """The tree of `text`. Raises BoundError, which points at the character, for anything outside the grammar."""
    return _Parser(text, variables).whole()


class _Parser:
    def __init__(self, text: str, variables: Sequence[str]) -> None:
        self.text = text
        self.variables = variables
        self.tokens = tokenize(text, variables)
        self.index = 0
        self.depth = 0

    @property
    def token(self) -> Token:
        return self.tokens[self.index]

    def take(self) -> Token:
        token = self.token
        self.index += token.kind != "end"
        return token

    def sees(self, kind: str, *texts: str) -> bool:
        return self.token.kind == kind and (not texts or self.token.text in texts)

    def fail(self, problem: str, advice: str, token: Token | None = None) -> BoundError:
        return complain(self.text, (token or self.token).at, problem, advice)

    def whole(self) -> Node:
        if self.sees("end"):
            raise BoundError("the answer is empty: write a bound such as O(n log n)", 0)
        if self.sees("number", "0") and self.tokens[1].kind == "open":
            raise self.fail("this starts with the digit 0", "did you mean the letter O?")
        node = self.sum()
        while self.sees("unit"):
            self.take()
        if not self.sees("end"):
            raise self.leftover()
        return node

    def leftover(self) -> BoundError:
        if self.sees("close"):
            return self.fail(f'this "{self.token.text}" closes nothing', "remove it, or open a bracket before it")
        if self.sees("comma"):
            return self.fail("a comma has a place only in max(...) and min(...)", "write one bound and nothing else")
        return self.fail("nothing is expected here", "write one bound and nothing else")

    def sum(self) -> Node:
        start = self.token
        sign = self.sign()
        terms = [(sign, self.product())]
        minus = start if sign < 0 else None
        while self.sees("op", "+", "-"):
            minus = self.token if minus is None and self.token.text == "-" else minus
            sign = -1 if self.take().text == "-" else 1
            terms.append((sign, self.product()))
        if len(terms) == 1 and terms[0][0] == 1:
            return terms[0][1]
        return Sum(tuple(terms), (minus or start).at)

    def sign(self) -> int:
        if self.sees("op", "+", "-"):
            return -1 if self.take().text == "-" else 1
        return 1

    def product(self) -> Node:
        start = self.token
        factors = [(1, self.factor())]
        while self.sees("op", "*", "/") or self.starts_factor():
            if self.sees("op"):
                power = -1 if self.take().text == "/" else 1
            else:
                self.check_side_by_side(factors)
                power = 1
            factors.append((power, self.factor()))
        return factors[0][1] if len(factors) == 1 else Product(tuple(factors), start.at)

    def starts_factor(self) -> bool:
        return self.token.kind in ("number", "name", "call", "open")

    def check_side_by_side(self, factors: list[tuple[int, Node]]) -> None:
        """Two factors without a sign between them: refuse `k2` (k^2?) and `HW/2d` (over 2d, or times d?)."""
        if self.sees("number"):
            before = f"^{self.token.text}" if not self.token.spaced else f"* {self.token.text}"
            raise self.fail(f"the number {self.token.text} follows without a sign", f"did you mean {before}?")
        power, last = factors[-1]
        halves = isinstance(last, Number) and (
            self.token.spaced or all(isinstance(node, Number) for _, node in factors)
        )
        if power < 0 and not halves:
            raise self.fail("is this above or below the fraction bar?", "use brackets: (a/b) c or a/(b c)")

    def factor(self) -> Node:
        base = self.atom()
        if not (self.sees("super") or self.sees("op", "^")):
            return base
        at = self.token.at
        power = Power(base, self.exponent(), at)
        if self.sees("super") or self.sees("op", "^"):
            raise self.fail("two exponents in a row", "use brackets, or multiply the exponents")
        return power

    def exponent(self) -> Fraction:
        token = self.take()
        if token.kind == "super":
            return self.small(Fraction(token.text), token)
        start = self.token
        sign = self.sign()
        node = self.atom()
        if isinstance(node, Number) and node.value == 1 and start.kind == "number" and self.sees("op", "/"):
            raise self.fail("does the exponent end before the fraction bar?", "write ^(1/2), or sqrt(...)")
        value = constant(node)
        if value is None:
            advice = "exponentials such as 2^n are not read: keep variables out of exponents"
            raise self.fail("the exponent must be a plain number", advice, start)
        return self.small(sign * value, start)

    def small(self, value: Fraction, token: Token) -> Fraction:
        if abs(value) > LARGEST_EXPONENT or value.denominator > FINEST_EXPONENT:
            advice = f"exponents up to {LARGEST_EXPONENT} are read, with at most three decimals"
            raise self.fail("this exponent is too large or too long", advice, token)
        return value

    def atom(self) -> Node:
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.fail(f"more than {DEEPEST} brackets within brackets", "write the bound more simply")
        node = self.shallow_atom()
        self.depth -= 1
        return node

    def shallow_atom(self) -> Node:
        if self.sees("number"):
            token = self.take()
            return Number(token.text, Fraction(token.text), token.at)
        if self.sees("name"):
            token = self.take()
            return Variable(token.text, token.at)
        if self.sees("open"):
            return self.group(commas=False)[0]
        if self.sees("call"):
            return self.call()
        raise self.expected_factor()

    def expected_factor(self) -> BoundError:
        found = "the text ends here" if self.sees("end") else f'"{self.text[self.token.at]}" does not fit here'
        expected = f"expected a variable ({', '.join(self.variables)}), a number or an opening bracket"
        if self.sees("end") and self.tokens[self.index - 1].kind == "op":
            return self.fail(found, f'{expected} after "{self.tokens[self.index - 1].text}"')
        return self.fail(found, expected)

    def group(self, commas: bool) -> tuple[Node, ...]:
        """What stands in brackets of any kind; with `commas` one or more sums, else exactly one."""
        opening = self.take()
        nodes = [self.sum()]
        while commas and self.sees("comma"):
            self.take()
            nodes.append(self.sum())
        if not self.sees("close", _CLOSING[opening.text]):
            raise self.unclosed(opening)
        self.take()
        return tuple(nodes)

    def unclosed(self, opening: Token) -> BoundError:
        if self.sees("end"):
            problem = f'the bracket "{opening.text}" is never closed'
            return self.fail(problem, f'add a "{_CLOSING[opening.text]}"', opening)
        if self.sees("close"):
            problem = f'"{self.token.text}" closes the "{opening.text}" of character {opening.at + 1}'
            return self.fail(problem, f'"{_CLOSING[opening.text]}" is expected')
        return self.leftover()

    def call(self) -> Node:
        token = self.take()
        if token.text == "frac":
            return self.fraction(token)
        if token.text in ("log", "sqrt"):
            return self.log_or_root(token)
        if not self.sees("open"):
            raise self.fail(f"{token.text} must be followed by a bracket", f"write {token.text}(...)", token)
        arguments = self.group(commas=token.text != "O")
        if token.text != "O" and len(arguments) < 2:
            raise self.fail(
                f"{token.text} of one thing", f"separate its arguments by commas: {token.text}(a, b)", token
            )
        return Call(token.text, arguments, token.at)

    def fraction(self, token: Token) -> Node:
        parts = []
        for _ in range(2):
            if not self.sees("open", "{"):
                raise self.fail("\\frac needs two pairs of braces", "write \\frac{a}{b}", token)
            parts.append(self.group(commas=False)[0])
        return Product(((1, parts[0]), (-1, parts[1])), token.at)

    def log_or_root(self, token: Token) -> Node:
        r"""`log(x)`, `log x`, `log^2 x`, `sqrt(x)`, `\sqrt[3]{x}`; a bare argument must not run into a factor."""
        power = Fraction(1)
        if token.text == "log" and (self.sees("super") or self.sees("op", "^")):
            power = self.exponent()
        index = self.root_index() if token.text == "sqrt" else None
        if self.sees("open"):
            argument = self.group(commas=False)[0]
        else:
            argument = self.factor()
            if self.starts_factor():
                advice = f"write {token.text}(...) with the argument in brackets"
                raise self.fail(f"where does the argument of {token.text} end?", advice)
        node: Node = Call(token.text, (argument,), token.at)
        if index:
            node = Power(argument, 1 / index, token.at)
        return node if power == 1 else Power(node, power, token.at)

    def root_index(self) -> Fraction | None:
        r"""The 3 of `\sqrt[3]{x}`, or None."""
        shape = [(token.kind, token.text) for token in self.tokens[self.index : self.index + 4]]
        if len(shape) < 4 or shape[0] != ("open", "[") or shape[2] != ("close", "]") or shape[3][0] != "open":
            return None
        if shape[1][0] != "number":
            return None
        number = self.tokens[self.index + 1]
        value = self.small(Fraction(number.text), number)
        if value <= 0:
            raise self.fail("a root must have a positive index", "write sqrt(...) or ^(1/3)", number)
        self.index += 3
        return value


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
