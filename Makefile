# make run: set up everything, read one sample article, answer a question, then watch.   make test: all everyday tests.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
export PIP_CONSTRAINT := $(CURDIR)/deploy/constraints.txt
DESK ?= desk
FAULTS ?= bounded
FAULTS_SECONDS ?= $(if $(filter full,$(FAULTS)),14400,1500)

.PHONY: run test check engines failover crash scenarios mutations faults nspawn bench bench-large bench-near bench-engines accuracy build clean

run: $(VENV)/installed
	$(BIN)/presslog init $(DESK) --sample
	$(BIN)/presslog run $(DESK) --once
	$(BIN)/presslog search --store $(DESK) '"last ferry" source:"Harbour Wire"'
	@echo "Drop articles into $(DESK)/seeds; ask with: $(BIN)/presslog search --store $(DESK) WORDS   (Ctrl-C ends the daemon)"
	$(BIN)/presslog run $(DESK)

# All everyday tests but the documents, which `make check` runs; many wait, so there is one worker more than cores.
WORKERS ?= $(shell expr $$(nproc) + 1)
test: $(VENV)/installed
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile -m "not crash and not nspawn and not scenarios and not mutations and not faults and not failover" --ignore tests/test_docs.py --doctest-modules config store handlers daemon tests

check: $(VENV)/installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python -m pytest -q tests/test_floor_plan.py tests/test_docs.py
	$(BIN)/python tests/deploy/licences.py
	$(BIN)/python tests/deploy/audit.py deploy/constraints.txt
	sh deploy/check-wheel.sh $(BIN)

# The contract of the log on every engine, PostgreSQL and NATS among them where they are installed, and a table of it.
engines: $(VENV)/installed
	$(BIN)/python tests/engines.py

# Servers killed, frozen, cut off and without power while writers go on: what is lost, what is twice; about 4 minutes.
failover: $(VENV)/installed
	timeout -s INT -k 60 720 $(BIN)/python -m pytest -m failover --timeout 300 tests/failover

# Heavy: real processes killed at random points; a real systemd booted (needs root). Both are bounded and skip loudly.
crash: $(VENV)/installed
	$(BIN)/python -m pytest -m crash --timeout 900 tests/crash

# Everything that a watched folder can live through, on real mounts and real processes; about 15 minutes.
scenarios: $(VENV)/installed
	timeout -s INT -k 60 1500 $(BIN)/python -m pytest -m scenarios --timeout 720 tests/scenarios

# Ten thousand damaged files of every format, among them those of the corpus where it lies beside the repository.
mutations: $(VENV)/installed
	timeout -s INT -k 60 2400 $(BIN)/python -m pytest -m mutations tests/mutations

# Crashes, power cuts, broken disks, tampering and attacks, each counted; needs root. `make faults FAULTS=full` stages all
# of them, 10,000 flipped bits and 1,000 kills of each kind among them: an hour and a half, and an hour more of soak.
faults: $(VENV)/installed
	FAULTS=$(FAULTS) timeout -s INT -k 60 $(FAULTS_SECONDS) $(BIN)/python -m pytest -m faults --timeout 3600 tests/faults

nspawn: $(VENV)/installed build
	$(BIN)/python -m pytest -m nspawn --timeout 600 tests/nspawn

bench: $(VENV)/installed
	$(BIN)/pip install -q orjson
	$(BIN)/python benchmarks/run.py

# What an article costs as the archive grows, to 100,000 of them in some minutes; ARTICLES=1000000 needs an hour and 40 GB.
ARTICLES ?= 100000
bench-large: $(VENV)/installed
	$(BIN)/pip install -q orjson
	$(BIN)/python benchmarks/scale.py --articles $(ARTICLES)

# How many edits of a text are found again; SETS=1000000 goes on to index so many on the disk, in some minutes.
SETS ?= 0
bench-near: $(VENV)/installed
	$(BIN)/python benchmarks/near.py --sets $(SETS)

# SQLite, PostgreSQL and JetStream side by side, on servers that it starts here and ends; those not installed are left out.
bench-engines: $(VENV)/installed
	$(BIN)/pip install -q orjson
	$(BIN)/python benchmarks/engines.py

# How rightly the files of the corpus are read, format by format; says so where there is no corpus. Then how rightly
# attributions, quotes, names, dates and figures are found in the labelled articles of the tests.
accuracy: $(VENV)/installed
	$(BIN)/python benchmarks/accuracy.py

build: $(VENV)/installed
	rm -rf build dist
	$(BIN)/python -m build --outdir dist .

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis benchmarks/results
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/installed: pyproject.toml deploy/constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install -e '.[dev]' > $(VENV)/install.log 2>&1 || { cat $(VENV)/install.log; exit 1; }
	touch $@
