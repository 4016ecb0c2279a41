.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ROOMS := core graph_schema security queries loaders simulator snapshot rings features registry risk policy scoring api fingraph cli
export FINGRAPH_CACHE ?= $(CURDIR)/.fingraph/cache
ARGS ?=
PYTEST := $(BIN)/python -m pytest -n 2 --dist loadgroup
TORCH ?=
READY := $(VENV)/.ready $(if $(TORCH),$(VENV)/.torch)
LOCK := uv pip compile --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 --quiet
# What is imported is compiled then; all of it takes a minute more than the rest of the installation. Where Python may keep no
# bytecode later, as in many images, it is compiled now, or each start would compile for half a minute.
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check $(if $(PYTHONDONTWRITEBYTECODE),,--no-compile)

.PHONY: help setup demo test lint check proofs goals lock format clean

help: ## what there is to make
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

setup: $(READY) ## the environment in .venv, command at .venv/bin/fingraph; TORCH=1: with the extra torch

$(VENV)/.ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "FinGraph needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version 2>&1). Set PYTHON=python3.12, say."; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing what requirements.lock names ..."
	@$(PIP) --require-hashes -r requirements.lock
	@$(PIP) --no-deps --editable .
	@touch $@

$(VENV)/.torch: requirements-torch.lock $(VENV)/.ready
	@echo "Installing what requirements-torch.lock names (about 5 GB) ..."
	@$(PIP) --require-hashes -r requirements-torch.lock
	@touch $@

demo: setup ## load a simulated lender, find its rings, show what to look at next
	@$(BIN)/fingraph demo $(ARGS)

test: setup ## every test, on a real Neo4j; TORCH=1: those that fit networks too
	@$(PYTEST) -m "not proof" $(ARGS)

lint: setup ## format, lint, types and floors
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

check: lint ## lint, and the tests that need no server
	@$(PYTEST) -m "not server and not proof" $(ARGS)

proofs: setup ## full-size proofs
	@$(BIN)/python -m pytest -m proof $(ARGS)

goals: setup ## the table of goals (ARGS=--json; RUN=name measures one anew)
	@$(BIN)/python -m benchmarks.goals $(if $(RUN),--run $(RUN)) $(ARGS)

lock: ## versions and hashes of everything installed, from pyproject.toml; of the extra torch, held to the same versions
	$(LOCK) pyproject.toml --extra dev --output-file requirements.lock
	$(PYTHON) -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["optional-dependencies"]["torch"], sep="\n")' | \
		$(LOCK) - --constraint requirements.lock --no-annotate --output-file requirements-torch.lock

format: setup ## put the code into shape
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

clean: ## remove what was built, not what was loaded
	rm -rf $(VENV) dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
