# The four things to do with this project; each first makes the virtual environment that it needs.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# the machine's own certificates count too, as behind a company proxy
export UV_SYSTEM_CERTS := true
export NODE_USE_SYSTEM_CA := 1
export PATH := $(CURDIR)/$(BIN):$(PATH)
# compiled bindings save seconds on every run
unexport PYTHONDONTWRITEBYTECODE

.PHONY: review test lint bench mutants format lock clean

review: $(VENV)/.made  ## synthesize, plan, judge, and write out/review.html
	groundplan review $(ARGS)

test: $(VENV)/.made node_modules/.made  ## every test, the real cdktf command included
	pytest -n 2 --dist loadfile --no-loadscope-reorder $(ARGS)

lint: $(VENV)/.made
	ruff check .
	ruff format --check .
	mypy

bench: $(VENV)/.made
	python -m benchmarks $(ARGS)

mutants: $(VENV)/.made  ## small changes in policies/ that no test notices
	python -m mutants $(ARGS)

format: $(VENV)/.made
	ruff check --fix .
	ruff format .

lock: $(VENV)/.made  ## pin anew what pyproject.toml allows
	uv pip compile -q --upgrade --python-version 3.11 --universal --generate-hashes --no-emit-index-url --no-header --extra dev pyproject.toml -o requirements.lock

clean:
	rm -rf $(VENV) node_modules out cdktf.out .groundplan

$(VENV)/.made: requirements.lock bootstrap.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r bootstrap.lock
	$(BIN)/uv pip sync --quiet --require-hashes --python $(BIN)/python requirements.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
	touch $@

node_modules/.made: package-lock.json $(VENV)/.made
	npm ci --ignore-scripts --no-progress --loglevel=error
	touch $@
