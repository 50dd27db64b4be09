"""A receipt tells two submissions apart by what their questions are answered by, and by nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.core.receipt import NO_HELPERS, NOT_READ, NOT_THERE, helper_modules, of_question, receipt_of
from autograder.core.submission import Submission, read_submission

FILES = ("a.py", "b.py")
TEXT = "import more\n\nX = 1  # é\n"


def receipt(**texts: str) -> dict[str, object]:
    return receipt_of(Submission({f"{name}.py": text for name, text in texts.items()}), FILES).record()


def read(folder: Path, **files: bytes) -> dict[str, object]:
    folder.mkdir()
    for name, content in files.items():
        (folder / f"{name}.py").write_bytes(content)
    return receipt_of(read_submission(folder, FILES), FILES).record()


def test_line_ends_and_a_byte_order_mark_do_not_count(tmp_path: Path) -> None:
    plain = read(tmp_path / "lf", a=TEXT.encode(), more=b"Y = 1\n")
    assert read(tmp_path / "crlf", a=TEXT.replace("\n", "\r\n").encode(), more=b"Y = 1\r\n") == plain
    assert read(tmp_path / "cr", a=TEXT.replace("\n", "\r").encode(), more=b"Y = 1\r") == plain
    assert read(tmp_path / "bom", a=TEXT.encode("utf-8-sig"), more=b"\xef\xbb\xbfY = 1\n") == plain


def test_every_other_change_counts() -> None:
    one = receipt(a=TEXT, b="", more="Y = 1\n")
    for other in (
        receipt(a=TEXT + "\n", b="", more="Y = 1\n"),
        receipt(a=TEXT, b=" ", more="Y = 1\n"),
        receipt(a=TEXT, b="", more="Y = 2\n"),
        receipt(a=TEXT, b=""),
        receipt(a=TEXT, more="Y = 1\n"),
    ):
        assert other != one


def test_what_no_question_imports_does_not_count() -> None:
    assert receipt(a="X = 1", check="import a", scratch="Y = 2") == receipt(a="X = 1")
    assert receipt(a="X = 1")["helpers"] == NO_HELPERS


def test_a_file_that_is_not_read_is_said_in_words() -> None:
    found = receipt_of(Submission({}, {"a.py": "a.py is saved as UTF-16."}), FILES)
    assert found.files == {"a.py": NOT_READ, "b.py": NOT_THERE}
    assert [line.split("  ", 1)[1].strip() for line in found.lines()] == [NOT_READ, NOT_THERE, NO_HELPERS]


def test_a_line_shows_a_hash_that_eyes_can_compare() -> None:
    found = receipt_of(Submission({"a.py": "X = 1", "b.py": ""}), FILES)
    first, second, _ = found.lines()
    assert first == f"a.py            {found.files['a.py'][:12]}"
    assert second == f"b.py            {found.files['b.py'][:12]}"


@pytest.mark.parametrize(
    "line",
    [
        "import more",
        "import numpy as np, more",
        "import more as m",
        "import more.inner",
        "from more import x",
        "from more import (\n    x,\n)",
        "    from more import x",
        "\timport\tmore",
        "X = 1; import more",
        "try: import more\nexcept ImportError: pass",
        "import \\\n    more",
        "import numpy as np, \\\n    more",
        "from importlib import import_module",
        "m = __import__('mo' + 're')",
    ],
)
def test_an_import_is_found(line: str) -> None:
    assert helper_modules({"a.py": line, "more.py": "", "b.py": ""}, FILES) == ("more.py",)


@pytest.mark.parametrize(
    "line", ["import numpy", "more = 1", "# more is better", "x = imports.more", "import moreover", "reimport more", ""]
)
def test_what_is_no_import_is_none(line: str) -> None:
    assert helper_modules({"a.py": line, "more.py": ""}, FILES) == ()


def test_a_helper_of_a_helper_counts_and_a_circle_ends() -> None:
    texts = {"a.py": "import one", "one.py": "import two", "two.py": "import one, a", "three.py": ""}
    assert helper_modules(texts, FILES) == ("one.py", "two.py")


def test_a_questions_own_receipt_changes_with_what_it_imports_only() -> None:
    texts = {"a.py": "import b, one", "b.py": "", "one.py": "X = 1", "c.py": "Y = 1"}
    of_a = of_question(Submission(texts), "a.py")
    assert of_question(Submission({**texts, "c.py": "Y = 2"}), "a.py") == of_a
    assert of_question(Submission({**texts, "one.py": "X = 2"}), "a.py") != of_a
    assert of_question(Submission({**texts, "b.py": "Z = 3"}), "a.py") != of_a
    assert of_question(Submission({**texts, "one.py": "X = 2"}), "c.py") == of_question(Submission(texts), "c.py")
    assert of_question(Submission({}), "a.py") != of_question(Submission({"a.py": ""}), "a.py")
