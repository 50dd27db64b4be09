"""A roster or gradebook as Canvas and Gradescope export it: which lines are students, and which column is filled.

Canvas: `Student` ("Last, First"), `ID`, `SIS User ID`, `SIS Login ID` (an e-mail at some schools, a login at others),
a column per assignment with its id ("Essay (12345)"), a line `Points Possible`, and a test student. Gradescope:
`First Name`, `Last Name`, `SID`, `Email`; of one assignment also `Total Score` and `Submission ID`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction

import msgspec

from autograder.core.text import nearest, one_line
from autograder.gradebook.sheet import Line, Sheet, SheetError, read_sheet
from autograder.intake.entry import Person
from autograder.intake.identity import normal
from autograder.intake.source import some
from autograder.regrade.overrides import points_in

# What a column tells of a student, by its title.
_TELLS = {
    **dict.fromkeys(("email", "email address", "e-mail"), "email"),
    **dict.fromkeys(("sid", "sis user id", "student id"), "sid"),
    **dict.fromkeys(("student", "name", "full name", "student name"), "name"),
    **{"sis login id": "login", "first name": "first", "last name": "last", "submission id": "submission"},
}
TOTAL = "Total Score"  # of Gradescope's file of one assignment
_NOT_GRADES = (*_TELLS, "id", "section", "sections", "section_name", "role", "status", "integration id", "root account")
_CANVAS_ID = re.compile(r"\s*\(\d+\)$")
_TEST_STUDENT = ("student, test", "test student")


class Student(msgspec.Struct, frozen=True):
    """One line that is a student. login: what stands for the e-mail at some schools. submission: Gradescope's id of
    the active submission, "" where the file does not say it. cell: what stands in the column that is filled."""

    line: int
    person: Person
    login: str
    submission: str
    cell: str

    @property
    def shown(self) -> str:
        """Who it is, for a sentence."""
        said = [self.person.name, self.person.email or self.login, self.person.sid]
        return one_line(", ".join(part for part in said if part), 200) or f"line {self.line}"


class Roster(msgspec.Struct, frozen=True):
    """A file with the column that is to be filled.

    possible: Canvas' Points Possible of the column, if it says a number. comma: numbers have a decimal comma in it.
    """

    sheet: Sheet
    column: int
    column_name: str
    students: tuple[Student, ...]
    possible: Fraction | None
    comma: bool


def read_roster(name: str, data: bytes, column: str) -> Roster:
    """The roster in a file's bytes. column: the name of the column to fill, "" for the only one that can be meant.

    Raises SheetError.
    """
    sheet = read_sheet(name, data, tuple(_TELLS))
    header = [sheet.lines[0].get(at) for at in range(len(sheet.lines[0].cells))]
    known = [normal(title) for title in header]
    places = {_TELLS[title]: at for at, title in reversed([*enumerate(known)]) if title in _TELLS}  # the first of each
    if not {"email", "sid", "login"} & set(places):
        raise SheetError(
            f"{name}: no column of it tells who a student is: Email, SID, SIS User ID or SIS Login ID was expected, and"
            f" its first line is {one_line(sheet.separator.join(header), 200)!r}."
        )
    at = _column(name, header, known, column)
    lines = [(line, {what: line.get(place) for what, place in places.items()}) for line in sheet.lines[1:]]
    points = [line for line, told in lines if normal(told.get("name", "")) == "points possible"]
    return Roster(
        sheet,
        at,
        header[at],
        tuple(_student(line, told, at) for line, told in lines if not _is_no_student(told, "student" in known)),
        points_in(points[0].get(at)) if points else None,
        sheet.separator != "," and _has_decimal_commas(sheet),
    )


def _has_decimal_commas(sheet: Sheet) -> bool:
    return any(re.fullmatch(r"\d+,\d+", cell.text.strip()) for line in sheet.lines for cell in line.cells)


def _column(name: str, header: Sequence[str], known: Sequence[str], wanted: str) -> int:
    """The place of the column: by its name, or by its name without Canvas' id where one column has it."""
    could = [title for title, low in zip(header, known, strict=True) if title and low not in _NOT_GRADES]
    if not wanted:
        if TOTAL in header:
            return header.index(TOTAL)
        raise SheetError(f"{name}: say which column is filled, --column NAME; it has {_listed(could)}.")
    exact = [at for at, title in enumerate(header) if title == wanted.strip()]
    low = normal(wanted)
    alike = [at for at, title in enumerate(known) if low in (title, _CANVAS_ID.sub("", title))]
    found = exact or alike
    if len(found) == 1 and known[found[0]] not in _NOT_GRADES:
        return found[0]
    if found:
        many = f"{len(found)} columns are called" if len(found) > 1 else "grades do not go into"
        raise SheetError(f"{name}: {many} {wanted!r}: write the whole name of one, such as {_listed(could)}.")
    raise SheetError(f"{name} has no column {wanted!r}{nearest(wanted, could)}; it has {_listed(could)}.")


def _listed(titles: Sequence[str]) -> str:
    return some([repr(title) for title in titles]) if titles else "no column for grades"


def _is_no_student(told: Mapping[str, str], canvas: bool) -> bool:
    """Canvas' own lines: points, what is posted by hand, and the test student."""
    if canvas and normal(told["name"]) in (*_TEST_STUDENT, "points possible", ""):
        return not (told.get("email") or told.get("sid"))
    return not any(told.get(what) for what in ("email", "sid", "login", "name", "first", "last"))


def _student(line: Line, told: Mapping[str, str], column: int) -> Student:
    login = told.get("login", "")
    name = told.get("name") or f"{told.get('first', '')} {told.get('last', '')}".strip()
    person = Person(name, told.get("email") or (login if "@" in login else ""), told.get("sid", ""))
    return Student(line.number, person, "" if "@" in login else login, told.get("submission", ""), line.get(column))
