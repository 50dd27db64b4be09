"""Which lines of a student's files need a newer Python than Gradescope's.

Run as a program in a worker, as the student's own files are: no trusted process reads them as Python.
"""

from __future__ import annotations

import sys
from typing import Any

import vermin

MOST = 3


def needs(file: str, minor: int) -> list[list[object]]:
    """[line, minor version of Python 3, what needs it] of what CPython 3.`minor` does not have."""
    finder: Any = sys.meta_path[0]  # the worker's own, which holds the texts
    config = vermin.Config()
    config.set_format(vermin.formats.ParsableFormat())
    visitor = vermin.visit(finder.texts[file], config)
    found = [said.split(":", 5) for said in visitor.output_text().splitlines() if said.count(":") >= 5]
    newer = (
        [int(line or 0), int(version[2:]), " ".join(what.split()).replace("'", "").removesuffix(" member")]
        for _, line, _, _, version, what in found
        if version.startswith("3.") and version[2:].isdigit() and int(version[2:]) > minor
    )
    return sorted(newer, key=lambda one: (one[0], one[2]))[:MOST]
