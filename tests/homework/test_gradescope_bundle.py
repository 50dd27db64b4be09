"""The zip of this homework for Gradescope: nothing is wrong with it, and nothing in it needs what was left out."""

from __future__ import annotations

import zipfile
from pathlib import Path

from autograder import bundle
from autograder.bundle.inspection import faults
from tests.homework.planted import ROOT
from tests.packaging.test_bundle import imported, is_module


def test_it_has_no_fault_and_nothing_in_it_imports_what_was_left_out(tmp_path: Path) -> None:
    zipped, unpacked = bundle.gradescope(ROOT, tmp_path / "out.zip"), tmp_path / "unpacked"
    assert faults(zipped) == []
    with zipfile.ZipFile(zipped) as archive:
        archive.extractall(unpacked)
    ours = ("autograder", "reference", "student_template", "tests")
    missing = [
        f"{path.relative_to(unpacked)} imports {module}"
        for path in sorted(unpacked.rglob("*.py"))
        for module in imported(path)
        if module.split(".")[0] in ours and not is_module(unpacked, module)
    ]
    assert not missing
