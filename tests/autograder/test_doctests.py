"""Every example in a docstring of the engine is run, and says what comes out."""

from __future__ import annotations

import doctest
import importlib
import re
from pathlib import Path

import pytest

ENGINE = Path(__file__).resolve().parents[2] / "autograder"
PROMPT = re.compile(r"^ *>>> ", re.MULTILINE)
WITH_EXAMPLES = {
    ".".join(path.relative_to(ENGINE.parent).with_suffix("").parts).removesuffix(".__init__"): len(prompts)
    for path in sorted(ENGINE.rglob("*.py"))
    if (prompts := PROMPT.findall(path.read_text(encoding="utf-8")))
}


@pytest.mark.parametrize("name", WITH_EXAMPLES)
def test_the_examples_of_a_module(name: str) -> None:
    result = doctest.testmod(importlib.import_module(name))
    assert result.failed == 0, "what was expected stands in the captured output"
    assert result.attempted == WITH_EXAMPLES[name], "an example stands where doctest does not look"


def test_a_wrong_example_would_be_found() -> None:
    (example,) = doctest.DocTestFinder().find("\n>>> 1 + 1\n3\n", "planted")
    assert doctest.DocTestRunner().run(example, out=lambda text: None).failed == 1
