"""A stand-in for `work.grade` for processes of a pool or of a cluster: some of its tasks kill their process."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import msgspec

from autograder.regrade.task import Done, Task


@dataclass
class Notes:
    """Writes down what `batch.run` tells, and does something after the first few."""

    graded: list[str] = field(default_factory=list)
    lost: dict[str, str] = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)
    after: int = -1
    then: Callable[[], object] = list

    def done(self, done: Done) -> None:
        self.graded.append(done.submission)
        if len(self.graded) == self.after:
            self.then()

    def given_up(self, task: Task, why: str) -> None:
        assert task.submission not in self.lost
        self.lost[task.submission] = why

    def notice(self, sentence: str) -> None:
        self.notices.append(sentence)


def task(name: str, how: str = "", padding: int = 0, seconds: float = 0.0) -> Task:
    """A task that does `how`: nothing, "kill", "exit", "raise", "import" or "fault"; and takes so many bytes."""
    texts = {"how": how, "seconds": str(seconds), "padding": "x" * padding}
    return Task(name, texts, {}, (), seed="", rows=(), rubric="", rubric_name="", fingerprint="")


def grade(data: bytes) -> bytes:
    """Does what the task says, and leaves a line in the file that REGRADE_TEST_LOG names when it ends well."""
    given = msgspec.json.decode(data, type=Task)
    time.sleep(float(given.texts["seconds"]))
    how = given.texts["how"]
    if how == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if how == "exit":
        os._exit(3)
    if how == "raise":
        raise ValueError(f"no good: {given.submission}")
    if how == "import":
        raise ModuleNotFoundError("No module named 'autograder'")
    if log := os.environ.get("REGRADE_TEST_LOG"):
        with open(log, "a", encoding="utf-8") as file:
            file.write(f"{given.submission}\n")
    return msgspec.json.encode(Done(given.submission, fault="not here" if how == "fault" else ""))
