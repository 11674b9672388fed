# The quickstart and the checks. Nothing is needed but Python 3.10 or newer, make and PyPI.

PYTHON ?= python3
STACK ?=
ENGINE ?= auto
CLOUD ?= fake
FAKE_PORT ?= 9611
BIN := .venv/bin

# The fake service listens on this machine only, and these keys open nothing else.
ifeq ($(CLOUD),fake)
FAKE := http://127.0.0.1:$(FAKE_PORT)
export AGENTRUN_CONTROL_ENDPOINT := $(FAKE)
export AGENTRUN_FC_ENDPOINT := $(FAKE)
export AGENTRUN_SLS_ENDPOINT := $(FAKE)
export AGENTRUN_OSS_ENDPOINT := $(FAKE)
export AGENTRUN_STS_ENDPOINT := $(FAKE)
export AGENTRUN_DATA_ENDPOINT := $(FAKE)
export AGENTRUN_ACCESS_KEY_ID := demo-key
export AGENTRUN_ACCESS_KEY_SECRET := demo-secret
export AGENTRUN_ACCOUNT_ID := 1234567890123456
endif

RUN := $(BIN)/python examples/quickstart/run.py
OPTIONS = --stack "$(STACK)" --engine $(ENGINE) --fake "$(FAKE)"

.PHONY: help up preview refresh down test format requirements browser clean

help:
	@echo "make up [STACK=prod]   deploy the quickstart (fake service unless CLOUD=real)"
	@echo "make preview           show what up would change"
	@echo "make refresh           compare the state with the service"
	@echo "make down              destroy the stacks and stop the fake service"
	@echo "make test              formatter, linter, types, tests"
	@echo "ENGINE=local|pulumi    choose the engine; default: pulumi if it is on the PATH"

up preview refresh down: .venv/installed
	@$(RUN) $@ $(OPTIONS)

test: .venv/installed-dev .venv-clients/installed browser
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/mypy tests/sdk/typing_examples.py
	$(BIN)/python -m pytest -n 4 --dist worksteal

format: .venv/installed-dev
	$(BIN)/python -m agentrun_provider.sdk_source sdk/python/pulumi_agentrun
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Pinned with hashes; written anew from pyproject.toml.
requirements: .venv/installed-dev
	$(BIN)/uv pip compile -q --universal --python-version 3.10 --generate-hashes --no-header \
		--extra testing --extra build -o requirements/up.txt pyproject.toml requirements/build.in
	$(BIN)/uv pip compile -q --universal --python-version 3.10 --generate-hashes --no-header \
		--extra testing --extra build -o requirements/dev.txt pyproject.toml requirements/build.in requirements/dev.in
	$(BIN)/uv pip compile -q --universal --python-version 3.10 --generate-hashes --no-header \
		-o requirements/clients.txt requirements/clients.in

.venv/installed: requirements/up.txt pyproject.toml
	@echo "Installing into .venv ..."
	@test -d .venv || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/up.txt
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

# Many and large packages: uv takes a quarter of pip's time, which stands by where uv finds no index.
define install_pinned
	@$(BIN)/uv pip install -q --system-certs --require-hashes --python $(1)/bin/python -r $(2) || \
		$(1)/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r $(2)
endef

.venv/installed-dev: .venv/installed requirements/dev.txt
	$(call install_pinned,.venv,requirements/dev.txt)
	@touch $@

# The vendor's own clients need versions that Pulumi can't live with, so they live apart.
.venv-clients/installed: requirements/clients.txt .venv/installed-dev
	@test -d .venv-clients || $(PYTHON) -m venv .venv-clients
	$(call install_pinned,.venv-clients,requirements/clients.txt)
	@touch $@

# The fake's page is looked at in a real browser. Only root, as in a container, gets one installed.
browser:
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
			echo "Installing a browser ..."; \
			(apt-get -qq update && DEBIAN_FRONTEND=noninteractive \
			apt-get -qq install -y --no-install-recommends chromium) >/dev/null 2>&1; \
		else false; fi || echo "No browser could be installed: the test of the fake's page will be skipped."

clean:
	rm -rf .venv .venv-clients .agentrun .pulumi-state
