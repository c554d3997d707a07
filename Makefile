# make run    everything from a fresh clone to http://127.0.0.1:8080
# make test   lint, types and every test, browser included
# make help   the rest

PORT ?= 8080
DATA ?= data
ARGS ?=
PYTEST_ARGS ?=
# Tests wait for servers some of their time: two for each processor, as more of them wait for each other, and not so many that memory ends.
JOBS ?= $(shell n=$$(getconf _NPROCESSORS_ONLN); echo $$((n > 4 ? 8 : 2 * n)))

VENV := .venv
BIN := $(VENV)/bin
STATIC := engine/baton/web/static/index.html
COMPILE = $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-emit-package baton-worker
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet install

export CHROMIUM SEED
# Tests start hundreds of processes: each would compile all of Baton again where the environment forbids to keep that.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: api-types docs-settings docs-permissions help run build packages release dev test test-engine test-browser soak screenshots hooks lint types format bench trace fuzz-api chaos chaos-cluster attack kill-all conformance dmn-tck lock upgrade clean
.DEFAULT_GOAL := help

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: .make/installed $(STATIC) ## start everything on http://127.0.0.1:8080 (PORT=…), data in ./data (DATA=…)
	@exec $(BIN)/baton serve --port $(PORT) --data $(DATA) $(ARGS)

dev: .make/dev .make/npm ## for changing Baton: engine and designer restart on save (PORT=…, DATA=…); open http://127.0.0.1:5173
	@exec $(BIN)/python scripts/dev.py --port $(PORT) --data $(DATA) $(ARGS)

hooks: .make/dev .make/npm ## check every commit as CI does (pre-commit)
	$(BIN)/pre-commit install

build: .make/installed $(STATIC) ## install and build, start nothing

packages: build ## make wheels and source packages of baton-bpmn and baton-worker (DIST=dist)
	$(BIN)/python -m hatchling build -d $(abspath $(DIST))
	cd packages/worker && $(abspath $(BIN))/python -m hatchling build -d $(abspath $(DIST))

release: .make/dev ## check everything that a release needs, make its packages in dist, and say what to do next
	@$(BIN)/python scripts/release.py

test: ## lint, types, unit, integration and browser tests
	@# What takes seconds comes first: a mistake in it ends the run before the long tests begin.
	@$(MAKE) --no-print-directory -j4 lint test-designer test-tools
	@$(MAKE) --no-print-directory -j2 types test-all

test-engine: .make/dev ## the Python tests without a browser and without Node.js
	$(BIN)/pytest -n $(JOBS) --dist worksteal -m "not browser and not node and not soak" $(PYTEST_ARGS)

test-browser: .make/dev $(STATIC) ## the browser tests alone
	@scripts/need-chromium
	$(BIN)/pytest -m browser $(PYTEST_ARGS)

.PHONY: test-all test-designer test-tools
test-tools: .make/dev .make/clients .make/openid .make/java .make/brokers $(STATIC)

test-designer: .make/npm
	cd designer && npm run --silent check

test-all: test-tools
	@scripts/need-chromium
	@# Tests that run make themselves are not part of this one.
	MAKEFLAGS= $(BIN)/pytest -n $(JOBS) --dist worksteal $(PYTEST_ARGS)

soak: .make/dev ## long storms: brokers killed, many roles, thousands of orders and random processes (SEED=1)
	$(BIN)/pytest -m soak --durations=0 $(PYTEST_ARGS)

lint: .make/dev ## ruff: rules and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .make/dev ## pyright: strict for the engine, standard for tests and measurements
	$(BIN)/pyright

format: .make/dev ## let ruff mend what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

screenshots: .make/dev .make/npm $(STATIC) ## every screen, light and dark, at three widths, into ./screenshots
	@scripts/need-chromium
	$(BIN)/python -m tests.browser.screenshots $(ARGS)

bench: .make/dev ## measure; figures and what they mean are in bench/README.md
	$(BIN)/python -m bench $(ARGS)

trace: .make/dev ## count the functions on the way of a start, a completion, a timer and a deployment
	$(BIN)/python -m bench.trace $(ARGS)

fuzz-api: .make/dev ## requests made from the OpenAPI description: make fuzz-api EXAMPLES=100 SEED=1
	$(BIN)/python -m tests.web.fuzz $(if $(EXAMPLES),--examples $(EXAMPLES)) $(if $(SEED),--seed $(SEED)) $(ARGS)

chaos: .make/dev ## kill and freeze at random amid running orders: make chaos ORDERS=10000 SEED=1
	$(BIN)/python -m tests.crash.chaos $(if $(ORDERS),--orders $(ORDERS)) $(if $(SEED),--seed $(SEED)) $(ARGS)

chaos-cluster: .make/dev ## kill and freeze primaries of a Cluster amid running samples: make chaos-cluster ORDERS=1000 SEED=1
	$(BIN)/python -m tests.crash.cluster_storm $(if $(ORDERS),--orders $(ORDERS)) $(if $(SEED),--seed $(SEED)) $(ARGS)

attack: .make/dev ## how long others wait, and how much memory is held, while a server is attacked (Linux)
	$(BIN)/python -m tests.crash.attack $(ARGS)

kill-all: .make/dev ## kill -9 of the whole process tree amid 200 running orders, three times
	$(BIN)/python -m tests.e2e.kill_all $(if $(ORDERS),--orders $(ORDERS)) $(if $(SEED),--seed $(SEED)) $(ARGS)

conformance: .make/dev ## a third-party conformance suite: make conformance BETSY=/path/to/betsy
	$(BIN)/python -m tests.conformance $(BETSY) $(ARGS)

dmn-tck: .make/dev ## the DMN compatibility kit: make dmn-tck TCK=/path/to/tck/TestCases
	$(BIN)/python -m tests.conformance.dmn $(TCK) $(ARGS)

upgrade: .make/dev ## open with this release what an earlier one has left: make upgrade FROM=revision
	$(BIN)/python -m tests.upgrade $(FROM) $(ARGS)

lock: .make/dev ## pin what is new among the dependencies and leave the rest: commit the lock files
	$(PIP) uv
	$(COMPILE) --extra build pyproject.toml -o requirements.lock
	$(COMPILE) --extra build --extra async --extra rabbitmq --extra kafka --extra sqs --extra otlp --extra archive --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock
	$(COMPILE) scripts/release-tools.in -o requirements-release.lock

lock-newest: ## pin the newest allowed versions of all dependencies
	@$(MAKE) --no-print-directory lock COMPILE="$(COMPILE) --upgrade"

docs-settings: .make/dev ## generate the tables of docs/reference/configuration.md
	@$(BIN)/python -m scripts.settings_page

docs-permissions: .make/dev ## generate the table of docs/reference/permissions.md
	@$(BIN)/python -m scripts.permissions_page

api-types: .make/dev ## generate the designer's types of the API
	@scripts/check-node
	@cd designer/api-types && npm ci --silent --no-audit --no-fund
	$(BIN)/python scripts/api_types.py

clean: ## forget what was installed and built (never touches data)
	rm -rf $(VENV) .make designer/node_modules engine/baton/web/static .pytest_cache .ruff_cache .hypothesis

# -- what the targets above depend on ----------------------------------------------------------------------------------

$(BIN)/python:
	@python=$$(PYTHON="$(PYTHON)" scripts/find-python) && echo "Making $(VENV) with $$python …" && "$$python" -m venv $(VENV)

.make/installed: $(BIN)/python requirements.lock pyproject.toml
	@mkdir -p .make
	@scripts/take-jemalloc
	@echo "Installing Baton's pinned dependencies …"
	@$(PIP) --require-hashes -r requirements.lock
	@$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

.make/dev: .make/installed requirements-dev.lock
	@echo "Installing what the tests need …"
	@# Of these many modules few are loaded: they are compiled when they are.
	@$(PIP) --no-compile --require-hashes -r requirements-dev.lock
	@touch $@

.make/npm: designer/package-lock.json
	@scripts/check-node
	@mkdir -p .make
	@echo "Installing the designer's pinned dependencies …"
	@cd designer && npm ci --silent --no-audit --no-fund
	@touch $@

.make/clients: tests/clients/js/package-lock.json
	@scripts/check-node
	@mkdir -p .make
	@cd tests/clients/js && npm ci --silent --no-audit --no-fund
	@touch $@

.make/openid: tests/openid/package-lock.json
	@scripts/check-node
	@mkdir -p .make
	@cd tests/openid && npm ci --silent --no-audit --no-fund
	@touch $@

# Where Java is missing the tests of the Java client say so and are skipped.
.make/java: tests/clients/java/pom.xml
	@mkdir -p .make
	@if command -v mvn >/dev/null 2>&1; then cd tests/clients/java && mvn -B -q prepare-package && touch lib/.installed; fi
	@touch $@

# Brokers that the tests start on loopback (Maven's downloads are not for two at once); where Java is missing those tests say so and are skipped.
.make/brokers: tests/brokers/kafka/pom.xml tests/brokers/elasticmq/pom.xml tests/brokers/zipkin/pom.xml | .make/java
	@mkdir -p .make
	@if command -v mvn >/dev/null 2>&1; then for broker in kafka elasticmq zipkin; do (cd tests/brokers/$$broker && mvn -B -q prepare-package && touch lib/.installed) || exit 1; done; fi
	@touch $@

$(STATIC): .make/npm $(shell find designer -type f -not -path '*/node_modules/*' 2>/dev/null)
	@echo "Building the designer …"
	@cd designer && npm run --silent build -- --logLevel warn
	@touch $@
