"""Tables come back as they were written, whatever stands in them; and as people save them, whatever they save with."""

from __future__ import annotations

import csv
import io
import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.core.text import clean
from autograder.regrade.csv_io import CELL_LENGTH, Table, natural, neutral, parse_table, read_table, write_table

WANTED, MORE = ("code", "points"), ("comment",)
GOOD = 'code,points (at most 0.5),comment\nq-001,0.5,good\nq-002,,"two\nlines; ""quoted"""\n'
CELLS = [("q-001", "0.5", "good"), ("q-002", "", 'two\nlines; "quoted"')]


def parsed(data: bytes | str) -> Table:
    return parse_table("q.csv", data.encode() if isinstance(data, str) else data, WANTED, MORE)


def cells(table: Table) -> list[tuple[str, ...]]:
    return [tuple(record.cells.get(name, "") for name in (*WANTED, *MORE)) for record in table.records]


def as_excel(separator: str, end: str, encoding: str, more: str = "") -> bytes:
    """What a spreadsheet makes of GOOD."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=separator, lineterminator=end)
    writer.writerows(csv.reader(io.StringIO(GOOD, newline="")))
    return (text.getvalue() + more).encode(encoding)


@pytest.mark.parametrize("separator", [",", ";", "\t"], ids=["comma", "semicolon", "tab"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_however_it_was_saved(separator: str, end: str, encoding: str) -> None:
    found = parsed(as_excel(separator, end, encoding))
    assert cells(found) == CELLS
    assert found.sentences == ()
    assert found.whole
    assert found.separator == separator


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(GOOD + "\n\n,,\n , ,\n", id="empty lines at the end"),
        pytest.param(GOOD.replace("\nq-002", "\n\n,,\nq-002"), id="empty lines between"),
        pytest.param(GOOD.replace(",good", ",good,,,").replace("comment", "comment,,,"), id="empty columns"),
        pytest.param(GOOD.replace(",good", ",good,,"), id="empty cells beyond the header"),
        pytest.param("\n\n" + GOOD, id="empty lines first"),
        pytest.param("sep=,\n" + GOOD, id="Excel's hint"),
        pytest.param(GOOD.replace("code,points (at most 0.5)", " CODE , Points\t"), id="case and space in the header"),
        pytest.param(GOOD.removesuffix("\n"), id="no line end at the end"),
        pytest.param(GOOD.removesuffix("\n") + "\r", id="half a line end at the end"),
    ],
)
def test_what_does_not_matter(text: str) -> None:
    found = parsed(text)
    assert cells(found) == CELLS
    assert found.sentences == ()


@pytest.mark.parametrize(
    ("text", "said", "left"),
    [
        ("", "it is empty", 0),
        ("\n,,\n", "it is empty", 0),
        ("q-001,0.5,good\n", "a header with the columns code, points was expected", 0),
        ("code,comment\nq-001,good\n", "without points nothing in it can be used", 0),
        (GOOD + "q-003,0.5,good, but late\n", "q.csv, line 5: not used, it has more cells", 2),
        (GOOD + 'q-003,0.5,"never closed\nq-004,1,\n', "q.csv, line 5: a quotation mark opens here", 2),
        (GOOD + '"', "q.csv, line 5: a quotation mark opens here", 2),
        (GOOD + f"q-003,0.5,{'x' * 200_000}\nq-004,1,\n", "q.csv, line 5: this and everything after", 2),
        ("code,points,comment,\nq-001,1,a,note\n", "q.csv, line 2: 'note' is left out", 1),
        ("code,points,points\nq-001,1,2\n", "q.csv, line 2: '2' is left out", 1),
    ],
    ids=lambda value: value[:25] if isinstance(value, str) else value,
)
def test_what_cannot_be_used_is_named(text: str, said: str, left: int) -> None:
    found = parsed(text)
    assert said in " / ".join(found.sentences)
    assert len(found.records) == left
    assert not found.whole


def test_lines_are_counted_as_an_editor_counts_them() -> None:
    found = parsed("sep=,\r\n\r\n" + GOOD.replace("\n", "\r\n") + "q-003,1,\r\n")
    assert [record.line for record in found.records] == [4, 5, 7]


@pytest.mark.parametrize(("hint", "line"), [("", 1), ("sep=,\n", 2), ('"sep=;"\r\n', 2)])
def test_a_mark_that_never_closes_in_the_header_is_told_with_its_line(hint: str, line: int) -> None:
    (said, _) = parsed(f'{hint}code,"points,comment\nq-001,1,good\n').sentences
    assert f"line {line}: a quotation mark opens here" in said


def test_windows_letters_are_read_with_a_warning() -> None:
    found = parsed(GOOD.replace("good", "schön").encode("cp1252"))
    assert found.records[0].get("comment") == "schön"
    assert "not UTF-8" in found.sentences[0]
    assert found.whole


@pytest.mark.parametrize(
    "text", ["=1+1", "+1 517 555", "-x", "@sum", "\t=1", "\r=1", "\n=1", "'=1", "''=1", "\uff1d1", "-1-1"]
)
def test_formulas_do_not_run(text: str) -> None:
    assert neutral(text) == f"'{text}"
    assert natural(neutral(text)) == text


@pytest.mark.parametrize("text", ["", "0.5", "-0.5", "-0,5", "+3", "it's", "'quoted'", "a=b", " =1"])
def test_other_text_stays(text: str) -> None:
    assert neutral(text) == natural(text) == text


@given(text=st.text(max_size=9) | st.text("'=+-@\t\r1", max_size=6))
def test_neutral_and_back(text: str) -> None:
    assert natural(neutral(text)) == text
    assert not neutral(text).startswith(("=", "@", "\t", "\r"))


texts = st.text(max_size=8) | st.text("\"',;=+-@\t\r\n\0 a", max_size=8)


@given(rows=st.lists(st.tuples(texts, texts), max_size=6), separator=st.sampled_from([",", ";", "\t"]))
def test_what_is_written_is_read(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]], separator: str
) -> None:
    path = tmp_path_factory.mktemp("t") / "t.csv"
    write_table(path, ("code", "points"), [(f"c{one}", two) for one, two in rows], separator)
    found = read_table(path, WANTED)
    assert found.sentences == ()
    assert [(record.cells["code"], record.cells["points"]) for record in found.records] == [
        (clean(f"c{one}", CELL_LENGTH), clean(two, CELL_LENGTH)) for one, two in rows
    ]
    before = path.read_bytes()
    write_table(path, found.header, [[r.cells[c] for c in found.header] for r in found.records], found.separator)
    assert path.read_bytes() == before


@given(data=st.binary(max_size=60) | st.text("code,points;\n\"'=\r\t q1", max_size=60).map(str.encode))
def test_no_bytes_raise(data: bytes) -> None:
    for start in (b"", b"code,points,comment\n", b"\xff\xfe"):
        assert isinstance(parsed(start + data), Table)


def test_files_are_private_and_appear_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "t.csv"
    path.write_text("old")
    path.chmod(0o644)
    write_table(path, ("code",), [("a",)])
    assert path.read_bytes() == b"code\na\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_table(path, ("code",), [("b",)])
    assert path.read_bytes() == b"code\na\n"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    assert "cannot be read" in read_table(tmp_path / "none.csv", WANTED).sentences[0]
    assert "cannot be read" in read_table(tmp_path, WANTED).sentences[0]
