"""A count that was written as text: "12,345,678 parameters", "1,200 + 340", "12.345678 million".

    text    = [words] chain [words]      chain = sum {= sum} [(= sum)]
    sum     = product {(+ | -) product}  product = power {(* | x | ·) power}  power = number [^ number] | ( sum )

All parts of a chain must be equal. Nothing is chosen from: two numbers with no sign between them are refused.
"""

from __future__ import annotations

import re
from fractions import Fraction

from autograder.core.errors import StudentError

MAX_TEXT = 400
MAX_POWER = 20
MAX_BRACKETS = 20
MAX_BITS = 4096
_SCALES = {"thousand": 3, "k": 3, "million": 6, "mio": 6, "mn": 6, "m": 6, "billion": 9, "bn": 9, "b": 9}
_SIGNS = {
    **dict.fromkeys("\u2212\u2013", "-"),  # minus, en dash
    **dict.fromkeys("\u00d7\u00b7\u2217\u22c5", "*"),  # times, middle dot, asterisk, dot
    **{"\u2248": "=", "\u00b2": "^2", "\u00b3": "^3", "\u2019": "'"},
}
_MEANT = {"times": "*", "power": "^"}
# Words with which a text says another number than the one that stands in it: a negation before it, others anywhere.
_NEGATIONS = frozenset("not no never isn without except neither nor".split())  # noqa: SIM905
_OTHERWISE = frozenset(
    """minus less more fewer greater larger smaller bigger higher lower than over under above below beyond exceeds
    exceeding least most up between almost nearly half twice double triple times percent hundred dozen trillion lakh
    crore per""".split()  # noqa: SIM905
)
_TOKENS = r"""(?x)
      (?P<number> \d{1,3} (?: (?P<by>[,._'\s]) \d{3} ) (?: (?P=by) \d{3} )* (?![\d.,]*\d)
                | \d{1,2} (?:,\d{2})+ ,\d{3} (?!\d)
                | \d+ (?:[.,]\d+)? (?:[eE][+-]?\d{1,3})? (?![\d.,]*\d) )
      (?: \s* (?P<scale> thousand|million|mio|mn|billion|bn|[kKmMbB]) s? (?![A-Za-z]) )?
    | (?P<times> (?<=[\d)\s]) [xX] (?=[\s\d(]) | \*(?!\*) )
    | (?P<power> \*\* | \^ )
    | (?P<sign> [-+()=] )
    | (?P<word> (?<!\d) [A-Za-z][\w-]+ | [A-Za-z]{2,}(?!\w) | [^\W\d_](?=[\s:]) )
    | (?P<left_out> [\s~:;!$`"] | \.(?!\d) | , (?=\s*(?:[A-Za-z]|$)) )
    | (?P<strange> . )"""


class CountError(StudentError):
    """A text that is no count; the message is a clause that says so."""


def count(text: str) -> int:
    """The integer that a text says.

    >>> count("= 12,345,678 parameters"), count("1,200 + 340"), count("1,23,45,678"), count("1.5 million")
    (12345678, 1540, 12345678, 1500000)
    """
    parts = [part for part in _parts(text) if part]
    values = {_Sum(part).value() for part in parts}
    if not values:
        raise CountError("expected an integer")
    if len(values) > 1:
        raise CountError("expected one integer, and the two sides of = differ")
    (value,) = values
    if value.denominator != 1:
        raise CountError("expected an integer, and this is not integral")
    return value.numerator


def is_rounded(text: str) -> bool:
    """Whether a count that was read is given to fewer than all of its digits, as 12.3 million is."""
    scaled = [token for token in re.finditer(_TOKENS, text[:MAX_TEXT]) if token["scale"]]
    return any(len(token["number"].partition(".")[2]) < _SCALES[token["scale"].lower()] for token in scaled)


def _parts(text: str) -> list[list[str | Fraction]]:
    """The sums of a chain as tokens, without the words around them and remarks in brackets."""
    if len(text) > MAX_TEXT or text.count("(") > MAX_BRACKETS:
        raise CountError("expected an integer, and this text is too long: write the number alone")
    plain = "".join(_SIGNS.get(letter, letter) for letter in text)
    plain = re.sub(r"\([^()]*[A-Za-z]{2}[^()]*\)", " ", plain)  # a remark
    parts: list[list[str | Fraction]] = [[]]
    ended = False  # by words behind a number
    for token in re.finditer(_TOKENS, plain):
        kind = token.lastgroup if not token["number"] else "number"
        if kind == "strange":
            raise CountError("expected an integer")
        word = token[0].lower() if kind == "word" else ""
        if word in _OTHERWISE or (word in _NEGATIONS and not parts[-1]):
            raise CountError(f'expected one integer, and "{token[0]}" may change it: write the number alone')
        if kind in ("word", "left_out"):
            ended = ended or (kind == "word" and bool(parts[-1]))
            continue
        if token[0] == "=" and not _is_open(parts[-1]):
            parts.append([])
        elif ended:
            raise CountError("expected one integer, and there is more than one number")
        elif token[0] == "(" and parts[-1] and not isinstance(parts[-1][-1], str):
            parts.append(["("])  # 1,200 (= 4 * 300)
        elif token[0] != "=":
            parts[-1].append(_number(token) if kind == "number" else _MEANT.get(str(kind), token[0]))
        ended = ended and token[0] != "="
    return parts


def _is_open(part: list[str | Fraction]) -> bool:
    return part.count("(") > part.count(")")


def _number(token: re.Match[str]) -> Fraction:
    digits, by = token["number"], token["by"]
    if token["scale"] and re.fullmatch(r"\d+[.,]\d+", digits) and (by == "." or not by):
        digits, by = digits.replace(",", "."), None
    if by or digits.count(",") > 1:
        digits = re.sub(r"\D", "", digits)
    elif "," in digits:
        raise CountError("expected an integer, and its commas do not stand between groups of three digits")
    return Fraction(digits) * Fraction(10) ** (_SCALES[token["scale"].lower()] if token["scale"] else 0)


class _Sum:
    """Reads one sum from its tokens."""

    def __init__(self, tokens: list[str | Fraction]) -> None:
        self._tokens = [*tokens, "end"]
        self._at = 0

    def value(self) -> Fraction:
        """Its value; raises CountError if the tokens are no sum."""
        value = self._sum()
        self._take("end")
        return _bounded(value)

    def _sum(self) -> Fraction:
        value = Fraction(0) if self._tokens[self._at] in ("+", "-") else self._product()
        while (plus := self._passes("+")) or self._passes("-"):
            value += self._product() if plus else -self._product()
        return value

    def _product(self) -> Fraction:
        value = self._power()
        while self._passes("*"):
            value *= self._power()
        return value

    def _power(self) -> Fraction:
        value = self._atom()
        if self._passes("^"):
            power = self._atom()
            if power.denominator != 1 or not 0 <= power <= MAX_POWER:
                raise CountError("expected an integer")
            value = Fraction(_bounded(value) ** power.numerator)
        return _bounded(value)

    def _atom(self) -> Fraction:
        token = self._tokens[self._at]
        self._at += 1
        if isinstance(token, Fraction):
            return token
        if token != "(":
            raise CountError("expected one integer")
        value = self._sum()
        self._take(")")
        return value

    def _passes(self, sign: str) -> bool:
        """Whether a sign stands here, and is passed."""
        passed = self._tokens[self._at] == sign
        self._at += passed
        return passed

    def _take(self, sign: str) -> None:
        if not self._passes(sign):
            raise CountError("expected one integer")


def _bounded(value: Fraction) -> Fraction:
    if max(value.numerator.bit_length(), value.denominator.bit_length()) > MAX_BITS:
        raise CountError("expected an integer, and this is far too large")
    return value
