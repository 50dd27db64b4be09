"""The peers that grade notebooks: otter-grader and nbgrader. The notebooks are made here from the same checks."""

from __future__ import annotations

import functools
import json
import shutil
import sqlite3
import subprocess
import zipfile
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from benchmarks.floor import plain
from benchmarks.peers.case import Case, Missing, Peer
from benchmarks.peers.environments import BENCH, python
from benchmarks.peers.scripts import FLOOR, forge_json, points, variables
from benchmarks.submissions import RIGHT, STEMS

ASSIGNMENT = "homework"
NOTEBOOK = "homework.ipynb"
CHECK = 'import plain\nfraction, message = {{row[0]: row[-1] for row in plain.ROWS}}["{row}"](plain.Record(**{names}))'


def cell(source: str, identity: str, **metadata: Any) -> dict[str, Any]:
    """A code cell of notebook format 4.5."""
    made = {"cell_type": "code", "id": identity, "metadata": metadata, "source": source}
    return {**made, "execution_count": None, "outputs": []}


def notebook(cells: Sequence[dict[str, Any]]) -> str:
    """A notebook for the environment's own python kernel."""
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return json.dumps({"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5})


def answers(submission: Path) -> dict[str, str]:
    """The student's files, by stem: a cell each."""
    return {stem: (submission / f"{stem}.py").read_text() for stem in STEMS}


# ---------------------------------------------------------------------------------------------------------------- otter


def otter(submission: Path, folder: Path) -> Case:
    """`otter run`: the configuration zip holds a test file for each row, in Otter's exception-based format."""
    cells = [
        cell(text.replace("from __future__ import annotations\n", ""), stem)
        for stem, text in answers(submission).items()
    ]
    (folder / NOTEBOOK).write_text(notebook(cells))
    with zipfile.ZipFile(folder / "autograder.zip", "w") as zipped:
        zipped.writestr("otter_config.json", json.dumps({"pdf": False}))
        zipped.write(FLOOR / "plain.py", "files/plain.py")
        for row, _, worth, _, _ in plain.ROWS:
            zipped.writestr(f"tests/q{row.replace('.', '_')}.py", otter_test(row, worth))
    result = folder / "results.json"
    command = [str(python("otter").parent / "otter"), "run", "-a", "autograder.zip", "-o", ".", NOTEBOOK]
    return Case(command, folder, variables("otter"), result, points(result))


def otter_test(row: str, worth: float) -> str:
    """One test file."""
    check = CHECK.format(row=row, names="env").replace("\n", "\n    ")
    return f"""OK_FORMAT = False
from otter.test_files import test_case
name = "q{row.replace(".", "_")}"
points = {worth}

@test_case(points={worth})
def test_row(env):
    {check}
    assert fraction == 1, message
"""


# ------------------------------------------------------------------------------------------------------------- nbgrader


def graded_cells(texts: dict[str, str]) -> list[dict[str, Any]]:
    """nbgrader's notebook: an answer cell for each file, then a locked test cell for each row."""
    solution = {"grade": False, "solution": True, "locked": False, "task": False, "schema_version": 3}
    test = {"grade": True, "solution": False, "locked": True, "task": False, "schema_version": 3}
    cells = [
        cell(text.replace("from __future__ import annotations\n", ""), stem, nbgrader={**solution, "grade_id": stem})
        for stem, text in texts.items()
    ]
    for row, _, worth, _, _ in plain.ROWS:
        identity = f"row_{row.replace('.', '_')}"
        source = f"{CHECK.format(row=row, names='globals()')}\nassert fraction == 1, message"
        cells.append(cell(source, identity, nbgrader={**test, "grade_id": identity, "points": worth}))
    return cells


@functools.cache
def course() -> Path:
    """A course with the assignment in its database, made once a run: `nbgrader generate_assignment`."""
    folder = BENCH / "work" / "nbgrader-course"
    shutil.rmtree(folder, ignore_errors=True)
    source = folder / "source" / ASSIGNMENT
    source.mkdir(parents=True)
    (source / NOTEBOOK).write_text(notebook(graded_cells(answers(RIGHT))))
    shutil.copy(FLOOR / "plain.py", source)
    command = [str(python("nbgrader").parent / "nbgrader"), "generate_assignment", ASSIGNMENT]
    done = subprocess.run(command, cwd=folder, env=variables("nbgrader"), capture_output=True, text=True)
    if done.returncode:
        raise Missing(f"nbgrader generate_assignment failed: {(done.stderr.strip().splitlines() or ['?'])[-1][:200]}")
    return folder


def nbgrader(submission: Path, folder: Path) -> Case:
    """`nbgrader autograde` of one student, in a copy of the course."""
    return nbgrader_batch([submission], folder, 1)


def nbgrader_batch(submissions: Sequence[Path], folder: Path, jobs: int) -> Case:
    """`nbgrader autograde` of every student: one command."""
    shutil.copytree(course(), folder / "course")
    for submission in submissions:
        handed_in = folder / "course" / "submitted" / submission.name / ASSIGNMENT
        handed_in.mkdir(parents=True)
        (handed_in / NOTEBOOK).write_text(notebook(graded_cells(answers(submission))))
    gradebook = folder / "course" / "gradebook.db"
    command = [str(python("nbgrader").parent / "nbgrader"), "autograde", ASSIGNMENT, "--force"]
    student = submissions[0].name

    def score() -> float | None:
        return gradebook_score(gradebook, student)

    return Case(command, folder / "course", variables("nbgrader"), gradebook, score, True, len(submissions))


def gradebook_score(gradebook: Path, student: str) -> float | None:
    """The sum of a student's automatic scores; None if the submission was not graded to the end."""
    query = (
        "select sum(grade.auto_score), count(grade.auto_score) from grade"
        " join submitted_notebook on grade.notebook_id = submitted_notebook.id"
        " join submitted_assignment on submitted_notebook.assignment_id = submitted_assignment.id"
        " where submitted_assignment.student_id = ?"
    )
    try:
        with closing(sqlite3.connect(gradebook)) as database:
            total, graded = database.execute(query, [student]).fetchone()
    except sqlite3.Error:
        return None
    return float(total) if graded else None


def forge_gradebook(case: Case) -> str:
    """A function that gives every row its full points in nbgrader's database."""
    update = "update grade set auto_score = (select max_score from grade_cells where grade_cells.id = grade.cell_id)"
    return (
        "def forge():\n    import sqlite3\n\n"
        f"    with sqlite3.connect({str(case.result)!r}) as database:\n        database.execute({update!r})"
    )


PEERS = (
    Peer("otter", "otter run", "otter", otter, forge_json, slow=True),
    Peer(
        "nbgrader",
        "nbgrader autograde",
        "nbgrader",
        nbgrader,
        forge_gradebook,
        batch=nbgrader_batch,
        slow=True,
        own_timeout=True,
    ),
)
