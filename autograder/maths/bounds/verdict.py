"""O(.) answers over several variables, decided exactly: is the student's bound the true one up to constant factors?

f = O(g) means: C and N >= 2 exist with f <= C g whenever all variables, growing independently of one another, are at
least N. A bound becomes a ratio of sums of monomials with rational exponents, and f = O(g) a small feasibility question
over the rationals (`rays`). "Yes" comes with weights, "no" with a direction along which f outgrows g; where
neither is found, which takes logarithms of several variables, the verdict is "undecided".
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache

import msgspec

from autograder.maths.bounds.algebra import Growth, cross
from autograder.maths.bounds.print import exponent, typeset
from autograder.maths.bounds.rays import Effort, Rational, TooHardError, beating_ray, below, degree, simple_rays
from autograder.maths.bounds.statement import read
from autograder.maths.bounds.tokens import BoundError, complain
from autograder.maths.bounds.tree import Claim, Node, is_o
from autograder.maths.bounds.value import growth_of
from autograder.maths.bounds.vocabulary import Vocabulary, vocabulary_of

__all__ = ["Bound", "BoundError", "Comparison", "compare", "parse"]

COMPARING_EFFORT = 900  # bounds that people write take fewer than 60

Ray = tuple[int, ...]


class Bound(msgspec.Struct, frozen=True):
    """A bound that was read: its text, its variables, its tree and how it grows."""

    text: str
    variables: tuple[str, ...]
    tree: Node
    growth: Growth

    def __repr__(self) -> str:
        return f"Bound(text={self.text!r}, variables={self.variables!r})"

    def typeset(self) -> str:
        """How it was understood, "O(d³·k·H)"."""
        return typeset(self.tree)


class Comparison(msgspec.Struct, frozen=True):
    """The judgement of an answer.

    verdict: equal | too_loose (a true upper bound, not the smallest) | too_small | incomparable | undecided |
             unreadable.
    why:     a sentence for the student.
    witness: exponents u, one a variable, of a direction x_i = t^u_i (0: held fixed) along which answer and truth part:
             the answer grows slower for too_small and incomparable, faster for too_loose. None for the other verdicts
             and for the bound 0.
    """

    verdict: str
    why: str
    witness: tuple[Fraction, ...] | None = None


def parse(text: str, variables: Sequence[str] | Vocabulary) -> Bound:
    """Reads `text` as a bound in `variables`: their names, or a `Vocabulary` where words may stand for them too.

    Raises BoundError (message for the student, position of the character) for what is outside the grammar, for unknown
    names, exponentials, factorials, log log, for differences whose size cannot be told, and for bounds beyond every
    sensible size.
    """
    text = text.rstrip()
    vocabulary = vocabulary_of(variables)
    names = vocabulary.variables
    claims = read(text, vocabulary)
    growths = [growth_of(claim.node, text, names) for claim in claims]
    for claim, growth in zip(claims[1:], growths[1:], strict=True):
        if growth != growths[0] and not _alike(growth, growths[0]):
            raise _two_bounds(text, claims[0], claim)
    shown = next((claim for claim in claims if is_o(claim.node)), claims[0])
    return Bound(text, names, shown.node, growths[0])


def _alike(one: Growth, other: Growth) -> bool:
    if not one.top or not other.top:
        return one.top == other.top
    return decide(one, other)[0] and decide(other, one)[0]


def _two_bounds(text: str, first: Claim, second: Claim) -> BoundError:
    """The complaint about two claims that differ."""
    one, other = (" ".join(text[claim.start : claim.end].split()) for claim in (first, second))
    advice = "write the one that you mean and nothing else"
    return complain(text, second.start, f'"{one}" and "{other}" are two different bounds', advice)


def compare(answer: str | Bound, truth: str, variables: Sequence[str] | Vocabulary) -> Comparison:
    """Judges `answer` against `truth`; `variables` as in `parse`.

    Raises BoundError if the truth itself cannot be read, never for the answer.
    """
    vocabulary = vocabulary_of(variables)
    true = _true_growth(truth, vocabulary)
    try:
        given = (answer if isinstance(answer, Bound) else parse(answer, vocabulary)).growth
    except BoundError as error:
        return Comparison("unreadable", error.message)
    if not given.top and true.top:
        return Comparison("too_small", "your bound is 0: no cost stays below a multiple of 0")
    if not true.top:
        return Comparison("too_loose" if given.top else "equal", "the true cost is 0")
    if given == true:
        return EQUAL
    return _Judge(given, true, vocabulary.variables).comparison()


@lru_cache(maxsize=64)  # a batch asks after the same few for each submission
def _true_growth(truth: str, vocabulary: Vocabulary) -> Growth:
    return parse(truth, vocabulary).growth


EQUAL = Comparison("equal", "the same growth as the true cost in every direction, up to constant factors")


class _Judge:
    def __init__(self, given: Growth, true: Growth, variables: tuple[str, ...]) -> None:
        self.given = given
        self.true = true
        self.variables = variables

    def comparison(self) -> Comparison:
        holds, short = decide(self.true, self.given)
        tight, wide = decide(self.given, self.true)
        if short and wide:
            why = f"neither an upper nor a lower bound: {self.sentence(short)}; but {self.sentence(wide)}"
            return Comparison("incomparable", why, _exact(short))
        if short and tight:
            return Comparison("too_small", f"too small: {self.sentence(short)}", _exact(short))
        if holds and wide:
            return Comparison("too_loose", f"not the smallest upper bound: {self.sentence(wide)}", _exact(wide))
        if holds and tight:
            return EQUAL
        return Comparison(
            "undecided", "this bound could not be compared with the true cost automatically: staff will look at it"
        )

    def sentence(self, ray: Ray) -> str:
        """ "with W growing and everything else fixed, your bound stays constant, the true cost grows like W"."""
        name = self.variables[ray.index(1)] if sorted(ray)[-2:] in ([1], [0, 1]) else "t"
        given, true = (_growth_text(along(growth, ray), name) for growth in (self.given, self.true))
        return f"{self.direction(ray)}, your bound {given}, the true cost {true}"

    def direction(self, ray: Ray) -> str:
        moving = [(name, u) for name, u in zip(self.variables, ray, strict=True) if u]
        rest = "" if len(moving) == len(ray) else " and everything else fixed"
        if len(moving) == 1:
            return f"with {moving[0][0]} growing{rest}"
        if len({u for _, u in moving}) == 1:
            return f"with {' = '.join(name for name, _ in moving)} = t growing{rest}"
        powers = ", ".join(f"{name} = {_power_text('t', u)}" for name, u in moving)
        return f"with {powers}, t growing{rest}"


def decide(low: Growth, high: Growth) -> tuple[bool, Ray | None]:
    """Whether low = O(high): (True, None), (False, ray along which low outgrows high), or (False, None): undecided."""
    ray = next((ray for ray in simple_rays(low.size) if along(low, ray) > along(high, ray)), None)
    if ray:
        return False, ray
    effort = Effort(COMPARING_EFFORT)
    try:
        left = cross(low.top, high.bottom, effort)
        right = cross(high.top, low.bottom, effort)
        open_questions = [monomial for monomial in left if not below(monomial, right, effort)]
        rays = (beating_ray(monomial, right, effort) for monomial in open_questions)
        ray = next((ray for ray in rays if ray and along(low, ray) > along(high, ray)), None)
    except TooHardError:
        return False, None
    return not open_questions, ray


def along(growth: Growth, ray: Sequence[Rational]) -> tuple[Rational, Rational]:
    """The growth along x_i = t^ray_i: degrees in t and in log t, to be compared in this order."""
    top, bottom = degree(growth.top, ray), degree(growth.bottom, ray)
    return top[0] - bottom[0], top[1] - bottom[1]


def _exact(ray: Ray) -> tuple[Fraction, ...]:
    return tuple(Fraction(u) for u in ray)


def _growth_text(degrees: tuple[Rational, Rational], name: str) -> str:
    """ "grows like W^(1/2)·log(W)", "stays constant", "shrinks like 1/W"."""
    if degrees == (0, 0):
        return "stays constant"
    bases = list(zip((name, f"log({name})"), degrees, strict=True))
    up = "·".join(_power_text(base, power) for base, power in bases if power > 0)
    down = "·".join(_power_text(base, -power) for base, power in bases if power < 0)
    fraction = f"{up or 1}/{f'({down})' if '·' in down else down}" if down else up
    return f"{'grows' if degrees > (0, 0) else 'shrinks'} like {fraction}"


def _power_text(base: str, power: Rational) -> str:
    return base if power == 1 else base + exponent(Fraction(power))
