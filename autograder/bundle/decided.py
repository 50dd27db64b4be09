"""What people decided in a folder of grades, for the zip: written points, overrides, bonuses and penalties.

The file says of nobody who it is (`gradescope.decisions`). The salt follows from what is decided, so that the same
folder gives the same zip.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path

import msgspec

from autograder.assignment.load import Assignment, load_assignment
from autograder.bundle.archive import BundleError
from autograder.core.command import again
from autograder.core.outcome import BONUS, PENALTY, Outcome
from autograder.core.points import points_text
from autograder.core.submission import Submission
from autograder.core.text import number_of
from autograder.gradescope import decisions as on_gradescope
from autograder.gradescope.decisions import MAX_BYTES, Written
from autograder.intake.entry import About, Person
from autograder.intake.identity import normal, normal_email, normal_name
from autograder.intake.source import some
from autograder.regrade import void
from autograder.regrade.csv_io import read_table
from autograder.regrade.decided import decided_in
from autograder.regrade.fingerprint import fingerprint
from autograder.regrade.gradebook import Decision
from autograder.regrade.memory import kept_rubric
from autograder.regrade.output_dir import GRADES
from autograder.regrade.publish import report_of
from autograder.regrade.regrader import Regrading, Setting
from autograder.regrade.store import Store
from autograder.regrade.store_file import is_store
from autograder.regrade.totals import by_submission

LONGEST = 10_000  # characters of a comment
SHORTEST_SID = 4  # characters: a shorter one is too often a number that means something else
Told = tuple[str, ...]


class Placed(msgspec.Struct, frozen=True):
    """One decision, and the answer that it is for."""

    submission: str
    row: str
    answer: str
    written: Written


def collected(folder: Path, root: Path) -> tuple[bytes, Told]:
    """The file for the zip, and sentences on what is in it and what is not. Raises BundleError."""
    if not is_store(folder):
        raise BundleError(f"{folder} is no folder that `regrade -o` wrote: give it to --decisions.")
    table = read_table(folder / GRADES, ("submission",), ("email",))
    if table.records and "email" not in table.header:
        raise BundleError(
            f"{folder} was graded with --anonymous, and a decision finds its student by the e-mail: run"
            f" `regrade EXPORT -o {folder}` without it first."
        )
    assignment = load_assignment(root)
    _same_rubric(assignment, folder)
    with Store(folder, write=False) as store:
        regrading = Regrading(Setting(assignment, fingerprint(root, assignment.rubric.files())), store, None)
        abouts = store.abouts()
        decisions, told = decided_in(folder, regrading.appraiser.columns, list(abouts.values()))
        decisions, voided = void.apart(decisions, regrading)
        decided = by_submission(decision for decision in decisions if decision.submission in abouts)
        placed = list(_placed(regrading, decided))
    people = {name: _emails(about) for name, about in abouts.items()}
    if placed and not any(people[decision.submission] for decision in placed):
        raise BundleError(f"{folder} names no student's e-mail, and a decision finds its student by it.")
    _refuse_names(placed, [person for about in abouts.values() for person in about.people])
    data = _encoded(placed, people)
    if len(data) > MAX_BYTES:
        raise BundleError(
            f"what people decided in {folder} takes {len(data) / 1e6:.1f} MB, and the zip carries {MAX_BYTES >> 20} MB"
            " of it: shorten the longest comments."
        )
    if voided:
        names = list(dict.fromkeys(decision.submission for decision in voided))
        told.append(f"Not in the zip, since void (decided for another answer): on submissions {some(names)}.")
    return data, (*told, *_said(placed, people))


def _same_rubric(assignment: Assignment, folder: Path) -> None:
    kept = kept_rubric(folder)
    if kept is None:
        raise BundleError(f"{folder} holds no grades yet: let `regrade -o` end first.")
    if kept.hash != assignment.rubric_file.hash:
        words = (str(folder), "-o", str(folder), "--rubric", str(assignment.root / "tests" / "rubric.yaml"))
        raise BundleError(
            f"{folder} was graded under another rubric than {assignment.rubric_file.name}, which goes into the zip:"
            f" grade it under this one first, `{again('regrade', *words, root=assignment.root)}`."
        )


def _placed(regrading: Regrading, decided: Mapping[str, Mapping[str, Decision]]) -> Iterator[Placed]:
    """Each decision with its answer. Raises BundleError where an answer is not known."""
    rows = regrading.appraiser.rows
    files = regrading.setting.assignment.rubric.files()
    for name, decisions in decided.items():
        submission = regrading.store.submission(name) or Submission()
        for linked, mark in zip(rows, report_of(regrading, name, submission).marks, strict=True):
            if linked.name not in decisions:
                continue
            if linked.row.graded == "written" and mark.outcome is Outcome.INTERNAL:
                raise BundleError(
                    f"submission {name}: its answer to {linked.name} was not read by this version of the project:"
                    " grade the export again into its folder first."
                )
            answer = on_gradescope.answer_of(mark, linked, submission)
            yield Placed(name, linked.name, answer, _written(decisions[linked.name]))
        for kind in (BONUS, PENALTY):
            if kind in decisions:
                yield Placed(name, kind, on_gradescope.whole_receipt(submission, files), _written(decisions[kind]))


def _written(decision: Decision) -> Written:
    return Written(points_text(decision.points), decision.reason[:LONGEST])


def _emails(about: About) -> tuple[str, ...]:
    return tuple(dict.fromkeys(email for person in about.people if (email := person.email.strip().lower())))


def _encoded(placed: Sequence[Placed], people: Mapping[str, Sequence[str]]) -> bytes:
    """The file: places and keys in order, so that it does not tell the order of the class."""
    salt = hashlib.sha256(msgspec.json.encode([placed, people])).hexdigest()[:32]
    written = sorted({one.written for one in placed}, key=lambda one: (one.points, one.comment))
    index = {one: at for at, one in enumerate(written)}
    places: dict[str, dict[str, tuple[int, ...]]] = {}
    for one in placed:
        for email in people[one.submission]:
            who = on_gradescope.person(email, salt)
            keys = places.setdefault(on_gradescope.place_of(who, one.row), {})
            key = on_gradescope.key_of(who, one.row, one.answer)
            keys[key] = tuple(sorted({*keys.get(key, ()), index[one.written]}))
    ordered = {place: dict(sorted(places[place].items())) for place in sorted(places)}
    return msgspec.json.encode(on_gradescope.Decisions(salt, "after_published", ordered, tuple(written))) + b"\n"


def _said(placed: Sequence[Placed], people: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """How many decisions are in it, what is left out, and what contradicts."""
    known = [one for one in placed if people[one.submission]]
    yield f"Decisions of people: {len(known):,}, on {number_of(len({one.submission for one in known}), 'submission')}."
    if nameless := dict.fromkeys(one.submission for one in placed if not people[one.submission]):
        yield f"Not in the zip, since no e-mail is known: submissions {some(list(nameless))}."
    both: dict[tuple[str, str, str], dict[str, str]] = {}
    for one in known:
        for email in people[one.submission]:
            both.setdefault((email, one.row, one.answer), {})[one.written.points] = one.submission
    disagree = sorted(
        {f"{row}: {some(sorted(found.values()))}" for (_, row, _), found in both.items() if len(found) > 1}
    )
    for said in disagree:
        yield f"Two decisions disagree on one answer, and neither will be used: row {said}."


# ----------------------------------------------------------------------------------------------- names in comments


def _refuse_names(placed: Iterable[Placed], people: Iterable[Person]) -> None:
    """Raises BundleError for comments with a student's e-mail, sid or full name: the zip holds none."""
    words, names = _known(people)
    found = [
        f"row {decision.row} of submission {decision.submission}"
        for decision in placed
        if _names(decision.written, words, names)
    ]
    if found:
        raise BundleError(
            f"the zip holds no student's name, e-mail or sid, but the comments of these decisions do: {some(found)}."
            " Write them without, in the responses or overrides.csv, and merge or regrade again."
        )


def _known(people: Iterable[Person]) -> tuple[AbstractSet[str], AbstractSet[tuple[str, ...]]]:
    words: set[str] = set()
    names: set[tuple[str, ...]] = set()
    for person in people:
        words |= {word for word in (normal_email(person.email), normal(person.sid)) if len(word) >= SHORTEST_SID}
        name = tuple(re.findall(r"\w+", normal_name(person.name)))
        names |= {name, (name[-1], *name[:-1])} if len(name) > 1 else set()
    return words, names


def _names(written: Written, words: AbstractSet[str], names: AbstractSet[tuple[str, ...]]) -> bool:
    said = normal(written.comment)
    if any(word.strip(".,;:()<>") in words for word in said.split()) or not words.isdisjoint(re.findall(r"\w+", said)):
        return True
    parts = re.findall(r"\w+", said)
    lengths = {len(name) for name in names}
    return any(tuple(parts[at : at + length]) in names for length in lengths for at in range(len(parts)))
