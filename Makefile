# The commands of the README. `make help` lists them.
PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3.13 || command -v python3)
BIN := .venv/bin
# As typed: a dollar sign in a question is not make's.
export CONCIERGE_Q := $(value Q)

.DEFAULT_GOAL := help
.PHONY: help run ask chat setup test test-vllm fuzz bench-dialogue bench-prompts smoke-prompts bench-page audit pictures lint format lock clean

help: ## List the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

.venv/.installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; name one with: make PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --progress-bar on -c requirements.lock -e .
	@touch $@

.venv/.dev: .venv/.installed
	$(BIN)/pip install --quiet -c requirements.lock -e '.[dev]'
	@touch $@

setup: .venv/.installed ## Install, fetch models and data, build the catalog
	$(BIN)/concierge setup

run: .venv/.installed ## Set up what is missing and open the page on http://127.0.0.1:7860 (PORT=… for another)
	@exec $(BIN)/concierge serve

ask: .venv/.installed ## One turn in the terminal: make ask Q="something funny" [JSON=1]
	@exec $(BIN)/concierge ask $(if $(JSON),--json) -- "$$CONCIERGE_Q"

chat: .venv/.installed ## A conversation in the terminal
	@exec $(BIN)/concierge chat

test: .venv/.dev ## All tests, the ones with the real engine included
	$(BIN)/concierge setup
	$(BIN)/python -m pytest -m "not vllm and not figures"

test-vllm: .venv/.dev ## The engines' contract against a real vLLM, in an environment of its own (3.5 GB)
	$(BIN)/python -m assistant.provisioning.vllm_env
	$(BIN)/python -m pytest -m vllm

fuzz: .venv/.dev ## Random and hostile requests to the whole API, twenty times as many as in the tests
	CONCIERGE_FUZZ=20 $(BIN)/python -m pytest -s --timeout 1800 tests/assistant/http/test_hostile.py

bench-dialogue: .venv/.dev ## Understanding on the gold messages and scripted conversations, with the default engine
	$(BIN)/concierge bench dialogue

bench-prompts: .venv/.dev ## Every prompt suite on its standard sample, with a report
	$(BIN)/concierge prompts eval --suite all --budget 110

smoke-prompts: .venv/.dev ## A few cases of every prompt suite with their gates, in three minutes; CI runs it
	$(BIN)/concierge prompts eval --suite all --smoke --budget 25

bench-page: .venv/.dev ## Times on the page, in the browser; on a quiet machine
	$(BIN)/python -m pytest -s -m figures tests/ui

pictures: .venv/.dev ## The pictures of the README, from a conversation in the browser
	CONCIERGE_PICTURES=docs/pictures $(BIN)/python -m pytest tests/ui/test_pictures.py

audit: .venv/.dev ## Security lint, a scan for secrets in what is committed, and known holes in the locked packages
	$(BIN)/ruff check --select S --ignore S311 assistant retrieval ranking prompts ui
	$(BIN)/python -m pytest -q tests/test_repository.py
	$(BIN)/python -P tests/audit.py

lint: .venv/.dev ## Style, types and the import contract
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: .venv/.dev ## Put the code in shape
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: .venv/.dev ## Write requirements.lock from what is installed
	$(BIN)/pip freeze --exclude-editable | sed -E 's/\+cpu$$//; s/^torch @.*/torch==2.13.0/' > requirements.lock

clean: ## Remove the environment and caches of the work tree (models and data stay in the home)
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis
