"""Which tests a change asks for, and what becomes of those that do not fit into the time."""

import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT
from tools.quick import READING, Chosen, all_imports, choose, imports

TESTS = ("tests/engine/alerts/test_gates.py", "tests/engine/test_life.py", "tests/widgets/test_toast.py", "tests/console/test_main.py")


def chosen(*files: str, **imported: str) -> Chosen:
    known = {test: frozenset([imported.get(Path(test).stem, "")]) for test in TESTS}
    return choose(files, known | {"engine/alerts/judge.py": frozenset(["engine.alerts.gates"])})


def test_a_test_that_changed_comes_before_those_of_the_module_and_those_that_import_it() -> None:
    found = chosen("engine/alerts/gates.py", "tests/engine/test_life.py", test_main="engine.alerts.gates")
    assert found == Chosen(("tests/engine/test_life.py", "tests/engine/alerts/test_gates.py"), ("tests/console/test_main.py",))


def test_what_nothing_asks_for_is_not_run() -> None:
    assert chosen("docs/index.md", "engine/alerts/other.py") == Chosen((), ())


def test_a_package_is_asked_for_by_its_name() -> None:
    assert chosen("widgets/chat/__init__.py", test_toast="widgets.chat").screen == ("tests/widgets/test_toast.py",)


def test_who_imports_it_through_another_module_comes_after_who_imports_it() -> None:
    found = chosen("engine/alerts/gates.py", test_toast="engine.alerts.judge", test_main="engine.alerts.gates")
    assert found == Chosen(("tests/engine/alerts/test_gates.py",), ("tests/console/test_main.py", "tests/widgets/test_toast.py"))


def test_who_reads_the_source_is_asked_for_too() -> None:
    known = {test: frozenset[str]() for test in READING}
    assert choose(("engine/model/settings.py",), known) == Chosen((), tuple(READING))
    assert choose(("widgets/icons.py",), known).screen == ("tests/console/test_translation.py",)
    assert all((ROOT / test).is_file() for test in READING)


def test_the_furthest_are_left() -> None:
    assert Chosen(("a", "b"), ("c",)).nearest(1) == Chosen(("a",), ("c",))


def test_every_file_of_the_project_is_read() -> None:
    found = all_imports()
    assert {"engine/model/time.py", "tests/tools/test_quick.py", "widgets/engine_text.py"} <= found.keys()
    assert "tools.quick" in found["tests/tools/test_quick.py"]


def test_imports_are_those_of_the_project() -> None:
    source = "import json\nimport engine.model.time as t\nfrom widgets.marks import toast\nfrom console.dialogs.base import FramedDialog\n"
    assert imports(source) >= {"engine.model.time", "widgets.marks.toast", "console.dialogs.base"}
    assert not any(name.startswith("json") for name in imports(source))


def run_within(folder: Path, **limits: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tools.time_budget", "-p", "no:cacheprovider", str(folder)]
    env = {"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", **limits}
    return subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=folder, env=env)


def test_what_does_not_fit_into_the_time_is_said(tmp_path: Path) -> None:
    hours = "    late = time.monotonic() + 7200\n    time.monotonic = lambda: late\n"
    (tmp_path / "test_slow.py").write_text(f"import time\n\ndef test_a():\n{hours}\ndef test_b():\n    assert False\n")
    done = run_within(tmp_path, WATCHROOM_TEST_BUDGET_S="3600")
    assert done.returncode == 0 and "1 passed" in done.stdout and "1 tests left to make test" in done.stdout


def test_a_test_that_takes_too_long_is_interrupted_and_left(tmp_path: Path) -> None:
    (tmp_path / "test_slow.py").write_text("import time\n\ndef test_a():\n    time.sleep(50)\n\ndef test_b():\n    assert False\n")
    done = run_within(tmp_path, WATCHROOM_TEST_BUDGET_S="4", WATCHROOM_TEST_GRACE_S="1")
    assert done.returncode == 0 and "2 tests left to make test" in done.stdout, done.stdout + done.stderr


def test_a_failure_before_the_time_was_over_stays_one(tmp_path: Path) -> None:
    (tmp_path / "test_slow.py").write_text("import time\n\ndef test_a():\n    assert False\n\ndef test_b():\n    time.sleep(50)\n")
    done = run_within(tmp_path, WATCHROOM_TEST_BUDGET_S="5", WATCHROOM_TEST_GRACE_S="1")
    assert done.returncode != 0 and "1 failed" in done.stdout
