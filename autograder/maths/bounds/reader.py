"""The tokens of an answer, read one by one, and the complaints about what stands where something else is expected."""

from __future__ import annotations

from collections.abc import Sequence

from autograder.maths.bounds import words
from autograder.maths.bounds.phrases import prose_brackets
from autograder.maths.bounds.tokens import ONE_BOUND, BoundError, Token, complain
from autograder.maths.bounds.vocabulary import Vocabulary


class Foreign(BoundError):
    """A part that uses a name or a sign that is not read here: beside a part that is read, it may be passed over."""


class Reader:
    """A place in the tokens of one answer. prose: where each bracket that holds words opens and closes."""

    def __init__(self, text: str, tokens: Sequence[Token], vocabulary: Vocabulary) -> None:
        self.text = text
        self.tokens = tokens
        self.variables, self.nouns = vocabulary.variables, vocabulary.nouns
        self.prose = prose_brackets(tokens)
        self.index = 0

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

    def unknown(self, token: Token) -> BoundError:
        """The complaint about a name or a sign that is not known here."""
        problem, _, advice = token.text.partition("\n")
        at = token.at
        if token.kind != "foreign":
            name, at = self.unknown_name(token)
            what = "variable" if len(name) == 1 else "name"
            problem, advice = f'unknown {what} "{name}"; use {", ".join(self.variables)}', ONE_BOUND
        error = complain(self.text, at, problem, advice)
        return Foreign(error.message, error.position)

    def unknown_name(self, token: Token) -> tuple[str, int]:
        """The word itself; of letters written together, `dn`, the one that is no variable."""
        word = self.text[token.at : token.at + len(token.text)]
        rest = word.lstrip("".join(name for name in self.variables if len(name) == 1))
        return (rest, token.at + len(word) - len(rest)) if len(rest) == 1 and len(word) < 4 else (word[:20], token.at)

    def starts(self, index: int) -> bool:
        """Whether an expression starts at the token: determiners only in front of a word for a variable."""
        token = self.tokens[index]
        if token.kind == "open":
            return index not in self.prose
        if token.kind == "word" and token.text in words.DETERMINERS:
            return self.noun_behind(index) >= 0
        return token.kind in ("number", "name", "noun", "call")

    def noun_behind(self, index: int) -> int:
        """The index of the noun that determiners lead to, "the number of layers"; -1 if there is none."""
        while self.tokens[index].kind == "word" and self.tokens[index].text in words.DETERMINERS:
            index += 1
        return index if self.tokens[index].kind == "noun" else -1

    def leftover(self) -> BoundError:
        if self.sees("word") or self.sees("foreign"):
            return self.unknown(self.token)
        if self.sees("close"):
            return self.fail(f'this "{self.token.text}" closes nothing', "remove it, or open a bracket before it")
        if self.sees("comma"):
            return self.fail("a comma has a place only in max(...) and min(...)", ONE_BOUND)
        return self.fail("nothing is expected here", ONE_BOUND)

    def expected_factor(self) -> BoundError:
        if self.sees("word") or self.sees("foreign"):
            return self.unknown(self.token)
        found = "the text ends here" if self.sees("end") else f'"{self.text[self.token.at]}" does not fit here'
        expected = f"expected a variable ({', '.join(self.variables)}), a number or an opening bracket"
        if self.sees("end") and self.tokens[self.index - 1].kind == "op":
            return self.fail(found, f'{expected} after "{self.tokens[self.index - 1].text}"')
        return self.fail(found, expected)

    def misplaced(self) -> BoundError:
        """Nothing fits: an operator without a factor, a bracket that opened nowhere."""
        before = self.tokens[self.index - 1]
        if before.kind in ("word", "foreign") and self.token.kind in ("op", "super", "open"):
            return self.unknown(before)
        if self.token.kind in ("close", "comma"):
            return self.leftover()
        return self.expected_factor()
