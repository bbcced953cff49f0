# Each target is one line; `make help` lists them.
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
PIP = $(PYTHON) -m pip --python $(VENV)/bin/python --quiet --disable-pip-version-check --no-input
CASUALTY_PORT ?= 8000
CASUALTY_DATA_DIR ?= data
export CASUALTY_PORT CASUALTY_DATA_DIR
# the tests start hundreds of processes, each of which would compile every module anew
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help install serve dashboards test test-long test-quick test-spark bench-scale check clients client-check catalogue docs audit lower-bounds lock notebook notebooks bench bench-accuracy bench-reconcile bench-ingest bench-draft bench-checks bench-serve bench-cost bench-large bench-edge world soak nightly fuzz faults clean
.DEFAULT_GOAL := help

help:  ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 22

install: $(VENV)/.serve  ## virtual environment with the locked dependencies and the `casualty` command

serve: install  ## the service on http://127.0.0.1:8000 (CASUALTY_PORT, CASUALTY_DATA_DIR)
	@exec $(VENV)/bin/casualty serve

test: $(VENV)/.test  ## every test, browser tests included, but those of test-long
	@sh tests/browser/ensure-chromium && $(VENV)/bin/python -m pytest -q -n 2 --dist loadfile --no-loadscope-reorder -m "not long"

test-long: $(VENV)/.test  ## the walk-through, command by command, Schemathesis against the description of the API, every page under axe, clients/r where there is R, the steps of the Dockerfile (minutes)
	@sh tests/browser/ensure-chromium && $(VENV)/bin/python -m pytest -q -n 2 --dist loadfile --no-loadscope-reorder -m long

test-quick: $(VENV)/.test  ## the spec and unit tests only
	@$(VENV)/bin/python -m pytest -q -x tests/spec tests/unit -m "not long" --deselect tests/unit/test_wheel.py

test-spark: $(VENV)/.spark  ## a real Spark cluster on the loopback, one worker of it killed midway (needs Java 17; minutes)
	@CASUALTY_SPARK=1 $(VENV)/bin/python -m pytest -q -rs tests/spark

check: $(VENV)/.test  ## style, types, the direction of imports, the description of the API, the documentation site, advisories about dependencies
	@$(VENV)/bin/ruff check . && $(VENV)/bin/ruff format --check . && $(VENV)/bin/mypy && $(VENV)/bin/lint-imports --no-cache && $(VENV)/bin/python -m tests.openapi && $(VENV)/bin/python -m tests.site --check && $(VENV)/bin/python -m tests.audit

dashboards: $(VENV)/.test  ## Superset itself on a release: do the queries of docs/dashboards.md give it the same rows? (fetches 0.9 GB)
	@$(VENV)/bin/python -m tests.dashboards

clients: $(VENV)/.test  ## write what clients/js and clients/r list of verbs, filters and columns; the help of R too, where it has roxygen2
	@$(VENV)/bin/python -m clients.generate
	@! command -v Rscript >/dev/null || Rscript -e 'roxygen2::roxygenise("clients/r", load_code = "source")'

client-check: $(VENV)/.test  ## types of clients/js, R CMD check of clients/r, and a client made of the description of the API (needs the network)
	@npx --yes --package typescript@5.9.3 tsc -p clients/js && echo "clients/js: tsc finds no error"
	@sh clients/r/check
	@mkdir -p build && $(VENV)/bin/python -c "import json; from service.web.app import create_app; print(json.dumps(create_app().openapi()))" > build/openapi.json
	@PATH=$(abspath $(VENV))/bin:$$PATH uv tool run openapi-python-client@0.29.1 generate --path build/openapi.json --output-path build/client --meta none --overwrite --fail-on-warning --config tests/openapi/client.yaml

docs: $(VENV)/.docs  ## the documentation site (build/docs/index.html, offline); writes docs/reference and the man page anew
	@$(VENV)/bin/python -m tests.reference && $(VENV)/bin/python -m tests.site

audit: $(VENV)/.test  ## is a locked dependency known to be vulnerable? (says so where that cannot be known)
	@$(VENV)/bin/python -m tests.audit

catalogue: $(VENV)/.test  ## write new messages into the catalogue of every language
	@$(VENV)/bin/python -m tests.catalogue

lower-bounds: $(VENV)/.test  ## do the oldest libraries that pyproject.toml allows serve, ingest and draw?
	@$(VENV)/bin/python -m tests.lower_bounds

lock: $(VENV)/.test  ## resolve the dependencies anew into the lock files
	@$(VENV)/bin/uv pip compile --quiet --no-header --no-annotate --universal --python-version 3.11 --generate-hashes --group build --group dev --extra serve --extra mcp --extra spark pyproject.toml -o requirements-spark.lock
	@for file in requirements.lock:build requirements-dev.lock:dev; do $(VENV)/bin/uv pip compile --quiet --no-header --no-annotate --universal --python-version 3.11 --generate-hashes --group build --group $${file#*:} --extra serve --extra mcp pyproject.toml -o $${file%:*}; done
	@$(VENV)/bin/uv pip compile --quiet --no-header --no-annotate --universal --python-version 3.11 --generate-hashes --group docs --constraints requirements-dev.lock -o requirements-docs.lock

notebook: $(VENV)/.test  ## Jupyter Lab on the notebooks, whose ledgers are gone when they are closed (fetches Jupyter Lab)
	@$(VENV)/bin/python -c "import jupyterlab" 2>/dev/null || $(PIP) install "jupyterlab>=4.4"
	@scratch=$$(mktemp -d) && trap 'rm -rf "$$scratch"' EXIT INT TERM && CASUALTY_DATA_DIR=$$scratch/data $(VENV)/bin/python -m jupyterlab notebooks

notebooks: $(VENV)/.test  ## run every notebook from top to bottom
	@$(VENV)/bin/python -m pytest -q tests/notebooks

bench: bench-reconcile bench-edge world bench-ingest bench-serve bench-cost bench-large bench-checks bench-accuracy  ## every bench, one after the other (hours); writes docs/benchmarks.md and the pages beside it
	@if command -v java >/dev/null; then $(MAKE) bench-scale ROWS=1e7 WRITE=--write; else echo "no Java here: bench-scale is left out" >&2; fi

EVENTS ?= 350000
world: $(VENV)/.test  ## a made-up world of EVENTS events in 130 countries: loaded, served, charted; writes docs/benchmarks.md
	@$(VENV)/bin/python -m bench.world --events $(EVENTS)

bench-accuracy: $(VENV)/.test  ## back-tests against later truth; writes docs/accuracy.md
	@$(VENV)/bin/python -m bench.accuracy

bench-reconcile: $(VENV)/.test  ## reconciling and revisions beside a bare GROUP BY, and DuckDB, pandas and Polars by hand; writes docs/benchmarks.md
	@$(VENV)/bin/python -m bench.reconcile --write

nightly: $(VENV)/.test  ## the property tests again with random examples, 100,000 for each parser; 1,000 histories of a copy; 20,000 requests; 200 runs of the model of a ledger
	@HYPOTHESIS_PROFILE=searching CASUALTY_EXAMPLES=100000 $(VENV)/bin/python -m pytest -q -n 2 tests/spec tests/unit tests/contract/test_sync.py tests/web/test_schemathesis.py tests/faults/test_ledger_model.py

SECONDS ?= 60
fuzz: $(VENV)/.test  ## the parsers under a coverage-guided fuzzer, SECONDS for each (installs atheris)
	@$(PIP) install -r tests/fuzz/requirements.txt && $(VENV)/bin/python -m tests.fuzz --seconds $(SECONDS)

faults: $(VENV)/.test  ## power cuts, flips, tamperings, failing calls, kills, in the thousands (hours; PARTS="http calls" for some); writes docs/reliability.md
	@$(VENV)/bin/python -m tests.faults $(PARTS)

bench-ingest: $(VENV)/.test  ## ingest throughput beside DuckDB and pandas, and of a daily table; writes docs/benchmarks.md
	@$(VENV)/bin/python -m bench.ingest --days 365 --write

bench-draft: $(VENV)/.test  ## precision and recall of the drafts from plain text
	@$(VENV)/bin/python -m bench.draft

bench-serve: $(VENV)/.test  ## answers a second beside a bare route and Datasette; writes docs/serving.md (needs wrk)
	@$(VENV)/bin/python -m bench.serve --rows 1e6 --write

bench-cost: $(VENV)/.test  ## what any one question may cost on a crisis of 100,000 reports; writes docs/cost.md
	@$(VENV)/bin/python -m bench.cost --write

bench-edge: $(VENV)/.test  ## what caches in front of the server spare it, under a Zipf load; writes docs/benchmarks.md
	@$(VENV)/bin/python -m bench.edge --write

bench-large: $(VENV)/.test  ## start, verify and rebuild of a ledger of a million reports; writes docs/reliability.md
	@$(VENV)/bin/python -m bench.large --write

bench-checks: $(VENV)/.test  ## precision and recall of the ingest checks; writes docs/checks.md
	@$(VENV)/bin/python -m bench.checks

ROWS ?= 1e5
bench-scale: $(VENV)/.spark  ## ROWS reports published, reconciled here and on one and two Spark workers, and served (needs Java 17)
	@$(VENV)/bin/python -m bench.scale --rows $(ROWS) $(WRITE)

MINUTES ?= 10
soak: $(VENV)/.test  ## a server under readers and a desk for MINUTES: does memory or the number of open files grow? writes docs/reliability.md
	@$(VENV)/bin/python -m bench.soak --minutes $(MINUTES) --write

clean:  ## remove what the targets made; the data directory stays
	@rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(VENV)/bin/python:
	@$(PYTHON) -m venv --without-pip $(VENV)

# $(call watched,WORDS,COMMAND): says what is done, and goes on with a dot every other second until it is
watched = printf '%s ' "$(1)" >&2; (while sleep 2; do printf . >&2; done) & dots=$$!; $(2); code=$$?; kill $$dots; echo >&2; exit $$code

$(VENV)/.serve: $(VENV)/bin/python requirements.lock pyproject.toml
	@$(call watched,Setting up $(VENV) with $$(grep -c == requirements.lock) locked packages (once; about half a minute),$(PIP) install --require-hashes -r requirements.lock && $(PIP) install --no-deps --no-build-isolation -e . && touch $@)

$(VENV)/.spark: $(VENV)/.test requirements-spark.lock
	@command -v java >/dev/null || { echo "Spark needs Java 17: apt-get install openjdk-17-jre-headless" >&2; exit 1; }
	@$(PIP) install --require-hashes -r requirements-spark.lock && touch $@

$(VENV)/.docs: $(VENV)/.test requirements-docs.lock
	@$(PIP) install --require-hashes -r requirements-docs.lock && touch $@

$(VENV)/.test: $(VENV)/.serve requirements-dev.lock
	@$(call watched,Adding what the tests need: $$(grep -c == requirements-dev.lock) locked packages,$(PIP) install --require-hashes -r requirements-dev.lock && touch $@)
