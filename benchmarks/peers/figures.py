"""Medians, ratios and tables: plain functions of what was measured, with nothing of the machine in them."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence

from benchmarks.peers.case import FULL

NOTHING = "-"
ROUNDING = 1e-3  # points


def ratio(times: Sequence[float], floor: Sequence[float]) -> float:
    """The median of the ratios of one round each: what else the machine did in a round weighs on both."""
    return statistics.median(time / base for time, base in zip(times, floor, strict=True))


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; every cell is made safe for one."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(one_cell(cell) for cell in line)} |" for line in lines)


def one_cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())


def times_table(
    labels: Mapping[str, str], rounds: Mapping[str, Sequence[float]], floors: Sequence[str], missing: Mapping[str, str]
) -> str:
    """Median, spread, and the ratio to each floor, by peer; a missing one says why in place of its figures."""
    floors = [floor for floor in floors if rounds.get(floor)]
    heads = ["graded by", "median", "fastest to slowest", *(f"times {labels[floor]}" for floor in floors)]
    rows = []
    for name, label in labels.items():
        if rounds.get(name):
            spent = rounds[name]
            spread = f"{1000 * min(spent):.0f} to {1000 * max(spent):.0f} ms"
            ratios = [f"{ratio(spent, rounds[floor]):.2f}" for floor in floors]
            rows.append([label, f"{1000 * statistics.median(spent):.0f} ms", spread, *ratios])
        elif name in missing:
            rows.append([label, f"missing: {missing[name]}", *[NOTHING] * (1 + len(floors))])
    return table(heads, rows)


def size_table(
    labels: Mapping[str, str], memory: Mapping[str, float], installed: Mapping[str, float], missing: Mapping[str, str]
) -> str:
    """Peak memory and installed size, by peer."""
    rows = []
    for name, label in labels.items():
        if name in missing:
            rows.append([label, f"missing: {missing[name]}", NOTHING])
        elif name in memory:
            rows.append([label, f"{memory[name]:.0f} MB", f"{installed[name]:.0f} MB"])
    return table(["graded by", "peak memory, all processes together", "installed"], rows)


def batch_table(rows: Iterable[Mapping[str, object]]) -> str:
    """How many submissions a second, by peer and number of jobs."""
    lines = []
    for row in rows:
        if "missing" in row:
            lines.append([str(row["label"]), NOTHING, NOTHING, f"missing: {row['missing']}", NOTHING])
            continue
        graded, seconds, jobs = int(str(row["graded"])), float(str(row["seconds"])), int(str(row["jobs"]))
        rate = f"{graded / seconds:.2f}"
        lines.append([str(row["label"]), str(row["how"]), str(graded), rate, f"{graded / seconds / jobs:.2f}"])
    return table(["graded by", "how", "submissions", "a second", "a second and job"], lines)


def verdict(ended: int | None, seconds: float, score: float | None, honest: float | None = None) -> str:
    """What a tool made of a hostile submission, in a few words.

    honest: what the same tool gives the same submission without the attack, where the attack is after points: a higher
    score is a forged verdict.
    """
    scored = "no result" if score is None else f"{score:g} of {FULL:g}"
    if ended is None:
        return f"**hangs**: ended from outside after {seconds:.0f} s; {scored}"
    if honest is not None and score is not None:
        forged = score > honest + ROUNDING
        scored = f"**forged**: {scored}, honestly {honest:g}" if forged else f"not forged: {scored}"
    status = f"signal {-ended}" if ended < 0 else f"exit {ended}"
    return f"{scored}; {status}, {seconds:.1f} s"


def hostile_table(
    labels: Mapping[str, str],
    columns: Mapping[str, str],
    verdicts: Mapping[str, Mapping[str, str]],
    missing: Mapping[str, str],
) -> str:
    """What each peer made of each hostile submission."""
    rows = []
    for name, label in labels.items():
        if name in verdicts:
            rows.append([label, *(verdicts[name].get(column, NOTHING) for column in columns)])
        elif name in missing:
            rows.append([label, f"missing: {missing[name]}", *[NOTHING] * (len(columns) - 1)])
    return table(["graded by", *columns.values()], rows)
