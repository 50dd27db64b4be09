"""Question 3.1 about other networks: what is planted is judged, what is explained is true, students' copies follow."""

from __future__ import annotations

import importlib
import json
import re
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from msgspec.structs import asdict, replace

import reference.catalogue.convolutional as planted_counts
import reference.convolutional as solution
from autograder.assignment.frozen import parse_rubric
from autograder.assignment.load import assignment_of
from autograder.bundle.validate import CaseGrader
from autograder.core.submission import Submission, read_submission
from reference.derivation import network as by_torch
from reference.derivation import wording
from reference.diagnosis.architecture import Reading, count
from reference.diagnosis.misconceptions import counts_of, explain, misconceptions, simplest, total_of
from reference.network import Network
from tests.homework import planted
from tests.homework.networks import CHOSEN, NETWORKS
from tests.packaging.project_copy import Project, copied

FILE = "convolutional.py"


def with_constants(source: str, asked: Network) -> str:
    """The solution's text with the constants of another network."""
    for name, value in asdict(asked).items():
        form = rf"^{name.upper()} = (\((?:  #[^\n]*)?\n.*?^\)|[^\n]*)"
        source, changed = re.subn(form, f"{name.upper()} = {value!r}", source, flags=re.MULTILINE | re.DOTALL)
        assert changed == 1, name
    return source


@pytest.fixture
def asked(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Network]:
    """A chosen network, in force in this process."""
    network = CHOSEN[request.param]
    for name, value in asdict(network).items():
        monkeypatch.setattr(solution, name.upper(), value)
    importlib.reload(planted_counts)
    yield network
    monkeypatch.undo()
    importlib.reload(planted_counts)


def grader(asked: Network) -> CaseGrader:
    """Grades cases against the homework that asks for this network, on Gradescope and at home."""
    rubric = wording.named((planted.ROOT / "tests" / "rubric.yaml").read_text(encoding="utf-8"), asked)
    assignment = assignment_of(planted.ROOT, parse_rubric(rubric))
    answers = replace(assignment.reference, parameter_counts=by_torch.parameter_counts(asked))
    right = read_submission(planted.ROOT / "reference", assignment.rubric.files())
    submission = Submission({**right.texts, FILE: with_constants(right.texts[FILE], asked)})
    there = replace(assignment, reference=answers)
    return CaseGrader(there, assignment.at_home(), submission, planted.jail().start)


@pytest.mark.parametrize("step", [12, pytest.param(1, marks=pytest.mark.certify)])
@pytest.mark.parametrize("asked", CHOSEN, indirect=True)
def test_no_planted_count_leaves_a_hole(asked: Network, step: int) -> None:
    cases = [case for case in planted_counts.CASES if case.row == "3.1"]
    assert len(cases) > 40
    assert len({case.name for case in cases}) == len(cases)
    judge = grader(asked).judge
    with ThreadPoolExecutor(2) as threads:
        judged = list(threads.map(lambda case: judge(FILE, case), cases[len(asked.names) % step :: step]))
    assert [hole for one in judged for hole in one.holes] == []


@pytest.mark.parametrize("asked", ["other names"], indirect=True)
def test_a_layer_of_another_name_that_is_right_is_found(asked: Network) -> None:
    """And a planted mistake: with the key of another network the same cases do leave holes."""
    judge = grader(asked)
    cases = [case for case in planted_counts.CASES if case.row == "3.1"]
    (two,) = (case for case in cases if case.name.startswith("two layers right"))
    assert two.found["right_layers"] == ["stem", "fc"]
    assert judge.judge(FILE, two).holes == ()
    other = replace(judge.there, reference=replace(judge.there.reference, parameter_counts={"total": 5}))
    assert replace_grader(judge, other).judge(FILE, two).holes


def replace_grader(grader: CaseGrader, there: object) -> CaseGrader:
    return CaseGrader(there, grader.home, grader.reference, grader.start)  # type: ignore[arg-type]


# ------------------------------------------------------------------------------------------- what is explained is true


def holds(asked: Network) -> None:
    """Every misconception has a name of its own and a wrong total; what is said of that total is among what fits it."""
    reading = Reading.of(asked)
    right, known = count(reading), misconceptions(reading)
    names = [one.name for one in known]
    assert len(set(names)) == len(names)
    assert explain(right, reading) == ()
    for one in known:
        total = total_of((one,), reading)
        assert total not in (None, right["total"])
        fitting = simplest(total, reading)
        assert (one,) in fitting
        said = " ".join(explain({"total": total}, reading))
        named = [other for other in fitting if all(part.name in said for part in other)]
        assert named or len(fitting) > 1, one.name
        assert all(total_of(other, reading) == total for other in named)
        if len(fitting) == 1:
            assert one.name in said


@pytest.mark.parametrize("name", CHOSEN)
def test_misconceptions_of_a_chosen_network(name: str) -> None:
    holds(CHOSEN[name])


@settings(max_examples=25, deadline=None)
@given(NETWORKS)
def test_misconceptions_of_any_network(asked: Network) -> None:
    holds(asked)


VGG = CHOSEN["VGG-16"]


def misread(asked: Network) -> dict[str, Network]:
    """Misconceptions that are networks of their own, as torch builds them."""
    every = {"conv_bias": True, "fc_bias": True}
    return {
        "no biases counted": replace(asked, conv_bias=False, fc_bias=False),
        "the biases of the convolutions left out": replace(asked, conv_bias=False),
        "the biases of the fully connected layers left out": replace(asked, fc_bias=False),
        "biases given to the convolutions, which have none": replace(asked, conv_bias=True),
        "biases given to the fully connected layers, which have none": replace(asked, fc_bias=True),
        "biases counted where no layer has any": replace(asked, **every),
        "pools that move by one pixel": replace(asked, pool_stride=1),
        f"pools that move by {asked.pool} pixels": replace(asked, pool_stride=asked.pool),
        **{f"pools of {n} x {n}": replace(asked, pool=n, pool_stride=n) for n in (2, 3, 4)},
        **{f"pools of {n} x {n} that move by {asked.pool_stride} pixels": replace(asked, pool=n) for n in (2, 3, 4)},
        "convolutions without padding": replace(asked, padding=0),
        "a padding of 1 pixel": replace(asked, padding=1),
        "a padding of 2 pixels": replace(asked, padding=2),
        "convolutions that move by one pixel": replace(asked, stride=1),
        "convolutions that move by two pixels": replace(asked, stride=2),
        "an image of 1 channel": replace(asked, image=(1, *asked.image[1:])),
        "VGG-16, another network": VGG,
    }


def test_misread_networks_are_counted_as_torch_counts_them() -> None:
    compared = set()
    for asked in CHOSEN.values():
        reading = Reading.of(asked)
        known = {one.name: one for one in misconceptions(reading)}
        for name in known.keys() & misread(asked).keys():
            assert counts_of((known[name],), reading) == by_torch.parameter_counts(misread(asked)[name]), name
            compared.add(name)
    never = {f"pools of {VGG.pool} x {VGG.pool} that move by {VGG.pool_stride} pixels"}
    assert {*misread(VGG), "pools that move by 3 pixels"} - never <= compared


@pytest.mark.parametrize(
    ("network", "says"),
    [
        ("three fully connected layers of one width", "the second FC-64 skipped, its input going to the next layer"),
        ("three fully connected layers of one width", "the third FC-64 forgotten"),
        ("three fully connected layers", "FC-256 skipped, its input going to the next layer"),
        ("VGG-16", "the third Conv3-512 forgotten"),
        ("VGG-16", "one Conv3-64 too many"),
        ("names that begin alike", "the third Conv3-8 forgotten"),
        ("stride 2", "convolutions that move by one pixel"),
        ("no bias", "biases counted where no layer has any"),
    ],
)
def test_the_words_name_the_layer_that_is_meant(network: str, says: str) -> None:
    assert any(one.name.startswith(says) for one in misconceptions(Reading.of(CHOSEN[network])))


@pytest.mark.parametrize(
    ("network", "never"),
    [
        ("no bias", "left out"),
        ("no bias", "not per"),
        ("stride 2", "move by two pixels"),
        ("VGG-16", "VGG-16"),
        ("one convolution, one fully connected layer", "FC-10 only"),
        ("one convolution, one fully connected layer", "1 channels"),
    ],
)
def test_nothing_is_called_a_mistake_that_is_asked_for(network: str, never: str) -> None:
    assert [one.name for one in misconceptions(Reading.of(CHOSEN[network])) if never in one.name] == []


# -------------------------------------------------------------------------------------------------- students' copies


def of_another_term(folder: Path, asked: Network) -> Project:
    project = copied(folder)
    path = project.root / "reference" / FILE
    path.write_text(with_constants(path.read_text(encoding="utf-8"), asked), encoding="utf-8")
    project.run("-m", "reference.derivation.key")
    return project


@pytest.mark.walkthrough
def test_make_key_writes_what_names_the_network_and_the_students_zip_reads_its_layers(tmp_path: Path) -> None:
    asked = CHOSEN["LeNet-5"]
    project = of_another_term(tmp_path / "project", asked)
    assert project.changed() == {
        "reference/convolutional.py",
        "reference/key.json",
        "student_template/convolutional.py",
        "tests/rubric.yaml",
    }
    assert project.run("-m", "reference.derivation.key", "--check") == ""
    key = json.loads((project.root / "reference" / "key.json").read_text(encoding="utf-8"))["parameter_counts"]
    assert (list(key), key["total"]) == ([*asked.names, "total"], 61_706)
    template = (project.root / "student_template" / FILE).read_text(encoding="utf-8")
    assert "Conv5-6, pool, Conv5-16, pool, FC-120, FC-84, FC-10, softmax" in template
    assert "        C5 F6 Output    FC-120, FC-84 and FC-10\n" in template
    project.run("-m", "autograder", "grade", "reference", "-o", "results.json")
    results = json.loads((project.root / "results.json").read_text(encoding="utf-8"))
    assert results["score"] == float(planted.FULL)
    project.run("-m", "autograder", "pages")
    project.run("-m", "autograder", "bundle", "student", "-o", "student.zip")
    with zipfile.ZipFile(project.root / "student.zip") as archive:
        archive.extractall(tmp_path / "home")
    home = Project(tmp_path / "home")
    assert "conv4" not in "".join(path.read_text(encoding="utf-8") for path in home.root.glob("tests/**/*.*"))
    handed_in = home.root / "student_template" / FILE
    handed_in.write_text('def parameter_counts():\n    return {"c-1": 156, "C3": 2416, "F6": "many", "total": 5}\n')
    rows = json.loads(home.run("-m", "autograder", "check", "--json", code=1))["rows"]
    (row,) = (row for row in rows if row["number"] == "3.1")
    assert row["read_as"] == "C1 156, C3 2,416, total 5"
    assert "F6: expected an integer; got the string 'many'." in row["feedback"]
    assert "Missing: C5, Output." in row["feedback"]


@pytest.mark.walkthrough
def test_a_rubric_that_names_other_layers_is_noticed(tmp_path: Path) -> None:
    project = copied(tmp_path / "project")
    text = (project.root / "tests" / "rubric.yaml").read_text(encoding="utf-8")
    first = planted_counts._FIRST
    (project.root / "tests" / "rubric.yaml").write_text(text.replace(f"layers: [{first},", "layers: [other,"))
    said = project.run("-m", "reference.derivation.key", "--check", code=1)
    assert said == "rubric.yaml is not what is derived: run `make key` and look at the difference\n"


@pytest.mark.certify
def test_a_network_that_is_none_is_refused_by_every_command_with_file_line_and_reason(tmp_path: Path) -> None:
    project = copied(tmp_path / "project")
    path = project.root / "reference" / FILE
    text = path.read_text(encoding="utf-8")
    path.write_text(re.sub(r"^IMAGE = .*$", "IMAGE = (3, 4, 4)", text, flags=re.MULTILINE), encoding="utf-8")
    commands = {"reference.derivation.key": 2, "autograder validate": 1, "autograder bundle gradescope": 2}
    for command, code in commands.items():
        said = " ".join(project.run("-m", *command.split(), code=code).split())  # a long line may be broken
        assert re.search(r"reference/convolutional\.py, line \d+: a .* does not fit into a map of", said)
        assert "Traceback" not in said
