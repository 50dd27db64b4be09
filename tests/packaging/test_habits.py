"""The workflow and the pre-commit hooks run what `.ci/run` and `make lint` run, on every Python that is promised."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from autograder import __version__
from autograder.bundle.pins import PYTHON_MINORS

ROOT = Path(__file__).resolve().parents[2]
WORKFLOW, HOOKS = ".github/workflows/check.yml", ".pre-commit-config.yaml"


def read(name: str) -> Any:
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


def recipe(target: str) -> list[str]:
    """The commands of a target of the Makefile."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    (below,) = re.findall(rf"^{target}:.*\n((?:\t.*\n)+)", makefile, re.MULTILINE)
    return [line.strip().lstrip("@").replace("$(PY)", ".venv/bin/python") for line in below.splitlines()]


def test_the_workflow_runs_the_targets_of_ci_on_every_python() -> None:
    job = read(WORKFLOW)["jobs"]["check"]
    assert job["strategy"]["matrix"]["python"] == [f"3.{minor}" for minor in PYTHON_MINORS]
    run = [step["run"] for step in job["steps"] if "run" in step]
    assert run[1:] == ["bash .ci/run", "make coverage"]
    assert job["container"]["image"] == "python:${{ matrix.python }}-bookworm"


@pytest.mark.parametrize("name", [WORKFLOW, HOOKS])
def test_no_host_is_named(name: str) -> None:
    assert "://" not in (ROOT / name).read_text(encoding="utf-8")


def test_the_hooks_are_the_linters_of_make_lint() -> None:
    repos = read(HOOKS)["repos"]
    assert [repo["repo"] for repo in repos] == ["local"]
    hooks = [hook["entry"].replace(" --force-exclude", "") for hook in repos[0]["hooks"]]
    assert hooks == [command.removesuffix(" .") for command in recipe("lint")]
    assert all(hook["language"] == "system" for hook in repos[0]["hooks"])


@pytest.mark.parametrize("page", ["CONTRIBUTING.md", "SECURITY.md", "docs/architecture.md", "docs/results-format.md"])
def test_what_a_page_names_is_there(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    linked = [(ROOT / page).parent / link for link in re.findall(r"\]\(([^)#]+)", text)]
    named = [
        ROOT / name for name in re.findall(r"`((?:autograder|tests|docs|reference|student_template)[/\w.-]*)", text)
    ]
    assert linked
    assert not [str(path) for path in (*linked, *named) if not path.exists()]
    targets = set(re.findall(r"(?:`|^    )make ([a-z]+)", text, re.MULTILINE))
    assert all(recipe(target) for target in targets - {"check"})  # which has no recipe of its own


def test_the_changelog_begins_with_this_version_and_its_date() -> None:
    (newest, *_) = re.findall(r"^## (.*)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert re.fullmatch(rf"{re.escape(__version__)} - \d{{4}}-\d\d-\d\d", newest)
