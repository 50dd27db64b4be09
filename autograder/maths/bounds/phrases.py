"""Mathematics in words, as the signs that it stands for: `k squared`, `d times k`, `max of H and W`.

A word is a sign only where mathematics stands on the sides that it needs: "O(n) over all pixels" divides nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from autograder.maths.bounds import words
from autograder.maths.bounds.tokens import Token, ends_atom
from autograder.maths.bounds.vocabulary import Vocabulary


def _phrases(by_sign: dict[str, tuple[str, ...]]) -> dict[tuple[str, ...], str]:
    return {tuple(phrase.split()): sign for sign, phrases in by_sign.items() for phrase in phrases}


# Sign -> the phrases that say it, the longer of two that begin alike first.
_BETWEEN = _phrases(
    {
        "*": ("multiplied by", "multiplied with", "times", "into", "mal", "乘"),
        "/": ("divided by", "over"),
        "^": ("to the power of", "to the power", "raised to the power of", "raised to", "hoch"),
        "+": ("plus",),
        "-": ("minus",),
    }
)
_BEHIND = _phrases({"2": ("whole square", "squared", "square", "sq", "quadrat"), "3": ("cubed", "cube")})
_BEFORE = _phrases({"sqrt": ("square root of", "root of"), "log": ("logarithm of",)})
_LISTS = {"max": "max", "maximum": "max", "larger": "max", "largest": "max", "min": "min", "smallest": "min"}
_LISTS |= {"sum": "sum", "product": "product"}


def spelled_out(tokens: Sequence[Token], vocabulary: Vocabulary) -> list[Token]:
    """The tokens with signs for the phrases, `{O}` for O, and hyphens in words and dashes taken for what they are."""
    opening = words.LEADS | words.UNITS | words.ONES | words.REASONS | vocabulary.leading | vocabulary.counted
    result: list[Token] = []
    index = 0
    while index < len(tokens):
        taken = _phrase(tokens, index, result) or _dash(tokens, index, result, opening)
        taken = taken or _letter_o(tokens, index, result)
        if not taken:
            result.append(tokens[index])
        index += taken or 1
    return result


def starts_atom(tokens: Sequence[Token], index: int) -> bool:
    """Whether a factor may start at the token, "the number of layers" included."""
    while tokens[index].kind == "word" and tokens[index].text in words.DETERMINERS:
        index += 1
        if tokens[index].kind in ("number", "name", "open"):
            return False
    constant = tokens[index].kind == "word" and tokens[index].text in ("constant", "const", "two", "three")
    return constant or tokens[index].kind in ("number", "name", "noun", "open", "call")


def _phrase(tokens: Sequence[Token], index: int, before: list[Token]) -> int:
    """Appends the sign of the phrase that starts here, and returns how many tokens it has; 0 if none does."""
    token = tokens[index]
    last = before[-1] if before else None
    if token.kind == "call" and token.text in ("O", "log", "sqrt") and tokens[index + 1].text == "of":
        if token.text != "O":
            before.append(token)
        return 2
    if token.kind != "word":
        return 0
    sides: tuple[tuple[str, dict[tuple[str, ...], str], Callable[[int], bool]], ...] = (
        ("op", _BETWEEN, lambda behind: ends_atom(last) and starts_atom(tokens, behind)),
        ("super", _BEHIND, lambda behind: ends_atom(last) and tokens[behind].text != "root"),
        ("call", _BEFORE, lambda behind: not ends_atom(last) and starts_atom(tokens, behind)),
    )
    for kind, table, fits in sides:
        for phrase, sign in table.items():
            words_here = tuple(one.text for one in tokens[index : index + len(phrase)] if one.kind == "word")
            if words_here == phrase and fits(index + len(phrase)):
                before.append(Token(kind, sign, token.at, token.spaced))
                return len(phrase)
    return _list(tokens, index, before)


def _list(tokens: Sequence[Token], index: int, before: list[Token]) -> int:
    """`max of a, b and c`: a call, the "of" left standing."""
    token, behind = tokens[index], index + 2
    if token.text not in _LISTS or tokens[index + 1].text not in ("of", "between"):
        return 0
    while tokens[behind].text in ("the", "all", "both"):
        behind += 1
    if not starts_atom(tokens, behind):
        return 0
    before += [
        Token("call", _LISTS[token.text], token.at, token.spaced),
        Token("word", "of", tokens[index + 1].at, True),
    ]
    return 2


def _dash(tokens: Sequence[Token], index: int, before: list[Token], opening: frozenset[str]) -> int:
    """A hyphen within a word, `matrix-vector`, `big-O`, is dropped; a dash before or behind words ends a clause.

    opening: words that begin a clause behind a dash.
    """
    token = tokens[index]
    if token.kind != "op" or token.text not in "-/":
        return 0
    following = tokens[index + 1]
    if token.text == "/":  # `O(n) // one per layer`
        comment = following.kind == "op" and following.text == "/" and tokens[index + 2].kind == "word"
        before += [Token("mark", ".", token.at, True)] if comment else []
        return 2 if comment else 0
    last = before[-1] if before else None
    if token.text == "-" and following.text in ("squared", "square", "cubed") and not token.spaced:
        return 1
    prose = following.kind == "word" and len(following.text) > 1 and not following.text.startswith("const")
    behind_word = last is not None and last.kind == "word" and len(last.text) > 1
    if behind_word and not token.spaced and not following.spaced and following.kind in ("word", "call", "noun"):
        return 1
    several = prose and tokens[index + 2].kind in ("word", "noun", "end", "op")
    if token.spaced and (behind_word or (several and following.text in opening)):
        before.append(Token("mark", ".", token.at, True))
        return 1
    return 1 if behind_word and following.kind == "op" else 0


def _letter_o(tokens: Sequence[Token], index: int, before: list[Token]) -> int:
    r"""`{O}` and `{\cal O}` are the letter, `{+}` is the sign, `{}` is nothing."""
    kinds = [token.kind for token in tokens[index : index + 3]]
    if kinds[:2] == ["open", "close"] and tokens[index].text == "{" and before and before[-1].kind != "call":
        return 2
    if kinds == ["open", "op", "close"] or (kinds == ["open", "call", "close"] and tokens[index + 1].text == "O"):
        before.append(tokens[index + 1])
        return 3
    return 0


# ------------------------------------------------------------------------------------------------ words in brackets


def prose_brackets(tokens: Sequence[Token]) -> dict[int, int]:
    """Where each bracket that holds words, and is no function's, opens and closes."""
    found: dict[int, int] = {}
    stack: list[tuple[int, bool]] = []
    for index, token in enumerate(tokens):
        if token.kind == "open":
            stack.append((index, False))
        elif token.kind == "close" and stack:
            start, wordy = stack.pop()
            before = tokens[start - 1] if start else tokens[-1]
            nothing_but_words = all(one.kind in ("word", "noun") for one in tokens[start + 1 : index])
            beside = before.kind in ("name", "close", "super", "number") and nothing_but_words and index > start + 1
            if (wordy or beside) and before.kind not in ("call", "op") and before.text != "of":
                found[start] = index
        elif stack and _is_wordy(token, tokens, index):
            stack[-1] = (stack[-1][0], True)
    return found


def _is_wordy(token: Token, tokens: Sequence[Token], index: int) -> bool:
    if token.kind == "noun":  # `(d layers)` explains, `(depth width)` multiplies
        return tokens[index - 1].kind == "name"
    if token.kind == "word":
        return token.text not in words.DETERMINERS and token.text not in words.CONSTANTS
    return token.kind in ("rel", "mark")
