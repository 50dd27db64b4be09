"""The finished zip is looked at: one as it should be is fine, and every planted fault is named."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest

from autograder import bundle
from autograder.bundle.inspection import faults
from autograder.check.manifest import MANIFEST
from tests.packaging.project_copy import practice

REGULAR, LINK = 0o100000, 0o120000

Entries = dict[str, tuple[int, bytes]]  # name -> (mode with its kind, content)


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Entries:
    """The entries of a project's zip."""
    folder = tmp_path_factory.mktemp("zip")
    with zipfile.ZipFile(bundle.gradescope(practice(folder / "project").root, folder / "out.zip")) as zipped:
        return {entry.filename: (entry.external_attr >> 16, zipped.read(entry)) for entry in zipped.infolist()}


def packed(entries: Entries, system: int = 3) -> bytes:
    """The entries as a zip whose manifest is right."""
    hashes = {name: hashlib.sha256(content).hexdigest() for name, (_, content) in entries.items() if name != MANIFEST}
    entries = {**entries, MANIFEST: (REGULAR | 0o644, json.dumps({"sha256": hashes}).encode())}
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as zipped:
        for name, (mode, content) in entries.items():
            entry = zipfile.ZipInfo(name)
            entry.create_system, entry.external_attr = system, mode << 16
            zipped.writestr(entry, content)
    return stream.getvalue()


def test_a_projects_zip_has_no_fault(good: Entries, tmp_path: Path) -> None:
    assert faults(packed(good)) == []
    (tmp_path / "out.zip").write_bytes(packed(good))
    assert faults(tmp_path / "out.zip") == []


def added(name: str, content: bytes = b"x\n", mode: int = REGULAR | 0o644) -> Callable[[Entries], Entries]:
    return lambda entries: {**entries, name: (mode, content)}


def without(name: str) -> Callable[[Entries], Entries]:
    return lambda entries: {other: entry for other, entry in entries.items() if other != name}


def changed(name: str, old: bytes, new: bytes) -> Callable[[Entries], Entries]:
    return lambda entries: {**entries, name: (entries[name][0], entries[name][1].replace(old, new))}


def moded(name: str, mode: int) -> Callable[[Entries], Entries]:
    return lambda entries: {**entries, name: (mode, entries[name][1])}


def in_a_folder(entries: Entries) -> Entries:
    return {f"homework3/{name}": entry for name, entry in entries.items()}


FAULTS = {
    "the folder was zipped": (in_a_folder, "it is in homework3/setup.sh: zip what is in the folder, not the folder"),
    "no setup.sh": (without("setup.sh"), "setup.sh is not at the root of the zip"),
    "no run_autograder": (without("run_autograder"), "run_autograder is not at the root of the zip"),
    "no shebang": (
        changed("setup.sh", b"#!/usr/bin/env bash\n", b""),
        "setup.sh must begin with a line such as #!/usr",
    ),
    "a mark before the shebang": (changed("run_autograder", b"#!/", b"\xef\xbb\xbf#!/"), "run_autograder must begin"),
    "a blank before the shebang": (changed("scripts/venv.sh", b"#!/usr", b" #!/usr"), "scripts/venv.sh must begin"),
    "CRLF in a script": (changed("setup.sh", b"\n", b"\r\n"), "setup.sh has CR in its line ends"),
    "CRLF in a module": (
        changed("autograder/assignment/credit.py", b"\n", b"\r\n"),
        "autograder/assignment/credit.py has CR in its line ends",
    ),
    "no run bit": (moded("run_autograder", REGULAR | 0o644), "run_autograder may not be run: it needs mode 0755"),
    "no mode at all": (moded("setup.sh", 0), "setup.sh may not be run"),
    **{
        f"{name} beside what belongs": (added(name), f"{name} does not belong into a zip")
        for name in ("reference/id_ed25519", ".env", "tests/submission_metadata.json", "credentials.json", "grades.csv")
    },
    **{
        f"{name} of a tool": (added(name), f"{name} does not belong into a zip")
        for name in ("autograder/credit.pyc", "reference/__pycache__/key.txt", ".git/config", ".venv/pyvenv.cfg")
    },
    "a notebook's copies": (added("reference/.ipynb_checkpoints/a.py"), "checkpoints/a.py does not belong into a zip"),
    "macOS": (added("__MACOSX/setup.sh", b"#!/bin/sh\n"), "__MACOSX/setup.sh does not belong into a zip"),
    "macOS's file": (added("reference/._a.py"), "reference/._a.py does not belong into a zip"),
    "no spec": (without("tests/specs/test_words.py"), "tests/specs/test_words.py is missing"),
    "no template": (without("student_template/averages.py"), "student_template/averages.py is missing"),
    "no reference": (without("reference/searching.py"), "reference/searching.py is missing"),
    "no rubric": (without("tests/rubric.yaml"), "tests/rubric.yaml is missing"),
    "a wrong rubric": (changed("tests/rubric.yaml", b"points: 2.5", b"points: 2.6"), "but its rows sum to 2.5"),
    "a rubric that is no text": (added("tests/rubric.yaml", b"\xff\xfe"), "tests/rubric.yaml is not UTF-8"),
    "an absolute name": (added("/etc/a.py"), "'/etc/a.py': every name must lie below the zip's root"),
    "a name that climbs": (added("reference/../../a.py"), "'reference/../../a.py': every name must lie below"),
    "a name of another system": (added("reference\\a.py"), "every name must lie below"),
    "a drive": (added("C:a.py"), "'C:a.py': every name must lie below"),
    "two names that differ in case": (added("SETUP.sh", b"#!/bin/sh\n"), "SETUP.sh: this is a duplicate name"),
    "a link": (added("reference/a.py", b"/etc/passwd", LINK | 0o777), "reference/a.py: a link or device"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_named(good: Entries, fault: str) -> None:
    plant, says = FAULTS[fault]
    found = faults(packed(plant(good)))
    assert any(says in sentence for sentence in found), found
    assert len(found) <= 2 or plant is in_a_folder, found  # and nothing else is blamed


def test_a_zip_made_on_windows_without_modes(good: Entries) -> None:
    assert "setup.sh may not be run: it needs mode 0755" in faults(packed(good, system=0))


def test_a_name_that_is_not_utf_8(good: Entries) -> None:
    data = packed({**good, "reference/\u00e4.py": (REGULAR | 0o644, b"")})
    raw = data.replace("reference/\u00e4.py".encode(), b"reference/ae.py")
    at = raw.index(b"reference/ae.py")
    latin = raw.replace(b"reference/ae.py", b"reference/\xe4e.py")
    assert latin[at - 30 : at - 26] == b"PK\x03\x04"
    for header, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):  # the flag that says UTF-8, in both places
        start = latin.rindex(header, 0, latin.rindex(b"reference/\xe4e.py") if offset == 8 else at)
        flags = int.from_bytes(latin[start + offset : start + offset + 2], "little") & ~0x800
        latin = latin[: start + offset] + flags.to_bytes(2, "little") + latin[start + offset + 2 :]
    found = faults(latin)
    assert any("this name is not stored as UTF-8" in sentence for sentence in found), found


def test_a_manifest_that_does_not_fit(good: Entries) -> None:
    stream = BytesIO(packed(good))
    with zipfile.ZipFile(stream, "a") as zipped:
        zipped.writestr("reference/late.py", "x = 1\n")
    assert faults(stream.getvalue()) == ["MANIFEST.json does not fit reference/late.py"]
    alone = BytesIO()
    with zipfile.ZipFile(alone, "w") as zipped:
        zipped.writestr(MANIFEST, "{}")
    assert "MANIFEST.json is missing or does not say what is in the zip" in faults(alone.getvalue())


@pytest.mark.parametrize("data", [b"", b"PK", b"not a zip at all"], ids=["empty", "two bytes", "text"])
def test_what_is_no_zip(data: bytes) -> None:
    (sentence,) = faults(data)
    assert sentence.startswith("this zip cannot be read:")


def test_a_zip_that_was_cut_or_damaged(good: Entries, tmp_path: Path) -> None:
    data = packed(good)
    at = data.index(b"#!/usr/bin/env bash")
    for broken in (data[: len(data) // 2], data[:at] + b"X" + data[at + 1 :]):
        (sentence,) = faults(broken)
        assert sentence.startswith("this zip cannot be read:")
    assert faults(tmp_path / "nowhere.zip")[0].startswith("this zip cannot be read:")
