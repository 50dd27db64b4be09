"""`python -m autograder.check`: the same as `python -m autograder check`."""

from __future__ import annotations

import runpy
import sys

sys.argv[1:1] = ["check"]
runpy.run_module("autograder", run_name="__main__", alter_sys=True)
