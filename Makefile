# `make` alone lists what there is. Everything is installed into .venv (the site) and .venv-test (the tests and
# checks), from lock files with hashes; nothing outside this folder is touched.

PYTHON ?= python3
ARGS ?=
# One process for each core; each starts with its share of the files, so that what a file shares is made once.
PARALLEL = --numprocesses auto --dist worksteal
ROUNDS ?= 200
TORTURE = tests/test_torture.py tests/test_import_kills.py tests/test_migration_kills.py tests/test_backup_kills.py \
	tests/test_server_stops.py tests/test_slow_clients.py tests/test_raw_http.py tests/test_concurrency.py tests/test_migrations.py \
	tests/web/test_fuzz.py tests/web/test_odd_forms.py tests/web/test_odd_parameters.py

export PIP_DISABLE_PIP_VERSION_CHECK = 1
# The tests start the program many times, and it need not be compiled each time.
unexport PYTHONDONTWRITEBYTECODE

help:  ## list these commands
	@awk -F ':.*  ## ' '/^[a-z-]+:.*  ## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

run: .venv/ready  ## start the site on http://127.0.0.1:8000 (HOST=… PORT=… to change)
	@.venv/bin/tracker db upgrade
	@.venv/bin/tracker seed --if-empty
	@exec .venv/bin/tracker serve

test: .venv-test/ready  ## run the tests (ARGS="-k status -x" goes to pytest)
	.venv-test/bin/python -m pytest $(PARALLEL) $(ARGS)

test-all: .venv-test/ready  ## run the tests, and all that touch the database on PostgreSQL too
	.venv-test/bin/python -m pytest $(PARALLEL) --all-engines $(ARGS)

coverage: .venv-test/ready  ## run the tests, and list the lines and branches that none of them reached
	.venv-test/bin/python -m coverage run -m pytest $(ARGS)
	.venv-test/bin/python -m coverage report

torture: .venv-test/ready  ## kill, flood and confuse the site, ROUNDS=200 times, and look for damage
	TORTURE_ROUNDS=$(ROUNDS) .venv-test/bin/python -m pytest $(TORTURE) $(ARGS)

check: .venv-test/ready  ## lint, formatting, types, import rules, templates
	.venv-test/bin/ruff check .
	.venv-test/bin/ruff format --check .
	.venv-test/bin/mypy
	.venv-test/bin/lint-imports --no-logo
	.venv-test/bin/djlint templates --check --lint

format: .venv-test/ready  ## put code and templates in the house format
	.venv-test/bin/ruff check --fix-only --quiet .
	.venv-test/bin/ruff format .
	-.venv-test/bin/djlint templates --quiet --reformat

demo-look: .venv-test/ready  ## see a bill move in an invented Parliament, and tell it on a desk (PORT=8010)
	@.venv-test/bin/python -m tests.official.demo

bench: .venv/ready  ## measure how fast the site is, in two minutes (ARGS="--only pages" for a part of it)
	.venv/bin/python -m bench $(ARGS)

lock:  ## renew requirements*.lock (needs uv: python3 -m pip install uv)
	@command -v uv >/dev/null || { echo 'make lock needs uv: $(PYTHON) -m pip install uv' >&2; exit 1; }
	$(UV_COMPILE) --group build --output-file requirements.lock
	$(UV_COMPILE) --group dev --output-file requirements-dev.lock

clean:  ## remove environments and caches (never var/, where the data is)
	rm -rf .venv .venv-test dist build htmlcov .coverage .hypothesis
	rm -rf .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: help run test test-all coverage torture check format demo-look bench lock clean

# No index address may reach the locks: where packages come from is for the machine that installs them to say.
UV_COMPILE = uv pip compile pyproject.toml --quiet --upgrade --extra postgres --python-version 3.11 --universal \
	--generate-hashes --no-header --no-emit-index-url --no-annotate

# The stamp is written last, so an interrupted install is done again.
.venv/ready: requirements.lock pyproject.toml
	$(call environment,.venv,requirements.lock)

.venv-test/ready: requirements-dev.lock pyproject.toml
	$(call environment,.venv-test,requirements-dev.lock)

# environment(folder, lock). A new lock gets a new environment; a new pyproject.toml alone does not.
# Debian's python3 makes no pip unless python3-venv is there; a pip of the system's own can stand in for it.
# Wheels only: building a package would fetch build tools that have no hash here.
define environment
@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	echo 'The tracker needs Python 3.11 or newer; "$(PYTHON)" is: '"$$($(PYTHON) --version 2>&1)" >&2; \
	echo 'Name another one: make $(MAKECMDGOALS) PYTHON=python3.12' >&2; exit 1; }
@case '$?' in *$(2)*) rm -rf $(1);; esac
@if $(1)/bin/python -c '' 2>/dev/null || $(PYTHON) -m venv --clear $(1) >/dev/null 2>&1; then :; \
elif $(PYTHON) -m pip --version >/dev/null 2>&1 && $(PYTHON) -m venv --clear --without-pip $(1); then :; \
else rm -rf $(1); \
	echo '"$(PYTHON) -m venv" cannot make an environment here. On Debian or Ubuntu: apt install python3-venv' >&2; \
	echo '(for a python3.12 of its own: python3.12-venv), then the same command again.' >&2; exit 1; fi
@echo 'Installing into $(1) from $(2), about a minute …'
@pip="$(1)/bin/python -m pip"; \
$$pip --version >/dev/null 2>&1 || pip="$(PYTHON) -m pip --python $(1)/bin/python"; \
$$pip install --quiet --only-binary :all: --require-hashes --requirement $(2) && \
$$pip install --quiet --no-deps --no-build-isolation --editable .
@touch $@
endef
