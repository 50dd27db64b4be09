"""What a worker costs: a fresh jailed one, a further call in it, the portable one, and a whole grading. Medians.

Run it at the project's root: .venv/bin/python -m benchmarks.worker_cost
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from autograder.sandbox.jail import Jail
from autograder.sandbox.portable_worker import Worker as PortableWorker
from autograder.sandbox.protocol import Program, Worker
from benchmarks.memory import peak_memory

ROOT = Path(__file__).resolve().parent.parent
TEXT = "import numpy as np\ndef f(): return float(np.linalg.solve(np.eye(2), np.ones(2)).sum())"
PROGRAM = Program("answers.py", {"answers.py": TEXT}, 256 << 20, 60)


def median(work: Callable[[], object], times: int) -> float:
    """The median time of `work` in milliseconds."""
    spent = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        spent.append(1000 * (time.perf_counter() - began))
    return statistics.median(spent)


def call(worker: Worker) -> None:
    """One call and its reply."""
    worker.request({"id": 1, "name": "f", "read": False, "argument_sets": [[]]}, [])
    worker.receive(10)


def life(worker: Worker) -> None:
    """The whole life of a worker after its start: load, one call, the end."""
    worker.receive(10)
    call(worker)
    worker.close()


def main() -> None:
    """Prints the figures that docs/security.md quotes."""
    with Jail() as jail:
        print(jail.isolation.line())
        print(f"fresh jailed worker, load, one call, end: {median(lambda: life(jail.start(PROGRAM)), 50):.1f} ms")
        worker = jail.start(PROGRAM)
        worker.receive(10)
        print(f"a further call in it: {median(lambda: call(worker), 200):.2f} ms")
        worker.close()
    print(f"the same by the portable worker: {median(lambda: life(PortableWorker(PROGRAM)), 10):.0f} ms")
    grade = [sys.executable, "-m", "autograder", "grade", "reference"]
    print(f"a whole grade: {median(lambda: subprocess.run(grade, cwd=ROOT, capture_output=True), 11):.0f} ms")
    peak = max(peak_memory(grade, ROOT) for _ in range(5))
    print(f"all processes of a grade at their peak: {peak:.0f} MB proportional set size")


if __name__ == "__main__":
    main()
