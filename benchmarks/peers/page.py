"""Writes the figures into docs/performance.md, between two markers; the rest of the page is for people to write."""

from __future__ import annotations

import os
import platform
import statistics
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.peers import figures
from benchmarks.peers.case import FULL

BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"
FLOORS = ("floor", "floor-one-thread")


def machine() -> str:
    """Cores, memory, kernel and Python, and nothing that names the machine."""
    cores = len(os.sched_getaffinity(0))
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    kernel = platform.release().split("-")[0]
    return f"{cores} cores, {memory:.0f} GiB, {platform.system()} {kernel}, CPython {platform.python_version()}"


def render(found: Mapping[str, Any]) -> str:
    """The figures of one run as Markdown."""
    labels, missing = found["labels"], found["missing"]
    versions = ", ".join(f"{name} {version}" for name, version in found["versions"].items())
    parts = [
        f"`{found['command']}` on {found['machine']}, {found['date']}; {versions}.",
        "### One submission, cold",
        f"Medians of {found['rounds']} rounds; each round runs every peer once, in turn, and a ratio is the median of"
        " the rounds' own ratios.",
        figures.times_table(labels, found["times"], FLOORS, missing),
        "The same for a submission that is wrong in every row, so that every explanation is computed; its ratio to the"
        " right one of the same peer:",
        wrong_table(found),
        "### Memory and installed size",
        figures.size_table(labels, found["memory"], found["installed"], missing),
    ]
    if found.get("half"):
        parts += ["### Half a CPU and 768 MB", half(found)]
    if found.get("batch"):
        parts += ["### A batch", figures.batch_table(found["batch"])]
    if found.get("verdicts"):
        parts += [
            "### Hostile submissions",
            f"What the tool reported, in points of {FULL:g}. The first four start from a right submission and attack"
            " from question 1, worth 2.5, so 7 is what the rest is worth; the last two start from a wrong one: a higher"
            " score than without the attack is a forged one. Each ran under"
            f" {found['hostile_limit']}, and was ended from outside after {found['patience']:.0f} s (three times"
            " that for a tool with a time-out of its own).",
            figures.hostile_table(labels, found["columns"], found["verdicts"], missing),
        ]
    return "\n\n".join(parts)


def wrong_table(found: Mapping[str, Any]) -> str:
    """The wrong submission against the right one."""
    rows = []
    for name, spent in found["wrong"].items():
        median = f"{1000 * statistics.median(spent):.0f} ms"
        rows.append([found["labels"][name], median, f"{figures.ratio(spent, found['times'][name]):.2f}"])
    return figures.table(["graded by", "median", "times its right one"], rows)


def half(found: Mapping[str, Any]) -> str:
    """The times in a control group, or why there are none."""
    if "impossible" in found["half"]:
        return f"Not measured: no control group could be made on this machine ({found['half']['impossible']})."
    table = figures.times_table(found["labels"], found["half"]["times"], FLOORS, found["missing"])
    return f"Gradescope's default size, by a CPU quota and a memory limit; {found['half']['rounds']} rounds.\n\n{table}"


def write(page: Path, text: str, begin: str = BEGIN, end: str = END) -> None:
    """Replaces what stands between the markers. Raises ValueError where they are not, each once and in order."""
    old = page.read_text()
    before, begun, rest = old.partition(begin)
    _, ended, after = rest.partition(end)
    if not begun or not ended or begin in after or end in before:
        raise ValueError(f"{page}: expected the lines {begin} and {end} once each, in this order")
    page.write_text(f"{before}{begin}\n\n{text}\n\n{end}{after}")
