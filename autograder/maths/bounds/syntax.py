r"""The grammar of one expression: tokens to a tree, by recursive descent.

    sum     = [sign] product {(+ | -) product}
    product = factor {(* | / | nothing) factor}
    factor  = atom [^ exponent | raised digits]
    atom    = number | variable | (sum) | O(sum) | log atom | sqrt atom | max(sum, ...) | min(sum, ...)
            | \frac{sum}{sum} | pow(sum, number) | "the number of layers" | "max of" product, product "and" product

What two readers would read differently is refused with a request for brackets: `HW/d k`, `log k d`, `k2`, `O(n)/O(1)`.
What stands around an expression is read by `statement`.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from autograder.maths.bounds import words
from autograder.maths.bounds.reader import Reader
from autograder.maths.bounds.tokens import ONE_BOUND, BoundError, Token
from autograder.maths.bounds.tree import Call, Node, Number, Power, Product, Sum, Variable, constant, is_o, variables_in
from autograder.maths.bounds.vocabulary import Vocabulary

DEEPEST = 30  # brackets within brackets
LARGEST_EXPONENT = 1000
FINEST_EXPONENT = 1000  # the largest denominator
_CLOSING = {"(": ")", "[": "]", "{": "}"}
_COUNTING = {"one": 1, "two": 2, "three": 3, "zwei": 2, "drei": 3}


class ExpressionParser(Reader):
    """Reads expressions out of the tokens of one answer, from `index` on."""

    def __init__(self, text: str, tokens: Sequence[Token], vocabulary: Vocabulary) -> None:
        super().__init__(text, tokens, vocabulary)
        self.spelled: dict[str, str] = {}
        self.depth = 0
        self.apposed = -1  # the noun that was last passed over

    def sum(self) -> Node:
        start = self.token
        sign = self.sign()
        terms = [(sign, self.product())]
        minus = start if sign < 0 else None
        while self.sees("op", "+", "-"):
            minus = self.token if minus is None and self.token.text == "-" else minus
            terms.append((self.sign(), self.product()))
        if len(terms) == 1 and terms[0][0] == 1:
            return terms[0][1]
        return Sum(tuple(terms), (minus or start).at)

    def sign(self) -> int:
        return -1 if self.sees("op", "+", "-") and self.take().text == "-" else 1

    def product(self) -> Node:
        start = self.token
        factors = [(1, self.factor())]
        while self.sees("op", "*", "/") or self.stands_beside():
            power = 1
            if self.sees("op"):
                power = -1 if self.take().text == "/" else 1
                self.check_slash(power, factors[-1][1])
            elif self.apposition(factors):
                continue
            else:
                self.check_side_by_side(factors)
            factors.append((power, self.factor()))
        return factors[0][1] if len(factors) == 1 else Product(tuple(factors), start.at)

    def stands_beside(self) -> bool:
        """Whether a factor follows without a sign; "the number of layers" does so behind a word only."""
        spoken = self.tokens[self.index - 1].kind == "noun"
        return self.starts(self.index) and (spoken or not self.sees("word"))

    def check_slash(self, power: int, before: Node) -> None:
        """`O(n)/O(1)` says "either" as well as "divided by"."""
        if power < 0 and (is_o(before) or self.sees("call", "O")):
            token = self.tokens[self.index - 1]
            raise self.fail("one bound divided by another, or either of the two?", "write one O(...)", token)

    def apposition(self, factors: list[tuple[int, Node]]) -> bool:
        """Passes over the noun in `d layers`, `H W pixels`, or the letter in `depth d`: both count the same thing.

        A noun that counts something else multiplies within brackets, `O(a b^2 points)`, and behind another noun.
        """
        before = self.tokens[self.index - 1]
        if self.sees("name") and before.kind == "noun":
            own = {self.token.text}
        elif self.sees("noun"):
            own = set(self.nouns[self.token.text])
        else:
            return False
        twice = self.apposed == self.index - 1
        if not twice and own <= {name for _, node in factors[-len(own) :] for name in variables_in(node)}:
            self.apposed = self.index
            self.take()
            return True
        spoken = before.kind == "noun" or (before.kind == "number" and self.tokens[self.index - 3].kind == "noun")
        fresh = not own & {name for _, node in factors for name in variables_in(node)}
        if not (fresh and self.sees("noun") and (spoken or self.depth)) or twice:
            raise self.fail("does this word multiply, or explain?", "write variables and signs only")
        return False

    def check_side_by_side(self, factors: list[tuple[int, Node]]) -> None:
        """Two factors without a sign between them: refuse `k2` (k^2?) and `HW/2d` (over 2d, or times d?)."""
        if self.sees("number"):
            before = f"^{self.token.text}" if not self.token.spaced else f"* {self.token.text}"
            raise self.fail(f"the number {self.token.text} follows without a sign", f"did you mean {before}?")
        power, last = factors[-1]
        bracket = self.tokens[self.index - 1].kind == "close" and len(factors) == 1
        lone = bracket and isinstance(last, Variable) and self.sees("call", "O")
        if lone or (is_o(last) and self.sees("open")):
            raise self.fail("is this a factor or a remark?", ONE_BOUND)
        halves = isinstance(last, Number) and (
            self.token.spaced or all(isinstance(node, Number) for _, node in factors)
        )
        if power < 0 and not halves:
            raise self.fail("is this above or below the fraction bar?", "use brackets: (a/b) c or a/(b c)")

    def factor(self) -> Node:
        base = self.atom()
        if not (self.sees("super") or self.sees("op", "^")):
            return self.counted(base)
        at = self.token.at
        power = Power(base, self.exponent(), at)
        if self.sees("super") or self.sees("op", "^"):
            raise self.fail("two exponents in a row", "use brackets, or multiply the exponents")
        return self.counted(power)

    def counted(self, node: Node) -> Node:
        """The factor `node`; the word between factors in `k^2 weights * H W pixels` is passed over."""
        following = self.tokens[self.index + 1]
        if self.sees("word") and self.token.text in words.COUNTED and (following.kind, following.text) == ("op", "*"):
            self.take()
        return node

    def exponent(self) -> Fraction:
        token = self.take()
        if token.kind == "super":
            return self.small(Fraction(token.text), token)
        start = self.token
        if self.sees("word") and self.token.text in _COUNTING:
            return Fraction(_COUNTING[self.take().text])
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
            return self.variable(self.take())
        if self.sees("open"):
            return self.group(commas=False)[0]
        if self.sees("word", *words.CONSTANTS):
            return Number("1", Fraction(1), self.take().at)
        if self.starts(self.index) and not self.sees("call"):
            return self.quantity()
        if self.sees("call"):
            return self.call()
        raise self.expected_factor()

    def variable(self, token: Token) -> Node:
        spelling = self.text[token.at : token.at + len(token.text)]
        earlier = self.spelled.setdefault(token.text, spelling)
        if earlier != spelling:
            problem = f'both "{earlier}" and "{spelling}" are used, and only {token.text} has a meaning here'
            raise self.fail(problem, f"write {token.text} if you mean the same quantity", token)
        return Variable(token.text, token.at)

    def quantity(self) -> Node:
        """`the number of layers`, `height of the image`, `pixels`: the variables that the word stands for."""
        self.index = self.noun_behind(self.index)
        token = self.take()
        factors = tuple((1, Variable(name, token.at)) for name in self.nouns[token.text])
        if self.sees("word", "of"):
            end = self.index + 1
            while self.tokens[end].text in words.DETERMINERS:
                end += 1
            whole = self.tokens[end].text in words.WHOLE or self.tokens[end - 1].text in words.WHOLE
            self.index = (end + (self.tokens[end].text in words.WHOLE)) if whole else self.index
        return factors[0][1] if len(factors) == 1 else Product(factors, token.at)

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
        if self.sees("word", "of"):
            return self.spelled_call(token)
        if not self.sees("open"):
            raise self.fail(f"{token.text} must be followed by a bracket", f"write {token.text}(...)", token)
        if token.text in ("square", "sq", "cbrt"):
            power = Fraction(1, 3) if token.text == "cbrt" else Fraction(2)
            return Power(self.group(commas=False)[0], power, token.at)
        arguments = self.arguments(commas=token.text != "O")
        if token.text in ("pow", "power"):
            return self.power_of(arguments, token)
        if token.text != "O" and len(arguments) < 2:
            raise self.fail(
                f"{token.text} needs two arguments", f"separate its arguments by commas: {token.text}(a, b)", token
            )
        return Call(token.text, arguments, token.at)

    def arguments(self, *, commas: bool) -> tuple[Node, ...]:
        """The arguments in brackets, `(a, b)` or as a list, `([a, b])`."""
        if not (commas and self.tokens[self.index + 1].kind == "open"):
            return self.group(commas=commas)
        start, outer = self.index, self.take()
        arguments = self.group(commas=True)
        if len(arguments) > 1 and self.sees("close", _CLOSING[outer.text]):
            self.take()
            return arguments
        self.index = start
        return self.group(commas=commas)

    def power_of(self, arguments: tuple[Node, ...], token: Token) -> Node:
        value = constant(arguments[1]) if len(arguments) == 2 else None
        if value is None:
            raise self.fail("the exponent must be a plain number", "write k^2", token)
        return Power(arguments[0], self.small(value, token), token.at)

    def spelled_call(self, token: Token) -> Node:
        """`max of a, b and c`, `the product of d and k^2`."""
        parts: list[Node] = []
        while not parts or self.sees("comma") or self.sees("word", "and", "und"):
            self.take()
            while self.sees("word", "the", "all", "both", "and", "und") and self.noun_behind(self.index) < 0:
                self.take()
            parts.append(self.sum() if token.text in ("max", "min") else self.product())
        if len(parts) < 2:
            raise self.fail(f"the {token.text} of one thing", "write it with signs", token)
        if token.text in ("max", "min"):
            return Call(token.text, tuple(parts), token.at)
        return (Sum if token.text == "sum" else Product)(tuple((1, part) for part in parts), token.at)

    def fraction(self, token: Token) -> Node:
        r"""`\frac{a}{b}`, `\frac12`."""
        parts: list[Node] = []
        while len(parts) < 2:
            if self.sees("open", "{"):
                parts.append(self.group(commas=False)[0])
            elif self.sees("number") and self.token.text.isdigit() and len(self.token.text) == 2 - len(parts):
                digits = self.take()
                parts += [Number(digit, Fraction(digit), digits.at) for digit in digits.text]
            else:
                raise self.fail("\\frac needs two pairs of braces", "write \\frac{a}{b}", token)
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
            if self.starts(self.index):
                advice = f"write {token.text}(...) with the argument in brackets"
                raise self.fail(f"where does the argument of {token.text} end?", advice)
        node: Node = Call(token.text, (argument,), token.at)
        if index:
            node = Power(argument, 1 / index, token.at)
        return node if power == 1 else Power(node, power, token.at)

    def root_index(self) -> Fraction | None:
        r"""The 3 of `\sqrt[3]{x}`, or None."""
        before, number, behind, argument = self.tokens[self.index : self.index + 4]
        if (before.text, number.kind, behind.text, argument.kind) != ("[", "number", "]", "open"):
            return None
        value = self.small(Fraction(number.text), number)
        if value <= 0:
            raise self.fail("a root must have a positive index", "write sqrt(...) or ^(1/3)", number)
        self.index += 3
        return value
