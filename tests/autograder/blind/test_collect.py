"""Blind grading: nothing of a student gets out but the text, and nothing that a grader filled in is ever lost."""

from __future__ import annotations

import os
import random
import re
import stat
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.blind.codes import read_codes
from autograder.blind.collect import ResponsesError, WrittenAnswer, collect, same_class
from autograder.core.errors import AssignmentError
from autograder.regrade.csv_io import read_table
from tests.autograder.blind.written_answers import COLUMNS, INDEPENDENT, changed, classful, essay
from tests.autograder.calls import contents
from tests.autograder.html_page import HtmlPage


def codes(folder: Path, row: str = "2.3") -> list[str]:
    return [record.get("code") for record in read_table(folder / f"{row}.csv", ("code", "points")).records]


def fill(folder: Path, filled: dict[str, str], row: str = "2.3") -> None:
    """Types "points,comment,who" behind codes."""
    path = folder / f"{row}.csv"
    text = path.read_text()
    for code, cells in filled.items():
        text = re.sub(rf"^{re.escape(code)},.*$", lambda _, code=code, cells=cells: f"{code},{cells}", text, flags=re.M)
    path.write_text(text)


def code_of(folder: Path, submission: str, row: str = "2.3") -> str:
    return next(one.code for one in read_codes(folder) if (one.submission, one.row) == (submission, row))


def test_what_is_in_the_folder(tmp_path: Path) -> None:
    out = tmp_path / "new" / "responses"
    sentences = collect([*classful(40), WrittenAnswer("1000", "4.3", "It is parallel.")], COLUMNS, out, "seed", "HW 3")
    assert sorted(contents(out)) == sorted(
        ["codes.csv", *(f"{row}.{kind}" for row in ("2.3", "3.2b", "4.3") for kind in ("csv", "html"))]
    )
    assert stat.S_IMODE(out.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in out.iterdir()} == {0o600}
    assert (out / "2.3.csv").read_text().splitlines()[:2] == ["code,points (at most 0.5),comment,who", "2.3-001,,,"]
    assert codes(out) == [f"2.3-{at:03}" for at in range(1, 36)]  # in the order of the page, without a gap
    assert sentences[0] == "2.3: 35 answers, 0 graded, 5 without an answer"
    page = HtmlPage((out / "2.3.html").read_text())
    assert re.findall(r"2\.3-\d{3}", " ".join(re.split(r"\n", a.strip())[0] for a in page.texts("article"))) == codes(
        out
    )
    assert not {"img", "link", "iframe", "form", "a"} & {tag for tag, _ in page.tags}
    assert len(page.scripts) == 2, "the data, and the page's own"
    assert "default-src 'none'; script-src 'sha256-" in (out / "2.3.html").read_text()
    assert "5 submissions have none" in (out / "2.3.html").read_text()


def test_names_are_hidden_and_the_order_tells_nothing(tmp_path: Path) -> None:
    """Submission ids, which could be looked up, stand in the key alone; the seed shuffles."""
    answers = classful(40)
    for seed in ("a", "b"):
        collect(answers, COLUMNS, tmp_path / seed, seed)
        for name, data in contents(tmp_path / seed).items():
            data = re.sub(rb"<style>.*?</style>|<script>.*?</script>", b"", data, flags=re.DOTALL)  # the same in all
            assert name == "codes.csv" or not re.search(rb"\b10[0-3][0-9]\b", data)
            assert name == "codes.csv" or seed.encode() + b"\n" not in data
    orders = [[one.submission for one in read_codes(tmp_path / seed)] for seed in ("a", "b")]
    assert len({tuple(orders[0]), tuple(orders[1]), tuple(sorted(orders[0]))}) == 3


def test_the_same_again_gives_the_same_bytes(tmp_path: Path) -> None:
    answers = classful(60)
    collect(answers, COLUMNS, tmp_path / "a", "seed")
    before = contents(tmp_path / "a")
    random.Random(1).shuffle(answers)
    collect(answers, COLUMNS, tmp_path / "b", "seed")
    assert contents(tmp_path / "b") == before
    collect(answers, COLUMNS, tmp_path / "a", "seed")  # into the same folder
    assert contents(tmp_path / "a") == before


@pytest.mark.parametrize("seed", range(8))
def test_the_same_again_gives_the_same_bytes_for_chains(tmp_path: Path, seed: int) -> None:
    """Where it could be decided either way what is a group's centre, the codes do not decide it."""
    rng = random.Random(seed)
    halves = [essay(rng, 20) for _ in range(9)]
    answers = [WrittenAnswer(str(i), "2.3", f"{halves[i]} {halves[i + 1]}") for i in range(8)]
    collect(answers, COLUMNS, tmp_path, str(seed))
    before = contents(tmp_path)
    collect(answers, COLUMNS, tmp_path, str(seed))
    assert contents(tmp_path) == before


def test_a_code_that_stands_twice_is_graded_if_one_of_its_lines_is(tmp_path: Path) -> None:
    collect(classful(8), COLUMNS, tmp_path, "seed")
    with open(tmp_path / "2.3.csv", "a") as stream:
        stream.write("2.3-001,0.5,,\n")
    assert "1 graded" in collect(classful(8), COLUMNS, tmp_path, "seed")[0]


def test_alike_answers_stand_side_by_side(tmp_path: Path) -> None:
    rng = random.Random(2)
    texts = {
        "1": INDEPENDENT[0], "2": essay(rng), "3": changed(INDEPENDENT[0], 10, rng), "4": INDEPENDENT[1],
        "5": INDEPENDENT[0], "6": essay(rng), "7": INDEPENDENT[0] + "\n",
    }  # fmt: skip
    collect([WrittenAnswer(name, "2.3", text) for name, text in texts.items()], COLUMNS, tmp_path, "seed")
    place = {name: int(code_of(tmp_path, name)[-3:]) for name in texts}
    alike = sorted(place[name] for name in "1357")
    assert alike == list(range(alike[0], alike[0] + 4))
    page = HtmlPage((tmp_path / "2.3.html").read_text())
    identical = next(article for article in page.texts("article") if "3 identical" in article)
    assert all(code_of(tmp_path, name) in identical for name in "157")
    copy = next(
        article for article in page.texts("article") if code_of(tmp_path, "3") in article and "identical" not in article
    )
    assert re.search(r"much like 2\.3-00\d \(\d\d %\)", copy)
    assert "".join(copy.split()).endswith("".join(texts["3"].split()))
    alone = next(article for article in page.texts("article") if code_of(tmp_path, "4") in article)
    assert "like" not in alone.split("\n")[2]


def test_text_is_text(tmp_path: Path) -> None:
    hostile = '<script>alert(1)</script> & "quotes" {{ 7 * 7 }} \u202egnp.exe \x1b[31m\x00\r\nsecond line'
    collect([WrittenAnswer("1", "2.3", hostile)], COLUMNS, tmp_path, "seed")
    page = HtmlPage((tmp_path / "2.3.html").read_text())
    assert len(page.scripts) == 2, "the data, and the page's own"
    assert '<script>alert(1)</script> & "quotes" {{ 7 * 7 }} gnp.exe [31m\nsecond line' in page.texts("article")[0]


def test_more_submissions_later(tmp_path: Path) -> None:
    """Codes, points and comments stay; new answers come behind, beside what they are like."""
    answers = classful(40)
    collect(answers[:30], COLUMNS, tmp_path, "seed")
    before = {one.submission: one.code for one in read_codes(tmp_path)}
    fill(tmp_path, {"2.3-003": '0.25,"good, =but",Anna', "2.3-007": "0,no,"})
    late = WrittenAnswer("1999", "2.3", changed(answers[1].text, 10, random.Random(1)))
    sentences = collect([*answers, late], COLUMNS, tmp_path, "another seed")
    after = {one.submission: one.code for one in read_codes(tmp_path)}
    assert {name: after[name] for name in before} == before
    assert len(after) == len(set(after.values())) > len(before)
    table = read_table(tmp_path / "2.3.csv", ("code", "points"), ("comment", "who"))
    cells = {record.get("code"): record for record in table.records}
    assert set(cells) == set(after.values())
    assert [cells["2.3-003"].get(name) for name in ("points", "comment", "who")] == ["0.25", "good, =but", "Anna"]
    assert sum(bool(record.get("points")) for record in table.records) == 2
    order = codes(tmp_path)
    assert abs(order.index(after["1999"]) - order.index(after["1001"])) <= 2
    assert "2 graded" in sentences[0]
    assert "new: 2.3-027" in sentences[0]
    assert "new: " + after["1999"] in (tmp_path / "2.3.html").read_text()


def test_nothing_new_leaves_a_filled_in_file_alone(tmp_path: Path) -> None:
    collect(classful(20), COLUMNS, tmp_path, "seed")
    path = tmp_path / "2.3.csv"
    path.write_bytes(path.read_text().replace("2.3-002,,,", "2.3-002,1/2,,").replace(",", ";").encode("utf-16"))
    before = path.read_bytes()
    assert "1 graded" in collect(classful(20), COLUMNS, tmp_path, "seed")[0]
    assert path.read_bytes() == before
    collect(classful(24), COLUMNS, tmp_path, "seed")  # something new: the cells stay, and the separator
    assert "2.3-002;1/2;;" in path.read_text("utf-8")


def test_columns_and_lines_of_the_graders_own_stay(tmp_path: Path) -> None:
    collect(classful(10), COLUMNS, tmp_path, "seed")
    path = tmp_path / "2.3.csv"
    path.write_text("code,points,my notes\n2.3-002,0.5,look again\n9-999,1,lost?\n")
    collect(classful(10), COLUMNS, tmp_path, "seed")
    lines = path.read_text().splitlines()
    assert lines[0] == "code,points (at most 0.5),comment,who,my notes"
    assert "2.3-002,0.5,,,look again" in lines
    assert lines[-1] == "9-999,1,,,lost?"
    assert len(lines) == len(codes(tmp_path)) + 1 == 1 + 9 + 1


def test_an_answer_that_changed_after_grading(tmp_path: Path) -> None:
    first = [WrittenAnswer(name, "2.3", text) for name, text in zip("123", INDEPENDENT, strict=True)]
    collect(first, COLUMNS, tmp_path, "seed")
    graded, waiting = code_of(tmp_path, "1"), code_of(tmp_path, "2")
    fill(tmp_path, {graded: "0.5,good,"})
    second = [WrittenAnswer("1", "2.3", "Another one."), WrittenAnswer("2", "2.3", "Also another one."), first[2]]
    for _ in range(2):  # it is said until somebody looks again
        said = collect(second, COLUMNS, tmp_path, "seed")[0]
        assert f"changed since they were graded, look again: {graded}" in said
        assert waiting not in said  # nobody had graded that
        assert f"changed since it was graded: {graded}" in (tmp_path / "2.3.html").read_text()
        assert f"\n{graded},0.5,good," in (tmp_path / "2.3.csv").read_text()
    fill(tmp_path, {graded: "0.25,looked again,"})
    assert "changed" not in collect(second, COLUMNS, tmp_path, "seed")[0]
    assert "changed since" not in (tmp_path / "2.3.html").read_text()


def test_an_answer_that_is_gone_keeps_its_code(tmp_path: Path) -> None:
    collect(classful(12), COLUMNS, tmp_path, "seed")
    code = code_of(tmp_path, "1000")
    fill(tmp_path, {code: "0.5,,"})
    said = collect([*classful(12)[1:], WrittenAnswer("1000", "2.3", "")], COLUMNS, tmp_path, "seed")[0]
    assert f"no longer among the submissions: {code}" in said
    assert f"{code},0.5,," in (tmp_path / "2.3.csv").read_text()
    assert code not in {
        article.split()[0] for article in HtmlPage((tmp_path / "2.3.html").read_text()).texts("article")
    }
    collect(classful(12), COLUMNS, tmp_path, "seed")
    assert code_of(tmp_path, "1000") == code


def test_a_code_whose_line_of_the_key_is_lost_is_given_to_nobody_else(tmp_path: Path) -> None:
    collect(classful(10), COLUMNS, tmp_path, "seed")
    last = codes(tmp_path)[-1]
    fill(tmp_path, {last: "0.5,whose?,"})
    key = tmp_path / "codes.csv"
    key.write_text("".join(line for line in key.read_text().splitlines(True) if not line.startswith(last)))
    collect(classful(12), COLUMNS, tmp_path, "seed")
    assert last not in {one.code for one in read_codes(tmp_path)}
    assert f"{last},0.5,whose?," in (tmp_path / "2.3.csv").read_text()


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        ("codes.csv", None, "2.3.csv is there, but codes.csv is not"),
        ("codes.csv", lambda text: text + '"2.3-011,', "a quotation mark opens here"),
        ("codes.csv", lambda text: text.replace("2.3-002", "2.3-003"), "duplicate line"),
        ("codes.csv", lambda text: text.replace("2.3-002", "17"), "a code such as 2.3-017 was expected"),
        ("codes.csv", lambda text: "", "a header with the columns"),
        ("2.3.csv", lambda text: text.replace("2.3-002,,,", "2.3-002,0.5,good, but"), ""),
        ("2.3.csv", lambda text: text.replace("2.3-002,,,", "2.3-002,0.5,good, but, late"), "has more cells"),
        ("2.3.csv", lambda text: text.replace("code,points (at most 0.5)", "a,b"), "a header with the columns"),
    ],
)
def test_what_cannot_be_kept_stops_everything(tmp_path: Path, name: str, change: object, said: str) -> None:
    collect(classful(12), COLUMNS, tmp_path, "seed")
    path = tmp_path / name
    if change is None:
        path.unlink()
    else:
        assert callable(change)
        path.write_text(change(path.read_text()))
    before = contents(tmp_path)
    if not said:
        collect(classful(13), COLUMNS, tmp_path, "seed")
        return
    with pytest.raises(AssignmentError, match=re.escape(said)):
        collect(classful(20), COLUMNS, tmp_path, "seed")
    assert contents(tmp_path) == before


@pytest.mark.parametrize("after", range(7))
def test_broken_off_anywhere_and_run_again(tmp_path: Path, after: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same folder as if nothing had happened: the key comes first."""
    collect(classful(20), COLUMNS, tmp_path / "whole", "seed")
    left = iter(range(after))
    replace = os.replace

    def breaks(*names: Path) -> None:
        if next(left, None) is None:
            raise OSError(28, "No space left on device")
        replace(*names)

    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", breaks)
        with pytest.raises(OSError, match="No space"):
            collect(classful(20), COLUMNS, tmp_path / "broken", "seed")
    assert len(contents(tmp_path / "broken")) == after
    collect(classful(20), COLUMNS, tmp_path / "broken", "seed")
    assert contents(tmp_path / "broken") == contents(tmp_path / "whole")


texts = st.sampled_from(["", "a", "b c d e f g", "b c d e f h", "b c d e x y", "?", "!"]) | st.text(max_size=5)
runs = st.lists(st.dictionaries(st.sampled_from("123456"), texts), min_size=1, max_size=4)


@settings(max_examples=60)
@given(runs=runs, rng=st.randoms(use_true_random=False))
def test_whatever_comes_and_goes_no_cell_moves(
    tmp_path_factory: pytest.TempPathFactory, runs: list[dict[str, str]], rng: random.Random
) -> None:
    out = tmp_path_factory.mktemp("r")
    owners: dict[str, str] = {}
    typed: dict[str, str] = {}
    for run in runs:
        answers = [WrittenAnswer(name, "2.3", text) for name, text in run.items()]
        collect(answers, COLUMNS, out, "seed")
        again = contents(out)
        collect(answers, COLUMNS, out, "seed")
        now = {one.code: one.submission for one in read_codes(out)}
        assert set(now) == set(codes(out))
        assert owners.items() <= now.items()
        assert len(set(now.values())) == len(now)
        found = {r.get("code"): r.get("comment") for r in read_table(out / "2.3.csv", ("code",), ("comment",)).records}
        assert typed.items() <= found.items()
        assert {name: again[name] for name in ("2.3.csv", "codes.csv")} == {
            name: contents(out)[name] for name in ("2.3.csv", "codes.csv")
        }
        owners = now
        for code in now:
            if code not in typed and rng.random() < 0.5:
                typed[code] = f"for {code}"
                fill(out, {code: f"0.5,for {code},"})


def test_another_class_is_refused(tmp_path: Path) -> None:
    mine, others = WrittenAnswer("1", "2.3", "It is parallel."), WrittenAnswer("501", "2.3", "It is parallel.")
    same_class([others], tmp_path)
    collect([mine], COLUMNS, tmp_path, "seed")
    same_class([others, mine], tmp_path)
    with pytest.raises(ResponsesError, match=r"holds the answers of other submissions: none of its 1 is among these"):
        same_class([others], tmp_path)
