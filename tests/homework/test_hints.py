"""Hints on this homework's rows: every planted mistake has a failing call that runs and says what the check says."""

from __future__ import annotations

import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from autograder.check.command import home_assignment
from autograder.check.hint import Hinted, hinted, told
from autograder.core.outcome import Outcome
from tests.homework import planted

ROOT = planted.ROOT
WRONG = {  # row -> what is appended, and what the hint must say
    "2.1a": (
        "h_bar",
        "t, s, bar, w",
        "sum(getattr(bar, v)[t + 1] for v in 'ifog')",
        "lacks s.i[t + 1], s.f[t + 1], s.o[t + 1], s.g[t + 1], s.dL_dh[t]",
    ),
    "2.1b": ("c_bar", "t, s, bar, w", "bar.c[t + 1] * s.f[t]", "depends on s.f[t], bar.c[t + 1]"),
    "2.1c": ("g_bar", "t, s, bar, w", "-bar.c[t] * s.i[t]", "sign: yours is the true value with the other sign"),
    "2.1d": ("o_bar", "t, s, bar, w", "2 * bar.h[t] * np.tanh(s.c[t])", "yours is 2 times the true value"),
    "2.1e": ("f_bar", "t, s, bar, w", "bar.c[t] * s.c[t]", "lacks s.c[t - 1]"),
    "2.1f": ("i_bar", "t, s, bar, w", "bar.c[t] * s.nothing[t]", "at t = 1, T = 1 it gives no number"),
    "2.2": ("w_xi_bar", "s, bar, w", "float(np.sum(bar.i * s.i * (1 - s.i)))", "lacks s.x[1..T]"),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The reference's answers with a mistake in every row that is judged at home, and more than one file's worth."""
    path = planted.build("own_helper_module", tmp_path_factory.mktemp("hints") / "my answers")
    for file in planted.FILES:
        (path / file).write_text((ROOT / "reference" / file).read_text())
    with open(path / "lstm_gradient.py", "a") as stream:
        for name, arguments, value, _ in WRONG.values():
            stream.write(f"\n\ndef {name}({arguments}):\n    return {value}\n")
    weights = path / "binary_addition.py"
    weights.write_text(weights.read_text().replace("[1.0, -1.0, 1.0]", "[1.0, -1.0, 0.0]"))
    return path


@cache
def hint_on(number: str, folder: Path) -> tuple[Hinted, str]:
    found = hinted(home_assignment(ROOT), folder, number, ROOT)
    return found, "\n".join(told(found))


def run(program: Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, str(program)], capture_output=True, text=True, timeout=60, cwd=cwd)


@pytest.mark.parametrize("number", WRONG)
def test_an_equation_is_hinted_at_and_its_failing_call_runs(number: str, folder: Path, tmp_path: Path) -> None:
    found, text = hint_on(number, folder)
    assert WRONG[number][3] in re.sub(r"\n +", " ", text)
    assert all(len(line) <= 80 for line in text.splitlines() if ".autograder" not in line)
    assert found.program == folder / ".autograder" / f"failing_{number.replace('.', '_')}.py"
    done = run(found.program, tmp_path)
    want = float(re.search(r"expected (\S+)", done.stdout)[1])
    if found.mark.outcome is Outcome.CRASHED:
        assert "no attribute 'nothing'" in done.stderr
    else:
        assert float(re.search(r"yours +(\S+)", done.stdout)[1]) != pytest.approx(want, rel=1e-9)
        assert done.returncode == 0


def test_a_right_equation_gives_what_the_failing_call_expects(folder: Path, tmp_path: Path) -> None:
    """The numbers that are written are those of the problem: a mended answer prints the expected value."""
    programs = {number: hint_on(number, folder)[0].program for number in WRONG}
    answers = folder / "lstm_gradient.py"
    kept = answers.read_text()
    answers.write_text((ROOT / "reference" / "lstm_gradient.py").read_text())
    try:
        for program in programs.values():
            want, got = re.findall(r"(?:expected|yours) +(\S+)", run(program, tmp_path).stdout)
            assert float(got) == pytest.approx(float(want), rel=1e-11)
    finally:
        answers.write_text(kept)


@pytest.mark.parametrize("number", ["1.2", "1.3"])
def test_a_wrong_addition_is_shown_step_by_step_and_runs(number: str, folder: Path, tmp_path: Path) -> None:
    found, text = hint_on(number, folder)
    done = run(found.program, tmp_path)
    steps = [line.split() for line in done.stdout.splitlines()[1:]]
    assert done.returncode == 0
    assert re.search(r"^    yours +0  0$", text, re.M)
    assert [(step[6], step[7]) for step in steps] == [("0", "0"), ("1", "0")]
    assert steps[-1][8:] == ["<-", "wrong"]
    for name, place in (("h1", 3), ("h2", 4), ("h3", 5)):
        shown = re.search(rf"^    {name} +(\d)  (\d)$", text, re.M)
        assert list(shown.groups()) == [step[place] for step in steps]


@pytest.mark.parametrize("number", ["3.1", "3.2a", "4.1a", "4.2b"])
def test_a_row_that_needs_the_key_says_that_there_is_none(number: str, folder: Path) -> None:
    assert "there is no hint" in hint_on(number, folder)[1].replace("\n    ", " ")


def test_a_hint_names_no_more_than_inputs(folder: Path) -> None:
    """No operator between two inputs: the formula stays the student's to find."""
    for number in WRONG:
        found, _ = hint_on(number, folder)
        told = "\n".join(line for line in found.lines if line.startswith(("sign", "factor", "steps", "inputs")))
        assert not re.search(r"[*/^]|\bs\.\w+\[[^\]]*\] *[-+]", told), told
