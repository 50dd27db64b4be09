"""Where the milliseconds of one `grade` go: python -m benchmarks.timeline [SUBMISSION] [--runs N] [--page FILE]

The real command in a process of its own, with warm byte code and the frozen rubric; a clock is read where one stage
ends and the next begins. Medians over the runs. "at" counts from the moment at which the process is started.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from benchmarks.grade_counts import warm
from benchmarks.peers.page import write

ROOT = Path(__file__).resolve().parent.parent
STAGES = (  # name, what happens until it
    ("first line", "interpreter"),
    ("zygote started", "posix_spawn"),
    ("imported", "argparse, the jail, the engine"),
    ("prepared", "rubric, specs and reference loaded, submission read"),
    ("presampled", "problems of question 2"),
    ("probed", "first results.json; what the probe was refused"),
    ("zygote ready", "waiting for numpy in the zygote"),
    ("question 1", "decided and sampled"),
    ("question 2", "seven equations"),
    ("question 3", "counts and a choice"),
    ("question 4", "four bounds"),
    ("told", "last results.json, staff output"),
    ("closed", "zygote gone"),
    ("ended", "interpreter"),
)
BEGIN, END = "<!-- timeline: begin -->", "<!-- timeline: end -->"


def main(argv: Sequence[str] | None = None) -> int:
    """Measures, prints the table, and puts it into a page if one is named."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.timeline", description=__doc__)
    parser.add_argument("submission", nargs="?", type=Path, default=ROOT / "reference")
    parser.add_argument("--runs", type=int, default=31)
    parser.add_argument("--page", type=Path, help="a page with the two markers")
    options = parser.parse_args(argv)
    warm(ROOT)
    runs = [one_run(options.submission.resolve()) for _ in range(options.runs)]
    table = rendered(runs)
    print(table)
    if options.page is not None:
        write(options.page, table, BEGIN, END)
    return 0


def rendered(runs: Sequence[dict[str, tuple[float, float]]]) -> str:
    """The table: stage, when it ends, how long it took, and the CPU time that the grader used in it."""
    lines = ["| stage ends | at (ms) | took | of it the grader's CPU | what happens |", "|---|---|---|---|---|"]
    at = cpu = 0.0
    for name, said in STAGES:
        now, used = (median(run[name][k] for run in runs) for k in (0, 1))
        lines.append(f"| {name} | {now:.0f} | {now - at:.0f} | {used - cpu:.0f} | {said} |")
        at, cpu = now, used
    return "\n".join(lines)


def one_run(submission: Path) -> dict[str, tuple[float, float]]:
    """Stage -> (milliseconds since the start, CPU milliseconds of the grader) of one grading."""
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder, "results.json")
        environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
        began = time.monotonic()
        command = [sys.executable, "-c", _PROGRAM, str(ROOT), str(submission), str(output)]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        ended = time.monotonic()
    marks: list[tuple[str, float, float]] = json.loads(done.stderr.splitlines()[-1])
    found = {name: ((at - began) * 1e3, cpu * 1e3) for name, at, cpu in marks}
    return {**found, "ended": ((ended - began) * 1e3, found["closed"][1])}


# The command as `python -m autograder grade` runs it, with a clock between its stages.
_PROGRAM = """
import sys, time
marks = [("first line", time.monotonic(), time.process_time())]
root, submission, output = sys.argv[1:]
sys.path.insert(0, root)
from autograder.sandbox import zygote_start
zygote_start.early()
def mark(name):
    marks.append((name, time.monotonic(), time.process_time()))
mark("zygote started")
from autograder import __main__
from autograder.gradescope import command as grade
from autograder.grading.grader import Grading
from autograder.sandbox.jail import Jail
mark("imported")
def after(owner, name, said):
    inner = getattr(owner, name)
    def wrapped(*arguments, **options):
        found = inner(*arguments, **options)
        mark(said(*arguments) if callable(said) else said)
        return found
    setattr(owner, name, wrapped)
after(grade, "_prepare", "prepared")
after(Grading, "presample", "presampled")
verdict = Jail.verdict
def judged(jail, *arguments, **options):
    found = verdict(jail, *arguments, **options)
    mark("probed")
    if jail._channel is not None:
        jail._channel.ready()
    mark("zygote ready")
    return found
Jail.verdict = judged
after(Grading, "_grade_question", lambda self, rows: f"question {rows[0].row.number[0]}")
after(grade, "_grade_in", "told")
after(Jail, "close", "closed")
import os
status = __main__.main(["grade", submission, "-o", output])
import json
print(json.dumps(marks), file=sys.stderr, flush=True)
os._exit(status)
"""


if __name__ == "__main__":
    sys.exit(main())
