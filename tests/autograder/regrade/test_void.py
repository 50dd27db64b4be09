"""A decision counts for the answer that it was for; a run that finds nothing new writes nothing."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from msgspec.structs import replace

from autograder.bundle.decided import collected
from autograder.core.submission import Submission
from autograder.grading.finding import Finding
from autograder.grading.row import ARRIVED
from autograder.intake.entry import About, Person
from autograder.regrade import baseline, console
from autograder.regrade.fingerprint import content
from autograder.regrade.needs import Need, told, undecided
from autograder.regrade.output_dir import NEEDS
from autograder.regrade.store import NOW, Store
from tests.autograder.calls import Called, Capsys, table
from tests.autograder.regrade.small_class import Small, run

ADA = (Person("Ada", "ada@example.edu"),)


def again(capsys: Capsys, small: Small) -> Called:
    ran = run(capsys, small.root, "regrade", small.out, "-o", small.out)
    assert ran.code == 0
    return ran


def keep(out: Path, change: Callable[[Finding], Finding]) -> None:
    """Other findings of submission 7, for the same answers."""
    with Store(out) as store:
        digest, kept = store.kept("7", NOW)
        words = store.words("7", NOW)
        found = {row: change(replace(one.finding, words=words[row])) for row, one in kept.items()}
        keys = {row: one.cache_key for row, one in kept.items()}
        store.keep("7", NOW, digest, keys, found, store.run("7", NOW))


def hand_in(out: Path, name: str, text: str, instead_of: str = "7", people: tuple[Person, ...] = ()) -> None:
    """Other files under an id, in which the same is found as in another submission."""
    submission = Submission({"small.py": text}, {}, ())
    with Store(out) as store:
        kept, told = store.kept(instead_of, NOW)[1], store.words(instead_of, NOW)
        found = {row: replace(one.finding, words=told[row]) for row, one in kept.items()}
        store.put(About(name, people), content(submission), submission)
        keys = {row: one.cache_key for row, one in kept.items()}
        store.keep(name, NOW, content(submission), keys, found, store.run(instead_of, NOW))


def needs(out: Path) -> dict[tuple[str, str], str]:
    with (out / NEEDS).open(newline="", encoding="utf-8-sig") as stream:
        return {(line["submission"], line["row"]): line["why"] for line in csv.DictReader(stream)}


def test_a_new_answer_makes_a_decision_void(small: Small, capsys: Capsys) -> None:
    (small.out / "overrides.csv").write_text("submission,row,points,reason\n7,1.1,0.25,by hand\n7,1.3,0.5,well said\n")
    again(capsys, small)
    assert table(small.out / "grades.csv")["7"]["1.1"] == "0.25"
    hand_in(small.out, "7", "def f(): return 1\nWHY = 'since 7'\n")
    ran = again(capsys, small)
    row = table(small.out / "grades.csv")["7"]
    assert row["1.1"] == "1"  # what the machine found
    assert row["1.3"] == "0.5"  # the text is the one that was read
    assert needs(small.out)["7", "1.1"] == "what was decided (0.25 points) was for another answer, so it is void"
    assert "void, and does not count: submissions 7" in ran.out
    (small.out / "overrides.csv").write_text("submission,row,points,reason\n7,1.1,0.25,looked at it again\n")
    again(capsys, small)
    assert table(small.out / "grades.csv")["7"]["1.1"] == "0.25"
    assert ("7", "1.1") not in needs(small.out)


def test_an_answer_in_a_file_that_failed_is_not_called_absent(small: Small, tmp_path: Path, capsys: Capsys) -> None:
    hand_in(small.out, "7", "def f(: return 7\n")
    keep(small.out, lambda finding: replace(finding, outcome="crashed"))
    said = run(capsys, small.root, "responses", small.out, "-o", tmp_path / "responses").out
    assert "could not be read, and stands under those without an answer: 7\n" in said


def test_points_for_an_answer_that_was_replaced_since_are_not_merged(
    small: Small, tmp_path: Path, capsys: Capsys
) -> None:
    pages = tmp_path / "responses"
    assert run(capsys, small.root, "responses", small.out, "-o", pages).code == 0
    sheet = pages / "1.3.csv"
    head, *codes = sheet.read_text().splitlines()
    sheet.write_text("\n".join([head, *(f"{code.partition(',')[0]},0.5,," for code in codes)]))
    keep(small.out, lambda finding: replace(finding, words=replace(finding.words, feedback=f"{ARRIVED}another")))
    said = run(capsys, small.root, "merge", pages, small.out).out
    assert "is not used, the answer that was graded is not the one that OUT holds" in said
    after = table(small.out / "grades.csv")
    assert after.pop("7")["1.3"] == ""
    assert {line["1.3"] for line in after.values()} == {"0.5"}


def test_a_line_that_names_no_row_is_told_what_to_write(small: Small, capsys: Capsys) -> None:
    (small.out / "overrides.csv").write_text("submission,row,points\n7,,5\n")
    assert "line 2: not used, it names no row: write the number of one, or bonus or penalty" in again(capsys, small).out


def test_what_is_decided_waits_for_nobody() -> None:
    found = [Need("7", "1.1", "seen"), Need("7", "", "not read"), Need("8", "", "not read"), Need("8", "1.1", "seen")]
    standing = SimpleNamespace(submission="7", decisions=(SimpleNamespace(row="1.1"),))
    book: Any = SimpleNamespace(standings=(standing,))
    assert undecided(found, book) == found[2:]
    assert told(found, book, Path("list")) == "needs a person: 2 lines on 1 submission (2 more decided), in list"


def test_what_people_wrote_comes_along_into_another_folder(small: Small, tmp_path: Path, capsys: Capsys) -> None:
    (small.out / "overrides.csv").write_text("submission,row,points,reason\n7,1.1,0.25,by hand\n7,1.3,0.5,well said\n")
    again(capsys, small)
    hand_in(small.out, "7", "def f(): return 1\nWHY = 'since 7'\n")
    again(capsys, small)
    other = tmp_path / "other"
    ran = run(capsys, small.root, "regrade", small.out, "-o", other)
    assert f"comes along from {small.out}: overrides.csv\n" in ran.out
    assert (other / "overrides.csv").stat().st_mode & 0o077 == 0
    here, there = table(other / "grades.csv")["7"], table(small.out / "grades.csv")["7"]
    assert [here[name] for name in ("1.1", "1.3", "total")] == [there[name] for name in ("1.1", "1.3", "total")]
    assert (here["1.1"], here["1.3"]) == ("1", "0.5")  # void there, void here
    (small.out / "overrides.csv").write_text("submission,row,points\n7,1.3,0\n")
    ran = run(capsys, small.root, "regrade", small.out, "-o", other)
    assert f"{other / 'overrides.csv'} counts as it is; the one in {small.out} is another\n" in ran.out
    assert table(other / "grades.csv")["7"]["1.3"] == "0.5"


def test_a_void_decision_is_decided_again_in_the_list(small: Small, capsys: Capsys) -> None:
    (small.out / "overrides.csv").write_text("submission,row,points\n7,1.1,0.25\n")
    again(capsys, small)
    hand_in(small.out, "7", "def f(): return 1\n")
    again(capsys, small)
    assert "Needs a person: 1 line on 1 submission, in <a " in (small.out / "report.html").read_text(encoding="utf-8")
    path = small.out / NEEDS
    path.write_text(path.read_text(encoding="utf-8-sig").replace("7,1.1,,", "7,1.1,0.5,"), encoding="utf-8")
    for _ in range(2):
        again(capsys, small)
        assert table(small.out / "grades.csv")["7"]["1.1"] == "0.5"
    hand_in(small.out, "7", "def f(): return 7\nWHY = 'since 7'\n")
    again(capsys, small)
    assert table(small.out / "grades.csv")["7"]["1.1"] != "0.5"


def test_a_decision_on_a_submission_that_another_one_replaces(small: Small, capsys: Capsys) -> None:
    with Store(small.out) as store:
        about, files = store.abouts()["7"], store.submission("7")
        store.put(About("7", ADA), store.contents()["7"], files)
        assert about.people == ()
    (small.out / "overrides.csv").write_text(
        "submission,row,points,reason\nada@example.edu,1.1,0.25,by hand\n7,bonus,1,\n"
    )
    again(capsys, small)
    hand_in(small.out, "10", "def f(): return 1\n", people=ADA)
    (small.out / "overrides.csv").unlink()
    with Store(small.out) as store:
        store.retire("7")
    again(capsys, small)
    why = "was for submission 7, which this one replaces, so it is void"
    assert needs(small.out)["10", "1.1"] == f"what was decided (0.25 points) {why}"
    assert needs(small.out)["10", "bonus"] == f"what was decided (1 point) {why}"
    (small.out / "overrides.csv").write_text("submission,row,points\n10,1.1,0.5\n")
    again(capsys, small)
    assert ("10", "1.1") not in needs(small.out)


def test_the_zip_carries_no_void_decision(small: Small, capsys: Capsys) -> None:
    hand_in(small.out, "7", "def f(): return 7\n", people=ADA)
    (small.out / "overrides.csv").write_text("submission,row,points\n7,1.1,0.25\n")
    again(capsys, small)
    assert collected(small.out, small.root)[1] == ("Decisions of people: 1, on 1 submission.",)
    hand_in(small.out, "7", "def f(): return 1\n", people=ADA)
    _, told = collected(small.out, small.root)
    void = "Not in the zip, since void (decided for another answer): on submissions 7."
    assert told == (void, "Decisions of people: 0, on 0 submissions.")


def test_where_nothing_is_new_nothing_is_written(small: Small, capsys: Capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    again(capsys, small)
    before = {
        path: path.stat().st_mtime_ns for path in small.out.rglob("*") if path.suffix in (".csv", ".html", ".json")
    }

    def no_report(*_: object) -> str:
        raise AssertionError("a report is made")

    with monkeypatch.context() as patched:
        patched.setattr(console, "write_report", no_report)
        ran = again(capsys, small)
        assert "all files are unchanged" in ran.out
    assert {path: path.stat().st_mtime_ns for path in before} == before
    for name in ("grades.csv", "report.html", "results/8.json"):
        (small.out / name).unlink()
        assert "all files are unchanged" not in again(capsys, small).out
        assert (small.out / name).is_file()
        assert "all files are unchanged" in again(capsys, small).out
    (small.out / "overrides.csv").write_text("submission,row,points\n9,1.1,0.25\n")
    assert "all files are unchanged" not in again(capsys, small).out


def test_an_export_that_no_autograder_graded_is_not_compared_with_its_zeros(small: Small) -> None:
    with Store(small.out) as store:
        for name, about in store.abouts().items():
            store.put(About(about.submission, score="0"), store.contents()[name], store.submission(name))
        assert baseline.own(store)[0] == baseline.EARLIER
        store.put(About("7", score="0", scores={"1.1": "0"}), store.contents()["7"], store.submission("7"))
        assert baseline.own(store)[0] == baseline.EXPORTS_OWN
        assert list(baseline.own(store)[1]) == ["7"]


def test_what_stays_behind_for_an_anonymous_folder_is_not_told_as_lost(
    small: Small, tmp_path: Path, capsys: Capsys
) -> None:
    decided = "7,1.3,0.5\n8,1.1,0.25\n9,penalty,0.5\n9,1.3,1\n"
    (small.out / "overrides.csv").write_text(f"submission,row,points\n{decided}")
    again(capsys, small)
    ran = run(capsys, small.root, "regrade", small.out, "-o", tmp_path / "new", "--anonymous")
    assert "so it does not count here: overrides.csv" in ran.out
    assert "against the earlier grades: nothing changes in 3 submissions" in ran.out
    assert [line["old total"] for line in table(tmp_path / "new" / "grades.csv").values()] == ["1.5", "", "1.5"]
