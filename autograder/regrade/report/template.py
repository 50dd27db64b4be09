"""The template of the page of a class, filled: by jinja2, with everything escaped."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup

from autograder.regrade.report import data_tables

HERE = Path(__file__).parent


def render(facts: Mapping[str, Any], data: str) -> str:
    """The page. facts: what class_page.py found, and `parts`. data: JSON, already escaped for a script element."""
    return _template().render(data=Markup(data), **facts)


@cache
def _template() -> Template:
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(_read("page.html"))


@cache
def parts() -> dict[str, Markup]:
    """Script and style, the same in every page.

    Raises ModuleNotFoundError without itables, BundleChanged if its bundle is not understood.
    """
    script = data_tables.script(_read("page.js"))
    style = f"{data_tables.style()}\n{_read('page.css')}"
    found = {"script": script, "script_hash": data_tables.policy_hash(script), "style": style}
    return {name: Markup(text) for name, text in found.items()}


def _read(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")
