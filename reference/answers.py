"""What a spec may ask of the answers: its `reference` fixture is an `Answers`.

Read from key.json and also_accept.yaml; pure Python, so that grading needs no torch. What explains a wrong answer is
imported when it is asked for.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from fractions import Fraction
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar

import msgspec

from autograder.maths.bounds import Bound, compare

KEYS = ("row", "answer", "credit", "reason")


class BoundAnswer(msgspec.Struct, frozen=True):
    """The answer to an O(.) question.

    truth:     the right bound, for example "d k^2 H W".
    ceiling:   the loosest upper bound that still earns the row's loose_credit, or None if no loose one does.
    variables: the variables it may use.
    """

    truth: str
    ceiling: str | None
    variables: tuple[str, ...]


class Guidance(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a person who grades a written row looks for. step: what its points are a multiple of, None for any."""

    criteria: tuple[str, ...] = ()
    step: Fraction | None = None


class AlsoAccepted(msgspec.Struct, frozen=True):
    """One more answer that an instructor accepts in an O(.) row, for `credit` (0 to 1) of its points."""

    row: str
    answer: str
    credit: Fraction
    reason: str


_BOTH = "reads k as the number of channels and as the kernel size at once; the assignment leaves k open"
_SAMPLING = "is the cost of sampling one pixel after the other; the text around it may say that this was meant"
_MISPRINT = (
    "is true of equation (1) as the assignment misprints it, where the neighbours are inputs x, not hidden units h"
)
_KEY = "stands in a published key; with H = 1 it is no upper bound (to accept it: reference/also_accept.yaml)"

# (row, answer, what staff should know of it): an answer that equals it up to constants is graded as usual, and flagged
FLAGGED = (
    ("4.1a", "d k^4 H W", _BOTH),
    ("4.1b", "d log(k)", "counts a tree of additions within each product"),
    ("4.1b", "H W", _SAMPLING),
    ("4.1b", "d H W", _SAMPLING),
    ("4.2a", "d k^4 H W", _BOTH),
    ("4.2b", "d", _MISPRINT),
    ("4.2b", "H + W", "is right if the number of layers d is taken to be constant"),
    ("4.2b", "d sqrt(H W)", _KEY),
)


class Answers(msgspec.Struct, frozen=True):
    """The answer key, and what it can say about a wrong answer.

    parameter_counts:       layer name or "total" -> number (3.1).
    resnet_easier_to_train: "left" or "right" (3.2a).
    """

    present: ClassVar[bool] = True  # what stands in for absent answers says False

    parameter_counts: dict[str, int]
    resnet_easier_to_train: str
    bounds: Mapping[str, BoundAnswer]
    accepted: tuple[AlsoAccepted, ...] = ()

    def bound(self, row: str) -> BoundAnswer:
        """The answer to an O(.) row. KeyError: the row is none."""
        return self.bounds[row]

    def solution(self, question: str) -> ModuleType:
        """The reference's own file of a question, such as "convolutional": for a row whose answer is a constant there.

        ModuleNotFoundError: there is none.
        """
        return import_module(f"reference.{question}")

    def guidance(self, row: str) -> Guidance:
        """What written.yaml says of a written row. OSError, ValueError: it cannot be read."""
        return _guidance(Path(__file__).with_name("written.yaml")).get(row, Guidance())

    def also_accepted(self, row: str) -> tuple[AlsoAccepted, ...]:
        """What an instructor accepts in this row besides the right answer."""
        return tuple(one for one in self.accepted if one.row == row)

    def explain_counts(self, counts: Mapping[str, int]) -> tuple[str, ...]:
        """3.1: sentences for the student that name the misconception behind a wrong total or wrong layers.

        They are hints: whether they are shown is for the rubric to say. Never states a right count.
        """
        from reference.diagnosis.architecture import asked
        from reference.diagnosis.misconceptions import explain

        return explain(counts, asked())

    def explain_gradient(self, *args: Any, **kwargs: Any) -> Any:
        """2.1, 2.2: `reference.diagnosis.lstm.terms.explain` of the same arguments."""
        from reference.diagnosis.lstm.terms import explain

        return explain(*args, **kwargs)

    def flags(self, row: str, answer: str | Bound) -> tuple[str, ...]:
        """4.x: what staff should know about a wrong answer that another reading of the question would make right."""
        text = answer if isinstance(answer, str) else answer.text
        return tuple(
            f"{row}: {text.strip()[:80]!r} {remark}."
            for flagged, known, remark in FLAGGED
            if flagged == row and compare(answer, known, self.bounds[row].variables).verdict == "equal"
        )


def load(directory: Path) -> Answers:
    """The answers kept in a folder. OSError: a file is not there. ValueError: one does not hold what it should."""
    key = json.loads((directory / "key.json").read_text(encoding="utf-8"))
    variables = tuple(key["variables"])
    bounds = {row: BoundAnswer(one["truth"], one["ceiling"], variables) for row, one in key["bounds"].items()}
    accepted = _also_accepted(directory / "also_accept.yaml", tuple(bounds))
    return Answers(key["parameter_counts"], key["resnet_easier_to_train"], bounds, accepted)


@cache
def _guidance(path: Path) -> dict[str, Guidance]:
    """Of each row; read only where people grade."""
    import yaml

    try:
        rows = yaml.safe_load(path.read_text(encoding="utf-8"))
        return msgspec.convert(rows, dict[str, Guidance], dec_hook=lambda _, value: Fraction(str(value)))
    except (yaml.YAMLError, msgspec.ValidationError, ValueError) as error:
        raise ValueError(f"{path.name} is not what its first lines describe: {error}") from error


def _also_accepted(path: Path, rows: tuple[str, ...]) -> tuple[AlsoAccepted, ...]:
    text = path.read_text(encoding="utf-8")
    if [line for line in text.splitlines() if line.strip() and not line.startswith("#")] == ["[]"]:
        return ()  # as it comes; reading YAML is slow to import
    import yaml

    try:
        entries = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError as error:
        raise ValueError(f"{path.name} is not YAML: {error}") from error
    if not isinstance(entries, list):
        raise ValueError(f"{path.name} must be a list of entries with {', '.join(KEYS)}; an empty list is []")
    return tuple(_entry(f"{path.name}, entry {at}", entry, rows) for at, entry in enumerate(entries, start=1))


def _entry(where: str, entry: object, rows: tuple[str, ...]) -> AlsoAccepted:
    if not isinstance(entry, dict) or set(entry) != set(KEYS):
        raise ValueError(f"{where} must have {', '.join(KEYS)}, and nothing else")
    row, answer, credit, reason = (str(entry[key]).strip() for key in KEYS)
    if row not in rows:
        from difflib import get_close_matches  # slow to import, and needed only for a mistake

        close = get_close_matches(row, rows, n=1)
        hint = f"; did you mean {close[0]}?" if close else ""
        raise ValueError(f"{where}: row {row!r} is not one of {', '.join(rows)}{hint}")
    if not answer or not reason:
        raise ValueError(f"{where}: answer and reason must not be empty")
    return AlsoAccepted(row, answer, _credit(where, credit), reason)


def _credit(where: str, credit: str) -> Fraction:
    try:
        fraction = Fraction(credit)
    except (ValueError, ZeroDivisionError):
        fraction = Fraction(-1)
    if not 0 <= fraction <= 1:
        raise ValueError(f"{where}: credit {credit!r} is not a fraction from 0 to 1, such as 1, 1/2 or 0.25")
    return fraction
