SHELL := /bin/bash
.SHELLFLAGS := -e -o pipefail -c # a lock file is not written where its compiler fails

PYTHON ?= python3
IMAGE ?= sentry-plugin
# Set by CI: DOCKER_BUILD_FLAGS="--network host", PYTHON_FLAGS="-m coverage run", TESTS=...
DOCKER_BUILD_FLAGS ?=
PYTHON_FLAGS ?=
TESTS ?=
# As many processes as there are cores; 0 runs the tests in one, as a debugger needs it.
WORKERS ?= auto
PYTEST = .venv/bin/python $(PYTHON_FLAGS) -m pytest --numprocesses $(WORKERS) --dist loadgroup

.PHONY: help generate check fix test test-all demo image lock

help: ## Show these words
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1\t\2/p' Makefile | expand -t 18

generate: .venv/installed ## Write what is generated from plugin.spec.yaml and from the code
	.venv/bin/python tools/generate.py
	.venv/bin/python -m tools.document

check: .venv/installed ## Lint, format, types, structure, and whether the generated files are fresh
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy
	.venv/bin/python tools/generate.py --check
	.venv/bin/python -m tools.document --check
	.venv/bin/python tools/structure.py --check

fix: .venv/installed ## Format, and mend of what lint finds what can be mended
	.venv/bin/ruff check --quiet --fix-only
	.venv/bin/ruff format

test: .venv/installed ## Run the tests but slow ones; those that need a server are skipped where none is named
	$(PYTEST) -m "not slow" $(TESTS)

test-all: .venv/installed ## Run the slow tests, too
	$(PYTEST) $(TESTS)

demo: .venv/installed ## Run actions of each kind against a local stand-in for Sentry
	.venv/bin/python -m sentry_plugin.sandbox.demo

image: ## Build the Docker image, and write sbom.cdx.json, what is in it
	docker build $(DOCKER_BUILD_FLAGS) --tag $(IMAGE) .
	docker run --rm --network none --entrypoint cat $(IMAGE) /sbom.cdx.json >sbom.cdx.json

lock: .venv/installed ## Renew the versions and hashes in requirements.txt and requirements-dev.txt
	$(call lock,requirements.txt)
	$(call lock,requirements-dev.txt,--extra dev --constraint requirements.txt)

define lock # FILE OPTIONS
sed -n '/^#/p' $1 >$1.new
.venv/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
  --no-header --no-annotate $2 pyproject.toml | \
  sed -e ':join' -e '/\\$$/N; s/ *\\\n */ /; t join' >>$1.new
mv $1.new $1
endef

# What pyproject.toml asks for anew is installed once it is locked. By uv, which takes seconds for what takes pip a minute.
.venv/installed: pyproject.toml requirements-dev.txt
	$(PYTHON) -m venv --clear .venv # what an interrupted run left would not be mended
	grep '^uv==' requirements-dev.txt | .venv/bin/pip install --quiet --require-hashes --requirement /dev/stdin
	.venv/bin/uv pip sync --quiet --python .venv --compile-bytecode --require-hashes requirements-dev.txt
	.venv/bin/uv pip install --quiet --python .venv --no-build-isolation --no-deps --editable .
	touch $@
