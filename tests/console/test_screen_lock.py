"""A locked console: no key and no click reaches anything but the lock screen, alarms go on, and its user comes back."""

from collections.abc import Callable
from dataclasses import replace
from itertools import product

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QCloseEvent, QShortcut, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QMenu, QWidget
from pytestqt.qtbot import QtBot

from console.dialogs.people.enrol import EnrolPictureDialog
from console.pages.registry import PAGES
from console.session.lock_screen import AlertTally
from console.window import MainWindow
from engine.model.accounts.access import AccessSettings
from engine.model.accounts.commands import ChangeAccess, ConfirmPassword
from engine.model.alerts.alert import Alert, AlertState
from engine.model.errors import EnvironmentFault, InputError
from engine.model.event import EventKind, Severity
from engine.model.people.person import Person
from engine.model.time import SECOND
from tests.fakes.engine import FakeEngine
from widgets.look import current_look, set_look

Opener = Callable[..., MainWindow]
Key, Mod = Qt.Key, Qt.KeyboardModifier


@pytest.fixture
def window(open_window: Opener) -> MainWindow:
    return open_window()


def unlock(window: MainWindow, password: str, qtbot: QtBot) -> None:
    screen = window.lock_screen
    screen.fields.field("password").edit().setText(password)
    screen.button.click()
    qtbot.waitUntil(lambda: not screen._busy)


def test_it_covers_the_window_and_its_user_comes_back(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.keyClick(window.status.user_button, Key.Key_L, Mod.ControlModifier)
    assert window.lock.locked and window.lock_screen.isVisible() and window.lock_screen.size() == window.size()
    assert window.lock_screen.isAncestorOf(QApplication.focusWidget() or window) or not window.isActiveWindow()
    window.resize(1200, 700)
    qtbot.waitUntil(lambda: window.lock_screen.size() == window.size())
    unlock(window, "wrong", qtbot)
    assert window.lock.locked and "not right" in window.lock_screen.trouble.text()
    assert window.lock_screen.fields.values()["password"] == ""
    unlock(window, "correct horse", qtbot)
    assert not window.lock.locked and not window.lock_screen.isVisible() and window._body.isEnabled()


def test_whom_an_identity_provider_knows_signs_in_there_again(
    engine: FakeEngine, open_window: Opener, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine.users = (replace(engine.users[0], id="hub-oidc-4711"), *engine.users[1:])
    window = open_window()
    asked: list[str] = []
    monkeypatch.setattr(window._bridge, "confirm", lambda password, done, *_: asked.append(password) or done())
    window.lock_now()
    screen = window.lock_screen
    assert screen.isVisible() and not screen.fields.isVisible() and "organisation" in screen.button.text().replace("&", "")
    screen.button.click()
    assert asked == [""] and not window.lock.locked


def test_no_key_reaches_the_page_below(window: MainWindow, engine: FakeEngine, qtbot: QtBot) -> None:
    """Every key with every modifier, at the field that has the keyboard, at the window, and at what lies below."""
    pressed: list[str] = []
    for shortcut in window.findChildren(QShortcut):
        shortcut.activated.connect(lambda shortcut=shortcut: pressed.append(shortcut.key().toString()))
    window.lock_now()
    before = (window.current_page_id(), len(engine.commands), set(QApplication.topLevelWidgets()))
    field = window.lock_screen.fields.field("password").edit()
    keys = [Key(code) for code in (*range(Key.Key_Space, Key.Key_QuoteLeft, 2), Key.Key_F1, Key.Key_F5, Key.Key_F11, Key.Key_Escape)]
    for key, held in product(keys, (Mod.NoModifier, Mod.ControlModifier)):
        for target in (field, window, window.page("live")):
            qtbot.keyClick(target, key, held)
    field.clear()
    assert pressed == []
    assert (window.current_page_id(), len(engine.commands), set(QApplication.topLevelWidgets())) == before
    assert window.lock.locked
    qtbot.mouseClick(window.rail.buttons()["system"], Qt.MouseButton.LeftButton)
    at, turned = QPointF(5, 5), QPoint(0, 120)
    wheel = QWheelEvent(at, at, QPoint(), turned, Qt.MouseButton.NoButton, Mod.NoModifier, Qt.ScrollPhase.NoScrollPhase, False)
    QApplication.sendEvent(window.page("live"), wheel)
    assert window.current_page_id() == before[0]


def test_tab_stays_on_the_lock_screen(window: MainWindow, qtbot: QtBot) -> None:
    window.lock_now()
    seen: set[str] = set()
    for _ in range(12):
        widget = QApplication.focusWidget()
        if widget is not None:
            assert window.lock_screen.isAncestorOf(widget), widget
            seen.add(type(widget).__name__)
            qtbot.keyClick(widget, Key.Key_Tab)
    assert "QLineEdit" in seen or not window.isActiveWindow()


def test_other_windows_go_and_come_back(window: MainWindow, qtbot: QtBot) -> None:
    wall, dialog, late = QWidget(), QDialog(window), QDialog(window)
    for widget in (wall, dialog, late):
        qtbot.addWidget(widget)
    wall.show()
    dialog.open()
    window.lock_now()
    assert not wall.isVisible() and not dialog.isVisible()
    late.show()
    qtbot.waitUntil(lambda: not late.isVisible())
    unlock(window, "correct horse", qtbot)
    assert wall.isVisible() and dialog.isVisible() and late.isVisible()
    assert dialog.result() == 0


def test_a_menu_that_is_open_is_closed(window: MainWindow, qtbot: QtBot) -> None:
    menu = QMenu(window)
    menu.addAction("Delete everything")
    menu.popup(QPoint(10, 10))
    window.lock_now()
    assert not menu.isVisible()


def test_alarms_go_on_and_are_counted_without_names(window: MainWindow, engine: FakeEngine, qtbot: QtBot) -> None:
    window.lock_now()
    engine.alerts.add(EventKind.FALL, Severity.CRITICAL, "yard", person="Zenobia")
    engine.tick()
    qtbot.waitUntil(lambda: "1 Critical, 1 not acknowledged" in window.lock_screen.alerts.words())
    qtbot.waitUntil(lambda: window.alarm.sounding)
    assert "Zenobia" not in window.lock_screen.alerts.words()


def test_nobody_closes_the_window_to_silence_it(window: MainWindow) -> None:
    window.lock_now()
    event = QCloseEvent()
    event.spontaneous = lambda: True  # type: ignore[method-assign]
    window.closeEvent(event)
    assert not event.isAccepted() and window.isVisible()


def test_somebody_else_may_sign_in(window: MainWindow, qtbot: QtBot) -> None:
    window.lock_now()
    with qtbot.waitSignal(window.signed_out) as left:
        window.lock_screen.leave.click()
    assert left.args == [""]


@pytest.mark.parametrize("page_id", [entry.id for entry in PAGES])
def test_a_clip_that_was_open_ends_when_somebody_else_signs_in(window: MainWindow, page_id: str) -> None:
    """Qt ends the process where a thread goes while it runs."""
    dialog = EnrolPictureDialog(window._bridge, Person("ada", "Ada"), window.page(page_id))
    dialog.open()
    thread = dialog.player._session._thread
    window.lock_now()
    assert not dialog.isVisible() and thread.isRunning()
    window.close()
    running = thread.isRunning()
    dialog.player.shutdown()
    assert not running


CLOSED = InputError("password", "Too many failed sign-ins under this name. Try again in 30 s.")
AWAY = EnvironmentFault("unreachable", "The engine does not answer.")


@pytest.mark.parametrize("error", [CLOSED, AWAY], ids=["closed", "away"])
def test_what_keeps_it_locked_is_said(window: MainWindow, engine: FakeEngine, qtbot: QtBot, error: Exception) -> None:
    window.lock_now()
    engine.fail("command", error, ConfirmPassword)
    unlock(window, "correct horse", qtbot)
    assert window.lock.locked and ("30 s" in window.lock_screen.trouble.text() or "answer" in window.lock_screen.trouble.text())


def test_it_locks_by_itself_when_nobody_touches_anything(window: MainWindow, engine: FakeEngine, qtbot: QtBot) -> None:
    engine.execute(ChangeAccess(AccessSettings(5.0)))
    qtbot.waitUntil(lambda: window.lock._idle_s == 300.0)
    now_s = window.lock._touched_s
    window.lock._now_s = lambda: now_s
    now_s += 299.0
    window.lock.look()
    assert not window.lock.locked
    QTest.keyClick(window.windowHandle(), Key.Key_Shift)  # as the system gives it
    now_s += 299.0
    window.lock.look()
    assert not window.lock.locked, "a key is a touch"
    now_s += 2.0
    window.lock.look()
    assert window.lock.locked
    unlock(window, "correct horse", qtbot)
    window.lock.look()
    assert not window.lock.locked


def test_by_default_it_never_locks_by_itself(window: MainWindow) -> None:
    window.lock._now_s = lambda: 1e9
    window.lock.look()
    assert not window.lock.locked


def test_the_tally_counts_by_severity(qtbot: QtBot) -> None:
    tally = AlertTally()
    qtbot.addWidget(tally)
    assert tally.words() == "No open alerts"
    first = Alert("a", "d", "r", EventKind.FALL, Severity.HIGH, 0, 0, person="Zenobia")
    taken = Alert("b", "d", "r", EventKind.FALL, Severity.HIGH, 60 * SECOND, 0, AlertState.ACKNOWLEDGED)
    low = Alert("c", "d", "r", EventKind.PERSON, Severity.LOW, 0, 0, AlertState.IN_PROGRESS)
    tally.show_alerts([low, first, taken], 120 * SECOND)
    assert tally.words() == "2 High, 1 not acknowledged, 1 min ago; 1 Low, all acknowledged, 2 min ago"
    assert not tally.grab().isNull()


def test_the_tally_is_as_large_as_text_is_when_it_comes_on_screen(qtbot: QtBot) -> None:
    """It was made, and hidden, before the size of text was another."""
    before = current_look()
    large = AlertTally()
    qtbot.addWidget(large)
    try:
        set_look(replace(before, text_percent=150))
        fresh = AlertTally()
        qtbot.addWidget(fresh)
        assert large.size() != fresh.size()
        large.show_alerts([], 0)
        assert large.size() == fresh.size()
    finally:
        set_look(before)
