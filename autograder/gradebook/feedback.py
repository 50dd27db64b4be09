"""A page a student, as plain text for a mail merge: points and words of each row, and what people wrote.

The pages say what Gradescope would show once grades are published: `results/` of the folder, without hidden rows.
`mail.csv` names the page of each student.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from autograder.core.points import counted, decimal_text
from autograder.core.text import clean, number_of
from autograder.gradebook.grades import Graded, NoGrades, chosen, read_grades, shown
from autograder.intake.entry import Person
from autograder.intake.identity import student_of
from autograder.regrade.csv_io import write_private, write_table
from autograder.regrade.publish import RESULTS, results_name

FEEDBACK, MAIL = "feedback", "mail.csv"
HEADER = ("email", "name", "points", "page")


def write_feedback(folder: Path, rule: str) -> Iterator[str]:
    """Writes the pages, and says what was written and for whom there is none. Raises NoGrades, OSError."""
    if not (folder / RESULTS).is_dir():
        raise NoGrades(f"{folder}: there is no {RESULTS} in it. Give a folder that `regrade -o` wrote.")
    grades, _ = read_grades(folder)
    place = folder / FEEDBACK
    place.mkdir(mode=0o700, exist_ok=True)
    mails: list[tuple[str, ...]] = []
    for person, mine in _students(grades).values():
        graded = chosen(mine, rule)
        if isinstance(graded, str):
            yield f"no page for {person.name or person.email}: {graded}"
            continue
        page = results_name(graded.submission).removesuffix(".json") + ".txt"
        results = json.loads((folder / RESULTS / results_name(graded.submission)).read_text(encoding="utf-8"))
        write_private(place / page, page_text(graded, results))
        mails.append((person.email, person.name, "" if graded.points is None else decimal_text(graded.points), page))
    written = {mail[-1] for mail in mails}
    for old in place.glob("*.txt"):
        if old.name not in written:  # of an earlier run
            old.unlink()
    write_table(place / MAIL, HEADER, sorted(mails))
    yield f"{place}: {number_of(len(mails), 'page')}; {place / MAIL} says whose each is"
    if nobody := [shown(graded) for graded in grades if not graded.people]:
        yield f"no page, since nobody is named: {', '.join(nobody)}"


def _students(grades: tuple[Graded, ...]) -> Mapping[str, tuple[Person, list[Graded]]]:
    found: dict[str, tuple[Person, list[Graded]]] = {}
    for graded in grades:
        for person in graded.people:
            found.setdefault(student_of(person), (person, []))[1].append(graded)
    return found


def page_text(graded: Graded, results: Mapping[str, Any]) -> str:
    """A page: the points in all, then each row that students may see, with its words."""
    parts = [f"Submission {graded.submission}: {_total(graded)}"]
    for test in results["tests"]:
        if test.get("visibility") != "hidden":
            parts.append(f"{test.get('number', '')} {test['name']}: {_points(test)}\n{test['output']}".strip())
    return clean("\n\n".join(parts), 400_000) + "\n"


def _total(one: Graded) -> str:
    """The points in all, and what the rule for late work made of them."""
    if one.total is None:
        return "not graded yet"
    if one.points is None:
        return f"{counted(one.total)} before the rule for late work; how late it came is not known yet"
    if one.points == one.total:
        return counted(one.points)
    came = f"it came {one.late} after it was due (hours, minutes, seconds)"
    return f"{counted(one.points)}\n{counted(one.total)} before the rule for late work; {came}"


def _points(test: Mapping[str, Any]) -> str:
    if "score" not in test:
        return "no points yet"
    score, most = (decimal_text(Fraction(str(test[key]))) for key in ("score", "max_score"))
    return f"{score} of {most}" if Fraction(str(test["max_score"])) else score
