"""Tries every attack under the privileges that this process has, and prints what happened as JSON.

Run by test_attacks.py, in a setting of settings.py. With `--without-jail` it tries the attacks marked `real` in
workers that have no jail, to show that they are attacks.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import resource
import secrets
import shutil
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder.core.submission import Submission
from autograder.grading.faults import Fault
from autograder.grading.limits import Limits
from autograder.grading.student import Student
from autograder.sandbox import portable_worker
from autograder.sandbox.jail import Jail
from autograder.sandbox.portable_worker import Worker as PortableWorker
from autograder.sandbox.protocol import Start
from tests.autograder.sandbox.attack import ATTACKS, PRELUDE, Attack
from tests.autograder.sandbox.forged import every_text, is_clean

MEMORY = 256 << 20
SIGNALS = (signal.SIGUSR1, signal.SIGTERM, signal.SIGIO, signal.SIGHUP, signal.SIGURG)
RESTED = 1.0  # seconds in which a process that runs would show it
FOLDERS = ("/tmp", "/var/tmp", "/dev/shm")


@dataclass
class Outside:
    """What an attack may want to reach, and whether it did."""

    base: Path
    secret: str
    token: str = field(default_factory=lambda: f"escaped-{secrets.token_hex(8)}")
    signals: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.hidden, self.folder = self.base / "hidden", self.base / "results"
        self.key = 0x5EC0DE00 + os.getpid() % 251
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.setblocking(False)
        libc = ctypes.CDLL(None)  # what another process of the same user has
        self.queues = {
            "msg": libc.msgget(0, 0o600),
            "sem": libc.semget(0, 1, 0o600),
            "shm": libc.shmget(0, 4096, 0o600),
        }
        libc.msgsnd(self.queues["msg"], (ctypes.c_long * 2)(1, 1), 8, 0o4000)
        self.datagrams = [socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) for _ in range(2)]
        self.datagrams[0].bind(str(self.base / "socket"))
        os.chmod(self.base / "socket", 0o777)
        self.datagrams[1].bind(f"\0{self.token}")
        for number in SIGNALS:
            signal.signal(number, lambda number, _: self.signals.append(number))
        self.make()

    def make(self) -> None:
        """Hidden files and results, closed to others as on Gradescope."""
        for folder in (self.hidden, self.folder):
            if folder.exists():
                os.chmod(folder, 0o700)
                shutil.rmtree(folder)
            folder.mkdir(mode=0o700)
        for path in (self.hidden / "solution.py", self.hidden / "grader.py", self.base / "metadata.json"):
            path.write_text(f"SECRET = {self.secret!r}\n")
            path.chmod(0o600)
        self.results.write_text('{"score": 0}')
        self.results.chmod(0o600)
        self.was = self._look()

    @property
    def results(self) -> Path:
        return self.folder / "results.json"

    def names(self, grader: int, zygote: int) -> str:
        """The text that tells an attack where things are, as a student might guess it."""
        known = {
            "results": str(self.results),
            "hidden": str(self.hidden),
            "answers": str(self.hidden / "solution.py"),
            "metadata": str(self.base / "metadata.json"),
            "token": self.token,
            "grader": grader,
            "zygote": zygote,
            "port": self.listener.getsockname()[1],
            "unix": str(self.base / "socket"),
            "abstract": f"\0{self.token}",
            "key": self.key,
            **self.queues,
        }
        backwards, middle = self.secret[::-1].encode(), len(self.secret) // 2
        halves = backwards[-middle:], backwards[:-middle]
        return f"P = {known!r}\nHALVES = {halves!r}\ndef SECRET(): return {self.secret[::-1]!r}[::-1]\n"

    def _look(self) -> dict[str, Any]:
        paths = [self.folder, self.hidden, self.results, *sorted(self.hidden.iterdir())]
        found: dict[str, Any] = {str(p): (s.st_mode, s.st_uid, s.st_nlink) for p in paths for s in [p.stat()]}
        return {**found, "content": self.results.read_text(), "names": sorted(os.listdir(self.folder))}

    def remove_queues(self) -> None:
        """Removes what was made beside files."""
        libc = ctypes.CDLL(None)
        libc.msgctl(self.queues["msg"], 0, None)
        libc.semctl(self.queues["sem"], 0, 0, 0)
        libc.shmctl(self.queues["shm"], 0, None)

    def damage(self) -> list[str]:
        """What is not as it was."""
        found = []
        with contextlib.suppress(OSError):
            if self._look() == self.was:
                found.append("")
        found = [] if found else ["files changed"]
        found += [f"{f}/{self.token} exists" for f in FOLDERS if os.path.lexists(os.path.join(f, self.token))]
        found += [f"signal {number} came" for number in self.signals]
        for queue in ("shm", "sem", "msg"):
            found += [f"SysV {queue} left" for line in _lines(f"/proc/sysvipc/{queue}") if line[0] == str(self.key)]
        with contextlib.suppress(BlockingIOError):
            self.listener.accept()[0].close()
            found.append("TCP connection came")
        for waiting in self.datagrams:
            with contextlib.suppress(BlockingIOError):
                waiting.recv(9, socket.MSG_DONTWAIT)
                found.append("datagram came")
        return found


def _lines(path: str) -> Iterator[list[str]]:
    with contextlib.suppress(OSError), open(path) as file:
        yield from (line.split() for line in file)


def what_happened(student: Student, attack: Attack) -> tuple[str, str]:
    """One word, and what was said."""
    student.begin_row(20)
    try:
        values = [student.call("f")]
        if "RESTS = True" in attack.text:
            student.rest()
            time.sleep(RESTED)
        if "AGAIN = True" in attack.text or "RESTS = True" in attack.text:
            values.append(student.call("f"))
        if "\ndef g():" in attack.text:
            student.close()  # g is asked in a process of its own
            values.append(student.call("g"))
    except Fault as fault:
        if not is_clean(f"{fault.feedback}{fault.brief}{fault.staff}"):
            return "escaped", ascii(fault.feedback)
        refusal = any(name in fault.feedback for name in ("PermissionError", "OSError", "FileNotFoundError"))
        return "refused" if refusal and str(fault.outcome) == "crashed" else str(fault.outcome), fault.feedback
    if not all(map(is_clean, every_text(values))):
        return "escaped", ascii(values)[:200]
    for value in values:
        if isinstance(value, str) and value.startswith("escaped"):
            return "escaped", value
        if isinstance(value, str) and value.startswith("refused"):
            return "refused", value
    return "value", repr(values)[:200]


def try_all(outside: Outside, start: Start, zygote: int, table: list[Attack]) -> Iterator[dict[str, Any]]:
    """Every attack in a worker of its own; what it did outside is looked at afterwards."""
    names = outside.names(os.getpid(), zygote)
    for attack in table:
        began, cpu = time.monotonic(), time.process_time()
        limits = Limits(attack.seconds, 20, began + 60)
        texts = {"answers.py": names + PRELUDE + attack.text}
        student = Student(Submission(texts), "answers.py", limits, start, MEMORY)
        word, said = what_happened(student, attack)
        student.close()
        damage = outside.damage()
        yield {
            "class": attack.class_,
            "name": attack.name,
            "must": attack.must,
            "happened": word,
            "said": said[:300],
            "damage": damage,
            "seconds": round(time.monotonic() - began, 4),
            "cpu of the grader": round(time.process_time() - cpu, 4),
        }
        if damage:
            outside.signals.clear()
            outside.make()
            _remove_left(outside)


def _remove_left(outside: Outside) -> None:
    for folder in FOLDERS:
        path = os.path.join(folder, outside.token)
        with contextlib.suppress(OSError):
            (os.rmdir if os.path.isdir(path) else os.unlink)(path)
    if sys.platform == "linux":
        os.system(f"ipcrm -M {outside.key} -S {outside.key} -Q {outside.key} >/dev/null 2>&1")


def children(process: int) -> list[str]:
    """The children that a process has, zombies too."""
    found = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError), open(f"/proc/{name}/stat") as file:
            if file.read().rpartition(")")[2].split()[1] == str(process):
                found.append(name)
    return found


def main() -> int:
    secret = os.environ.pop("TABLE_SECRET")
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        outside = Outside(Path(folder), secret)
        report: dict[str, Any] = {"uid": os.getuid()}
        if "--without-jail" in sys.argv:
            table = [attack for attack in ATTACKS if attack.real]
            free = "import autograder.sandbox.audit as a; a.refuse_what_the_jail_does = lambda: None; "
            free += "import autograder.sandbox.worker"
            portable_worker._BOOTSTRAP = portable_worker._BOOTSTRAP.replace("import autograder.sandbox.worker", free)
            report["attacks"] = list(try_all(outside, PortableWorker, os.getppid(), table))
        else:
            hidden = [outside.hidden, outside.hidden / "solution.py", outside.base / "metadata.json", outside.results]
            with Jail(hidden, [outside.results, outside.folder]) as jail:
                report["isolation"] = {**jail.isolation.record(), "line": jail.isolation.line()}
                zygote = jail.process
                before = len(os.listdir("/proc/self/fd"))
                size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
                report["attacks"] = list(try_all(outside, jail.start, zygote, ATTACKS))
                report["megabytes of the grader"] = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - size) / 1024
                report["descriptors left"] = len(os.listdir("/proc/self/fd")) - before
                report["children of the zygote"] = children(zygote)
            report["children"] = children(os.getpid())
        (outside.base / "socket").unlink()
        outside.remove_queues()
    print(json.dumps(report))
    return 0


if __name__ == "__main__":
    sys.exit(main())
