# Two commands set everything up on a machine that has Python 3.11 or later and make:
#   make demo    the main job on the sample collection, from a messy folder to a library and back
#   make test    the tests
# Everything they install goes into .venv, in this folder.

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: demo test check lab notebooks names bench sweep powercut format clean
.DELETE_ON_ERROR:

demo: .venv/.plain
	$(BIN)/python notebooks/demo.py

test: .venv/.dev
	$(BIN)/python -m pytest $(PYTEST)
	$(BIN)/python -m pytest --nbval --nbval-sanitize-with notebooks/sanitize.cfg notebooks/*.ipynb

check: .venv/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# The long ones: a kill before every system call, 20,000 damaged headers, every container with every codec.
sweep: .venv/.dev
	$(BIN)/python -m pytest -m slow --timeout 3600 $(PYTEST)

# Power cuts on disks in image files, a hundred of apply and of undo on each kind of file system; needs root.
powercut: .venv/.dev
	$(BIN)/python -m pytest -m slow --timeout 3600 tests/stages/test_powercut.py $(PYTEST)

lab: .venv/.dev
	$(BIN)/jupyter lab notebooks

notebooks: .venv/.dev
	$(BIN)/python notebooks/refresh.py

# How well names are read, beside guessit: the table of the README.
names: .venv/.dev
	$(BIN)/python -m benchmarks.accuracy

bench: .venv/.dev
	$(BIN)/python -m benchmarks

format: .venv/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "mediaorg needs Python 3.11 or later; say which: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || \
		{ echo "this Python cannot make environments; on Debian and Ubuntu: apt install python3-venv"; exit 1; }
	$(PYTHON) -m venv .venv

.venv/.plain: pyproject.toml | .venv/bin/python
	$(PIP) install --editable .
	@touch $@

.venv/.dev: pyproject.toml | .venv/bin/python
	$(PIP) install --editable '.[dev]'
	@touch $@ .venv/.plain
