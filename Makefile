# Every target makes the checkout's own environment first, if it is not there.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.installed

.PHONY: demo test check bench clean

demo: $(READY)            ## load MovieLens, train, publish, recommend with reasons
	$(BIN)/hopline demo

test: $(READY)            ## unit and integration tests, on a real embedded Neo4j
	$(BIN)/python -m pytest

check: $(READY)           ## format, lint, types, layers, dependencies
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry .

bench: $(READY)           ## the benchmarks this machine has the data for
	$(BIN)/python -m benchmarks loop --dataset ml100k --json
	$(BIN)/python -m benchmarks snapshot --json
	$(BIN)/python -m benchmarks sync --json

clean:
	rm -rf $(VENV) build dist *.egg-info

$(READY): pyproject.toml
	@$(PYTHON) -c 'import sys; ok = (3, 10) <= sys.version_info[:2] <= (3, 11); sys.exit(0 if ok else "Hopline needs Python 3.10 or 3.11 (DGL has no wheels for newer ones); this is " + sys.version.split()[0] + ". Set PYTHON=python3.11.")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[demo,text,tensorboard,serve,client,plots,onnx,dev]'
	touch $(READY)
