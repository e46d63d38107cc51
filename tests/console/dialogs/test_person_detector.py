"""The person detector at a first look: one button, progress, and the ways out where it cannot be downloaded."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from console.bridge import EngineBridge
from console.dialogs.engine_folder import EngineFolderDialog
from console.dialogs.person_detector import PersonDetectorDialog, detector_to_offer
from console.window import MainWindow
from engine.model.command import InstallModels
from engine.model.snapshot import JobState
from tests.fakes.engine import FakeEngine


def opened(bridge: EngineBridge, qtbot: QtBot) -> PersonDetectorDialog:
    assert bridge.snapshot is not None
    model = detector_to_offer(bridge, bridge.snapshot)
    assert model is not None
    dialog = PersonDetectorDialog(bridge, model)
    qtbot.addWidget(dialog)
    dialog.open()
    return dialog


def test_one_button_installs_the_preferred_detector_with_progress(bridge: EngineBridge, engine: FakeEngine, qtbot: QtBot) -> None:
    dialog = opened(bridge, qtbot)
    assert "Apache-2.0" in dialog.source.text() and "3.5 MiB" in dialog.install.text()
    dialog.install.click()
    qtbot.waitUntil(lambda: engine.commands == [InstallModels(("yolox-nano",))])
    assert dialog.bar.isVisible() and not dialog.install.isEnabled()
    with engine.running():
        qtbot.waitUntil(lambda: not dialog.isVisible())
    assert engine.jobs["job-0"].state is JobState.DONE


def test_a_failure_is_a_sentence_with_two_ways_out(
    bridge: EngineBridge, engine: FakeEngine, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine.install_trouble = "github.com could not be reached. What was downloaded is kept."
    dialog = opened(bridge, qtbot)
    dialog.install.click()
    with engine.running():
        qtbot.waitUntil(lambda: "could not be reached" in dialog.trouble.text())
    assert dialog.isVisible() and dialog.install.isEnabled() and dialog.install.text() == "&Try again"
    engine.install_trouble = ""
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
    dialog.folder.click()
    qtbot.waitUntil(lambda: engine.commands[-1] == InstallModels(folder=str(tmp_path)))
    assert dialog.trouble.text() == ""
    with engine.running():
        qtbot.waitUntil(lambda: not dialog.isVisible())


def test_closing_it_lets_the_download_continue(bridge: EngineBridge, engine: FakeEngine, qtbot: QtBot) -> None:
    dialog = opened(bridge, qtbot)
    dialog.install.click()
    qtbot.waitUntil(lambda: bool(engine.jobs))
    dialog.later.click()
    with engine.running():
        qtbot.waitUntil(lambda: engine.jobs["job-0"].state is JobState.DONE)


def test_it_is_offered_once_and_what_follows_follows(open_window: Callable[[str], MainWindow], qtbot: QtBot) -> None:
    window = open_window("ada")
    qtbot.waitUntil(lambda: window.snapshot is not None)
    told: list[str] = []
    window.offer_person_detector(lambda: told.append("first"))
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, PersonDetectorDialog) and not told
    dialog.later.click()
    assert told == ["first"]
    window.offer_person_detector(lambda: told.append("second"))
    assert told == ["first", "second"] and QApplication.activeModalWidget() is None


def test_an_operator_is_not_asked(open_window: Callable[[str], MainWindow], qtbot: QtBot) -> None:
    window = open_window("bo")
    qtbot.waitUntil(lambda: window.snapshot is not None)
    told: list[str] = []
    window.offer_person_detector(lambda: told.append("on"))
    assert told == ["on"]


def test_of_an_engine_elsewhere_a_folder_there_is_typed(
    bridge: EngineBridge, engine: FakeEngine, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.gateway.remote.port.RemotePort", type(bridge.port))
    dialog = opened(bridge, qtbot)
    dialog.folder.click()
    asked = dialog.findChild(EngineFolderDialog)
    assert asked is not None and asked.isVisible() and not asked.install.isEnabled()
    asked.path.setText(" /srv/models ")
    assert asked.command.text() == 'watchroom models install --from "/srv/models"'
    asked.install.click()
    qtbot.waitUntil(lambda: engine.commands == [InstallModels(folder="/srv/models")])
