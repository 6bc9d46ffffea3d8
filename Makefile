# Two commands a newcomer needs: `make demo` and `make test`. Everything lives in .venv.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: demo test lint types docs bench torture lock wheel clean

# ARGS="--port 9000" and so on; with ARGS="--weeks 0" it asks the one question only.
demo: $(VENV)/.app
	@$(BIN)/linkgap demo $(ARGS)

# CI adds ARGS="--cov …" so that the tests run once.
test: $(VENV)/.dev
	@$(BIN)/pytest --numprocesses auto $(ARGS)

lint: $(VENV)/.dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(VENV)/.dev
	@$(BIN)/mypy

# The tables and pictures of the docs that are made from the code.
docs: $(VENV)/.dev
	@for tool in doc_tables setting_tables troubleshooting floors; do $(BIN)/python tools/$$tool.py || exit; done

bench: $(VENV)/.bench
	@$(BIN)/python -m benchmarks

# ARGS="drip bombs" picks some of the attacks.
torture: $(VENV)/.dev
	@$(BIN)/python -m benchmarks.torture $(ARGS)

wheel: $(VENV)/.dev
	@rm -rf dist
	@$(BIN)/python -m pip wheel --quiet --no-deps --wheel-dir dist .

# Ranges live in pyproject.toml; what is installed here and in the image is pinned with hashes.
lock: $(VENV)/.dev
	@$(PIP) uv
	@$(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-header pyproject.toml -o requirements/app.lock
	@$(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-header pyproject.toml --group dev -o requirements/dev.lock
	@$(BIN)/python -c "import tomllib; print(*tomllib.load(open('pyproject.toml', 'rb'))['build-system']['requires'], sep='\n')" \
	  | $(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-header - -o requirements/build.lock

clean:
	@rm -rf $(VENV) dist .demo .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(VENV)/.app: pyproject.toml requirements/app.lock
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(PIP) --require-hashes -r requirements/app.lock
	@$(PIP) --no-deps --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.app requirements/dev.lock
	@$(PIP) --require-hashes -r requirements/dev.lock
	@touch $@

$(VENV)/.bench: $(VENV)/.dev
	@$(PIP) "pandas>=2.2" "polars>=1.20"
	@touch $@
