"""`check --watch`: checks after every save, until Ctrl-C.

It looks at the folder a few times a second, at each Python file's time, size and number. So it sees every way of saving
(in place, by renaming, by deleting first), on every system, on a network drive too, and needs no library.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from autograder.check.checking import STOPPED, Checked
from autograder.check.preflight import CannotCheck
from autograder.report.colour import CLEAR

LOOK_SECONDS = 0.1  # between two looks; a folder that is the same in two of them has been saved
Files = Mapping[str, tuple[int, ...]]


@dataclass(frozen=True)
class Watched:
    """A folder that is watched, and whether whoever looks on has a screen that can be cleared."""

    folder: Path
    screen: bool

    def files(self) -> Files:
        """The Python files at its top, each with what changes when it is saved."""
        found = {}
        try:
            with os.scandir(self.folder) as entries:
                for entry in entries:
                    if entry.name.endswith(".py") and not entry.name.startswith("."):
                        status = os.stat(entry.path)  # entry.stat() may be stale on Windows
                        found[entry.name] = status.st_mtime_ns, status.st_size, status.st_ino
        except OSError:  # it is being replaced: the next look tells
            return {}
        return found

    def next_save(self, before: Files) -> tuple[Files, str]:
        """Waits until the files are no longer as before, and then are the same twice; with the names that changed."""
        now = self.files()
        while now == before:
            time.sleep(LOOK_SECONDS)
            now = self.files()
        while (again := self._later()) != now:
            now = again
        changed = sorted(name for name in {*before, *now} if before.get(name) != now.get(name))
        return now, ", ".join(name if name in now else f"{name} (removed)" for name in changed)

    def _later(self) -> Files:
        time.sleep(LOOK_SECONDS)
        return self.files()


class StoppedBySave:
    """A context manager: a save meanwhile stops what runs in it, as Ctrl-C would; `saved` tells the two apart."""

    def __init__(self, watched: Watched, before: Files) -> None:
        self.saved = False
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, args=(watched, before), daemon=True)

    def __enter__(self) -> StoppedBySave:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        try:
            self._thread.join()
            time.sleep(0)  # an interruption that was sent comes now
        except KeyboardInterrupt:
            self._thread.join()
            if not self.saved:
                raise

    def _look(self, watched: Watched, before: Files) -> None:
        while not self._over.wait(LOOK_SECONDS):
            if watched.files() != before:
                self.saved = True
                _interrupt_main()
                return


def _interrupt_main() -> None:
    if sys.platform == "win32":
        import _thread

        _thread.interrupt_main()
    else:  # a signal to that very thread: it may wait for a student's answer
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)


def after_every_save(
    watched: Watched, check: Callable[[], Checked], show: Callable[[Checked], int], say: Callable[[str], None]
) -> int:
    """Checks now and after every save; a save while it checks starts it again. Returns the code of the last check.

    check: may raise CannotCheck. show: prints it, and returns its code. say: tells a problem.
    """
    files, names, code = watched.files(), "", 0
    try:
        while True:
            _begin(watched.screen, names)
            checked, problem = _once(watched, files, check)
            if checked is not None and not checked.stopped:
                code = show(checked)
            elif checked is not None:  # Ctrl-C
                show(checked)
                return STOPPED
            elif problem:
                say(problem)
                code = 2
            if checked is not None or problem:
                print("\nWaiting for a file to be saved; Ctrl-C ends this.", flush=True)
            files, names = watched.next_save(files)
    except KeyboardInterrupt:
        return code


def _once(watched: Watched, files: Files, check: Callable[[], Checked]) -> tuple[Checked | None, str]:
    """What was found, or why nothing could be; neither if a file was saved meanwhile."""
    problem, checked = "", None
    try:
        with StoppedBySave(watched, files) as stopper:
            try:
                checked = check()
            except CannotCheck as cannot:  # a file that is being replaced, say: it may be there again soon
                problem = str(cannot)
    except KeyboardInterrupt:
        if not stopper.saved:
            raise
    return (None, "") if stopper.saved else (checked, problem)


def _begin(screen: bool, names: str) -> None:
    """An empty screen, or a line, and what was saved."""
    now = time.strftime("%H:%M:%S")
    if screen:
        print(f"{CLEAR}{now} {f'changed: {names}' if names else 'watching'}\n", flush=True)
    elif names:
        print(f"\n{'-' * 20} {now} {names} {'-' * 20}\n", flush=True)
