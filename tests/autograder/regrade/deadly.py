"""A stand-in for `work.grade` for processes of a pool or of a cluster: some of its tasks kill their process."""

from __future__ import annotations

import os
import signal
import time

import msgspec

from autograder.regrade.task import Done, Task


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
