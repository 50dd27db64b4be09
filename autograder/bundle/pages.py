"""What a homework's pages say of its rubric, written into them: `pages` does it, and both bundles refuse what is stale.

In README.md and student_template/README.md a passage stands between two markers, which no reader of the page sees:

    <!-- pages: totals -->9.5 points by spec<!-- /pages -->

`questions` is the table of questions, `files` that of files to hand in (what stands in its last column stays), `totals`
a sentence, `at-once`, `waiting` and `written` are rows by when and by whom they are graded, `limits` those on student
code, and `sample FOLDER N` is what the self-check shows of question N of a submission in FOLDER. In the templates the
points are found by their form.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from fractions import Fraction
from pathlib import Path

from autograder.assignment.load import OWN_ROOT, rubric_in
from autograder.assignment.rubric import Row, Rubric, RubricFile
from autograder.bundle.archive import BundleError
from autograder.bundle.template_points import pointed
from autograder.core.command import again
from autograder.core.errors import AssignmentError
from autograder.core.files import write_whole
from autograder.core.points import counted, decimal_text
from autograder.core.text import runs

PAGES = ("README.md", "student_template/README.md")
_OPEN, _CLOSE = "<!-- pages: ", "<!-- /pages -->"
_PASSAGE = re.compile(rf"{_OPEN}(?P<name>[\w-]+)(?P<rest>[^\n]*?) -->(?P<body>.*?){_CLOSE}", re.DOTALL)
_FILE_LINE = re.compile(r"^\| `(\w+\.py)` \|[^|\n]*\| *(.*?) *\|$", re.MULTILINE)
_SAMPLE = re.compile(r" (?P<folder>\S+) (?P<question>[\w.]+)(?:, rubric \w+)?")

Sample = Callable[[str, str], str]  # a folder and a question -> what the self-check shows


class PagesError(AssignmentError):
    """A page cannot be written; the message names it and says what to do."""


def stale(root: Path) -> list[str]:
    """The pages of the homework in `root` that do not say what its rubric says. Nothing is graded to find out."""
    return [name for name, (now, wanted) in _texts(root, None).items() if now != wanted]


def refuse_stale(root: Path) -> None:
    """Raises BundleError if a page is stale, with the command that mends it."""
    if names := stale(root):
        command = "make pages" if root == OWN_ROOT else again("pages", root=root)
        say = "does not say" if len(names) == 1 else "do not say"
        raise BundleError(
            f"{', '.join(names)} {say} what the rubric says, so no zip was built: run `{command}` and look at the "
            "difference"
        )


def write_pages(root: Path) -> list[str]:
    """Writes every page of the homework in `root` that is not as it should be; their names. Raises PagesError."""
    changed = {
        name: wanted
        for name, (now, wanted) in _texts(root, lambda *asked: _shown(root, *asked)).items()
        if now != wanted
    }
    for name, wanted in changed.items():
        write_whole(root / name, wanted.encode())
    return list(changed)


def _texts(root: Path, sample: Sample | None) -> Mapping[str, tuple[str, str]]:
    """Each page and template that is there: its text, and as it should be. `sample` None: one of this rubric stays."""
    read = rubric_in(root)
    names = [*PAGES, *(f"student_template/{file}" for file in read.rubric.files())]
    texts = {name: (root / name).read_text(encoding="utf-8") for name in names if (root / name).is_file()}
    return {
        name: (text, page(name, text, read, sample) if name in PAGES else pointed(text, read.rubric))
        for name, text in texts.items()
    }


def page(name: str, text: str, read: RubricFile, sample: Sample | None = None) -> str:
    """A page with its passages as the rubric has them. Raises PagesError, with the line, for a marker that is none."""

    def passage(found: re.Match[str]) -> str:
        kind, rest, body = found["name"], found["rest"], found["body"]
        if kind == "sample" and (asked := _SAMPLE.fullmatch(rest)):
            rest, current = f" {asked['folder']} {asked['question']}, rubric {read.hash}", rest
            if sample is not None:
                body = f"\n```\n{sample(asked['folder'], asked['question'])}\n```\n"
            elif current == rest:
                return found[0]
        elif kind in PASSAGES and not rest:
            body = PASSAGES[kind](read.rubric, body)
        else:
            allowed = ", ".join([*PASSAGES, "sample FOLDER N"])
            raise _at(name, text, found.start(), f'"{kind}{rest}" is no passage; there are {allowed}')
        return f"{_OPEN}{kind}{rest} -->{body}{_CLOSE}"

    spans = [found.start() for found in _PASSAGE.finditer(text)]
    for found in re.finditer(re.escape(_OPEN), text):
        if found.start() not in spans:
            raise _at(name, text, found.start(), f"this passage has no end: write {_CLOSE} behind it")
    return _PASSAGE.sub(passage, text)


def _at(name: str, text: str, place: int, message: str) -> PagesError:
    return PagesError(f"{name}, line {text.count(chr(10), 0, place) + 1}: {message}")


# ---------------------------------------------------------------------------------------------------------- passages


def _questions(rubric: Rubric, _: str) -> str:
    lines = ["", "| question | rows by spec | rows for a person |", "|---|---|---|"]
    for question in rubric.questions:
        extra = f", extra credit {decimal_text(Fraction(question.extra_points))}" if question.extra_points else ""
        cells = [" ".join(row.number for row in question.rows if row.graded == kind) for kind in ("spec", "written")]
        cells = [f" {cell} |" if cell else " |" for cell in cells]
        lines.append(f"| {question.title} ({counted(Fraction(question.points))}{extra}) |{''.join(cells)}")
    return "\n".join([*lines, ""])


def _files(rubric: Rubric, body: str) -> str:
    """What stands in the last column stays; a new file gets its rows' titles."""
    known = dict(_FILE_LINE.findall(body))
    lines = ["", "| file | question | what you write |", "|---|---|---|"]
    for file in rubric.files():
        questions = [question for question in rubric.questions if question.file == file]
        titles = "; ".join(row.title for question in questions for row in question.rows)
        numbers = ", ".join(question.title.split()[0] for question in questions)
        lines.append(f"| `{file}` | {numbers} | {known.get(file) or titles.replace('|', '/')} |")
    return "\n".join([*lines, ""])


def _totals(rubric: Rubric, _: str) -> str:
    by_spec, written, extra = (decimal_text(points) for points in rubric.totals().values())
    return f"{by_spec} points by spec, {written} by a person, extra credit {extra}."


def _written(rubric: Rubric, _: str) -> str:
    people = (row for _, row in rubric.rows() if row.graded == "written")
    return ", ".join(f"{row.number} ({counted(row.worth)})" for row in people) or "none"


def _limits(rubric: Rubric, _: str) -> str:
    limits = rubric.limits
    return (
        f"{limits.seconds_per_call:g} s for a call and for loading a file, {limits.seconds_per_row:g} s for a row, "
        f"{limits.seconds_in_all:g} s in all,\n{limits.memory_mb} MB of memory"
    )


PASSAGES: Mapping[str, Callable[[Rubric, str], str]] = {
    "questions": _questions,
    "files": _files,
    "totals": _totals,
    "at-once": lambda rubric, _: _rows(rubric, lambda row: row.visibility == "visible"),
    "waiting": lambda rubric, _: _rows(rubric, lambda row: row.visibility != "visible"),
    "written": _written,
    "limits": _limits,
}


def _rows(rubric: Rubric, wanted: Callable[[Row], bool]) -> str:
    """Rows by spec in a few words: "3.1, 4.1a to 4.2b"; "none". A row that is none of them ends a run."""
    each = (
        runs((row.number, row.graded == "spec" and wanted(row)) for row in question.rows)
        for question in rubric.questions
    )
    return ", ".join(filter(None, each)) or "none"


def _shown(root: Path, folder: str, question: str) -> str:
    """What `check` prints of one question of a submission, without the small print of the run."""
    read = rubric_in(root)
    files = [one.file for one in read.rubric.questions if one.title.split()[0] == question]
    if not files or not (root / folder / files[0]).is_file():
        there = files[0] if files else "no such question"
        raise PagesError(f"a page asks for a sample of question {question} in {folder}: {there} is not there")
    with tempfile.TemporaryDirectory() as alone:
        Path(alone, files[0]).write_bytes((root / folder / files[0]).read_bytes())
        command = [sys.executable, "-m", "autograder", "check", alone, "--assignment", str(root)]
        done = subprocess.run(
            [*command, "--question", question, "--no-color"], cwd=OWN_ROOT, capture_output=True, encoding="utf-8"
        )
    if done.returncode not in (0, 1):
        raise PagesError(f"the sample of {folder} could not be checked: {done.stderr.strip()}")
    table = done.stdout[done.stdout.index("\nrow ") if "\nrow " in done.stdout else 0 :]  # below notes on this machine
    return table.partition("\nautograder ")[0].strip()
