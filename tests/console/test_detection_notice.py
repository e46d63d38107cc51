"""Live says when people are found without a model, and installs one; the status bar leads to what is wrong."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from console.pages.detection_notice import DetectionNotice
from console.pages.live.live import LivePage
from console.window import MainWindow
from engine.model.command import RemoveCamera
from tests.fakes.engine import FakeEngine

Opener = Callable[..., MainWindow]


def notice_of(window: MainWindow) -> DetectionNotice:
    page = window.page("live")
    assert isinstance(page, LivePage)
    return page.notice


def test_basic_detection_is_said_and_ended_from_live(open_window: Opener, engine: FakeEngine, qtbot: QtBot) -> None:
    window = open_window()
    notice = notice_of(window)
    qtbot.waitUntil(notice.isVisible)
    assert notice.chip.text() == "Basic detection"
    notice.install.click()
    assert not notice.install.isVisible() or notice.installation.running
    with engine.running(steps_per_second=60):
        qtbot.waitUntil(lambda: any("are installed" in toast.text() for toast in window.toasts.toasts()))
        qtbot.waitUntil(lambda: not notice.isVisible())
    assert all(model.installed for model in engine.models if model.role == "detector")


def test_nothing_to_find_people_on_is_no_reason_to_speak(open_window: Opener, engine: FakeEngine, qtbot: QtBot) -> None:
    for camera_id in ("yard", "gate"):
        engine.execute(RemoveCamera(camera_id))
    window = open_window()
    qtbot.waitUntil(lambda: window.page("live").empty.isVisible())
    assert not notice_of(window).isVisible()


def test_an_operator_reads_it_without_the_button(open_window: Opener, qtbot: QtBot) -> None:
    notice = notice_of(open_window("bo"))
    qtbot.waitUntil(notice.isVisible)
    assert not notice.install.isVisible()


def test_what_is_wrong_is_one_click_away(open_window: Opener, engine: FakeEngine, qtbot: QtBot) -> None:
    window = open_window()
    button = window.status.trouble_button
    assert not button.isVisible()
    engine.health = replace(engine.health, troubles=("The disk is nearly full.",))
    engine.tick()
    qtbot.waitUntil(button.isVisible)
    assert button.text() == "One thing needs attention" and "nearly full" in button.toolTip()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert window.current_page_id() == "system"
