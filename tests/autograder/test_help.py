"""Every command's help says what it does, and shows one example, which the command's own parser takes."""

from __future__ import annotations

import argparse
import shlex
from importlib import import_module

import pytest

from autograder.__main__ import COMMANDS

BEGINS = "example: python -m autograder "
WIDTH = 78  # of a terminal of 80 columns: no example is broken


@pytest.mark.parametrize("command", COMMANDS)
def test_help_says_what_a_command_does_and_shows_an_example(command: str) -> None:
    parser = argparse.ArgumentParser(prog=f"autograder {command}")
    import_module(f"autograder.{COMMANDS[command][0]}.command").add_arguments(command, parser)
    assert parser.description
    assert parser.description[0].isupper()
    assert parser.description.endswith(".")
    example = parser.epilog or ""
    assert example.startswith(f"{BEGINS}{command}")
    assert len(example) <= WIDTH
    assert example in parser.format_help()
    parser.parse_args(shlex.split(example.removeprefix(BEGINS))[1:])
