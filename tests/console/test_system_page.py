"""System: words first, figures, installing models with progress, failure and cancel, accounts for administrators."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QLabel, QPushButton, QTableView
from pytestqt.qtbot import QtBot

from console.dialogs.accounts.users import UsersDialog
from console.pages.system.system import SystemPage
from console.pages.system.words import detector_text, headline, is_basic, summary, troubles
from console.window import MainWindow
from engine.model.command import InstallModels, RemoveCamera
from engine.model.errors import EnvironmentFault
from engine.model.health import CameraState, DetectorHealth
from engine.model.snapshot import JobState, ModelEntry, Snapshot
from tests.fakes.engine import FakeEngine
from widgets.facts import Facts
from widgets.system.gauges import FigureCard

Opener = Callable[..., MainWindow]


def system_of(window: MainWindow) -> SystemPage:
    window.show_page("system")
    page = window.page("system")
    assert isinstance(page, SystemPage)
    return page


@pytest.fixture
def page(open_window: Opener) -> SystemPage:
    return system_of(open_window())


def toasts(page: SystemPage) -> str:
    return " ".join(label.text() for label in page._toasts.findChildren(QLabel))


def test_words_come_first(page: SystemPage, engine: FakeEngine, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: page.headline.text() == "All systems normal")
    engine.set_state("gate", CameraState.LOST, "No answer from the camera.")
    engine.health = replace(engine.health, troubles=("The disk has 1.4 GB left.",))
    with engine.running():
        qtbot.waitUntil(lambda: page.headline.text() == "2 things need attention")
    assert page.details.text().splitlines()[0] == "The disk has 1.4 GB left." and "Gate has been offline for" in page.details.text()


def test_install_models_with_progress(page: SystemPage, engine: FakeEngine, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: page.detector_note.text() != "")
    page.models.install_requested.emit(("yolox-nano",))
    qtbot.waitUntil(lambda: page.installation.running and bool(engine.jobs))
    assert engine.commands[-1] == InstallModels(("yolox-nano",))
    with engine.running():
        qtbot.waitUntil(lambda: "are installed" in toasts(page))
    assert not page.installation.running


def test_installing_that_fails_says_why(page: SystemPage, engine: FakeEngine, qtbot: QtBot) -> None:
    engine.install_trouble = "The file from example.org has the wrong digest, so it was not kept."
    page.models.install_requested.emit(())
    with engine.running():
        qtbot.waitUntil(lambda: "wrong digest" in toasts(page))
    page.visit("activity")
    with engine.running():
        qtbot.waitUntil(lambda: any("wrong digest" in text for text in page.jobs.texts()))


def test_a_failed_installation_offers_the_ways_out(
    page: SystemPage, engine: FakeEngine, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine.install_trouble = "github.com could not be reached."
    page.models.install_requested.emit(("yunet",))
    with engine.running():
        qtbot.waitUntil(lambda: "could not be reached" in toasts(page))
    press(page, "Try again")
    qtbot.waitUntil(lambda: engine.commands == [InstallModels(("yunet",))] * 2)
    with engine.running():
        qtbot.waitUntil(lambda: not page.installation.running)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
    press(page, "Install from folder…")
    qtbot.waitUntil(lambda: engine.commands[-1] == InstallModels(folder=str(tmp_path)))


def press(page: SystemPage, text: str) -> None:
    """A button of the newest message, which goes with it."""
    button = next(each for each in page._toasts.toasts()[-1].findChildren(QPushButton) if each.text() == text)
    button.click()


def test_installing_can_be_cancelled(page: SystemPage, engine: FakeEngine, qtbot: QtBot) -> None:
    page.models.install_requested.emit(())
    qtbot.waitUntil(lambda: bool(engine.jobs))
    page.models.cancel_requested.emit("job-0")
    qtbot.waitUntil(lambda: "cancelled" in toasts(page))
    assert engine.jobs["job-0"].state is JobState.CANCELLED


def test_installing_from_a_folder(
    page: SystemPage, engine: FakeEngine, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = [str(tmp_path), ""]
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: chosen.pop(0))
    page.models.install_from_folder_requested.emit()
    qtbot.waitUntil(lambda: engine.commands == [InstallModels(folder=str(tmp_path))])
    page.models.install_from_folder_requested.emit()
    assert len(engine.commands) == 1


def test_installing_that_is_refused(page: SystemPage, engine: FakeEngine, qtbot: QtBot) -> None:
    engine.fail("command", EnvironmentFault("no_network", "The network cannot be reached. Install from a folder instead."))
    page.models.install_requested.emit(())
    qtbot.waitUntil(lambda: "cannot be reached" in toasts(page))
    assert not page.installation.running


def test_an_operator_sees_but_does_not_administer(open_window: Opener) -> None:
    page = system_of(open_window("bo"))
    for button in (page.users_button, page.add_camera):
        assert not button.isEnabled() and "may not administer" in button.toolTip()


def test_accounts_open_for_an_administrator(page: SystemPage) -> None:
    page.users_button.click()
    dialog = page.findChild(UsersDialog)
    assert dialog is not None and dialog.isVisible()
    dialog.close()


def test_without_cameras(open_window: Opener, engine: FakeEngine) -> None:
    for camera_id in ("yard", "gate"):
        engine.execute(RemoveCamera(camera_id))
    page = system_of(open_window())
    assert page.no_cameras.isVisible() and not page.cameras.isVisible()
    assert "There are no cameras yet" in page.details.text()


def test_every_figure_says_what_it_is(page: SystemPage, engine: FakeEngine, qtbot: QtBot) -> None:
    """Cards, facts and columns of figures, in a sentence where the pointer rests."""
    with engine.running():
        qtbot.waitUntil(lambda: page.upkeep.view == engine.upkeep.view)
    cards, facts, tables = page.findChildren(FigureCard), page.findChildren(Facts), page.findChildren(QTableView)
    assert len(cards) == 5 and all(len(card.toolTip()) > 15 for card in cards)
    labels = [label for each in facts for label in each.findChildren(QLabel)]
    assert len(labels) > 20 and [label.text() for label in labels if len(label.toolTip()) <= 15] == []
    assert tables and [name for table in tables for name in figures_without_tip(table)] == []


def figures_without_tip(table: QTableView) -> list[str]:
    model, across = table.model(), Qt.Orientation.Horizontal
    figures = [
        column
        for column in range(model.columnCount())
        if Qt.AlignmentFlag(model.headerData(column, across, Qt.ItemDataRole.TextAlignmentRole)) & Qt.AlignmentFlag.AlignRight
    ]
    assert figures
    return [model.headerData(column, across) for column in figures if not model.headerData(column, across, Qt.ItemDataRole.ToolTipRole)]


# Words


def lost(engine: FakeEngine) -> Snapshot:
    engine.set_state("gate", CameraState.LOST, "No answer.")
    return engine.snapshot


def test_lost_cameras_are_named_once(engine: FakeEngine) -> None:
    snapshot = lost(engine)
    assert troubles(snapshot) == ("Gate has been offline for 12 s. No answer.",)
    said = replace(snapshot, health=replace(snapshot.health, troubles=("Gate is offline.",)))
    assert troubles(said) == ("Gate is offline.",) and headline(said) == "One thing needs attention"


def test_all_well_says_how_many_cameras(engine: FakeEngine) -> None:
    assert headline(engine.snapshot) == "All systems normal" and summary(engine.snapshot).startswith("2 of 2 cameras are live.")


@pytest.mark.parametrize(
    ("detector", "chip", "level"),
    [
        (DetectorHealth("HOG", basic=True), "Basic detection", "moderate"),
        (DetectorHealth("YOLOX", stand_in=True), "YOLOX, substitute model", "low"),
        (DetectorHealth("YOLOX"), "YOLOX", "neutral"),
        (DetectorHealth(), "Basic detection", "moderate"),
    ],
)
def test_the_detector_in_words(detector: DetectorHealth, chip: str, level: str) -> None:
    assert detector_text(detector)[:2] == (chip, level)


@pytest.mark.parametrize(
    ("variants", "chip", "level", "basic"),
    [
        (("", ""), "Basic detection", "moderate", True),
        (("", "official"), "nanodet-m", "neutral", False),
        (("stand-in", "official"), "yolox-nano, substitute model", "low", False),
    ],
)
def test_before_the_first_picture_the_detector_to_come_is_named(variants: tuple[str, str], chip: str, level: str, basic: bool) -> None:
    models = tuple(
        ModelEntry(model_id, "detector", model_id, "", "", 1, bool(variant), variant)
        for model_id, variant in zip(("yolox-nano", "nanodet-m"), variants, strict=True)
    )
    assert detector_text(DetectorHealth(), models)[:2] == (chip, level)
    assert is_basic(DetectorHealth(), models) is basic
    assert is_basic(DetectorHealth("HOG", basic=True), models)


def test_basic_detection_offers_the_detector(page: SystemPage, engine: FakeEngine, qtbot: QtBot) -> None:
    page.visit("detection")
    qtbot.waitUntil(page.install.isVisible)
    page.install.click()
    qtbot.waitUntil(lambda: bool(engine.commands))
    assert engine.commands == [InstallModels(("yolox-nano",))]
    with engine.running():
        qtbot.waitUntil(lambda: "are installed" in toasts(page))
    qtbot.waitUntil(lambda: not page.install.isVisible())


def test_the_smallest_window_cuts_nothing_off(open_window: Opener, engine: FakeEngine, qtbot: QtBot) -> None:
    window = open_window()
    page = system_of(window)
    window.resize(window.minimumSize())
    body = page.cameras.parentWidget()
    qtbot.waitUntil(lambda: window.width() == window.minimumWidth() and page.cameras.width() < 960)
    assert body.width() <= page.width()
    qtbot.waitUntil(lambda: page.cameras._table.horizontalScrollBar().maximum() == 0)
    assert page.cameras._table.columnWidth(0) >= 100


def test_writing_that_waits_is_only_said_while_it_does(page: SystemPage, engine: FakeEngine, qtbot: QtBot) -> None:
    assert page.database._note.text() == ""
    engine.health = replace(engine.health, writer_backlog=640)
    with engine.running(steps_per_second=60):
        qtbot.waitUntil(lambda: "640 values wait" in page.database._note.text())
    assert page.recordings._note.text() == "video, thumbnails and journal" and page.memory._note.text() == "this process"
