"""Decisions that are void: what was decided was for another answer than the one that is handed in now.

Theory of operation. When grades are published, the folder keeps for each decision the answer that it was for (as the
zip for Gradescope does, `gradescope.decisions`): the text of a written row, else the file of the question with what it
imports of the student's own; for a bonus or a penalty, all of it. A decision counts while the answer is that one. One
of a submission that is handed in no more is void once its student has handed in another. Points, reason or name that
change make a new decision, which is for the answer as it is then.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

import msgspec

from autograder.assignment.link import LinkedRow
from autograder.core.digest import digest
from autograder.core.outcome import BONUS, PENALTY
from autograder.core.points import counted, points_text
from autograder.core.submission import Submission
from autograder.gradescope.decisions import answer_of, whole_receipt
from autograder.intake.identity import student_of
from autograder.regrade.gradebook import Decision
from autograder.regrade.needs import Need
from autograder.regrade.publish import report_of
from autograder.regrade.regrader import Regrading
from autograder.regrade.store import Store
from autograder.regrade.store_file import StoreError
from autograder.regrade.totals import Old

FACT = "decided"  # of the store


class Answered(msgspec.Struct, frozen=True):
    """What a decision was for: the digest of the submission, that of the answer, and its points in words."""

    content: str
    answer: str
    points: str


class Decided(msgspec.Struct, frozen=True):
    """What was decided of one submission: whose it is, and row -> digest of the decision -> what it was for."""

    people: tuple[str, ...]
    rows: dict[str, dict[str, Answered]]


Kept = Mapping[str, Decided]
_kept = msgspec.json.Decoder(dict[str, Decided])


def kept(store: Store) -> Kept:
    """What the folder keeps of decisions that were published; {} for nothing yet."""
    text = store.fact(FACT)
    try:
        return _kept.decode(text) if text else {}
    except msgspec.DecodeError as error:
        raise StoreError(
            f"what {store.path} keeps of decisions cannot be read ({error}): grade the export into a new folder."
        ) from None


def apart(decisions: Sequence[Decision], regrading: Regrading) -> tuple[list[Decision], list[Need]]:
    """The decisions that count, in their order, and what somebody must look at since one is void."""
    before, contents, answers = kept(regrading.store), regrading.store.contents(), _Answers(regrading)
    valid: list[Decision] = []
    void: list[Need] = []
    for one in decisions:
        was = _was(before, one)
        same = was is None or contents.get(one.submission, "") in ("", was.content)
        if was is None or same or was.answer == answers.of(one):
            valid.append(one)
        else:
            why = f"what was decided ({was.points}) was for another answer, so it is void"
            void.append(Need(one.submission, one.row, why))
    counts = {(one.submission, one.row) for one in valid}
    found = [*void, *_of_earlier(before, regrading)]
    return valid, [one for one in found if (one.submission, one.row) not in counts]


def facts(decisions: Sequence[Decision], regrading: Regrading) -> dict[str, str]:
    """What to keep when grades are published. decisions: all that there are, void ones too."""
    before, contents, answers = kept(regrading.store), regrading.store.contents(), _Answers(regrading)
    abouts = regrading.store.abouts()
    now: dict[str, Decided] = {}
    for one in decisions:
        if one.submission not in abouts:
            continue
        people = tuple(filter(None, map(student_of, abouts[one.submission].people)))
        rows = now.setdefault(one.submission, Decided(people, {})).rows.setdefault(one.row, {})
        rows[_digest(one)] = _was(before, one) or Answered(
            contents[one.submission], answers.of(one), counted(abs(one.points))
        )
    gone = {name: told for name, told in before.items() if name not in abouts}
    return {FACT: msgspec.json.encode({**gone, **now}).decode()} if before or now else {}


def without_decided(old: Mapping[str, Old], before: Kept, rows: Sequence[LinkedRow]) -> dict[str, Old]:
    """Old grades without what people decided; a total is not known where they overruled a row that a spec grades."""
    theirs = {BONUS, PENALTY, *(linked.name for linked in rows if linked.row.graded == "written")}
    found = dict(old)
    for name in old.keys() & before.keys():
        points = {row: earned for row, earned in old[name].points.items() if row not in before[name].rows}
        known = before[name].rows.keys() <= theirs and old[name].total is not None
        found[name] = Old(sum(points.values(), Fraction(0)) if known else None, points)
    return found


def _of_earlier(before: Kept, regrading: Regrading) -> Iterator[Need]:
    """What was decided of submissions that are not handed in now, on those that their students handed in."""
    abouts = regrading.store.abouts()
    gone = {name: told for name, told in before.items() if name not in abouts}
    if not gone:
        return
    by_person: dict[str, list[str]] = {}
    for name, about in abouts.items():
        for person in about.people:
            by_person.setdefault(student_of(person), []).append(name)
    for name, told in gone.items():
        now = dict.fromkeys(here for person in told.people for here in by_person.get(person, ()))
        for row, decided in told.rows.items():
            points = " and ".join(dict.fromkeys(one.points for one in decided.values()))
            why = f"what was decided ({points}) was for submission {name}, which this one replaces, so it is void"
            yield from (Need(here, row, why) for here in now)


def _was(before: Kept, decision: Decision) -> Answered | None:
    told = before.get(decision.submission)
    return told.rows.get(decision.row, {}).get(_digest(decision)) if told is not None else None


def _digest(decision: Decision) -> str:
    return digest([points_text(decision.points), decision.reason, decision.who])


class _Answers:
    """The answers of submissions as they are, each looked at once."""

    def __init__(self, regrading: Regrading) -> None:
        self._regrading = regrading
        self._known: dict[str, dict[str, str]] = {}

    def of(self, decision: Decision) -> str:
        """The digest of the answer that a decision on this row would be for."""
        name = decision.submission
        if name not in self._known:
            self._known[name] = self._all(name)
        return self._known[name].get(decision.row, "")

    def _all(self, name: str) -> dict[str, str]:
        regrading = self._regrading
        submission = regrading.store.submission(name) or Submission()
        marks, rows = report_of(regrading, name, submission).marks, regrading.appraiser.rows
        found = {linked.name: answer_of(mark, linked, submission) for mark, linked in zip(marks, rows, strict=True)}
        whole = whole_receipt(submission, regrading.setting.assignment.rubric.files())
        return {row: digest([answer]) for row, answer in {**found, BONUS: whole, PENALTY: whole}.items()}
