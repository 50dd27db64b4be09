"""HTML templates, filled by jinja2: for whoever has it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment, StrictUndefined, Template


@cache
def template(path: Path) -> Template:
    """The template in a file; everything is escaped, and a name that nothing fills is an error."""
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(path.read_text(encoding="utf-8"))
