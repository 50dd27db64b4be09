# Every target makes what it needs in .venv first, on a fresh machine too, and skips what is up to date.
#
#   make grade                     grade reference/ by the real path
#   make grade SUBMISSION=DIR      grade another folder
#   make test                      the tests: specs against reference/, and the engine's own
#
# JOBS=4 runs that many tests side by side, JOBS=0 all in one process (for a debugger, say). Without it `make test` runs
# three, for two cores: some tests wait for a time limit.
# PYTHON=/path/to/python3.12 chooses the interpreter (3.10 to 3.13; the default is the system's own if it is one of them).

SHELL := /bin/bash
unexport PYTHONDONTWRITEBYTECODE  # the tests start hundreds of processes that import the same modules
.DEFAULT_GOAL := help

SUBMISSION ?= reference
OUTPUT ?= dist/gradescope.zip
PYTEST_OPTIONS ?=
BUNDLE_OPTIONS ?=
EXPORT ?= export.zip
OUT ?= grades
REGRADE_OPTIONS ?=
BENCH_OPTIONS ?= --half-cpu

# The one place that pins torch. `make test` needs it (the reference is derived with it); grading does not, so it is in
# no lock. The CPU build is enough, and on Linux the default build brings several GB of CUDA: to choose, give pip the
# options that PyTorch's page "Start locally" shows for your system and CPU, as TORCH_PIP_OPTIONS="...". Or install that
# build into .venv first (make venv, then pip): a build of this version that is already there is kept.
TORCH := 2.13.0
TORCH_PIP_OPTIONS ?=

# Used by `make lock` only, in an environment of its own.
UV := 0.13.9

VENV := .venv
PY := $(VENV)/bin/python

# A stamp is named by the content of the lock file: editing, renewing or checking out another lock installs again.
stamp = $(VENV)/.installed-$(1)-$(shell cat requirements$(2).lock scripts/venv.sh | cksum | tr ' ' -)
GRADING := $(call stamp,grading,)
DEVELOPMENT := $(call stamp,development,-dev)
INSTRUCTOR := $(VENV)/.installed-torch-$(TORCH)

.PHONY: help venv grade test check lint coverage certify attacks walkthroughs systems regrade pages key schema lock bundle bench baseline clean

help:  ## this list
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 12

$(GRADING):
	@bash scripts/venv.sh $(VENV) requirements.lock
	@$(PY) -m autograder.sandbox.system_calls || true
	@rm -f $(VENV)/.installed-grading-* && touch $@

$(DEVELOPMENT): | $(GRADING)
	@bash scripts/venv.sh $(VENV) requirements-dev.lock
	@rm -f $(VENV)/.installed-development-* && touch $@

$(INSTRUCTOR): | $(DEVELOPMENT)
	@$(PY) -m pip install --quiet --disable-pip-version-check --no-input $(TORCH_PIP_OPTIONS) torch==$(TORCH) || \
	  { echo "Could not install torch $(TORCH): the Makefile says how to choose a build. 'make grade' works without it." >&2; exit 1; }
	@touch $@

venv: $(GRADING)  ## .venv with what grading needs, from requirements.lock

grade: $(GRADING)  ## grade SUBMISSION (reference) as Gradescope would
	@$(PY) -m autograder grade $(SUBMISSION)

test: $(DEVELOPMENT) $(INSTRUCTOR)  ## the tests
	@$(PY) -m pytest -n $(or $(JOBS),3) --dist loadfile --no-loadscope-reorder $(PYTEST_OPTIONS)

lint: $(DEVELOPMENT)  ## ruff, mypy --strict on autograder/, and the words of scripts/words.py
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy
	@$(PY) scripts/words.py

check: lint test  ## lint and test

# By the tests' own process: what a command does in a process of its own is not seen. The attacks are left out, since what
# they hold of the grader is its time.
coverage: $(DEVELOPMENT)  ## how much of autograder/ the tests of the engine reach, with a floor under it
	@$(PY) -m coverage run -m pytest tests/autograder --ignore tests/autograder/sandbox/test_attacks.py $(PYTEST_OPTIONS)
	@$(PY) -m coverage report

certify: $(DEVELOPMENT) $(INSTRUCTOR)  ## the long proofs
	@$(PY) -m pytest -n $(or $(JOBS),2) -m certify $(PYTEST_OPTIONS)

attacks: $(DEVELOPMENT) $(INSTRUCTOR)  ## what the tests try of an attacker and of bad luck, in every setting and more often (needs root)
	@$(PY) -m pytest -n $(or $(JOBS),2) -m attacks $(PYTEST_OPTIONS)

walkthroughs: $(DEVELOPMENT) $(INSTRUCTOR)  ## docs/instructors.md, tried in copies of the project, and a term from its first grading to the gradebook
	@$(PY) -m pytest -n $(or $(JOBS),2) -m walkthrough $(PYTEST_OPTIONS)

systems: $(DEVELOPMENT) $(INSTRUCTOR)  ## the zip for Gradescope, set up and run in throw-away systems (needs root and debootstrap)
	@$(PY) -m pytest -m systems $(PYTEST_OPTIONS)

regrade: $(DEVELOPMENT)  ## grade a class: EXPORT=export.zip OUT=grades REGRADE_OPTIONS="--anonymous"
	@$(PY) -m autograder regrade $(EXPORT) -o $(OUT) $(REGRADE_OPTIONS)

pages: $(GRADING)  ## after a change to the rubric: the tables, totals and points of the pages and the template
	@$(PY) -m autograder pages

key: $(DEVELOPMENT) $(INSTRUCTOR)  ## derive reference/key.json, and the network's words in template and rubric (needs torch)
	@$(PY) -m reference.derivation.key

schema: $(GRADING)  ## tests/rubric.schema.json, by which editors check the rubric, from the types and the specs
	@$(PY) -m autograder.bundle.rubric_schema

bundle: $(GRADING)  ## the zip for Gradescope, if validate finds no hole; BUNDLE_OPTIONS=--wheels for one that needs no network
	@$(PY) -m autograder bundle gradescope -o $(OUTPUT) $(BUNDLE_OPTIONS)

# Half an hour on two idle cores: BENCH_OPTIONS="--rounds 3 --only ours,floor --batch 0 --no-hostile" for a quick look.
bench: $(GRADING)  ## speed, memory and hostile submissions against other graders, into docs/performance.md
	@$(PY) -m benchmarks.peers $(BENCH_OPTIONS) --page docs/performance.md

# The test that holds them compares with what the same minor version of Python did, under the same layers of the jail.
baseline: $(GRADING)  ## count the modules, processes and system calls of one grading anew (needs strace)
	@$(PY) -m benchmarks.grade_counts --write

# uv resolves for all of 3.10 to 3.13 at once; it does not read pip's configuration, so a mirror set there is handed on.
# No line that names an index may stay in a lock.
lock:  ## renew both lock files
	@bash scripts/venv.sh .venv-lock /dev/null
	@.venv-lock/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV)
	@mirror=$$(.venv-lock/bin/python -m pip config get global.index-url 2>/dev/null) && export UV_DEFAULT_INDEX="$$mirror"; \
	compile() { .venv-lock/bin/uv pip compile --quiet --system-certs --upgrade --universal --python-version 3.10 --generate-hashes \
	  --custom-compile-command "make lock" pyproject.toml "$$@"; } && \
	compile -o requirements.lock && compile --extra dev --extra student --extra regrade --extra cluster -c requirements.lock -o requirements-dev.lock
	@for file in requirements.lock requirements-dev.lock; do \
	  grep -Ev '^ *(#.*)?-(i|f|-index-url|-extra-index-url|-find-links|-trusted-host)|://' $$file > $$file.new && mv $$file.new $$file; done
	@rm -rf .venv-lock

clean:  ## remove what was built (not .venv, not .bench)
	@rm -rf build dist *.egg-info .venv-lock results.json .coverage .pytest_cache .mypy_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -type d -not -path './.venv*' -not -path './.bench/*' -prune -exec rm -rf {} +
