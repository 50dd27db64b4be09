"""What to set on Gradescope for an assignment: nothing in a zip can set it, so it is said after building one."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from fractions import Fraction

from autograder.assignment.link import LinkedRow
from autograder.assignment.rubric import LimitsOf
from autograder.bundle.pins import PYTHONS
from autograder.core.points import decimal_text
from autograder.gradescope.timeout import DEFAULT_TIMEOUT, MARGIN

CONTAINERS = ((0.5, 750), (1.0, 1500), (2.0, 3000), (4.0, 6000))  # Gradescope's sizes: CPUs, megabytes
OWN_MB = 200  # the grader, and the zygote that holds numpy
LONGEST = 40  # minutes: Gradescope's longest time-out
_WIDTH = 18


def settings(rows: Sequence[LinkedRow], limits: LimitsOf, decided: bool = False) -> str:
    """What to set on Gradescope, and why, for these rows. decided: the zip holds what people decided."""
    by_spec = [linked for linked in rows if linked.check is not None and linked.weighted]
    people = [linked for linked in rows if linked.row.graded == "written"]
    entries = (
        (
            "Upload",
            ["this zip, under Configure Autograder; nothing is graded again by itself: see Regrade All Submissions"],
        ),
        ("Base image", [f"Ubuntu 22.04 (the default), or another Debian or Ubuntu with Python {PYTHONS}"]),
        ("Autograder points", _points(by_spec, people if decided else ())),
        ("Manual questions", _none(people) if decided else _manual(people)),
        ("Container size", _container(rows, limits)),
        ("Time-out", _timeout(limits)),
        ("Totals", [*_hidden(rows), *([_DECIDED] if decided else [])]),
    )
    lines = ["On Gradescope:"]
    for name, texts in entries:
        lines += [f"  {name if at == 0 else '':<{_WIDTH}}{text}" for at, text in enumerate(texts)]
    return "\n".join(lines)


def _sum(rows: Iterable[LinkedRow], extra: bool = False) -> Fraction:
    return sum((linked.row.worth for linked in rows if linked.row.extra_credit is extra), Fraction(0))


_DECIDED = "a row that people decided is shown once grades are published, unless it waits for longer by itself"


def _points(by_spec: Sequence[LinkedRow], written: Sequence[LinkedRow]) -> list[str]:
    """The points of the Autograder question. written: the rows whose points it has from people."""
    whose = (
        f"what the specs award, {decimal_text(_sum(by_spec))}, and the written rows, {decimal_text(_sum(written))}"
        if written
        else "what the specs award"
    )
    lines = [f"{decimal_text(_sum(by_spec) + _sum(written))} ({whose}, without extra credit)"]
    if more := _sum([*by_spec, *written], extra=True):
        kind = "" if written else " by spec"
        lines.append(
            f"with extra credit{kind} a score may exceed that by {decimal_text(more)}, which Gradescope accepts"
        )
    return lines


def _none(people: Sequence[LinkedRow]) -> list[str]:
    """The zip brings the points of written rows: questions for them would count twice."""
    numbers = ", ".join(linked.row.number for linked in people)
    return (
        [f"none: the zip holds the points of {numbers}; take such questions out of the outline"] if people else ["none"]
    )


def _manual(people: Sequence[LinkedRow]) -> list[str]:
    """The questions for people: Gradescope takes no score for them from here."""
    if not people:
        return ["none: no row is graded by a person"]
    lines = ["turn on manual grading, and add to the outline:"]
    for linked in people:
        extra = "  extra credit" if linked.row.extra_credit else ""
        lines.append(f"  {linked.row.number:<6}{decimal_text(linked.row.worth):>5}  {linked.row.title}{extra}")
    lines.append("the student's text stands in the row of that number of the autograder's results")
    return lines


def _container(rows: Sequence[LinkedRow], limits: LimitsOf) -> list[str]:
    """The smallest container that holds all of a student's processes at once, each at its limit.

    A question's rows run in a process per visibility; questions follow one another.
    """
    by_question: dict[str, set[str]] = {}
    for linked in rows:
        by_question.setdefault(linked.question.title, set()).add(linked.row.visibility)
    processes = max((len(kinds) for kinds in by_question.values()), default=1)
    needed = processes * limits.memory_mb + OWN_MB
    fitting = [(cpus, megabytes) for cpus, megabytes in CONTAINERS if megabytes >= needed]
    cpus, megabytes = fitting[0] if fitting else CONTAINERS[-1]
    reason = f"{processes} x {limits.memory_mb} MB (limits.memory_mb) of a student's processes and {OWN_MB} MB of ours"
    lines = [f"{cpus:g} CPU, {megabytes / 1000:g} GB RAM or more: at worst", f"{reason}, at once"]
    return lines if fitting else [*lines, "that is more than the largest container holds: lower limits.memory_mb"]


def _timeout(limits: LimitsOf) -> list[str]:
    """Our own deadline must come first: Gradescope's time-out takes every mark away."""
    needed = limits.seconds_in_all + MARGIN
    minutes = min(max(math.ceil(needed / 60), round(DEFAULT_TIMEOUT / 60)), LONGEST)
    lines = [
        f"{minutes} minutes: a grading ends by itself after {limits.seconds_in_all:g} s (limits.seconds_in_all), and",
        f"never later than {MARGIN:g} s before Gradescope's time-out, which would throw away every mark",
    ]
    if needed > LONGEST * 60:
        lines.append(
            f"Gradescope allows {LONGEST} minutes at most, so a grading ends after {LONGEST * 60 - MARGIN:g} s"
        )
    return lines


def _hidden(rows: Sequence[LinkedRow]) -> list[str]:
    """What keeps the total from students."""
    kinds: dict[str, list[str]] = {}
    for linked in rows:
        if linked.row.visibility != "visible":
            kinds.setdefault(linked.row.visibility, []).append(linked.row.number)
    if not kinds:
        return ["students see their total at once: every row is visible"]
    lines = [f"{kind}: {', '.join(numbers)}" for kind, numbers in kinds.items()]
    return [*lines, "as long as any row is not visible, Gradescope shows students no total at all"]
