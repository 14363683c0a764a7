# Everything a fresh machine needs is Python 3.11 or later, make, git and bash. `make` alone lists what there is.

PORT ?= 8000
SEED ?= --people 2300 --ideas 10000 --comments 100000
RUN := .venv/bin/python
IS_NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for name in python3 python3.11 python3.12 python3.13 python3.14; do \
  "$$name" -c '$(IS_NEW_ENOUGH)' 2>/dev/null && { echo "$$name"; exit; }; done; echo python3)
INSTALL = command -v $(PYTHON) >/dev/null || { echo "Python 3.11 or later is needed, and there is no $(PYTHON) on this machine."; exit 1; }; \
  $(PYTHON) kiruna_innovation/embedded/install.py
WITH_NODE := PATH="$(CURDIR)/.venv/bin:$$PATH"
CATALOGUES := $(wildcard locale/*/LC_MESSAGES/django.po)
ASSET_SOURCES := $(wildcard static/src/* static/src/*/*) static/build.mjs

.DEFAULT_GOAL := help
.PHONY: help demo test check lock assets messages translations bench base dev
.SILENT:
.NOTPARALLEL:

help: ## list what there is to make
	sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1	\2/p' Makefile | expand -t 16

demo: base translations assets ## start everything with a lively demo; PORT= chooses the port
	PORT='$(PORT)' exec $(RUN) -m kiruna_innovation.embedded

test: dev translations assets ## install what the tests need and run them all; ARGS= narrows
	$(RUN) -m pytest -n auto $(ARGS)

check: dev translations assets ## formatting, lint, types, import contracts, migrations, translations
	$(RUN) -m ruff format --check --output-format concise . || { echo "Not formatted as the rest: run .venv/bin/ruff format ."; exit 1; }
	$(RUN) -m ruff check --quiet --output-format concise .
	TESTING=1 $(RUN) -m mypy
	.venv/bin/lint-imports --no-logo
	TESTING=1 $(RUN) manage.py check --fail-level WARNING
	TESTING=1 $(RUN) manage.py makemigrations --check --dry-run
	$(RUN) locale/catalogue.py check

lock: dev ## pin requirements/*.in anew; UPGRADE=1 takes the newest versions
	for name in base dev uv; do \
	  $(RUN) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	    $(if $(UPGRADE),--upgrade) requirements/$$name.in -o requirements/$$name.txt || exit 1; \
	done
	$(WITH_NODE) npm install --package-lock-only --ignore-scripts --loglevel=error --omit-lockfile-registry-resolved

assets: static/dist/app.css ## bundle the stylesheet and the script

messages: dev ## gather the texts to translate into locale/sv/LC_MESSAGES/django.po
	$(RUN) locale/catalogue.py gather

bench: dev translations assets ## seed a database of its own and measure the pages on it; SEED= says how much
	TESTING=1 $(RUN) -m kiruna_innovation.embedded.throwaway \
	  sh -ec '$(RUN) manage.py migrate -v0; $(RUN) manage.py seed $(SEED); $(RUN) manage.py bench'

base:
	$(INSTALL) base

dev:
	$(INSTALL) dev

translations: $(CATALOGUES:.po=.mo)

%.mo: %.po | base
	$(RUN) -m babel.messages.frontend --quiet compile --domain django --input-file $< --output-file $@

node_modules/.package-lock.json: package.json package-lock.json | base
	$(WITH_NODE) npm ci --ignore-scripts --silent --no-audit --no-fund || { \
	  echo "The packages of package-lock.json could not be installed. Is there a network, and does npm reach a package registry? Its newest log in ~/.npm/_logs says more."; exit 1; }
	touch $@

static/dist/app.css: node_modules/.package-lock.json $(ASSET_SOURCES) | base
	$(WITH_NODE) node static/build.mjs || { \
	  echo "The stylesheet and the script could not be built. Mend what is named above in static/src/, then run make assets."; exit 1; }
