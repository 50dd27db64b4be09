"""`check`: exit codes, options, what it imports, and where it must run."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest

from autograder import __version__
from autograder.__main__ import main
from autograder.bundle.student_zip import ROOMS
from autograder.check import command as check
from autograder.core.environment import install
from autograder.core.outcome import Mark, Outcome, Report
from tests.autograder import planted, program
from tests.packaging import interpreters

ROOT = planted.ROOT
HERE = ("--assignment", str(ROOT))
ANSI = "\x1b["
run = partial(program.run, "check")


def run_with(before: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """`check` in an interpreter that runs `before` first."""
    text = f"import sys\n{before}\nfrom autograder.__main__ import main\nsys.exit(main(['check', *sys.argv[1:]]))"
    return program.python(text, *HERE, *arguments)


def blocking(*modules: str) -> str:
    return f"for name in {modules!r}: sys.modules[name] = None"


# -------------------------------------------------------------------------------------------------------- exit codes


@pytest.mark.parametrize(
    ("folder", "code", "says"),
    [("reference", 0, "deferred"), ("student_template", 1, "unanswered"), ("nowhere", 2, "there is no such folder")],
)
def test_exit_code(folder: str, code: int, says: str) -> None:
    done = run(folder)
    assert done.returncode == code
    assert says in done.stdout + done.stderr
    assert (done.stderr == "") == (code != 2)
    assert ANSI not in done.stdout  # a pipe gets no colour
    assert max(len(line) for line in done.stdout.splitlines() or [""]) <= 80


def code_of(*outcomes: Outcome, weighted: bool = True) -> int:
    marks = tuple(Mark("1", "Row", outcome, 1, weighted=weighted) for outcome in outcomes)  # type: ignore[arg-type]
    return check.Checked(Path(), Report(marks, "891", "abc", "0"), "", ()).code


@pytest.mark.parametrize("outcome", list(Outcome))
def test_the_exit_code_of_every_outcome(outcome: Outcome) -> None:
    fine = (Outcome.PASSED, Outcome.DEFERRED)
    wanted = 2 if outcome is Outcome.INTERNAL else 0 if outcome in fine else 1
    assert code_of(Outcome.PASSED, outcome) == wanted


def test_a_row_without_points_costs_nothing() -> None:
    assert code_of(Outcome.UNANSWERED, weighted=False) == 0


# ----------------------------------------------------------------------------------------------------------- options


@pytest.mark.parametrize(
    ("question", "rows"),
    [
        ("1", ["1.1", "1.2", "1.3"]),
        ("2", ["2.1", "2.2", "2.3", "2.4"]),
        ("2.1", ["2.1"]),
        ("3", ["3.1", "3.2"]),
        ("Q1", ["1.1", "1.2", "1.3"]),
        ("q2.1", ["2.1"]),
        (" question 2.1 ", ["2.1"]),
        ("3,1.2", ["1.2", "3.1", "3.2"]),
        ("3, 3.1", ["3.1", "3.2"]),
    ],
)
def test_one_question(question: str, rows: list[str]) -> None:
    found = check.home_assignment(ROOT, question)
    assert [linked.row.number for linked in found.rows] == rows


@pytest.mark.parametrize(
    ("arguments", "rows"),
    [
        (["2.1"], ["2.1"]),
        (["q3"], ["3.1", "3.2"]),
        (["-q", "1.1", "-q", "2.1"], ["1.1", "2.1"]),
        (["1.1", "2.1,2.2"], ["1.1", "2.1", "2.2"]),
    ],
    ids=str,
)
def test_rows_may_be_named_like_a_folder_and_more_than_once(arguments: list[str], rows: list[str], wrong: Path) -> None:
    for said in (run(wrong, *arguments, "--json"), run(*arguments, "--json", cwd=wrong)):
        assert [row["number"] for row in json.loads(said.stdout)["rows"]] == rows


@pytest.mark.parametrize(
    ("word", "says"),
    [
        pytest.param("student_template", "one folder at a time", id="a second folder"),
        *(pytest.param(word, "there is no question", id=word) for word in ("9", "Q9", "2.9", "1,9")),
    ],
)
def test_a_second_word_that_is_no_row(word: str, says: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", *HERE, str(ROOT / "reference"), word]) == 2
    assert says in capsys.readouterr().err


def test_a_folder_of_a_rows_name_is_a_folder(tmp_path: Path, wrong: Path) -> None:
    shutil.copytree(wrong, tmp_path / "2")
    assert len(json.loads(run("2", "--json", cwd=tmp_path).stdout)["rows"]) == len([*planted.RUBRIC.rows()])


def test_the_rows_can_be_listed_without_a_submission(tmp_path: Path) -> None:
    listed = json.loads(run("--list", "--json", cwd=tmp_path).stdout)
    assert [row["number"] for row in listed["rows"]] == [row.number for _, row in planted.RUBRIC.rows()]
    assert listed["files"] == list(planted.RUBRIC.files())
    assert run("--list", "q2", cwd=tmp_path).stdout.count("\n") == 4


def test_a_row_that_was_asked_for_and_crashed_costs_the_exit_code(tmp_path: Path) -> None:
    (number, answer, file) = next(
        (row.number, row.answer, question.file) for question, row in planted.RUBRIC.rows() if row.graded == "written"
    )
    for text, code in ((f"{answer} = 1 / 0\n", 1), (f'{answer} = "because"\n', 0), (f'{answer} = ""\n', 1)):
        (tmp_path / file).write_text(text)
        assert run(str(tmp_path), number).returncode == code, text


@pytest.mark.parametrize("question", ["0", "2.9", "", "x", ".", "q", "1,9"])
def test_a_question_that_is_none(question: str) -> None:
    with pytest.raises(check.CannotCheck, match="Questions: 1, 2, 3"):
        check.home_assignment(ROOT, question)


def test_json_is_the_table_for_a_program(wrong: Path) -> None:
    done = run(str(wrong), "--json")
    body = json.loads(done.stdout)
    assert (done.returncode, body["exit_code"], body["version"]) == (1, 1, __version__)
    rows = {row["number"]: row for row in body["rows"]}
    assert rows["1.2"]["outcome"] == "partial"
    assert rows["1.2"]["points"] == 0.75
    assert rows["2.1"] | {"feedback": "", "title": ""} == {
        "number": "2.1",
        "title": "",
        "outcome": "deferred",
        "points": None,
        "max_points": None,
        "read_as": "O(n)",
        "feedback": "",
    }


def test_version_and_rubric_are_those_that_gradescope_prints() -> None:
    from autograder.gradescope.results import results

    assignment = check.home_assignment(ROOT)
    there = results(planted.grade(assignment, ROOT / "reference"))["output"]
    (line,) = re.findall(r"autograder [\d.]+, rubric [0-9a-f]{12}", there)
    assert line in run("reference").stdout


def test_html_that_cannot_be_written(tmp_path: Path) -> None:
    done = run("reference", "--html", str(tmp_path / "nowhere" / "report.html"))
    assert done.returncode == 2
    assert "cannot write" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_instructors_page_adds_what_only_the_answers_tell(wrong: Path, tmp_path: Path) -> None:
    page, out = tmp_path / "report.html", tmp_path / "results.json"
    assert main(["grade", *HERE, str(wrong), "-o", str(out), "--html", str(page), "--unsafe"]) == 0
    assert "The other one." in page.read_text(encoding="utf-8")
    done = run(wrong, "--html", page)
    assert done.returncode == 1
    assert done.stdout.endswith(f"{page}: open it in a browser.\n")
    text = page.read_text(encoding="utf-8")
    assert "<svg" in text
    assert "The other one." not in text


def next_call(said: str) -> list[str]:
    """The words of the call that the last line of a check names, which may stand on a line of its own."""
    call = said[said.rindex("python -m autograder") :].splitlines()[0]
    return shlex.split(call)[3:]


@pytest.mark.parametrize(("name", "command"), [("wrong_answers", "check"), ("own_helper_module", "pack")])
def test_the_call_that_is_named_next_is_of_this_folder_and_assignment(name: str, command: str, tmp_path: Path) -> None:
    folder = planted.build(name, tmp_path / "a folder (1)")
    words = next_call(run(str(folder), cwd=tmp_path).stdout)
    assert words[0] == command
    again = subprocess.run(
        [sys.executable, "-m", "autograder", *words, *(["--json"] if command == "check" else [])],
        cwd=tmp_path,
        env=program.ENVIRONMENT,
        capture_output=True,
        text=True,
    )
    assert again.returncode == (1 if command == "check" else 0), again.stderr
    if command == "check":
        (row,) = json.loads(again.stdout)["rows"]
        assert (row["number"], row["outcome"]) == (words[1], "partial")


# ------------------------------------------------------------------------------------------------------------ colour


def test_colour_where_it_is_asked_for() -> None:
    assert ANSI in run("student_template", env={"FORCE_COLOR": "1", "TERM": "xterm"}).stdout
    assert ANSI not in run("student_template", "--no-color", env={"FORCE_COLOR": "1", "TERM": "xterm"}).stdout


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_any_console_can_show_it(encoding: str, wrong: Path) -> None:
    done = run(str(wrong), env={"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}, encoding=encoding)
    assert done.returncode == 1, done.stderr
    assert "3.2" in done.stdout
    assert "?" not in done.stdout


def test_letters_that_a_pipe_lacks_are_spelled_out(tmp_path: Path, wrong: Path) -> None:
    shutil.copytree(wrong, tmp_path / "s")
    (tmp_path / "s" / "searching.py").write_text('COMPARISONS = "O(n^2 log n)"\n')
    letters = run(str(tmp_path / "s"), "2.1").stdout
    spelled = run(str(tmp_path / "s"), "2.1", env={"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}).stdout
    assert not letters.isascii()
    assert "n^2*log(n)" in spelled


def test_a_missing_file_is_missed_in_this_folder(tmp_path: Path) -> None:
    (tmp_path / planted.RUBRIC.files()[0]).write_text("x = 1\n")
    assert f"{planted.RUBRIC.files()[1]} is not in this folder." in run(str(tmp_path)).stdout


def test_a_loop_that_prints_shows_its_first_and_its_last_lines(tmp_path: Path) -> None:
    folder = planted.build("stub_left_alone", tmp_path / "s")
    loop = "    for n in range(20_000):\n        print('step', n)\n    return [][7]\n"
    (folder / "averages.py").write_text(f"def median(s):\n{loop}")
    said = run(str(folder), "1.3").stdout
    assert "  step 0\n  step 1\n" in said
    assert re.search(r"\n  step \d+\n\n", said)
    assert re.search(r"\[\.\.\. \d+,\d+ more lines\]", said)
    assert len(said.splitlines()) < 45
    assert "IndexError" in said  # at home, though Gradescope hides the row
    assert "averages.py, line 4, in median" in said


def test_a_caret_stands_under_a_syntax_error(tmp_path: Path) -> None:
    folder = planted.build("stub_left_alone", tmp_path / "s")
    (folder / "averages.py").write_text("def mean(values):\n    total =   =  3\n")
    said = run(str(folder), "1.1").stdout.splitlines()
    (at,) = (at for at, line in enumerate(said) if line.strip() == "total = = 3")
    assert said[at - 1].endswith("averages.py, line 2:")
    assert said[at + 1].rstrip() == " " * said[at].index("= 3") + "^"


def test_one_line_says_how_the_code_was_kept_apart(wrong: Path) -> None:
    short, whole = run(str(wrong)).stdout, run(str(wrong), "--verbose").stdout
    assert "Your code ran isolated" in short.replace("ran with a time limit, but not isolated", "ran isolated")
    assert "isolation:" not in short
    assert "isolation:" in whole


# ----------------------------------------------------------------------------------------------- where it must run

POSIX_ONLY = ("fcntl", "resource", "pwd", "grp", "termios", "tty", "pty", "syslog", "posix", "nis", "crypt", "curses")


def test_it_runs_without_posix_only_modules(wrong: Path) -> None:
    """As on Windows and macOS: the portable worker, no fork, and nothing that only POSIX has."""
    # `posix` is what `os` itself is built from here, so it cannot be taken away; what it alone brings can
    modules = [name for name in POSIX_ONLY if name != "posix"]
    gone = "import os, select, sys; sys.platform = 'darwin'; " + "; ".join(
        f"os.__dict__.pop({name!r}, None)" for name in ("fork", "forkpty", "posix_spawn", "setuid", "getuid", "geteuid")
    )
    lost = "; ".join(f"select.__dict__.pop({name!r}, None)" for name in ("poll", "epoll", "devpoll", "kqueue"))
    done = run_with(f"{gone}; {lost}\n{blocking(*modules)}", str(wrong), "--json")
    assert done.returncode == 1, done.stderr
    at_home = json.loads(run(str(wrong), "--json").stdout)
    portable = json.loads(done.stdout)
    assert portable["rows"] == at_home["rows"]
    assert portable["isolation"].startswith("isolation: none (time-out and process group only)")


# What only Linux runs: whatever else is in the students' zip is imported on Windows and macOS, too.
LINUX_ONLY = {"confine", "reaper", "zygote"}
NOT_ON_WINDOWS = {
    "os": "fork forkpty posix_spawn setuid getuid geteuid getgid setsid killpg WNOHANG pipe2 O_CLOEXEC O_NONBLOCK"
    " mkfifo sysconf uname getpgid setgroups chown sched_getaffinity getrusage nice fchmod statvfs wait4 waitid",
    "signal": "SIGALRM SIGKILL SIGCHLD SIGHUP SIGUSR1 SIGSTOP SIGCONT SIGXCPU pthread_kill pthread_sigmask setitimer"
    " alarm",
    "_signal": "SIGALRM SIGKILL SIGCHLD SIGHUP pthread_kill pthread_sigmask SIG_BLOCK SIG_UNBLOCK setitimer alarm",
    "select": "poll epoll devpoll kqueue",
    "socket": "AF_UNIX CMSG_LEN SCM_RIGHTS sendmsg recvmsg",
    "_socket": "AF_UNIX CMSG_LEN SCM_RIGHTS SOCK_SEQPACKET socketpair",
    "time": "tzset clock_gettime pthread_getcpuclockid",
}


def test_no_file_of_the_zip_needs_posix_to_be_imported() -> None:
    """Every file of the rooms that the students' zip holds; what Windows lacks is gone before the first is imported."""
    folder = planted.PROJECT / "autograder"
    files = sorted(path for room in ROOMS for path in (folder / room).rglob("*.py") if "start" not in path.parts)
    names = [".".join(path.relative_to(planted.PROJECT).with_suffix("").parts) for path in files]
    names = ["autograder.api", *(name for name in names if not name.endswith(("__main__", "check.needs")))]
    text = f"""
import asyncio, importlib, subprocess, sys, tempfile, unittest, uuid
for module, gone in {NOT_ON_WINDOWS!r}.items():
    for name in gone.split():
        importlib.import_module(module).__dict__.pop(name, None)
{blocking(*(name for name in POSIX_ONLY if name != "posix"))}
for name in {names!r}:
    try:
        importlib.import_module(name)
    except (ImportError, AttributeError) as error:
        print(name.rpartition(".")[2], error)
"""
    done = program.python(text, check=True)
    assert len(names) > 80
    failed = dict(line.split(" ", 1) for line in done.stdout.splitlines())
    assert set(failed) == LINUX_ONLY, failed


@pytest.mark.parametrize("package", ["numpy", "msgspec", "yaml", "gradescope_utils"])
def test_a_missing_package_is_one_sentence(package: str) -> None:
    before = (
        "import importlib.util as u; f = u.find_spec\n"
        f"u.find_spec = lambda name, *p: None if name == {package!r} else f(name, *p)\n"
        f"import autograder.check.preflight as c; c.missing_packages.__defaults__ = (u.find_spec,)"
    )
    done = run_with(before, "reference")
    assert done.returncode == 2
    assert "not installed for this Python. Install it with:" in done.stderr
    assert done.stderr.count("\n") == 1


def test_an_option_whose_package_is_missing() -> None:
    done = run_with(blocking("jinja2"), "reference", "--html=x.html")
    assert done.returncode == 2
    assert f"jinja2. Install it with: {install()}" in done.stderr
    assert "Traceback" not in done.stderr


OLD = [path for minor in (6, 7, 8, 9) for path in [interpreters.any_python(minor)] if path is not None]


@pytest.mark.skipif(not OLD, reason="no Python 3.6 to 3.9 on this machine")
@pytest.mark.parametrize("python", OLD, ids=lambda path: path.name)
def test_an_older_python_says_so(python: Path) -> None:
    done = subprocess.run(
        [python, "-m", "autograder", "check"], cwd=planted.PROJECT, capture_output=True, text=True, timeout=30
    )
    assert done.returncode == 2
    assert "Python 3.10 to 3.13 is needed" in done.stderr
    assert done.stderr.count("\n") == 1


# --------------------------------------------------------------------------------------------------- what it imports


@pytest.mark.parametrize("command", [["grade", *HERE, "reference"], ["check", *HERE, "reference"]], ids=lambda c: c[0])
def test_the_light_path_stays_light(command: list[str]) -> None:
    heavy = ["rich", "shutil", "jinja2", "numpy", "torch", "pytest", "_pytest", "reference.diagnosis.misconceptions"]
    text = (
        f"import sys; from autograder.__main__ import main; main({command!r});"
        f"print([name for name in {heavy!r} if name in sys.modules], file=sys.stderr)"
    )
    assert program.python(text, check=True).stderr.splitlines()[-1] == "[]"


def test_check_never_holds_the_reference(wrong: Path) -> None:
    assert check.home_assignment(ROOT).reference.present is False
    done = run(str(wrong))
    assert "deferred" in done.stdout
    assert "slope 3/2, intercept 2" in done.stdout
    assert "Not right" not in done.stdout


# -------------------------------------------------------------------------------------------------------------- time


@pytest.mark.certify
def test_a_right_submission_takes_at_most_a_second() -> None:
    def seconds() -> float:
        began = time.perf_counter()
        assert run("reference").returncode == 0
        return time.perf_counter() - began

    assert min(seconds() for _ in range(5)) <= 1.0
