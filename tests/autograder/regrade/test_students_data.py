"""Students' data: every file is its owner's alone, and `--anonymous` shows nobody."""

from __future__ import annotations

import html
import os
import stat
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest

from autograder.regrade import command
from tests.autograder import planted
from tests.autograder.calls import Caller, contents, table
from tests.autograder.regrade.exported_class import (
    EXPORT,
    CrewThatRemembers,
    Handed,
    as_folder,
    as_zip,
    members_of,
    planted_files,
)

PEOPLE = (
    ("Quenby Lovelace", "quenby@example.edu", "SID-0001"),
    ("Žofie Nováková-O'Hara", "zofie+hw@example.edu", "SID-0002"),
    ("李小龍", "bruce@example.edu", "SID-0003"),
    ("<b>Null & Co</b>", "nobody-at-all@example.edu", "SID-0004"),
)
CLASS = (
    Handed("7", planted_files("reference"), PEOPLE[:1], 3.0, {"1.1": 0.0}),
    Handed("8", planted_files("empty"), PEOPLE[1:3], 9.5, {"1.1": 0.5}),
    Handed("9", planted_files("missing_file"), PEOPLE[2:], 1.0),
)
WRITTEN = ("grades.csv", "changes.csv", "report.html")


@pytest.fixture
def open_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def modes(folder: Path) -> dict[str, int]:
    """The modes of all that is below a folder, and of itself."""
    return {str(path): stat.S_IMODE(path.stat().st_mode) for path in (folder, *folder.rglob("*"))}


def assert_private(folder: Path) -> None:
    for path, mode in modes(folder).items():
        assert mode == (0o700 if os.path.isdir(path) else 0o600), path


@pytest.mark.usefixtures("open_umask")
def test_every_file_is_its_owners_alone(tmp_path: Path, regrade: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    out, other = tmp_path / "out", tmp_path / "other"
    seen: set[str] = set()

    class CrewThatLooks(CrewThatRemembers):
        def submit(self, task: bytes) -> Future[bytes]:
            for folder in (out, other):
                if folder.is_dir():
                    assert_private(folder)
                    seen.update(os.listdir(folder))
            return super().submit(task)

    monkeypatch.setattr(command, "LocalCrew", lambda *_: CrewThatLooks())
    assert regrade(as_zip(tmp_path / "hw3.zip", members_of(CLASS)), "-o", out).code == 0
    rubric = tmp_path / "rubric.yaml"
    text = (planted.ROOT / "tests" / "rubric.yaml").read_text()
    rubric.write_text(text.replace("seed: ", "seed: 1", 1))
    assert rubric.read_text() != text
    assert regrade(out, "--rubric", rubric).code == 0
    assert regrade(out, "-o", other, "--rubric", rubric).code == 0
    assert seen >= {"findings.sqlite", "findings.sqlite-wal"}
    assert (out / "what-if" / "grades.csv").is_file()
    for folder in (out, other):
        assert_private(folder)
    assert os.umask(0) == 0  # as it was


@pytest.mark.usefixtures("open_umask")
def test_in_a_folder_that_others_may_read(tmp_path: Path, regrade: Caller) -> None:
    out = tmp_path / "out"
    out.mkdir(mode=0o755)
    assert regrade(as_zip(tmp_path / "hw3.zip", members_of(CLASS)), "-o", out).code == 0
    found = modes(out)
    assert found.pop(str(out)) == 0o755  # the instructor's own
    assert set(found.values()) == {0o600, 0o700}


def shown(out: Path) -> str:
    return "".join((out / name).read_text() for name in WRITTEN)


@pytest.mark.parametrize("kind", ["zip", "folder"])
def test_an_anonymous_grading_names_nobody(kind: str, tmp_path: Path, regrade: Caller) -> None:
    members = members_of((*CLASS, Handed("10", {}, PEOPLE[:1], 2.0)))
    members = {name: data for name, data in members.items() if "submission_9/" not in name}
    members |= {f"{EXPORT}/submission_11/notes.txt": "", f"{EXPORT}/junk.txt": ""}
    export = as_zip(tmp_path / "z.zip", members) if kind == "zip" else as_folder(tmp_path / "folder", members)
    out = tmp_path / "out"
    named = regrade(export, "-o", out)
    said = named.out + named.err + shown(out)
    assert all(name in said for name, _, _ in PEOPLE[:3])
    assert "SID-0003" in (out / "grades.csv").read_text()
    called = regrade(export, "-o", out, "--anonymous")
    assert called.code == 0
    again = regrade(out, "--anonymous", "-o", out)
    what_if = regrade(out, "--anonymous")
    said = "".join((called.out, called.err, again.out, again.err, what_if.out, what_if.err, shown(out)))
    said += "".join(path.read_text() for path in (out / "what-if").iterdir())
    for name, email, sid in PEOPLE:
        for word in (name, email, sid, name.split()[0], email.split("@")[0], ascii(name)[1:-1], html.escape(name)):
            assert word not in said
    assert list(table(out / "grades.csv")["7"])[:3] == ["submission", "1.1", "1.2"]
    assert table(out / "grades.csv")["8"]["total"] == "0"


def named_in(data: bytes) -> list[str]:
    """What of a student's there is in some bytes, as it is or as JSON and HTML write it."""
    words = [word for person in PEOPLE for word in (*person, person[1].split("@")[0])]
    forms = {form for word in words for form in (word, ascii(word)[1:-1], html.escape(word), word.casefold())}
    return [form for form in forms if form.encode() in data]


@pytest.mark.parametrize("how", ["from the export", "again", "from a folder that names people"])
def test_a_new_anonymous_folder_holds_nothing_of_a_person(how: str, tmp_path: Path, regrade: Caller) -> None:
    export, out, anonymous = as_zip(tmp_path / "z.zip", members_of(CLASS)), tmp_path / "out", tmp_path / "new"
    if how == "from a folder that names people":
        assert regrade(export, "-o", out).code == 0
        called = regrade(out, "-o", anonymous, "--anonymous")
    else:
        for _ in range(1 + (how == "again")):
            called = regrade(export, "-o", anonymous, "--anonymous")
    assert f"--anonymous: {anonymous} holds no student's name, e-mail or sid; " in called.out
    assert {name: found for name, data in contents(anonymous).items() if (found := named_in(data))} == {}
    assert not (anonymous / "code").exists() or not list((anonymous / "code").iterdir())
    if how == "from the export":
        assert "submissions 8, 9 are from one student" in called.out
    assert regrade(export, "-o", anonymous).code == 0  # with the export, the names are there again
    assert "quenby@example.edu" in (anonymous / "grades.csv").read_text()


def test_of_a_folder_that_names_people_it_is_said_what_must_stay(tmp_path: Path, regrade: Caller) -> None:
    export, out = as_zip(tmp_path / "z.zip", members_of(CLASS)), tmp_path / "out"
    regrade(export, "-o", out)
    regrade(out)
    (out / "overrides.csv").write_text("submission,row,points\nquenby@example.edu,1.1,0\n")
    called = regrade(export, "-o", out, "--anonymous")
    [said] = [line for line in called.out.splitlines() if line.startswith("--anonymous: these name students")]
    stay = said.partition("handed on: ")[2].partition(". ")[0].split(", ")
    assert {"findings.sqlite", "overrides.csv", "what-if"} <= {*stay}
    rest = {name: data for name, data in contents(out).items() if name.split("/")[0] not in stay}
    assert {"grades.csv", "changes.csv", "report.html", "results/7.json"} <= rest.keys()
    assert {name: found for name, data in rest.items() if (found := named_in(data))} == {}


def test_ids_that_may_be_names_are_pointed_out(tmp_path: Path, regrade: Caller) -> None:
    members = {"lovelace_ada/notes.txt": "", "5/notes.txt": ""}
    called = regrade(as_folder(tmp_path / "class", members), "-o", tmp_path / "out", "--anonymous")
    assert "warning: --anonymous keeps submission ids, and 1 id may be a name: lovelace_ada" in called.out
