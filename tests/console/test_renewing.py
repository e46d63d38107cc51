"""Where the record is damaged the console asks whether its engine is to start anew, and does when it is told to."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from console import bootstrap
from console.app import run_console
from console.renewing import Renewing
from engine.gateway.border.bind import Bind
from engine.model.settings import Settings
from engine.model.time import ManualClock
from engine.runtime.command_line_settings import CommandLineSettings
from engine.runtime.data_folder import DataFolder
from engine.runtime.keeping.renewal import Renewal
from engine.runtime.settings.site_settings import FixedSettings
from tests.fakes.engine import FakeDoor, FakeEngine
from tests.fakes.ports import NO_TROUBLE


@pytest.fixture
def renewal(tmp_path: Path) -> Renewal:
    return Renewal(DataFolder(tmp_path / "site"), ManualClock(0), FixedSettings(Settings()), lambda: "", NO_TROUBLE)


@pytest.fixture
def renewing(renewal: Renewal, qapp: QApplication) -> Iterator[Renewing]:
    owner = QObject()
    made = Renewing(renewal, owner)
    yield made
    made.close()


def test_nobody_is_asked_without_need(renewing: Renewing) -> None:
    renewing.look()
    assert renewing.dialog is None


def test_it_is_asked_once_and_again_after_a_while(renewing: Renewing, renewal: Renewal) -> None:
    renewal.wanted.set()
    renewing.look()
    first = renewing.dialog
    renewing.look()
    assert first is not None and renewing.dialog is first and first.isVisible()
    first.later.click()
    assert renewing.dialog is None and not renewal.asked.is_set()
    renewing.look()
    assert renewing.dialog not in (None, first)


def test_a_run_ends_when_it_is_to_start_anew(renewal: Renewal, tmp_path: Path, qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.renewing.LOOK_MS", 20)
    renewal.wanted.set()

    def start_anew() -> None:
        for dialog in qapp.topLevelWidgets():
            if type(dialog).__name__ == "DamagedDialog" and dialog.isVisible():
                dialog.now.click()  # type: ignore[attr-defined]

    pulse = QTimer(interval=50)
    pulse.timeout.connect(start_anew)
    pulse.start()
    assert run_console(FakeDoor(FakeEngine()), data_folder=tmp_path, seconds=30, renewal=renewal) == 0
    assert renewal.asked.is_set()


def test_the_engine_of_this_machine_starts_anew(tmp_path: Path, qapp: QApplication, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    engines: list[Renewal] = []

    def run(*_: object, renewal: Renewal, **__: object) -> int:
        engines.append(renewal)
        if len(engines) == 1:
            renewal.asked.set()
        return 0

    monkeypatch.setattr(bootstrap, "run_console", run)
    monkeypatch.setenv("WATCHROOM_MODELS", str(tmp_path / "models"))
    assert (
        bootstrap.live(tmp_path / "site", Bind.parse("127.0.0.1:0", False, None, None, ()), CommandLineSettings(), bootstrap.StartView())
        == 0
    )
    assert len(engines) == 2 and engines[0] is not engines[1]
