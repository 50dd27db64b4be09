"""Builds small classes as Gradescope exports them, as a folder and as a zip, and a crew that grades each file once."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Iterable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

import msgspec
import yaml

from autograder.intake.source import METADATA
from autograder.regrade import task as work
from autograder.regrade.task import Done, Task
from tests.autograder import planted

EXPORT = "assignment_7_export"


@dataclass(frozen=True)
class Handed:
    """One submission: its files, who handed it in (name, e-mail, sid), and what the export stored of it."""

    number: str
    files: Mapping[str, bytes | str]
    people: tuple[tuple[str, str, str], ...] = ()
    score: float | None = None
    scores: Mapping[str, float] = field(default_factory=dict)
    at: str = "2025-03-01 23:10:05.398000000 Z"

    @property
    def folder(self) -> str:
        return f"submission_{self.number}"

    def entry(self) -> dict[str, Any]:
        """Its entry in the metadata, as Gradescope shapes it."""
        tests = [{"name": row, "number": row, "score": score, "output": "x"} for row, score in self.scores.items()]
        return {
            ":submitters": [{":name": name, ":sid": sid, ":email": email} for name, email, sid in self.people],
            ":created_at": self.at,
            ":score": self.score,
            ":results": {"tests": tests},
            ":history": [],
        }


@cache
def planted_files(name: str) -> Mapping[str, bytes]:
    """The files of a planted submission; "reference" is the one that earns everything."""
    with tempfile.TemporaryDirectory() as folder:
        built = planted.ROOT / "reference" if name == "reference" else planted.build(name, Path(folder))
        return {path.name: path.read_bytes() for path in built.iterdir() if path.name in planted.FILES}


def metadata_of(handed: Iterable[Handed]) -> str:
    """The text of submission_metadata.yml."""
    return "---\n" + yaml.safe_dump({one.folder: one.entry() for one in handed}, sort_keys=False)


def members_of(handed: Iterable[Handed], told: bool = True) -> dict[str, bytes | str]:
    """What the export's zip holds, by name."""
    handed = list(handed)
    files: dict[str, bytes | str] = {f"{EXPORT}/{one.folder}/": "" for one in handed if not one.files}
    files |= {f"{EXPORT}/{one.folder}/{name}": data for one in handed for name, data in one.files.items()}
    return {**files, f"{EXPORT}/{METADATA}": metadata_of(handed)} if told else files


def as_zip(path: Path, members: Mapping[str, bytes | str], method: int = zipfile.ZIP_DEFLATED) -> Path:
    """A zip of such members; a name that ends in "/" is a folder."""
    with zipfile.ZipFile(path, "w", method) as packed:
        for name, data in members.items():
            packed.writestr(zipfile.ZipInfo(name) if name.endswith("/") else name, data)
    return path


def as_folder(path: Path, members: Mapping[str, bytes | str]) -> Path:
    """The same as files below `path`."""
    for name, data in members.items():
        file = path / name
        (file if name.endswith("/") else file.parent).mkdir(parents=True, exist_ok=True)
        if not name.endswith("/"):
            file.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


class CrewThatRemembers:
    """Grades in this process, through a real jail, and the same files only once in a test run."""

    width = 1
    _known: ClassVar[dict[bytes, Done]] = {}

    def submit(self, task: bytes) -> Future[bytes]:
        asked = msgspec.json.decode(task, type=Task)
        same = msgspec.json.encode((asked.texts, asked.faults, asked.others, asked.rows, asked.rubric))
        if same not in self._known:
            answer = work.grade(msgspec.json.encode(msgspec.structs.replace(asked, hidden=())))
            self._known[same] = msgspec.json.decode(answer, type=Done)
        future: Future[bytes] = Future()
        future.set_result(msgspec.json.encode(msgspec.structs.replace(self._known[same], submission=asked.submission)))
        return future

    def renew(self) -> None:
        raise AssertionError("no process can be lost")

    def complaint(self) -> str:
        return ""

    def close(self) -> None:
        """Nothing to end."""
