"""The words of a question: what stands for its variables, and what may stand beside a bound. The caller gives them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cached_property, lru_cache

import msgspec


class Vocabulary(msgspec.Struct, frozen=True, dict=True):
    """The variables of a question and the words that its students write; case does not matter in a word.

    words:    variable -> the words that stand for it. A key of several variables is their product:
              {"H": ("height", "rows"), "W": ("width",), "H W": ("pixels",)}.
    subjects: what the question is about, which may lead in a bound: "Mergesort takes O(n log n)".
    units:    what a bound counts: "O(n log n) comparisons".

    >>> Vocabulary({"H": ("height",), "W": (), "H W": ("Pixels",)}).nouns
    {'height': ('H',), 'pixels': ('H', 'W')}

    ValueError: a word is said to stand for two things, or a product has a factor that is no variable.
    """

    words: Mapping[str, Sequence[str]]
    subjects: Sequence[str] = ()
    units: Sequence[str] = ()

    def __post_init__(self) -> None:
        spoken = [word.casefold() for words in self.words.values() for word in words]
        twice = next((word for word in spoken if spoken.count(word) > 1), None)
        if twice is not None:
            raise ValueError(f'the word "{twice}" stands for two things: {", ".join(self.words)}')
        unknown = {name for key in self.words for name in key.split()} - set(self.variables)
        if unknown:
            raise ValueError(f"{min(unknown)} is a factor of a product, and no variable: {', '.join(self.words)}")

    def __hash__(self) -> int:
        return hash(self.variables)

    @cached_property
    def variables(self) -> tuple[str, ...]:
        """The names of the variables, in the order of the keys."""
        return tuple(key for key in self.words if len(key.split()) == 1)

    @cached_property
    def nouns(self) -> dict[str, tuple[str, ...]]:
        """The variables that each word stands for, as factors: pixels -> H, W."""
        return {word.casefold(): tuple(key.split()) for key, words in self.words.items() for word in words}

    @cached_property
    def leading(self) -> frozenset[str]:
        """The subjects, in small letters."""
        return frozenset(word.casefold() for word in self.subjects)

    @cached_property
    def counted(self) -> frozenset[str]:
        """The units, in small letters."""
        return frozenset(word.casefold() for word in self.units)


# What a letter usually counts in questions on images and networks: for names that come without words of their own.
USUAL: Mapping[str, tuple[str, ...]] = {
    "d": ("depth", "layer", "layers", "tiefe", "schichten"),
    "l": ("depth", "layer", "layers"),
    "k": ("channel", "channels", "kanäle", "kanaele"),
    "c": ("channel", "channels"),
    "h": ("height", "row", "rows", "höhe", "hoehe", "zeilen"),
    "w": ("width", "column", "columns", "breite", "spalten"),
}
PIXELS = ("pixel", "pixels")


def vocabulary_of(variables: Sequence[str] | Vocabulary) -> Vocabulary:
    """The vocabulary itself, or that of names with the words that such letters usually stand for.

    A word that two of the names would claim means neither.

    >>> vocabulary_of(("d", "n")).nouns["layers"], "layers" in vocabulary_of(("d", "l")).nouns
    (('d',), False)
    """
    return variables if isinstance(variables, Vocabulary) else _usual(tuple(variables))


@lru_cache(maxsize=64)
def _usual(variables: tuple[str, ...]) -> Vocabulary:
    folds = {name.casefold(): name for name in variables}
    if len(folds) < len(variables):
        return Vocabulary(dict.fromkeys(variables, ()))
    claims = Counter(word for fold in folds for word in USUAL.get(fold, ()))
    words = {name: tuple(w for w in USUAL.get(fold, ()) if claims[w] == 1) for fold, name in folds.items()}
    return Vocabulary(words | ({f"{folds['h']} {folds['w']}": PIXELS} if {"h", "w"} <= folds.keys() else {}))
