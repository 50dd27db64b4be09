"""Every form in which submissions come, and every bad one: one sentence, the rest read, nothing lost."""

from __future__ import annotations

import os
import stat
import struct
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.core.submission import MAX_FILE
from autograder.intake.entry import About, Person
from autograder.intake.folder import open_source
from autograder.intake.source import METADATA, CannotImport, Damaged, Source, id_of, in_order
from autograder.regrade.publish import results_name
from tests.autograder.regrade.exported_class import EXPORT, Handed, as_folder, as_zip, members_of

WANTED = ("answers.py", "more.py")
ADA, BOB, CY = ("Ada Lovelace", "ada@example.edu", "A1"), ("Bob", "bob@example.edu", "B2"), ("Zoë", "z@x.edu", "C3")
CLASS = (
    Handed("7", {"answers.py": "seven = 7\n", "more.py": ""}, (ADA,), 9.5, {"1.1": 0.25}),
    Handed("10", {"answers.py": "ten = 10\n"}, (BOB, CY), 0.0),
    Handed("9", {"notes.txt": "nothing of it", "src/answers.py": "deep"}, ()),
)
MEMBERS = members_of(CLASS)
KINDS = ("zip", "folder")


def made(kind: str, tmp_path: Path, members: dict[str, bytes | str]) -> Path:
    if kind == "zip":
        return as_zip(tmp_path / "hw3.zip", members)
    return as_folder(tmp_path / "hw3", members)


OPEN = ExitStack()


@pytest.fixture(autouse=True)
def close() -> Iterator[None]:
    """Closes what a test opened."""
    with OPEN:
        yield


def opened(path: Path) -> Source:
    return OPEN.enter_context(closing(open_source(path, WANTED)))


def texts(source: Source) -> dict[str, dict[str, str]]:
    return {name: dict(source.read(name).texts) for name in source.names()}


def refused(path: Path) -> str:
    with pytest.raises(CannotImport) as caught:
        opened(path)
    said = str(caught.value)
    assert said.startswith(str(path))
    assert "\n" not in said
    assert len(said) < 900
    return said


# ------------------------------------------------------------------------------------------------------------ forms

AS_READ = {
    "7": {"answers.py": "seven = 7\n", "more.py": ""},
    "9": {"answers.py": "deep"},
    "10": {"answers.py": "ten = 10\n"},
}


def without_wrapper(members: dict[str, bytes | str]) -> dict[str, bytes | str]:
    return {name.removeprefix(f"{EXPORT}/"): data for name, data in members.items()}


FORMS = {
    "as Gradescope packs it": MEMBERS,
    "its inner folder": without_wrapper(MEMBERS),
    "one folder too high": {f"Downloads/{name}": data for name, data in MEMBERS.items()},
    "with what a Mac adds": MEMBERS
    | {f"__MACOSX/{EXPORT}/._{METADATA}": b"\0", ".DS_Store": b"\0", f"{EXPORT}/.DS_Store": b"\0"},
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("form", FORMS)
def test_the_export(kind: str, form: str, tmp_path: Path) -> None:
    source = opened(made(kind, tmp_path, FORMS[form]))
    assert source.names() == ["7", "9", "10"]  # by number
    assert source.warnings == []
    at = "2025-03-01 23:10:05.398000000 Z"
    assert source.about("7") == About("7", (Person(*ADA),), at, "9.5")
    assert source.scores("7") == {"1.1": "0.25"}
    assert source.about("10") == About("10", (Person(*BOB), Person(*CY)), at, "0")
    assert "no submitter is named" in source.about("9").notes[0]
    assert (source.read("9").within, source.read("9").others) == ("src/", ("notes.txt",))
    assert source.digest("7") != ""
    assert source.digest("7") != source.digest("9")
    assert texts(source) == AS_READ


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("wrapper", ["", "class/"])
def test_a_folder_of_folders(kind: str, wrapper: str, tmp_path: Path) -> None:
    names = {f"{wrapper}ada/answers.py": "a", f"{wrapper}bob/answers.py": "b", f"{wrapper}empty/nothing.txt": ""}
    source = opened(made(kind, tmp_path, names))
    assert source.about("ada") == About("ada")
    assert source.scores("ada") == {}
    assert source.digest("ada") == ""
    assert texts(source) == {"ada": {"answers.py": "a"}, "bob": {"answers.py": "b"}, "empty": {}}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("wrapper", ["", "submission_5/", "up/submission_5/"])
def test_one_submission(kind: str, wrapper: str, tmp_path: Path) -> None:
    name = "5" if wrapper else "hw3"
    source = opened(made(kind, tmp_path, {f"{wrapper}answers.py": "x", f"{wrapper}mine/y.txt": "y"}))
    assert source.read(name).others == ("mine/", "mine/y.txt")
    assert texts(source) == {name: {"answers.py": "x"}}


@pytest.mark.parametrize("kind", KINDS)
def test_a_class_of_one_that_packed_its_own_folder(kind: str, tmp_path: Path) -> None:
    source = opened(made(kind, tmp_path, {"submission_5/hw3/answers.py": "x"}))
    assert texts(source) == {"5": {"answers.py": "x"}}


@pytest.mark.parametrize("marked", [True, False], ids=["said to be UTF-8", "not said"])
def test_names_that_are_not_ascii(marked: bool, tmp_path: Path) -> None:
    names = {"Žofie/answers.py": "a", "李/answers.py": "b"}
    path = as_zip(tmp_path / "hw3.zip", names)
    if not marked:  # as programs write it that know nothing of bit 11
        path.write_bytes(path.read_bytes().replace(b"\x14\0\0\x08", b"\x14\0\0\0"))
        with zipfile.ZipFile(path) as packed:
            assert set(packed.namelist()).isdisjoint(names)
    assert set(texts(opened(path))) == {"Žofie", "李"} == set(texts(opened(as_folder(tmp_path / "f", names))))


def test_a_zip_is_read_as_its_folder(tmp_path: Path) -> None:
    unusual = {"1/answers.py": "x", "1/.DS_Store": "y", "1/b/c.txt": "", "2/": "", "1/empty/": "", "1/more.py/z": ""}
    folder = tmp_path / "folder"
    for name in unusual:
        (folder / name if name.endswith("/") else (folder / name).parent).mkdir(parents=True, exist_ok=True)
    as_folder(folder, {name: data for name, data in unusual.items() if not name.endswith("/")})
    one, other = opened(as_zip(tmp_path / "z.zip", unusual)), opened(folder)
    assert one.names() == other.names() == ["1", "2"]
    for name in one.names():
        assert one.read(name) == other.read(name)
    assert "not a regular file" in one.read("1").faults["more.py"]


# ---------------------------------------------------------------------------------------------------------- no source


@pytest.mark.parametrize("kind", ["nothing", "empty file", "text", "junk with a zip's end", "fifo", "empty", "files"])
def test_what_is_no_source(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "hw3"
    if kind == "fifo":
        os.mkfifo(path)
    elif kind == "empty":
        path.mkdir()
        (path / ".DS_Store").touch()
    elif kind == "files":
        as_folder(path, {"a.txt": "", "b.txt": ""})
    elif kind != "nothing":
        path.write_bytes({"empty file": b"", "text": b"hello"}.get(kind, b"x" * 90 + b"PK\5\6" + b"\xff" * 18))
    said = refused(path)
    wanted = {"nothing": "no such file or folder", "fifo": "neither a file nor a folder", "empty": "answers.py"}
    assert (
        wanted.get(kind, "a submission is a folder: a.txt, b.txt" if kind == "files" else "this is no whole zip")
        in said
    )


def test_a_truncated_zip(tmp_path: Path) -> None:
    path = as_zip(tmp_path / "hw3.zip", MEMBERS)
    whole = path.read_bytes()
    for length in (1, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:length])
        assert "this is no whole zip" in refused(path)
        assert "download it again" in refused(path)


def test_a_zip_of_nothing(tmp_path: Path) -> None:
    assert "there are no submissions in it" in refused(as_zip(tmp_path / "hw3.zip", {}))
    assert "lead" in refused(as_zip(tmp_path / "hw3.zip", {"..\\x\\answers.py": "x"}))


@settings(max_examples=300)
@given(st.lists(st.tuples(st.integers(0, 5_000), st.binary(min_size=1, max_size=4)), min_size=1, max_size=4))
def test_no_broken_zip_raises_anything_else(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[int, bytes]]
) -> None:
    path = tmp_path_factory.mktemp("zip") / "hw3.zip"
    data = bytearray(as_zip(path, MEMBERS).read_bytes())
    for at, patch in changes:
        at %= len(data)
        data[at : at + len(patch)] = patch
    path.write_bytes(data)
    try:
        source = opened(path)
    except CannotImport:
        return
    for name in source.names():
        source.about(name), source.scores(name), source.digest(name)
        try:
            source.read(name)
        except Damaged:
            continue
    source.close()


# ----------------------------------------------------------------------------------------------------- damaged members


def broken_member(path: Path, text: bytes) -> None:
    """Changes a stored member's bytes, and leaves its CRC."""
    data = path.read_bytes()
    assert data.count(text) == 1
    path.write_bytes(data.replace(text, text[:-1] + b"!"))


def test_one_member_with_a_wrong_crc(tmp_path: Path) -> None:
    path = as_zip(tmp_path / "hw3.zip", MEMBERS, zipfile.ZIP_STORED)
    broken_member(path, b"seven = 7\n")
    source = opened(path)
    with pytest.raises(Damaged, match=r"submission_7/answers.py cannot be read from the zip \(Bad CRC.*download"):
        source.read("7")
    assert source.read("10").texts == AS_READ["10"]
    assert source.about("7").people == (Person(*ADA),)


def test_metadata_with_a_wrong_crc(tmp_path: Path) -> None:
    path = as_zip(tmp_path / "hw3.zip", MEMBERS, zipfile.ZIP_STORED)
    broken_member(path, b"Ada Lovelace")
    source = opened(path)
    assert [said.split(":")[0] for said in source.warnings] == [f"{METADATA} is not used"]
    assert source.about("7") == About("7")
    assert texts(source) == AS_READ


def flagged(path: Path, name: str, offset: int, value: bytes) -> None:
    """Patches one field of a member's entry in the central directory and in front of its data."""
    data = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as packed:
        at = packed.getinfo(name).header_offset
    data[at + offset - 2 : at + offset - 2 + len(value)] = value
    entry = data.rindex(name.encode()) - 46
    data[entry + offset : entry + offset + len(value)] = value
    path.write_bytes(data)


@pytest.mark.parametrize(
    ("offset", "value", "why"),
    [(8, 1, "it is encrypted"), (10, zipfile.ZIP_BZIP2, "in another way"), (10, 99, "in another way")],
    ids=["encrypted", "bzip2", "AES"],
)
def test_a_member_that_is_not_read(offset: int, value: int, why: str, tmp_path: Path) -> None:
    path = as_zip(tmp_path / "hw3.zip", MEMBERS)
    flagged(path, f"{EXPORT}/submission_7/answers.py", offset, struct.pack("<H", value))
    source = opened(path)
    with pytest.raises(Damaged, match=why):
        source.read("7")
    assert source.read("10").texts == AS_READ["10"]


def test_a_bomb_is_read_up_to_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = {"1/answers.py": b"#" * (64 << 20), "1/more.py": "x", "2/answers.py": "y"}
    source = opened(as_zip(tmp_path / "hw3.zip", bomb))
    asked: list[int] = []
    read = zipfile.ZipExtFile.read

    def counted(stream: zipfile.ZipExtFile, most: int = -1) -> bytes:
        data = read(stream, most)
        asked.append(len(data))
        return data

    monkeypatch.setattr(zipfile.ZipExtFile, "read", counted)
    found = source.read("1")
    assert "is larger than 1 MiB" in found.faults["answers.py"]
    assert found.texts == {"more.py": "x"}
    assert asked == [MAX_FILE + 1, 1]


def test_a_bomb_of_metadata_is_not_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autograder.intake.zipped.MAX_METADATA", 100)
    source = opened(as_zip(tmp_path / "hw3.zip", MEMBERS))
    assert "is not used: it has more than" in source.warnings[0]
    assert texts(source) == AS_READ


# ------------------------------------------------------------------------------------------------------ names and links


def test_names_that_lead_out_of_a_zip(tmp_path: Path) -> None:
    bad = ["../out/answers.py", f"{EXPORT}/../../x.py", "/etc/answers.py", "a\\..\\b.py", "C:/x/answers.py", "C:x.py"]
    before = set(tmp_path.rglob("*"))
    source = opened(as_zip(tmp_path / "hw3.zip", MEMBERS | dict.fromkeys(bad, "evil")))
    shown = ", ".join(bad[:5]).replace("\\", "/")
    assert source.warnings == [f"skipped: the name leads out of the zip: {shown} and 1 more"]
    assert texts(source) == AS_READ
    assert set(tmp_path.rglob("*")) - before == {tmp_path / "hw3.zip"}


def with_link(kind: str, tmp_path: Path, members: dict[str, bytes | str], name: str, target: Path) -> Path:
    path = made(kind, tmp_path, members)
    if kind == "folder":
        (path / name).symlink_to(target)
        return path
    info = zipfile.ZipInfo(name)
    info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "a") as packed:
        packed.writestr(info, str(target))
    return path


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_that_is_a_link(kind: str, tmp_path: Path) -> None:
    secret = tmp_path / "secret.py"
    secret.write_text("the_key = 42\n")
    source = opened(with_link(kind, tmp_path, {"1/more.py": "x", "2/answers.py": "y"}, "1/answers.py", secret))
    found = source.read("1")
    assert "is a link, and links are not followed" in found.faults["answers.py"]
    assert found.others == ("answers.py (link)",)
    assert texts(source) == {"1": {"more.py": "x"}, "2": {"answers.py": "y"}}


@pytest.mark.parametrize("kind", KINDS)
def test_a_submission_that_is_a_link(kind: str, tmp_path: Path) -> None:
    elsewhere = as_folder(tmp_path / "elsewhere", {"answers.py": "the_key = 42\n"})
    source = opened(with_link(kind, tmp_path, MEMBERS, f"{EXPORT}/submission_8", elsewhere))
    assert len(source.warnings) == 1
    assert source.warnings[0].startswith("skipped: links are not followed: ")
    assert source.warnings[0].endswith("submission_8")
    assert texts(source) == AS_READ


def test_a_folder_that_becomes_a_link(tmp_path: Path) -> None:
    path = as_folder(tmp_path / "hw3", {"1/answers.py": "x", "2/answers.py": "y"})
    source = opened(path)
    (path / "1" / "answers.py").unlink()
    (path / "1").rmdir()
    (path / "1").symlink_to(path / "2")
    with pytest.raises(Damaged, match="is a link"):
        source.read("1")
    (path / "1").unlink()
    with pytest.raises(Damaged, match="cannot be read"):
        source.read("1")


@pytest.mark.parametrize("kind", KINDS)
def test_metadata_that_is_a_link(kind: str, tmp_path: Path) -> None:
    told = tmp_path / "told.yml"
    told.write_text(str(MEMBERS[f"{EXPORT}/{METADATA}"]))
    source = opened(with_link(kind, tmp_path, {"1/answers.py": "x", "2/answers.py": "y"}, METADATA, told))
    assert "links are not followed" in source.warnings[0]
    assert source.about("1") == About("1")


# -------------------------------------------------------------------------------------------------------------- junk


@pytest.mark.parametrize("kind", KINDS)
def test_thousands_of_other_files_are_one_sentence(kind: str, tmp_path: Path) -> None:
    source = opened(made(kind, tmp_path, MEMBERS | {f"{EXPORT}/junk{i:04}.txt": "" for i in range(3000)}))
    assert len(source.warnings) == 1
    assert ": a submission is a folder: " in source.warnings[0]
    assert source.warnings[0].endswith("junk0004.txt and 2,995 more")
    assert texts(source) == AS_READ


@pytest.mark.parametrize("kind", KINDS)
def test_a_submission_of_thousands_of_files(kind: str, tmp_path: Path) -> None:
    source = opened(
        made(kind, tmp_path, {"1/answers.py": "x", **{f"1/m{i:04}.py": "" for i in range(2000)}, "2/a": ""})
    )
    found = source.read("1")
    assert found.texts["answers.py"] == "x"
    assert len(found.texts) == 65
    assert len(found.others) == 200


def test_a_member_with_the_name_of_a_folder(tmp_path: Path) -> None:
    for base in (EXPORT, f"{EXPORT}/submission_7"):
        source = opened(as_zip(tmp_path / "hw3.zip", MEMBERS | {base: "x"}))
        assert source.warnings == [f"skipped: a submission is a folder: {base}"]
        assert texts(source) == AS_READ
    assert texts(opened(as_zip(tmp_path / "hw3.zip", {"a": "x", "a/answers.py": "y"}))) == {"a": {"answers.py": "y"}}


def test_two_members_of_one_name(tmp_path: Path) -> None:
    path = as_zip(tmp_path / "hw3.zip", {"1/answers.py": "old", "2/answers.py": "y"})
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(path, "a") as packed:
        packed.writestr("1/answers.py", "new")
    source = opened(path)
    assert "a second file of this name, which counts: 1/answers.py" in source.warnings[0]
    assert texts(source)["1"] == {"answers.py": "new"}


# ---------------------------------------------------------------------------------------------------------- metadata


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("metadata", "said"),
    [
        (None, None),
        ("", "the export's metadata is no list of submissions"),
        ("\0\xff: [", "the export's metadata is no list of submissions"),
        ("submission_7:\n  :submitters: [\nsubmission_9: 5\nsubmission_10:\n  :color: blue\n", None),
    ],
    ids=["missing", "empty", "broken", "strange"],
)
def test_metadata_that_says_little(kind: str, metadata: str | None, said: str | None, tmp_path: Path) -> None:
    members = {name: data for name, data in MEMBERS.items() if not name.endswith(METADATA)}
    if metadata is not None:
        members[f"{EXPORT}/{METADATA}"] = metadata
    source = opened(made(kind, tmp_path, members))
    assert len(source.warnings) == (said is not None)
    assert all(one.startswith(said or "?") for one in source.warnings)
    assert all(source.about(name).people == () for name in source.names())
    assert texts(source) == AS_READ


@pytest.mark.parametrize("kind", KINDS)
def test_metadata_and_folders_that_do_not_match(kind: str, tmp_path: Path) -> None:
    members = {name: data for name, data in MEMBERS.items() if "submission_10/" not in name}
    source = opened(made(kind, tmp_path, members | {f"{EXPORT}/submission_11/answers.py": "eleven"}))
    assert source.warnings == [
        f"in {METADATA} but without a folder, so not graded: 10",
        f"in a folder but not in {METADATA}, so graded without a name: 11",
    ]
    assert "no entry" in source.about("11").notes[0]
    assert set(texts(source)) == {"7", "9", "11"}


@pytest.mark.parametrize("kind", KINDS)
def test_a_student_cannot_bring_the_metadata(kind: str, tmp_path: Path) -> None:
    """A file of that name in a submission is the student's: it neither names anybody nor moves the export's top."""
    forged = "submission_7:\n  :score: 100\n  :submitters:\n  - :name: Mallory\n"
    for top, members in {"told": MEMBERS, "not": {k: v for k, v in MEMBERS.items() if METADATA not in k}}.items():
        (tmp_path / top).mkdir()
        source = opened(made(kind, tmp_path / top, members | {f"{EXPORT}/submission_9/{METADATA}": forged}))
        assert source.about("7").score == ("9.5" if top == "told" else "")
        assert source.warnings == []
        assert texts(source) == AS_READ


# ----------------------------------------------------------------------------------------------------------------- ids


@pytest.mark.parametrize("kind", KINDS)
def test_odd_names_of_folders(kind: str, tmp_path: Path) -> None:
    names = ["CON", "x" * 200, "x" * 199 + "y", "a\x1bb\u202e", "=1+1", "a b", "...x", "submission_", "é" * 100]
    source = opened(made(kind, tmp_path, {f"{name}/answers.py": "x" for name in names}))
    ids = list(source.names())
    assert len(set(ids)) == len(names) - 1  # ...x begins with a dot, and is hidden
    assert "ab" in ids
    for name in ids:
        assert len(name) <= 100
        assert name.isprintable()
        assert len(results_name(name)) <= 255
    assert len({results_name(name) for name in ids}) == len(ids)


@pytest.mark.parametrize("kind", KINDS)
def test_names_that_are_one_once_they_are_cleaned(kind: str, tmp_path: Path) -> None:
    members = {"5/answers.py": "a", "submission_5/answers.py": "b", "5\u200b/answers.py": "c", "\u200b/answers.py": "d"}
    source = opened(made(kind, tmp_path, members))
    assert source.warnings == [
        "skipped: another folder has the same id: 5, submission_5",
        "skipped: nothing in the name can be shown: '\\u200b'",
    ]
    assert texts(source) == {"5": {"answers.py": "a"}}


@given(st.text(max_size=300))
def test_no_id_leads_anywhere(name: str) -> None:
    file = results_name(id_of(name))
    assert not set("/\\\0\n") & set(file)
    assert file.isascii()
    assert not file.startswith("..")
    assert len(file) <= 255


def test_ids_are_ordered_by_number() -> None:
    assert in_order(["b", "10", "9", "a", "01"]) == ["01", "9", "10", "a", "b"]
