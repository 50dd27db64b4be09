"""What the peers are given to grade: a right submission, one with every row wrong, and the hostile ones.

A hostile submission is a right or a wrong one with a piece of code appended to `binary_addition.py`.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
RIGHT = ROOT / "reference"
WRONG = Path(__file__).resolve().parent / "wrong"
STEMS = ("binary_addition", "lstm_gradient", "convolutional", "autoregressive")
FILE = "binary_addition.py"


@dataclass(frozen=True)
class Hostile:
    """name: a word for options and files. says: what it does, for the table. base: the folder that it starts from.

    code: what is appended; `{forge}` in it becomes the function `forge()` of the peer at hand. forges: whether it is
    after points that it did not earn.
    """

    name: str
    says: str
    base: Path
    code: str
    forges: bool = False


LOOP = """

def rnn_weights():
    while True:
        pass
"""

EXIT = """

def rnn_weights():
    import os

    os._exit(0)
"""

PRINT = """

_quiet = rnn_weights


def rnn_weights():
    for _ in range(10 * 1024):
        print("x" * 1023)
    return _quiet()
"""

MEMORY = """

_frugal = rnn_weights


def rnn_weights():
    held = [b"x" * (1 << 30) for _ in range(30)]
    return _frugal() if held else None
"""

# Three ways at once: now, when this process ends, and from a process that outlives this one's own part in the grading.
FORGE = """

{forge}


def _keep_forging():
    import atexit
    import os
    import time

    atexit.register(forge)
    if os.environ.setdefault("FORGING", str(os.getpid())) == str(os.getpid()) and os.fork() == 0:
        os.setsid()
        for descriptor in range(3):
            os.dup2(os.open(os.devnull, os.O_RDWR), descriptor)
        os.closerange(3, 256)
        for _ in range(20_000):
            try:
                forge()
            except Exception:
                pass
            time.sleep(0.001)
        os._exit(0)


try:
    _keep_forging()
except Exception:
    pass
"""

PATCH = """

def _patch():
    import gc
    import json
    import types

    import numpy

    try:
        import plain
    except ImportError:
        pass

    def full(*_, **__):
        return 1.0, ""

    numpy.allclose = lambda *_, **__: True
    for found in gc.get_objects():
        if isinstance(found, types.FunctionType) and found.__name__.startswith("check") and "ROWS" in found.__globals__:
            found.__code__ = full.__code__.replace(co_freevars=found.__code__.co_freevars)

    def bribed(write):
        def wrapper(value, *arguments, **options):
            for row in value.get("tests", []) if isinstance(value, dict) else []:
                row["score"] = row.get("max_score", 0)
                row["status"] = "passed"
            if isinstance(value, dict) and "tests" in value:
                value["score"] = sum(row["score"] for row in value["tests"])
            return write(value, *arguments, **options)

        return wrapper

    json.dump, json.dumps = bribed(json.dump), bribed(json.dumps)


try:
    _patch()
except Exception:
    pass
"""

HOSTILE = (
    Hostile("loop", "an endless loop in a function", RIGHT, LOOP),
    Hostile("exit", "`os._exit(0)` in a function", RIGHT, EXIT),
    Hostile("print", "10 MB printed at each call", RIGHT, PRINT),
    Hostile("memory", "30 GB allocated and written", RIGHT, MEMORY),
    Hostile("forge", "writes the results itself", WRONG, FORGE, forges=True),
    Hostile("patch", "patches the checks", WRONG, PATCH, forges=True),
)


def write(base: Path, folder: Path, appended: str = "") -> Path:
    """The four files of a submission in a new folder, with code appended to one of them; returns the folder."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for stem in STEMS:
        shutil.copy(base / f"{stem}.py", folder)
    with (folder / FILE).open("a") as file:
        file.write(appended)
    return folder


def planted(hostile: Hostile, forge: str) -> str:
    """The code of a hostile submission for one peer."""
    return hostile.code.replace("{forge}", forge)
