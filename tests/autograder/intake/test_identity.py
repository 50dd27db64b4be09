"""One student is found by whatever names them, in any spelling; what fits two or nobody is said, never guessed."""

from __future__ import annotations

import unicodedata

import pytest

from autograder.intake.entry import About, Person
from autograder.intake.identity import Directory, normal, student_of

ZOE = Person("Zoë O'Neill", "zoe.oneill@example.edu", "00123")
ADA = Person("Ada Lovelace", "ada@example.edu", "1815")
TWIN, OTHER_TWIN = Person("Alex Kim", "alex1@example.edu", "71"), Person("Alex Kim", "alex2@example.edu", "72")
CLASS = (
    About("216537555", (ZOE,)),
    About("216537556", (ADA,)),
    About("216537557", (TWIN,)),
    About("216537558", (OTHER_TWIN,)),
    About("216537560", (Person("Bo", "bo@example.edu", "9"), Person("Cy", "", "8"))),
    About("216537561", (Person("Bo", "BO@example.edu", ""),)),
    About("1815", (Person("Dora Who", "dora@example.edu"),)),
    About("late work", ()),
)
DIRECTORY = Directory(CLASS)

FITS = {
    "the id": ("216537555", "216537555"),
    "the folder": ("submission_216537555", "216537555"),
    "the folder in capitals, with spaces": ("  Submission_216537555 ", "216537555"),
    "the id from a spreadsheet": ("216537555.0", "216537555"),
    "another folder's name": ("Late  Work", "late work"),
    "e-mail in capitals": ("ZOE.ONeill@Example.EDU", "216537555"),
    "e-mail of a mail program": ("Zoe <zoe.oneill@example.edu>", "216537555"),
    "e-mail as a link": ("mailto:zoe.oneill@example.edu", "216537555"),
    "sid": ("00123", "216537555"),
    "sid without zeros": ("123", "216537555"),
    "sid from a spreadsheet": ("123.0", "216537555"),
    "name": ("Zoë O'Neill", "216537555"),
    "name, decomposed": (unicodedata.normalize("NFD", "Zoë O'Neill"), "216537555"),
    "name, other spaces": ("Zoë\xa0O'Neill", "216537555"),
    "name, invisible characters": ("\ufeffZoë O'\u200bNeill", "216537555"),
    "name, typographic apostrophe": ("zoë o\u2019neill", "216537555"),
    "last name first": ("O'Neill, Zoë", "216537555"),
    "login": ("zoe.oneill", "216537555"),
    "one of a group": ("cy", "216537560"),
    "an id that is a sid, told apart": ("submission_1815", "1815"),
}


@pytest.mark.parametrize(("key", "submission"), FITS.values(), ids=FITS)
def test_a_key_in_any_spelling_finds_its_submission(key: str, submission: str) -> None:
    found = DIRECTORY.find(key)
    assert found.submissions == (submission,)
    assert found.unique
    assert found.said() == ""


def test_an_id_that_is_the_sid_of_another_student_names_neither() -> None:
    found = DIRECTORY.find("1815")
    assert not found.unique
    assert not found.one_student
    assert found.said() == (
        "'1815' fits more than one student (submissions 1815, 216537556): give the e-mail, or submission_<id>"
    )


def test_two_students_of_one_name_are_not_one() -> None:
    found = DIRECTORY.find("alex kim")
    assert found.submissions == ("216537557", "216537558")
    assert not found.one_student
    assert "more than one student" in found.said()


def test_a_student_with_two_submissions_is_one_student() -> None:
    found = DIRECTORY.find("bo@example.edu")
    assert found.one_student
    assert not found.unique
    assert found.said() == (
        "'bo@example.edu' is a student with 2 submissions (216537560, 216537561): name one by its id"
    )


NOBODY = ("", " ", "submission_", "nobody@example.edu", "Zoe O'Neill", "submission_123", "@", "2165")


@pytest.mark.parametrize("key", NOBODY)
def test_what_fits_nobody_is_said(key: str) -> None:
    found = DIRECTORY.find(key)
    assert found.submissions == ()
    assert found.by == ""
    assert "is no submission's id, and nobody's e-mail, sid or name" in found.said()
    assert not key.strip() or key.strip() not in found.said(anonymous=True)


def test_a_near_word_is_suggested_and_a_rounded_number_explained() -> None:
    assert 'did you mean "ada@example.edu"?' in DIRECTORY.find("ada@exmaple.edu").said()
    assert "ada@" not in DIRECTORY.find("ada@exmaple.edu").said(anonymous=True)
    assert "a spreadsheet has rounded this number" in DIRECTORY.find("2.16538E+08").said()


def test_a_roster_s_fields_are_taken_for_what_they_are() -> None:
    assert DIRECTORY.find_person(Person("Somebody Else", "ADA@example.edu", "")).submissions == ("216537556",)
    assert DIRECTORY.find_person(Person("", "ada@other.example.edu", "01815")).submissions == ("216537556",)
    assert DIRECTORY.find_person(Person("Lovelace, Ada", "ada@other.example.edu", "")).by == "name"
    assert DIRECTORY.find_person(Person("", "ada@example.edu", "123")).students == 2
    assert DIRECTORY.find_person(Person()).submissions == ()
    assert DIRECTORY.find_person(Person("", "bo@example.edu", "9")).one_student
    assert DIRECTORY.by_login("ADA").submissions == ("216537556",)


def test_students_are_told_apart_by_the_strongest_field_there_is() -> None:
    assert student_of(ADA) == "ada@example.edu"
    assert student_of(Person("Ada", "", " 0 1 ")) == "01"
    assert student_of(Person("Lovelace, Ada")) == "ada lovelace"
    assert normal("ﬁ") == "fi"
    assert normal("Straße") == normal("STRASSE")
