"""The first window: there before the program is loaded, gone when the next is on screen, and closed by whoever does not want to wait."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from console import bootstrap
from console.app import Console
from console.session.remembered import Remembered
from console.site import running
from console.start.beside import StartLeft
from console.start.start import Start, started
from engine.gateway.border.bind import Bind
from engine.model.errors import EnvironmentFault
from engine.model.time import SystemClock
from engine.runtime.command_line_settings import CommandLineSettings
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
