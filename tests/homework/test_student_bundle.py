"""The students' zip: what is in it, that no answer is, in no form, and that it works from nothing but itself."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import types
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from autograder import bundle
from reference.diagnosis.architecture import asked
from reference.diagnosis.misconceptions import misconceptions, total_of
from tests.homework import planted
from tests.homework.answer_search import KEY, LONG, ROOT, computations, counts, leaks
from tests.packaging import interpreters
from tests.packaging.project_copy import CLEAN
from tests.packaging.test_bundle import imported, is_module
from tests.specs import answers

TEMPLATE = planted.FILES


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The zip of this checkout, unpacked far away from it."""
    folder = tmp_path_factory.mktemp("student")
    with zipfile.ZipFile(bundle.student(ROOT, folder / "student.zip")) as archive:
        archive.extractall(folder / "homework3")
    return folder / "homework3"


def check(unpacked: Path, *arguments: str, python: Path | str = sys.executable) -> subprocess.CompletedProcess[str]:
    command = [str(python), "-B", "-m", "autograder", "check", *arguments]
    return subprocess.run(
        command, cwd=unpacked, capture_output=True, text=True, encoding="utf-8", env=CLEAN, timeout=60
    )


def rows(unpacked: Path, folder: Path, python: Path | str = sys.executable) -> dict[str, Any]:
    done = check(unpacked, str(folder), "--json", python=python)
    assert done.returncode in (0, 1), done.stderr
    return {row["number"]: row for row in json.loads(done.stdout)["rows"]}


# ----------------------------------------------------------------------------------------------------- what is in it


def test_holds_template_self_check_and_one_page(unpacked: Path) -> None:
    names = {path.relative_to(unpacked).as_posix() for path in unpacked.rglob("*") if path.is_file()}
    assert {f"student_template/{name}" for name in TEMPLATE} <= names
    assert {"README.md", "requirements.txt", "MANIFEST.json", "tests/rubric.yaml"} <= names
    assert {name for name in names if "/" not in name and name.endswith((".py", ".ini"))} == {
        *("check.py", "conftest.py", "pytest.ini")
    }
    assert {name.split("/")[0] for name in names if "/" in name} == {"autograder", "student_template", "tests"}
    assert {name for name in names if name.endswith(".md")} == {"README.md"}
    instructors = ("bundle", "validate", "schema", "regrade", "metadata", "gradescope")
    assert not [name for name in names if Path(name).stem in instructors or "reference" in name]


def test_same_content_gives_the_same_bytes(tmp_path: Path) -> None:
    copy = tmp_path / "checkout"
    for folder in ("autograder", "student_template", "tests/specs"):
        shutil.copytree(ROOT / folder, copy / folder)
    shutil.copy(ROOT / "tests" / "rubric.yaml", copy / "tests" / "rubric.yaml")
    for path in copy.rglob("*.py"):
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    (copy / "student_template" / "solution.txt").write_text("no\n")
    first, second = (bundle.student(root, tmp_path / f"{root.name}.zip").read_bytes() for root in (ROOT, copy))
    assert first == second


def test_nothing_in_it_imports_what_was_left_out(unpacked: Path) -> None:
    missing = {
        (path.relative_to(unpacked).as_posix(), module)
        for path in unpacked.rglob("*.py")
        for module in imported(path)
        if module.split(".")[0] in ("autograder", "reference", "tests") and not is_module(unpacked, module)
    }
    # The instructors' commands say that they are not here; without the answers the specs defer
    assert {path for path, _ in missing} <= {"autograder/__main__.py", "tests/specs/answers.py"}
    assert {module for path, module in missing if path == "autograder/__main__.py"} <= {
        "autograder.bundle.command",
        "autograder.gradescope.command",
        "autograder.regrade.command",
        "autograder.blind.command",
        "autograder.bundle.validate",
    }


@pytest.mark.parametrize("command", [["grade", "student_template"], ["validate"], ["bundle", "student"]], ids=str)
def test_the_instructors_commands_say_that_they_are_not_here(unpacked: Path, command: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-B", "-m", "autograder", *command], cwd=unpacked, capture_output=True, text=True, env=CLEAN
    )
    assert done.returncode == 2
    assert "this is the self-check for students; its commands are `check` and `pack`." in done.stderr
    assert "Traceback" not in done.stderr


def test_the_requirements_are_those_of_the_project() -> None:
    project = (ROOT / "pyproject.toml").read_text()
    listed = [re.search(rf"^{key} = (\[.*?\])( *#.*)?$", project, re.M | re.S) for key in ("dependencies", "student")]
    wanted = {line for found in listed for line in ast.literal_eval(found[1])}
    lines = (ROOT / "student_template" / "requirements.txt").read_text().splitlines()
    assert {line for line in lines if line and not line.startswith("#")} == wanted


def test_wheels_do_not_go_with_it(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    from autograder.__main__ import main

    assert main(["bundle", "student", "--wheels", "-o", str(tmp_path / "x.zip")]) == 2
    assert "--wheels" in capsys.readouterr().err


# -------------------------------------------------------------------------------------------------------- no answer


def test_no_answer_stands_in_any_file(unpacked: Path) -> None:
    found = {
        path.relative_to(unpacked).as_posix(): leaks(path.read_text(encoding="utf-8"))
        for path in unpacked.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert {name: said for name, said in found.items() if said} == {}


# Of any network: counts that are too small to say anything by themselves are not searched for.
TELLING = [count for count in KEY["parameter_counts"].values() if count in counts()]
TOTAL = KEY["parameter_counts"]["total"]
PLANTED = [
    *(f"x = {count}" for count in TELLING),
    *(f"there are {count:,} of them" for count in TELLING),
    f"{TOTAL:,}".replace(",", " "),
    f"{TOTAL:,}".replace(",", "."),
    f"{TOTAL:.12e}",
    *([f"such as {int(str(TOTAL)[:6]):,}"] if TOTAL > LONG else []),
    *(f"{total_of((one,), asked()):,}" for one in misconceptions(asked()) if "pools too many" in one.name),
    *(f"{total_of((one,), asked())}" for one in misconceptions(asked()) if "channels" in one.name),
    *(
        factors.replace("*", sign) + " + 1"
        for factors in computations()
        for sign in (" * ", " x ", "\N{MULTIPLICATION SIGN}")
    ),
    '"""How it was understood, "O(d·k²·H·W)"."""',
    "it needs d k^2 H W products",
    "the time is d + H + W - 2 at least",
    "max(d, H + W)",
    "= O(d)",
    r"\mathcal{O}(H + W + d)",
    "bh = [-0.5, -1.5, -2.5]",
    "y = h1 - h2 + h3",
    "Why = (1, -1, 1)",
    "the path 000, 100, 110",
    "1 - c^2 differs from 1 - tanh(c)^2",
    "bar.g[n] * (1 - s.g[n] ** 2)",
    "i(t+1) (1 - i(t+1)) w_hi",
    "s.f[n] * (1 - s.f[n])",
    "g_bar(t) = c_bar(t) i(t)",
    "return bar.c[t] * s.g[t]",
    "RESNET_EASIER_TO_TRAIN = 'left'",
    "the left one is easier to train",
    "nothing is on the skip path",
    "the factors multiply up over depth: the gradient vanishes",
]


def test_the_total_is_large_enough_to_be_searched_for() -> None:
    assert TOTAL in TELLING


@pytest.mark.parametrize("text", PLANTED)
def test_the_search_finds_a_planted_answer(text: str) -> None:
    assert leaks(f"# a comment that says nothing\n{text}\nx = 1\n")


def test_the_search_finds_every_right_bound_of_the_catalogue() -> None:
    bounds = [
        case.source for file, case in answers.cases(TEMPLATE) if file == "autoregressive.py" and case.found == "right"
    ]
    assert len(bounds) > 60
    # "d steps" and the like: a variable and a word say nothing where they stand by themselves
    assert [
        source for source in bounds if not leaks(source) and not re.search(r"= '[\W\d]*[dD]( steps)?'", source)
    ] == []


def test_no_module_of_it_can_be_made_to_say_one(unpacked: Path) -> None:
    """Every constant that any module holds or any function computes with, also what is put together at import."""
    program = f"""
import importlib, pathlib, sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
for path in sorted(pathlib.Path("autograder").rglob("*.py")):
    name = ".".join(path.with_suffix("").parts)
    if not name.endswith("__main__") and "zygote" not in name:
        importlib.import_module(name.removesuffix(".__init__"))
from autograder.check import command as check
assignment = check.home_assignment(pathlib.Path.cwd())
import bundle_constants
modules = [module for name, module in sys.modules.items() if name.split(".")[0] in ("autograder", "specs")]
print("\\n".join(bundle_constants.said(modules)))
"""
    done = subprocess.run(
        [sys.executable, "-B", "-c", program], cwd=unpacked, capture_output=True, text=True, env=CLEAN, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert len(done.stdout) > 20_000
    assert leaks(done.stdout) == []


@pytest.mark.parametrize(
    "question", ["parameter_counts", "resnet_easier_to_train", "bound", "explain_gradient", "flags"]
)
def test_without_the_reference_every_question_to_it_defers(question: str) -> None:
    from autograder.assignment.load import AbsentReference, Deferred

    with pytest.raises(Deferred):
        getattr(AbsentReference(), question)


ABOUT_READING = r"Missing: |unknown key |\w+: (there are two keys|write|expected|got|missing)|\w+ is read as "


def _of_questions_3_and_4(step: int) -> Iterator[tuple[str, Any]]:
    yield from answers.cases(TEMPLATE[2:4])[::step]


@pytest.mark.parametrize("step", [60, pytest.param(1, marks=pytest.mark.certify)])
def test_what_it_says_does_not_depend_on_whether_an_answer_is_right(step: int, unpacked: Path, tmp_path: Path) -> None:
    """Whatever is handed in for questions 3 and 4: the outcome is `deferred`, and the words are how it was read."""
    for at, (file, case) in enumerate(_of_questions_3_and_4(step)):
        folder = tmp_path / str(at)
        folder.mkdir()
        shutil.copy(ROOT / "reference" / file, folder / file)
        (folder / file).write_text((folder / file).read_text() + f"\n\n{case.source}")
        row = rows(unpacked, folder)[case.row]
        if row["outcome"] == "failed":  # it could not be read, which has nothing to do with being right
            assert not row["read_as"]
            continue
        assert row["outcome"] == "deferred", (case.name, row)
        first, *problems, last = row["feedback"].split("\n")
        assert first == f"Read as: {row['read_as']}"
        assert last == f"{'The rest was read' if problems else 'Read and understood'}; it is graded on Gradescope."
        assert [line for line in problems if not re.match(ABOUT_READING, line)] == []


# --------------------------------------------------------------------------------------------------------- it works


def right_and_wrong(folder: Path) -> tuple[Path, Path]:
    right = folder / "right"
    right.mkdir()
    for name in TEMPLATE:
        shutil.copy(ROOT / "reference" / name, right)
    return right, planted.build("wrong_answers", folder / "wrong")


def works(unpacked: Path, folder: Path, python: Path | str) -> None:
    """The self-check from the zip alone, on the template, on a right and on a wrong submission."""
    done = check(unpacked, python=python)
    assert done.returncode == 1, done.stderr
    *_, (_, last) = planted.RUBRIC.rows()
    assert f"Not answered yet: 1.1 to {last.number}" in done.stdout
    right, wrong = right_and_wrong(folder)
    words = {row["outcome"] for row in rows(unpacked, right, python).values()}
    assert words == {"passed", "deferred", "written"}
    assert check(unpacked, str(right), python=python).returncode == 0
    found = {number: row["outcome"] for number, row in rows(unpacked, wrong, python).items()}
    assert (found["1.2"], found["1.3"], found["2.1a"], found["2.1c"]) == ("partial", "failed", "failed", "passed")
    page = folder / "report.html"
    assert check(unpacked, str(wrong), "--html", str(page), python=python).returncode == 1
    assert "<svg" in page.read_text(encoding="utf-8")


def test_it_works_from_the_zip_alone(unpacked: Path, tmp_path: Path) -> None:
    works(unpacked, tmp_path, sys.executable)


AGAIN = "unpack the zip again, into a new folder, and copy your files there."


@pytest.fixture
def copied(unpacked: Path, tmp_path: Path) -> Path:
    """A copy of the zip that may be changed."""
    copy = tmp_path / "copy"
    shutil.copytree(unpacked, copy, ignore=shutil.ignore_patterns("__pycache__"))
    return copy


def test_a_changed_file_is_pointed_out(copied: Path) -> None:
    (copied / "student_template" / "convolutional.py").write_text("x = 1\n")  # the student's to change
    assert AGAIN not in check(copied).stdout
    rubric = copied / "tests" / "rubric.yaml"
    rubric.write_bytes(rubric.read_bytes().replace(b"\n", b"\r\n"))  # as some tools unpack it
    assert AGAIN not in check(copied).stdout
    rubric.write_text(rubric.read_text().replace("additions: 200", "additions: 2"))
    assert f"tests/rubric.yaml was changed: {AGAIN}" in " ".join(check(copied).stdout.split())


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("tests/specs/test_lstm_gradient.py", "raises", "was changed"),
        ("tests/rubric.yaml", None, "is missing"),
        ("tests/rubric.yaml", "questions: 5", "was changed"),
        ("tests/specs/test_lstm_gradient.py", None, "is missing"),
        ("tests/specs/test_lstm_gradient.py", "def (", "was changed"),
        ("tests/specs/test_lstm_gradient.py", "import no_such", "was changed"),
        ("autograder/maths/closeness.py", None, "is missing"),
        ("autograder/grading/coerce.py", "import no_such", "was changed"),
        ("autograder/sandbox/worker.py", "def (", "was changed"),
    ],
)
def test_what_a_changed_file_breaks_is_never_called_our_fault(copied: Path, file: str, text: str, said: str) -> None:
    path = copied / file
    if text == "raises":  # a row of it, once it is judged
        text = re.sub(r"(\n@number\(.*\n(?:@.*\n)*def \w+\(.*\n)", r"\1    no_such_name\n", path.read_text())
    path.unlink() if text is None else path.write_text(text)
    done = check(copied)
    everything = " ".join((done.stdout + done.stderr).split())
    assert done.returncode == 2
    assert f"{file} {said}: {AGAIN}" in everything
    assert "Traceback" not in everything or file.startswith("autograder/sandbox/")  # the zygote's own, on stderr
    assert "our fault" not in everything
    assert "no fault of yours" not in everything


def test_what_no_changed_file_breaks_is_not_put_on_one(copied: Path) -> None:
    """Notes in the README are the student's own affair, and a fault of ours or of the machine stays what it is."""
    (copied / "README.md").write_text("my notes\n")
    assert AGAIN not in check(copied).stdout
    closed = ["sh", "-c", f"exec {sys.executable} -B -m autograder check > /dev/full"]
    done = subprocess.run(closed, cwd=copied, capture_output=True, text=True, env=CLEAN)
    assert (done.returncode, AGAIN in done.stderr, "No space left" in done.stderr) == (2, False, True)
    tally = copied / "autograder" / "check" / "tally.py"
    tally.write_text(tally.read_text().replace("    elsewhere = [", "    1 / 0\n    elsewhere = [", 1))
    assert f"autograder/check/tally.py was changed: {AGAIN}" in " ".join(check(copied).stderr.split())
    (copied / "MANIFEST.json").unlink()  # now as if it were in the zip
    ours = check(copied)
    assert ours.returncode == 2
    assert "this is our fault, not yours; please tell the staff: ZeroDivisionError" in ours.stderr
    assert "autograder/check/tally.py line" in ours.stderr
    assert "Traceback" not in ours.stderr


@pytest.fixture
def ready(unpacked: Path, tmp_path: Path) -> Path:
    """A copy of the zip whose environment is this one, as if check.py had made it."""
    copy = tmp_path / "homework3"
    shutil.copytree(unpacked, copy, ignore=shutil.ignore_patterns("__pycache__", ".autograder"))
    python = copy / ".autograder" / "venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    shutil.copy(copy / "requirements.txt", python.parent.parent / "installed.txt")
    return copy


def started(ready: Path, here: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """check.py, started from a folder."""
    command = [sys.executable, "-B", str(ready / "check.py"), *arguments]
    return subprocess.run(command, cwd=here, capture_output=True, text=True, encoding="utf-8", env=CLEAN, timeout=60)


def pytest_in(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """pytest as a student starts it."""
    command = [sys.executable, "-B", "-m", "pytest", "-q", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, env=CLEAN, timeout=60)


@pytest.mark.skipif(os.name != "posix", reason="the environment is a shell script")
def test_one_file_starts_it_from_any_folder(ready: Path, tmp_path: Path) -> None:
    *_, (_, last) = planted.RUBRIC.rows()
    for here in (ready, ready / "student_template", tmp_path):
        done = started(ready, here)
        assert done.returncode == 1, done.stderr
        assert f"Not answered yet: 1.1 to {last.number}" in done.stdout
        assert "Next: answer 1.1. To check it alone: python3 " in done.stdout
    helped = started(ready, tmp_path, "--help").stdout
    assert "--watch" in helped
    assert started(ready, tmp_path, "2.9").returncode == 2


def test_help_lists_only_what_is_there(unpacked: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-B", "-m", "autograder", "--help"], cwd=unpacked, capture_output=True, text=True, env=CLEAN
    )
    assert re.search(r"^ +check ", done.stdout, re.MULTILINE)
    assert not re.search(r"^ +(grade|regrade|responses|merge|bundle|new|pages|validate) ", done.stdout, re.MULTILINE)


@pytest.mark.skipif(os.name != "posix", reason="the environment is a shell script")
def test_pytest_shows_one_test_a_row(ready: Path, tmp_path: Path) -> None:
    folder = ready / "student_template"
    for name, content in ((path.name, path) for path in planted.build("wrong_answers", tmp_path / "w").glob("*.py")):
        shutil.copy(content, folder / name)
    files = {row.number: question.file for question, row in planted.RUBRIC.rows()}
    collected = pytest_in(ready, "--collect-only").stdout.split("\n\n")[0].splitlines()
    assert sorted(collected) == sorted(f"student_template/{file}::{number}" for number, file in files.items())
    judged = rows(ready, folder)
    for here, arguments in ((folder, ()), (tmp_path, (str(folder),))):
        done = pytest_in(here, "-rA", *arguments)
        assert done.returncode == 1
        said = re.findall(r"^(PASSED|FAILED) \S+::(\S+)", done.stdout, re.MULTILINE)
        assert {number: word for word, number in said} == {
            number: "PASSED" if row["outcome"] == "passed" else "FAILED"
            for number, row in judged.items()
            if row["outcome"] not in ("deferred", "written")
        }
    failed = next(row for row in judged.values() if row["outcome"] == "failed")
    assert f"{failed['number']} {failed['title']}: failed\n\n{failed['feedback'].splitlines()[0]}" in done.stdout
    assert "Traceback" not in done.stdout


@pytest.mark.skipif(os.name != "posix", reason="the environment is a shell script")
def test_pytest_runs_nothing_of_a_student_and_loses_no_row(ready: Path, tmp_path: Path) -> None:
    folder, ran = ready / "student_template", tmp_path / "ran"
    for name in ("test_mine.py", "mine_test.py", "test_lstm_gradient.py", TEMPLATE[0]):
        (folder / name).write_text(f"open({str(ran)!r}, 'w').write(__file__)\nraise SystemExit(3)\n")
    (folder / TEMPLATE[1]).unlink()
    done = pytest_in(ready, "-rA")
    assert not ran.exists()
    told = re.findall(r"^(?:PASSED|FAILED|SKIPPED) \S*::(\S+)", done.stdout, re.MULTILINE)
    assert set(told) == {row.number for _, row in planted.RUBRIC.rows()}, done.stdout
    one = pytest_in(ready, f"student_template/{TEMPLATE[2]}")
    assert one.returncode == 1
    assert not ran.exists()


@pytest.mark.certify
@pytest.mark.parametrize("minor", bundle.PYTHON_MINORS)
def test_it_installs_into_an_empty_environment_and_works(minor: int, unpacked: Path, tmp_path: Path) -> None:
    python = interpreters.find(minor)
    if python is None:
        pytest.skip(f"no Python 3.{minor} on this machine")
    copy = tmp_path / "copy"
    shutil.copytree(unpacked, copy, ignore=shutil.ignore_patterns("__pycache__", ".autograder"))
    done = subprocess.run(
        [python, copy / "check.py"], cwd=tmp_path, capture_output=True, text=True, env=CLEAN, timeout=300
    )
    assert done.returncode == 1, done.stderr
    works(copy, tmp_path, copy / ".autograder" / "venv" / ("Scripts" if os.name == "nt" else "bin") / "python")


def test_the_constants_of_a_function_are_found() -> None:
    from tests.homework import bundle_constants

    module = types.ModuleType("autograder.planted")
    exec(
        "def f():\n    def g():\n        return 'deep' + str(12345)\n    return g\nclass C:\n    x = ('in a', 7)\n",
        module.__dict__,
    )
    said = "\n".join(bundle_constants.said([module]))
    assert all(word in said for word in ("deep", "12345", "in a", "7"))
