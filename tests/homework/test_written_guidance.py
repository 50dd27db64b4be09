"""This homework's written rows have criteria and a model answer, and written.yaml names no other row."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from autograder.assignment.load import load_assignment
from autograder.blind.guide import guides
from reference.answers import _guidance
from tests.homework.planted import ROOT


def test_every_written_row_has_criteria_and_a_model_answer() -> None:
    found = guides(load_assignment(ROOT))
    assert set(yaml.safe_load((ROOT / "reference" / "written.yaml").read_text(encoding="utf-8"))) == set(found)
    assert all(len(guide.criteria) > 1 and len(guide.model) > 100 for guide in found.values())


@pytest.mark.parametrize(
    "text", ["- a list", '"2.3": {steps: 1}', '"2.3": {step: much}', "{", '"2.3": {criteria: text}']
)
def test_a_wrong_file_is_refused_with_its_name(tmp_path: Path, text: str) -> None:
    (tmp_path / "written.yaml").write_text(text)
    with pytest.raises(ValueError, match=r"written\.yaml is not what its first lines describe"):
        _guidance(tmp_path / "written.yaml")


def test_a_step_is_exact(tmp_path: Path) -> None:
    (tmp_path / "written.yaml").write_text('"2.3": {step: 0.1}\n"3.2b": {criteria: [a]}\n')
    found = _guidance(tmp_path / "written.yaml")
    assert str(found["2.3"].step) == "1/10"
    assert found["3.2b"].step is None
