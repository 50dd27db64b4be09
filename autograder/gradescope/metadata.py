"""Gradescope's submission_metadata.json, read leniently: it holds more and odder things than its documentation says.

Nothing in it can make grading fail: what is missing, null or of another type is simply not known.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec

from autograder.core.text import one_line

MAX_BYTES = 64 << 20  # it may hold every previous result of a student


class Due(msgspec.Struct, frozen=True):
    """A due date, and until when late work is taken; "" for not known, or for no late work."""

    due_date: str = ""
    late_due_date: str = ""


class Metadata(msgspec.Struct, frozen=True):
    """What grading uses of the metadata; "" where it is not known. `note` holds warnings for the staff.

    due: everybody's. each_due: each submitter's own, with extensions, where the metadata names submitters. emails: of
    the submitters, as they stand there.
    """

    submission_id: str = ""
    created_at: str = ""
    due: Due = Due()
    each_due: tuple[Due, ...] = ()
    emails: tuple[str, ...] = ()
    note: str = ""


def read_metadata(path: Path | None) -> Metadata:
    """The metadata of a submission; empty, with a note, if the file is absent or no JSON object."""
    if path is None:
        return Metadata()
    try:
        with open(path, "rb") as stream:
            data = json.loads(stream.read(MAX_BYTES))
    except FileNotFoundError:
        return Metadata(note=f"{path.name} is not there: graded without a submission id")
    except (OSError, ValueError, RecursionError) as error:
        return Metadata(note=f"{path.name} cannot be read ({type(error).__name__}): graded without a submission id")
    if not isinstance(data, dict):
        return Metadata(note=f"{path.name} is not an object: graded without a submission id")
    due, users = _due(data.get("assignment"), Due()), _users(data.get("users"))
    return Metadata(
        submission_id=_word(data.get("id")),
        created_at=_word(data.get("created_at")),
        due=due,
        each_due=tuple(_due(user.get("assignment"), due) for user in users),
        emails=tuple(email for user in users if (email := _email(user.get("email")))),
    )


def _users(users: Any) -> list[dict[str, Any]]:
    """The submitters: a list of them, an object that holds them, or (seen once) the only one itself."""
    if isinstance(users, dict):
        users = [users] if {"name", "email", "assignment"} & set(users) else list(users.values())
    return [user if isinstance(user, dict) else {} for user in users] if isinstance(users, list) else []


def _due(assignment: Any, otherwise: Due) -> Due:
    """The dates of an assignment, everybody's or one submitter's. Whoever has a due date of their own has both."""
    found = assignment if isinstance(assignment, dict) else {}
    due = Due(_word(found.get("due_date")), _word(found.get("late_due_date")))
    return due if due.due_date else Due(otherwise.due_date, due.late_due_date or otherwise.late_due_date)


def _email(value: Any) -> str:
    """An e-mail address in lower case, by which people are known."""
    return one_line(value, 200).lower() if isinstance(value, str) else ""


def _word(value: Any) -> str:
    """An id or a date as one word."""
    return one_line(str(value), 60) if isinstance(value, (str, int)) and not isinstance(value, bool) else ""
