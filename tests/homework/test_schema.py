"""The schema of this homework's rubric, by which editors check it, is current."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.bundle.rubric_schema import SCHEMA, main
from tests.homework.planted import ROOT

TEXT = (ROOT / "tests" / "rubric.yaml").read_text(encoding="utf-8")


def test_the_file_is_current_and_the_rubric_names_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--check"]) == 0, "run `make schema`"
    assert TEXT.splitlines()[0] == f"# yaml-language-server: $schema={SCHEMA.name}"
    assert main(["--check"], tmp_path / "other.json") == 1
    assert not (tmp_path / "other.json").exists(), "--check must write nothing"
    assert "run `make schema`" in capsys.readouterr().err
    assert main([], tmp_path / "other.json") == main(["--check"], tmp_path / "other.json") == 0
    assert main(["--chekc"]) == 2
