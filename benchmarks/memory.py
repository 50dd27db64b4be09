"""Peak memory of a command with all its descendants, as the sum of proportional set sizes."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path


def peak_memory(command: Sequence[str], cwd: Path, environment: Mapping[str, str] | None = None) -> float:
    """The largest sum of proportional set sizes over a command and its descendants, in MB, sampled without pause."""
    process = subprocess.Popen(
        command,
        cwd=cwd,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    peak = 0
    while process.poll() is None:
        peak = max(peak, sum(proportional_set_size(pid) for pid in tree(process.pid)))
    return peak / 1024


def tree(root: int) -> list[int]:
    """A process and its descendants."""
    found = [root]
    for process in found:
        try:
            for task in Path(f"/proc/{process}/task").iterdir():
                found += [int(child) for child in (task / "children").read_text().split()]
        except OSError:
            continue
    return found


def proportional_set_size(process: int) -> int:
    """In kB; 0 for a process that is gone."""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
