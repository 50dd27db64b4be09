"""Finds answers in text, in every form that was thought of: the student's zip is searched with it.

It shares no code with the zip's maker. Its own test plants every known right answer and expects to find it.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator
from pathlib import Path

from autograder.maths.bounds import compare
from reference import autoregressive, convolutional, lstm_gradient
from reference.diagnosis.architecture import asked, layers
from reference.diagnosis.misconceptions import counts_of, misconceptions, total_of

ROOT = Path(__file__).resolve().parents[2]
KEY = json.loads((ROOT / "reference" / "key.json").read_text(encoding="utf-8"))
VARIABLES = ("d", "k", "H", "W")
TELLING = 1_500  # a smaller count says nothing by itself
LONG = 10**6  # the first six digits of a larger one are a leak too

# ------------------------------------------------------------------------------------------------------------- counts


@functools.cache
def counts() -> set[int]:
    """Every right count, and every wrong one that names a misconception; small ones say nothing by themselves.

    Nor does a wrong one that is a power of two, such as 4,096: programs are full of them.
    """
    reading = asked()
    wrong = {total_of((one,), reading) for one in misconceptions(reading)}
    layers = {count for one in misconceptions(reading) for count in counts_of((one,), reading).values()}
    telling = {number for number in wrong | layers if number & (number - 1)}
    return {number for number in {*KEY["parameter_counts"].values(), *telling} if number > TELLING}


@functools.cache
def computations() -> tuple[str, ...]:
    """The products that the counts come from: of each layer, and of the map that the first fully connected one sees."""
    reading, found = asked(), []
    for layer in layers(reading):
        if layer.kind == "conv":
            kernel = f"{reading.kernel}*{reading.kernel}"
            found.append(f"{kernel}*{layer.fan_in // reading.kernel**2}*{layer.outputs}")
    *_, last = (layer for layer in layers(reading) if layer.kind != "fc")
    first, *rest = (layer for layer in layers(reading) if layer.kind == "fc")
    found += [f"{layer.fan_in}*{layer.outputs}" for layer in rest]
    return (*found, f"{last.height}*{last.width}", str(first.fan_in))


def numbers_in(text: str) -> Iterator[int]:
    """Whole numbers, also with groups of three and in powers of ten; not the digits of a hash."""
    joined = re.sub(r"(?<=\d)[ ,._'\u00a0\u202f](?=\d{3}(?!\d))", "", text)
    yield from (int(found) for found in re.findall(r"(?<![\w.])\d{4,12}(?![\w])", joined))
    for found in re.findall(r"(?<![\w.])\d\.\d{3,}[eE]\+?\d{1,2}(?!\w)", text):
        yield round(float(found))


def count_leaks(text: str) -> Iterator[str]:
    known = counts()
    yield from (f"the count {number}" for number in numbers_in(text) if number in known)
    bare = re.sub(r"[\s,._']", "", text)
    for number in sorted(KEY["parameter_counts"].values())[-2:]:  # the total and the largest layer
        if number > LONG and re.search(rf"(?<![\da-f]){str(number)[:6]}", bare):
            yield f"the beginning of {number}"
    products = re.sub(r"\s*[x*\N{MULTIPLICATION SIGN}]\s*(?=\d)", "*", text)
    for factors in computations():
        if re.search(rf"(?<![\d*]){re.escape(factors)}(?!\d)", products):
            yield f"the computation {factors}"


# ------------------------------------------------------------------------------------------------------------- bounds

_PIECES = (
    r"(?:\\?[OΘΩ]|\\(?:mathcal|Theta)\S*?)\s*(?:\\left)?\s*\([^\n]{1,60}\)",  # O(...)
    r"[\"'`]([^\"'`\n]{1,60})[\"'`]",
    r"(?<![A-Za-z_.])((?:max|sqrt|[dkDKHWhw0-9²³\s*·⋅^(){}+\-,/\N{MULTIPLICATION SIGN}])+)(?![A-Za-z_])",
)


def bounds_in(text: str) -> set[str]:
    """Pieces of text that could be meant as a bound."""
    text = text.replace("\\\\", "\\")  # as a string in Python may write LaTeX
    found = {piece for pattern in _PIECES for piece in re.findall(pattern, text)}
    shortened = {piece[: end.end()] for piece in found for end in re.finditer(r"\)", piece)}
    return {piece.strip() for piece in (*found, *shortened) if re.search("[dD]", piece) and len(piece) <= 80}


def bound_leaks(text: str) -> Iterator[str]:
    truths = {entry["truth"] for entry in KEY["bounds"].values()}
    for piece in sorted(bounds_in(text)):
        for truth in truths:
            if truth in VARIABLES and not re.search(r"[OΘΩ]\}?\s*\(", piece):
                continue  # a variable by itself says nothing
            if compare(piece, truth, VARIABLES).verdict == "equal":
                yield f"the bound {piece}"


# --------------------------------------------------------------------------------------------- weights and equations

_AT = r"(?:\(t(?:\+1)?\)|\[\w+(?:\+1)?\])?"  # (t), (t+1), [t], [n + 1] or nothing
_FORMS = {
    "the biases": r"-0?\.5,-1\.5,-2\.5|0\.5,1\.5,2\.5",
    "the output weights": r"(?<![\d,])1(\.0)?,-1(\.0)?,1(\.0)?(?![\d,.])|h1-h2\+h3",
    "the carry unit": r"carry(\(t\+1\))?=\[?s>=2|h_?2\(t-1\)|000,100,110|\[0(\.0)?,1(\.0)?,0(\.0)?\]\]?\*3",
    "tanh's derivative": rf"1-(np\.|math\.)?tanh?(\^2|\*\*2)?\(|1-(s\.)?g{_AT}(\^|\*\*)2",
    "sigma's derivative": rf"(?<![a-z])(?:bar\.|s\.)?([ifo])(?:_bar)?{_AT}\*?\(1-(?:s\.)?\1(?![a-z])",
    "a gate's equation": r"c_?bar(\(t\)|\[t\])\*?(s\.)?[gic](\(t|\[t)|bar\.[ch]\[t\]\*",
}


def formula_leaks(text: str) -> Iterator[str]:
    bare = re.sub(r"(?<!\w)\s+|\s+(?!\w)", "", text.lower())  # spaces between words stay: they keep words apart
    for name, form in _FORMS.items():
        found = re.search(form, bare)
        if found:
            yield f"{name}: {found[0]}"


# ------------------------------------------------------------------------------------------------------------- words

WRITTEN = (
    lstm_gradient.WHY_THE_GRADIENT_DOES_NOT_EXPLODE,
    convolutional.RESNET_JUSTIFICATION,
    autoregressive.PIXELCNN_VERSUS_MDRNN,
)
_SIDE = (
    r"(left|right)\b[^.\n]{0,60}\b(easier|identity|skip path|vanish|explode)"
    r"|easier\b[^.\n?]{0,60}\b(the|is) (left|right)\b"
)
_TERMS = r"identity term|skip path|blind spot|unmodified|longest chain|critical path"


def words_of(text: str, size: int = 5) -> set[tuple[str, ...]]:
    words = re.findall(r"[a-z0-9_]+", text.lower())
    return set(zip(*(words[at:] for at in range(size)), strict=False))


def word_leaks(text: str) -> Iterator[str]:
    for run in sorted(words_of(text) & told()):
        yield f"words of a written answer: {' '.join(run)}"
    for form in (_SIDE, _TERMS):
        if found := re.search(form, text.lower()):
            yield f"a key term: {found[0]}"
    if re.search(r"""easier_to_train["']?\s*[:=]\s*["'](left|right)""", text.lower()):
        yield "the easier block"


@functools.cache
def told() -> set[tuple[str, ...]]:
    """Runs of words of the written answers, but for those of the questions themselves."""
    asked = (path.read_text(encoding="utf-8") for path in (ROOT / "student_template").glob("*.py"))
    return set().union(*map(words_of, WRITTEN)).difference(*map(words_of, asked))


def leaks(text: str) -> list[str]:
    """Every answer that stands in a text."""
    found = (*count_leaks(text), *bound_leaks(text), *formula_leaks(text), *word_leaks(text))
    return list(dict.fromkeys(found))
