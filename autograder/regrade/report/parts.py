"""The script and the style of the page of a class, and how its policy names them.

The table that sorts and searches is DataTables: `datatables/` has its script, its style and its licence as its makers
publish them (`npm pack datatables.net@3.1.5 datatables.net-dt@3.1.2`), so the page needs no network and no package.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path

from markupsafe import Markup

HERE = Path(__file__).parent


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
