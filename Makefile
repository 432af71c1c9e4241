# The commands of Runstead. `make help` lists them.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.SUFFIXES:
.PHONY: help run test engines check fix schema lock vendor bench screenshots clean

PORT ?= 8000
export PORT

VENV := .venv
PY := $(VENV)/bin/python
LOCK := ../$(VENV)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header --no-annotate

help:  ## This list
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 16

run: $(VENV)/server.stamp  ## Start the whole product (PORT=8000, RUNSTEAD_DATA=./data); Ctrl-C ends it
	@exec $(PY) manage.py up --with-parent $(ARGS)

test: $(VENV)/dev.stamp  ## Run all tests (ARGS="-k name" chooses some)
	@exec $(PY) tests/run.py $(ARGS)

engines: .venv-engines/stamp  ## Install the workflow engines that tests run for real, where they are there

check: $(VENV)/dev.stamp  ## Style, types, import contracts, migrations, OpenAPI
	@exec sh .ci/check

fix: $(VENV)/dev.stamp  ## Format, and repair what ruff can repair
	@$(VENV)/bin/ruff check --quiet --fix-only .
	@$(VENV)/bin/ruff format --quiet .

schema: $(VENV)/dev.stamp  ## Write openapi.yaml anew
	@data=$$(mktemp -d); trap "rm -rf $$data" EXIT; \
	RUNSTEAD_DATA=$$data $(PY) manage.py spectacular --validate --fail-on-warn --file openapi.yaml

bench: $(VENV)/dev.stamp  ## Run the benchmarks
	@exec $(PY) -m benchmarks $(ARGS)

screenshots: $(VENV)/dev.stamp  ## Take the pictures of the pages anew (ARGS="--all DIR" takes every page)
	@exec $(PY) -m screenshots $(ARGS)

lock: $(VENV)/dev.stamp  ## Lock the requirements anew (versions and hashes, no addresses)
	@cd requirements && for set in server cli dev engines s3 aws; do \
		echo "Locking requirements/$$set.txt"; \
		$(LOCK) $$set.in -o $$set.txt || exit 1; done

vendor:  ## Copy what the pages use of other people's work from npm (frontend/package.json) into the static files
	@cd frontend && npm ci --silent --no-audit --no-fund && node vendor.mjs

clean:  ## Remove the environment and the caches; the data stays
	@rm -rf $(VENV) .venv-engines .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The development set holds the server's, so one environment serves both; whichever came last is stamped.
$(VENV)/server.stamp: requirements/server.txt
	@sh requirements/install server

$(VENV)/dev.stamp: requirements/dev.txt
	@sh requirements/install dev

# Apart from ours: they bring what they like.
.venv-engines/stamp: requirements/engines.txt | $(VENV)/dev.stamp
	@echo "Installing the engines"
	@$(PY) -m venv --clear .venv-engines
	@.venv-engines/bin/python -m pip install --quiet --quiet --no-input --disable-pip-version-check --no-deps \
		--require-hashes --requirement requirements/engines.txt
	@touch $@
