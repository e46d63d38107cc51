"""Listening on Live: the menu, the key, the line above the wall, the mark on the tile; and all that ends it."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from console.pages.live.live import LivePage
from console.shell.preferences_dialog import PreferencesDialog
from console.sound.loudspeaker import QtLoudspeaker
from console.sound.sound_choice import SoundChoice, kept_choice
from console.window import MainWindow
from engine.model.cameras.sound import SOUND_HZ, SoundState
from engine.model.errors import EnvironmentFault
from engine.model.health import CameraState
from engine.model.settings import CameraSettings
from tests.fakes.engine import FakeEngine
from tests.fakes.sound import FakeLoudspeaker, FakeSound

Opener = Callable[..., MainWindow]
LOUD = (np.sin(np.arange(SOUND_HZ // 2) / 20) * 20_000).astype(np.int16)


@pytest.fixture
def heard_engine(engine: FakeEngine) -> FakeEngine:
    """The gate may be listened to, the yard (simulated) has no sound, and a third nobody may hear."""
    with engine.lock:
        gate = engine.settings.camera("gate")
        assert gate is not None
        engine.settings = engine.settings.with_camera(replace(gate, listen=True, listen_purpose="To hear calls for help"))
        engine.settings = engine.settings.with_camera(CameraSettings("hall", "Hall", "rtsp://hall/1"))
        engine.publish()
    return engine


@pytest.fixture
def window(open_window: Opener, heard_engine: FakeEngine) -> MainWindow:
    return open_window()


@pytest.fixture
def live(window: MainWindow, loudspeaker: FakeLoudspeaker) -> LivePage:
    page = window.page("live")
    assert isinstance(page, LivePage)
    page.listening.hearing._loudspeaker = loudspeaker
    return page


@pytest.fixture
def loudspeaker() -> FakeLoudspeaker:
    return FakeLoudspeaker()


def listen(live: LivePage, engine: FakeEngine, qtbot: QtBot) -> FakeSound:
    live.listening.hearing.listen("gate")
    qtbot.waitUntil(lambda: live.listening.hearing._feed is not None)
    return engine.sounds[-1]


def entry(menu: QMenu) -> QAction:
    return next(action for action in menu.actions() if "isten" in action.text().replace("&", ""))


def says(window: MainWindow) -> str:
    return " ".join(toast.text() for toast in window.toasts.toasts())


def test_sound_reaches_the_loudspeaker_and_the_screen_says_so(
    live: LivePage, engine: FakeEngine, loudspeaker: FakeLoudspeaker, qtbot: QtBot
) -> None:
    assert engine.sounds == [] and not live.listening.bar.isVisible() and not loudspeaker.is_open
    sound = listen(live, engine, qtbot)
    assert live.listening.bar.isVisible() and "no sound yet" in live.listening.bar.text.text()
    sound.say(LOUD)
    qtbot.waitUntil(lambda: bool(loudspeaker.heard))
    assert live.listening.bar.text.text() == "Listening to Gate"
    heard = live.wall.dress.heard
    assert heard is not None and heard.camera_id == "gate" and heard.words == "Listening" and heard.level > 0.5
    assert live.listening.bar.meter.level > 0.5
    live.listening.bar.stop.click()
    qtbot.waitUntil(lambda: sound.closed)
    assert not loudspeaker.is_open and live.wall.dress.heard is None and not live.listening.bar.isVisible()


def test_it_stays_through_layouts_pages_and_a_camera_that_fills_the_wall(live: LivePage, engine: FakeEngine, qtbot: QtBot) -> None:
    sound = listen(live, engine, qtbot)
    for layout in ("1", "9", "1+5", "free", "4"):
        live.desk.choose_layout(layout)
    live.wall.set_maximised("yard")
    live.listening.look()
    live.wall.set_maximised("")
    assert live.listening.hearing.camera_id == "gate" and not sound.closed and live.listening.bar.isVisible()


def test_one_camera_at_a_time(live: LivePage, engine: FakeEngine, qtbot: QtBot) -> None:
    with engine.lock:
        hall = engine.settings.camera("hall")
        assert hall is not None
        engine.settings = engine.settings.with_camera(replace(hall, listen=True, listen_purpose="To hear calls for help"))
        engine.publish()
    qtbot.waitUntil(lambda: not live.listening.hearing.why_not("hall"))
    first = listen(live, engine, qtbot)
    live.listening.hearing.listen("hall")
    qtbot.waitUntil(lambda: first.closed and len(engine.sounds) == 2)
    assert live.listening.hearing.camera_id == "hall"


def test_the_key_and_the_palette(live: LivePage, window: MainWindow, engine: FakeEngine, qtbot: QtBot) -> None:
    action = next(action for action in live.actions() if action.id == "live.listen")
    assert action.keys == "M" and action.why_not is not None and action.why_not() == "Select a camera first."
    live.wall.select_camera("gate")
    assert action.why_not() == ""
    live.wall.setFocus()
    qtbot.keyClick(live.wall, Qt.Key.Key_M)
    qtbot.waitUntil(lambda: len(engine.sounds) == 1)
    qtbot.waitUntil(lambda: live.listening.hearing._feed is not None)
    qtbot.keyClick(live.wall, Qt.Key.Key_M)
    qtbot.waitUntil(lambda: engine.sounds[0].closed)


def test_the_menu_says_why_not(live: LivePage, engine: FakeEngine, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: live.listening.hearing.why_not("hall") != "Select a camera first.")
    for camera_id, why in (("yard", "Nobody may listen to Yard"), ("hall", "Nobody may listen to Hall")):
        action = entry(live.menu_of(camera_id))
        assert not action.isEnabled() and why in action.toolTip()
    allowed = entry(live.menu_of("gate"))
    assert allowed.isEnabled() and "To hear calls for help" in allowed.toolTip() and "audit" in allowed.toolTip()
    entry(live.menu_of("gate")).trigger()
    qtbot.waitUntil(lambda: live.listening.hearing._feed is not None)
    stop = entry(live.menu_of("gate"))
    assert "Stop" in stop.text()
    stop.trigger()
    qtbot.waitUntil(lambda: engine.sounds[0].closed)


def test_a_locked_console_hears_nothing(live: LivePage, window: MainWindow, engine: FakeEngine, qtbot: QtBot) -> None:
    sound = listen(live, engine, qtbot)
    window.lock_now()
    assert live.listening.hearing.camera_id == ""
    qtbot.waitUntil(lambda: sound.closed)


def test_another_page_ends_it_unless_a_further_wall_says_so(live: LivePage, window: MainWindow, engine: FakeEngine, qtbot: QtBot) -> None:
    sound = listen(live, engine, qtbot)
    window.show_page("system")
    qtbot.waitUntil(lambda: sound.closed)
    window.show_page("live")
    frame = live.walls.open_another()
    assert frame is not None
    qtbot.waitUntil(lambda: "gate" in frame.desk.wall.visible_cameras())
    sound = listen(live, engine, qtbot)
    assert frame.desk.wall.dress.heard is not None
    window.show_page("system")
    live.listening.look()
    assert live.listening.hearing.camera_id == "gate"
    frame.close()
    live.listening.look()
    qtbot.waitUntil(lambda: sound.closed)


def test_closing_the_window_ends_it(live: LivePage, window: MainWindow, engine: FakeEngine, qtbot: QtBot) -> None:
    listen(live, engine, qtbot)
    window.close()
    assert live.listening.hearing.camera_id == "" and not live.listening.hearing._timer.isActive()


def test_no_loudspeaker_is_a_sentence_and_nothing_is_asked_for(
    live: LivePage, window: MainWindow, engine: FakeEngine, loudspeaker: FakeLoudspeaker, qtbot: QtBot
) -> None:
    loudspeaker.why = "Cameras cannot be heard: this machine has no loudspeaker that works."
    live.listening.hearing.listen("gate")
    assert engine.sounds == [] and live.listening.hearing.camera_id == "" and not live.listening.bar.isVisible()
    assert "no loudspeaker" in says(window)


def test_a_loudspeaker_that_is_unplugged_is_replaced_or_ends_it(
    live: LivePage, window: MainWindow, engine: FakeEngine, loudspeaker: FakeLoudspeaker, qtbot: QtBot
) -> None:
    sound = listen(live, engine, qtbot)
    loudspeaker.unplugged = True
    qtbot.waitUntil(lambda: loudspeaker.opened == 2)
    assert loudspeaker.is_open and not sound.closed
    loudspeaker.unplugged, loudspeaker.why = True, "Cameras cannot be heard: it is gone."
    qtbot.waitUntil(lambda: sound.closed)
    assert "it is gone" in says(window)


def test_a_refusal_and_an_end_by_the_engine_are_said(live: LivePage, window: MainWindow, engine: FakeEngine, qtbot: QtBot) -> None:
    engine.fail("listen", EnvironmentFault("disk", "The audit cannot be kept: the disk is full."))
    live.listening.hearing.listen("gate")
    qtbot.waitUntil(lambda: "the disk is full" in says(window))
    assert live.listening.hearing.camera_id == ""
    sound = listen(live, engine, qtbot)
    sound.state = SoundState(CameraState.ENDED, "The settings of this camera were changed. Start listening again.", ended=True)
    qtbot.waitUntil(lambda: "settings of this camera were changed" in says(window))
    assert live.listening.hearing.camera_id == ""


def test_why_nothing_comes_stands_above_the_wall(live: LivePage, engine: FakeEngine, qtbot: QtBot) -> None:
    sound = listen(live, engine, qtbot)
    sound.state = SoundState(CameraState.LOST, "rtsp://gate/1 carries no sound.")
    qtbot.waitUntil(lambda: "carries no sound" in live.listening.bar.text.text())
    heard = live.wall.dress.heard
    assert heard is not None and heard.words == "Waiting for sound"


def test_a_feed_that_comes_too_late_is_closed(live: LivePage, engine: FakeEngine, qtbot: QtBot) -> None:
    gate = engine.hold("listen")
    live.listening.hearing.listen("gate")
    live.listening.hearing.stop()
    gate.set()
    qtbot.waitUntil(lambda: len(engine.sounds) == 1 and engine.sounds[0].closed)


def test_volume_and_mute_are_kept(live: LivePage, engine: FakeEngine, loudspeaker: FakeLoudspeaker, qtbot: QtBot) -> None:
    listen(live, engine, qtbot)
    assert loudspeaker.volume == pytest.approx(0.7)
    live.listening.bar.volume.setValue(30)
    assert loudspeaker.volume == pytest.approx(0.3)
    live.listening.bar.mute.click()
    assert loudspeaker.volume == 0.0 and "muted" in live.listening.bar.text.text()
    heard = live.wall.dress.heard
    assert heard is not None and heard.muted and heard.words == "Listening, muted"
    remembered, user_id = live._remembered, engine.users[0].id
    assert kept_choice(remembered, user_id) == SoundChoice(30, True)


def test_the_real_loudspeaker_says_what_is_wrong_or_plays(qtbot: QtBot) -> None:
    """On machines with and without one; never an exception."""
    real = QtLoudspeaker()
    why = real.open()
    assert why == "" or why.startswith("Cameras cannot be heard")
    free, held = real.room()
    real.write(np.zeros(min(free, 480), np.int16))
    real.set_volume(0.5)
    assert free >= 0 and held >= 0 and real.broken() in (True, False)
    real.close()
    real.close()


def test_the_mark_is_painted_on_that_tile_alone(live: LivePage, engine: FakeEngine, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: len(engine.feeds) >= 2)
    engine.tick()
    before = live.wall.grab().toImage()
    sound = listen(live, engine, qtbot)
    sound.say(LOUD)
    qtbot.waitUntil(lambda: (heard := live.wall.dress.heard) is not None and heard.coming)
    after = live.wall.grab().toImage()
    cells = {camera_id: live.wall.cells.rect(cell) for cell, camera_id in enumerate(live.wall.visible_cameras()) if camera_id}
    spot = lambda rect: QPoint(rect.left() + 15, rect.bottom() - 18)  # noqa: E731
    assert before.pixelColor(spot(cells["gate"])) != after.pixelColor(spot(cells["gate"]))


def test_preferences_have_volume_and_mute_too(live: LivePage, window: MainWindow, qtbot: QtBot) -> None:
    preferences = window.preferences
    dialog = PreferencesDialog(preferences, lambda: None, lambda: None, window)
    dialog.volume.setValue(45)
    dialog.muted.click()
    live.listening.look()
    assert live.listening.hearing.choice == SoundChoice(45, True) == preferences.sound()
    live.listening.bar.mute.click()
    dialog.show_look()
    assert not dialog.muted.isChecked() and dialog.volume.value() == 45
    dialog.close()
