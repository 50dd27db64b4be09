"""The grammar of an answer: one bound, and what people say around it.

    answer     = {label | claim | remark | reason | definition}, with marks and relations between them
    claim      = expression [units]                  O(n) sequential steps
    label      = words (":" | "=" | "is")            4.1a, total connections: O(n)
    chain      = claim {"=" claim}                   9 a b^2 = O(a b^2)
    remark     = "(" ... ")" | mark words            O(n), one per layer
    reason     = "because" ...                       only an O(...) in it is a claim
    definition = ["where"] name "=" expression       O(a^2 m) where m = bc

Every claim of an answer must be the same bound: none is chosen from two. A claim with a word behind that names parts of
the network, "H W pixels", explains the others. Words beside a claim without a mark between must be known, and nowhere
may a word stand that turns the meaning, such as "not": what then remains unread is for a person to decide.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

import msgspec

from autograder.maths.bounds import words
from autograder.maths.bounds.phrases import spelled_out
from autograder.maths.bounds.reader import Foreign
from autograder.maths.bounds.syntax import ExpressionParser
from autograder.maths.bounds.tokens import ONE_BOUND, BoundError, Token, check_length, complain, tokenize
from autograder.maths.bounds.tree import Call, Node, Number, Power, is_o, nodes, replaced, variables_in
from autograder.maths.bounds.vocabulary import Vocabulary
from autograder.maths.bounds.wrapping import unwrapped

FOR_ALL = "write the bound for all of it"
_GROWTHS = {
    "linear": 1,
    "linearly": 1,
    "quadratic": 2,
    "quadratically": 2,
    "cubic": 3,
    "cubically": 3,
    "logarithmic": 0,
}
_RELATIONS = frozenset(
    ["is", "are", "be", "equals", "equal", "gives", "becomes", "ie", "namely", "means", "ist", "sind", "是", "为", "即"]
)
_LISTING = frozenset(("and", "or", "und", "oder"))


class Claim(msgspec.Struct, frozen=True):
    """A bound that the answer states. counted: it says how many parts there are, "H W pixels"; start, end: its text."""

    node: Node
    counted: bool
    start: int
    end: int


def read(text: str, vocabulary: Vocabulary) -> tuple[Claim, ...]:
    """What `text` claims, at least one bound; they must all be equal, which is for the caller to see.

    Raises BoundError, which points at the character, for anything outside the grammar.
    """
    check_length(text)
    plain = unwrapped(text, vocabulary.variables)
    if not plain.strip():
        raise BoundError("the answer is empty: write a bound such as O(n log n)", 0)
    tokens = spelled_out(tokenize(plain, text, vocabulary), vocabulary)
    names = _names_defined(text, plain, vocabulary, tokens)
    tokens = spelled_out(tokenize(plain, text, vocabulary, names), vocabulary) if names else tokens
    try:
        return _Statement(text, tokens, vocabulary, names, nouns_claim=False).claims()
    except _NothingClaimed:
        return _Statement(text, tokens, vocabulary, names, nouns_claim=True).claims()


def _names_defined(text: str, plain: str, vocabulary: Vocabulary, tokens: Sequence[Token]) -> tuple[str, ...]:
    """Names of the student's own, `n` in "O(a n), n = bc": unknown, on one side of a relation, and used elsewhere."""
    leads = words.LEADS | vocabulary.leading
    found: list[str] = []
    for index, token in enumerate(tokens[:-1]):
        name = text[token.at : token.at + len(token.text)]
        known = token.text in leads and len(name) > 1
        if token.kind == "word" and name.isascii() and name.isalpha() and len(name) <= 8 and not known:
            behind = index + 1
            while tokens[behind].text in ("a", "an", "some", "any", "the", "fixed"):
                behind += 1
            around = (tokens[index - 1], tokens[index + 1], tokens[behind])
            if any(_is_relation(one) or one.text in words.CONSTANTS for one in around):
                found.append(name)
    with_names = [token.text for token in tokenize(plain, text, vocabulary, found)] if found else []
    return tuple(name for name in dict.fromkeys(found) if with_names.count(name) > 1)


def _is_relation(token: Token) -> bool:
    return token.kind == "rel" or (token.kind == "word" and token.text in _RELATIONS | {"denotes"})


class _NothingClaimed(BoundError):
    pass


class _Statement(ExpressionParser):
    """Reads an answer from left to right."""

    def __init__(
        self, text: str, tokens: Sequence[Token], vocabulary: Vocabulary, names: Sequence[str], *, nouns_claim: bool
    ) -> None:
        super().__init__(text, tokens, vocabulary)
        self.lead_words = words.LEADS | vocabulary.leading
        self.unit_words = words.UNITS | vocabulary.counted
        self.names = frozenset(names)
        self.nouns_claim = nouns_claim
        self.found: list[Claim] = []
        self.foreign: list[Foreign] = []
        self.definitions: dict[str, Node] = {}
        self.fresh = True  # nothing stands before in this clause
        self.related = False  # a relation stands before

    def claims(self) -> tuple[Claim, ...]:
        if self.sees("number", "0") and self.tokens[1].kind == "open":
            raise self.fail("this starts with the digit 0", "did you mean the letter O?")
        while not self.sees("end"):
            self.part()
        if not self.found and self.constant_growth():
            self.found.append(Claim(Number("1", Fraction(1), self.tokens[0].at), False, 0, len(self.text)))
        stated = [claim for claim in self.found if not claim.counted] or self.found
        if not stated:
            raise self.foreign[0] if self.foreign else self.nothing()
        return tuple(msgspec.structs.replace(claim, node=self.defined(claim)) for claim in stated)

    def constant_growth(self) -> bool:
        """Whether the answer is "constant", or "constant time"."""
        spoken = [token.text for token in self.tokens if token.kind not in ("mark", "end")]
        return "constant" in spoken and all(word in self.lead_words | self.unit_words | {"constant"} for word in spoken)

    def nothing(self) -> BoundError:
        """No claim: the answer is constant, or is no bound."""
        error = complain(self.text, self.tokens[0].at, "there is no bound in this answer", ONE_BOUND)
        if self.tokens[0].kind in ("word", "foreign") and self.tokens[0].text not in self.lead_words | words.REFUSED:
            error = self.unknown(self.tokens[0])
        elif self.tokens[0].kind in ("op", "close", "comma"):
            self.index = 0
            error = self.misplaced()
        return _NothingClaimed(error.message, error.position)

    def part(self) -> None:
        """One part of the answer; which one, its first token tells."""
        token = self.token
        if token.kind in ("mark", "comma") or _is_relation(token) or self.sees("word", *_LISTING):
            self.take()
            self.fresh, self.related = True, _is_relation(token)
        elif self.index in self.prose:
            self.remark()
        elif self.sees("word", *words.REASONS) and not self.before_unit():
            self.reason()
        elif self.sees("word", *words.WHERE) and self.where():
            return
        elif self.defines():
            self.definition()
        elif self.found and self.fresh and self.sees("name") and self.description(alone=True):
            return
        elif self.claims_here():
            self.claim()
        elif token.kind in ("word", "noun"):
            self.talk()
        elif token.kind == "foreign":
            self.pass_over(self.unknown(token), self.index)
        else:
            raise self.misplaced()

    def before_unit(self) -> bool:
        """Whether "as" is the one of "grows as d"."""
        return self.sees("word", "as") and self.tokens[self.index - 1].text in self.lead_words

    # ---------------------------------------------------------------------------------------------------- claims

    def claims_here(self) -> bool:
        sign = self.sees("op", "+", "-") and self.tokens[self.index + 1].kind != "word"
        if sign and self.fresh:
            return True
        if not self.starts(self.index):
            return self.sees("word", *words.CONSTANTS) and self.tokens[self.index + 1].kind == "op"
        noun = self.noun_behind(self.index) if self.token.kind in ("word", "noun") else -1
        if noun < 0 or self.nouns_claim:
            return True
        following = self.tokens[noun + 1]
        if following.kind == "name" and self.nouns[self.tokens[noun].text] == (following.text,):
            return True
        return following.kind in ("op", "super", "name") or (following.kind == "noun" and self.fresh)

    def claim(self) -> None:
        start = self.index
        try:
            node = self.sum()
        except Foreign as error:
            return self.pass_over(error, start)
        if self.sees("op") or self.sees("super"):
            raise self.misplaced()
        if self.reversed_definition(node):
            return
        end = self.tokens[self.index - 1]
        counted = not any(map(is_o, nodes(node))) and self.counts_parts(node)
        if counted:
            self.check_part(variables_in(node), start)
        self.found.append(Claim(node, counted, self.tokens[start].at, end.at + max(1, len(end.text))))
        self.units()
        self.fresh = self.related = False

    def reversed_definition(self, node: Node) -> bool:
        """Whether the claim is one side of a definition, `H W = n`."""
        name = self.tokens[self.index + 1]
        if not (_is_relation(self.token) and name.kind == "name" and name.text in self.names):
            return False
        if self.tokens[self.index + 2].kind not in ("end", "mark", "comma", "close") or name.text in self.definitions:
            return False
        self.index += 2
        self.definitions[name.text] = node
        return True

    def counts_parts(self, node: Node) -> bool:
        """Whether the words behind name parts of the network, or the claim is a number, `1 per layer`."""
        if self.sees("word") and isinstance(node, Number) and self.token.text not in words.REFUSED:
            return True
        before = self.tokens[self.index - 1]
        apposed = before.kind == "noun" and self.index > 1 and self.tokens[self.index - 2].kind == "name"
        return apposed or (
            self.sees("word") and self.token.text in words.COUNTED and not self.sees("word", *self.unit_words)
        )

    def pass_over(self, error: BoundError, start: int) -> None:
        """Keeps the complaint about a part with unknown names, which another part of its chain may make good."""
        if not isinstance(error, Foreign):
            raise error
        related = self.related
        self.index, depth = start, 0
        while not self.sees("end") and not (depth == 0 and self.token.kind in ("rel", "mark", "comma")):
            depth += {"open": 1, "close": -1}.get(self.token.kind, 0)
            if self.sees("word", *words.REFUSED) or depth < 0:
                raise error
            self.take()
        if depth or not (related or self.sees("rel")):
            raise error
        self.foreign.append(error)

    def units(self) -> None:
        """Words behind a claim: of what it counts, then a remark that a preposition or a reason leads in."""
        start = self.index
        if self.sees("word", "times", "mal") and self.tokens[self.index + 1].kind in ("word", "noun"):
            raise self.unknown_beside(self.token)
        while self.sees("word") and self.token.text in self.unit_words | words.COUNTED and not self.opens_clause():
            self.take()
        if self.sees("noun") and self.index > start:
            self.take()
        if self.sees("word", *words.EACH):
            return self.each(self.index, adjacent=True)
        if not self.sees("word") or self.opens_clause() or self.sees("word", *words.WHERE):
            return None
        leads_in = self.token.text in self.lead_words | words.ONES and self.index > start
        if leads_in or self.token.text in words.PREPOSITIONS:
            return self.talk(adjacent=True)
        raise self.unknown_or_beside(self.token)

    def opens_clause(self) -> bool:
        return self.sees(
            "word", *words.REASONS, *(words.WHERE - words.PREPOSITIONS), *words.CONCLUSIONS, *_LISTING
        ) or (_is_relation(self.token) and self.token.text not in self.unit_words)

    def unknown_beside(self, token: Token) -> BoundError:
        word = self.text[token.at : token.at + len(token.text)][:20]
        if token.text in words.REFUSED:
            return complain(self.text, token.at, f'"{word}" changes what the bound says', ONE_BOUND)
        advice = "leave out the words: only the bound, reasons in a comment"
        return complain(self.text, token.at, f'"{word}" beside a bound is not understood', advice)

    # ------------------------------------------------------------------------------------------------------ words

    def talk(self, *, adjacent: bool = False) -> None:
        """A run of words. Without a mark, before a claim, all must be known; a word that turns the meaning: nowhere."""
        start = self.index
        while self.sees("word") or self.sees("noun"):
            if self.index > start and (self.claims_here() or self.defines()):
                break
            if self.index > start and self.opens_clause() and not self.before_unit():
                break
            if self.sees("word", *words.EACH):
                self.each(start, adjacent=adjacent)
            self.check_turn()
            self.take()
        self.fresh = False
        run = self.tokens[start : self.index]
        self.one_part(run, adjacent)
        if self.growth_named(run):
            return
        if self.claims_here() or self.token.kind in ("op", "super", "open"):
            beside = self.lead_words | words.PREPOSITIONS | self.unit_words | _RELATIONS
            strange = next((token for token in run if token.kind == "word" and token.text not in beside), None)
            if strange is not None and isinstance(error := self.unknown_or_beside(strange), Foreign):
                return self.pass_over(error, start)
            if strange is not None or (run[-1].kind == "noun" and self.index not in self.prose):
                raise self.unknown_or_beside(strange or run[-1])
            self.fresh = True

    def unknown_or_beside(self, token: Token) -> BoundError:
        known = token.text in words.REFUSED or len(token.text) > 3 or token.kind == "noun"
        return self.unknown_beside(token) if known else self.unknown(token)

    def check_turn(self) -> None:
        """Refuses a word that turns the meaning; "no biases" does not."""
        token, following = self.token, self.tokens[self.index + 1]
        if token.kind != "word":
            return
        harmless = token.text in ("no", "without", "ohne", "keine") and following.text in words.HARMLESS_AFTER_NO
        if token.text in ("below", "above") and self.tokens[self.index - 1].kind == "word":  # "explained below"
            harmless = harmless or following.kind in ("end", "mark", "close")
        growth = token.text in _GROWTHS and following.text in ("in", "with")
        if (token.text in words.REFUSED and not harmless and not growth) or token.text.endswith(("n't", "n’t")):  # noqa: RUF001
            raise self.unknown_beside(token)

    def each(self, start: int, *, adjacent: bool) -> None:
        """ "per pixel" makes another bound of it; "one per layer" and "each layer waits" only explain it."""
        token, following = self.token, self.tokens[self.index + 1]
        before = self.tokens[start : self.index]
        counts = (
            any(one.text in words.ONES for one in before)
            or self.tokens[self.index - 1].kind == "number"
            or self.one_before()
        )
        led = self.index > start and self.tokens[self.index - 1].text in words.PREPOSITIONS
        clause = not adjacent and not led and self.tokens[self.index + 2].kind in ("word", "noun")
        if following.text in words.WHOLE or counts or (clause and token.text in ("each", "every")):
            self.take()
            return
        raise self.fail("this bound is said to be for a part only", FOR_ALL)

    def one_before(self) -> bool:
        """Whether what is counted per part is a number: `1 step per layer`."""
        last = self.found[-1] if self.found else None
        return last is not None and last.counted and isinstance(last.node, Number) and len(self.found) > 1

    def one_part(self, run: Sequence[Token], adjacent: bool) -> None:
        """Refuses "for one pixel" behind a bound, which asks for a product that nobody wrote."""
        if not adjacent:
            return
        for token, following in pairwise(run):
            if token.text in words.ONES | {"this", "any"} and following.text in words.PARTS:
                raise self.fail("this bound is said to be for a part only", FOR_ALL, token)

    def check_part(self, counts: set[str], start: int) -> None:
        """Refuses "k^2 for all d layers": do the d layers multiply? "For H x W images" says no more."""
        before = start - 1
        while before > 0 and self.tokens[before].text in ("all", "the", "of", "these", "both"):
            before -= 1
        led = before >= 0 and self.tokens[before].text in ("for", "at", "in", "on", "across", "für", "bei")
        more = self.found and not counts <= variables_in(self.found[-1].node)
        if led and more and not self.sees("word", *words.WHOLE):
            raise self.fail("does this part multiply, or explain?", FOR_ALL, self.tokens[start])

    def growth_named(self, run: Sequence[Token]) -> bool:
        """`quadratic in k`: the claim k^2."""
        named = [token for token in run if token.text in _GROWTHS and not token.text.startswith("linear")]
        if not named:
            return False
        if not (self.claims_here() or self.starts(self.index)):
            raise self.unknown_beside(named[0])
        self.fresh = True
        start = self.index
        self.claim()
        claim = self.found.pop()
        degree = _GROWTHS[named[0].text]
        at = self.tokens[start].at
        node: Node = Power(claim.node, Fraction(degree), at) if degree else Call("log", (claim.node,), at)
        self.found.append(msgspec.structs.replace(claim, node=node, counted=False))
        return True

    def remark(self) -> None:
        """Words in brackets: read like the rest, up to their end."""
        end = self.prose[self.index]
        self.take()
        self.fresh = True
        while self.index < end:
            self.part()
        if self.index > end:
            raise self.fail("a bracket ends within an expression", ONE_BOUND)
        self.take()
        self.fresh = self.related = False
        if self.sees("op") or self.sees("super") or (self.claims_here() and self.found):
            raise self.fail("is this a factor or a remark?", ONE_BOUND)
        self.fresh = True

    def reason(self) -> None:
        """From "because" on: whatever is said there, an O(...) is a claim, and "so" ends it."""
        end = next((close for close in sorted(self.prose.values()) if close > self.index), len(self.tokens) - 1)
        if end < len(self.tokens) - 1 and next(o for o, c in self.prose.items() if c == end) > self.index:
            end = len(self.tokens) - 1
        while self.index < end and not self.sees("end") and not self.sees("word", *words.CONCLUSIONS):
            if self.sees("word", *words.CONTRASTS):
                raise self.unknown_beside(self.token)
            if self.sees("call", "O"):
                self.fresh = True
                self.claim()
            else:
                self.take()
        if self.sees("word", *words.CONCLUSIONS):
            self.take()
        self.fresh = True

    # ------------------------------------------------------------------------------------------------ definitions

    def where(self) -> bool:
        """`where k is the number of channels`: a description, which must name the right things; else False."""
        start = self.index
        self.take()
        while self.sees("word", "we", "us", "that", "have", "the", "a", "an") and self.noun_behind(self.index) < 0:
            self.take()
        if self.defines() or self.claims_here() or self.sees("name"):
            self.fresh = True
            return self.descriptions() or self.defines() or self.defines_reversed(start)
        self.index = start
        if self.found and self.sees("word", *words.PREPOSITIONS):
            self.talk(adjacent=True)
        else:
            self.talk()
        return True

    def defines_reversed(self, start: int) -> bool:
        """`where H W = n`; behind "for" or "with", a claim like any other."""
        known = len(self.definitions)
        if self.claims_here():
            self.claim()
        if len(self.definitions) == known and self.tokens[start].text not in words.PREPOSITIONS | {"and"}:
            raise self.unknown_beside(self.tokens[start])
        return True

    def descriptions(self) -> bool:
        """Passes over `H and W are height and width, d the depth`; False where something else is said."""
        start = self.index
        while self.description():
            while self.token.kind in ("comma", "mark") or self.sees("word", "and"):
                self.take()
        return self.index > start

    def description(self, *, alone: bool = False) -> bool:
        """One of them: variables, a relation, words without other variables, signs or "constant".

        Alone, without "where" before, it has a relation and says what a letter counts: `d = depth`.
        """
        start, owners = self.index, set()
        while self.sees("name") or self.sees("comma") or self.sees("word", "and") or self.sees("op", "*"):
            owners |= {self.token.text} if self.sees("name") and self.token.text not in self.names else set()
            if self.sees("name") and self.token.text in self.names:
                break
            self.take()
        related = _is_relation(self.token)
        if related:
            self.take()
        spoken = self.index
        while self.sees("noun") or (self.sees("word") and not self.opens_clause()):
            strange = self.token.text in words.REFUSED or self.token.text in (*words.CONSTANTS, "fixed")
            if strange or (self.sees("noun") and not set(self.nouns[self.token.text]) & owners):
                break
            self.take()
            if self.sees("word", "and") and self.tokens[self.index + 1].kind in ("noun", "word"):
                self.take()
        ended = self.token.kind in ("end", "comma", "mark", "close") or self.sees("word", "and")
        noun = any(one.kind == "noun" for one in self.tokens[spoken : self.index])
        said = (related and noun) if alone else (related or noun)
        if not related:
            self.check_part(owners, start)
        if owners and said and self.index > spoken and (ended or self.sees("name")):
            return True
        self.index = start
        return False

    def defines(self) -> bool:
        """Whether a definition of a student's name starts here: `n = ...`, or `H W = n`."""
        here, following = self.token, self.tokens[self.index + 1]
        if not self.fresh and self.index and self.tokens[self.index - 1].text not in words.WHERE:
            return False
        related = _is_relation(following) or following.text in ("constant", "const", "a", "an", "some", "any")
        return here.kind == "name" and here.text in self.names and related

    def definition(self) -> None:
        token = self.take()
        while _is_relation(self.token):
            self.take()
        node = self.constant_named() or self.sum()
        if variables_in(node) & self.names or token.text in self.definitions:
            raise self.fail(f'"{token.text}" is defined by itself, or twice', ONE_BOUND, token)
        while self.sees("noun") or self.sees("word", *self.unit_words, *words.COUNTED, "the"):
            self.take()
        self.definitions[token.text] = node
        self.fresh = False

    def constant_named(self) -> Node | None:
        """ "c is a constant": the number 1, as far as growth goes."""
        start = self.index
        while self.sees("word", "a", "some", "the", "an", "any", "fixed", "positive"):
            self.take()
        if self.sees("word", *words.CONSTANTS):
            at = self.take().at
            return Number("1", Fraction(1), at)
        self.index = start
        return None

    def defined(self, claim: Claim) -> Node:
        """The tree of a claim with the definitions put in."""
        missing = variables_in(claim.node) & self.names - self.definitions.keys()
        if missing:
            problem = f'unknown variable "{min(missing)}"; use {", ".join(self.variables)}'
            raise complain(self.text, claim.start, problem, ONE_BOUND)
        return replaced(claim.node, self.definitions) if self.definitions else claim.node
