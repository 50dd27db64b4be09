"""Hostile submissions: what each peer makes of them, under a memory limit and with a time-out from outside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from benchmarks.peers import figures
from benchmarks.peers.case import Peer
from benchmarks.peers.cgroup import Group, Unavailable
from benchmarks.peers.measure import WORK, emptied, prepared, tell
from benchmarks.peers.running import Run, run
from benchmarks.submissions import HOSTILE, WRONG, Hostile, planted, write

MEMORY = 2 << 30  # bytes for all processes of a run together
ADDRESS_SPACE = 4 << 30  # bytes a process, where the machine allows no control group
OWN_TIMEOUT = 3  # times the patience, for a peer that ends what hangs by itself
OTHER_FLOOR = "floor-one-thread"  # as open as the floor itself


@dataclass
class Attacked:
    """By peer and hostile submission: what goes into the table, what was seen, and the limit that held."""

    verdicts: dict[str, dict[str, str]] = field(default_factory=dict)
    seen: dict[str, dict[str, Any]] = field(default_factory=dict)
    limit: str = f"a limit of {MEMORY >> 30} GB for all its processes together"


def attack(peers: Sequence[Peer], patience: float) -> Attacked:
    """Every peer with every hostile submission, one after the other."""
    found = Attacked()
    for peer in (peer for peer in peers if peer.name != OTHER_FLOOR):
        honest = run(prepared(peer, WRONG, "honest")).score
        for hostile in HOSTILE:
            tell(f"  {peer.label}: {hostile.says}")
            outcome = _one(peer, hostile, patience * (OWN_TIMEOUT if peer.own_timeout else 1), found)
            said = figures.verdict(outcome.ended, outcome.seconds, outcome.score, honest if hostile.forges else None)
            found.verdicts.setdefault(peer.name, {})[hostile.name] = said
            # the last line that was printed is left out: it may name folders
            record = {"seconds": outcome.seconds, "ended": outcome.ended, "score": outcome.score}
            found.seen.setdefault(peer.name, {})[hostile.name] = record
            tell(f"    {said}")
    return found


def _one(peer: Peer, hostile: Hostile, patience: float, found: Attacked) -> Run:
    """One run. The submission is written twice: what it must forge is known once the tool's case is made."""
    case = prepared(peer, hostile.base, hostile.name)
    folder = WORK / peer.name / hostile.name
    submission = write(hostile.base, folder / "submission", planted(hostile, peer.forge(case)))
    case = peer.prepare(submission, emptied(folder / "run"))
    try:
        with Group(memory=MEMORY) as group:
            return run(case, patience, group)
    except Unavailable:
        found.limit = f"a limit of {ADDRESS_SPACE >> 30} GB of address space for each process"
        return run(case, patience, address_space=ADDRESS_SPACE)
