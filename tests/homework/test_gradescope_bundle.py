"""The zip of this homework for Gradescope: nothing is wrong with it, and nothing in it needs what was left out."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from autograder import bundle
from autograder.bundle.inspection import faults
from tests.homework.planted import ROOT
from tests.packaging.test_bundle import imported, is_module


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This project's own zip."""
    folder = tmp_path_factory.mktemp("zip")
    with zipfile.ZipFile(bundle.gradescope(ROOT, folder / "out.zip")) as archive:
        archive.extractall(folder / "unpacked")
    return folder / "unpacked"


def test_nothing_in_the_zip_imports_what_was_left_out(unpacked: Path) -> None:
    ours = ("autograder", "reference", "student_template", "tests")
    missing = [
        f"{path.relative_to(unpacked)} imports {module}"
        for path in sorted(unpacked.rglob("*.py"))
        for module in imported(path)
        if module.split(".")[0] in ours and not is_module(unpacked, module)
    ]
    assert not missing


def test_it_has_no_fault(tmp_path: Path) -> None:
    assert faults(bundle.gradescope(ROOT, tmp_path / "out.zip")) == []
