"""The students' zip: template, self-check, and one page that explains both. No answer is in it, in no form."""

from __future__ import annotations

from pathlib import Path

from autograder.bundle.archive import Recipe, allowed, write

# What a student needs to check at home, named one by one: a new module of the instructors' does not slip in. Nothing
# here knows an answer; a test searches the zip for every one of them.
STUDENT = Recipe(
    name="student",
    include=(
        *(f"autograder/{name}.py" for name in ("__init__", "__main__", "check", "first_contact", "manifest")),
        *(f"autograder/{name}.py" for name in ("award", "credit", "drawing", "finding", "grading", "judging")),
        *(f"autograder/{name}.py" for name in ("outcome", "figure", "plain", "plain_text", "reading", "rubric")),
        *(f"autograder/{name}.py" for name in ("rubric_text", "specs", "student", "submission", "unittest_specs")),
        *(f"autograder/maths/{name}.py" for name in ("__init__", "bound*", "closeness", "lstm*", "threshold*")),
        "autograder/sandbox/*.py",
        *(f"autograder/report/{name}.py" for name in ("__init__", "colour", "html", "problem", "scatter")),
        *(f"autograder/report/{name}.py" for name in ("state_diagram", "svg", "terminal", "timeline")),
        "autograder/report/timeline_drawing.py",
        "autograder/report/page.html",
        "student_template/*.py",
        "student_template/README.md",
        "student_template/requirements.txt",
        "tests/rubric.yaml",
        "tests/specs/test_*.py",
        "tests/specs/answers.py",
    ),
    renamed={"student_template/README.md": "README.md", "student_template/requirements.txt": "requirements.txt"},
)


def student(root: Path, output: Path) -> Path:
    """Write the zip that students get, and return its path: template, self-check, and one page that explains both.

    root: the checkout. Raises BundleError if a file is missing or is a link.
    """
    files = {STUDENT.renamed.get(name, name): content for name, content in allowed(root, STUDENT)}
    return write(files, STUDENT, output)
