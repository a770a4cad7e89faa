# make lab: open the notebooks.  make test: run everything.  Both build .venv once.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
WORKERS ?= 2

# One thread a worker: several processes of several threads each slow one another down.
export OMP_NUM_THREADS ?= 1

.PHONY: lab test lint results js clean

lab: .venv/.lab
	env -u OMP_NUM_THREADS $(BIN)/jupyter lab notebooks

test: .venv/.test
	$(BIN)/ruff check .
	$(BIN)/basedpyright
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder tests
	$(BIN)/python -m pytest -o addopts=-q --nbval-lax --nbval-current-env -n $(WORKERS) --dist loadfile notebooks

lint: .venv/.test
	$(BIN)/ruff check --fix .

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/.lab: .venv/bin/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet -c constraints.txt -e ".[lab,video]"
	touch $@

.venv/.test: .venv/bin/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet -c constraints.txt -e ".[test]"
	touch $@ .venv/.lab

# every table and figure of README, RESULTS and the notebooks; PARTS="shipped figures" makes some of them
results: .venv/.test
	$(BIN)/python tools/make_results.py $(PARTS)

# the scripts that ship, of the modules in js/; needs node
js: .venv/.test js/node_modules/.bin/esbuild
	$(BIN)/python tools/make_js.py

js/node_modules/.bin/esbuild: js/package.json
	npm --prefix js install --no-audit --no-fund
	touch $@

clean:
	rm -rf .venv js/node_modules build *.egg-info .pytest_cache .ruff_cache .hypothesis
