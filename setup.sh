#!/usr/bin/env bash
# Gradescope runs this once, as root, while it builds the image: make /autograder/venv and hide the assignment.
#
# The system's python3 is left as it is, because Gradescope's own harness runs on it. No compiler is needed. With a zip from
# `python -m autograder bundle gradescope --wheels` no network is needed either. Running it again is harmless.
set -euo pipefail

source_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
venv=/autograder/venv
cd "$source_dir"

[ "$(id -u)" = 0 ] || {
    echo "setup.sh must run as root, as Gradescope does. On your own machine use 'make grade'." >&2
    exit 1
}

export PIP_NO_CACHE_DIR=1
bash scripts/venv.sh --apt "$venv" requirements.lock wheels

# The sandbox filters system calls. The filter is compiled here, once, by libseccomp; grading only reads the result.
# Without libseccomp the sandbox does with its other layers, and says so in every grading.
compile_filter() { PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$source_dir "$venv/bin/python" -m autograder.sandbox.system_calls; }
if ! compile_filter 2>/dev/null; then
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends libseccomp2 >/dev/null 2>&1 || true
    compile_filter || echo "warning: student code runs without a system call filter" >&2
fi

# Compiled once here, since a run writes no byte code. Checked by hash, not by time: every file in the zip is dated 1980.
"$venv/bin/python" -I -m compileall -q --invalidation-mode checked-hash autograder reference student_template tests
PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$source_dir "$venv/bin/python" -m autograder.assignment.frozen || true
PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$source_dir "$venv/bin/python" -c 'import gradescope_utils, msgspec, numpy, yaml, autograder'

# Student code runs as another user: it may read the interpreter's packages, and nothing of the assignment.
chmod a+x /autograder
chmod -R a+rX "$venv"
chown -R 0:0 "$source_dir"
chmod -R go= "$source_dir"
# In the log of the build, for the staff; every result says the same to them and to students.
echo "ready: $("$venv/bin/python" --version), $venv"
PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$source_dir "$venv/bin/python" -m autograder.assignment.versions || true
