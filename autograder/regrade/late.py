"""Late work in a class: how late each submission came, and the total after the rubric's rule.

When work was due stands in `late.csv` in the folder of grades, since students get the rubric: a due date for everybody
or a student, Gradescope's own lateness (its file of grades is such a table as it is), late days that are left. Of a
group the latest due date counts, and the fewest late days. What is not known stays empty.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec
from msgspec.structs import replace

from autograder.assignment.late import charge
from autograder.assignment.rubric import Late
from autograder.core.text import one_line
from autograder.gradescope.lateness import read_time
from autograder.intake.entry import Person
from autograder.intake.identity import Directory, Match
from autograder.intake.source import some
from autograder.regrade.csv_io import Record, Table
from autograder.regrade.gradebook import Standing
from autograder.regrade.overrides import Unusable
from autograder.regrade.totals import Old, adjusted_by, total

FILE = "late.csv"
WHO = ("submission", "submission id", "email", "sid", "who")
TOLD = ("due", "lateness", "late_days")
EVERYBODY = ("*", "everybody", "all")
_HOURS = re.compile(r"([0-9]{1,5}):([0-5][0-9]):([0-5][0-9])")


class Times(msgspec.Struct, frozen=True):
    """What is told of one submission: due dates, its lateness in seconds, late days that are left; None: nothing."""

    dues: tuple[datetime, ...] = ()
    seconds: int | None = None
    late_days: int | None = None


class Schedule(msgspec.Struct, frozen=True):
    """What late.csv tells: everybody's due date, and of each submission. sentences: on whatever cannot be used."""

    due: datetime | None = None
    of: Mapping[str, Times] = {}
    sentences: tuple[str, ...] = ()


def schedule(table: Table, standings: Sequence[Standing]) -> Schedule:
    """What a late.csv tells of these submissions."""
    directory = Directory(standings)
    due: datetime | None = None
    of: dict[str, Times] = {}
    sentences = list(table.sentences)
    for record in table.records:
        try:
            told = _told(record)
            if told == Times():
                continue
            everybody = not any(record.get(name) for name in WHO[:-1]) and record.get("who").lower() in ("", *EVERYBODY)
            if everybody:
                due = _everybody(told, due)
                continue
            for name in _whose(record, directory):
                of[name] = _both(of.get(name, Times()), told)
        except Unusable as trouble:
            sentences.append(f"{table.name}, line {record.line}: not used, {trouble}")
    return Schedule(due, of, tuple(sentences))


def _told(record: Record) -> Times:
    due, hours, days = (record.get(name) for name in TOLD)
    when = read_time(due) if due else None
    if due and when is None:
        raise Unusable(f"a time such as 2025-03-02 23:59 -0500 was expected, not {one_line(due, 40)!r}")
    if when is not None and when.tzinfo is None:
        raise Unusable(f"{one_line(due, 40)!r} names no time zone: write it with the offset, such as {due} -0500")
    lateness = _HOURS.fullmatch(hours)
    if hours and lateness is None:
        raise Unusable(
            f"a lateness such as 26:05:00 (hours, minutes, seconds) was expected, not {one_line(hours, 40)!r}"
        )
    if days and not days.isdecimal():
        raise Unusable(f"a number of late days was expected, not {one_line(days, 40)!r}")
    seconds = int(lateness[1]) * 3600 + int(lateness[2]) * 60 + int(lateness[3]) if lateness else None
    return Times((when,) if when else (), seconds, int(days[:6]) if days else None)


def _everybody(told: Times, before: datetime | None) -> datetime:
    if not told.dues or told.seconds is not None or told.late_days is not None:
        raise Unusable("for everybody there is a due date alone; the rest goes with an e-mail, a sid or a submission")
    if before is not None:
        raise Unusable("duplicate due date for everybody")
    return told.dues[0]


def _whose(record: Record, directory: Directory) -> Sequence[str]:
    """The submissions of a line; none for a student of Gradescope's file who handed in nothing."""
    named = record.get("submission") or record.get("submission id") or record.get("who")
    person = Person("", record.get("email"), record.get("sid"))
    match: Match = directory.find(named) if named else directory.find_person(person)
    if not match.one_student:
        raise Unusable(match.said())
    return match.submissions


def _both(one: Times, other: Times) -> Times:
    """What two members of a group have: every due date, the least lateness, the fewest late days."""
    seconds = [s for s in (one.seconds, other.seconds) if s is not None]
    days = [d for d in (one.late_days, other.late_days) if d is not None]
    return Times((*one.dues, *other.dues), min(seconds, default=None), min(days, default=None))


# ---------------------------------------------------------------------------------------------------------- standings


def with_late(
    standings: Sequence[Standing], rule: Late, told: Schedule, old: Mapping[str, Old]
) -> tuple[list[Standing], list[str]]:
    """The standings after the rule, and sentences for the staff."""
    found = [_after(standing, rule, told, old.get(standing.submission)) for standing in standings]
    unknown = [one.submission for one in found if not one.late]
    sentences = list(told.sentences)
    if unknown and not told.due and not told.of:
        sentences.append(f"the rubric has a rule for late work, and nothing says when it was due: write {FILE}")
    elif unknown:
        sentences.append(f"how late is not known, so after_late is empty: submissions {some(unknown)}")
    return found, sentences


def _after(standing: Standing, rule: Late, told: Schedule, old: Old | None) -> Standing:
    times = told.of.get(standing.submission, Times())
    seconds = times.seconds if times.seconds is not None else _seconds(standing.submitted, times.dues, told.due)
    before = old.after_late if old is not None else None
    if seconds is None:
        return replace(standing, old_after_late=before)
    cost = charge(rule, seconds, times.late_days)
    earned = total(standing.cells) * (1 - cost.share)
    return replace(
        standing,
        late=f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}",
        after_late=None if standing.total is None else adjusted_by(earned, standing.adjusted),
        old_after_late=before,
        notes=(*standing.notes, *((cost.words,) if cost.days else ())),
    )


def _seconds(submitted: str, dues: Sequence[datetime], everybodys: datetime | None) -> int | None:
    """How late, by the latest due date of the submitters; None where one of the times is not known."""
    due, came = max(dues, default=everybodys), read_time(submitted)
    if due is None or came is None or came.tzinfo is None:
        return None
    return max(int((came - due).total_seconds()), 0)
