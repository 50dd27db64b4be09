"""A roster or gradebook as Canvas and Gradescope export it: which lines are students, and which column is filled.

Canvas: `Student` ("Last, First"), `ID`, `SIS User ID`, `SIS Login ID` (an e-mail at some schools, a login at others),
a column per assignment with its id ("Essay (12345)"), a line `Points Possible`, and a test student. Gradescope:
`First Name`, `Last Name`, `SID`, `Email`; of one assignment also `Total Score` and `Submission ID`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

import msgspec

from autograder.core.text import nearest, one_line
from autograder.gradebook.sheet import Line, Sheet, SheetError, read_sheet
from autograder.intake.entry import Person
from autograder.intake.identity import normal
from autograder.intake.source import some
from autograder.regrade.overrides import points_in

EMAIL, SID, LOGIN = ("email", "email address", "e-mail"), ("sid", "sis user id", "student id"), ("sis login id",)
NAME, FIRST, LAST = ("student", "name", "full name", "student name"), ("first name",), ("last name",)
SUBMISSION = ("submission id",)
TOTAL = "Total Score"  # of Gradescope's file of one assignment
_WHO = (*EMAIL, *SID, *LOGIN, *NAME, *FIRST, *LAST, *SUBMISSION)
_NOT_GRADES = (*_WHO, "id", "section", "sections", "section_name", "role", "status", "integration id", "root account")
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
    sheet = read_sheet(name, data, _WHO)
    header = [sheet.lines[0].get(at) for at in range(len(sheet.lines[0].cells))]
    known = [normal(title) for title in header]
    if not set(known) & {*EMAIL, *SID, *LOGIN}:
        raise SheetError(
            f"{name}: no column of it tells who a student is: Email, SID, SIS User ID or SIS Login ID was expected, and"
            f" its first line is {one_line(sheet.separator.join(header), 200)!r}."
        )
    at = _column(name, header, known, column)
    people = [line for line in sheet.lines[1:] if not _is_no_student(line, known)]
    points = [line for line in sheet.lines[1:] if _named(line, known) == "points possible"]
    students = tuple(_student(line, known, at) for line in people)
    return Roster(
        sheet,
        at,
        header[at],
        students,
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


def _cell_of(line: Line, known: Sequence[str], titles: Sequence[str]) -> str:
    return next((line.get(at) for at, title in enumerate(known) if title in titles), "")


def _named(line: Line, known: Sequence[str]) -> str:
    return normal(_cell_of(line, known, NAME))


def _is_no_student(line: Line, known: Sequence[str]) -> bool:
    """Canvas' own lines: points, what is posted by hand, and the test student."""
    ids = [_cell_of(line, known, titles) for titles in (EMAIL, SID, LOGIN)]
    if "student" in known and _named(line, known) in (*_TEST_STUDENT, "points possible", ""):
        return not ids[0] and not ids[1]
    return not any(ids) and not _person(line, known).name


def _person(line: Line, known: Sequence[str]) -> Person:
    login = _cell_of(line, known, LOGIN)
    first, last = _cell_of(line, known, FIRST), _cell_of(line, known, LAST)
    name = _cell_of(line, known, NAME) or f"{first} {last}".strip()
    email = _cell_of(line, known, EMAIL) or (login if "@" in login else "")
    return Person(name, email, _cell_of(line, known, SID))


def _student(line: Line, known: Sequence[str], column: int) -> Student:
    login = _cell_of(line, known, LOGIN)
    submission = _cell_of(line, known, SUBMISSION)
    return Student(line.number, _person(line, known), "" if "@" in login else login, submission, line.get(column))
