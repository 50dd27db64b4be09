"""The zip set up and run the way Gradescope does it, in throw-away systems: Python 3.10, 3.11, 3.13. `make systems`."""

from __future__ import annotations

import json
import math
import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from autograder import bundle
from tests.homework import planted
from tests.packaging import interpreters, throwaway_system
from tests.packaging.throwaway_system import System

pytestmark = pytest.mark.systems
ROOT = Path(__file__).resolve().parents[2]

# Made up after real files, with what the documentation leaves out or says otherwise: numbers as text, nulls and more.
METADATA = {
    "id": 123456789,
    "created_at": "2025-03-01T23:58:59.123456-05:00",
    "assignment_id": None,
    "submission_method": "upload",
    "users": [
        {
            "id": 1,
            "email": "zoë@example.edu",
            "name": "Zoë O'Neil",
            "sid": "",
            "sections": [],
            "assignment": {"release_date": "2025-02-01T00:00:00-05:00", "due_date": None, "late_due_date": None},
        }
    ],
    "assignment": {
        "id": 42,
        "title": "Homework 3",
        "due_date": "2025-03-02T23:59:00-05:00",
        "late_due_date": None,
        "total_points": "11.5",
        "course_id": 7,
        "group_submission": False,
        "group_size": None,
        "outline": [
            {"id": 1, "type": "ProgrammingQuestion", "title": "Autograder", "parent_id": None, "weight": "9.5"}
        ],
    },
    "previous_submissions": [
        {
            "id": 5,
            "submission_time": "2025-02-28T10:00:00-05:00",
            "score": "3.25",
            "autograder_error": False,
            "results": None,
        }
    ],
    "a_key_nobody_documented": [[], {}],
}


@dataclass(frozen=True)
class Scenario:
    """One kind of image. `bare`: no venv package and no wheels in the zip, so setup.sh needs apt and the network."""

    name: str
    suite: str
    version: str
    foreign_python: int | None = None
    bare: bool = False


SCENARIOS = (
    Scenario("bookworm-3.11", "bookworm", "3.11"),
    Scenario("trixie-3.13", "trixie", "3.13"),
    Scenario("bookworm-with-3.10", "bookworm", "3.10", foreign_python=10),
    Scenario("bookworm-without-venv-or-wheels", "bookworm", "3.11", bare=True),
)


def give_up(reason: str) -> None:
    """A machine that cannot run this skips it; where CI=true, what CI installs must be there."""
    if os.environ.get("CI"):
        pytest.fail(f"CI must run this, but it {reason}")
    pytest.skip(reason)


@pytest.fixture(scope="module")
def zips(tmp_path_factory: pytest.TempPathFactory) -> dict[bool, Path]:
    """The zip with wheels (True) and without."""
    if reason := throwaway_system.why_not():
        give_up(reason)
    folder = tmp_path_factory.mktemp("zips")
    return {wheels: bundle.gradescope(ROOT, folder / f"{wheels}.zip", wheels) for wheels in (True, False)}


@dataclass(frozen=True)
class Image:
    """A system after setup.sh, ready for submissions."""

    scenario: Scenario
    system: System
    log: str

    def grade(
        self, submission: Path | None, metadata: bool = True, emails: Sequence[str] = ()
    ) -> tuple[dict[str, Any], str]:
        """Fresh folders, the metadata, run_autograder, as for each submission; returns results.json and the log."""
        autograder = self.system.autograder
        for name in ("submission", "results"):
            shutil.rmtree(autograder / name, ignore_errors=True)
            (autograder / name).mkdir()
        for path in sorted(submission.iterdir()) if submission else ():
            if path.is_file():
                shutil.copy(path, autograder / "submission")
        (autograder / "submission_metadata.json").unlink(missing_ok=True)
        if metadata:
            users = [{"id": 1, "name": "x", "email": email, "sid": ""} for email in emails]
            told = METADATA | ({"users": users} if users else {})
            (autograder / "submission_metadata.json").write_text(json.dumps(told), encoding="utf-8")
        env = {"TIMEOUT_SECONDS": "600", "SUBMISSION_URL": "secret"}
        done = self.system.run("/autograder/run_autograder", env=env)
        return strict_json((autograder / "results/results.json").read_bytes(), done.stdout), done.stdout


def strict_json(data: bytes, log: str) -> dict[str, Any]:
    """As the platform reads it: UTF-8 without a mark, an object, every number finite."""

    def refuse(word: str) -> float:
        raise ValueError(f"{word} in results.json")

    try:
        results = json.loads(data.decode("utf-8"), parse_constant=refuse)
    except ValueError as error:
        pytest.fail(f"{error}\nlog:\n{log}")
    assert isinstance(results, dict)
    return results


def total(results: dict[str, Any]) -> float:
    if results.get("score") is not None:
        return float(results["score"])
    return math.fsum(test.get("score") or 0 for test in results["tests"])


@pytest.fixture(scope="module", params=SCENARIOS, ids=lambda scenario: scenario.name)
def image(request: pytest.FixtureRequest, zips: dict[bool, Path]) -> Iterator[Image]:
    scenario: Scenario = request.param
    foreign = interpreters.find(scenario.foreign_python) if scenario.foreign_python else None
    if scenario.foreign_python and foreign is None:
        pytest.skip(f"no Python 3.{scenario.foreign_python} on this machine to copy")
    with tempfile.TemporaryDirectory(dir=throwaway_system.CACHE.parent, prefix="gradescope-") as folder:
        try:
            system = throwaway_system.unpack(scenario.suite, Path(folder, "system"))
        except RuntimeError as error:
            give_up(str(error))
        if foreign:
            throwaway_system.replace_system_python(system, foreign)
        if scenario.bare:
            throwaway_system.remove_package(system, "python3-venv", f"python{scenario.version}-venv")
        yield build(scenario, system, zips[not scenario.bare])


def build(scenario: Scenario, system: System, archive: Path) -> Image:
    """Unpacks the zip as Gradescope's image build does, and runs setup.sh."""
    with zipfile.ZipFile(archive) as zipped:
        for entry in zipped.infolist():
            path = Path(zipped.extract(entry, system.autograder / "source"))
            path.chmod(entry.external_attr >> 16 & 0o777)
    shutil.copy(system.autograder / "source/run_autograder", system.autograder / "run_autograder")
    env = throwaway_system.lend_network_settings(system) if scenario.bare else {}
    done = system.run("/autograder/source/setup.sh", env=env, network=scenario.bare)
    assert done.returncode == 0, done.stdout
    return Image(scenario, system, done.stdout)


def test_setup_uses_the_system_python(image: Image) -> None:
    assert f"ready: Python {image.scenario.version}." in image.log, image.log


def test_setup_leaves_the_system_python_alone(image: Image) -> None:
    done = image.system.run("/usr/bin/python3", "-c", "import numpy")
    assert "No module named 'numpy'" in done.stdout


def test_reference_earns_every_point(image: Image) -> None:
    results, log = image.grade(ROOT / "reference")
    assert total(results) == planted.FULL, log + json.dumps(results, indent=1)[:5000]


def test_metadata_may_be_absent(image: Image) -> None:
    results, log = image.grade(ROOT / "reference", metadata=False)
    assert total(results) == planted.FULL, log


def test_empty_submission_earns_nothing(image: Image) -> None:
    results, log = image.grade(None)
    assert total(results) == 0, log
    assert not results.get("extra_data", {}).get("rerun"), results


def test_other_users_read_packages_but_nothing_hidden(image: Image) -> None:
    image.grade(ROOT / "reference")
    code = """if True:
        import os, sys
        import numpy, decimal
        for path in sys.argv[1:]:
            assert os.access(path, os.R_OK) is False, path
            try:
                (os.listdir if not os.path.splitext(path)[1] else open)(path)
            except PermissionError:
                continue
            sys.exit(path + " can be read")
        print("closed")
    """
    hidden = ["source", "source/reference", "source/tests/rubric.yaml", "submission", "submission_metadata.json"]
    hidden += ["results", "results/results.json"]
    paths = [f"/autograder/{name}" for name in hidden]
    user = ["setpriv", "--reuid=12345", "--regid=12345", "--clear-groups"]
    done = image.system.run(*user, "/autograder/venv/bin/python", "-I", "-c", code, *paths)
    assert done.stdout == "closed\n"


def test_setup_twice_is_setup_once(image: Image) -> None:
    done = image.system.run("/autograder/source/setup.sh")
    assert done.returncode == 0, done.stdout
    assert "making" not in done.stdout
    results, log = image.grade(ROOT / "reference")
    assert total(results) == planted.FULL, log


@pytest.mark.parametrize("damage", ["no environment", "no packages", "no engine"])
def test_a_broken_image_is_said_as_ours(image: Image, damage: str) -> None:
    site_packages = next((image.system.autograder / "venv/lib").glob("python3.*/site-packages"))
    path = {
        "no environment": image.system.autograder / "venv",
        "no packages": site_packages,
        "no engine": image.system.autograder / "source/autograder/__main__.py",
    }[damage]
    aside = path.with_name(path.name + ".aside")
    path.rename(aside)
    try:
        results, log = image.grade(ROOT / "reference")
    finally:
        aside.rename(path)
    assert total(results) == 0
    assert results["extra_data"]["rerun"] is True, log
    assert "our fault" in results["output"].lower()
