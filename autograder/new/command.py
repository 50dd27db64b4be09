"""`new DIR` writes a homework of one question that every command works on: the start of a homework of one's own.

Exit codes: 0 written, 2 not.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from autograder.core.command import WrongCall, again, in_words

HOMEWORK = Path(__file__).with_name("homework")
SUFFIX = ".txt"  # no tool takes the files that are written for the engine's own


def add_arguments(command: str, parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Writes a homework of one question that works at once: rubric, template, spec, reference, planted answers."
    )
    parser.epilog = "example: python -m autograder new ../homework4"
    parser.add_argument("directory", type=Path, metavar="DIR", help="the folder to make, or an empty one")


def run(command: str, parsed: argparse.Namespace, root: Path) -> int:
    with in_words(command) as ending:
        folder: Path = parsed.directory
        write(folder)
        print(f"{folder}: a homework of one question. Its README.md says what is where; first of all:")
        print(again("grade", str(folder / "reference"), root=folder))
        ending.code = 0
    return ending.code


def write(folder: Path) -> None:
    """Writes the homework into a folder that is empty or not there. Raises WrongCall, OSError."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise WrongCall(f"{folder} is there, and not an empty folder: nothing was written. Give another one.")
    for source in sorted(HOMEWORK.rglob(f"*{SUFFIX}")):
        target = folder / source.relative_to(HOMEWORK).as_posix().removesuffix(SUFFIX)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(source.read_bytes())
