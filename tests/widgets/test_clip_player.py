import threading
from itertools import pairwise
from pathlib import Path
from time import perf_counter

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from engine.model.errors import EnvironmentFault
from tests.widgets.values_for_widgets import NOW_NS
from widgets.playback.clip_controls import ClipControls
from widgets.playback.clip_overlay import OVERLAY, OverlayParts
from widgets.playback.clip_player import ClipPlayer
from widgets.playback.clip_reader import ClipInfo, ClipPicture
from widgets.playback.clip_session import ClipSession
from widgets.playback.playhead import Playhead

FPS = 25
COUNT = 50


class FakeReader:
    """Fifty pictures, each painted with its own number. Notes the threads it was called from."""

    def __init__(self) -> None:
        self.threads: set[int] = set()
        self.seeks: list[float] = []
        self.closed = False
        self.gate = threading.Event()
        self.gate.set()
        self._next = 0

    def open(self, path: Path) -> ClipInfo:
        self.threads.add(threading.get_ident())
        if path.name == "bad.mp4":
            raise EnvironmentFault("damaged", "The file is damaged. Delete the clip.")
        if path.name == "odd.mp4":
            raise ZeroDivisionError("decoder")
        return ClipInfo(COUNT / FPS, 64, 36, FPS)

    def seek(self, time_s: float) -> None:
        self.gate.wait(60)
        self.seeks.append(time_s)
        self._next = max(0, min(COUNT - 1, int(time_s * FPS + 1e-9)))

    def read(self) -> ClipPicture | None:
        self.threads.add(threading.get_ident())
        if self._next >= COUNT:
            return None
        number, self._next = self._next, self._next + 1
        return ClipPicture(number / FPS, np.full((36, 64, 4), number, np.uint8))

    def close(self) -> None:
        self.threads.add(threading.get_ident())
        self.closed = True


@pytest.fixture
def reader():
    return FakeReader()


@pytest.fixture
def player(qtbot, reader):
    made = ClipPlayer(lambda: reader)
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    yield made
    made.shutdown()


def opened(player: ClipPlayer, qtbot) -> ClipPlayer:
    """With the first picture on screen, paused."""
    with qtbot.waitSignal(player.position_changed):
        player.open_clip(Path("a.mp4"), "Person detected", NOW_NS)
    player.pause()
    with qtbot.waitSignal(player.position_changed):
        player.seek(0.0)
    return player


def shown_number(player: ClipPlayer) -> int:
    return player.grab().toImage().pixelColor(player._view.geometry().center()).red()


def at(player: ClipPlayer, number: int) -> bool:
    return round(player.position_s() * FPS) == number


def test_plays_every_picture_in_order_to_the_end(player, qtbot):
    times: list[float] = []
    player.position_changed.connect(times.append)
    player.open_clip(Path("a.mp4"), "Person detected")
    player.set_speed(4.0)
    qtbot.waitUntil(lambda: not player.is_playing() and len(times) > 1)
    assert times == sorted(times)
    assert times[-1] == pytest.approx((COUNT - 1) / FPS)


def test_who_falls_behind_until_after_the_end_still_shows_the_last_picture(player, qtbot):
    opened(player, qtbot)
    player.play()
    player._session._playhead.start(COUNT / FPS + 5.0, perf_counter())  # as if the pictures had taken seconds to come
    qtbot.waitUntil(lambda: not player.is_playing())
    assert at(player, COUNT - 1)


def test_steps_one_picture_forward_and_back(player, qtbot):
    opened(player, qtbot)
    for number in (1, 2, 3):
        qtbot.keyClick(player, Qt.Key.Key_Period)
        qtbot.waitUntil(lambda wanted=number: at(player, wanted))
    assert shown_number(player) == 3
    for number in (2, 1, 0):
        qtbot.keyClick(player, Qt.Key.Key_Comma)
        qtbot.waitUntil(lambda wanted=number: at(player, wanted))
    assert shown_number(player) == 0
    assert not player.is_playing()


def test_step_that_is_asked_for_while_a_seek_runs_is_not_lost(player, qtbot, reader):
    opened(player, qtbot)
    reader.gate.clear()
    player.seek(1.0)
    player.step(1)
    reader.gate.set()
    qtbot.waitUntil(lambda: at(player, 26))


def test_seeks_show_the_picture_at_that_time_and_the_clock_beside(player, qtbot):
    opened(player, qtbot)
    player.seek(1.0)
    qtbot.waitUntil(lambda: at(player, 25))
    assert shown_number(player) == 25
    assert "0:01.0 / 0:02.0" in player._controls._position.text()
    assert ":01.000" in player._controls._moment.text()


def test_dragging_never_piles_up_seeks(player, qtbot, reader):
    opened(player, qtbot)
    reader.seeks.clear()
    reader.gate.clear()
    for step in range(100):
        player.seek(step / 100)
    reader.gate.set()
    qtbot.waitUntil(lambda: at(player, 24))
    assert len(reader.seeks) == 2, reader.seeks


def test_click_on_the_scrubber_jumps_there(player, qtbot):
    opened(player, qtbot)
    bar = player._controls._scrubber
    qtbot.mouseClick(bar, Qt.MouseButton.LeftButton, pos=QPoint(bar.width() // 2, bar.height() // 2))
    qtbot.waitUntil(lambda: abs(player.position_s() - 1.0) < 0.05)


def test_clip_that_has_ended_plays_again_from_its_start(player, qtbot):
    opened(player, qtbot)
    player.seek(2.0)
    qtbot.waitUntil(lambda: at(player, COUNT - 1))
    player.play()
    qtbot.waitUntil(lambda: not player.is_playing())
    qtbot.keyClick(player, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: player.is_playing() and player.position_s() < 1)


def test_keys_change_speed_and_a_wrong_speed_is_refused(player, qtbot):
    opened(player, qtbot)
    qtbot.keyClick(player, Qt.Key.Key_L)
    assert player.is_playing()
    qtbot.keyClick(player, Qt.Key.Key_L)
    assert player.speed() == 2
    with pytest.raises(ValueError, match="speed 3"):
        player.set_speed(3)


@pytest.mark.parametrize(("name", "words"), [("bad.mp4", "The file is damaged"), ("odd.mp4", "cannot be read (decoder)")])
def test_damaged_clip_says_why_and_the_next_one_plays(player, qtbot, name, words):
    with qtbot.waitSignal(player.failed) as failed:
        player.open_clip(Path(name), "Person")
    assert words in failed.args[0]
    assert player._pages.currentWidget() is player._trouble
    with qtbot.waitSignal(player.position_changed):
        player.open_clip(Path("a.mp4"), "Person")
    assert player._pages.currentWidget() is player._view


def test_commands_without_a_clip_do_nothing(player):
    player.play()
    player.step(1)
    player.step(-1)
    player.seek(3)
    assert not player.is_playing()


def test_another_clip_while_one_loads_shows_only_the_newer(player, qtbot, reader):
    opened(player, qtbot)
    reader.gate.clear()
    player.seek(1.5)
    player.open_clip(Path("a.mp4"), "Second")
    reader.gate.set()
    qtbot.waitUntil(lambda: player.is_playing())
    assert player._title.text() == "Second"


def test_reader_is_used_on_one_other_thread_and_closed(qtbot, reader):
    player = ClipPlayer(lambda: reader)
    qtbot.addWidget(player)
    opened(player, qtbot)
    player.shutdown()
    assert len(reader.threads) == 1
    assert threading.get_ident() not in reader.threads
    assert reader.closed


def test_closing_asks_the_page_to_put_it_away(player, qtbot):
    opened(player, qtbot)
    with qtbot.waitSignal(player.closed):
        qtbot.keyClick(player, Qt.Key.Key_Escape)
    assert not player.is_playing()


def test_playhead_maps_steady_time_through_changes_of_speed():
    head = Playhead()
    head.start(10.0, 100.0)
    assert head.now(101.0) == 11.0
    head.change_speed(4.0, 101.0)
    assert head.now(102.0) == 15.0
    assert head.wait_s(17.0, 102.0) == 0.5
    assert head.wait_s(1.0, 102.0) == 0
    head.stop()
    assert head.now(500.0) == 11.0


def test_a_session_that_goes_without_a_word_takes_its_thread_along(qtbot, reader):
    session = ClipSession(lambda: reader)
    with qtbot.waitSignal(session.opened):
        session.open(Path("a.mp4"))
    session.destroyed.emit()
    running = session._thread.isRunning()
    session.shutdown()
    assert not running and reader.closed


def test_a_clip_that_repeats_begins_again_and_takes_no_keyboard(qtbot, reader: FakeReader) -> None:
    player = ClipPlayer(lambda: reader, closable=False, ambient=True)
    qtbot.addWidget(player)
    player.show()
    shown: list[float] = []
    player.position_changed.connect(shown.append)
    player.set_speed(4.0)
    player.open_clip(Path("clip.mkv"), "", 0, from_s=1.0)
    qtbot.waitUntil(lambda: any(later < earlier for earlier, later in pairwise(shown)))
    assert player.is_playing() and not player.hasFocus() and min(shown) == 1.0, "from the moment that it is about, each time"
    player.open_clip(Path("clip.mkv"), "", 0, from_s=99.0)
    shown.clear()
    qtbot.waitUntil(lambda: bool(shown))
    assert shown[0] == 37 / FPS, "a moment beyond the end: its last half second"
    player.shutdown()


def test_the_menu_of_a_clip_hides_the_marks_and_takes_more(player: ClipPlayer, qtbot) -> None:
    opened(player, qtbot).menu_opening.connect(lambda menu: menu.addAction("Export…"))
    menu = player.menu()
    texts = [action.text().split("\t")[0].replace("&", "") for action in menu.actions() if action.text()]
    assert texts == ["Show overlay", "Boxes", "Zones", "Trails", "Repeat", "Export…"]
    try:
        menu.actions()[3].trigger()
        assert OVERLAY.visible() == OverlayParts(trails=False)
        menu.actions()[0].trigger()
        assert not OVERLAY.shown
        player.setFocus()
        QTest.keyClick(player, Qt.Key.Key_O)
        assert OVERLAY.shown
    finally:
        OVERLAY.use(True, OverlayParts())


def test_a_narrow_player_has_its_speeds_in_a_menu(qtbot):
    controls = ClipControls()
    qtbot.addWidget(controls)
    controls.show_position(61.0, None)
    with qtbot.waitExposed(controls):
        controls.show()
    for width, narrow in ((900, False), (440, True), (270, True)):
        controls.resize(width, 100)
        qtbot.waitUntil(lambda narrow=narrow: controls.speed_menu.isVisible() == narrow)
        assert [button.isVisible() for button in controls._speeds.buttons()] == [not narrow] * 4
        controls.show_position(3661.0, None)  # longer than it was when the room was shared
        qtbot.waitUntil(lambda: controls._position.width() >= controls._position.sizeHint().width())
        controls.show_position(61.0, None)
    assert not controls._back.isVisible() and controls._play.isVisible()
    with qtbot.waitSignal(controls.speed_chosen) as chosen:
        controls.speed_menu.menu().actions()[2].trigger()
    assert chosen.args == [2.0]
