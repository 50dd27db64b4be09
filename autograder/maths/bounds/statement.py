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

import msgspec

from autograder.maths.bounds import words
from autograder.maths.bounds.explanations import Explanations, is_relation, names_defined
from autograder.maths.bounds.lexer import tokenize
from autograder.maths.bounds.phrases import spelled_out
from autograder.maths.bounds.reader import Foreign
from autograder.maths.bounds.tokens import ONE_BOUND, BoundError, Token, check_length, complain
from autograder.maths.bounds.tree import Call, Claim, Node, Number, Power, is_o, nodes, variables_in
from autograder.maths.bounds.vocabulary import Vocabulary
from autograder.maths.bounds.wrapping import unwrapped


def read(text: str, vocabulary: Vocabulary) -> tuple[Claim, ...]:
    """What `text` claims, at least one bound; they must all be equal, which is for the caller to see.

    Raises BoundError, which points at the character, for anything outside the grammar.
    """
    check_length(text)
    plain = unwrapped(text, vocabulary.variables)
    if not plain.strip():
        raise BoundError("the answer is empty: write a bound such as O(n log n)", 0)
    tokens = spelled_out(tokenize(plain, text, vocabulary), vocabulary)
    names = names_defined(text, plain, vocabulary, tokens)
    tokens = spelled_out(tokenize(plain, text, vocabulary, names), vocabulary) if names else tokens
    try:
        return _Statement(text, tokens, vocabulary, names, nouns_claim=False).claims()
    except _NothingClaimed:
        return _Statement(text, tokens, vocabulary, names, nouns_claim=True).claims()


class _NothingClaimed(BoundError):
    pass


class _Statement(Explanations):
    """Reads an answer from left to right."""

    def __init__(
        self, text: str, tokens: Sequence[Token], vocabulary: Vocabulary, names: Sequence[str], *, nouns_claim: bool
    ) -> None:
        super().__init__(text, tokens, vocabulary, names)
        self.nouns_claim = nouns_claim
        self.foreign: list[Foreign] = []
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
        if token.kind in ("mark", "comma") or is_relation(token) or self.sees("word", *words.LISTING):
            self.take()
            self.fresh, self.related = True, is_relation(token)
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
            beside = self.lead_words | words.PREPOSITIONS | self.unit_words | words.RELATIONS
            strange = next((token for token in run if token.kind == "word" and token.text not in beside), None)
            if strange is not None and isinstance(error := self.unknown_or_beside(strange), Foreign):
                return self.pass_over(error, start)
            if strange is not None or (run[-1].kind == "noun" and self.index not in self.prose):
                raise self.unknown_or_beside(strange or run[-1])
            self.fresh = True

    def growth_named(self, run: Sequence[Token]) -> bool:
        """`quadratic in k`: the claim k^2."""
        named = [token for token in run if token.text in words.GROWTHS]
        if not named:
            return False
        if not (self.claims_here() or self.starts(self.index)):
            raise self.unknown_beside(named[0])
        self.fresh = True
        start = self.index
        self.claim()
        claim = self.found.pop()
        degree = words.GROWTHS[named[0].text]
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
            if self.sees("word", "actually", *words.CONTRASTS):
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
        self.talk(adjacent=bool(self.found) and self.sees("word", *words.PREPOSITIONS))
        return True

    def defines_reversed(self, start: int) -> bool:
        """`where H W = n`; behind "for" or "with", a claim like any other."""
        known = len(self.definitions)
        if self.claims_here():
            self.claim()
        if len(self.definitions) == known and self.tokens[start].text not in words.PREPOSITIONS | {"and"}:
            raise self.unknown_beside(self.tokens[start])
        return True
