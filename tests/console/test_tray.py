"""The tray: how the site stands, messages that open their alert, closing that goes on watching, and nothing that leaks while locked."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QSize
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QApplication, QSystemTrayIcon
from pytestqt.qtbot import QtBot

import console.shell.tray
import console.shell.tray_choices
from console.shell.closing import ClosingDialog
from console.shell.preferences_dialog import PreferencesDialog
from console.shell.tray import Closing, state_icon, state_words
from console.shell.tray_choices import TrayChoices
from console.window import MainWindow
from engine.model.event import EventKind, Severity
from tests.fakes.engine import FakeEngine

Opened = Callable[[str], MainWindow]


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """A desktop with a tray, and the messages on it."""
    told: list[tuple[str, str]] = []
    for module in (console.shell.tray, console.shell.tray_choices):
        monkeypatch.setattr(module, "tray_is_there", lambda: True)
    monkeypatch.setattr(QSystemTrayIcon, "showMessage", lambda _self, title, text, *_: told.append((title, text)))
    return told


def close_by_hand(window: MainWindow) -> QCloseEvent:
    """As a window manager asks."""

    class Asked(QCloseEvent):
        def spontaneous(self) -> bool:
            return True

    event = Asked()
    window.closeEvent(event)
    return event


def fallen(engine: FakeEngine) -> str:
    alert = engine.alerts.add(EventKind.FALL, Severity.CRITICAL, "gate", 8.0, person="Ada Lovelace")
    engine.publish()
    return alert.id


def test_the_icon_says_by_shape_and_words_how_the_site_stands(
    engine: FakeEngine, open_window: Opened, shown: list[tuple[str, str]], qtbot: QtBot
) -> None:
    window = open_window("ada")
    qtbot.waitUntil(lambda: window.tray.words == "Harbour office. No open alerts.")
    fallen(engine)
    qtbot.waitUntil(lambda: window.tray.words == "Harbour office. 1 alert unacknowledged: 1 Critical.")
    pictures = [state_icon(severity).pixmap(QSize(32, 32)).toImage() for severity in (None, *Severity)]
    shapes = {bytes(picture.convertToFormat(picture.Format.Format_Alpha8).constBits()) for picture in pictures}
    assert len(shapes) >= 5, "told apart without colour"


def test_a_message_opens_its_alert_and_names_nobody(
    engine: FakeEngine, open_window: Opened, shown: list[tuple[str, str]], qtbot: QtBot
) -> None:
    window = open_window("ada")
    alert_id = fallen(engine)
    qtbot.waitUntil(lambda: shown == [("Critical: Fall detected", "Gate")])
    window.hide()
    window.tray._icon.messageClicked.emit()
    assert window.isVisible() and window.current_page_id() == "alerts"
    qtbot.waitUntil(lambda: window.page("alerts").list.current() == alert_id)


def test_while_it_is_locked_it_says_only_how_grave_and_cannot_be_ended(
    engine: FakeEngine, open_window: Opened, shown: list[tuple[str, str]], qtbot: QtBot
) -> None:
    window = open_window("ada")
    qtbot.waitUntil(lambda: window.tray._icon is not None)
    window.lock_now()
    alert_id = fallen(engine)
    qtbot.waitUntil(lambda: shown == [("Critical alert", "Unlock the console to see it.")])
    assert "Gate" not in window.tray.words and "Ada" not in window.tray.words
    assert not window.tray._menu.actions()[-1].isEnabled(), "nobody who passes by quits"
    window.tray.open_wanted.emit(alert_id)
    assert window.lock.locked and window.lock_screen.isVisible()
    window.lock.unlock()
    assert window.tray._menu.actions()[-1].isEnabled()


def test_closing_asks_and_watches_on_in_the_tray(
    engine: FakeEngine, open_window: Opened, shown: list[tuple[str, str]], qtbot: QtBot
) -> None:
    window = open_window("ada")
    assert not close_by_hand(window).isAccepted()
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, ClosingDialog) and window.isVisible()
    dialog.always.setChecked(True)
    dialog.stay.click()
    assert not window.isVisible() and shown[-1][0] == "Watchroom runs in the tray"
    fallen(engine)
    qtbot.waitUntil(lambda: shown[-1][0] == "Critical: Fall detected")
    assert window.alarm.sounding
    window.tray.open_wanted.emit("")
    assert window.isVisible()
    close_by_hand(window)
    assert not window.isVisible(), "it was to do the same from now on"


def test_closing_quits_where_that_was_chosen_and_from_the_icon(open_window: Opened, shown: list[tuple[str, str]], qtbot: QtBot) -> None:
    window = open_window("ada")
    close_by_hand(window)
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, ClosingDialog)
    with qtbot.waitSignal(window.closed):
        dialog.quit.click()
    assert window.closing.get() is Closing.ASK
    other = open_window("bo")
    other.closing.put(Closing.STAY)
    close_by_hand(other)
    with qtbot.waitSignal(other.closed):
        other.tray.quit_wanted.emit()


def test_a_desktop_without_a_tray_asks_before_the_engine_ends_and_the_preferences_say_so(open_window: Opened, qtbot: QtBot) -> None:
    assert not console.shell.tray.tray_is_there(), "the screen of the tests has none"
    window = open_window("ada")
    choices = window._tray_choices()
    qtbot.addWidget(choices)
    assert "has no system tray" in choices.note.text() and not choices.closing.isEnabled() and not choices.messages.isEnabled()
    assert not close_by_hand(window).isAccepted()
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, ClosingDialog) and not dialog.stay.isVisible()
    with qtbot.waitSignal(window.closed):
        dialog.quit.click()


def test_what_is_chosen_is_kept(open_window: Opened, shown: list[tuple[str, str]], qtbot: QtBot) -> None:
    window = open_window("ada")
    window.catalogue.show_preferences()
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, PreferencesDialog) and isinstance(dialog.more, TrayChoices)
    choices = dialog.more
    choices.messages.setCurrentIndex(choices.messages.findData(int(Severity.HIGH)))
    choices.messages.activated.emit(0)
    assert window.alarm.least_told is Severity.HIGH and window.alarm.messages_wanted
    choices.messages.setCurrentIndex(choices.messages.findData(0))
    choices.messages.activated.emit(0)
    assert not window.alarm.messages_wanted
    choices.closing.setCurrentIndex(choices.closing.findData(Closing.QUIT.value))
    choices.closing.activated.emit(0)
    assert window.closing.get() is Closing.QUIT
    dialog.reject()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def test_words_count_by_severity(engine: FakeEngine) -> None:
    alerts = [engine.alerts.add(EventKind.PERSON, severity, "gate", 5.0) for severity in (Severity.LOW, Severity.HIGH, Severity.LOW)]
    assert state_words("Home", alerts) == "Home. 3 alerts unacknowledged: 1 High, 2 Low."


def test_what_is_simulated_is_called_so(engine: FakeEngine) -> None:
    alert = engine.alerts.add(EventKind.PERSON, Severity.LOW, "yard", 5.0)
    assert alert.simulated
    assert state_words("Demo", [alert]) == "Demo. 1 alert unacknowledged: 1 Low. Simulated."
