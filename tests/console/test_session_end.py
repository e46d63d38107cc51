"""A session that will end says so in time, and the password gives it another seven days."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from console.bridge import EngineBridge
from console.dialogs.accounts.confirm_password import ConfirmPasswordDialog
from console.session.remembered import Remembered
from console.session.session_end import notice_of
from console.window import MainWindow
from engine.model.accounts.access import Role, Session, User
from engine.model.errors import EnvironmentFault, NotSignedIn, WatchroomError
from engine.model.event import EventKind, Severity
from engine.model.question import ListEvents
from engine.model.time import SECOND, SystemClock
from tests.fakes.engine import FakeEngine, FakePort

HOUR_NS = 3600 * SECOND


def opened(port: FakePort, remembered: Remembered, qtbot: QtBot) -> MainWindow:
    bridge = EngineBridge(port)
    window = MainWindow(bridge, SystemClock(), remembered)
    bridge.setParent(window)
    bridge.start()
    with qtbot.waitExposed(window):
        window.show()
    return window


@pytest.fixture
def window(engine: FakeEngine, remembered: Remembered, qtbot: QtBot) -> Iterator[MainWindow]:
    """Half an hour before its session ends."""
    made = opened(engine.port(ends_ns=engine.now_ns + HOUR_NS // 2), remembered, qtbot)
    yield made
    made.close()
    made.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def test_whom_an_identity_provider_knows_is_told_of_no_password() -> None:
    session = Session("s", User("north/hub-oidc-1", "ada", Role.ADMIN), frozenset(), ends_ns=HOUR_NS)
    notice = notice_of(session, 0)
    assert notice is not None and "organisation" in notice.advice and "password" not in notice.advice


@pytest.mark.parametrize(("left_h", "urgency"), [(None, None), (9.0, None), (7.9, 0), (1.1, 0), (0.9, 1), (0.2, 1), (0.1, 2), (-0.1, 2)])
def test_it_is_said_from_eight_hours_before(left_h: float | None, urgency: int | None) -> None:
    ends_ns = None if left_h is None else round((100 + left_h) * HOUR_NS)
    notice = notice_of(Session("s", User("u", "ada", Role.ADMIN), frozenset(), ends_ns=ends_ns), 100 * HOUR_NS)
    assert (None if notice is None else notice.urgency) == urgency


def test_a_display_is_told_where_the_next_token_belongs() -> None:
    session = Session("s", User("u", "machine:operator", Role.OPERATOR), frozenset(), ends_ns=HOUR_NS, machine="Gate display")
    notice = notice_of(session, 0)
    assert notice is not None and notice.text.startswith("Token good until") and "new token" in notice.advice


def test_the_operator_is_warned_confirms_and_the_warning_goes(window: MainWindow, engine: FakeEngine, qtbot: QtBot) -> None:
    button = window._end_button
    qtbot.waitUntil(button.isVisible)
    assert button.text().startswith("Confirm by ") and "locks" in button.toolTip()
    told = [toast for toast in window.toasts.toasts() if "Confirm by" in toast.text()]
    assert len(told) == 1
    button.click()
    dialog = window.findChild(ConfirmPasswordDialog)
    assert dialog is not None
    dialog.submit()
    assert "Enter your password" in dialog.fields.field("password").message()
    dialog.fields.field("password").set_value("wrong")
    dialog.button.click()
    qtbot.waitUntil(lambda: "not right" in dialog.trouble.text())
    assert dialog.fields.values()["password"] == ""
    dialog.fields.field("password").set_value("correct horse")
    with qtbot.waitSignal(dialog.accepted):
        dialog.button.click()
    qtbot.waitUntil(lambda: any("You are signed in until" in toast.text() for toast in window.toasts.toasts()))
    engine.tick()
    qtbot.waitUntil(button.isHidden)
    assert not [toast for toast in window.toasts.toasts() if "Confirm by" in toast.text()]


def test_that_the_engine_is_silent_is_said_first(window: MainWindow, qtbot: QtBot) -> None:
    button = window._end_button
    qtbot.waitUntil(button.isVisible)
    window._bridge._timer.stop()
    window.status._heard_ns = 0
    qtbot.waitUntil(button.isHidden)
    assert window.snapshot is not None
    window.status.show_snapshot(window.snapshot)
    qtbot.waitUntil(button.isVisible)


def test_unlocking_does_the_same(window: MainWindow, engine: FakeEngine, qtbot: QtBot) -> None:
    qtbot.waitUntil(window._end_button.isVisible)
    window.lock_now()
    window.lock_screen.fields.field("password").set_value("correct horse")
    window.lock_screen.button.click()
    qtbot.waitUntil(lambda: not window.lock.locked)
    engine.tick()
    qtbot.waitUntil(window._end_button.isHidden)


def test_who_is_far_from_it_sees_nothing_and_finds_it_in_the_palette(engine: FakeEngine, remembered: Remembered, qtbot: QtBot) -> None:
    window = opened(engine.port(ends_ns=engine.now_ns + 100 * HOUR_NS), remembered, qtbot)
    qtbot.waitUntil(lambda: window.windowTitle() != "Watchroom")
    assert window._end_button.isHidden()
    assert any(action.title == "Stay signed in…" for action in window.catalogue.everywhere)
    window.close()
    window.deleteLater()


def test_at_its_end_the_console_locks_and_alarms_go_on(window: MainWindow, engine: FakeEngine, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: len(engine.feeds) == 2)
    engine.lapsed = True
    qtbot.waitUntil(lambda: window.lock.locked)
    screen = window.lock_screen
    assert screen.isVisible() and "the session of ada has expired after seven days" in screen.who.text()
    assert all(feed.closed for feed in engine.feeds), "no pictures come meanwhile"
    engine.alerts.add(EventKind.FALL, Severity.CRITICAL, "yard", person="Zenobia")
    engine.tick()
    qtbot.waitUntil(lambda: "1 Critical, 1 not acknowledged" in screen.alerts.words())
    qtbot.waitUntil(lambda: window.alarm.sounding)
    assert not window._bridge.snapshot.alerts.alerts, "the pages below are told nothing"
    engine.fail("tally", EnvironmentFault("unreachable", "The engine does not answer."))
    qtbot.waitUntil(lambda: "does not answer" in screen.trouble.text())
    qtbot.waitUntil(lambda: not screen.trouble.text())
    screen.fields.field("password").set_value("wrong")
    screen.button.click()
    qtbot.waitUntil(lambda: "not right" in screen.trouble.text())
    screen.fields.field("password").set_value("correct horse")
    screen.button.click()
    qtbot.waitUntil(lambda: not window.lock.locked)
    qtbot.waitUntil(lambda: len(window._bridge.snapshot.alerts.alerts) == 1)
    qtbot.waitUntil(lambda: sum(not feed.closed for feed in engine.feeds) == 2)
    window.lock_now()
    assert "ada is signed in" in screen.who.text()


def test_what_was_asked_at_that_moment_signs_nobody_out(window: MainWindow, engine: FakeEngine, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: window._bridge.snapshot is not None)
    engine.now_ns += HOUR_NS
    engine.tick()
    qtbot.waitUntil(lambda: window._bridge.snapshot.at_ns >= (window.session.ends_ns or 0))
    refused: list[WatchroomError] = []
    window.signed_out.connect(lambda why: refused.append(NotSignedIn(f"signed out: {why}")))
    engine.fail("ask", NotSignedIn("The session has ended. Sign in again."), ListEvents)
    window._bridge.ask(ListEvents(), lambda _: None, refused.append)
    qtbot.waitUntil(lambda: bool(refused))
    assert [str(error) for error in refused] == ["The session has ended. Sign in again."]


def test_a_session_that_was_ended_under_the_lock_is_signed_out(window: MainWindow, engine: FakeEngine, qtbot: QtBot) -> None:
    engine.lapsed = True
    qtbot.waitUntil(lambda: window.lock.locked)
    with qtbot.waitSignal(window.signed_out):
        engine.fail("tally", NotSignedIn("Not signed in, or signed out elsewhere. Sign in again."))
