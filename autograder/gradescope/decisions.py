"""What people decided, as a zip for Gradescope carries it: each decision finds its answer, and the file names nobody.

Theory of operation. A decision belongs to a person, a row and an answer. The file keeps, in place of them,

    person = scrypt(e-mail in lower case, salt)                one a submitter: 16 MB and some 50 ms each
    place  = HMAC-SHA256(person, row)                          somebody decided something here
    key    = HMAC-SHA256(person, row, answer as it was read)   and it was for this answer

The answer of a written row is its text; that of any other row is the file of its question with what it imports of the
student's own. So an answer that is not the one that was read has a place and no key: the decision is void, and the
staff are told. Any member of a group finds it. Whoever has the file and the class list can see at which places
something was decided, and whoever has the answers too, what: it is closed to all but root, and read after the last
student process.
"""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

import msgspec
from msgspec.structs import replace

from autograder.assignment.link import LinkedRow
from autograder.assignment.rubric import SHOWN, Visibility
from autograder.core.digest import digest
from autograder.core.errors import AutograderError
from autograder.core.outcome import BONUS, FOR_A_PERSON, PENALTY, Adjustment, Mark, Outcome, Report
from autograder.core.points import decimal_text
from autograder.core.receipt import of_question
from autograder.core.submission import Submission
from autograder.grading.row import ARRIVED

FILE = "decisions.json"
MAX_BYTES = 5 << 20


class DecisionsUnreadable(AutograderError):
    """The zip's decisions cannot be read: a fault of ours, so nobody is graded without them."""


class Written(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a person decided: points as exact text such as "1/2", and the comment for the student."""

    points: str
    comment: str = ""


class Decisions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file. visibility: of a decided row, at the earliest. places: place -> key -> which of `written`."""

    salt: str
    visibility: Visibility
    places: dict[str, dict[str, tuple[int, ...]]]
    written: tuple[Written, ...]


def read_decisions(path: Path) -> Decisions:
    """The decisions in a file. Raises DecisionsUnreadable."""
    try:
        return decisions_in(path.read_bytes())
    except OSError as error:
        raise DecisionsUnreadable(f"{path.name} cannot be read: {error.strerror or error}") from error


def decisions_in(data: bytes) -> Decisions:
    """The decisions in a file's bytes. Raises DecisionsUnreadable."""
    try:
        found = msgspec.json.decode(data, type=Decisions)
        bytes.fromhex(found.salt)
        for one in found.written:
            Fraction(one.points)
        places = (at for keys in found.places.values() for chosen in keys.values() for at in chosen)
        if any(not 0 <= at < len(found.written) for at in places):
            raise ValueError("it refers to what is not there")
    except (msgspec.DecodeError, ValueError, ZeroDivisionError) as error:
        raise DecisionsUnreadable(f"{FILE} is not as `bundle gradescope --decisions` writes it: {error}") from error
    return found


# ---------------------------------------------------------------------------------------------------------------- keys


@lru_cache(maxsize=1 << 14)
def person(email: str, salt: str) -> bytes:
    """What stands for a person: slow to find for who tries a list of addresses, and another one in another zip."""
    word = unicodedata.normalize("NFC", email.strip().lower()).encode("utf-8", "replace")
    return hashlib.scrypt(word, salt=bytes.fromhex(salt), n=1 << 14, r=8, p=1, maxmem=64 << 20, dklen=32)


def place_of(who: bytes, row: str) -> str:
    """Where decisions on a row of a person stand."""
    return _mac(who, "place", row)


def key_of(who: bytes, row: str, answer: str) -> str:
    """Where a decision on an answer stands."""
    return _mac(who, "key", row, answer)


def _mac(who: bytes, *parts: str) -> str:
    encoded = (part.encode("utf-8", "surrogatepass") for part in parts)
    whole = b"".join(len(data).to_bytes(8, "big") + data for data in encoded)
    return hmac.new(who, whole, hashlib.sha256).hexdigest()[:32]


def answer_of(mark: Mark, linked: LinkedRow, submission: Submission) -> str:
    """The answer that a row's decision is for, as it was read."""
    if linked.row.graded == "written" and mark.feedback.startswith(ARRIVED):
        return mark.feedback.removeprefix(ARRIVED)
    return of_question(submission, linked.question.file)


def whole_receipt(submission: Submission, files: Sequence[str]) -> str:
    """What an adjustment of the total is for: everything that was handed in."""
    return digest([of_question(submission, file) for file in files])


# ------------------------------------------------------------------------------------------------------------- applied


class Found(msgspec.Struct, frozen=True):
    """What was found for one row: a decision, or why none is used, for the staff."""

    points: Fraction | None = None
    comment: str = ""
    why_not: str = ""


def look_up(kept: Decisions, emails: Iterable[str], row: str, answer: str) -> Found:
    """The decision on an answer that any of the submitters gave."""
    decided: dict[Written, None] = {}
    void = False
    for email in emails:
        who = person(email, kept.salt)
        keys = kept.places.get(place_of(who, row), {})
        chosen = keys.get(key_of(who, row, answer), ())
        void = void or (bool(keys) and not chosen)
        decided.update({kept.written[at]: None for at in chosen})
    points = {Fraction(one.points) for one in decided}
    if len(points) > 1:
        said = " and ".join(sorted(decimal_text(one) for one in points))
        return Found(why_not=f"two decisions disagree ({said} points), so neither is used")
    if not points:
        return Found(why_not="what was decided was for another answer, so it is void" if void else "")
    comments = dict.fromkeys(one.comment for one in decided if one.comment)
    return Found(points.pop(), "\n\n".join(comments))


def decided(
    report: Report, rows: Sequence[LinkedRow], submission: Submission, emails: Sequence[str], kept: Decisions
) -> Report:
    """The report with what people decided of these answers, and a sentence for the staff on what is not used."""
    if not emails:
        return replace(report, staff_notes=(*report.staff_notes, f"{FOR_A_PERSON}{_NOBODY}"))
    files = tuple(dict.fromkeys(linked.question.file for linked in rows))
    marks: list[Mark] = []
    notes: list[str] = []
    for mark, linked in zip(report.marks, rows, strict=True):
        found = look_up(kept, emails, linked.name, answer_of(mark, linked, submission))
        if found.points is not None:
            mark = decided_mark(mark, found.points, found.comment, kept.visibility)
        elif found.why_not:
            mark = replace(mark, staff=f"{FOR_A_PERSON}{found.why_not}\n{mark.staff}".strip())
        marks.append(mark)
    more = []
    for kind in (BONUS, PENALTY):
        found = look_up(kept, emails, kind, whole_receipt(submission, files))
        notes += [f"{FOR_A_PERSON}{kind}: {found.why_not}"] if found.why_not else []
        more += [] if found.points is None else [Adjustment(found.points, found.comment, kept.visibility)]
    return replace(report, marks=tuple(marks), adjustments=tuple(more), staff_notes=(*report.staff_notes, *notes))


def decided_mark(mark: Mark, points: Fraction, comment: str, visibility: str = "visible") -> Mark:
    """The mark with a person's points and comment above what the machine said; it may be seen later, never earlier."""
    told = mark.feedback.replace(ARRIVED, "Your answer:\n\n", 1) if mark.feedback.startswith(ARRIVED) else mark.feedback
    return replace(
        mark,
        decided=True,
        outcome=Outcome.WRITTEN if mark.outcome is Outcome.INTERNAL else mark.outcome,
        fraction=points / mark.max_points if mark.max_points else Fraction(0),
        feedback="\n\n".join(part for part in (comment, told) if part),
        visibility=max(mark.visibility, visibility, key=SHOWN.index),
    )


_NOBODY = "the metadata names no e-mail, so nothing that people decided can be found for this submission"
