"""A JSON schema of the rubric, for editors: they complete its keys and words, and mark what is wrong while one types.

`python -m autograder.bundle.rubric_schema` writes it to tests/rubric.schema.json. It is generated from the types in
`rubric.py`, the descriptions of their fields in the docstrings (as `msgspec.Meta` they would cost every grading 1.1
ms), and the parameters that the specs declare. It says less than `read_rubric`, which also knows that points must add
up.
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from autograder.assignment.link import Check
from autograder.assignment.load import load_assignment
from autograder.assignment.rubric import Gradescope, Late, LimitsOf, Question, Row, Rubric
from autograder.assignment.rubric_checks import FILE, MOST, MOST_POINTS, NUMBER
from autograder.core.files import write_whole

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = ROOT / "tests" / "rubric.schema.json"

Schema = dict[str, Any]

# What types cannot say. msgspec describes a Decimal as text; in YAML it is written as a number.
_POINTS: Schema = {"type": "number", "minimum": 0, "maximum": MOST_POINTS}
_LIMIT: Schema = {"exclusiveMinimum": 0, "exclusiveMaximum": MOST}
_NARROWED: dict[str, dict[str, Schema]] = {
    "Row": {
        "number": {"type": "string", "pattern": f"^{NUMBER}$"},
        "points": _POINTS,
        "seconds": {"type": ["number", "null"], **_LIMIT, "default": None},
    },
    "Question": {
        "file": {"type": "string", "pattern": f"^{FILE}$"},
        "points": _POINTS,
        "extra_points": {**_POINTS, "default": 0},
    },
    "Late": {
        "penalty_per_day": {"type": "number", "minimum": 0, "maximum": 1},
        **{name: {"type": "integer", "minimum": 0, "default": 0} for name in ("grace_minutes", "late_days")},
    },
    "LimitsOf": {
        **{name: {"type": "number", **_LIMIT} for name in ("seconds_per_call", "seconds_per_row", "seconds_in_all")},
        "memory_mb": {"type": "integer", **_LIMIT},
    },
}


def schema(checks: Iterable[Check]) -> Schema:
    """The rubric's schema, with the parameters of these specs."""
    found = msgspec.json.schema(Rubric)
    for kind in (Rubric, Gradescope, LimitsOf, Late, Question, Row):
        described = found["$defs"][kind.__name__]
        summary, fields = explained(kind.__doc__ or "")
        described["description"] = summary
        for name, field in described["properties"].items():
            field.update(description=fields[name])
        for name, narrowed in _NARROWED.get(kind.__name__, {}).items():
            described["properties"][name] = {**narrowed, "description": fields[name]}
    found["$defs"]["Row"]["allOf"] = [_WRITTEN, *_parameters(checks)]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "tests/rubric.yaml", **found}


# A written row names the student's text, a row by spec does not.
_WRITTEN: Schema = {
    "if": {"properties": {"graded": {"const": "written"}}, "required": ["graded"]},
    "then": {
        "properties": {"answer": {"pattern": r"^[^\W\d]\w*$"}, "params": {"maxProperties": 0}},
        "required": ["answer"],
    },
    "else": {"properties": {"answer": {"maxLength": 0}}},
}


def _parameters(checks: Iterable[Check]) -> list[Schema]:
    """For each spec that takes parameters: a row of its number has just those."""
    found = []
    for check in checks:
        wanted = getattr(check.function, "__parameters__", {})
        if wanted:
            kind = msgspec.defstruct("Params", list(wanted.items()), forbid_unknown_fields=True)
            params = msgspec.json.schema(kind)["$defs"]["Params"]
            params.update(title=f"Parameters of row {check.number}")
            found.append(
                {
                    "if": {"properties": {"number": {"const": check.number}}, "required": ["number"]},
                    "then": {"properties": {"params": params}, "required": ["params"]},
                }
            )
    return found


def explained(docstring: str) -> tuple[str, dict[str, str]]:
    """The first line of a type's docstring, and what it says of each field in lines such as "name:   what it is"."""
    summary = docstring.split("\n")[0].strip()
    lines = re.findall(r"^(\w+): +(\S.*)$", inspect.cleandoc(docstring), re.MULTILINE)  # 3.13 takes the indentation off
    return summary, dict(lines)


def text(root: Path = ROOT) -> str:
    """The schema as it stands in the file. Raises what `load_assignment` raises."""
    checks = [linked.check for linked in load_assignment(root).rows if linked.check is not None]
    return json.dumps(schema(checks), indent=1) + "\n"


if __name__ == "__main__":
    write_whole(SCHEMA, text().encode())
