"""The first window: there before the program is loaded, gone when the next is on screen, and closed by whoever does not want to wait."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from console import bootstrap
from console.__main__ import ENVIRONMENT, main
from console.app import Console
from console.session.remembered import Remembered
from console.site import running
from console.start.beside import StartLeft
from console.start.start import Start, started
from console.start.start_window import StartWindow
from engine.gateway.border.bind import Bind
from engine.model.errors import EnvironmentFault
from engine.model.time import SystemClock
from engine.runtime.command_line_settings import CommandLineSettings
from engine.runtime.data_folder import DataFolder
from tests.fakes.engine import FakeDoor, FakeEngine

HEAVY = ("engine.runtime.engine", "console.window", "console.app", "fastapi", "av", "cv2", "onnxruntime", "sqlalchemy", "pyqtgraph")
_SHOWN = """
import json, sys
from pathlib import Path
from console.start.start import started
with started(Path(sys.argv[1]), lambda: "", signed_in=True, full_screen=False) as start:
    print(json.dumps([start.window.isVisible(), sorted(sys.modules), __import__.__name__]))
"""


@pytest.fixture
def start(tmp_path: Path, qapp: QApplication) -> Iterator[Start]:
    with started(tmp_path, lambda: "Starting…", signed_in=True, full_screen=False) as made:
        yield made


def test_the_window_is_there_before_the_program_is_loaded(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _SHOWN, str(tmp_path)],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=True,
    )
    visible, modules, importing = json.loads(done.stdout.splitlines()[-1])
    assert visible and not set(HEAVY) & set(modules)
    assert importing == "__import__"  # Qt does not read the source of what is loaded from now on


def test_what_the_first_picture_does_without_is_not_loaded_before_it() -> None:
    """A bound is what is loaded now and a tenth more, as for the engine (tests/engine/test_start_imports.py)."""
    later = ("httpx", "rich", "fastapi", "pydantic", "keyring", "onnxruntime", "pyqtgraph", "engine.gateway.app")
    pages = [
        f"console.pages.{each}.{each}" for each in ("space", "alerts", "incidents", "risk", "investigate", "people", "devices", "system")
    ]
    code = f"import sys, console.start, console.bootstrap; print(len(sys.modules), set({[*later, *pages]!r}) & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    count, _, found = done.stdout.strip().partition(" ")
    assert found == "set()" and int(count) <= 2_150, done.stdout


def test_the_window_stays_until_the_next_is_on_screen(start: Start, engine: FakeEngine, remembered: Remembered, qtbot: QtBot) -> None:
    first = start.window
    assert first is not None and first.isVisible() and first.size() == first.size().expandedTo(first.minimumSize())
    console = Console(FakeDoor(engine), remembered, SystemClock(), lambda: None, first_shown=start.end_window)
    console.open_window(engine.port())
    assert console.window is not None and console.window.isVisible() and console.window.size() == first.size()
    assert start.window is None and not first.isVisible() and not start.beside.left
    console.close()


def test_the_window_answers_while_the_program_is_loaded(start: Start) -> None:
    answered = threading.Event()
    QTimer.singleShot(0, answered.set)
    assert start.beside.run(lambda: answered.wait(30))


def test_closing_it_ends_the_start_once_the_engine_can_be_stopped(start: Start) -> None:
    steps: list[tuple[str, str]] = []

    @contextmanager
    def engine() -> Iterator[str]:
        closing.set()
        closed.wait(30)
        steps.append(("started", threading.current_thread().name))
        try:
            yield "site"
        finally:
            steps.append(("stopped", threading.current_thread().name))

    closing, closed = threading.Event(), threading.Event()

    def close() -> None:
        if closing.is_set() and start.window is not None:
            start.window.close()
            closed.set()

    look = QTimer(interval=5)
    look.timeout.connect(close)
    look.start()
    with pytest.raises(StartLeft), start.beside.entered(engine):
        steps.append(("used", ""))
    assert [step for step, _ in steps] == ["started", "stopped"] and len({thread for _, thread in steps}) == 1


def test_an_engine_that_does_not_start_is_said_as_ever(start: Start, tmp_path: Path) -> None:
    @contextmanager
    def engine() -> Iterator[str]:
        raise EnvironmentFault("in_use", "Another engine holds this folder.")
        yield ""

    with pytest.raises(EnvironmentFault, match="Another engine"), start.beside.entered(engine):
        pass


def once_it_failed(act: Callable[[StartWindow], None]) -> QTimer:
    """Calls `act` with the first window as soon as that says why."""
    look = QTimer(interval=5)

    def over() -> None:
        failed = [each for each in QApplication.topLevelWidgets() if isinstance(each, StartWindow) and each.close_button.isVisible()]
        if failed:
            look.stop()
            act(failed[0])

    look.timeout.connect(over)
    look.start()
    return look


def test_the_window_says_why_and_stays_until_it_is_closed(tmp_path: Path, qapp: QApplication, capsys: pytest.CaptureFixture[str]) -> None:
    shown: list[tuple[str, str, str]] = []

    def close(window: StartWindow) -> None:
        shown.append((window.heading.text(), window.doing.text(), window.accessibleName()))
        QTest.keyClick(window.close_button, Qt.Key.Key_Return)

    site = DataFolder(tmp_path / "site")
    with site.lock():
        closing = once_it_failed(close)
        code = main(["--data", str(site.path), "--bind", "127.0.0.1:0"])
    assert code == ENVIRONMENT and not closing.isActive()
    [(heading, why, name)] = shown
    assert heading == "Watchroom could not start" and str(site.path) in why and name == f"{heading}. {why}"
    assert why in capsys.readouterr().err


@pytest.mark.parametrize("key", [Qt.Key.Key_Escape, None])
def test_a_bug_is_said_there_too(tmp_path: Path, qapp: QApplication, key: Qt.Key | None) -> None:
    shown: list[str] = []

    def close(window: StartWindow) -> None:
        shown.append(window.doing.text())
        window.close() if key is None else QTest.keyClick(window, key)

    with started(tmp_path, lambda: "Starting…", signed_in=True, full_screen=False, attended=True) as start:
        closing = once_it_failed(close)
        with pytest.raises(KeyError), start.explained():
            raise KeyError("cameras")
    assert shown == ["An internal error occurred (KeyError: 'cameras'). Start Watchroom in a terminal to see the details."]
    assert not closing.isActive()


def test_where_nobody_reads_it_a_failure_ends_the_start_at_once(tmp_path: Path, qapp: QApplication) -> None:
    site = DataFolder(tmp_path / "site")
    with site.lock():
        assert main(["--data", str(site.path), "--bind", "127.0.0.1:0", "--for", "60"]) == ENVIRONMENT


def test_what_fails_after_the_first_window_is_not_shown_there(start: Start) -> None:
    start.end_window()
    with pytest.raises(EnvironmentFault), start.explained():
        raise EnvironmentFault("disk", "The disk is full.")


def test_a_console_on_an_engine_elsewhere_ends_it_too(start: Start, tmp_path: Path) -> None:
    assert bootstrap.remote("http://127.0.0.1:1", True, tmp_path, bootstrap.StartView(seconds=0.5), start=start) == 0
    assert start.window is None


def test_the_gateway_waits_for_the_screen(tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHROOM_MODELS", str(tmp_path / "models"))
    bind, after = Bind.parse("127.0.0.1:0"), threading.Event()
    with running(tmp_path / "site", bind, CommandLineSettings(), gateway_needed=False, gateway_after=after) as site:
        assert not site.engine.report_page.own_address
        after.set()
        qtbot.waitUntil(lambda: bool(site.engine.report_page.own_address), timeout=60_000)
    with running(tmp_path / "site", bind, CommandLineSettings(), gateway_needed=False, gateway_after=threading.Event()) as site:
        pass  # closed before it served: nothing is left waiting
    assert not [thread for thread in threading.enumerate() if thread.name in ("gateway", "network")]
