"""A critical alert shows over any dialog, and costs no work that stands in one."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from console.bridge import EngineBridge
from console.dialogs.frame import FramedDialog, open_dialog
from console.pages.registry import PAGES
from console.session.remembered import Remembered
from console.shell.critical_banner import CriticalBanner
from console.window import MainWindow
from engine.model.alerts.alert import AlertState
from engine.model.event import EventKind, Severity
from engine.model.time import SystemClock
from tests.fakes.engine import FakeEngine


@pytest.fixture
def engine() -> FakeEngine:
    made = FakeEngine()
    made.add_camera("hall", "Hall")
    return made


@pytest.fixture
def opened(engine: FakeEngine, remembered: Remembered, qtbot: QtBot) -> Iterator[list[MainWindow]]:
    windows: list[MainWindow] = []
    with engine.running():
        yield windows
        for window in windows:
            window.close()
            window.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def window(engine: FakeEngine, opened: list[MainWindow], remembered: Remembered, qtbot: QtBot) -> MainWindow:
    bridge = EngineBridge(engine.port("ada"))
    made = MainWindow(bridge, SystemClock(), remembered, tuple(entry for entry in PAGES if entry.id in ("live", "alerts")))
    bridge.setParent(made)
    opened.append(made)
    bridge.start()
    with qtbot.waitActive(made):
        made.show()
        made.activateWindow()
    made.show_page("live")
    return made


def dialog_over(window: MainWindow, qtbot: QtBot) -> tuple[FramedDialog, QLineEdit]:
    dialog = FramedDialog("Zone editor", "Something that takes long.", parent=window)
    field = QLineEdit()
    dialog.body.addWidget(field)
    dialog.add_cancel("Cancel")
    with qtbot.waitActive(dialog):
        open_dialog(dialog)
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    return dialog, field


def banners_on_screen() -> list[CriticalBanner]:
    return [each for each in QApplication.allWidgets() if isinstance(each, CriticalBanner) and each.isVisible()]


def test_it_shows_over_a_dialog_without_taking_the_keyboard_and_is_acknowledged_there(
    engine: FakeEngine, window: MainWindow, qtbot: QtBot
) -> None:
    dialog, field = dialog_over(window, qtbot)
    before = dialog.heading.geometry().top(), dialog.height()
    QTest.keyClicks(field, "half a")
    high = engine.alerts.add(EventKind.PERSON, Severity.HIGH, "hall", 1.0)
    fall = engine.alerts.add(EventKind.FALL, Severity.CRITICAL, "hall", 1.0)
    qtbot.waitUntil(lambda: window.critical.banner is not None and window.critical.banner.isVisible())
    banner = window.critical.banner
    assert banner is not None and banner.over is dialog and "Hall" in banner.where.text() and banner.title.text().startswith("Critical: ")
    assert banner.width() == dialog.width() and banner.geometry().top() == 0
    assert banner.geometry().bottom() < dialog.heading.geometry().top() and banner.height() == banner.heightForWidth(banner.width())
    QTest.keyClicks(QApplication.focusWidget(), " name")
    assert field.text() == "half a name"
    QTest.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: engine.alerts.alert(fall.id).state is AlertState.ACKNOWLEDGED)
    qtbot.waitUntil(lambda: window.critical.banner is None)
    assert dialog.isVisible() and engine.alerts.alert(high.id).state is AlertState.NEW
    assert (dialog.heading.geometry().top(), dialog.height()) == before
    fight = engine.alerts.add(EventKind.FIGHT, Severity.CRITICAL, "hall", 1.0)
    qtbot.waitUntil(lambda: window.critical.banner is not None and window.critical.banner.isVisible())
    QTest.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: engine.alerts.alert(fight.id).state is AlertState.ACKNOWLEDGED)


def test_show_goes_to_the_alert_and_the_dialog_comes_back_as_it_was(engine: FakeEngine, window: MainWindow, qtbot: QtBot) -> None:
    dialog, field = dialog_over(window, qtbot)
    QTest.keyClicks(field, "half a name")
    ended: list[int] = []
    dialog.finished.connect(ended.append)
    fall = engine.alerts.add(EventKind.FALL, Severity.CRITICAL, "hall", 1.0)
    qtbot.waitUntil(lambda: window.critical.banner is not None)
    assert window.critical.banner is not None
    window.critical.banner.show_button.click()
    page = window.page("alerts")
    qtbot.waitUntil(lambda: window.current_page_id() == "alerts" and page.list.current() == fall.id)  # type: ignore[attr-defined]
    assert not dialog.isVisible() and ended == [] and QApplication.activeModalWidget() is None
    assert window.critical.bar.isVisible() and "Zone editor" in window.critical.bar.back.text()
    bar = window.critical.bar
    qtbot.waitUntil(
        lambda: not bar.geometry().intersects(window._stack.geometry()) and bar.geometry().bottom() < window.status.geometry().top()
    )
    window.critical.bar.back.click()
    qtbot.waitUntil(dialog.isVisible)
    assert field.text() == "half a name" and QApplication.activeModalWidget() is dialog and not window.critical.bar.isVisible()
    dialog.reject()


def test_later_takes_it_away_until_another_one_comes(engine: FakeEngine, window: MainWindow, qtbot: QtBot) -> None:
    dialog_over(window, qtbot)
    engine.alerts.add(EventKind.FALL, Severity.CRITICAL, "hall", 2.0)
    qtbot.waitUntil(lambda: window.critical.banner is not None)
    assert window.critical.banner is not None
    window.critical.banner.later.click()
    qtbot.wait(300)
    assert window.critical.banner is None
    engine.alerts.add(EventKind.FIGHT, Severity.CRITICAL, "hall", 1.0)
    qtbot.waitUntil(lambda: window.critical.banner is not None)
    assert window.critical.banner is not None and "more" not in window.critical.banner.title.text()


def test_it_follows_to_a_dialog_over_the_dialog_and_goes_with_the_last(engine: FakeEngine, window: MainWindow, qtbot: QtBot) -> None:
    first, _ = dialog_over(window, qtbot)
    engine.alerts.add(EventKind.FALL, Severity.CRITICAL, "hall", 2.0)
    qtbot.waitUntil(lambda: window.critical.banner is not None and window.critical.banner.over is first)
    second = FramedDialog("Discard your changes?", "They have not been saved.", width=300, parent=first)
    keep = second.add_cancel("Keep editing")
    open_dialog(second)
    qtbot.waitUntil(lambda: window.critical.banner is not None and window.critical.banner.over is second)
    qtbot.waitUntil(lambda: banners_on_screen() == [window.critical.banner])
    banner = window.critical.banner
    assert banner is not None
    qtbot.waitUntil(lambda: banner.geometry().bottom() < second.heading.geometry().top())
    assert second.rect().contains(keep.geometry()) and not banner.geometry().intersects(keep.geometry())
    assert banner.width() >= banner.minimumSizeHint().width()
    second.reject()
    qtbot.waitUntil(lambda: window.critical.banner is not None and window.critical.banner.over is first)
    assert banners_on_screen() == [window.critical.banner]
    first.reject()
    qtbot.waitUntil(lambda: window.critical.banner is None)


def test_without_a_dialog_or_for_what_was_opened_before_there_is_none(engine: FakeEngine, window: MainWindow, qtbot: QtBot) -> None:
    fall = engine.alerts.add(EventKind.FALL, Severity.CRITICAL, "hall", 2.0)
    qtbot.wait(300)
    assert window.critical.banner is None
    engine.alerts.change(fall.id, seen_by=("ada",))
    dialog_over(window, qtbot)
    qtbot.wait(300)
    assert window.critical.banner is None, "a dialog about this very alert may be open"


def test_while_locked_nothing_of_it_is_said(engine: FakeEngine, window: MainWindow, qtbot: QtBot) -> None:
    dialog, _ = dialog_over(window, qtbot)
    window.lock.lock()
    engine.alerts.add(EventKind.FALL, Severity.CRITICAL, "hall", 2.0)
    qtbot.wait(300)
    assert window.critical.banner is None
    window.lock.unlock()
    qtbot.waitUntil(lambda: window.critical.banner is not None and window.critical.banner.over is dialog)
