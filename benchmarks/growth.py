"""The counts of one `grade` beside those in the repository: what grew by more than a tenth, and what is new in it.

A table holds `modules` (process kind -> names), `processes` (process kind -> number) and `system_calls` (process kind,
then name -> number). The baseline has one table for each minor version of Python, since these differ in what they
import, and one list of our own modules, which is the same for all.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
BASELINE = ROOT / "tests" / "performance" / "grade_counts.json"
PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
AGAIN = "if that is meant, `make baseline` writes the counts anew"
SHOWN = 12

Table = Mapping[str, Any]


def read(path: Path = BASELINE) -> dict[str, Any]:
    """The baseline: `ours`, and `by_python`; empty where there is none yet."""
    if not path.exists():
        return {"ours": [], "by_python": {}}
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def write(path: Path, table: Table, ours: Sequence[str], made_with: Mapping[str, str]) -> None:
    """Writes the table of this version of Python beside those of others."""
    whole = read(path)
    by_python = {**whole["by_python"], PYTHON: {"made_with": dict(made_with), **table}}
    text = json.dumps({"ours": list(ours), "by_python": dict(sorted(by_python.items()))}, indent=1)
    path.write_text(text + "\n", encoding="utf-8")


def totals(table: Table) -> dict[str, int]:
    """The numbers that may not grow by more than a tenth."""
    calls = {kind: sum(by_name.values()) for kind, by_name in table["system_calls"].items()}
    return {
        **{f"modules imported in the {kind}": len(names) for kind, names in table["modules"].items()},
        "processes made": sum(table["processes"].values()),
        **{f"system calls of the {kind}": total for kind, total in calls.items()},
        "system calls in all": sum(calls.values()),
    }


def grown(now: Table, before: Table) -> list[str]:
    """A sentence for each total that is more than a tenth above the one before, with what is new in it."""
    old = totals(before)
    large = {name: total for name, total in totals(now).items() if 10 * total > 11 * old[name]}
    return [f"{name}: {old[name]} before, {total} now. {_new(name, now, before)}" for name, total in large.items()]


def _new(name: str, now: Table, before: Table) -> str:
    """What makes a total larger: the names of new modules, or the numbers that grew."""
    kind = name.split()[-1]
    if name.startswith("modules"):
        return "New: " + ", ".join(sorted(set(now["modules"][kind]) - set(before["modules"][kind])))
    if name.startswith("processes"):
        return "More: " + _more({"": now["processes"]}, {"": before["processes"]})
    calls, old = now["system_calls"], before["system_calls"]
    return "More: " + (_more({kind: calls[kind]}, {kind: old[kind]}) if kind in calls else _more(calls, old))


def _more(now: Mapping[str, Mapping[str, int]], before: Mapping[str, Mapping[str, int]]) -> str:
    """The numbers that grew, those that grew most first."""
    pairs = [(kind, name, before[kind].get(name, 0), seen) for kind in now for name, seen in now[kind].items()]
    grew = sorted((pair for pair in pairs if pair[3] > pair[2]), key=lambda pair: pair[2] - pair[3])
    return ", ".join(f"{kind} {name} {old} -> {seen}".strip() for kind, name, old, seen in grew[:SHOWN])
