"""First contact: each wrong start gets one sentence that says what to do."""

from __future__ import annotations

import os
import sys
import zipfile
from pathlib import Path

import pytest

from autograder.check.preflight import NEEDED, default_folder, file_notes, folder_problem, missing_packages
from autograder.core.environment import install

FILES = ("binary_addition.py", "lstm_gradient.py", "convolutional.py", "autoregressive.py")


def put(folder: Path, *names: str) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x = 1\n")
    return folder


@pytest.mark.parametrize("name", FILES)
def test_one_of_the_files_is_enough(tmp_path: Path, name: str) -> None:
    assert folder_problem(put(tmp_path, name), FILES) == ""


@pytest.mark.parametrize(
    ("names", "says"),
    [
        ((), "is empty: give the folder that holds your files"),
        ((".hidden", "__pycache__/x.pyc"), "is empty"),
        (("notes.txt", "figures/a.png"), "is another folder: none of binary_addition.py, lstm_gradient.py"),
        (("inner/convolutional.py", "other/convolutional.py"), "one folder further in: python -m autograder check "),
        (("homework3.zip",), "holds homework3.zip, but nothing unpacked"),
        (("lstm_gradient.ipynb",), '"lstm_gradient.ipynb" is a notebook, which is not read'),
        (("binary_addition (1).py",), '"binary_addition (1).py" is not read: rename it to binary_addition.py.'),
    ],
    ids=lambda v: str(v)[:30],
)
def test_a_folder_in_which_nothing_can_be_checked(tmp_path: Path, names: tuple[str, ...], says: str) -> None:
    problem = folder_problem(put(tmp_path, *names), FILES)
    assert says in problem
    assert problem.count("\n") == 0


def test_the_one_folder_further_in_is_checked(tmp_path: Path) -> None:
    assert folder_problem(put(tmp_path, "inner/convolutional.py", "notes.txt"), FILES) == ""


def test_the_folder_further_in_is_named_so_that_it_can_be_pasted(tmp_path: Path) -> None:
    put(tmp_path, "my work/convolutional.py", "other/convolutional.py")
    assert folder_problem(tmp_path, FILES).endswith(f'check "{tmp_path / "my work"}"')


def test_a_folder_that_may_not_be_entered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, FILES[0])
    monkeypatch.setattr(os, "access", lambda path, mode: False)  # of root's, every folder may be
    assert "you may not read this folder" in folder_problem(tmp_path, FILES)


def test_a_zip_in_place_of_a_folder(tmp_path: Path) -> None:
    for name in ("homework3.zip", "downloaded"):  # some browsers drop the ending
        with zipfile.ZipFile(tmp_path / name, "w") as archive:
            archive.writestr("convolutional.py", "x = 1\n")
        assert "is a zip: unpack it" in folder_problem(tmp_path / name, FILES)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("work.ipynb", "is a notebook: put your answers into the .py files"),
        ("convolutional.py", "Give its folder: python"),
    ],
)
def test_a_file_in_place_of_a_folder(tmp_path: Path, name: str, says: str) -> None:
    assert says in folder_problem(put(tmp_path, name) / name, FILES)


def test_files_under_other_names_are_named(tmp_path: Path) -> None:
    """Which ones: tests/autograder/grading/test_near_names.py."""
    put(tmp_path, "binary_addition (1).py", "my_helpers.py")
    assert file_notes(tmp_path, FILES) == ['"binary_addition (1).py" is not read: rename it to binary_addition.py.']


def test_the_template_is_checked_where_no_folder_is_named(tmp_path: Path) -> None:
    put(tmp_path, "student_template/convolutional.py")
    elsewhere = tmp_path / "elsewhere"
    assert default_folder(FILES, elsewhere, tmp_path) == tmp_path / "student_template"
    assert default_folder(FILES, tmp_path, elsewhere) == tmp_path / "student_template"
    put(tmp_path, "lstm_gradient.py")
    assert default_folder(FILES, elsewhere, tmp_path) == tmp_path


@pytest.mark.parametrize("module", NEEDED)
def test_a_missing_package_comes_with_the_command_that_installs_it(module: str) -> None:
    said = missing_packages(lambda name: None if name == module else object())
    assert said == f"{NEEDED[module]} is not installed for this Python. Install it with: {install()}"


def test_several_missing_packages_take_one_command() -> None:
    said = missing_packages(lambda name: None)
    assert said.startswith("numpy, msgspec, pyyaml and gradescope-utils are not installed")
    assert said.endswith(f"are not installed for this Python. Install them with: {install()}")


@pytest.mark.parametrize("made", [False, True], ids=["no venv yet", "a venv beside"])
def test_nothing_is_installed_into_the_systems_own_python(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, made: bool
) -> None:
    """Many systems refuse that."""
    monkeypatch.setattr(sys, "prefix", sys.base_prefix)
    put(tmp_path, "requirements.txt", *(["venv/pyvenv.cfg"] if made else []))
    own = tmp_path / "venv" / ("Scripts" if os.name == "nt" else "bin") / "python"
    needs = f"{own} -m pip install -r {tmp_path / 'requirements.txt'}, and check with {own} -m autograder check"
    assert install(tmp_path) == (needs if made else f"{sys.executable} -m venv {tmp_path / 'venv'}, then {needs}")


def test_an_environment_installs_with_its_own_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "prefix", "/an/environment")
    put(tmp_path, "requirements.txt")
    assert install(tmp_path) == f"{sys.executable} -m pip install -r {tmp_path / 'requirements.txt'}"
