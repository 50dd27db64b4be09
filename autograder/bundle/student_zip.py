"""The students' zip: template, self-check, and one page that explains both. No answer is in it, in no form."""

from __future__ import annotations

from pathlib import Path

from autograder.assignment.frozen import frozen, frozen_file, parse_rubric
from autograder.bundle.archive import Recipe, allowed, write

# The rooms that a self-check needs, whole but for maths that no spec imports. Nothing in them knows an answer: a test
# searches the zip for every answer.
ROOMS = ("core", "assignment", "maths", "sandbox", "grading", "report", "check")
RUBRIC = Path("tests/rubric.yaml")
START = "autograder/check/start/"  # what lies at the zip's root: the file to start, and what makes pytest show rows
STUDENT = Recipe(
    name="student",
    engine=(
        *(f"autograder/{name}" for name in ("__init__.py", "__main__.py", "api.py", "py.typed")),
        *(f"autograder/{room}/**/*.py" for room in ROOMS),
        "autograder/report/page.html",
        f"{START}pytest.ini",
    ),
    homework=(
        "student_template/*.py",
        "student_template/README.md",
        "student_template/requirements.txt",
        RUBRIC.as_posix(),
        "tests/specs/test_*.py",
        "tests/specs/answers.py",
    ),
    executable=frozenset({"check.py"}),
    renamed={
        **{f"student_template/{name}": name for name in ("README.md", "requirements.txt")},
        **{f"{START}{name}": name for name in ("check.py", "conftest.py", "pytest.ini")},
    },
)


def student(root: Path, output: Path, engine: Path | None = None) -> Path:
    """Writes the zip that students get, and returns its path: template, self-check, and one page that explains both.

    root:   the homework's folder.
    engine: the checkout with the engine, if it is another folder.
    Raises BundleError if a file is missing or is a link.
    """
    found = allowed(root, engine or root, STUDENT)
    files = {STUDENT.renamed.get(name, name): content for name, content in found.items()}
    files[frozen_file(RUBRIC).as_posix()] = frozen(parse_rubric(found[RUBRIC.as_posix()].decode(), RUBRIC.as_posix()))
    return write(files, STUDENT, output)
