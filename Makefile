# Two commands: `make run` opens the console on the demo site, `make test` checks everything. Both set up .venv in this checkout first.
PYTHON ?= python3
BIN := .venv/bin
# What Qt, its xcb platform, its sound and software OpenGL need; xvfb is the screen that tests draw on.
SYSTEM := python3-venv libegl1 libgl1 libgl1-mesa-dri libglib2.0-0 libdbus-1-3 libfontconfig1 libxkbcommon-x11-0 libxcb-cursor0 \
  libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0 libxcb-render-util0 libxcb-shape0 libxcb-xinerama0 libxcb-xkb1 fonts-dejavu-core libportaudio2 libpulse0
# The shared record's database, which tests start for themselves; where it is called otherwise, they skip and say so.
POSTGIS := --if-known postgresql-15-postgis-3
# What pages and clips are tried in; stands after `--if-known` too.
BROWSER := chromium
SCREEN := xvfb-run -a -s "-screen 0 1920x1200x24"
# Two screens at a time look for a free number far from each other.
SCREEN_TOO := xvfb-run -a -n 300 -s "-screen 0 1920x1200x24"

# What `watchroom engine` does without, as in the Containerfile.
ON_SCREEN := pyside6 pyside6-addons pyside6-essentials shiboken6 pyqtgraph pyopengl segno

# Compiled by hatch_build.py where there is a compiler; elsewhere numpy comes to the same numbers.
KERNELS := hatch_build.py $(addprefix engine/radio/kernels/,build.py kernels.c kernels.h bank.c bank.h doppler.c doppler.h \
		jolts.c jolts.h clouds.c clouds.h)

# Engines that run whole, and borders: they wait more than they work.
RUNNING := tests/engine/runtime tests/engine/gateway

# What computes rather than waits, a third of the engine's other tests by time.
LANES := tests/engine/pipeline tests/engine/radio tests/engine/fusion

# About half of the tests of the screen: those of its parts. What belongs to no group else is with them.
PARTS := tests/widgets tests/console/dialogs tests/console/pages tests/console/commands
OTHERS := tests/benchmarks tests/tools

# Tests start more than a hundred processes: each would compile all that it imports where the environment keeps Python from keeping it.
export PYTHONDONTWRITEBYTECODE :=
# An advertisement for the successor of mkdocs, in every run.
export NO_MKDOCS_2_WARNING := 1

.PHONY: run test quick check test-engine test-lanes test-runtime test-gateway test-acceptance test-screen test-console test-widgets soak lock bundle system system-test list-system-test words docs docs-check screenshots clean

run: .venv/ready
	@$(BIN)/watchroom --demo

# Four groups at a time, the longest first, also on two cores: whole engines and most tests of the screen use half a core. More at a time end no
# earlier, and tests that wait for each other's threads wait longer.
test: system-test .venv/ready
	$(MAKE) --output-sync=target -j4 test-console test-engine test-gateway test-runtime test-widgets test-lanes test-acceptance check

# Within a minute: the static checks, and the tests of what changed since BASE (main).
quick: .venv/ready
	@$(BIN)/python -m tools.quick

check: .venv/ready docs-check
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python -m tools.name_check
	$(BIN)/lint-imports
	$(BIN)/deptry .
	$(BIN)/pyright

# The manual, built strictly: a dead link, a missing anchor or a page outside the navigation fails (with --quiet they would not even count). Nothing
# is fetched from the network.
docs-check: .venv/ready
	@folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT && $(BIN)/mkdocs build --strict --site-dir "$$folder"

docs: .venv/ready
	$(BIN)/mkdocs build --strict --clean

# The pictures of README and manual: the demo site runs for some minutes first. With the models of WATCHROOM_MODELS, if there are any.
screenshots: system-test .venv/ready
	$(SCREEN) $(BIN)/python tools/screenshots.py

# The engine has to work where Qt is not installed: any import of it fails in this run.
test-engine: .venv/ready
	WATCHROOM_WITHOUT_QT=1 $(BIN)/python -m pytest --durations=12 -p no:pytest-qt tests/engine tests/fakes $(RUNNING:%=--ignore=%) $(LANES:%=--ignore=%)

test-lanes: .venv/ready
	WATCHROOM_WITHOUT_QT=1 $(BIN)/python -m pytest --durations=12 -p no:pytest-qt $(LANES)

test-runtime test-gateway: test-%: .venv/ready
	WATCHROOM_WITHOUT_QT=1 $(BIN)/python -m pytest --durations=12 -p no:pytest-qt tests/engine/$*

test-acceptance: .venv/ready
	WATCHROOM_WITHOUT_QT=1 $(BIN)/python -m pytest --durations=12 -p no:pytest-qt tests/acceptance

test-screen: test-console test-widgets

test-console: .venv/ready
	$(SCREEN) $(BIN)/python -m pytest --durations=12 tests/console $(PARTS:%=--ignore=%)

test-widgets: .venv/ready
	$(SCREEN_TOO) $(BIN)/python -m pytest --durations=12 $(PARTS) $(OTHERS)

soak: system-test .venv/ready
	$(SCREEN) $(BIN)/python -m pytest -s -m soak tests

lock: .venv/ready
	$(BIN)/uv pip compile pyproject.toml --extra dev --extra bench --universal --generate-hashes --no-emit-index-url --no-header \
	  -o requirements.lock
	cp requirements.lock requirements-engine.lock  # the same versions, less what only a screen needs
	$(BIN)/uv pip compile pyproject.toml --universal --generate-hashes --no-emit-index-url --no-header \
	  $(ON_SCREEN:%=--no-emit-package %) -o requirements-engine.lock

# After a text of the console was changed: its translations are asked for anew in resources/locale, and compiled.
words: .venv/ready
	@$(BIN)/python tests/console/words.py

bundle: system-test .venv/ready
	$(BIN)/pyinstaller --noconfirm build.spec
	$(SCREEN) sh tests/bundle/smoke.sh

.venv/ready: requirements.lock pyproject.toml $(KERNELS) | system
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

system:
	@sh resources/system_packages.sh $(SYSTEM)

system-test:
	@sh resources/system_packages.sh $(SYSTEM) xvfb xauth $(POSTGIS) $(BROWSER)

# For who installs them otherwise, as the workflow of GitHub does.
list-system-test:
	@echo $(SYSTEM) xvfb xauth $(POSTGIS) $(BROWSER)

clean:
	rm -rf .venv build dist .pytest_cache .ruff_cache .hypothesis .import_linter_cache site
