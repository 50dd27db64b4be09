"""When a submission came, when it was due, and what lies between, in words for the staff.

All of it is read from the metadata, never from the clock: a grading that is repeated says the same. Gradescope knows
extensions and says how late a submission is, but takes no points away, and neither does a grading here: where the
rubric has a rule for late work, the staff are told what it costs, and `regrade` applies it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta, timezone

from autograder.assignment.rubric import Late
from autograder.gradescope.metadata import Due, Metadata

# datetime.fromisoformat of Python 3.10 reads neither "Z" nor fractions of other than 3 or 6 digits.
_TIME = re.compile(
    r"\s*(\d{4})-(\d\d)-(\d\d)(?:T|\s+)(\d\d):(\d\d)(?::(\d\d)(?:[.,]\d+)?)?\s*(?:(Z|UTC)|([+-])(\d\d):?(\d\d))?\s*",
    re.ASCII | re.IGNORECASE,
)


def read_time(text: str) -> datetime | None:
    """The moment that an ISO 8601 text names, to the second; without a zone if it names none; None if it names none.

    >>> read_time("2025-03-01T23:10:05.1234567Z"), read_time("tomorrow")
    (datetime.datetime(2025, 3, 1, 23, 10, 5, tzinfo=datetime.timezone.utc), None)
    """
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    zone, sign, hours, minutes = match.group(7, 8, 9, 10)
    try:
        away = timedelta(hours=int(hours or 0), minutes=int(minutes or 0)) * (-1 if sign == "-" else 1)
        known = timezone(away) if zone or sign else None
        return datetime(*(int(match[i] or 0) for i in range(1, 7)), tzinfo=known)  # type: ignore[misc,arg-type]
    except ValueError:  # month 13, or an offset of a day and more
        return None


def rule_said(metadata: Metadata, rule: Late) -> str:
    """What the rubric's rule for late work costs this submission; "" for nothing, or where it cannot be told."""
    from autograder.assignment.late import charge  # most rubrics have no such rule

    submitted = read_time(metadata.created_at)
    due = _latest(one.due_date for one in metadata.each_due or (metadata.due,))
    if submitted is None or due is None or (submitted.tzinfo is None) != (due.tzinfo is None):
        return ""
    said = charge(rule, max(int((submitted - due).total_seconds()), 0)).words
    return f"by the rubric's rule {said}; nothing is taken away here: `regrade` does it" if said else ""


def lateness(metadata: Metadata) -> str:
    """One or two sentences, such as "submitted ..., due ...: 47 min early"; "" where nothing of it is known.

    Of a group's due dates the latest counts.
    """
    submitted = read_time(metadata.created_at)
    of_all = metadata.due
    dues = metadata.each_due or (of_all,)
    due = _latest(one.due_date for one in dues)
    parts = [f"submitted {_shown(submitted)}"] if submitted else []
    if due is not None:
        parts.append(f"due {_due_words(of_all, dues, due, submitted or due)}")
    if submitted is None or due is None:
        return f"{', '.join(parts)}: how late that is cannot be told" if parts else ""
    if (submitted.tzinfo is None) != (due.tzinfo is None):
        return f"{', '.join(parts)}: how late that is cannot be told, one of the two names no time zone"
    said = f"{', '.join(parts)}: {_between(submitted, due)}"
    return said + _late_words(submitted, due, _latest(one.late_due_date for one in dues))


def _late_words(submitted: datetime, due: datetime, last: datetime | None) -> str:
    """What a late submission's late due date says about it."""
    if submitted <= due:
        return ""
    if last is None:
        return "; no late due date is known"
    if (last.tzinfo is None) != (submitted.tzinfo is None):
        return f"; the late due date is {_shown(last)}"
    within = "within it" if submitted <= last else _between(submitted, last).replace("late", "past it")
    return f"; the late due date is {_shown(last, submitted)}: {within}"


def _due_words(of_all: Due, dues: Sequence[Due], due: datetime, beside: datetime) -> str:
    """The due date, and how it was moved for whom."""
    common = read_time(of_all.due_date)
    own = [found for one in dues if (found := read_time(one.due_date)) is not None and found != common]
    moved = _latest_of(own)
    if common is None or moved is None:
        return _shown(common or due, beside)
    comparable = (moved.tzinfo is None) == (common.tzinfo is None)
    word = "extended to" if comparable and moved > common else "moved to"
    people = f"{len(own)} of {len(dues)} submitter{'s' if len(dues) > 1 else ''}"
    return f"{_shown(common, beside)} ({word} {_shown(moved, beside)} for {people})"


def _latest(texts: Iterable[str]) -> datetime | None:
    return _latest_of([found for text in texts if (found := read_time(text)) is not None])


def _latest_of(times: Sequence[datetime]) -> datetime | None:
    """The latest; where only some name a zone, the latest of those."""
    zoned = [time for time in times if time.tzinfo is not None]
    return max(zoned or times, default=None)


def _shown(time: datetime, beside: datetime | None = None) -> str:
    """Without its offset if that is the same as that of the time that stands beside it."""
    minute = f"{time.date().isoformat()} {time.hour:02}:{time.minute:02}"
    offset = time.strftime("%z")
    same = beside is not None and beside.utcoffset() == time.utcoffset()
    return f"{minute} {offset}" if offset and not same else minute


def _between(submitted: datetime, due: datetime) -> str:
    """ "2 h 5 min late"; seconds where they are all there is."""
    seconds = int((submitted - due).total_seconds())
    word, rest = ("late", seconds) if seconds > 0 else ("early", -seconds)
    if not rest:
        return "on the second"
    days, hours, minutes = rest // 86_400, rest // 3600 % 24, rest // 60 % 60
    told = [f"{count} {unit}" for count, unit in ((days, "d"), (hours, "h"), (minutes, "min")) if count]
    return f"{' '.join(told) or f'{rest} s'} {word}"
