"""`check`, a student's self-check: the specs and oracles that grade on Gradescope, without the answers; and `pack`.

Rows that need an answer say how the student's was read. Every row counts as visible here: there is nothing to hide, and
a student wants to see his own traceback.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from autograder.check import preflight
from autograder.check.checking import STOPPED, Checked, Home, check, home, home_assignment
from autograder.check.interrupt import heard
from autograder.check.preflight import CannotCheck
from autograder.core.environment import ROOT
from autograder.core.errors import AutograderError
from autograder.core.text import one_line

__all__ = ["CannotCheck", "Checked", "add_arguments", "home_assignment", "run"]
USAGE = 2


class Options(NamedTuple):
    words: list[str]
    question: list[str]
    watch: bool
    html: Path | None
    json: bool
    no_color: bool
    verbose: bool
    list_rows: bool
    hint: str | None


def add_arguments(command: str, parser: argparse.ArgumentParser) -> None:
    if command == "pack":
        parser.add_argument("words", nargs="*", metavar="FOLDER", help="the folder with your files")
        parser.add_argument("-o", "--output", type=Path, metavar="ZIP", help="the zip to write (upload.zip)")
        parser.description = (
            "Checks your files and writes the zip to hand in. Exits 0 if every row that can be judged here is full, "
            "1 if the zip is written and some row is not, 2 if nothing was written, or nothing checked."
        )
        parser.epilog = "example: python -m autograder pack my_homework -o upload.zip"
        return
    parser.description = (
        "Checks your files at home: the rows that need no answer of ours, each with what is wrong. Exits with "
        "0 if every such row is full, with 1 if not, with 2 if nothing could be checked."
    )
    parser.epilog = "example: python -m autograder check my_homework --hint 2.1a"
    parser.add_argument(
        "words", nargs="*", metavar="FOLDER | ROW", help="the folder with your files, rows such as 1.2, questions"
    )
    parser.add_argument(
        "-q", "--question", metavar="N", action="append", default=[], help="questions or rows only: 2, or 1.2,2"
    )
    parser.add_argument("--hint", metavar="ROW", help="more on one row, such as 1.2, and a failing call that runs")
    parser.add_argument("-w", "--watch", action="store_true", help="check again whenever a file is saved")
    parser.add_argument("--html", type=Path, metavar="FILE", help="write a page with figures as well")
    parser.add_argument("--json", action="store_true", help="print the rows as JSON")
    parser.add_argument("--list", dest="list_rows", action="store_true", help="list the rows and check nothing")
    parser.add_argument("--no-color", action="store_true", help="no colours")
    parser.add_argument("-v", "--verbose", action="store_true", help="say what your code was kept from")


def run(command: str, parsed: argparse.Namespace, root: Path) -> int:
    """Runs `check` or `pack`: 0 all public rows full, 1 not, 2 usage or our fault, 130 Ctrl-C."""
    try:
        with _as_it_was_unpacked():
            if problem := preflight.missing_packages():
                raise CannotCheck(problem)
            if command == "pack":
                return _pack(parsed.words, parsed.output, root)
            options = Options._make(getattr(parsed, name) for name in Options._fields)
            if options.hint is not None:
                return _hint(options, root)
            if options.list_rows:
                return _list(options, root)
            if options.watch:
                return _watch(options, root)
            _start_zygote()
            asked, rows = _home(options, root)
            return _show(asked, _checked(asked, rows))
    except AutograderError as problem:
        _say(str(problem), command)
        return USAGE
    except KeyboardInterrupt:
        _say("stopped", command)
        return STOPPED


@contextmanager
def _as_it_was_unpacked() -> Iterator[None]:
    """What goes wrong because a file of the self-check was changed, or is gone, is said as that; else it is ours."""
    try:
        yield
    except AutograderError:
        raise
    except Exception as error:
        from autograder.check.manifest import unpack_again

        if isinstance(error, OSError) and not _is_in(ROOT, error.filename):
            raise  # a full disk, say, or nobody who reads
        raise CannotCheck(unpack_again(ROOT) or _ours(error)) from None


def _is_in(root: Path, file: object) -> bool:
    return isinstance(file, str) and Path(file).is_relative_to(root)


def _ours(error: Exception) -> str:
    """What to tell the staff of a fault of ours: what was raised, and the last line of ours that it came from."""
    at = error.__traceback__
    place = ""
    while at is not None:
        file = at.tb_frame.f_code.co_filename
        place = f", {Path(file).relative_to(ROOT)} line {at.tb_lineno}" if _is_in(ROOT, file) else place
        at = at.tb_next
    said = one_line(f"{type(error).__name__}: {error}", 200)
    return f"this is our fault, not yours; please tell the staff: {said}{place}"


# ----------------------------------------------------------------------------------------------------------- one run


class Asked(NamedTuple):
    """What is to be checked, and how it is shown. colour, screen: what whoever reads standard output sees."""

    options: Options
    folder: Path
    colour: bool
    screen: bool


def _home(options: Options, root: Path) -> tuple[Asked, Home]:
    """Sorts the words of the call into a folder and rows. Raises CannotCheck."""
    from autograder.report.colour import in_colour, is_screen

    whole = home(root)
    folder, rows = _sorted(options.words, whole, root)
    questions = [*options.question, *rows]
    colour = not options.no_color and in_colour(sys.stdout)
    return Asked(options, folder, colour, is_screen(sys.stdout)), whole.only(questions) if questions else whole


def _sorted(words: list[str], whole: Home, root: Path) -> tuple[Path, list[str]]:
    """The folder that the words of a call name, or that is meant, and the rows. Raises CannotCheck."""
    folders = [word for word in words if Path(word).exists() or not (whole.knows(word) or _is_number(word))]
    rows = [word for word in words if word not in folders]
    return _folder(folders, whole.assignment.rubric.files(), root), rows


def _folder(words: list[str], files: Sequence[str], root: Path) -> Path:
    """The folder that is meant. Raises CannotCheck if nothing can be checked in it."""
    if len(words) > 1:
        raise CannotCheck(f"one folder at a time, not {' and '.join(words)}.")
    folder = Path(words[0]) if words else preflight.default_folder(files, root)
    if problem := preflight.folder_problem(folder, files, root):
        raise CannotCheck(problem)
    return folder


def _is_number(word: str) -> bool:
    """Whether a word can only be meant as a question, though there may be none of that number: "9", "Q2.9"."""
    return word.lower().lstrip("q")[:1].isdigit() and not word.endswith(("/", os.sep))


def _checked(asked: Asked, rows: Home) -> Checked:
    """Checks once; a terminal shows each row as it is judged. After Ctrl-C it holds what is known so far."""
    if asked.options.json or not asked.screen:
        return check(rows, asked.folder)
    from autograder.check.live import Live

    with Live(sys.stdout, asked.colour) as live:
        return check(rows, asked.folder, lambda linked, mark: live.on_row(linked.row.number, mark))


def _show(asked: Asked, checked: Checked) -> int:
    """Prints what was found, and returns the exit code."""
    from autograder.check.history import remember

    options = asked.options
    now = time.time()
    news = "" if checked.stopped else remember(asked.folder, checked.report, now)
    if options.json:
        if not checked.stopped:
            print(json.dumps(checked.as_json(), indent=1))
        return checked.code
    lines = checked.page(news, options.verbose, echo=not options.watch)
    from autograder.report.colour import coloured
    from autograder.report.terminal import plain

    print(coloured(lines) if asked.colour else plain(lines), flush=True)
    if options.html is not None and not checked.stopped:
        from autograder.report.file import write_page

        write_page(options.html, checked.report, [*checked.notes, checked.isolation], checked.points)
        print(f"\n{options.html}: open it in a browser.")
    return checked.code


def _pack(words: list[str], output: Path | None, root: Path) -> int:
    from autograder.check.pack import OUTPUT, pack, told

    assignment = home_assignment(root)
    folder = _folder(words, assignment.rubric.files(), root)
    with heard():
        done = pack(assignment, folder, output or OUTPUT, root)
    print("\n".join(told(done)))
    return done.code


def _hint(options: Options, root: Path) -> int:
    from autograder.check.hint import hinted, told

    whole = home(root)
    folder, _ = _sorted(options.words, whole, root)
    with heard():
        found = hinted(whole.assignment, folder, str(options.hint), root)
    print("\n".join(told(found)))
    return found.code


def _start_zygote() -> None:
    """Starts it before anything is read: it imports numpy meanwhile."""
    if sys.platform == "linux":
        from autograder.sandbox import zygote_start

        zygote_start.early()


def _list(options: Options, root: Path) -> int:
    """Prints the rows, without looking at any submission."""
    whole = home(root)
    chosen = whole.only([*options.question, *options.words]) if options.question or options.words else whole
    rows = [
        {"number": one.row.number, "title": one.row.title, "file": one.question.file, "asks_for": list(one.asks_for)}
        for one in chosen.assignment.rows
    ]
    if options.json:
        print(json.dumps({"files": list(whole.assignment.rubric.files()), "rows": rows}, indent=1))
    else:
        print("\n".join(f"{row['number']:<6}{row['file']:<24}{row['title']}"[:80] for row in rows))
    return 0


def _watch(options: Options, root: Path) -> int:
    """Checks now and after every save, until Ctrl-C; returns the code of the last check."""
    from autograder.check.watch import Watched, after_every_save
    from autograder.core.submission import place_in

    asked, home = _home(options, root)
    place = asked.folder.joinpath(*place_in(asked.folder, home.assignment.rubric.files()))
    with heard():
        return after_every_save(
            Watched(place, asked.screen),
            check=lambda: _checked(*_home(options._replace(watch=False), root)),
            show=lambda checked: _show(asked, checked),
            say=_say,
        )


def _say(text: str, command: str = "check") -> None:
    print(f"autograder {command}: {text}", file=sys.stderr)
