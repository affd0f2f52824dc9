# Thin over the command line: every target is one call of `sre-agent` or of a checker, in a Python of its own.

VENV := .venv
PYTHON ?= python3
PYTEST ?= --numprocesses 4 --dist worksteal
WHEEL := $(VENV)/wheel
MUTATION := $(VENV)/mutation
MUTANTS ?= 100
SEED ?= 12
MINUTES ?= 90
UV := $(shell command -v uv)

venv = $(if $(UV),$(UV) venv --quiet --seed --python "$$(command -v $(PYTHON))" $(1),$(PYTHON) -m venv $(1))
install = $(if $(UV),$(UV) pip install --quiet --python $(1)/bin/python,$(1)/bin/python -m pip install --quiet \
  --disable-pip-version-check --no-compile) --no-deps
# The policy SDK beside the rest, for it wants an older protobuf; tests start a policy pack with it.
install_policy_sdk = $(call install,$(1)) --target $(1)/policy --require-hashes --requirement $(POLICY_LOCK)
POLICY_LOCK := tests/review/policy/requirements.lock

# Everything here starts many short Python processes: without bytecode each would compile Pulumi's SDK anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help up preview refresh destroy stop test lint docs check wheel mutation clean
.NOTPARALLEL:

help:
	@echo "make up        deploy the agent to an Azure that runs on this machine"
	@echo "make preview   show what up would change"
	@echo "make refresh   read what the local Azure really holds into the state"
	@echo "make destroy   delete what up created"
	@echo "make stop      stop the local Azure; its data stays"
	@echo "make test      run all tests"
	@echo "make lint      check format, style, types and the arrows between packages"
	@echo "make check     what CI runs: lint, docs, and all tests on the wheel, installed apart from the tree"
	@echo "make docs      build the documentation's site, in site/; a dead link fails it"
	@echo "make mutation  measure how many of 100 small mistakes in the code the tests notice, in 90 minutes"
	@echo "make clean     stop the local Azure, remove .venv and everything deployed locally"
	@echo
	@echo "More, with help: $(VENV)/bin/sre-agent local --help"
	@echo "Another Python (3.11 or newer): make up PYTHON=python3.13"

up preview refresh destroy stop: $(VENV)/ready
	@$(VENV)/bin/sre-agent local $@

test: $(VENV)/ready
	@$(VENV)/bin/pytest $(PYTEST)

lint: $(VENV)/ready
	@$(VENV)/bin/ruff check --quiet
	@$(VENV)/bin/ruff format --check --quiet
	@$(VENV)/bin/mypy --no-error-summary
	@$(VENV)/bin/lint-imports --no-cache > $(VENV)/imports.log || { cat $(VENV)/imports.log; exit 1; }

check: lint docs wheel
	@$(WHEEL)/bin/pytest $(PYTEST)

docs: $(VENV)/ready
	@NO_MKDOCS_2_WARNING=1 $(VENV)/bin/mkdocs build --quiet
	@echo "site/index.html"

mutation: $(MUTATION)/ready
	@PYTHONPATH=tests nice $(MUTATION)/bin/python -m mutation.measure \
	  --mutants $(MUTANTS) --seed $(SEED) --minutes $(MINUTES)

clean:
	@if [ -x $(VENV)/bin/sre-agent ]; then $(VENV)/bin/sre-agent local stop; fi
	@rm -rf $(VENV) .local site

# Exact versions and hashes, from scratch whenever the lock changes; the project itself is installed as it lies here.
$(VENV)/ready: requirements.lock pyproject.toml $(POLICY_LOCK)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "This needs Python 3.11 or newer, and $(PYTHON) is not: name one, as in make up PYTHON=python3.13" >&2; \
	  exit 2; }
	@echo "Making $(VENV), once: Pulumi's SDK, this package and what tests it ..." >&2
	@echo "That is a minute with uv, a few without." >&2
	@rm -rf $(VENV)
	@$(call venv,$(VENV))
	@$(call install,$(VENV)) --require-hashes --requirement requirements.lock
	@$(call install_policy_sdk,$(VENV))
	@$(call install,$(VENV)) --no-build-isolation --editable .
	@touch $@

# The wheel in an environment of its own, as a user gets it: first alone, then with the extra and what tests need.
wheel: $(VENV)/ready
	@rm -rf $(WHEEL)
	@$(call venv,$(WHEEL))
	@$(VENV)/bin/hatchling build --target wheel --directory $(WHEEL)/dist > $(WHEEL)/build.log 2>&1 || { \
	  cat $(WHEEL)/build.log; exit 1; }
	@$(VENV)/bin/python .ci/base_requirements.py > $(WHEEL)/base.lock
	@$(call install,$(WHEEL)) --require-hashes --requirement $(WHEEL)/base.lock
	@$(call install,$(WHEEL)) $(WHEEL)/dist/*.whl
	@$(WHEEL)/bin/python .ci/without_extra.py
	@$(call install,$(WHEEL)) --require-hashes --requirement requirements.lock
	@$(call install_policy_sdk,$(WHEEL))

# What makes the mutants, and the tests that meet them: a copy of the tree is installed there, and changed.
$(MUTATION)/ready: $(VENV)/ready tests/mutation/requirements.lock
	@rm -rf $(MUTATION)
	@$(call venv,$(MUTATION))
	@$(call install,$(MUTATION)) --require-hashes --requirement requirements.lock
	@$(call install_policy_sdk,$(MUTATION))
	@$(call install,$(MUTATION)) --require-hashes --requirement tests/mutation/requirements.lock
	@touch $@
