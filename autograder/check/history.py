"""What the last check of a folder found, in its `.autograder/`: so that the next one says first what changed.

It is a convenience: a folder that cannot be written to or a file that is no history never stops a check. What is read
may be anybody's (a folder that was downloaded, say), so it is taken for no more than outcome words and numbers.
"""

from __future__ import annotations

import errno
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from typing import Annotated, TypeVar

import msgspec

from autograder.core.errors import AutograderError
from autograder.core.files import write_whole
from autograder.core.outcome import Mark, Outcome, Report
from autograder.core.points import decimal_text, points_text
from autograder.core.submission import read_text

PLACE = ".autograder"  # hidden: whoever reads a submission leaves it out
_FILE = "history.json"
T = TypeVar("T")
_Points = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{1,6}([.][0-9]{1,6}|/[1-9][0-9]{0,6})?$")]


class Judged(msgspec.Struct, frozen=True):
    """What became of a row, and when: seconds since the epoch."""

    outcome: Outcome
    points: _Points
    at: Annotated[float, msgspec.Meta(ge=0, le=1 << 32)]


class History(msgspec.Struct, frozen=True):
    """The rows that were ever judged in a folder, as they were the last time."""

    rubric: str
    rows: dict[str, Judged]


def remember(folder: Path, report: Report, now: float) -> str:
    """Puts a report into a folder's history. Returns what changed since the rows were judged last, "" for nothing.

    now: seconds since the epoch.
    """
    earlier = kept(folder, _FILE, History)
    before = earlier.rows if earlier is not None and earlier.rubric == report.rubric_hash else {}
    rows = {mark.number: Judged(mark.outcome, points_text(_earned(mark)), now) for mark in report.marks}
    content = msgspec.json.encode(History(report.rubric_hash, before | rows))
    with suppress(OSError):
        keep(folder, _FILE, msgspec.json.format(content))
    return changes(before, report.marks, now)


def changes(before: Mapping[str, Judged], marks: Sequence[Mark], now: float) -> str:
    """What changed, in one line: "2.1a failed -> passed; 4.5 -> 5.5 since 22:41"."""
    known = [(before[mark.number], mark) for mark in marks if mark.number in before]
    rows: dict[str, list[str]] = {}  # what happened -> to which rows
    for then, mark in known:
        if change := _change(then, mark):
            rows.setdefault(change, []).append(mark.number)
    if not rows:
        return ""
    said = "; ".join(f"{_listed(numbers)} {change}" for change, numbers in rows.items())
    earlier = sum((Fraction(then.points) for then, _ in known), Fraction(0))
    later = sum((_earned(mark) for _, mark in known), Fraction(0))
    total = f"{decimal_text(earlier)} -> {decimal_text(later)} " if earlier != later else ""
    return f"{said}; {total}since {_clock(max(then.at for then, _ in known), now)}"


def _earned(mark: Mark) -> Fraction:
    return mark.points if mark.scored else Fraction(0)


def _change(then: Judged, mark: Mark) -> str:
    """What became of one row since then, "" for nothing."""
    if then.outcome is not mark.outcome:
        return f"{then.outcome} -> {mark.outcome}"
    points = Fraction(then.points), _earned(mark)
    return " -> ".join(map(decimal_text, points)) if points[0] != points[1] else ""


def _listed(numbers: Sequence[str]) -> str:
    return ", ".join(numbers) if len(numbers) <= 8 else f"{', '.join(numbers[:6])} and {len(numbers) - 6} more"


def _clock(then: float, now: float) -> str:
    """The time of day, with the date where it was another day's."""
    day, today = time.localtime(then), time.localtime(now)
    return time.strftime("%H:%M" if day[:3] == today[:3] else "%Y-%m-%d %H:%M", day)


def kept(folder: Path, name: str, kind: type[T]) -> T | None:
    """What `keep` wrote under this name as JSON; None where there is nothing of this kind that can be read."""
    if (folder / PLACE).is_symlink():
        return None
    try:
        return msgspec.json.decode(read_text(folder / PLACE / name), type=kind)
    except (OSError, AutograderError, msgspec.MsgspecError, UnicodeError, RecursionError):
        return None


def keep(folder: Path, name: str, content: bytes) -> Path:
    """Writes a file into the `.autograder/` of a student's folder, and returns its path. Raises OSError."""
    place = folder / PLACE
    if place.is_symlink():
        raise OSError(errno.ELOOP, "it is a link, and links are not followed", str(place))
    place.mkdir(exist_ok=True)
    ignored = place / ".gitignore"
    if not ignored.exists():
        write_whole(ignored, b"*\n", durable=False)
    write_whole(place / name, content, durable=False)
    return place / name
