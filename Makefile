# Two commands for people: `make serve` and `make test`. Each does all the set-up that it needs.
PYTHON ?= python3
PORT ?= 8000
HOST ?= 127.0.0.1
VENV := .venv
BIN := $(VENV)/bin
DOCUMENTS := $(if $(MENTORGRAPH_DOCUMENTS),--documents "$(MENTORGRAPH_DOCUMENTS)")

.PHONY: serve test setup setup-test assets build lint bench clean

serve: build assets
	$(BIN)/mentorgraph serve --host $(HOST) --port $(PORT) $(DOCUMENTS)

build: $(VENV)/.installed
	$(BIN)/mentorgraph build $(DOCUMENTS)

test: setup-test assets
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest

bench: $(VENV)/.installed-bench
	$(BIN)/python -m bench compare

setup: $(VENV)/.installed
setup-test: $(VENV)/.installed-test
assets: service/assets/dist/.built

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "MentorGraph needs Python 3.11 or newer; set PYTHON=/path/to/it")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"

$(VENV)/.installed: pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo "Installing MentorGraph and what it needs into $(VENV) (once; a minute or two) ..."
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable . --group web
	@touch $@

$(VENV)/.installed-test: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --group test
	@touch $@

$(VENV)/.installed-bench: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --group bench
	@touch $@

service/assets/dist/.built: package.json package-lock.json $(wildcard service/assets/*.js service/assets/*.css) | $(VENV)/.installed
	@echo "Bundling the pages' scripts and styles ..."
	$(BIN)/python -m service.assets.bundle

clean:
	rm -rf $(VENV) node_modules releases service/assets/dist
