# jesuisinternet: everything a person types. Needs make and Python >= 3.11 (PYTHON=… names one).

PY := .venv/bin/python
EDITOR := package.json package-lock.json $(wildcard static/editor/*.js)
CATALOGS := $(wildcard translations/*/LC_MESSAGES/*.po)

export JSI_DEMO ?= 1

.PHONY: run test check lint bench catalogs clean
.NOTPARALLEL:

run: .venv/.run .venv/.catalogs .venv/.editor
	@exec $(PY) -m app.serve

test: .venv/.dev .venv/.catalogs .venv/.editor
	@# Three on two processors: many tests wait for a browser, a server or a worker.
	@$(PY) -m pytest -n 3 --dist loadfile --no-loadscope-reorder

check: lint test

lint: .venv/.dev .venv/.catalogs
	@$(PY) -m ruff format --check .
	@$(PY) -m ruff check .
	@$(PY) -m mypy
	@.venv/bin/lint-imports
	@$(PY) tools/catalogs.py check --warn

bench: .venv/.dev .venv/.catalogs .venv/.editor
	@$(PY) -m bench

catalogs: .venv/.dev
	@$(PY) tools/catalogs.py update
	@$(PY) tools/catalogs.py compile
	@touch .venv/.catalogs

clean:
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis node_modules static/built
	find app bench migrations tests tools -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true
	rm -f translations/*/LC_MESSAGES/*.mo

.venv/.run: requirements.txt
	@tools/setup run

.venv/.dev: requirements-dev.txt
	@tools/setup dev

.venv/.catalogs: $(CATALOGS) | .venv/.run
	@$(PY) tools/catalogs.py compile
	@touch $@

.venv/.editor: $(EDITOR) tools/editor.py | .venv/.run
	@$(PY) tools/editor.py
