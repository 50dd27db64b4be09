#!/usr/bin/env bash
# Make a virtual environment and install one lock file into it, every file checked against its hash.
#
#   scripts/venv.sh [--apt] VENV LOCK [WHEELS]
#
# The Makefile makes .venv with it and setup.sh makes /autograder/venv, so that both grade with the same packages.
# LOCK is installed from the folder WHEELS, with no network, where that folder exists. --apt allows `apt-get install`.
# PYTHON=/path/to/python3 chooses the interpreter. Running it again repairs what is broken and is quick otherwise.
set -euo pipefail

die() {
    printf '%s\n' "$@" >&2
    exit 1
}

apt=no
if [ "${1-}" = --apt ]; then
    apt=yes
    shift
fi
[ $# -ge 2 ] || die "usage: scripts/venv.sh [--apt] VENV LOCK [WHEELS]"
venv=$1 lock=$2 wheels=${3-}

# Other users must be able to read what is made here: student code runs under a user id of its own.
umask 022

# Prints the interpreter's own path if it can serve: Python 3.10 to 3.13. As root it must also be readable by other users,
# because the student's process (another user id) imports from its standard library. Exit 4: in range, but private.
probe='
import os, sys
if not (3, 10) <= sys.version_info[:2] <= (3, 13):
    sys.exit(3)
paths = {os.path.realpath(sys.executable), os.path.realpath(os.__file__)}
while any(os.path.dirname(path) not in paths for path in paths):
    paths |= {os.path.dirname(path) for path in paths}
private = [path for path in paths if not os.stat(path).st_mode & (0o001 if os.path.isdir(path) else 0o004)]
print(sys.executable)
sys.exit(4 if private and os.geteuid() == 0 else 0)
'

# `ensurepip` comes in a package of its own on Debian and Ubuntu.
has_ensurepip() { "$1" -I -c 'import ensurepip, venv; ensurepip.version()' 2>/dev/null; }
debian_package() { "$1" -I -c 'import sys; print("python3.%d-venv" % sys.version_info[1])'; }

python='' without_ensurepip='' private=''
consider() {
    local found status=0
    found=$("$1" -I -c "$probe" 2>/dev/null) || status=$?
    if [ "$status" = 4 ]; then
        private=${private:-$found}
    elif [ "$status" = 0 ] && has_ensurepip "$found"; then
        python=$found
    elif [ "$status" = 0 ]; then
        without_ensurepip=${without_ensurepip:-$found}
    fi
}

choose_python() {
    python='' without_ensurepip='' private=''
    if [ -n "${PYTHON-}" ]; then
        consider "$PYTHON"
        if [ -z "$python" ] && [ -n "$private" ]; then
            echo "warning: other users cannot read $private: student code will not run under a user id of its own" >&2
            python=$private
        fi
        return
    fi
    local candidate
    for candidate in /usr/bin/python3 /usr/bin/python3.{13,12,11,10} /usr/local/bin/python3 python3 python3.{13,12,11,10}; do
        candidate=$(command -v "$candidate") || continue
        consider "$candidate"
        # With --apt the system's own interpreter is worth a package: look no further than the first that could serve.
        if [ -n "$python" ] || { [ "$apt" = yes ] && [ -n "$without_ensurepip" ]; }; then
            return
        fi
    done
}

apt_install() {
    export DEBIAN_FRONTEND=noninteractive
    apt-get install -y -qq --no-install-recommends "$@" >/dev/null 2>&1 ||
        { apt-get update -qq && apt-get install -y -qq --no-install-recommends "$@"; } >&2
}

require_python() {
    choose_python
    if [ -z "$python" ] && [ -n "$without_ensurepip" ] && [ "$apt" = yes ]; then
        apt_install "$(debian_package "$without_ensurepip")" ||
            die "apt-get could not install $(debian_package "$without_ensurepip"), which $without_ensurepip needs to make a virtual environment." \
                "It needs a network while the image is built: choose a base image that has python3-venv, or allow the network."
        choose_python
    fi
    if [ -z "$python" ] && [ -n "$without_ensurepip" ]; then
        die "$without_ensurepip cannot make a virtual environment: its ensurepip is missing." \
            "On Debian and Ubuntu: apt-get install $(debian_package "$without_ensurepip")"
    fi
    if [ -z "$python" ] && [ -n "$private" ]; then
        die "The only Python 3.10 to 3.13 here is $private, and other users cannot read it." \
            "Student code runs under a user id of its own and could not import its standard library." \
            "Install one that they can read (Debian, Ubuntu: apt-get install python3 python3-venv), or use this one all the same: PYTHON=$private"
    fi
    [ -n "$python" ] ||
        die "${PYTHON:+$PYTHON will not do: }a Python from 3.10 to 3.13 is needed, with its venv module." \
            "Install one (Debian, Ubuntu: apt-get install python3 python3-venv) or name one: PYTHON=/path/to/python3.12" \
            "On Gradescope choose the base image Ubuntu 22.04."
}

# A venv whose interpreter is gone (the system was upgraded) or out of range is made anew.
usable='import pip, sys; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 13))'
usable_venv() { [ -x "$venv/bin/python" ] && "$venv/bin/python" -I -c "$usable" 2>/dev/null; }

if ! usable_venv; then
    require_python
    echo "making $venv with $("$python" -I -c 'import sys; print(sys.executable, sys.version.split()[0])')"
    "$python" -I -m venv --clear "$venv"
fi

from=()
if [ -n "$wheels" ] && [ -d "$wheels" ]; then
    from=(--no-index --find-links "$wheels")
    hint="The wheels in $wheels are for Linux on x86_64 and CPython 3.10 to 3.13: is this such a machine?"
else
    hint="Without a network on Gradescope: build the zip with 'python -m autograder bundle gradescope --wheels'. Behind a mirror or proxy: set PIP_INDEX_URL or HTTPS_PROXY."
fi
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-input --require-hashes --only-binary :all: \
    ${from[@]+"${from[@]}"} -r "$lock" ||
    die "Could not install $lock into $venv (pip says above what is missing)." "$hint"
