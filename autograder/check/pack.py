"""`pack`: the zip to hand in, with exactly the files that are read, and a receipt to compare with Gradescope's.

What is checked is what is packed: a file that stays out is not there for the check either. The texts go in as they were
read (UTF-8, LF line ends, no byte order mark), so that the same answers give the same bytes on every machine.
"""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from msgspec.structs import replace

from autograder.assignment.load import OWN_ROOT, Assignment
from autograder.check import versions
from autograder.check.checking import calls, read_here
from autograder.core.errors import AutograderError
from autograder.core.files import write_whole
from autograder.core.outcome import Mark, Outcome, Report
from autograder.core.points import decimal_text
from autograder.core.receipt import helper_modules, receipt_of
from autograder.core.submission import MAX_ALL, MAX_FILE, Submission
from autograder.core.text import one_line, runs
from autograder.core.zip_entry import zip_entry
from autograder.grading.grader import Grading
from autograder.report.terminal import with_call, wrapped
from autograder.sandbox.jail import Jail

OUTPUT = Path("upload.zip")
COMMENT = b"Written by autograder pack"
RECEIPT = "Receipt (the same lines stand on Gradescope's page):"
NEARLY = 0.9  # of what a file, or all together, may have


class CannotPack(AutograderError):
    """No zip was written; the message is one sentence that says what to do."""


@dataclass(frozen=True)
class Packed:
    """A zip that was written. notes: on files that stayed out, or are nearly too large. why: the call of `check`."""

    path: Path
    files: Mapping[str, str]
    report: Report
    notes: tuple[str, ...]
    why: str

    @property
    def code(self) -> int:
        """0 if every row that can be judged here is full, 1 if not, 2 if nothing could be judged (our fault)."""
        if self.report.rerun:
            return 2
        return 1 if any(_lacking(mark) for mark in self.report.marks if mark.weighted) else 0


def pack(assignment: Assignment, folder: Path, output: Path, root: Path) -> Packed:
    """Checks the files in a folder that are read, and writes them as a zip. Raises CannotPack."""
    _refuse_to_overwrite(output)
    files, there = assignment.rubric.files(), assignment.rubric.gradescope
    submission = read_here(folder, assignment)
    chosen = packed(submission, files)
    notes = list(notes_on(submission, chosen, files))
    if not chosen.texts:
        raise CannotPack(" ".join(["no zip was written, since none of the files can be read.", *notes]))
    with Jail(results={root, OWN_ROOT}) as jail:
        runs_there, unchecked = versions.as_there(chosen, there, jail.start, folder)
        report = Grading(assignment, runs_there, seed=assignment.seed(), start=jail.start).run()
    report = replace(report, receipt=receipt_of(chosen, files))
    try:
        write_whole(output, as_zip(chosen.texts), durable=False)
    except OSError as error:
        raise CannotPack(f"cannot write {output}: {error.strerror or error}. Give another name with -o.") from error
    notes = [*report.notes, *notes, *([unchecked] if unchecked else [])]
    return Packed(output, chosen.texts, report, tuple(notes), calls(assignment, folder)("check"))


def packed(submission: Submission, files: Sequence[str]) -> Submission:
    """What of a submission is read: its question files and the modules that they import; all else is only named."""
    read = {*files, *helper_modules(submission.texts, files)}
    left = [name for name in submission.texts if name not in read]
    texts = {name: text for name, text in submission.texts.items() if name in read}
    return replace(submission, texts=texts, others=(*submission.others, *left))


def notes_on(submission: Submission, chosen: Submission, files: Sequence[str]) -> Iterator[str]:
    """A sentence per file that is asked for or looks like a helper, and is not packed, or is nearly too large."""
    for file in files:
        if file in submission.faults:
            yield f"{file} is not in the zip: {submission.faults[file]}"
        elif file not in submission.texts:
            yield f"{file} is not in the zip: it is not in this folder."
    yield from (fault for name, fault in submission.faults.items() if name not in files)
    unused = [name for name in submission.texts if name not in chosen.texts]
    if unused:
        more = f" and {len(unused) - 5} more" if len(unused) > 5 else ""
        yield f"Not in the zip, since no question imports it: {one_line(', '.join(unused[:5]), 300)}{more}."
    sizes = {name: len(text.encode()) for name, text in chosen.texts.items()}
    for name, size in sizes.items():
        if size > NEARLY * MAX_FILE:
            yield f"{name} has {size:,} bytes; a file of more than {MAX_FILE:,} is not read."
    if sum(sizes.values()) > NEARLY * MAX_ALL:
        yield f"All files have {sum(sizes.values()):,} bytes; of more than {MAX_ALL:,} not all are read."


# ------------------------------------------------------------------------------------------------------------ the zip


def as_zip(texts: Mapping[str, str]) -> bytes:
    """The zip of these files, the same bytes on every machine: sorted, dated 1980-01-01, not compressed."""
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        archive.comment = COMMENT
        for name in sorted(texts):
            archive.writestr(zip_entry(name), texts[name].encode())
    return stream.getvalue()


def _refuse_to_overwrite(path: Path) -> None:
    if path.is_dir():
        raise CannotPack(f"{path} is a folder. Give the name of the zip with -o.")
    if os.path.lexists(path) and not _is_ours(path):
        raise CannotPack(
            f"{path} is there already, and is not as `pack` wrote it: move it away, or give another name with -o."
        )


def _is_ours(path: Path) -> bool:
    """Whether a file is a zip that `pack` wrote, byte for byte."""
    try:
        if path.is_symlink() or not path.is_file() or path.stat().st_size > 2 * MAX_ALL:
            return False
        content = path.read_bytes()
        with zipfile.ZipFile(BytesIO(content)) as archive:
            if sum(member.file_size for member in archive.infolist()) > len(content):
                return False
            return as_zip({name: archive.read(name).decode() for name in archive.namelist()}) == content
    except (zipfile.BadZipFile, OSError, ValueError, KeyError, RuntimeError, NotImplementedError):
        return False


# ------------------------------------------------------------------------------------------------------------- output


def told(done: Packed) -> list[str]:
    """What `pack` prints, at most 80 columns wide: what was found and not answered, the zip, the receipt, what next."""
    report = done.report
    lines = [*done.notes, ""] if done.notes else []
    lines += [*_points(report), *_not_full(report.marks, done.why), ""]
    size = sum(len(text.encode()) for text in done.files.values())
    lines.append(f"Wrote {done.path}: {', '.join(sorted(done.files))} ({size:,} bytes).")
    if report.receipt is not None:
        lines += ["", RECEIPT, *(f"  {line}" for line in report.receipt.lines())]
    lines += ["", f"Hand in {done.path} on Gradescope and compare the receipt on its page."]
    return [part for line in lines for part in wrapped(line)]


def _points(report: Report) -> Iterator[str]:
    if report.rerun:
        yield "Not checked: nothing could be run on this machine, and that is no fault of yours."
        return
    later = sum(mark.max_points for mark in report.marks if mark.outcome is Outcome.DEFERRED)
    more = f"; {decimal_text(later)} more are graded on Gradescope" if later else ""
    yield f"Checked: {decimal_text(report.points)} of {decimal_text(report.max_points)} points{more}."


def _not_full(marks: Sequence[Mark], why: str) -> Iterator[str]:
    unanswered = runs((mark.number, mark.outcome is Outcome.UNANSWERED) for mark in marks)
    others = [f"{m.number} {_word(m)}" for m in marks if _lacking(m) and m.outcome is not Outcome.UNANSWERED]
    if others:
        yield with_call(f"Not passed: {', '.join(others)}. Why:", why)
    yield f"Not answered: {unanswered}." if unanswered else "No row is left unanswered."


def _lacking(mark: Mark) -> bool:
    return mark.outcome not in (Outcome.PASSED, Outcome.DEFERRED, Outcome.WRITTEN) or bool(mark.in_part)


def _word(mark: Mark) -> str:
    return "read in part" if mark.in_part else str(mark.outcome).replace("_", " ")
