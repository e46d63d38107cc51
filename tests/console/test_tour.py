"""The tour of the console: every step, driven as a visitor would, by the keyboard alone; left at any time, and not offered again."""

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from console.bridge import EngineBridge
from console.dialogs.alerts.why_nothing import WhyNothingDialog
from console.session.remembered import Remembered
from console.shell.preferences import use_look
from console.tour.steps import STEPS, steps_for
from console.tour.text import TEXTS
from console.window import MainWindow
from engine.model.accounts.access import DEMO_SESSION, ROLE_VERBS, Role, Session, User, Verb
from engine.model.alerts.alert import AlertState
from engine.model.cameras.picture_zone import PictureZone
from engine.model.command import PutCamera
from engine.model.event import EventKind, Severity
from engine.model.time import SystemClock
from tests.fakes.engine import FakeEngine, FakePort
from widgets.look import Look, current_look

Opened = Callable[[], MainWindow]
AREA = ((0.1, 0.1), (0.5, 0.1), (0.5, 0.5))
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def open_demo(engine: FakeEngine, remembered: Remembered, qtbot: QtBot) -> Iterator[Opened]:
    """As whoever starts the demo site gets it."""
    opened: list[MainWindow] = []

    def open_it() -> MainWindow:
        session = Session(DEMO_SESSION, User("demo", "Demo", Role.ADMIN), ROLE_VERBS[Role.ADMIN])
        bridge = EngineBridge(FakePort(engine, session))
        window = MainWindow(bridge, SystemClock(), remembered)
        bridge.setParent(window)
        opened.append(window)
        bridge.start()
        with qtbot.waitActive(window):
            window.show()
            window.activateWindow()
        window.offer_tour()
        return window

    yield open_it
    for window in opened:
        window.close()
        window.deleteLater()


@pytest.fixture
def usual_look() -> Iterator[None]:
    before = current_look()
    yield
    use_look(before)


def at(window: MainWindow) -> str:
    return "" if window.tour.step is None else window.tour.step.text.id


def press(window: MainWindow, qtbot: QtBot, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """Wherever the focus is, as a keyboard does."""
    qtbot.keyClick(window.focusWidget() or window, key, modifier)


def go_to(window: MainWindow, qtbot: QtBot, step: str) -> None:
    for _ in range(len(STEPS)):
        if at(window) == step:
            return
        press(window, qtbot, Qt.Key.Key_Return, CTRL)
    assert at(window) == step


def shot(window: MainWindow, name: str) -> None:
    folder = os.environ.get("WATCHROOM_SHOTS")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        window.grab().save(str(Path(folder) / f"tour-{name}.png"))


def test_it_goes_on_by_what_is_really_done_with_the_keyboard_alone(engine: FakeEngine, open_demo: Opened, qtbot: QtBot) -> None:
    made = engine.alerts.add(EventKind.FALL, Severity.CRITICAL, "yard", 8.0)
    window = open_demo()
    qtbot.waitUntil(lambda: window.snapshot is not None)
    assert at(window) == "welcome"
    visited = []
    for step in ("welcome", "rail", "wall"):
        assert at(window) == step
        visited.append(step)
        assert window.focusWidget() is window.tour.card.next
        shot(window, step)
        press(window, qtbot, Qt.Key.Key_Return)
    assert at(window) == "acknowledge" and window.current_page_id() == "alerts"
    shot(window, "acknowledge")
    qtbot.waitUntil(lambda: window.page("alerts").list.current() == made.id)
    press(window, qtbot, Qt.Key.Key_A)
    qtbot.waitUntil(lambda: at(window) == "why")
    assert engine.alerts.alert(made.id).state is AlertState.ACKNOWLEDGED
    shot(window, "why")
    press(window, qtbot, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), WhyNothingDialog))
    dialog = QApplication.activeModalWidget()
    qtbot.waitUntil(lambda: window.tour._watch is not None and not window.tour._watch() and bool(dialog.isVisible()))
    assert at(window) == "why", "it waits until the dialog is closed"
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: at(window) == "space")
    assert window.current_page_id() == "space" and window.tour.running, "Escape was the dialog's"
    shot(window, "space")
    press(window, qtbot, Qt.Key.Key_Return)
    assert at(window) == "timeline"
    shot(window, "timeline")
    press(window, qtbot, Qt.Key.Key_6, CTRL)
    qtbot.waitUntil(lambda: at(window) == "lanes")
    shot(window, "lanes")
    press(window, qtbot, Qt.Key.Key_Return)
    assert at(window) == "chat"
    shot(window, "chat")
    press(window, qtbot, Qt.Key.Key_Slash, CTRL)
    qtbot.waitUntil(lambda: window.chat.dock.isVisible())
    qtbot.keyClicks(window.focusWidget(), "who was at the yard?")
    press(window, qtbot, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: at(window) == "zone")
    assert window.current_page_id() == "live"
    shot(window, "zone")
    yard = engine.settings.camera("yard")
    engine.execute(PutCamera(replace(yard, zones=(PictureZone("zn-1", "Gate", AREA),))))
    qtbot.waitUntil(lambda: at(window) == "keys")
    shot(window, "keys")
    press(window, qtbot, Qt.Key.Key_Return)
    assert at(window) == "end"
    shot(window, "end")
    press(window, qtbot, Qt.Key.Key_Return)
    assert not window.tour.running


def test_escape_leaves_it_at_any_step_and_it_does_not_come_again(open_demo: Opened, qtbot: QtBot) -> None:
    window = open_demo()
    for number, step in enumerate(STEPS):
        for _ in range(number):
            press(window, qtbot, Qt.Key.Key_Return, CTRL)
        assert at(window) == step.text.id
        press(window, qtbot, Qt.Key.Key_Escape)
        assert not window.tour.running and window.focusWidget() is not None
        window.offer_tour()
        assert not window.tour.running
        window.catalogue._run_action(next(each for each in window.catalogue.everything() if each.id == "everywhere.tour"))
        assert at(window) == "welcome", "the palette starts it all the same"


def test_closing_the_window_is_not_leaving_it(open_demo: Opened, qtbot: QtBot) -> None:
    open_demo().close()
    assert at(open_demo()) == "welcome"


def test_only_the_demo_offers_it_and_the_help_menu_starts_it(open_window: Callable[[str], MainWindow], qtbot: QtBot) -> None:
    window = open_window("ada")
    window.offer_tour()
    assert not window.tour.running
    window.status.tour_requested.emit()
    assert at(window) == "welcome"
    window.lock_now()
    assert not window.tour.running, "nothing of it stands over a locked console"


def test_back_and_forth_by_keys_and_buttons_and_f6_to_the_console(open_demo: Opened, qtbot: QtBot) -> None:
    window = open_demo()
    press(window, qtbot, Qt.Key.Key_Right)
    press(window, qtbot, Qt.Key.Key_Right)
    assert at(window) == "wall"
    press(window, qtbot, Qt.Key.Key_Left)
    assert at(window) == "rail"
    window.tour.card.back.click()
    assert at(window) == "welcome" and not window.tour.card.back.isVisible()
    go_to(window, qtbot, "wall")
    press(window, qtbot, Qt.Key.Key_F6)
    assert window.page("live").isAncestorOf(window.focusWidget())
    press(window, qtbot, Qt.Key.Key_F6)
    assert window.focusWidget() is window.tour.card.next


def test_what_is_meant_is_clear_and_can_be_used_with_the_mouse(open_demo: Opened, qtbot: QtBot) -> None:
    window = open_demo()
    go_to(window, qtbot, "timeline")
    button = window.rail.buttons()["investigate"]
    spot = button.mapTo(window, button.rect().center())
    assert window.tour.veil.clear.contains(spot)
    assert window.childAt(spot) is button, "the veil takes no clicks"
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: at(window) == "lanes")


def test_what_a_session_may_not_do_is_left_out(engine: FakeEngine, remembered: Remembered, qtbot: QtBot) -> None:
    watcher = Session("session-w", User("w", "wall", Role.OPERATOR), frozenset({Verb.SEE_LIVE}))
    bridge = EngineBridge(FakePort(engine, watcher))
    window = MainWindow(bridge, SystemClock(), remembered)
    qtbot.addWidget(window)
    left = {step.text.id for step in STEPS} - {step.text.id for step in steps_for(window)}
    assert "zone" in left and "acknowledge" in left
    window.close()


def test_readers_hear_every_step(open_demo: Opened, qtbot: QtBot) -> None:
    window = open_demo()
    for number, step in enumerate(STEPS, start=1):
        card = window.tour.card
        assert card.accessibleName() == f"Tour, {number} of {len(STEPS)}"
        assert step.text.title in card.accessibleDescription() and step.text.ask in card.next.accessibleDescription()
        press(window, qtbot, Qt.Key.Key_Return, CTRL)


def test_it_fits_the_smallest_window_in_every_theme_also_with_large_text(open_demo: Opened, qtbot: QtBot, usual_look: None) -> None:
    window = open_demo()
    for theme, percent in (("dark", 150), ("light", 100), ("contrast", 150)):
        window.preferences.set_look(Look(theme, percent))
        window.resize(1024, 640)
        window.tour.start()
        for step in STEPS:
            card = window.tour.card
            qtbot.wait(1)
            window.tour.look()
            assert window.rect().contains(card.geometry()), step.text.id
            assert card.height() >= card.layout().totalHeightForWidth(card.width()), f"{step.text.id} is cut off"
            for button in card.findChildren(QPushButton):
                assert not button.isVisible() or card.rect().contains(QRect(button.mapTo(card, button.rect().topLeft()), button.size()))
            shot(window, f"{theme}-{percent}-{step.text.id}")
            press(window, qtbot, Qt.Key.Key_Return, CTRL)


def test_every_step_has_its_text_and_each_is_used() -> None:
    assert [step.text for step in STEPS] == list(TEXTS)
    assert all(bool(step.text.ask) == (step.watch is not None) for step in STEPS)
    assert all(len(text.text) + len(text.ask) <= 320 for text in TEXTS)
