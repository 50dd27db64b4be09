"""What explains a bound and states none: words beside it, names of the student's own, what a variable counts."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

from autograder.maths.bounds import words
from autograder.maths.bounds.lexer import tokenize
from autograder.maths.bounds.syntax import ExpressionParser
from autograder.maths.bounds.tokens import ONE_BOUND, BoundError, Token, complain
from autograder.maths.bounds.tree import Claim, Node, Number, replaced, variables_in
from autograder.maths.bounds.vocabulary import Vocabulary

FOR_ALL = "write the bound for all of it"


def names_defined(text: str, plain: str, vocabulary: Vocabulary, tokens: Sequence[Token]) -> tuple[str, ...]:
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
            if any(is_relation(one) or one.text in words.CONSTANTS for one in around):
                found.append(name)
    with_names = [token.text for token in tokenize(plain, text, vocabulary, found)] if found else []
    return tuple(name for name in dict.fromkeys(found) if with_names.count(name) > 1)


def is_relation(token: Token) -> bool:
    return token.kind == "rel" or (token.kind == "word" and token.text in words.RELATIONS | {"denotes"})


class Explanations(ExpressionParser):
    """Reads them. found: the claims so far. fresh: nothing stands before in this clause."""

    def __init__(self, text: str, tokens: Sequence[Token], vocabulary: Vocabulary, names: Sequence[str]) -> None:
        super().__init__(text, tokens, vocabulary)
        self.lead_words = words.LEADS | vocabulary.leading
        self.unit_words = words.UNITS | vocabulary.counted
        self.names = frozenset(names)
        self.definitions: dict[str, Node] = {}
        self.found: list[Claim] = []
        self.fresh = True

    # ------------------------------------------------------------------------------------------- words beside a bound

    def unknown_beside(self, token: Token) -> BoundError:
        word = self.text[token.at : token.at + len(token.text)][:20]
        if token.text in words.REFUSED:
            return complain(self.text, token.at, f'"{word}" changes what the bound says', ONE_BOUND)
        advice = "leave out the words: only the bound, reasons in a comment"
        return complain(self.text, token.at, f'"{word}" beside a bound is not understood', advice)

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
        growth = token.text in words.GROWTHS and following.text in ("in", "with")
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

    def counts_parts(self, node: Node) -> bool:
        """Whether the words behind name parts of the network, or the claim is a number, `1 per layer`."""
        if self.sees("word") and isinstance(node, Number) and self.token.text not in words.REFUSED:
            return True
        before = self.tokens[self.index - 1]
        apposed = before.kind == "noun" and self.index > 1 and self.tokens[self.index - 2].kind == "name"
        return apposed or self.sees("word", *(words.COUNTED - self.unit_words))

    def opens_clause(self) -> bool:
        relation = is_relation(self.token) and self.token.text not in self.unit_words
        return relation or self.sees("word", *words.OPENING)

    # ------------------------------------------------------------------------------------------------ definitions

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
        related = is_relation(self.token)
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
        related = is_relation(following) or following.text in ("constant", "const", "a", "an", "some", "any")
        return here.kind == "name" and here.text in self.names and related

    def definition(self) -> None:
        token = self.take()
        while is_relation(self.token):
            self.take()
        node = self.constant_named() or self.sum()
        if variables_in(node) & self.names or token.text in self.definitions:
            raise self.fail(f'"{token.text}" is defined by itself, or twice', ONE_BOUND, token)
        while self.sees("noun") or self.sees("word", *self.unit_words, *words.COUNTED, "the"):
            self.take()
        self.definitions[token.text] = node
        self.fresh = False

    def reversed_definition(self, node: Node) -> bool:
        """Whether the claim is one side of a definition, `H W = n`."""
        name = self.tokens[self.index + 1]
        if not (is_relation(self.token) and name.kind == "name" and name.text in self.names):
            return False
        if self.tokens[self.index + 2].kind not in ("end", "mark", "comma", "close") or name.text in self.definitions:
            return False
        self.index += 2
        self.definitions[name.text] = node
        return True

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
