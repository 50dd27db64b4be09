"""The key is what is derived, the derived bounds are the measured growth, and `Answers` hands them out."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import types
from fractions import Fraction
from itertools import product
from pathlib import Path

import pytest
import torch
from torch import nn

from reference import answers, autoregressive, convolutional
from reference.answers import AlsoAccepted, Answers, BoundAnswer, load
from reference.derivation import key
from reference.derivation.wording import NETWORK, TEMPLATE
from reference.diagnosis.architecture import asked
from reference.diagnosis.misconceptions import misconceptions, total_of

REFERENCE = key.KEY.parent
ROWS = ("4.1a", "4.1b", "4.2a", "4.2b")


@pytest.fixture(scope="module")
def handed_out() -> Answers:
    return load(REFERENCE)


# ---- the file and the derivation ----


def test_the_file_holds_what_is_derived():
    assert key.main(["--check"]) == 0


@pytest.fixture
def derived_quickly(monkeypatch):
    """The derivation is proved above; here it is the file's own content, so that nothing is derived again."""
    monkeypatch.setattr(key, "derive", lambda _: json.loads(key.KEY.read_text(encoding="utf-8")))


@pytest.mark.usefixtures("derived_quickly")
def test_check_refuses_a_file_that_differs_and_one_that_is_not_there(tmp_path, capsys):
    path = tmp_path / "key.json"
    assert key.main(["--check"], path) == 1
    assert not path.exists(), "--check must write nothing"
    name, first = next(iter(json.loads(key.KEY.read_text(encoding="utf-8"))["parameter_counts"].items()))
    for planted in (f'"{name}": {first + 1}', f'"{name}": {first}.0', f'"{name}": {first}, '):
        path.write_text(key.KEY.read_text(encoding="utf-8").replace(f'"{name}": {first}', planted), encoding="utf-8")
        assert key.main(["--check"], path) == 1
    assert "make key" in capsys.readouterr().err


@pytest.mark.usefixtures("derived_quickly")
def test_written_then_checked(tmp_path, capsys):
    path = tmp_path / "key.json"
    assert key.main([], path) == 0
    assert capsys.readouterr().out == f"written: {path}\n"
    assert path.read_bytes() == key.KEY.read_bytes()
    assert key.main(["--check"], path) == 0
    assert key.main(["--chekc"], path) == 2


@pytest.mark.usefixtures("derived_quickly")
def test_a_template_that_names_another_network_is_noticed_and_mended(tmp_path, capsys):
    template = Path(shutil.copytree(TEMPLATE, tmp_path / "template")) / NETWORK
    right = template.read_text(encoding="utf-8")
    template.write_text(right.replace(f"FC-{convolutional.FULLY_CONNECTED[0][1]}", "FC-7"), encoding="utf-8")
    assert key.main(["--check"], template=template.parent) == 1
    assert "convolutional.py is not what is derived: run `make key`" in capsys.readouterr().err
    assert key.main([], template=template.parent) == 0
    assert template.read_text(encoding="utf-8") == right


@pytest.mark.usefixtures("derived_quickly")
def test_a_template_without_the_place_is_left_alone(tmp_path, capsys):
    template = Path(shutil.copytree(TEMPLATE, tmp_path / "template")) / NETWORK
    template.write_text("x = 1\n", encoding="utf-8")
    assert key.main([], tmp_path / "key.json", template.parent) == 2
    assert "expected one passage from a line that begins with 'Input'" in capsys.readouterr().err
    assert (template.read_text(encoding="utf-8"), (tmp_path / "key.json").exists()) == ("x = 1\n", False)


def test_the_solutions_give_the_answers_of_the_key(handed_out):
    assert convolutional.parameter_counts() == handed_out.parameter_counts
    assert handed_out.resnet_easier_to_train == convolutional.RESNET_EASIER_TO_TRAIN
    given = {
        "4.1a": autoregressive.PIXELCNN_CONNECTIONS,
        "4.1b": autoregressive.PIXELCNN_SEQUENTIAL_OPERATIONS,
        "4.2a": autoregressive.MDRNN_CONNECTIONS,
        "4.2b": autoregressive.MDRNN_SEQUENTIAL_OPERATIONS,
    }
    for row, answer in given.items():
        bare = answer.removeprefix("O(").removesuffix(")")
        assert sorted(bare.split()) == sorted(handed_out.bound(row).truth.split())


# ---- the bounds, as numbers ----


def value(text: str, sizes: dict[str, int]) -> int:
    return eval(text.replace("^", "**").replace(" + ", "+").replace(" ", "*"), {}, sizes)


@pytest.mark.parametrize("row", ROWS)
def test_what_is_measured_is_within_constant_factors_of_the_truth(handed_out, row):
    truth = handed_out.bound(row).truth
    for d, k, height, width in product((1, 2, 6), (1, 3), (2, 5, 8, 13), (2, 4, 9)):
        exact = value(truth, {"d": d, "k": k, "H": height, "W": width})
        measured = key.MEASURES[row](d, k, height, width)
        assert exact / 4 <= measured <= 5 * exact, (row, d, k, height, width)


def test_the_ceiling_is_the_count_of_one_layer_after_the_other_and_lies_above_the_truth(handed_out):
    bound = handed_out.bound("4.2b")
    for d, height, width in product((1, 2, 7), (1, 4, 9), (1, 3, 11)):
        sizes = {"d": d, "k": 1, "H": height, "W": width}
        by_layer = sum(key.MEASURES["4.2b"](1, 1, height, width) for _ in range(d))
        ceiling = value(bound.ceiling, sizes)
        assert ceiling / 2 <= by_layer <= ceiling
        assert value(bound.truth, sizes) <= 2 * ceiling
    assert [handed_out.bound(row).ceiling for row in ROWS[:3]] == [None] * 3


# ---- 3.2: the choice of block, measured ----


class Block(nn.Module):
    """Weight, BatchNorm, ReLU, Weight, and then, left: BatchNorm, ReLU, +; right: +, BatchNorm, ReLU."""

    def __init__(self, width: int, left: bool) -> None:
        super().__init__()
        self.branch = nn.Sequential(nn.Linear(width, width), nn.BatchNorm1d(width), nn.ReLU(), nn.Linear(width, width))
        self.norm = nn.Sequential(nn.BatchNorm1d(width), nn.ReLU())
        self.left = left

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + self.norm(self.branch(x)) if self.left else self.norm(x + self.branch(x))


def gradient_ratio(left: bool, blocks: int) -> float:
    """|dL/dx(0)| / |dL/dx(last)| of a random network of these blocks at initialisation."""
    with torch.random.fork_rng():
        torch.manual_seed(891)
        network = nn.Sequential(*(Block(32, left) for _ in range(blocks))).double()
        for layer in network.modules():
            if isinstance(layer, nn.Linear):
                nn.init.kaiming_normal_(layer.weight)
        x = torch.randn(64, 32, dtype=torch.float64, requires_grad=True)
        out = network(x)
        upstream = torch.randn_like(out)
        (gradient,) = torch.autograd.grad(out, x, upstream)
    return float(gradient.norm() / upstream.norm())


def test_the_left_block_passes_gradients_on_and_the_right_one_does_not(handed_out):
    growth = {left: gradient_ratio(left, 60) / gradient_ratio(left, 20) for left in (True, False)}
    easier = {True: "left", False: "right"}[abs(growth[True] - 1) < abs(growth[False] - 1)]
    assert handed_out.resnet_easier_to_train == easier
    assert growth[True] < 10, "the left one grows in proportion to the depth"
    assert growth[False] > 100, "the right one explodes"


# ---- Answers ----


def test_bounds_and_variables_are_handed_out(handed_out):
    assert handed_out.bound("4.2b") == BoundAnswer("d + H + W", "d (H + W)", ("d", "k", "H", "W"))
    with pytest.raises(KeyError):
        handed_out.bound("3.1")


def test_counts_are_explained_for_the_network_of_the_key(handed_out):
    assert handed_out.explain_counts(handed_out.parameter_counts) == ()
    (pool,) = (one for one in misconceptions(asked()) if one.name == "one pool too many")
    assert handed_out.explain_counts({"total": total_of((pool,), asked())}) == (
        f"Your total fits {pool.detail}: one pool too many.",
    )


def test_gradients_are_explained_elsewhere_with_the_same_arguments(handed_out, monkeypatch):
    terms = types.ModuleType("reference.diagnosis.lstm.terms")
    terms.explain = lambda *args, **kwargs: (args, kwargs)
    monkeypatch.setitem(sys.modules, "reference.diagnosis.lstm.terms", terms)
    assert handed_out.explain_gradient("2.1a", [1.0], rtol=1e-9) == (("2.1a", [1.0]), {"rtol": 1e-9})


def test_asking_for_an_answer_imports_neither_torch_nor_numpy():
    program = (
        "import sys; from pathlib import Path; from reference.answers import load\n"
        f"answers = load(Path({str(REFERENCE)!r})); answers.explain_counts({{'total': 5, 'conv1': 1728}})\n"
        "sys.exit(' '.join({'torch', 'numpy'} & set(sys.modules)) or 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=REFERENCE.parent, capture_output=True, text=True, timeout=30
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("row", "answer", "flagged"),
    [
        ("4.2b", "O(d)", "misprints"),
        ("4.2b", "2 d", "misprints"),
        ("4.2b", "H+W", "constant"),
        ("4.2b", "O(d \\sqrt{HW})", "published key"),
        ("4.1b", "O(HW)", "sampling"),
        ("4.1b", "O(d H W)", "sampling"),
        ("4.1b", "O(d log k)", "tree of additions"),
        ("4.1a", "d k^4 H W", "kernel size"),
        ("4.2a", "O(k^4 d W H)", "kernel size"),
        ("4.2b", "O(H + W + d)", ""),
        ("4.2b", "H W", ""),
        ("4.1b", "O(d)", ""),
        ("4.1a", "O(d k^2 H W)", ""),
        ("4.2b", "no idea (", ""),
        ("4.2b", "", ""),
    ],
)
def test_answers_that_another_reading_makes_right_are_flagged_to_staff(handed_out, row, answer, flagged):
    pytest.importorskip("autograder.maths.bounds")
    said = handed_out.flags(row, answer)
    assert len(said) == bool(flagged)
    assert all(sentence.startswith(row) and flagged in sentence and sentence.endswith(".") for sentence in said)


# ---- also_accept.yaml ----


def accept(folder: Path, text: str) -> Answers:
    (folder / "key.json").write_bytes(key.KEY.read_bytes())
    (folder / "also_accept.yaml").write_text(text, encoding="utf-8")
    return load(folder)


def test_the_file_as_shipped_accepts_nothing_more(handed_out):
    assert handed_out.accepted == ()


def test_the_example_of_the_file_works_once_the_comment_signs_are_gone(tmp_path):
    shipped = (REFERENCE / "also_accept.yaml").read_text(encoding="utf-8")
    example = "\n".join(line.removeprefix("# ") for line in shipped[shipped.index("# - row") :].splitlines()[:4])
    assert accept(tmp_path, example).also_accepted("4.2b") == (
        AlsoAccepted(
            "4.2b",
            "O(d sqrt(H W))",
            Fraction(1, 2),
            "right for one layer after the other and H = W, and found in a published key",
        ),
    )


def test_entries_are_given_to_their_row_only(tmp_path):
    entries = "".join(
        f"- {{row: {row}, answer: {text}, credit: {credit}, reason: r}}\n"
        for row, text, credit in (("4.1b", "d log(k)", "0.1"), ("4.2b", "d", "1"), ("4.2b", "H + W", "2/3"))
    )
    given = accept(tmp_path, entries)
    assert [one.answer for one in given.also_accepted("4.2b")] == ["d", "H + W"]
    assert [one.credit for one in given.also_accepted("4.2b")] == [1, Fraction(2, 3)]
    assert given.also_accepted("4.1b")[0].credit == Fraction(1, 10)
    assert given.also_accepted("4.1a") == ()


ENTRY = {"row": "4.2b", "answer": "d", "credit": "1", "reason": "r"}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"row": "4.2B"}, "did you mean 4.2b?"),
        ({"row": "3.1"}, "'3.1' is not one of 4.1a, 4.1b, 4.2a, 4.2b"),
        ({"credit": "1.5"}, "credit '1.5'"),
        ({"credit": "-1/2"}, "credit '-1/2'"),
        ({"credit": "half"}, "credit 'half'"),
        ({"credit": "1/0"}, "credit '1/0'"),
        ({"credit": ".nan"}, "credit 'nan'"),
        ({"answer": "''"}, "must not be empty"),
        ({"reason": "' '"}, "must not be empty"),
        ({"credits": "1"}, "must have row, answer, credit, reason"),
    ],
)
def test_a_wrong_entry_is_refused_by_number_with_what_is_allowed(tmp_path, change, says):
    lines = [f"{name}: {text}" for name, text in {**ENTRY, **change}.items()]
    with pytest.raises(ValueError, match=r"also_accept\.yaml, entry 1") as refused:
        accept(tmp_path, "- " + "\n  ".join(lines))
    assert says in str(refused.value)


@pytest.mark.parametrize("text", ["", "row: 4.2b", "nothing", "- [", "- d"])
def test_a_file_that_is_no_list_of_entries_is_refused(tmp_path, text):
    with pytest.raises(ValueError, match=r"also_accept\.yaml"):
        accept(tmp_path, text)


def test_every_flag_is_about_a_row_that_has_a_bound(handed_out):
    assert {row for row, _, _ in answers.FLAGGED} <= set(ROWS) == set(handed_out.bounds)
