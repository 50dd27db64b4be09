"""The schema of this homework's rubric, by which editors check it, is current."""

from __future__ import annotations

from autograder.bundle.rubric_schema import SCHEMA, text
from tests.homework.planted import ROOT

TEXT = (ROOT / "tests" / "rubric.yaml").read_text(encoding="utf-8")


def test_the_file_is_current_and_the_rubric_names_it() -> None:
    assert SCHEMA.read_text(encoding="utf-8") == text(), "run `make schema`"
    assert TEXT.splitlines()[0] == f"# yaml-language-server: $schema={SCHEMA.name}"
