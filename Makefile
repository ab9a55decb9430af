# make demo   install, train on the built-in world, evaluate, continue a story, show the report
# make test   install, run the tests
# make study  install, test the source systems' claims: two to three hours on two cores, goes on where it was stopped;
#             DATA="world parquet:PATH" names the sources
# make weights install, make the shipped weights again: train, measure, ship; goes on where it was stopped;
#             DATA="world parquet:PATH" those of the storybooks too, with PATH the folder of their stories, and
#             TEXTS=parquet:PATH stories without pictures for their writer
# All do their own set-up; a Python >= 3.11 and make are all they need.

PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
  "$$p" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
READY := .venv/.ready
DEMO := runs/demo
STUDY := runs/study
WEIGHTS := runs/weights
SHIPPED := src/fabula/shipped
DATA := world
TEXTS :=
TOLD = $(if $(TEXTS),'data.texts=[$(TEXTS)]')
TORCH_CPU := https://download.pytorch.org/whl/cpu

.PHONY: help setup demo test study weights check format clean

help:
	@sed -n 's/^# \(make .*\)/\1/p' Makefile

setup: $(READY)

$(READY): requirements.txt constraints.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "fabula needs Python 3.11 or newer with venv; name it: make setup PYTHON=/path/to/python3"; exit 2; }
	$(PYTHON) -m venv .venv
	@index=$$($(BIN)/python -c "import urllib.request as u; u.urlopen('$(TORCH_CPU)/torch/', timeout=3)" 2>/dev/null \
	  && echo "--extra-index-url $(TORCH_CPU)"); set -x; \
	$(BIN)/pip install --disable-pip-version-check --progress-bar off -q $$index -r requirements.txt -c constraints.txt
	$(BIN)/pip install --disable-pip-version-check -q --no-deps -e .
	@touch $@

demo: setup
	$(BIN)/fabula train recipes/tiny.yaml --run $(DEMO) --resume
	$(BIN)/fabula evaluate $(DEMO) --closely 64
	$(BIN)/fabula tell $(DEMO) world --context 4 --steps 3 --out $(DEMO)/told
	$(BIN)/fabula report $(DEMO) --out $(DEMO)/report.html

test: setup
	$(BIN)/pytest -n auto --maxprocesses 8

study: setup
	@set -e; for plan in $(filter-out recipes/ablations/storyteller-%,$(wildcard recipes/ablations/*.yaml)); do \
	  $(BIN)/fabula ablate $$plan --run $(STUDY)/$$(basename $$plan .yaml) --resume $(foreach data,$(DATA),--data $(data)); \
	done

# $(call shipped,NAME,RECIPE,OVERRIDES): rounded weights are measured, and then shipped with what was found
define shipped
	$(BIN)/fabula train recipes/storyteller/$(2).yaml $(3) --run $(WEIGHTS)/$(1) --resume
	$(BIN)/fabula ship $(WEIGHTS)/$(1) --out $(WEIGHTS)/rounded/$(1) --no-evaluation
	$(BIN)/fabula evaluate $(WEIGHTS)/rounded/$(1) $(4) --out $(WEIGHTS)/$(1)/evaluation
	$(BIN)/fabula ship $(WEIGHTS)/$(1) --out $(SHIPPED)/$(1)
endef

weights: setup
	$(call shipped,world,small)
	$(foreach data,$(filter-out world,$(DATA)),$(call shipped,storybooks,storybooks,data.source=$(data) $(TOLD),--data $(data)))

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/ty check src

format: setup
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf .venv runs build dist src/*.egg-info
