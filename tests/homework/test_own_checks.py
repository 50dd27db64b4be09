"""docs/instructors.md, "A check of your own", tried for real from the page's own text; and shipping a row unproven."""

from __future__ import annotations

import ast
import json
import re
import shutil
import sys
import zipfile
from pathlib import Path
from typing import Any

import gradescope_utils.autograder_utils.decorators
import pytest

from autograder import api
from tests.autograder.planted import PROJECT
from tests.packaging.test_two_roots import run

PAGE = (PROJECT / "docs" / "instructors.md").read_text(encoding="utf-8")
SECTION = PAGE[PAGE.index("## A check of your own") : PAGE.index("## Prove the assignment")]
ROW = '      - {number: "1.4", title: Biases are small, points: 0}\n'
PARTS = ("reference", "student_template", "tests/specs", "tests/submissions", "tests/rubric.yaml", "README.md")
WRONG = {
    "large": "def rnn_weights(): return {'Wxh': [[99.0, 1], [1, 1], [1, 1]], 'bh': np.array([50, 1, 1]), 'by': [1, 2]}",
    "nothing": "def rnn_weights(): pass",
    "text": "def rnn_weights(): return 'to do'",
    "no numbers": "def rnn_weights(): return {'Wxh': None, 'bh': None, 'by': []}",
}


def blocks() -> str:
    """The Python of the section, as an instructor types it at the end of the file."""
    taken = re.findall(r"(?:^    .*\n|^\n(?=    |\n    ))+", SECTION, re.MULTILINE)
    return "\n\n".join(re.sub(r"^    ", "", block, flags=re.MULTILINE).strip("\n") + "\n" for block in taken)


@pytest.fixture(scope="module")
def homework(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This homework with the checks of the page."""
    folder = tmp_path_factory.mktemp("own") / "homework"
    for name in PARTS:
        source, target = PROJECT / name, folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(source, target) if source.is_dir() else shutil.copy(source, target)
    spec = folder / "tests" / "specs" / "test_binary_addition.py"
    spec.write_text(f"{spec.read_text()}\n\n{blocks()}")
    rubric = folder / "tests" / "rubric.yaml"
    before, rows, after = rubric.read_text().partition('      - number: "1.2"\n')
    rubric.write_text(f"{before}{ROW}{rows}{after}")
    run("pages", "--assignment", folder)
    return folder


def rows(homework: Path, submission: Path, tmp_path: Path) -> dict[str, dict[str, Any]]:
    """The results of the page's three checks."""
    run("grade", submission, "--assignment", homework, "-o", tmp_path / "r.json")
    results = json.loads((tmp_path / "r.json").read_text())
    return {row["number"]: row for row in results["tests"] if row["number"] in ("1.4", "1.5", "1.6")}


def test_the_page_has_three_checks() -> None:
    assert re.findall(r'@number\("([\d.]+)"\)', blocks()) == ["1.4", "1.5", "1.6"]


def test_they_pass_on_the_reference(homework: Path, tmp_path: Path) -> None:
    found = rows(homework, homework / "reference", tmp_path)
    assert {n: row["extra_data"]["outcome"] for n, row in found.items()} == dict.fromkeys(found, "passed")
    assert [found[n]["max_score"] for n in ("1.5", "1.6")] == [0.5, 0.25]


@pytest.mark.parametrize("wrong", WRONG)
def test_they_fail_on_a_wrong_submission_and_say_why(wrong: str, homework: Path, tmp_path: Path) -> None:
    (tmp_path / "binary_addition.py").write_text(f"import numpy as np\n{WRONG[wrong]}\n")
    found = rows(homework, tmp_path, tmp_path)
    assert {n: row["extra_data"]["outcome"] for n, row in found.items()} == dict.fromkeys(
        ("1.4", "1.5", "1.6"), "failed"
    )
    said = {n: row["output"] for n, row in found.items()}
    assert not [text for text in said.values() if "our fault" in text]
    if wrong == "large":
        assert "stay below 10" in said["1.4"]
        assert "stay below 10" in said["1.5"]
    if wrong in ("nothing", "text"):
        assert all("rnn_weights(...) returned" in text for text in said.values())


@pytest.fixture
def unproven(tmp_path: Path) -> Path:
    """The homework of `new` without a planted case."""
    run("new", tmp_path / "homework")
    (tmp_path / "homework" / "reference" / "catalogue" / "temperature.py").write_text("CASES = ()\n")
    return tmp_path / "homework"


def test_a_row_without_a_planted_case_is_shipped_on_purpose_only(unproven: Path, tmp_path: Path) -> None:
    zipped = tmp_path / "g.zip"
    said = run("bundle", "gradescope", "--assignment", unproven, "-o", zipped, code=2)
    assert "HOLE 1.1: no case is planted for it" in said
    assert "--accept-holes" in said
    assert not zipped.exists()
    said = run("bundle", "gradescope", "--accept-holes", "--assignment", unproven, "-o", zipped)
    assert "\nACCEPTED HOLE 1.1: no case is planted for it\n" in said
    with zipfile.ZipFile(zipped) as archive:
        assert json.loads(archive.read("MANIFEST.json"))["accepted_holes"] == ["1.1: no case is planted for it"]


def test_other_holes_are_never_accepted(unproven: Path, tmp_path: Path) -> None:
    wrong = unproven / "reference" / "temperature.py"
    wrong.write_text(f"{wrong.read_text()}\n\ndef fahrenheit(celsius):\n    return None\n")
    said = run("bundle", "gradescope", "--accept-holes", "--assignment", unproven, "-o", tmp_path / "g.zip", code=2)
    assert "HOLE reference: row 1.1 is" in said
    assert "no case is planted" not in said


def test_a_spec_imports_the_api_and_maths_only() -> None:
    """Python's own modules beside; an instructor never looks further into the engine."""
    specs = [*(PROJECT / "tests" / "specs").glob("test_*.py"), *(PROJECT / "autograder" / "new").rglob("test_*.py.txt")]
    specs += (PROJECT / "tests" / "fixtures" / "assignment" / "tests" / "specs").glob("test_*.py")
    assert len(specs) >= 8
    for spec in specs:
        tree = ast.parse(spec.read_text(encoding="utf-8"))
        imports = [node for node in ast.walk(tree) if isinstance(node, (ast.Import, ast.ImportFrom))]
        modules = {getattr(node, "module", None) or alias.name for node in imports for alias in node.names}
        others = {name for name in modules if name.split(".")[0] not in sys.stdlib_module_names}
        assert {name for name in others if not re.match(r"autograder\.(api$|maths\b)", name)} == set(), spec


def test_the_api_says_what_it_offers() -> None:
    assert sorted(api.__all__) == api.__all__
    assert {name for name in vars(api) if not name.startswith("_")} - {"annotations"} == set(api.__all__)
    for name in api.__all__:
        assert re.search(rf"`{name}`", api.__doc__ or ""), f"{name} is not in the docstring"
    assert api.number is gradescope_utils.autograder_utils.decorators.number
