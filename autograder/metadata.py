"""Gradescope's submission_metadata.json, read leniently: it holds more and odder things than its documentation says.

Nothing in it can make grading fail: what is missing, null or of another type is simply not known.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.plain_text import one_line

MAX_BYTES = 64 << 20  # it may hold every previous result of a student


@dataclass(frozen=True)
class Metadata:
    """What grading uses of the metadata; "" where it is not known. `note` says what was odd, for the staff."""

    submission_id: str = ""
    created_at: str = ""
    due_date: str = ""
    submitters: int = 0
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
    users = data.get("users")
    assignment = data.get("assignment")
    return Metadata(
        submission_id=_word(data.get("id")),
        created_at=_word(data.get("created_at")),
        due_date=_word(assignment.get("due_date")) if isinstance(assignment, dict) else "",
        submitters=len(users) if isinstance(users, (list, dict)) else 0,
    )


def _word(value: Any) -> str:
    """An id or a date as one word."""
    return one_line(str(value), 60) if isinstance(value, (str, int)) and not isinstance(value, bool) else ""
