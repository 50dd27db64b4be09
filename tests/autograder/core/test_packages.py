"""What is not installed is said in a sentence, with what installs it, before anything is read or written."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.core.packages import NotInstalled, require
from tests.autograder.planted import ROOT
from tests.autograder.program import python

MISSING = "no_such_package_of_anybody"


def test_what_is_missing_is_named_and_installed_with_all_that_is_needed() -> None:
    with pytest.raises(
        NotInstalled, match=rf"the report needs .* here: {MISSING}\. Install with: .* -m pip install msgspec {MISSING}$"
    ):
        require("the report", ("msgspec", MISSING))
    require("the report", ("msgspec",))


@pytest.mark.parametrize(
    ("words", "want"),
    [
        (["responses", "export", "-o", "out"], "responses needs packages that are not installed here: jinja2. Install"),
        (["merge", "responses", "out"], "out is no folder that `regrade -o` wrote."),
    ],
    ids=["responses needs it", "merge does without"],
)
def test_a_machine_that_has_what_grading_needs_alone(words: list[str], want: str, tmp_path: Path) -> None:
    absent = "jinja2", "markupsafe", "matplotlib", "itables", "rich", "pygments", "distributed"
    code = f"import sys\nfor name in {absent}: sys.modules[name] = None\nfrom autograder.__main__ import main\n"
    code += f"sys.exit(main({[words[0], '--assignment', str(ROOT), *words[1:]]}))"
    done = python(code, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"autograder {words[0]}: {want}")
    assert done.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []
