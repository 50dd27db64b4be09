"""Reads a rubric: as it was frozen where the file is the same, else from its YAML.

Reading YAML takes as long as a third of everything else that a grading imports. So the rubric is read and checked
once (`freeze`), and taken from there as long as the file's text is the same: where the zip for Gradescope is installed
(`python -m autograder.assignment.frozen`), and in the students' zip.
"""

from __future__ import annotations

import sys
from pathlib import Path

import msgspec
from msgspec.structs import replace

from autograder.assignment.rubric import RubricError, RubricFile
from autograder.core.files import write_whole


def read_rubric(path: Path, name: str = "") -> RubricFile:
    """Reads and checks a rubric; RubricError if anything in it is wrong. `name` is what messages call the file."""
    name = name or path.name
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise RubricError(f"{name} cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError as error:
        raise RubricError(f"{name} cannot be read: {error}") from None
    return _frozen(path, text, name) or parse_rubric(text, name)


def parse_rubric(text: str, name: str = "rubric.yaml") -> RubricFile:
    """The rubric in `text`; RubricError if anything in it is wrong."""
    from autograder.assignment.rubric_yaml import parse  # imports YAML

    return parse(text, name)


def frozen_file(path: Path) -> Path:
    """Where a rubric lies frozen: beside byte code, which may be left out at the same places."""
    return path.parent / "__pycache__" / f"{path.stem}.json"


def _frozen(path: Path, text: str, name: str) -> RubricFile | None:
    try:
        found = msgspec.json.decode(frozen_file(path).read_bytes(), type=RubricFile)
    except (OSError, msgspec.DecodeError):
        return None
    return replace(found, name=name) if found.text == text else None


def freeze(path: Path) -> Path:
    """Keeps a rubric as it was read and checked; where. Raises RubricError, OSError."""
    content, kept = frozen(read_rubric(path)), frozen_file(path)
    kept.parent.mkdir(exist_ok=True)
    write_whole(kept, content)
    return kept


def frozen(read: RubricFile) -> bytes:
    """What is kept of a rubric that was read and checked, wherever it lay."""
    return msgspec.json.encode(replace(read, name=""))


def main() -> int:
    """Freezes the rubric of this project; 1 with a sentence if it cannot be."""
    path = Path(__file__).resolve().parents[2] / "tests" / "rubric.yaml"
    try:
        freeze(path)
    except (RubricError, OSError) as problem:
        print(f"warning: the rubric is not frozen: {problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
