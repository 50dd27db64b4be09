"""Measures and writes: installs the peers, runs them in turn, and puts the figures into docs/performance.md."""

from __future__ import annotations

import argparse
import datetime
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.peers import environments, page
from benchmarks.peers.attack import attack
from benchmarks.peers.case import Peer
from benchmarks.peers.measure import PEERS, available, batches, half_a_cpu, one_submission, peak, prepared, tell
from benchmarks.submissions import HOSTILE, RIGHT

VERSIONS = {  # package -> the peer whose file pins it
    "numpy": "floor",
    "gradescope-utils": "gradescope-utils",
    "pytest-gradescope": "pytest-gradescope",
    "pytest-prairielearn-grader": "pytest-prairielearn-grader",
    "check50": "check50",
    "otter-grader": "otter",
    "nbgrader": "nbgrader",
}


def arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers", description=__doc__)
    add = parser.add_argument
    add("--rounds", type=int, default=15, help="rounds of every peer, one after the other")
    add("--only", type=named, default=list(PEERS), metavar="NAMES", help=f"some of {','.join(PEERS)}")
    add("--batch", type=int, default=100, help="submissions of a batch; 0: none")
    add("--slow-batch", type=int, default=20, help="at most so many for a peer that takes seconds each")
    add("--half-cpu", action="store_true", help="also at half a CPU and 768 MB")
    add("--half-rounds", type=int, default=5, help="rounds at half a CPU")
    add("--no-hostile", action="store_true", help="without the hostile submissions")
    add("--patience", type=float, default=75.0, help="seconds before a hostile run is ended from outside")
    add("--json", type=Path, default=environments.BENCH / "figures.json", help="where all that was measured goes")
    add("--page", type=Path, help="a page with the two markers, e.g. docs/performance.md")
    options = parser.parse_args(argv)
    if options.rounds < 1 or options.half_rounds < 1:
        parser.error("at least one round is needed")
    return options


def named(text: str) -> list[str]:
    """The peers of a list with commas, in the order of the table."""
    unknown = sorted(set(text.split(",")) - set(PEERS))
    if unknown:
        raise argparse.ArgumentTypeError(f"no peer is called {', '.join(unknown)}; there are {', '.join(PEERS)}")
    return [name for name in PEERS if name in text.split(",")]


def main(argv: Sequence[str] | None = None) -> int:
    """Runs what was asked for and returns 0; 1 if nothing at all could be measured."""
    options = arguments(argv)
    tell("installing")
    peers, missing = available(options.only)
    if not peers:
        tell("no peer could be run")
        return 1
    given = sys.argv[1:] if argv is None else argv
    found = {
        "command": " ".join(["python -m benchmarks.peers", *given]),
        "date": datetime.date.today().isoformat(),
        "machine": page.machine(),
        "versions": {package: environments.version(name, package) for package, name in VERSIONS.items()},
        "labels": {name: PEERS[name].label for name in options.only},
        "missing": missing,
        **measured(peers, options),
    }
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(found, indent=1) + "\n")
    text = page.render(found)
    if options.page:
        page.write(options.page, text)
    print(text)
    return 0


def measured(peers: Sequence[Peer], options: argparse.Namespace) -> dict[str, Any]:
    """All that was asked for, by the names that page.py knows."""
    tell("one submission")
    times, wrong = one_submission(peers, options.rounds)
    found: dict[str, Any] = {"rounds": options.rounds, "times": times, "wrong": wrong}
    tell("memory")
    found["memory"] = {peer.name: peak(prepared(peer, RIGHT, "memory")) for peer in peers}
    found["installed"] = {peer.name: environments.installed_megabytes(peer.environment) for peer in peers}
    if options.half_cpu:
        tell("half a CPU")
        found["half"] = half_a_cpu(peers, options.half_rounds)
    if options.batch:
        tell("a batch")
        found["batch"] = batches(peers, options.batch, options.slow_batch)
    if not options.no_hostile:
        tell("hostile submissions")
        attacked = attack(peers, options.patience)
        found |= {"verdicts": attacked.verdicts, "hostile": attacked.seen, "hostile_limit": attacked.limit}
        found |= {"columns": {hostile.name: hostile.says for hostile in HOSTILE}, "patience": options.patience}
    return found


if __name__ == "__main__":
    sys.exit(main())
