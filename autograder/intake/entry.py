"""What is known of a submission beside its files: who handed it in, when, and what it earned before."""

from __future__ import annotations

import msgspec


class Person(msgspec.Struct, frozen=True):
    """One submitter; "" for what is not known, and everything "" in an anonymous gradebook."""

    name: str = ""
    email: str = ""
    sid: str = ""


class About(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is known of a submission beside its files.

    score, scores: what the export says it earned, in all and by row, as decimal text. notes: warnings.
    unreadable: why its files could not be read at all, "" if they could. digest: of what the export says of it.
    """

    submission: str
    people: tuple[Person, ...] = ()
    submitted: str = ""
    score: str = ""
    scores: dict[str, str] = {}
    notes: tuple[str, ...] = ()
    unreadable: str = ""
    digest: str = msgspec.field(default="", name="mark")  # as older stores call it
