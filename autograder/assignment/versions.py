"""Python and numpy: what is here, and what the rubric says of Gradescope.

`python -m autograder.assignment.versions` says both, for the log of an image's build.
"""

from __future__ import annotations

import importlib.util
import re
import sys
from contextlib import suppress
from pathlib import Path

from autograder.assignment.frozen import read_rubric
from autograder.assignment.rubric import Gradescope

PYTHON = f"3.{sys.version_info[1]}"


def numpy_here() -> str:
    """The version of the numpy that is installed, "" if it cannot be told. Reads its own file: numpy takes long."""
    with suppress(ImportError, OSError, ValueError):
        found = importlib.util.find_spec("numpy")
        if found is not None and found.origin is not None:
            text = Path(found.origin).with_name("version.py").read_text(encoding="utf-8")
            said = re.search(r"""^(?:short_)?version\s*=\s*["'](\d+\.\d+[^"']*)["']""", text, re.MULTILINE)
            return said[1] if said else ""
    return ""


def numbers(version: str) -> tuple[int, ...]:
    """The major and minor version: "2.2.6" is (2, 2)."""
    return tuple(int(part) for part in re.findall(r"\d+", version)[:2])


def here() -> str:
    """Both versions, for a sentence."""
    return f"Python {PYTHON}, numpy {numpy_here() or '(unknown)'}"


def differs(there: Gradescope) -> bool:
    """Whether Python or numpy is here another than on Gradescope."""
    numpy = numpy_here()
    return there.python != PYTHON or (bool(numpy) and numbers(numpy) != numbers(there.numpy))


def warning(there: Gradescope) -> str:
    """For the staff, where an image has not what the rubric says; "" where it has."""
    if not differs(there):
        return ""
    said = f"the rubric says Python {there.python}, numpy {there.numpy} (gradescope:), and this image has {here()}"
    return f"warning: {said}: correct the rubric, or choose another base image"


def main() -> None:
    """Says what is here, and warns where the rubric says another."""
    root = Path(__file__).resolve().parents[2]
    print(here())
    if said := warning(read_rubric(root / "tests" / "rubric.yaml").rubric.gradescope):
        print(said, file=sys.stderr)


if __name__ == "__main__":
    main()
