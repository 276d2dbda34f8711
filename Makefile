# Two commands set everything up on a fresh machine: `make run` and `make test`.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: run test lint ui fetch-demo gate bench check-defs lock clean-all

$(READY): requirements.lock pyproject.toml $(wildcard pipeline/native/*.h pipeline/native/*/*)
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

run: $(READY)  ## clean the samples that ship, in every format
	$(BIN)/thresher clean raw/samples -o clean --format txt,md,jsonl,parquet

test: $(READY) lint  ## linter, types, tests
	$(BIN)/python -m pytest

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# A demo of its own: raw pages, corpus and Dagster's books lie in build/ui. docs/dagster.md says how to run your own days.
DEMO := $(CURDIR)/build/ui
DEMO_FOLDERS := DAGSTER_HOME=$(DEMO) THRESHER_RAW=$(DEMO)/raw THRESHER_OUT=$(DEMO)/clean DAGSTER_DISABLE_TELEMETRY=1

ui: $(READY)  ## three days of samples in the Dagster UI on http://127.0.0.1:3000
	$(DEMO_FOLDERS) $(BIN)/python -m assets.demo
	$(DEMO_FOLDERS) $(BIN)/dg dev --host 127.0.0.1 --port 3000

check-defs: $(READY)  ## do the Dagster definitions load?
	DAGSTER_HOME=$(CURDIR) DAGSTER_DISABLE_TELEMETRY=1 $(BIN)/dg check defs

fetch-demo: $(READY)  ## fetch the samples over loopback, twice, then clean them
	rm -rf build/fetch-demo
	$(BIN)/python -m benchmarks.fetch_demo build/fetch-demo

gate: $(READY)  ## did anything fall below its floor? A fixed sample of the development packs
	$(BIN)/python -m benchmarks.gate

bench: $(READY)  ## quality and speed beside the peers, all pages; then the plot and the figures of the README
	$(BIN)/python -m benchmarks.compare --process --json build/figures.json
	$(BIN)/python -m benchmarks.folder --json build/folder.json
	$(BIN)/python -m benchmarks.plot build/figures.json docs/speed.svg
	$(BIN)/python -m benchmarks.figures build/figures.json --folder build/folder.json

# An older pip stumbles over extras that are named twice.
lock: $(READY)  ## write requirements.lock anew after a change of pyproject.toml
	$(BIN)/pip install --quiet --disable-pip-version-check --upgrade pip pip-tools
	$(BIN)/pip-compile --quiet --all-extras --generate-hashes --allow-unsafe --strip-extras --no-emit-index-url \
		--no-emit-find-links --no-emit-trusted-host --no-header --output-file requirements.lock pyproject.toml

clean-all:
	rm -rf $(VENV) .dagster .mypy_cache .ruff_cache .pytest_cache
