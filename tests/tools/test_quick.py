"""Which tests a change asks for, and what becomes of those that do not fit into the time."""

import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT
from tools.quick import Chosen, choose, imports

TESTS = ("tests/engine/alerts/test_gates.py", "tests/engine/test_life.py", "tests/widgets/test_toast.py", "tests/console/test_main.py")


def chosen(*files: str, **imported: str) -> Chosen:
    known = {test: frozenset([imported.get(Path(test).stem, "")]) for test in TESTS}
    return choose(files, TESTS, known)


def test_a_test_that_changed_comes_before_those_of_the_module_and_those_that_import_it() -> None:
    found = chosen("engine/alerts/gates.py", "tests/engine/test_life.py", test_main="engine.alerts.gates")
    assert found == Chosen(("tests/engine/test_life.py", "tests/engine/alerts/test_gates.py"), ("tests/console/test_main.py",))


def test_what_nothing_asks_for_is_not_run() -> None:
    assert chosen("docs/index.md", "engine/alerts/other.py") == Chosen((), ())


def test_a_package_is_asked_for_by_its_name() -> None:
    assert chosen("widgets/chat/__init__.py", test_toast="widgets.chat").screen == ("tests/widgets/test_toast.py",)


def test_imports_are_those_of_the_project() -> None:
    source = "import json\nimport engine.model.time as t\nfrom widgets import toast\nfrom console.dialogs.base import FramedDialog\n"
    assert imports(source) >= {"engine.model.time", "widgets.toast", "console.dialogs.base"}
    assert not any(name.startswith("json") for name in imports(source))


def test_what_does_not_fit_into_the_time_is_said(tmp_path: Path) -> None:
    (tmp_path / "test_slow.py").write_text("import time\n\ndef test_a():\n    time.sleep(1.5)\n\ndef test_b():\n    assert False\n")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tools.time_budget", "-p", "no:cacheprovider", str(tmp_path)]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=60,
        cwd=tmp_path,
        env={"WATCHROOM_TEST_BUDGET_S": "1.2", "PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
    )
    assert done.returncode == 0 and "1 passed" in done.stdout and "1 tests left to make test" in done.stdout
