"""The wheels of every pinned package, for an image without a network."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from autograder.bundle.archive import BundleError
from autograder.bundle.pins import PYTHON_MINORS, Pin, read_pins

# Linux, x86_64, glibc 2.28 or later (Gradescope's images since 2022).
PLATFORMS = ("manylinux2014_x86_64", *(f"manylinux_2_{glibc}_x86_64" for glibc in range(17, 29)))


def wheels(lock: Path) -> Iterator[tuple[str, bytes]]:
    pins = read_pins(lock.read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        for minor in PYTHON_MINORS:
            _download([pin for pin in pins if pin.applies_to(minor)], minor, Path(folder, "wheels"))
        for path in sorted(Path(folder, "wheels").iterdir()):
            yield f"wheels/{path.name}", path.read_bytes()


def _download(pins: Iterable[Pin], minor: int, folder: Path) -> None:
    """Every package's wheel for CPython 3.`minor`, checked against the lock's hashes, into `folder`."""
    folder.mkdir(exist_ok=True)
    wanted = folder.with_name("wanted.txt")
    wanted.write_text(
        "".join(f"{pin.requirement} --hash={' --hash='.join(pin.hashes)}\n" for pin in pins), encoding="utf-8"
    )
    options = ["--quiet", "--no-input", "--disable-pip-version-check", "--no-deps", "--require-hashes"]
    options += ["--only-binary", ":all:", "--implementation", "cp", "--python-version", f"3.{minor}"]
    options += [part for platform in PLATFORMS for part in ("--platform", platform)]
    command = [sys.executable, "-m", "pip", "download", *options, "--dest", str(folder), "-r", str(wanted)]
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", check=False
    )
    if done.returncode:
        tail = "\n".join(done.stderr.strip().splitlines()[-5:])
        raise BundleError(f"pip could not fetch the wheels for Python 3.{minor}. Is there a network? pip says:\n{tail}")
