"""The export's metadata: real shapes, unusual ones, hostile ones, and a file too large to be held."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from autograder.intake.entry import About, Person
from autograder.intake.export_metadata import ExportMetadata, index

ROOT = Path(__file__).resolve().parents[3]

REAL = r"""---
submission_101:
  :submitters:
  - :name: Ada Lovelace
    :sid: A0001
    :email: ada@example.edu
  - :name: "Ren\xE9 \"Null\" Dupont"
    :sid: ''
    :email: rene@example.edu
  :created_at: 2025-03-01 23:10:05.398000000 Z
  :score: 9.5
  :status: processed
  :results:
    score:
    output: |
      submission_999:
        :submitters: nobody, this is what a student printed

      more of it
    tests:
    - name: one
      number: '1.1'
      score: 0.25
      max_score: 0.25
      output: ! 'forget: missing'
    - name: written
      number: '2.3'
      score:
    - number: '2.1a'
      score: "0.5"
  :history:
  - :id: 100
    :created_at: 2025-02-28 23:10:05.398000000 Z
    :score: 1.0
    :results:
      tests:
      - number: '1.1'
        score: 0.0
submission_102:
  :submitters:
  - :name: Null
    :sid:
    :email: ~
  - :name: 'Null'
    :sid: 00123
    :email: null@example.edu
  :created_at: 2025-03-02 00:00:00.000000000 Z
  :score: 0
  :results: {}
  :history: []
"""


def of(text: str) -> ExportMetadata:
    return index(text.encode())


def only(text: str) -> About:
    found = of(text)
    assert len(found.ids()) == 1
    return found.entry(found.ids()[0])


@pytest.mark.parametrize("change", [None, "\r\n", "\ufeff"], ids=["as it is", "CRLF", "with a byte order mark"])
def test_a_real_shape(change: str | None) -> None:
    text = REAL.replace("\n", "\r\n") if change == "\r\n" else (change or "") + REAL
    found = of(text)
    assert found.note == ""
    assert found.ids() == ("101", "102")
    people = (Person("Ada Lovelace", "ada@example.edu", "A0001"), Person('René "Null" Dupont', "rene@example.edu"))
    assert found.entry("101") == About("101", people, "2025-03-01 23:10:05.398000000 Z", "9.5")
    assert found.scores("101") == {"1.1": "0.25", "2.1a": "0.5"}
    nobody = Person("Null", "null@example.edu", "00123")
    assert found.entry("102") == About("102", (nobody,), "2025-03-02 00:00:00.000000000 Z", "0")
    assert found.scores("102") == {}


def test_from_a_file_and_from_a_stream(tmp_path: Path) -> None:
    path = tmp_path / "submission_metadata.yml"
    path.write_text(REAL)
    for source in (path, io.BytesIO(REAL.encode())):
        found = index(source)
        assert found.entry("102").people == of(REAL).entry("102").people
        assert found.scores("101") == of(REAL).scores("101")
    assert "cannot be read" in index(tmp_path / "none.yml").note


@pytest.mark.parametrize("flow", [False, True], ids=["block", "flow"])
def test_as_another_library_writes_it(flow: bool) -> None:
    entry = {
        ":submitters": [{":name": "A", ":sid": "7", ":email": "a@b"}],
        ":created_at": "2025-03-01T23:10:05Z",
        ":score": 2.5,
        ":results": {":tests": [{":number": "1.1", ":score": 2.5}]},
        ":history": [{":score": 1, ":results": {":tests": [{":number": "1.1", ":score": 1}]}}],
    }
    names = ("submission_1", "submission_2")
    in_flow = "".join(f"{name}: {yaml.safe_dump(entry, default_flow_style=True)}" for name in names)
    text = in_flow if flow else "".join(yaml.safe_dump({name: entry}) for name in names)
    found = of(text)
    assert found.ids() == ("1", "2")
    assert found.entry("2") == About("2", (Person("A", "a@b", "7"),), "2025-03-01T23:10:05Z", "2.5")
    assert found.scores("1") == {"1.1": "2.5"}


@pytest.mark.parametrize(
    ("body", "note"),
    [
        ("", "no submitter is named, no time of submission"),
        ("  :submitters:\n", "no submitter is named, no time of submission"),
        ("  :submitters: nobody\n  :created_at: today\n", "no submitter is named"),
        ("  :submitters: [1, [2], {x: y}]\n  :created_at: today\n", "no submitter is named"),
        ("  - a\n  - b\n", "no mapping"),
        ("  just words\n", "no mapping"),
        ("  :score: many\n", "its score is 'many'"),
        ("  :score: .nan\n", "its score is '.nan'"),
        ("  :score: 1e999999999\n", "its score is '1e999999999'"),
        ("  :submitters: [\n", "not YAML"),
        ('  :submitters: "\n', "not YAML"),
        ("  :a: &x [1]\n  :b: *x\n", "alias"),
        ("  :a: *never\n", "alias"),
        ("  :a: " + "[" * 60 + "]" * 60 + "\n", "nested more than 40 deep"),
        ("  :a: " + "[" * 500_000 + "\n", "nest"),
        ("  :a: '" + "x" * (1 << 20) + "'\n", "more than"),
        ("  :submitters:\n" + "  - :name: x\n" * 51, "only 50 of 51"),
        ("\t:score: 1\n", "not YAML"),
    ],
    ids=lambda text: text[:30],
)
def test_strange_entries_have_a_note(body: str, note: str) -> None:
    found = of(f"submission_1:\n{body}submission_2:\n  :score: 3\n")
    assert note in " ".join(found.entry("1").notes)
    assert isinstance(found.scores("1"), dict)
    assert found.entry("2").score == "3"


def test_what_is_safe_is_read_all_the_same() -> None:
    assert only("submission_1: &a\n  :score: &b 1\n").score == "1"  # an anchor that nobody follows
    assert only("submission_1:\n  :score: !ruby/object:Rational 1.5\n").score == "1.5"  # a tag builds nothing
    assert only('submission_1:\n  :submitters: {":name": A}\n').people == (Person("A"),)
    unusual = only("submission_1:\n  :submitters:\n  - :name: 'a\x00\x1b[31m\u202eb'\n")
    assert unusual.people == (Person("a\ufffd\ufffd[31mb"),)
    assert only("submission_1:\n  :created_at: 2025-03-01\n  :history: [\n").submitted == "2025-03-01"  # not parsed


@pytest.mark.parametrize(
    "text", ["", "- a\n- b\n", "{}", '{"submission_1": {}}', "x" * 200_000, "  submission_1:\n", "\0\xff\n", "a: 1\n"]
)
def test_a_file_that_is_no_list_of_submissions(text: str) -> None:
    found = of(text)
    assert found.ids() == ()
    assert "no list of submissions" in found.note
    assert "no entry" in " ".join(found.entry("1").notes)
    assert found.scores("1") == {}


def test_a_submission_that_stands_twice() -> None:
    found = of("submission_1:\n  :score: 1\nsubmission_1:\n  :score: 2\n")
    assert "second entry" in found.note
    assert found.entry("1").score == "1"


@given(
    st.lists(
        st.sampled_from(
            ["submission_1:", "submission_2:", "\n", "  ", ":results:", ":tests:", "- ", "[", "{", "'", "a"]
        )
        | st.text(max_size=3),
        max_size=20,
    ).map("".join)
)
def test_no_file_raises(text: str) -> None:
    found = index(text.encode("utf-8", "surrogatepass"))
    for name in found.ids():
        assert isinstance(found.entry(name), About)
        assert isinstance(found.scores(name), dict)


printed = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@given(first=printed, second=printed, name=printed)
def test_what_a_student_printed_begins_no_submission(first: str, second: str, name: str) -> None:
    """A correct emitter's file: neither output nor name can forge an entry, a person or a score."""
    forged = f"{first}\nsubmission_2:\n  :score: 100\n:score: 100\n{second}"
    entry = {
        ":submitters": [{":name": name, ":email": "a@b"}],
        ":results": {"output": forged, "tests": [{"number": "1.1", "score": 1, "output": forged}]},
        ":score": 1,
    }
    found = of(yaml.safe_dump({"submission_1": entry}, allow_unicode=True))
    assert found.ids() == ("1",)
    assert found.entry("1").score == "1"
    assert found.entry("1").people[0].email == "a@b"
    assert found.scores("1") == {"1.1": "1"}


MEASURE = """
import re, sys
from pathlib import Path
from autograder.intake.export_metadata import index
def peak():  # of this program alone: getrusage would count what it was forked from
    return int(re.search(r"VmHWM:\\s*(\\d+)", Path("/proc/self/status").read_text())[1])
before = peak()
found = index(Path(sys.argv[1]))
assert sum(int(found.entry(one).score) for one in found.ids()) == 1000
print(len(found.ids()), peak() - before)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="peak memory is read from Linux's /proc")
def test_memory_stays_flat(tmp_path: Path) -> None:
    """1,000 submissions of 60 kB each, and one line of 20 MB."""
    path = tmp_path / "submission_metadata.yml"
    block = ("  :score: 1.0\n  :results:\n    tests:\n" + "    - number: '1.1'\n      output: words\n" * 1500).encode()
    with open(path, "wb") as stream:
        for i in range(1000):
            stream.write(b"submission_%d:\n" % i + block)
        stream.write(b"other: '" + b"x" * (20 << 20) + b"'\n")
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(path)],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    count, grown = map(int, done.stdout.split())
    assert count == 1000
    assert grown < 10_000  # kilobytes, of a file of 74 MB
