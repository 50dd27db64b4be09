"""`check --hint`: what is told of a row of each kind, and what a rubric can keep back."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from autograder.__main__ import main
from autograder.check.command import home_assignment
from autograder.check.hint import CannotHint, hinted, told
from autograder.core.outcome import Outcome
from tests.autograder.planted import FILES, ROOT

SPEC = """

def tell(student, draw, params):
    lists = draw.presampled()
    got = student.call("mean", float64_array(lists[0]))
    if got > 1e6:
        raise Unreadable("not a number that anybody could read")
    return Hint((f"first: of {len(lists)} lists, {got!r} of the first.",), None)


test_mean = hinted_by(tell)(test_mean)
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The practice homework, whose row 1.2 has a hint."""
    folder = tmp_path / "assignment"
    shutil.copytree(ROOT, folder)
    spec = folder / "tests" / "specs" / "test_averages.py"
    text = spec.read_text().replace("    Flag,\n", "    Flag,\n    Hint,\n    Unreadable,\n    hinted_by,\n")
    spec.write_text(text + SPEC)
    return folder


@pytest.fixture
def wrong(tmp_path: Path) -> Path:
    """Answers, of which the mean is 2."""
    folder = tmp_path / "answers"
    folder.mkdir()
    for file in FILES:
        shutil.copy(ROOT / "reference" / file, folder / file)
    with open(folder / "averages.py", "a") as stream:
        stream.write("\n\ndef mean(values):\n    return 2.0\n")
    return folder


def hint_on(number: str, folder: Path, root: Path) -> tuple[Outcome, str]:
    found = hinted(home_assignment(root), folder, number, root)
    return found.mark.outcome, "\n".join(told(found))


def test_a_spec_tells_more_of_a_wrong_row(root: Path, wrong: Path) -> None:
    outcome, text = hint_on("1.2", wrong, root)
    assert outcome is Outcome.FAILED
    assert text.startswith("1.2 Mean: failed\n  Right for 0 of 5 lists.")
    assert "\n\n  first: of 5 lists, 2.0 of the first." in text
    assert not list((wrong / ".autograder").glob("*.py"))  # the call holds nothing that a program could be made of


def test_a_row_without_a_hint_says_so(root: Path, wrong: Path) -> None:
    with open(wrong / "words.py", "a") as stream:
        stream.write("\n\ndef reverse(word):\n    return 'x'\n")
    outcome, text = hint_on("3.1", wrong, root)
    assert outcome is Outcome.FAILED
    assert text.endswith("There is no more to say of this row than this.")


@pytest.mark.parametrize(
    ("number", "outcome", "says"),
    [
        ("3.1", Outcome.PASSED, "it has full points"),
        ("2.1", Outcome.DEFERRED, "judged on Gradescope only, and the answer is not here"),
        ("2.3", Outcome.WRITTEN, "a person reads this answer"),
    ],
)
def test_a_row_that_has_none_says_why(root: Path, wrong: Path, number: str, outcome: Outcome, says: str) -> None:
    assert hint_on(number, wrong, root)[0] is outcome
    assert says in hint_on(number, wrong, root)[1]


def test_an_untouched_stub_and_a_missing_file_say_what_to_do(root: Path, wrong: Path) -> None:
    shutil.copy(ROOT / "student_template" / "averages.py", wrong)
    (wrong / "words.py").unlink()
    assert "not answered yet" in hint_on("1.2", wrong, root)[1]
    assert "words.py" in hint_on("3.1", wrong, root)[1]


def test_the_rubric_can_keep_it_back(root: Path, wrong: Path) -> None:
    rubric = root / "tests" / "rubric.yaml"
    rubric.write_text(rubric.read_text().replace("title: Mean\n", "title: Mean\n        hint: false\n"))
    with pytest.raises(CannotHint, match=r"the staff give no hint on 1\.2"):
        hint_on("1.2", wrong, root)


@pytest.mark.parametrize("body", ["raise ValueError('x')", "return 1e9", "import os; os._exit(3)"])
def test_a_hint_that_cannot_be_given_leaves_what_the_check_says(root: Path, wrong: Path, body: str) -> None:
    with open(wrong / "averages.py", "a") as stream:
        stream.write(f"\n\ndef mean(values):\n    {body}\n")
    _, text = hint_on("1.2", wrong, root)
    assert text.startswith("1.2 Mean: ")
    assert "fault, not yours" not in text
    assert len(text.splitlines()) >= 2


def test_a_hint_that_fails_is_said_as_ours(root: Path, wrong: Path) -> None:
    with open(wrong / "averages.py", "a") as stream:
        stream.write("\n\ndef mean(values):\n    return 'a text'\n")  # which the spec above compares with a number
    assert "our fault, not yours (TypeError)" in hint_on("1.2", wrong, root)[1].replace("\n    ", " ")


@pytest.mark.parametrize("number", ["1", "9.9", "", "x", "mean"])
def test_a_row_that_is_none(root: Path, wrong: Path, number: str) -> None:
    with pytest.raises(CannotHint, match=r"1\.1, 1\.2, 1\.3"):
        hint_on(number, wrong, root)


@pytest.mark.parametrize(("row", "code"), [("1.2", 1), ("3.1", 0), ("2.1", 0), ("9", 2)])
def test_exit_code(root: Path, wrong: Path, row: str, code: int) -> None:
    assert main(["check", str(wrong), "--hint", row, "--assignment", str(root)]) == code
