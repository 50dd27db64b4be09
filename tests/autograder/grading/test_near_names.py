"""Files under other names, wherever they come from: named with what to do, all of them, and read in no case."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from autograder.core.submission import read_submission
from autograder.grading.near_names import file_notes, instead_of, near_name

FILES = ("binary_addition.py", "lstm_gradient.py", "convolutional.py")
RENAME = '"{}" is not read: rename it to {}.'
FOLDER = '"{}" is not read: hand in the file itself, not in a folder, as {}.'
NOTEBOOK = '"{}" is a notebook, which is not read: put your answers into {}.'
ADDITION, LSTM = FILES[:2]

NAMES = {
    "capitals": ("Binary_Addition.py", RENAME, ADDITION),
    "an ending in capitals": ("binary_addition.PY", RENAME, ADDITION),
    "a person's name before it": ("smith_binary_addition.py", RENAME, ADDITION),
    "the homework before it": ("hw3_binary_addition.py", RENAME, ADDITION),
    "one of its words": ("hw3_lstm.py", RENAME, LSTM),
    "another of its words": ("addition.py", RENAME, ADDITION),
    "a browser's mark": ("binary_addition (1).py", RENAME, ADDITION),
    "a browser's mark without a space": ("binary_addition(2).py", RENAME, ADDITION),
    "a file manager's mark": ("binary_addition - Copy.py", RENAME, ADDITION),
    "another file manager's mark": ("binary_addition copy 2.py", RENAME, ADDITION),
    "a person's mark": ("binary_addition_final_v2.py", RENAME, ADDITION),
    "text behind it": ("binary_addition.py.txt", RENAME, ADDITION),
    "text": ("binary_addition.txt", RENAME, ADDITION),
    "twice the ending": ("binary_addition.py.py", RENAME, ADDITION),
    "no ending": ("binary_addition", RENAME, ADDITION),
    "hyphens": ("binary-addition.py", RENAME, ADDITION),
    "spaces": ("binary addition.py", RENAME, ADDITION),
    "nothing between the words": ("BinaryAddition.py", RENAME, ADDITION),
    "the words turned round": ("gradient_lstm.py", RENAME, LSTM),
    "a space before": (" binary_addition.py", RENAME, ADDITION),
    "a space behind": ("binary_addition.py ", RENAME, ADDITION),
    "a space before the ending": ("binary_addition .py", RENAME, ADDITION),
    "one folder in": ("hw3/binary_addition.py", FOLDER, ADDITION),
    "two folders in": ("smith/hw3/lstm_gradient.py", FOLDER, LSTM),
    "a folder and a mark": ("hw3/lstm_gradient (1).py", FOLDER, LSTM),
    "a letter that looks like one": (
        "bin\u0430ry_addition.py",
        RENAME + ' Its "\u0430" is CYRILLIC SMALL LETTER A, not the letter a.',
        ADDITION,
    ),
    "a notebook": ("lstm_gradient.ipynb", NOTEBOOK, LSTM),
    "a PDF": ("binary_addition.pdf", '"{}" is a PDF, which is not read: put your answers into {}.', ADDITION),
    "a document": ("lstm_gradient.docx", '"{}" is no Python file, and is not read: put your answers into {}.', LSTM),
    "a zip": ("hw3.zip", '"{}" is not unpacked: hand in the files themselves.', ""),
    "a rar": ("everything.rar", '"{}" is not unpacked: hand in the files themselves.', ""),
    "another notebook": ("Untitled.ipynb", NOTEBOOK, "the files of the template"),
}


@pytest.mark.parametrize(("name", "says", "file"), NAMES.values(), ids=NAMES)
def test_a_file_that_is_nearly_right_is_named(name: str, says: str, file: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("x = 1\n")
    if "/" in name:  # the only folder with such a file would be read
        (tmp_path / "twin").mkdir()
        (tmp_path / "twin" / file).write_text("x = 1\n")
        (path.parent / file).write_text("x = 1\n")
    found = read_submission(tmp_path, FILES)
    notes = file_notes((*found.texts, *found.others), FILES)
    assert says.format(name, file) in notes
    assert "/" in name or len(notes) == 1


@pytest.mark.parametrize(
    "name",
    [
        "__MACOSX/._binary_addition.py",
        "__MACOSX/binary_addition.py",
        ".git/binary_addition.py",
        "__pycache__/binary_addition.cpython-311.pyc",
        ".pytest_cache/lstm_gradient.py",
        "._binary_addition.py",
        *("numpy.py", "my_helpers.py", "conv.py", "q1.py", "addition.md"),
        "notes.txt",
        "README.md",
        "a/b/c/binary_addition.py",
    ],
)
def test_what_means_something_else_is_not(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("x = 1\n")
    found = read_submission(tmp_path, FILES)
    assert file_notes((*found.texts, *found.others), FILES) == []


def test_all_are_named_and_not_only_the_first() -> None:
    names = ["Binary_Addition.py", "LSTM_gradient.py", "convolutional (1).py", "hw3.zip", "my_helpers.py"]
    assert len(file_notes(names, FILES)) == 4


def test_beside_the_right_file_only_its_copies_are_named() -> None:
    names = [
        *FILES,
        "lstm_gradient (1).py",
        *("lstm_gradient.py.bak", "lstm_gradient.py.orig", "lstm_gradient.py~"),
        "lstm_helpers.py",
        "my_lstm_gradient.py",
        "old/lstm_gradient.py",
        "report.pdf",
    ]
    assert file_notes(names, FILES) == [
        '"lstm_gradient (1).py" is not read, only lstm_gradient.py is: keep the right one, under that name.'
    ]


@pytest.mark.parametrize("text", ["def rnn_weights():\n", "import numpy\n\n\ndef  rnn_weights (a):\n"])
def test_any_file_with_the_right_function_in_it_is_named(text: str) -> None:
    said = instead_of(ADDITION, {"q1.py": text, "q2.py": "def f():\n    rnn_weights()\n"}, (), "rnn_weights")
    assert said == ['"q1.py" holds rnn_weights: rename it to binary_addition.py.']


def test_a_constant_is_looked_for_too() -> None:
    assert instead_of(LSTM, {"q1.py": "WHY = 'x'\n"}, (), "WHY") == [
        '"q1.py" holds WHY: rename it to lstm_gradient.py.'
    ]


@pytest.mark.parametrize(
    ("wanted", "present", "found"),
    [
        ("h_bar", ["o_bar", "c_bar", "i_bar"], ""),
        ("h_bar", ["o_bar", "hbar"], "hbar"),
        ("h_bar", ["H_Bar"], "H_Bar"),
        ("h_bar", ["h_bar_t"], "h_bar_t"),
        ("w_xi_bar", ["w_hi_bar"], ""),
        ("parameter_counts", ["paramter_count"], "paramter_count"),
        ("parameter_counts", ["count_parameters", "my_parameter_counts"], "my_parameter_counts"),
        ("PIXELCNN_CONNECTIONS", ["MDRNN_CONNECTIONS", "PIXELCNN_SEQUENTIAL_OPERATIONS"], ""),
        ("MDRNN_SEQUENTIAL_OPERATIONS", ["PIXELCNN_SEQUENTIAL_OPERATIONS"], ""),
        ("layer1", ["layer2"], ""),
    ],
)
def test_a_name_is_offered_only_if_it_was_meant(wanted: str, present: list[str], found: str) -> None:
    assert near_name(wanted, present) == found


@pytest.mark.parametrize("part", [" 1", "_v2", " copy 2", " (1)", "-", "1 2", "(1", ".py", " .txt"])
def test_a_long_name_costs_no_more_than_a_look(part: str) -> None:
    """36 marks of copies with a letter behind: each could be read in two ways, and all of these were tried."""
    names = [f"addition{part * 36}x{ending}" for ending in ("", ".py", ".txt")]
    began = time.process_time()
    file_notes(names, FILES)
    instead_of(ADDITION, {}, names, "f")
    assert time.process_time() - began < 1
