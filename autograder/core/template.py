"""HTML templates, filled by jinja2: for whoever has it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment, StrictUndefined, Template

from autograder.core.points import decimal_text
from autograder.core.text import one_line


@cache
def template(path: Path) -> Template:
    """The template in a file; everything is escaped, and a name that nothing fills is an error.

    Filters beside jinja2's own: `points`, a fraction as decimal text, and `one_line`, untrusted text cleaned.
    """
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters |= {"points": decimal_text, "one_line": one_line}
    return environment.from_string(path.read_text(encoding="utf-8"))
