"""What the last check of a folder found, in its `.autograder/`: so that the next one says first what changed.

It is a convenience: a folder that cannot be written to or a file that is no history never stops a check. What is read
may be anybody's (a folder that was downloaded, say), so it is taken for no more than outcome words and numbers.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from typing import Any

from autograder.core.errors import AutograderError
from autograder.core.files import write_whole
from autograder.core.outcome import Mark, Outcome, Report
from autograder.core.points import decimal_text, points_text
from autograder.core.submission import read_text

PLACE = ".autograder"  # hidden: whoever reads a submission leaves it out
_FILE = "history.json"
_POINTS = re.compile(r"\d{1,6}(\.\d{1,6}|/[1-9]\d{0,6})?", re.ASCII)


def remember(folder: Path, report: Report, now: float) -> str:
    """Puts a report into a folder's history. Returns what changed since the rows were judged last, "" for nothing.

    now: seconds since the epoch.
    """
    before = _read(folder, report.rubric_hash)
    rows = {mark.number: {"outcome": str(mark.outcome), "points": points_text(mark.points)} for mark in report.marks}
    known = {number: {name: row[name] for name in ("outcome", "points", "at")} for number, row in before.items()}
    content = {"rubric": report.rubric_hash, "rows": known | {n: {**row, "at": now} for n, row in rows.items()}}
    with suppress(OSError):
        _write(folder / PLACE, json.dumps(content, indent=1).encode())
    return changes(before, report.marks, now)


def changes(before: Mapping[str, Mapping[str, Any]], marks: Sequence[Mark], now: float) -> str:
    """What changed, in one line: "2.1a failed -> passed; 4.5 -> 5.5 since 22:41"."""
    known = [mark for mark in marks if mark.number in before]
    changed = [mark for mark in known if _state(mark) != (before[mark.number]["outcome"], _points(before, mark))]
    if not changed:
        return ""
    said = [_change(before[mark.number]["outcome"], _points(before, mark), mark) for mark in changed[:8]]
    if len(changed) > 8:
        said.append(f"and {len(changed) - 8} more rows")
    earlier, later = sum(_points(before, mark) for mark in known), sum(_state(mark)[1] for mark in known)
    since = _clock(max(before[mark.number]["at"] for mark in known), now)
    total = f"{decimal_text(Fraction(earlier))} -> {decimal_text(Fraction(later))} " if earlier != later else ""
    return f"{', '.join(said)}; {total}since {since}"


def _state(mark: Mark) -> tuple[str, Fraction]:
    return str(mark.outcome), mark.points if mark.scored else Fraction(0)


def _points(before: Mapping[str, Mapping[str, Any]], mark: Mark) -> Fraction:
    return Fraction(before[mark.number]["points"])


def _change(outcome: str, points: Fraction, mark: Mark) -> str:
    if outcome == str(mark.outcome):  # more or less of the points
        return f"{mark.number} {decimal_text(points)} -> {decimal_text(mark.points)}"
    return f"{mark.number} {outcome} -> {mark.outcome}"


def _clock(then: float, now: float) -> str:
    """The time of day, with the date where it was another day's."""
    day, today = time.localtime(then), time.localtime(now)
    return time.strftime("%H:%M" if day[:3] == today[:3] else "%Y-%m-%d %H:%M", day)


def _read(folder: Path, rubric: str) -> dict[str, dict[str, Any]]:
    """The rows that were judged under the same rubric; {} where there is no history that can be read."""
    if (folder / PLACE).is_symlink():
        return {}
    try:
        content = json.loads(read_text(folder / PLACE / _FILE))
        if content["rubric"] != rubric:
            return {}
        return {number: row for number, row in content["rows"].items() if _is_row(row)}
    except (OSError, AutograderError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}


def _is_row(row: Any) -> bool:
    words = {outcome.value for outcome in Outcome}
    return (
        isinstance(row.get("outcome"), str)
        and row["outcome"] in words
        and isinstance(row.get("points"), str)
        and _POINTS.fullmatch(row["points"]) is not None
        and type(row.get("at")) in (int, float)
        and 0 <= row["at"] < 1 << 32
    )


def _write(place: Path, content: bytes) -> None:
    if place.is_symlink():
        return
    place.mkdir(exist_ok=True)
    ignored = place / ".gitignore"
    if not ignored.exists():
        write_whole(ignored, b"*\n", durable=False)
    write_whole(place / _FILE, content, durable=False)
