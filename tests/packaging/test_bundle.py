"""The zip: what is in it, what stays out, and that the same content gives the same bytes."""

from __future__ import annotations

import ast
import hashlib
import json
import os
import time
import zipfile
from pathlib import Path

import pytest

from autograder import __version__, bundle
from autograder.assignment.frozen import parse_rubric
from autograder.bundle import BundleError, Pin

ROOT = Path(__file__).resolve().parents[2]

LOCK = """# This file was made by a tool
numpy==2.2.6 ; python_full_version < '3.11' \\
    --hash=sha256:00
pyyaml==6.0.2 \\
    --hash=sha256:01
"""
RUBRIC = """
assignment: A small one
seed: 1
limits: {seconds_per_call: 5, seconds_per_row: 20, seconds_in_all: 60, memory_mb: 256}
questions:
  - title: Only question
    file: convolutional.py
    points: 2.5
    extra_points: 1
    rows:
      - {number: "1", title: Adds, points: 2}
      - {number: "2", title: Says why, points: 0.5, graded: written, answer: WHY}
      - {number: "3", title: Says more, points: 1, graded: written, answer: MORE, extra_credit: true}
"""
CONTENT = {
    "setup.sh": "#!/bin/bash\n",
    "run_autograder": "#!/bin/bash\n",
    "scripts/venv.sh": "#!/bin/bash\n",
    "requirements.lock": LOCK,
    "autograder/__init__.py": "",
    "autograder/py.typed": "",
    "autograder/maths/bounds/verdict.py": "x = 1\n",
    "reference/convolutional.py": "y = 2\n",
    "reference/key.json": "{}\n",
    "reference/also_accept.yaml": "[]\n",
    "student_template/convolutional.py": "y = ...\n",
    "tests/rubric.yaml": RUBRIC,
    "tests/specs/test_convolutional.py": "from autograder.maths.bounds.verdict import x\n",
}
OF_ANSWERS = ("reference/key.json", "reference/also_accept.yaml")  # a homework's answers may need none


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A small project with every kind of file that the zip must hold."""
    root = tmp_path / "checkout"
    for name, text in CONTENT.items():
        put(root, name, text)
    return root


def put(root: Path, name: str, text: str) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())


def test_holds_the_allowed_files_and_a_manifest(checkout: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(bundle.gradescope(checkout, tmp_path / "out.zip")) as archive:
        assert archive.namelist() == sorted([*CONTENT, "MANIFEST.json"])
        manifest = json.loads(archive.read("MANIFEST.json"))
        assert manifest == {
            "bundle": "gradescope",
            "version": __version__,
            "python": "3.10 to 3.13",
            "packages": ["numpy==2.2.6; python_full_version < '3.11'", "pyyaml==6.0.2"],
            "rubric": {
                "hash": parse_rubric(RUBRIC).hash,
                "points": {"by spec": "2", "written": "0.5", "extra credit": "1"},
            },
            "sha256": {name: hashlib.sha256(text.encode()).hexdigest() for name, text in CONTENT.items()},
        }


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("tests/submissions/perfect/convolutional.py", id="planted submission"),
        pytest.param("tests/specs/deeper/test_x.py", id="below the specs"),
        pytest.param("reference/catalogue/convolutional.py", id="known mistakes"),
        pytest.param("autograder/maths/lstm/sample.py", id="maths that no spec imports"),
        pytest.param("reference/notes.txt", id="notes"),
        pytest.param("autograder/__pycache__/bounds.py", id="cache"),
        pytest.param("autograder/._bounds.py", id="macOS"),
        pytest.param("reference/.ipynb_checkpoints/convolutional.py", id="hidden folder"),
        pytest.param("autograder/bounds.py.orig", id="left by a merge"),
        pytest.param("wheels/numpy.whl", id="wheels not asked for"),
    ],
)
def test_anything_else_stays_out(checkout: Path, tmp_path: Path, name: str) -> None:
    before = bundle.gradescope(checkout, tmp_path / "before.zip").read_bytes()
    put(checkout, name, "secret = 1\n")
    assert bundle.gradescope(checkout, tmp_path / "after.zip").read_bytes() == before


def test_same_content_gives_the_same_bytes(checkout: Path, tmp_path: Path) -> None:
    first = bundle.gradescope(checkout, tmp_path / "first.zip").read_bytes()
    for name, text in reversed(CONTENT.items()):
        put(checkout, name, text.replace("\n", "\r\n"))
        os.chmod(checkout / name, 0o600)
        os.utime(checkout / name, (time.time() - 1e6,) * 2)
    assert bundle.gradescope(checkout, tmp_path / "second.zip").read_bytes() == first


def test_modes_and_dates_are_the_recipes(checkout: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(bundle.gradescope(checkout, tmp_path / "out.zip")) as archive:
        modes = {entry.filename: entry.external_attr >> 16 for entry in archive.infolist()}
        assert {name for name, mode in modes.items() if mode == 0o100755} == {"setup.sh", "run_autograder"}
        assert set(modes.values()) == {0o100755, 0o100644}
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {entry.create_system for entry in archive.infolist()} == {3}


@pytest.mark.parametrize("name", sorted({*CONTENT} - {"autograder/maths/bounds/verdict.py", *OF_ANSWERS}))
def test_a_missing_file_is_refused(checkout: Path, tmp_path: Path, name: str) -> None:
    for path in checkout.glob("autograder/**/*.py" if name.startswith("autograder/") else name):
        path.unlink()
    with pytest.raises(BundleError, match="no such file, and the gradescope bundle needs it"):
        bundle.gradescope(checkout, tmp_path / "out.zip")
    assert not (tmp_path / "out.zip").exists()


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("setup.sh", "echo\n", "setup.sh must begin with a line such as #!/usr/bin/env bash, not with b'echo'"),
        ("tests/rubric.yaml", "rows: []\n", 'tests/rubric.yaml: rows: unknown key "rows"'),
    ],
)
def test_what_is_not_fit_for_gradescope_leaves_an_earlier_zip_alone(
    checkout: Path, tmp_path: Path, name: str, text: str, says: str
) -> None:
    earlier = bundle.gradescope(checkout, tmp_path / "out.zip").read_bytes()
    put(checkout, name, text)
    with pytest.raises(BundleError) as refusal:
        bundle.gradescope(checkout, tmp_path / "out.zip")
    assert says in str(refusal.value).replace(", line 1", "")
    assert (tmp_path / "out.zip").read_bytes() == earlier
    assert sorted(path.name for path in tmp_path.iterdir()) == ["checkout", "out.zip"]


def test_a_link_is_refused(checkout: Path, tmp_path: Path) -> None:
    put(tmp_path, "secret.py", "secret = 1\n")
    (checkout / "reference/linked.py").symlink_to(tmp_path / "secret.py")
    with pytest.raises(BundleError, match=r"linked\.py: a symbolic link does not go into a bundle"):
        bundle.gradescope(checkout, tmp_path / "out.zip")


def test_an_output_that_cannot_be_written_leaves_nothing(checkout: Path, tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    with pytest.raises(BundleError, match=r"cannot write .*taken"):
        bundle.gradescope(checkout, tmp_path / "taken")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["checkout", "taken"]


@pytest.mark.parametrize(
    ("marker", "minors"),
    [
        ("", [9, 10, 11, 12, 13]),
        ("python_full_version < '3.11'", [9, 10]),
        ("python_full_version == '3.11.*'", [11]),
        ("python_full_version >= '3.12'", [12, 13]),
        ("python_full_version >= '3.10' and python_full_version < '3.12'", [10, 11]),
    ],
)
def test_markers_are_read_for_the_python_asked_about(marker: str, minors: list[int]) -> None:
    pin = Pin("numpy==2.2.6", marker, ("sha256:00",))
    assert [minor for minor in range(9, 14) if pin.applies_to(minor)] == minors


@pytest.mark.parametrize(
    "marker",
    ["sys_platform == 'win32'", "python_full_version < '3.11' or extra == 'x'", "python_full_version != '3.11'"],
)
def test_a_marker_about_anything_else_is_refused(marker: str) -> None:
    with pytest.raises(BundleError, match="cannot read the marker"):
        Pin("numpy==2.2.6", marker, ("sha256:00",)).applies_to(10)


@pytest.mark.parametrize("entry", ["numpy==2.2.6", "numpy>=2 --hash=sha256:00", "-e .", "./numpy.whl --hash=sha256:00"])
def test_a_lock_entry_without_pin_or_hash_is_refused(entry: str) -> None:
    with pytest.raises(BundleError, match="every entry must be a pinned package with hashes"):
        bundle.read_pins(f"# a comment\n{entry}\n")


def test_wheels_that_cannot_be_fetched_are_refused(
    checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    with pytest.raises(BundleError, match=r"could not fetch the wheels for Python 3\.10.*(?s:.*)numpy==2\.2\.6"):
        bundle.gradescope(checkout, tmp_path / "out.zip", wheels=True)
    assert not (tmp_path / "out.zip").exists()


def imported(path: Path) -> list[str]:
    names = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.append(node.module)
    return names


def is_module(root: Path, module: str) -> bool:
    path = root.joinpath(*module.split("."))
    return path.is_dir() or path.with_suffix(".py").is_file()
