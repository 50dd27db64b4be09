"""Every attack of the table, in four privilege settings: each must come to what its line says, and leave nothing.

The settings need root, since they start from it. What must happen stands in attacks/. `make test`
tries them in the setting of Gradescope's containers, `make attacks` in the others, and once without the jail.
"""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest

from tests.autograder.planted import PROJECT as ROOT
from tests.autograder.sandbox import settings
from tests.autograder.sandbox.attack import ATTACKS

# Classes of attacks that are no matter of a worker's jail: policy (16, 17, 32, 57), and what other tests hold:
# leaks into shown text (27, 28: test_jail.py), files of a submission (30, 31: test_submission.py), no server (33: there
# is no address), the whole time-out (49: test_grading.py), YAML and symbolic answers (54, 55: nothing of theirs is read
# as YAML, bounds have a parser of their own: test_bounds.py).
ELSEWHERE = {16, 17, 27, 28, 30, 31, 32, 33, 49, 54, 55, 57}
attacks = partial(pytest.param, marks=pytest.mark.attacks)  # a setting that is left to `make attacks`
SETTINGS = [name if name == "docker" else attacks(name) for name in settings.NAMES]


def private() -> str:
    """The first folder on the way to the interpreter or the project that other users may not pass, "" if none."""
    paths = [Path(sys.executable), Path(sys.executable).resolve(), Path(os.__file__).resolve(), ROOT / "autograder"]
    folders = dict.fromkeys(folder for path in paths for folder in reversed(path.parents))
    return next((str(folder) for folder in folders if not folder.stat().st_mode & 0o001), "")


def needs_root(test: Callable[..., None]) -> Callable[..., None]:
    """Skips, with the reason, where the settings cannot be entered or their users could not start this interpreter."""
    linux = sys.platform == "linux" and os.geteuid() == 0
    test = pytest.mark.skipif(not linux, reason="the privilege settings are entered from root on Linux")(test)
    return pytest.mark.skipif(linux and bool(private()), reason=f"other users cannot read {private()}")(test)


@cache
def tried(setting: str, *options: str) -> dict[str, Any]:
    """What the table reports in a setting; the secret is new, and only its grader knows it."""
    command = [sys.executable, "-m", "tests.autograder.sandbox.settings", setting, sys.executable]
    command += ["-m", "tests.autograder.sandbox.attack_table", *options]
    environment = {**os.environ, "TABLE_SECRET": secrets.token_hex(24)}
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env=environment, timeout=240)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_every_class_of_the_threat_model_is_in_the_table_or_tested_elsewhere() -> None:
    # 0: what lawful code needs must work. 52: bugs of the kernel.
    assert {attack.class_ for attack in ATTACKS} | ELSEWHERE | {52} == set(range(58))
    assert len({(attack.class_, attack.name) for attack in ATTACKS}) == len(ATTACKS) >= 61
    assert not any("escaped" in attack.must for attack in ATTACKS)


@needs_root
@pytest.mark.parametrize("setting", SETTINGS)
def test_no_attack_escapes(setting: str) -> None:
    found = tried(setting)
    assert [entry["name"] for entry in found["attacks"]] == [attack.name for attack in ATTACKS]
    wrong = [e for e in found["attacks"] if e["happened"] not in e["must"].split() or e["damage"]]
    assert not wrong, json.dumps(wrong, indent=1)


@needs_root
@pytest.mark.parametrize("setting", SETTINGS)
def test_no_reply_costs_the_grader_more_than_it_may(setting: str) -> None:
    found = tried(setting)
    slow = [e for e in found["attacks"] if e["class"] == 45 and e["cpu of the grader"] > 1]
    assert not slow, json.dumps(slow, indent=1)
    assert found["megabytes of the grader"] < 64  # over all attacks, whatever came


@needs_root
@pytest.mark.parametrize("setting", SETTINGS)
def test_nothing_is_left_of_any_worker(setting: str) -> None:
    found = tried(setting)
    assert found["descriptors left"] == 0
    assert found["children of the zygote"] == found["children"] == []


@needs_root
@pytest.mark.parametrize(
    ("setting", "uid", "on", "off"),
    [
        ("docker", 0, {"own uid", "landlock", "seccomp"}, set()),
        attacks("docker-without-landlock", 0, {"own uid", "seccomp"}, {"landlock"}),
        attacks("root-without-capabilities", 0, {"landlock", "seccomp"}, {"own uid"}),
        attacks("unprivileged", settings.NOBODY, {"landlock", "seccomp"}, {"own uid"}),
    ],
)
def test_the_record_names_the_layers_of_the_setting(setting: str, uid: int, on: set[str], off: set[str]) -> None:
    found = tried(setting)
    layers = {layer.split()[0] if layer.startswith("landlock") else layer for layer in found["isolation"]["layers"]}
    if "landlock" in on and not os.path.exists("/sys/kernel/security/landlock") and "landlock" not in layers:
        pytest.skip("this kernel has no Landlock")
    assert found["uid"] == uid
    assert on <= layers
    assert not off & layers
    assert found["isolation"]["holds"] is True


@needs_root
@pytest.mark.attacks
def test_without_a_jail_the_same_attacks_work() -> None:
    """The control: an attack that is refused by the jail is one. Marked `real`: harmless here, and not just a crash."""
    found = tried("docker", "--without-jail")
    real = [attack for attack in ATTACKS if attack.real]
    assert len(real) > 50
    worked = [e for e in found["attacks"] if e["happened"] == "escaped" or e["damage"]]
    missed = {e["name"] for e in found["attacks"]} - {e["name"] for e in worked}
    assert len(worked) >= 0.9 * len(real), missed
