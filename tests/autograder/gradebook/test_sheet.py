"""Cells are replaced and every other byte stays: judged by Python's own csv module."""

from __future__ import annotations

import codecs
import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.gradebook.sheet import SheetError, read_sheet

KNOWN = ("email", "sid")
CELLS = st.text(st.sampled_from("aZ0é\"',;\t \r\n="), max_size=6)


def judged(text: str, separator: str = ",") -> list[list[str]]:
    found = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    return [row for row in found if any(cell.strip() for cell in row)]


@given(
    rows=st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=5),
    separator=st.sampled_from(",;\t"),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    column=st.integers(0, 2),
    value=st.sampled_from(["", "9.5", "9,5"]),
)
def test_one_cell_changes_and_nothing_else(
    rows: list[list[str]], separator: str, end: str, quoting: int, column: int, value: str
) -> None:
    if any({"\r", "\n"} & set(cell) for row in rows for cell in row):
        quoting = csv.QUOTE_ALL  # the writer quotes the line end that it writes, and no other one
    written = io.StringIO()
    csv.writer(written, delimiter=separator, lineterminator=end, quoting=quoting).writerows(  # type: ignore[arg-type]
        [["email", "sid", "x"], *rows]
    )
    text = written.getvalue()
    sheet = read_sheet("x.csv", text.encode(), KNOWN)
    assert sheet.separator == separator
    assert [[cell.text for cell in line.cells] for line in sheet.lines] == judged(text, separator)
    assert sheet.filled(column, {}) == text.encode()
    last = sheet.lines[-1]
    if last.number == 1:
        return
    after = judged(sheet.filled(column, {last.number: value}).decode(), separator)
    expected = judged(text, separator)
    expected[-1][column] = value
    assert after == [row for row in expected if any(cell.strip() for cell in row)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_the_encoding_and_line_ends_stay(encoding: str, end: str) -> None:
    lines = ["Name,Email,HW", 'Zoë "Z" du Châtelet,z@x.edu,', '"two\nlines",a@x.edu,"3"', ""]
    data = end.join(lines).encode(encoding)
    filled = read_sheet("x.csv", data, KNOWN).filled(2, {2: "9.5", 3: "1"})
    assert filled == end.join(lines).replace("z@x.edu,", "z@x.edu,9.5").replace('"3"', '"1"').encode(encoding)
    assert filled[:3].startswith(codecs.BOM_UTF8) is (encoding == "utf-8-sig")


def test_bytes_that_are_no_text_stay() -> None:
    data = b"Name,Email,HW\nZo\xeb\x81,z@x.edu,\n"
    assert read_sheet("x.csv", data, KNOWN).filled(2, {2: "1"}) == b"Name,Email,HW\nZo\xeb\x81,z@x.edu,1\n"


def test_a_line_that_is_too_short_is_made_longer_only_for_a_number() -> None:
    data = b"Email,A,B\nz@x.edu\ny@x.edu\n"
    assert read_sheet("x.csv", data, KNOWN).filled(2, {2: "1", 3: ""}) == b"Email,A,B\nz@x.edu,,1\ny@x.edu\n"


def test_excels_own_first_line_stays() -> None:
    data = b"sep=;\r\nEmail;HW\r\nz@x.edu;\r\n"
    sheet = read_sheet("x.csv", data, KNOWN)
    assert sheet.lines[1].number == 3
    assert sheet.filled(1, {3: "1"}) == b"sep=;\r\nEmail;HW\r\nz@x.edu;1\r\n"


def test_a_mark_that_never_closes_is_refused_with_its_line() -> None:
    with pytest.raises(SheetError, match=r"x\.csv, line 3: a quotation mark opens here"):
        read_sheet("x.csv", b'Email,HW\na,1\n"b,2\n', KNOWN)
