"""The table of system calls: every call is in it once, with a decision and a reason, and each limit can be compiled."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import pytest

from autograder.sandbox import system_calls
from autograder.sandbox.system_call_table import NEWEST, NUMBERS, decisions

TABLE = list(decisions())
# Named by kernels younger than the libseccomp of some machines; the numbers are the same on every architecture.
YOUNG = {
    457: "statmount",
    458: "listmount",
    459: "lsm_get_self_attr",
    460: "lsm_set_self_attr",
    461: "lsm_list_modules",
    462: "mseal",
    463: "setxattrat",
    464: "getxattrat",
    465: "listxattrat",
    466: "removexattrat",
}


def test_every_call_is_decided_once_and_with_a_reason() -> None:
    assert not [name for name, count in Counter(name for name, _, _ in TABLE).items() if count > 1]
    assert all(reason for _, _, reason in TABLE)
    assert {decision.split()[0] for _, decision, _ in TABLE} == {"allowed", "refused", "absent"}


@pytest.mark.skipif(sys.platform != "linux", reason="libseccomp is Linux's")
@pytest.mark.parametrize("architecture", ["X86_64", "AARCH64"])
def test_every_call_that_libseccomp_knows_is_in_the_table(architecture: str) -> None:
    seccomp = pytest.importorskip("pyseccomp")
    names = {name for name, _, _ in TABLE}
    known = {}
    for number in range(NEWEST + 1):
        try:
            name = seccomp.resolve_syscall(getattr(seccomp.Arch, architecture), number)
        except (ValueError, OSError):
            continue
        known[number] = name.decode() if isinstance(name, bytes) else name
    assert len(known) > 250
    assert not {name for name in (known | YOUNG).values() if name not in names}
    for name, number in NUMBERS.items():
        assert (known | YOUNG).get(number, name) == name


def test_every_limit_says_which_arguments_are_allowed() -> None:
    limited = [name for name, decision, _ in TABLE if decision.startswith("allowed if")]
    assert len(limited) > 10
    for name in limited:
        for pattern in system_calls.limits(name):
            assert pattern
            assert all(0 <= at <= 5 and value & ~mask == 0 for at, mask, value in pattern)


@pytest.mark.skipif(sys.platform != "linux", reason="libseccomp is Linux's")
def test_the_default_of_the_compiled_program_is_to_refuse() -> None:
    pytest.importorskip("pyseccomp")
    program = system_calls.compiled()
    returns = {program[at + 4 : at + 8] for at in range(0, len(program), 8) if program[at : at + 2] == b"\x06\x00"}
    words = {int.from_bytes(word, sys.byteorder) for word in returns}
    assert words == {0x7FFF0000, 0x00050001, 0x00050026, 0x00000000}  # allow, EPERM, ENOSYS, another architecture


@pytest.mark.parametrize("is_cache_wanted", [True, False])
def test_a_program_that_was_compiled_at_a_start_is_kept_for_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_cache_wanted: bool
) -> None:
    kept, made = tmp_path / "kept.bpf", []
    monkeypatch.setattr(system_calls, "compiled_file", lambda: str(kept))
    monkeypatch.setattr(system_calls, "compiled", lambda: made.append(1) or b"program")
    monkeypatch.setattr(sys, "dont_write_bytecode", not is_cache_wanted)
    assert system_calls.program() == system_calls.program() == b"program"
    assert len(made) == (1 if is_cache_wanted else 2)
    assert list(tmp_path.iterdir()) == ([kept] if is_cache_wanted else [])
