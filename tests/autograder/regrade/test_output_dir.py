"""No command writes into what it reads: a class, a folder of grades, the export that it came from, a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.intake.source import METADATA
from autograder.regrade.output_dir import RESPONSES, CannotKeep, outside
from autograder.regrade.store_file import FILE
from tests.autograder.calls import contents
from tests.autograder.regrade.small_class import Small, run

CALLS = {
    "regrade": ["OUT", "-o", "PLACE"],
    "regrade against": ["EXPORT", "-o", "PLACE", "--against", "OUT"],
    "responses": ["OUT", "-o", "PLACE"],
    "gradebook": ["OUT", "ROSTER", "--column", "Total Score", "-o", "PLACE"],
    "gradebook of a file": ["OUT/grades.csv", "ROSTER", "--column", "Total Score", "-o", "PLACE"],
}


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("place", ["EXPORT/x", "OUT/code/x"])
def test_a_command_does_not_write_into_what_it_reads(
    call: str, place: str, small: Small, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    roster = tmp_path / "roster.csv"
    roster.write_text("Name,Email,Total Score\n")
    names = {"OUT": small.out, "EXPORT": small.export, "ROSTER": roster, "PLACE": _placed(place, small)}
    before = contents(small.export) | contents(tmp_path)
    words = [str(small.out / "grades.csv") if w == "OUT/grades.csv" else names.get(w, w) for w in CALLS[call]]
    ran = run(capsys, small.root, call.split()[0], *words)
    assert ran.code == 2
    assert f"{names['PLACE']} lies in {names['PLACE'].parents[place.count('/') - 1]}" in ran.err
    assert contents(small.export) | contents(tmp_path) == before


def _placed(place: str, small: Small) -> Path:
    first, _, rest = place.partition("/")
    return {"OUT": small.out, "EXPORT": small.export}[first] / rest


def test_points_are_not_merged_into_a_folder_in_the_responses(
    small: Small, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = contents(tmp_path)
    ran = run(capsys, small.root, "merge", tmp_path, small.out)
    assert f"{small.out} lies in {tmp_path}" in ran.err
    assert contents(tmp_path) == before


def test_what_may_be_written(small: Small, tmp_path: Path) -> None:
    outside(small.out, small.out)
    outside(small.out / RESPONSES, small.out, own=RESPONSES)
    outside(tmp_path / "beside", small.out, small.export, tmp_path / "roster.csv")
    (small.out / FILE).write_bytes(b"damaged")  # a grades.csv can be read all the same
    outside(tmp_path / "beside", small.out)
    with pytest.raises(CannotKeep, match="is the file that is read"):
        outside(small.export / "submission_7" / "small.py", small.export / "submission_7" / "small.py")


def test_an_export_is_known_by_its_metadata_and_by_a_link(small: Small, tmp_path: Path) -> None:
    export = tmp_path / "another"
    export.mkdir()
    outside(export / "x", small.out)
    (export / METADATA).touch()
    (tmp_path / "alias").symlink_to(small.export)
    for place in (export / "x", tmp_path / "alias" / "x"):
        with pytest.raises(CannotKeep, match="would be taken for a submission"):
            outside(place, small.out)
