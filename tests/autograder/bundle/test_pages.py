"""Pages that follow the rubric: what `pages` writes and what it leaves alone; no bundle is built of stale ones."""

from __future__ import annotations

import resource
import shutil
from pathlib import Path

import pytest

from autograder.__main__ import main
from autograder.assignment.frozen import parse_rubric
from autograder.assignment.load import rubric_in
from autograder.bundle.archive import BundleError
from autograder.bundle.pages import PASSAGES, PagesError, page, refuse_stale, stale, write_pages
from autograder.bundle.template_points import pointed
from tests.autograder.planted import FILES, FULL, ROOT

RUBRIC = parse_rubric((ROOT / "tests" / "rubric.yaml").read_text(encoding="utf-8"))
README = """# Practice

<!-- pages: sample reference 3 -->old<!-- /pages -->

In all <!-- pages: totals -->0 points<!-- /pages --> At once <!-- pages: at-once --><!-- /pages -->, later
<!-- pages: waiting --><!-- /pages -->; people read <!-- pages: written -->9.9<!-- /pages -->.

<!-- pages: questions -->
<!-- /pages -->
Mine.
"""
STUDENTS = """<!-- pages: files -->
| `averages.py` | 7 | three functions |
| `gone.py` | 1 | nothing |
<!-- /pages -->
"""


@pytest.fixture
def homework(tmp_path: Path) -> Path:
    """A copy of the practice homework with passages on its pages, all of them stale."""
    folder = tmp_path / "homework"
    shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "README.md").write_text(README)
    (folder / "student_template" / "README.md").write_text(STUDENTS)
    return folder


def test_what_is_written(homework: Path) -> None:
    assert write_pages(homework) == ["README.md", "student_template/README.md"]
    text = (homework / "README.md").read_text()
    assert "5 points by spec, 0.5 written" not in text
    for line in (
        f"-->{float(FULL):g} points by spec, 0.5 by a person, extra credit 1.<!--",
        "-->1.1, 1.2, 3.1, 3.2<!--",
        "-->1.3, 2.1, 2.2<!--",
        "-->2.3 (0.5 points), 2.4 (1 point)<!--",
        "| 1 Averages (2.5 points) | 1.1 1.2 1.3 | |",
        "| 2 Searching (2 points, extra credit 1) | 2.1 2.2 | 2.3 2.4 |",
        "3.1   passed      0.5 of 0.5      Reverses a word",
        "\nMine.\n",
    ):
        assert line in text, text
    students = (homework / "student_template" / "README.md").read_text()
    assert "| `averages.py` | 1 | three functions |" in students, "the words of a person stay"
    assert "| `words.py` | 3 | Reverses a word; Counts the vowels of a word |" in students
    assert "gone.py" not in students


def test_what_is_current_is_left_alone(homework: Path) -> None:
    write_pages(homework)
    before = {path: path.stat().st_mtime_ns for path in homework.rglob("*.md")}
    assert stale(homework) == write_pages(homework) == []
    assert {path: path.stat().st_mtime_ns for path in homework.rglob("*.md")} == before


def test_another_rubric_makes_pages_template_and_sample_stale(homework: Path) -> None:
    write_pages(homework)
    path = homework / "tests" / "rubric.yaml"
    text = path.read_text().replace("points: 2.5", "points: 3", 1).replace("points: 1.25", "points: 1.75")
    path.write_text(text)
    assert stale(homework) == ["README.md", "student_template/averages.py"]
    with pytest.raises(BundleError, match=r"README.md, student_template/averages.py do not say what the rubric says"):
        refuse_stale(homework)
    assert write_pages(homework) == ["README.md", "student_template/averages.py"]
    assert "1.2 (1.75 points)" in (homework / "student_template" / "averages.py").read_text()


@pytest.mark.parametrize("kind", ["gradescope", "student"])
def test_no_bundle_is_built_of_stale_pages_and_nothing_is_graded(
    homework: Path, kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    began = resource.getrusage(resource.RUSAGE_SELF).ru_utime
    assert main(["bundle", kind, "--assignment", str(homework), "-o", str(tmp_path / "z.zip")]) == 2
    assert resource.getrusage(resource.RUSAGE_SELF).ru_utime - began < 1
    said = capsys.readouterr().err
    assert f"run `python -m autograder pages --assignment {homework}`" in said
    assert said.count("\n") == 1
    assert not (tmp_path / "z.zip").exists()


def test_the_command(homework: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["pages", "--assignment", str(homework)]
    assert main([*asked, "--check"]) == 1
    assert "stale: README.md" in capsys.readouterr().out
    assert (homework / "README.md").read_text() == README
    assert [main(asked), main([*asked, "--check"])] == [0, 0]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            "\n<!-- pages: total --><!-- /pages -->",
            'README.md, line 2: "total" is no passage; there are questions, files',
        ),
        ("<!-- pages: totals -->", "README.md, line 1: this passage has no end"),
        ("<!-- pages: totals 3 --><!-- /pages -->", '"totals 3" is no passage'),
        ("<!-- pages: sample --><!-- /pages -->", '"sample" is no passage'),
    ],
)
def test_a_marker_that_is_none_is_refused_with_its_line(text: str, says: str) -> None:
    with pytest.raises(PagesError) as refusal:
        page("README.md", text, RUBRIC)
    assert says in str(refusal.value)


@pytest.mark.parametrize(("folder", "question"), [("nowhere", "1"), ("reference", "9")])
def test_a_sample_of_nothing_is_refused(homework: Path, folder: str, question: str) -> None:
    (homework / "README.md").write_text(f"<!-- pages: sample {folder} {question} --><!-- /pages -->")
    with pytest.raises(PagesError, match="is not there"):
        write_pages(homework)


def test_pages_without_a_marker_say_what_they_say() -> None:
    assert page("README.md", "# Title\n\n4 points\n", RUBRIC) == "# Title\n\n4 points\n"
    assert set(PASSAGES) == {"questions", "files", "totals", "at-once", "waiting", "written", "limits"}


def test_the_practice_homework_is_current() -> None:
    rubric = rubric_in(ROOT).rubric
    for file in FILES:
        text = (ROOT / "student_template" / file).read_text(encoding="utf-8")
        assert pointed(text, rubric) == text
