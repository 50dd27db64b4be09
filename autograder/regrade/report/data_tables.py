"""DataTables, the table that sorts and searches, out of the package itables: its bundle as text to stand in a page.

The bundle is a module that exports the table's class. A page of one file has nowhere to import it from, so the page's
own script is put at the end of the same module. Then one hash in the page's policy names all the script that may run.
"""

from __future__ import annotations

import base64
import hashlib
import re
from importlib.resources import files

from autograder.core.errors import EnvironmentFault

EXPORTS = re.compile(r"\bexport\s*\{([^{}]*)\};?")
DEFAULT = re.compile(r"([\w$]+)\s+as\s+default\b")
ENDS = re.compile(
    r"<(?=!--|/?script)", re.IGNORECASE
)  # what ends or confuses a script element, inside a string or regex


class BundleChanged(EnvironmentFault):
    """The bundle is not as this module knows it; the message says what to do."""


def script(own: str) -> str:
    """The bundle and after it `own`, which finds the class as `DataTable`: for <script type="module">.

    Raises BundleChanged if the bundle does not export it as expected.
    """
    bundle = _text("dt_bundle.js")
    found = EXPORTS.findall(bundle)
    name = DEFAULT.search(found[0]) if len(found) == 1 else None
    if name is None:
        raise BundleChanged("itables' dt_bundle.js does not export DataTables as itables 2.9 does; install itables 2.9")
    # A function of its own: the bundle's names, one letter each, cannot meet those of `own`
    whole = f"{EXPORTS.sub('', bundle)}\n;((DataTable) => {{\n{own}\n}})({name[1]});\n"
    return ENDS.sub(r"\\x3c", whole)


def style() -> str:
    """The bundle's style sheet, for <style>."""
    return _text("dt_bundle.css").replace("</", "<\\/")


def policy_hash(script: str) -> str:
    """How a Content-Security-Policy names this script: 'sha256-...'."""
    digest = hashlib.sha256(script.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def _text(name: str) -> str:
    text = (files("itables") / "html" / name).read_text(encoding="utf-8")
    return text.replace("\r\n", "\n").replace("\r", "\n")  # as a browser reads it, and hashes it
