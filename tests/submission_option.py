"""The option `--submission DIR`, as a plugin that pytest loads before it looks for any conftest.py.

An option that a conftest.py adds is not known yet when pytest collects its first arguments: it would take DIR for a
folder of tests and run the submission's own conftest.py.
"""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

pytest.register_assert_rewrite("tests.planting")  # its tests say what differed, as those in a test file do


def pytest_addoption(parser: pytest.Parser) -> None:
    """The submission that the specs are run against."""
    parser.addoption("--submission", type=Path, default=ROOT / "reference", help="the folder of a submission to grade")
