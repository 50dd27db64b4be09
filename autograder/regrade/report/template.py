"""The template of the page of a class, filled: by jinja2, with everything escaped.

The table that sorts and searches is DataTables: `datatables/` has its script, its style and its licence as its makers
publish them (`npm pack datatables.net@3.1.5 datatables.net-dt@3.1.2`), so the page needs no network and no package.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup

HERE = Path(__file__).parent


def render(facts: Mapping[str, Any], data: str) -> str:
    """The page. facts: what page.py found, and `parts`. data: JSON, already escaped for a script element."""
    return template(HERE / "page.html").render(data=Markup(data), **facts)


@cache
def template(path: Path) -> Template:
    """The template in a file; everything is escaped, and a name that nothing fills is an error."""
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(path.read_text(encoding="utf-8"))


@cache
def parts() -> dict[str, Markup]:
    """Script and style, the same in every page. One hash in the page's policy names all the script that may run."""
    script, style = _joined("dataTables.min.js", "page.js"), _joined("dataTables.dataTables.min.css", "page.css")
    found = {"script": script, "script_hash": policy_hash(script), "style": style}
    return {name: Markup(text) for name, text in found.items()}


def _joined(theirs: str, ours: str) -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in (HERE / "datatables" / theirs, HERE / ours))


def policy_hash(text: str) -> str:
    """How a Content-Security-Policy names a script or style of this text: 'sha256-...'."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
