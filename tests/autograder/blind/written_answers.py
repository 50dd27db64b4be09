"""Made-up answers to a written question: independent ones, copies with changes, and the rows they belong to."""

from __future__ import annotations

import random
from fractions import Fraction

from autograder.blind.collect import WrittenAnswer
from autograder.regrade.gradebook import Column

COLUMNS = (
    Column("1.1", "Weights", Fraction(1, 4)),
    Column("2.3", "Why the gradient does not explode", Fraction(1, 2), graded="written", extra_credit=True),
    Column("3.2b", "Why it is easier to train", Fraction(1, 2), graded="written"),
    Column("4.3", "PixelCNN versus MDRNN", Fraction(1), graded="written", extra_credit=True),
)
# Three people on one topic, none of whom read another.
INDEPENDENT = (
    "The error signal of the cell is carried from one time step to the one before by the forget gate alone: c_bar(t) "
    "gets c_bar(t+1) times f(t+1). Since the forget gate is a sigmoid it lies between zero and one, so a product of "
    "many of them can shrink but it cannot grow without bound. In an ordinary RNN the same role is played by the "
    "recurrent weight matrix, whose largest singular value may be above one, and then the product explodes. The paths "
    "through the gates multiply by derivatives of the sigmoid, which are at most a quarter.",
    "In an LSTM the gradient flows back through the memory cell additively. Each step multiplies it with the forget "
    "gate activation, a value in (0, 1), and therefore it never gets larger along this path. A vanilla recurrent "
    "network multiplies by the same weight matrix again and again, which leads to exponential growth if its spectral "
    "radius exceeds 1. The LSTM avoids that because there is no weight matrix between c(t-1) and c(t).",
    "Because c(t) = f c(t-1) + i g the derivative of c(t) with respect to c(t-1) is just the forget gate f, and f is "
    "between zero and one since it is a sigmoid. So the gradient does not explode: the product of forget gates is at "
    "most one. In a normal RNN the derivative is w times the derivative of tanh and it can be larger than one.",
)
SYLLABLES = ("ga", "ter", "lo", "min", "ra", "sig", "net", "cel", "po", "tan", "ve", "xi", "dra", "mu", "os", "fe")


def changed(text: str, every: int, rng: random.Random) -> str:
    """A copy with one word in `every` replaced."""
    words = text.split(" ")
    for at in range(rng.randrange(every), len(words), every):
        words[at] = word(rng)
    return " ".join(words)


def word(rng: random.Random) -> str:
    return "".join(rng.choices(SYLLABLES, k=rng.randint(1, 4)))


def essay(rng: random.Random, words: int = 90) -> str:
    """An answer that is like no other."""
    return " ".join(word(rng) for _ in range(words)).capitalize() + "."


def classful(count: int, row: str = "2.3", seed: int = 7) -> list[WrittenAnswer]:
    """A class: one in eight hands in nothing, one in eight copies, one in twelve copies every letter."""
    rng = random.Random(seed)
    answers: list[str] = []
    for at in range(count):
        if at % 8 == 5:
            answers.append(" \n")
        elif at % 8 == 6:
            answers.append(changed(answers[at - 3], 9, rng))
        elif at % 12 == 9:
            answers.append(answers[at - 7])
        else:
            answers.append(INDEPENDENT[at] if at < 3 else essay(rng, rng.randint(15, 160)))
    return [WrittenAnswer(str(1000 + at), row, text) for at, text in enumerate(answers)]
