# Thin over the command line: every target is one call of `sre-agent` or of a checker, in a Python of its own.

VENV := .venv
PYTHON ?= python3
PYTEST ?= --numprocesses 3 --dist worksteal

# Everything here starts many short Python processes: without bytecode each would compile Pulumi's SDK anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help up preview refresh destroy stop test lint clean
.NOTPARALLEL:

help:
	@echo "make up        deploy the agent to an Azure that runs on this machine"
	@echo "make preview   show what up would change"
	@echo "make refresh   read what the local Azure really holds into the state"
	@echo "make destroy   delete what up created"
	@echo "make stop      stop the local Azure; its data stays"
	@echo "make test      run all tests"
	@echo "make lint      check format, style, types and the arrows between packages"
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

clean:
	@if [ -x $(VENV)/bin/sre-agent ]; then $(VENV)/bin/sre-agent local stop; fi
	@rm -rf $(VENV) .local

# Exact versions and hashes, from scratch whenever the lock changes; the project itself is installed as it lies here.
$(VENV)/ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "This needs Python 3.11 or newer, and $(PYTHON) is not: name one, as in make up PYTHON=python3.13" >&2; \
	  exit 2; }
	@echo "Making $(VENV), once: a minute with uv, a few without ..." >&2
	@rm -rf $(VENV)
	@if command -v uv >/dev/null 2>&1; then \
	  uv venv --quiet --seed --python "$$(command -v $(PYTHON))" $(VENV) && \
	  uv pip install --quiet --python $(VENV)/bin/python --no-deps --require-hashes \
	    --requirements requirements.lock && \
	  uv pip install --quiet --python $(VENV)/bin/python --no-deps --no-build-isolation --editable .; \
	else \
	  $(PYTHON) -m venv $(VENV) && \
	  $(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --no-compile --no-deps \
	    --require-hashes --requirement requirements.lock && \
	  $(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation \
	    --editable .; \
	fi
	@touch $@
