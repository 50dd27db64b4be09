"""Copies of this project: as it is, for what instructors do to it, or with the practice homework, for the engine."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PRACTICE = ROOT / "tests" / "fixtures" / "assignment"
ENGINE = ("autograder", "scripts", "setup.sh", "run_autograder", "requirements.lock")
NOT_SOURCES = shutil.ignore_patterns(".*", "__pycache__", "dist", "build", "*.egg-info", "results.json")
CLEAN = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "FORCE_COLOR")}


@dataclass(frozen=True)
class Project:
    """A project in a folder, which commands run in with the interpreter of this test run."""

    root: Path

    def run(self, *arguments: str, code: int = 0, seconds: float = 600) -> str:
        """`python ARGUMENTS` in the project; what it printed, once it has ended with `code`."""
        done = subprocess.run(
            [sys.executable, *arguments], cwd=self.root, env=CLEAN, capture_output=True, text=True, timeout=seconds
        )
        assert done.returncode == code, f"{arguments} ended with {done.returncode}\n{done.stdout}\n{done.stderr}"
        assert "Traceback" not in done.stderr, done.stderr
        return done.stdout + done.stderr

    def edit(self, name: str, old: str, new: str) -> None:
        """Replaces a piece of text that stands in the file once."""
        text = (self.root / name).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{name} has {old!r} {text.count(old)} times"
        (self.root / name).write_text(text.replace(old, new), encoding="utf-8")

    def put(self, name: str, text: str) -> None:
        """A new file."""
        assert not (self.root / name).exists()
        (self.root / name).write_text(text, encoding="utf-8")

    def changed(self) -> set[str]:
        """The sources that are not as they are in this project, new ones among them."""
        return {name for name in sources(self.root) | sources() if _content(self.root / name) != _content(ROOT / name)}


def copied(folder: Path) -> Project:
    """A copy of the files that git tracks (or would), in `folder`."""
    for name in sources():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, target)
    return Project(folder)


def practice(folder: Path) -> Project:
    """This project's engine and scripts, with the practice homework in place of its own."""
    for name in sources():
        if name.split("/")[0] in ENGINE:
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, target)
    shutil.copytree(PRACTICE, folder, dirs_exist_ok=True, ignore=NOT_SOURCES)
    return Project(folder)


def sources(root: Path = ROOT) -> set[str]:
    """The names of a project's sources: what git would track of it, or where it is no checkout, what is not made."""
    if (root / ".git").exists():
        command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
        listed = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout.split("\0")
        return {name for name in listed if (root / name).is_file()}
    found: set[str] = set()
    for folder, folders, names in os.walk(root):
        made = NOT_SOURCES(folder, [*folders, *names])
        folders[:] = [name for name in folders if name not in made or name == ".ci"]
        found |= {Path(folder, name).relative_to(root).as_posix() for name in names if name not in made}
    return found | {name for name in (".gitignore",) if (root / name).exists()}


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None
