# make run: the demo company on this machine.   make test: all tests.
PYTHON ?= python3
BIN := .venv/bin
export DJANGO_SETTINGS_MODULE ?= config.settings.dev

.PHONY: run test check bench demo-city

run: .venv/.installed
	@$(BIN)/python manage.py migrate --verbosity 0
	@$(BIN)/python manage.py load_demo
	@sh scripts/serve

demo-city: .venv/.installed
	@mkdir -p var
	@MAX_TARGETS_PER_DEPARTMENT=3 DATABASE_URL=sqlite:///$(CURDIR)/var/city.sqlite3 sh -c '\
	  $(BIN)/python manage.py migrate --verbosity 0 && $(BIN)/python manage.py load_demo_city'

test: .venv/.installed-dev
	@sh scripts/test

check: .venv/.installed-dev
	@sh scripts/check

bench: .venv/.installed-dev
	@sh scripts/bench

.venv/.installed: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Ninetyfive needs Python 3.11 or newer; set PYTHON=python3.11")'
	@echo "Setting up: packages first, then a year of figures; about a minute."
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/.installed-dev: .venv/.installed requirements-dev.txt
	@$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@
