PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --disable-pip-version-check -c constraints.txt

.PHONY: demo install nudity test test-long test-gpu check bench docs clean
.DEFAULT_GOAL := demo

demo: nudity
	$(BIN)/compliance demo

install: $(VENV)/installed

# The extra 'nudity', whose licence is said before it is installed. It comes without what only its package's own code
# needs: that asks for another OpenCV.
nudity: $(VENV)/nudity-installed

$(VENV)/nudity-installed: $(VENV)/installed
	@$(BIN)/compliance models show nudenet-320n
	$(PIP) --no-deps nudenet==3.4.2
	touch $@

# The two OpenCV wheels share their files: the headless one, which needs no libGL, is written last.
$(VENV)/installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed, found $$($(PYTHON) --version). To mend it: install python3.11 and python3.11-venv, then run 'make PYTHON=python3.11 $(MAKECMDGOALS)'."; exit 2; }
	$(PYTHON) -m venv $(VENV)
	$(PIP) --prefer-binary -e .
	$(PIP) --force-reinstall --no-deps opencv-python-headless
	touch $@

# The extra 'voice' without what only its packages' own code needs, some of which has to be compiled.
$(VENV)/test-installed: $(VENV)/installed
	$(PIP) -e '.[test]'
	$(PIP) --no-deps resemblyzer==0.1.4 silero-vad==6.2.3 nudenet==3.4.2
	touch $@

test: check
	$(BIN)/python -m pytest -m 'not long and not gpu' -n 2 --dist loadfile

test-long: $(VENV)/test-installed
	$(BIN)/python -m pytest -m 'long'

test-gpu: $(VENV)/test-installed
	FAIL_WITHOUT_CUDA=1 $(BIN)/python -m pytest -m 'gpu'

check: $(VENV)/test-installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy -p compliance

bench: $(VENV)/test-installed
	$(BIN)/python -m benchmarks

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis compliance-demo
