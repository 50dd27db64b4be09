"""Which `reference` a process imports follows from the assignment that is loaded, wherever the command is called."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from autograder.__main__ import main
from autograder.assignment.link import SpecError
from autograder.assignment.load import AbsentReference, load_assignment
from tests.autograder.planted import PROJECT, ROOT
from tests.autograder.program import python


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """Another assignment, of which the reference says another word."""
    folder = tmp_path / "other"
    shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns("__pycache__"))
    path = folder / "reference" / "searching.py"
    path.write_text(path.read_text().replace('NEEDS_SORTED = "binary"', 'NEEDS_SORTED = "linear"'))
    return folder


def word(root: Path) -> str:
    """What the reference of an assignment says, imported when it is asked."""
    found = load_assignment(root).reference.solution("searching").NEEDS_SORTED
    assert isinstance(found, str)
    return found


def test_several_assignments_in_one_process(other: Path) -> None:
    assert [word(root) for root in (ROOT, other, ROOT)] == ["binary", "linear", "binary"]


def test_where_a_command_is_called_decides_nothing(other: Path) -> None:
    program = "import sys; from pathlib import Path; from autograder.assignment.load import load_assignment;"
    program += "print(load_assignment(Path(sys.argv[1])).reference.solution('searching').NEEDS_SORTED)"
    for here, root, says in ((other, ROOT, "binary"), (ROOT, other, "linear"), (PROJECT, other, "linear")):
        path = {**os.environ, "PYTHONPATH": os.pathsep.join([str(here), str(PROJECT)])}
        assert python(program, root, cwd=here, env=path).stdout.strip() == says


def test_no_reference_is_none_also_where_another_could_be_imported(
    other: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(ROOT))
    assert word(ROOT) == "binary"
    shutil.rmtree(other / "reference")
    assert isinstance(load_assignment(other).reference, AbsentReference)
    with pytest.raises(ModuleNotFoundError) as absent:
        __import__("reference")
    assert absent.value.name == "reference"
    assert word(ROOT) == "binary"


def test_a_reference_from_elsewhere_is_refused(other: Path) -> None:
    answers = other / "tests" / "specs" / "answers.py"
    answers.write_text(
        f"import sys\nfor name in [n for n in sys.modules if n.startswith('reference')]: del sys.modules[name]\n"
        f"sys.path.insert(0, {str(ROOT)!r})\ntry:\n    import reference.answers\nfinally:\n    sys.path.pop(0)\n"
        f"{answers.read_text().replace('from __future__ import annotations', '')}"
    )
    with pytest.raises(SpecError, match=rf"reference was imported from .*, and not from {other}: "):
        load_assignment(other)


def test_a_folder_that_is_no_assignment_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("grade", "check"):
        assert main([command, "--assignment", str(tmp_path), str(ROOT / "reference")]) == 2
        assert "tests/rubric.yaml cannot be read" in capsys.readouterr().err
