# Everything runs in a virtual environment of its own, .venv; nothing outside this folder is written.

NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for name in python3 python3.13 python3.12 python3.11 python3.14 python; do \
  $$name -c '$(NEW_ENOUGH)' 2>/dev/null && echo $$name && break; done)
VENV := .venv
BIN := $(VENV)/bin
# CI tries the same examples each time, so that it fails for what a change did; every other run tries new ones.
PYTEST := $(BIN)/python -m pytest $(if $(CI),--hypothesis-seed=0)
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
EXAMPLE := examples/legacy_service
RACES := async.py exit.py fork.py fork_connections.py rare_moments.py single_flight.py
METADATA := setup.cfg pyproject.toml

.PHONY: help check test quick static linter pools interpreters races packaging ecosystem tables site benchmark clean
.DEFAULT_GOAL := help

help: ## say what can be made
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1\t/' | expand -t 12

check: $(VENV)/installed ## lint the example service, or the repository that REPO=path names
ifdef REPO
	@echo "== client-pool check $(REPO)"
	@$(BIN)/client-pool check '$(REPO)'
else
	@echo "== client-pool check $(EXAMPLE): it exists to be found fault with, so findings do not fail here"
	@$(BIN)/client-pool check --exit-zero --statistics $(EXAMPLE)
endif

test: static linter pools packaging ## run every check and every test, as CI does

quick: static ## run what one runs all day: the static checks, and the tests that need no installation
	@echo "== pytest, without the slow tests"
	@$(PYTEST) --quiet --numprocesses auto -m 'not slow'

static: $(VENV)/installed-for-tests
	@echo "== ruff"
	@$(BIN)/ruff check
	@echo "== mypy --strict"
	@$(BIN)/mypy
	@echo "== import contracts"
	@$(BIN)/lint-imports
	@echo "== client-pool check, on this project itself"
	@$(BIN)/client-pool check --exclude examples .

linter: $(VENV)/installed-for-tests
	@echo "== pytest, the linter and the documents, with branch coverage"
	@$(PYTEST) --numprocesses auto --ignore tests/packaging --ignore tests/shared_clients \
	  --cov flake8_client_pool --cov-report term:skip-covered

pools: $(VENV)/installed-for-tests
	@echo "== pytest, the pools against servers"
	@$(PYTEST) --numprocesses auto tests/shared_clients

interpreters: $(VENV)/installed-for-tests ## run the pools' tests of threads, forks, loops and exits on each Python found
	@failed=; for found in $$($(BIN)/python -m tests.shared_clients.interpreters); do \
	  echo "== Python $${found%%=*}"; \
	  $(MAKE) --no-print-directory PYTHON="$${found#*=}" VENV=".cache/tests-on-$${found%%=*}" races \
	    || failed="$$failed $${found%%=*}"; \
	done; test -z "$$failed" || { echo "failed on:$$failed"; exit 1; }

races: $(VENV)/installed-for-tests
	@$(PYTEST) --numprocesses auto $(addprefix tests/shared_clients/test_,$(RACES))

packaging: $(VENV)/installed-for-tests
	@echo "== pytest, on the wheel and the source distribution as they are built"
	@$(PYTEST) --numprocesses auto --dist loadfile tests/packaging

ecosystem: $(VENV)/installed-for-benchmarks ## lint and fix real packages, compare with the record; or UPDATE=1, PEERS=1
	@$(BIN)/python tests/ecosystem $(if $(UPDATE),--update) $(if $(PEERS),--peers)

tables: $(VENV)/installed ## write the generated parts of the README
	@$(BIN)/python tests/documentation/tables.py

site: $(VENV)/installed-for-tests ## build the documentation into site/
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

benchmark: $(VENV)/installed-for-benchmarks ## time the linter beside its peers on TREE=path
	@$(BIN)/python benchmarks/check.py $(TREE)

clean: ## remove the virtual environment and everything else that was built
	rm -rf $(VENV) .cache build dist site *.egg-info .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	rm -rf .client-pool-cache .coverage .coverage.*

$(VENV)/made:
	@test -n "$(PYTHON)" && $(PYTHON) -c '$(NEW_ENOUGH)' \
	  || { echo "Python 3.11 or newer is needed and was not found; name one: make PYTHON=/path/to/python"; exit 1; }
	@echo "== making $(VENV)"
	@$(PYTHON) -m venv --clear $(VENV)
	@touch $@

$(VENV)/installed: $(VENV)/made $(METADATA)
	@echo "== installing flake8-client-pool into $(VENV)"
	@$(PIP) install --editable .
	@touch $@

$(VENV)/installed-for-tests: $(VENV)/made $(METADATA)
	@echo "== installing flake8-client-pool and what its tests need into $(VENV)"
	@$(PIP) install --editable '.[test]'
	@touch $@ $(VENV)/installed

$(VENV)/installed-for-benchmarks: $(VENV)/made $(METADATA)
	@echo "== installing flake8-client-pool and its peers into $(VENV)"
	@$(PIP) install --editable '.[benchmark]'
	@touch $@
