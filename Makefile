# Wardround: `make help` lists what there is.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin

# DATA= and PORT= reach the platform (make demo) and the servers of the tests (make test).
UP_FLAGS := $(if $(DATA),--data "$(DATA)") $(if $(PORT),--port $(PORT))
export WARDROUND_TEST_DATA := $(DATA)
export WARDROUND_TEST_PORT := $(PORT)
# Tests start some hundreds of processes; where Python may not keep what it compiled, each of them
# compiles everything anew, for 6 s of a processor (10 s to begin instead of 4).
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help demo test check bench ui format openapi locks clean

help: ## this list
	@awk -F':.*## ' '/^[a-z][a-z-]*:.*## /{printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: .venv/runtime ui ## install what is needed and run the demonstration hospital (DATA=, PORT=)
	@exec $(BIN)/wardround up --demo $(UP_FLAGS)

test: .venv/dev ui ## install what is missing and pass every test (DATA=, PORT=)
	@tools/system-packages chromium fonts-wqy-zenhei prometheus
	@tools/node npm --prefix ui run --silent test
	@$(if $(ARGS),tools/tests -n $${WARDROUND_TEST_WORKERS:-2} $(ARGS),tools/every-test)

check: .venv/dev ui ## format, lint, types, contracts between the rooms
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy wardround sim
	$(BIN)/lint-imports
	$(BIN)/vulture wardround sim --min-confidence 80 --exclude '*/migrations/*'
	$(BIN)/wardround pack check packs/base packs/service packs/monitors packs/platform packs/hospital
	tools/node npm --prefix ui run --silent check

bench: .venv/dev ## the table of figures, each beside its yardstick
	@tools/system-packages victoria-metrics
	@$(BIN)/python -m bench

ui: wardround/web/static/.built ## build the browser interface

format: .venv/dev ## put every file into the house's form
	$(BIN)/ruff format
	$(BIN)/ruff check --fix
	tools/node npm --prefix ui run --silent format

openapi: .venv/dev ## write docs/openapi.json and the interface's client from the routes
	$(BIN)/python -m tools.openapi > docs/openapi.json
	tools/node npm --prefix ui run --silent gen

locks: ## renew the pinned requirements from pyproject.toml
	tools/locks

clean: ## remove what was built and installed here (no data folder)
	rm -rf .venv ui/node_modules wardround/web/static

.venv/runtime: requirements.lock tools/install pyproject.toml
	@tools/install runtime $(PYTHON)

.venv/dev: requirements-dev.lock tools/install pyproject.toml
	@tools/install dev $(PYTHON)

UI_SOURCES := $(shell find ui -type f -not -path '*/node_modules/*' -not -path 'ui/dist/*' 2>/dev/null)
wardround/web/static/.built: $(UI_SOURCES) | .venv/runtime
	@tools/build-ui
