"""Times: one submission in interleaved rounds, the same at half a CPU, and batches; and what must be there for them."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.memory import peak_memory
from benchmarks.mixed_class import write_class
from benchmarks.peers import environments, notebooks, scripts
from benchmarks.peers.case import FULL, Case, Missing, Peer
from benchmarks.peers.cgroup import Group, Unavailable
from benchmarks.peers.running import run
from benchmarks.submissions import RIGHT, WRONG, write

WORK = environments.BENCH / "work"
PEERS = {peer.name: peer for peer in (*scripts.PEERS, *notebooks.PEERS)}
EXPLAINED = ("floor", "ours")  # timed with the wrong submission too
HALF = (0.5, 768 << 20)  # Gradescope's default: half a CPU, 768 MB


def tell(text: str) -> None:
    """Says how far the run has come; it takes a while."""
    print(text, file=sys.stderr, flush=True)


# ----------------------------------------------------------------------------------------------------------- setting up


def available(names: Iterable[str]) -> tuple[list[Peer], dict[str, str]]:
    """The peers that are installed and give the right submission full points, and why the others are missing."""
    found, missing = [], {}
    for peer in (PEERS[name] for name in names):
        tell(f"  {peer.label}")
        try:
            environments.install(peer.environment)
            if peer.name == "ours":
                scripts.compile_ours()
            first = run(prepared(peer, RIGHT, "first"))
            if first.score is None or first.score < FULL - 1e-9:
                raise Missing(f"gave a right submission {first.score} of {FULL:g} points: {first.said}")
            found.append(peer)
        except Missing as why:
            missing[peer.name] = str(why)
            tell(f"    missing: {why}")
    return found, missing


def prepared(peer: Peer, base: Path, name: str, appended: str = "") -> Case:
    """A submission written anew, and the case of a peer for it."""
    folder = emptied(WORK / peer.name / name)
    return peer.prepare(write(base, folder / "submission", appended), emptied(folder / "run"))


def emptied(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


# --------------------------------------------------------------------------------------------------------------- timing


def rounds(cases: Mapping[str, Case], times: int, group: Group | None = None) -> dict[str, list[float]]:
    """Seconds by case. Every round runs each case once, so that what the machine does meanwhile weighs on all."""
    spent: dict[str, list[float]] = {name: [] for name in cases}
    for number in range(times):
        tell(f"  round {number + 1} of {times}")
        for name, case in cases.items():
            seen = run(case, group=group)
            if seen.score is None:
                raise RuntimeError(f"{name} left no result in round {number + 1}: {seen.said}")
            spent[name].append(seen.seconds)
    return spent


def one_submission(peers: Sequence[Peer], times: int) -> tuple[dict[str, list[float]], dict[str, list[float]]]:
    """The right submission by every peer, and the wrong one by those that explain; in the same rounds."""
    cases = {peer.name: prepared(peer, RIGHT, "right") for peer in peers}
    wrong = {f"{p.name}:wrong": prepared(p, WRONG, "wrong") for p in peers if p.name in EXPLAINED}
    for case in (*cases.values(), *wrong.values()):
        run(case)  # byte code is warm from here on
    spent = rounds({**cases, **wrong}, times)
    return {name: spent[name] for name in cases}, {name.partition(":")[0]: spent[name] for name in wrong}


def half_a_cpu(peers: Sequence[Peer], times: int) -> dict[str, Any]:
    """The right submission at Gradescope's default size; why not, where no control group can be made."""
    cases = {peer.name: prepared(peer, RIGHT, "half") for peer in peers}
    for case in cases.values():
        run(case)
    try:
        with Group(*HALF) as group:
            return {"times": rounds(cases, times, group), "rounds": times}
    except Unavailable as why:
        return {"impossible": str(why)}


def batches(peers: Sequence[Peer], count: int, slow_count: int) -> list[dict[str, Any]]:
    """A batch by every peer: by its own command where it has one, else one command after the other."""
    rows: list[dict[str, Any]] = []
    for peer in peers:
        folder = emptied(WORK / peer.name / "batch")
        students = range(min(count, slow_count) if peer.slow else count)
        submissions = [write(RIGHT, folder / "submissions" / f"student{i:04}") for i in students]
        if peer.batch is None or peer.name == "ours":
            tell(f"  {peer.label}: {len(submissions)}, one after the other")
            cases = [peer.prepare(one, emptied(folder / f"run-{one.name}")) for one in submissions]
            seconds = sum(run(case).seconds for case in cases)
            rows.append(batch_row(peer, "a command each, one after the other", len(cases), seconds, 1))
        if peer.batch is not None:
            rows += [one_command(peer, submissions, folder, jobs) for jobs in peer.jobs]
        if peer.name == "ours":
            mixed = write_class(folder / "mixed", len(submissions))
            rows += [
                one_command(peer, mixed, emptied(folder / "of-mixed"), jobs, ", a mixed class") for jobs in peer.jobs
            ]
    return rows


def one_command(peer: Peer, submissions: Sequence[Path], folder: Path, jobs: int, what: str = "") -> dict[str, Any]:
    """A batch by the tool's own command; missing where it has none yet or where it failed."""
    how = f"one command, {jobs} job{'s' * (jobs > 1)}{what}"
    tell(f"  {peer.label}: {len(submissions)}, {how}")
    assert peer.batch is not None
    try:
        case = peer.batch(submissions, emptied(folder / f"jobs-{jobs}"), jobs)
        seen = run(case, patience=3600)
        if seen.ended != 0 or seen.score is None:
            raise Missing(f"the command failed: {seen.said.replace(str(scripts.ROOT), '.')}")
    except Missing as why:
        return {"label": f"{peer.label}, {how}", "missing": str(why)}
    return batch_row(peer, how, len(submissions), seen.seconds, jobs)


def batch_row(peer: Peer, how: str, graded: int, seconds: float, jobs: int) -> dict[str, Any]:
    """One line of the table."""
    return {"label": peer.label, "how": how, "graded": graded, "seconds": seconds, "jobs": jobs}


def peak(case: Case) -> float:
    """The largest of three peaks, in MB."""
    return max(peak_memory(case.command, case.cwd, case.environment) for _ in range(3))
