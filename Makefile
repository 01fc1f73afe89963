# Every command a person types. The two for a newcomer: `make demo` and `make test`.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

.PHONY: help setup demo stop test law check fix bench bench-rehearsal bench-takeover bench-peers mutation peers docs messages load screenshots campaign oracle

help:  ## this list
	@grep -hE '^[a-z-]+:.*##' Makefile | sed -E 's/:[^#]*##/ —/'

setup: $(READY)  ## install everything into .venv, from the lock file, by hash

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 ou plus récent est requis : PYTHON=/chemin/de/python3.11 make …"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv \
		|| { echo "Le module venv manque : installer le paquet python3-venv."; rm -rf .venv; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@command -v chromium chromium-browser google-chrome >/dev/null \
		|| echo "Chromium manque : « apt-get install chromium » permet les tests dans un navigateur. Le reste n’en a pas besoin."
	@touch $(READY)

demo: $(READY)  ## build the demo town, then open its desk: address and log-ins are said; Ctrl-C closes it, the data stay
	@$(BIN)/fanal demo

stop: $(READY)  ## close the desk and stop the embedded PostgreSQL
	@$(BIN)/fanal stop

test: $(READY)  ## everything: style, types, contracts, law, records, doors, house
	$(BIN)/python -m pytest -n 2 --dist loadfile  # the town of a file is built by one worker, not by both

law: $(READY)  ## the law and the values alone, in seconds, without a database (the tariffs' oracle is in make test)
	$(BIN)/python -m pytest -q -n 2 -p no:django -o addopts= -W ignore::pytest.PytestConfigWarning \
		--ignore tests/law/tariffs/test_oracle_agrees.py tests/law tests/values

check: $(READY)  ## style, types and contracts
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports

fix: $(READY)  ## put the style right
	$(BIN)/ruff check --fix . && $(BIN)/ruff format .

bench: $(READY)  ## measure the kernel, the bill run, a rehearsal and the PDF, as ratios in one run
	@$(BIN)/python -m benchmarks

bench-rehearsal: $(READY)  ## a book rehearsed for a town of 5,300, then for a million customers: seconds and memory
	@$(BIN)/python -m benchmarks.rehearsal

bench-takeover: $(READY)  ## the old system of a town taken over, then of four towns at once: seconds and memory, as ratios
	@$(BIN)/python -m benchmarks.takeover

bench-peers: $(READY)  ## the same invoices by Tryton, in an environment of its own under var/
	@$(BIN)/python -m benchmarks.peers

campaign: $(READY) oracle  ## the long campaigns: 100,000 bills per book against the oracle, 1,000 kills of a bill run
	KILLS=1000 $(BIN)/python -m pytest -n 2 tests/records/test_killed_runs.py

oracle: $(READY)  ## every book against the oracle, 100,000 random bills each; BOOKS="evn/residential" and BILLS=2000 for less
	ORACLE_BILLS=$(or $(BILLS),100000) ORACLE_BOOKS="$(BOOKS)" $(BIN)/python -m pytest -v -n 2 -k random_bills tests/law/tariffs/test_oracle_agrees.py

peers: $(READY)  ## the same bills by rating engines that others wrote, each in an environment of its own under var/
	@$(BIN)/python -m benchmarks.engines

mutation: $(READY)  ## every branch of the law is reached, and its mutants die: an hour, in an environment apart
	@$(BIN)/python -m benchmarks.mutation

docs: $(READY)  ## write the generated pages of docs/reference
	$(BIN)/python -m docs.generate

messages: $(READY)  ## gather the sentences of the screens and compile their English; say what English is missing
	$(BIN)/python -m docs.messages

load: $(READY)  ## how fast the desk answers with two workers, page by page (median, 95th percentile), on the demo town
	@$(BIN)/python -m benchmarks.desk

screenshots: $(READY)  ## draw the pages of the demo town into docs/images/desk
	@$(BIN)/python -m benchmarks.screenshots
