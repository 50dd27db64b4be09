"""One column of a roster filled: who has which points, and everybody of whom that cannot be said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

import msgspec

from autograder.core.points import decimal_text
from autograder.gradebook.grades import Graded, chosen, shown
from autograder.gradebook.roster import Roster, Student
from autograder.intake.entry import Person
from autograder.intake.identity import (
    LOGIN,
    NAME,
    Directory,
    Match,
    normal,
    normal_email,
    normal_name,
    normal_sid,
    student_of,
)
from autograder.regrade.overrides import points_in

EXCUSED = ("EX", "ex", "Ex")  # Canvas' word for a student who need not hand in


class Matched(msgspec.Struct, frozen=True):
    """A line of the roster with the submissions of its student."""

    student: Student
    mine: tuple[Graded, ...]
    who: str
    by: str


class Filled(msgspec.Struct, frozen=True):
    """What goes into the column, by line, and lists of people for the instructor, each under its heading."""

    cells: Mapping[int, str]
    lists: Mapping[str, Sequence[str]]
    by: Mapping[str, int]

    def lines(self) -> Iterator[str]:
        for heading, entries in self.lists.items():
            if entries:
                yield f"{heading} ({len(entries)}):"
                yield from (f"  {entry}" for entry in entries)


def fill(roster: Roster, grades: Sequence[Graded], rule: str, by_name: bool = False) -> Filled:
    """The cells of the column for these grades. by_name: who is known by nothing else is matched by the full name."""
    directory, by_id = Directory(grades), {one.submission: one for one in grades}
    lists: dict[str, list[str]] = {heading: [] for heading in _HEADINGS}
    matched = [_matched(student, _match(student, directory, by_name), by_id) for student in roster.students]
    claims = Counter(one.who for one in matched if isinstance(one, Matched))
    cells: dict[int, str] = {}
    by: Counter[str] = Counter()
    for one, student in zip(matched, roster.students, strict=True):
        if isinstance(one, str):
            lists[one].append(student.shown)
            continue
        heading, entry, cell = _decided(one, roster, rule, claims[one.who])
        if heading:
            lists[heading].append(entry)
        if cell is not None:
            cells[student.line] = cell
            by[one.by] += 1
    lists[STRANGERS] += _strangers(grades, set(claims))
    return Filled(cells, lists, by)


NOTHING = "handed in nothing, or cannot be matched: left as they are"
TWO = "fits two students: left as it is"
UNGRADED = "not graded: emptied"
LATENESS = "graded, but how late is not known, so after_late is empty: emptied"
UNDECIDED = "which submission counts cannot be said: left as it is"
LEFT = "excused: left as it is"
STRANGERS = "graded, but not in this file"
ABOVE = "more than the Points Possible of the column"
CHANGED = "held other points before"
_HEADINGS = (TWO, UNDECIDED, UNGRADED, LATENESS, LEFT, CHANGED, ABOVE, NOTHING, STRANGERS)


def _match(student: Student, directory: Directory, by_name: bool) -> Match:
    """By e-mail and sid, else by the login, else (if asked for) by the name."""
    person = student.person
    found = directory.find_person(Person("", person.email, person.sid))
    if not found.submissions and student.login:
        found = directory.by_login(student.login)
    if not found.submissions and by_name:
        found = directory.find_person(Person(person.name))
    return found


def _matched(student: Student, match: Match, by_id: Mapping[str, Graded]) -> Matched | str:
    if not match.submissions:
        return NOTHING
    mine = tuple(by_id[name] for name in match.submissions)
    people = {student_of(person) for one in mine for person in one.people if _is(person, student, match.by)}
    if not match.one_student or len(people) != 1:
        return TWO
    return Matched(student, mine, people.pop(), match.by)


def _is(person: Person, student: Student, by: str) -> bool:
    """Whether a submitter is the student of a line: of a submission that fits, a group has other people too."""
    asked = student.person
    if by == NAME:
        return normal_name(person.name) == normal_name(asked.name)
    email, sid = normal_email(person.email), normal_sid(person.sid).lstrip("0")
    if by == LOGIN:
        return email.partition("@")[0] == normal(student.login)
    return (bool(email) and email == normal_email(asked.email)) or (
        bool(sid) and sid == normal_sid(asked.sid).lstrip("0")
    )


def _decided(match: Matched, roster: Roster, rule: str, claims: int) -> tuple[str, str, str | None]:
    """What becomes of a line: a list that it is named in ("" for none), how, and its new cell (None for the old)."""
    student = match.student
    if claims > 1:
        return TWO, f"{student.shown}: {claims} lines name this student", None
    counts = chosen(match.mine, rule, student.submission)
    if isinstance(counts, str):
        return UNDECIDED, f"{student.shown}: {counts}", None
    if student.cell in EXCUSED:
        return LEFT, student.shown, None
    points = counts.points
    if points is None:
        held = f"; it held {student.cell}" if student.cell else ""
        why = UNGRADED if counts.total is None else LATENESS
        return why, f"{student.shown}: submission {counts.submission}{held}", ""
    before = points_in(student.cell)
    if before is not None and decimal_text(before) == decimal_text(points):  # to the places that are written
        return _above(student, points, roster, None)
    text = decimal_text(points).replace(".", "," if roster.comma else ".")
    if student.cell:
        return CHANGED, f"{student.shown}: {student.cell} -> {text}", text
    return _above(student, points, roster, text)


def _above(student: Student, points: Fraction, roster: Roster, cell: str | None) -> tuple[str, str, str | None]:
    above = roster.possible is not None and points > roster.possible
    said = f"{student.shown}: {decimal_text(points)}"
    return (ABOVE, said, cell) if above else ("", "", cell)


def _strangers(grades: Sequence[Graded], used: set[str]) -> list[str]:
    """Whoever is graded and stands in no line of the file: of a group, those who do not."""
    found = []
    for graded in grades:
        missing = tuple(person for person in graded.people if student_of(person) not in used)
        if missing or not graded.people:
            found.append(shown(Graded(graded.submission, missing, None)))
    return found
