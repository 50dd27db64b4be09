"""Who is meant: what an instructor typed or a roster says, matched with the submissions of a class.

An id, an e-mail, a sid and a name are written in many ways that mean the same: composed or decomposed letters, other
spaces, other capitals, `submission_216537555` for `216537555`, a sid whose zeros a spreadsheet took away. They are
compared in one normal form. Nothing is guessed: what fits two students, or nobody, is said and not used.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import chain
from typing import Protocol

import msgspec

from autograder.core.text import nearest, one_line
from autograder.intake.entry import Person
from autograder.intake.source import in_order, some

KINDS = ID, EMAIL, SID, NAME, LOGIN = "submission id", "e-mail", "sid", "name", "login"
ONE_ZERO = "sid with one zero at its beginning, however many it has"
# Marks that stand for an apostrophe (the acute accent too), and for a hyphen.
_LIKE = str.maketrans(
    dict.fromkeys("\u2018\u2019\u02bc`\u00b4\uff07", "'") | dict.fromkeys("\u2010\u2011\u2012\u2013\u2212", "-")
)
_ADDRESS = re.compile(r".*<([^<>]+)>|mailto:(.+)", re.DOTALL)
_ROUNDED = re.compile(r"[0-9]([.,][0-9]+)?e\+[0-9]+")
SUGGESTED_AMONG = 3_000  # words that a word which fits nothing is compared with; more would take a second


class Entry(Protocol):
    """A submission and whose it is: an `About` or a `Standing`."""

    @property
    def submission(self) -> str: ...

    @property
    def people(self) -> tuple[Person, ...]: ...


# --------------------------------------------------------------------------------------------------------- normal forms


def normal(text: str) -> str:
    """A text as it is compared: NFKC, without capitals and invisible characters, one space between words.

    After Unicode's toNFKC_Casefold (The Unicode Standard, 3.13, D146); apostrophes and hyphens of one kind.

    >>> normal(" Zoe\\u0308  O\\u2019NEILL\\xa0") == normal("Zoë O'Neill")
    True
    """
    if text.isascii():
        return " ".join(text.lower().replace("`", "'").split())
    composed = unicodedata.normalize("NFKC", text.translate(_LIKE))
    visible = "".join(c for c in composed if unicodedata.category(c) != "Cf")
    folded = unicodedata.normalize("NFKC", visible.casefold())
    return " ".join(folded.split())


def normal_id(text: str) -> str:
    """A submission's id: as Gradescope's folders have it, or the number alone.

    >>> normal_id(" Submission_216537555 "), normal_id("216537555.0")
    ('216537555', '216537555')
    """
    return _whole(normal(text).removeprefix("submission_"))


def normal_email(text: str) -> str:
    """An e-mail address, also as mail programs and spreadsheets write it.

    >>> normal_email("Ada Lovelace <Ada@Example.edu>"), normal_email("mailto:ada@example.edu")
    ('ada@example.edu', 'ada@example.edu')
    """
    form = normal(text)
    inside = _ADDRESS.fullmatch(form)
    return (inside[1] or inside[2]).strip() if inside else form


def normal_sid(text: str) -> str:
    """A student's number without what spreadsheets add to it.

    >>> normal_sid(" 00123 "), normal_sid("123.0"), normal_sid("A 17")
    ('00123', '123', 'a17')
    """
    return _whole(normal(text).replace(" ", ""))


def normal_name(text: str) -> str:
    """A name with the first names first.

    >>> normal_name("Lovelace, Ada"), normal_name("Ada  LOVELACE")
    ('ada lovelace', 'ada lovelace')
    """
    form = normal(text)
    last, comma, first = form.partition(",")
    return f"{first.strip()} {last.strip()}" if comma and first.strip() and "," not in first else form


def _whole(number: str) -> str:
    return number[:-2] if number.endswith((".0", ",0")) and number[:-2].isdecimal() else number


def student_of(person: Person) -> str:
    """What tells one student from another: the e-mail, else the sid, else the name, in normal form; "" for nobody."""
    return normal_email(person.email) or normal_sid(person.sid) or normal_name(person.name)


_NORMAL = {ID: normal_id, EMAIL: normal_email, SID: normal_sid, NAME: normal_name, LOGIN: normal}


# ------------------------------------------------------------------------------------------------------------- matches


class Match(msgspec.Struct, frozen=True):
    """Which submissions a key names.

    key: as it was typed. submissions: their ids, in order. by: what of them it is, such as "e-mail"; "" for nothing.
    students: how many different students that is. remark: what else there is to say.
    """

    key: str
    submissions: tuple[str, ...] = ()
    by: str = ""
    students: int = 0
    remark: str = ""

    @property
    def unique(self) -> bool:
        return len(self.submissions) == 1

    @property
    def one_student(self) -> bool:
        """Whether all submissions are of one student: several may have been handed in."""
        return bool(self.submissions) and (self.unique or self.students == 1)

    def said(self, anonymous: bool = False) -> str:
        """Why it names no single submission and what to write instead, in words for a sentence; "" if it names one.

        anonymous: without the key, which may be a name.
        """
        shown = "what it names" if anonymous else repr(one_line(self.key, 80))
        if self.unique:
            return ""
        if not self.submissions:
            remark = "" if anonymous and self.remark.startswith(", did") else self.remark
            return f"{shown} is no submission's id, and nobody's e-mail, sid or name{remark}"
        listed = some(self.submissions)
        if self.one_student:
            return f"{shown} is a student with {len(self.submissions)} submissions ({listed}): name one by its id"
        return f"{shown} fits more than one student (submissions {listed}): give the e-mail, or submission_<id>"


class Directory:
    """The submissions of a class, to be found by whatever names them."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._entries = tuple(entries)

    @cached_property
    def _places(self) -> dict[str, dict[str, list[tuple[str, str]]]]:
        """Kind of key -> its normal form -> the places. It is made once somebody asks: most files name nobody."""
        found: dict[str, dict[str, list[tuple[str, str]]]] = {kind: {} for kind in (*KINDS, ONE_ZERO)}
        for entry in self._entries:
            for kind, form, student in _forms(entry):
                if form:
                    found[kind].setdefault(form, []).append((entry.submission, student))
        return found

    def find(self, key: str) -> Match:
        """Whatever kind of key it is. What fits an id, an e-mail or a sid is not looked for among the names.

        An id of one submission that is the sid of another student names both; `submission_<id>` says what is meant.
        """
        if normal(key).startswith("submission_"):
            return self._match(key, ID)
        strong = self._match(key, ID, EMAIL, SID)
        return strong if strong.submissions else self._weak(key)

    def find_person(self, person: Person) -> Match:
        """By fields that are known for what they are: e-mail and sid, which must agree, else the name alone."""
        by_email, by_sid = self._match(person.email, EMAIL), self.by_sid(person.sid)
        if by_email.submissions and by_sid.submissions:
            both = tuple(in_order({*by_email.submissions, *by_sid.submissions}))
            agree = not set(by_email.submissions).isdisjoint(by_sid.submissions)
            students = max(by_email.students, by_sid.students, 1 if agree else 2)
            return Match(person.email, both, f"{EMAIL} and {SID}", students)
        strong = by_email if by_email.submissions else by_sid
        return strong if strong.submissions else self._match(person.name, NAME)

    def by_sid(self, sid: str) -> Match:
        """By a sid alone, with or without the zeros at its beginning."""
        exact = self._match(sid, SID)
        places = self._places[ONE_ZERO].get(_with_one_zero(normal_sid(sid)), [])
        return exact if exact.submissions else _matched(sid, places, SID)

    def by_login(self, login: str) -> Match:
        """By what stands before the @ of an e-mail address: the login of many schools."""
        return self._match(login, LOGIN)

    def _weak(self, key: str) -> Match:
        """By a sid that lost its zeros, the name, or the login: the first of them that fits anybody."""
        found = self.by_sid(key)
        for kind in (NAME, LOGIN):
            found = found if found.submissions else self._match(key, kind)
        return found if found.submissions else Match(key, remark=self._nothing(key))

    def _match(self, key: str, *kinds: str) -> Match:
        found = {kind: places for kind in kinds if (places := self._places[kind].get(_NORMAL[kind](key)))}
        return _matched(key, chain.from_iterable(found.values()), next(iter(found), ""))

    def _nothing(self, key: str) -> str:
        """What to add where a key fits nothing."""
        form = normal(key)
        if _ROUNDED.fullmatch(form):
            return "; a spreadsheet has rounded this number: format its column as text, and write it again"
        words = [word for kind in KINDS for word in self._places[kind]]
        return nearest(form, words) if len(words) <= SUGGESTED_AMONG else ""


def _forms(entry: Entry) -> Iterator[tuple[str, str, str]]:
    """Whatever names a submission, and whose it is then: the kind of key, its normal form, the student."""
    yield ID, normal_id(entry.submission), ""
    for person in entry.people:
        student, email, sid = student_of(person), normal_email(person.email), normal_sid(person.sid)
        yield EMAIL, email, student
        yield LOGIN, email.partition("@")[0], student
        yield SID, sid, student
        yield NAME, normal_name(person.name), student
        yield ONE_ZERO, _with_one_zero(sid), student


def _with_one_zero(sid: str) -> str:
    return sid and f"0{sid.lstrip('0')}"


def _matched(key: str, places: Iterable[tuple[str, str]], by: str) -> Match:
    """The match of (submission, student) places; of one that is found by its id, the student does not matter."""
    places = list(places)
    submissions = tuple(in_order({submission for submission, _ in places}))
    students = {student for _, student in places}
    return Match(key, submissions, by if submissions else "", len(students))
