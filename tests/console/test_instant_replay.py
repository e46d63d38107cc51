"""Instant replay in a live tile: it plays what is held, says what it is, never looks live, and ends only when somebody ends it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from console.pages.live.live import LivePage
from console.wall.replay import WallReplay
from console.window import MainWindow
from engine.model.accounts.access import Verb
from engine.model.cameras.instant_replay import ReplayCamera
from engine.model.command import PutCamera, RemoveCamera
from engine.model.errors import EnvironmentFault, NotFound
from engine.model.health import CameraState
from engine.model.time import SECOND, SystemClock
from tests.fakes.engine import FakeEngine
from tests.fakes.instant_replay import NOTHING, grey_of
from widgets.wall.tile import Tile

Opener = Callable[..., MainWindow]
AREA = ((0.1, 0.1), (0.4, 0.1), (0.4, 0.4))


@pytest.fixture
def live(open_window: Opener, engine: FakeEngine, qtbot: QtBot) -> LivePage:
    now_ns = SystemClock().now_ns()
    engine.ring.held["yard"] = (now_ns - 40 * SECOND, now_ns + 60 * SECOND)
    page = open_window().page("live")
    assert isinstance(page, LivePage)
    qtbot.waitUntil(lambda: len(engine.feeds) == 2)
    with engine.running():
        qtbot.waitUntil(lambda: tile(page, "yard").chrome.status.live)
    page.wall.select_camera("yard")
    page.wall.setFocus()
    return page


def tile(live: LivePage, camera_id: str) -> Tile:
    found = live.wall._tiles.get(camera_id)
    assert found is not None
    return found


def replay_of(live: LivePage) -> WallReplay:
    return live.desk.replay


def age_s(live: LivePage, camera_id: str = "yard") -> float:
    at_ns = replay_of(live).position_ns(camera_id)
    assert at_ns is not None
    return (SystemClock().now_ns() - at_ns) / SECOND


def grey(live: LivePage) -> int:
    picture = replay_of(live).picture("yard")
    assert picture is not None
    return int(picture.pixels[45, 80, 0])


def begin(live: LivePage, qtbot: QtBot, key: Qt.Key = Qt.Key.Key_J) -> None:
    QTest.keyClick(live.wall, key)
    qtbot.waitUntil(lambda: replay_of(live).picture("yard") is not None)


def test_j_replays_the_last_ten_seconds_and_l_is_live_again(live: LivePage, qtbot: QtBot) -> None:
    begin(live, qtbot)
    assert 9.5 < age_s(live) < 12
    assert abs(grey(live) - grey_of(replay_of(live).position_ns("yard") or 0)) <= 6
    chrome = tile(live, "yard").chrome
    assert chrome.status.text.startswith("REPLAY ") and chrome.age.endswith(" ago") and not chrome.status.live
    assert tile(live, "gate").chrome.status.live, "the other camera goes on"
    bar = live.wall.replays.bar("yard")
    assert bar is not None and bar.isVisible()
    QTest.keyClick(live.wall, Qt.Key.Key_J)
    assert 19 < age_s(live) < 23, "and ten more from there"
    QTest.keyClick(live.wall, Qt.Key.Key_L)
    assert replay_of(live).cameras == () and live.wall.replays.bar("yard") is None
    assert tile(live, "yard").chrome.status.text == "Live" and tile(live, "yard").picture is not None


def test_it_plays_at_the_speed_of_the_clock_and_stands_when_paused(live: LivePage, engine: FakeEngine, qtbot: QtBot) -> None:
    begin(live, qtbot)
    first_ns = replay_of(live).position_ns("yard") or 0
    qtbot.waitUntil(lambda: (replay_of(live).position_ns("yard") or 0) > first_ns + 2 * SECOND)
    assert 9.5 < age_s(live) < 13, "it stays as far behind"
    QTest.keyClick(live.wall, Qt.Key.Key_K)
    stands_ns = replay_of(live).position_ns("yard")
    qtbot.wait(300)
    asked = len(engine.ring.asked)
    qtbot.wait(700)
    assert replay_of(live).position_ns("yard") == stands_ns and len(engine.ring.asked) == asked, "nothing is asked of the engine"
    QTest.keyClick(live.wall, Qt.Key.Key_K)
    qtbot.waitUntil(lambda: (replay_of(live).position_ns("yard") or 0) > (stands_ns or 0))


def test_nothing_is_asked_while_nobody_replays(live: LivePage, engine: FakeEngine, qtbot: QtBot) -> None:
    qtbot.wait(300)
    assert engine.ring.asked == [] and not replay_of(live)._timer.isActive()


def test_the_bar_scrubs_and_steps(live: LivePage, qtbot: QtBot) -> None:
    begin(live, qtbot)
    bar = live.wall.replays.bar("yard")
    assert bar is not None
    qtbot.waitUntil(lambda: bar.slider.maximum() > 30_000)
    bar.slider.setValue(5_000)
    assert age_s(live) > 30
    qtbot.waitUntil(lambda: abs(grey(live) - grey_of(replay_of(live).position_ns("yard") or 0)) <= 6)
    before = age_s(live)
    bar.back[10].click()
    qtbot.waitUntil(lambda: "held in memory" in tile(live, "yard").chrome.status.reason)
    assert age_s(live) > before
    bar.play.click()
    assert bar.play.accessibleName() == "Play (K)"
    bar.live.click()
    assert replay_of(live).cameras == ()


def test_less_than_was_asked_for_is_said(live: LivePage, engine: FakeEngine, qtbot: QtBot) -> None:
    now_ns = SystemClock().now_ns()
    engine.ring.held["yard"] = (now_ns - 14 * SECOND, now_ns + 60 * SECOND)
    replay_of(live).step_back("yard", 30)
    qtbot.waitUntil(lambda: replay_of(live).picture("yard") is not None)
    assert tile(live, "yard").chrome.status.reason == "Only the last 14 s are held in memory."
    assert age_s(live) < 15


def test_nothing_held_is_said(live: LivePage, qtbot: QtBot) -> None:
    replay_of(live).step_back("gate", 10)
    qtbot.waitUntil(lambda: tile(live, "gate").chrome.status.reason == NOTHING)
    assert tile(live, "gate").picture is None, "no other picture stands for it"
    bar = live.wall.replays.bar("gate")
    assert bar is not None and not bar.slider.isEnabled() and bar.live.isEnabled()


def test_a_camera_that_drops_out_is_replayed_on_to_the_end_and_stays_replayed(live: LivePage, engine: FakeEngine, qtbot: QtBot) -> None:
    now_ns = SystemClock().now_ns()
    engine.ring.held["yard"] = (now_ns - 12 * SECOND, now_ns - 9 * SECOND)
    begin(live, qtbot)
    engine.set_state("yard", CameraState.LOST, "It does not answer.")
    end_ns = engine.ring.held["yard"][1]
    with engine.running():
        qtbot.waitUntil(lambda: (replay_of(live).position_ns("yard") or 0) >= end_ns - SECOND // 5)
        qtbot.wait(700)
    assert replay_of(live).cameras == ("yard",) and tile(live, "yard").chrome.replayed
    asked = len(engine.ring.asked)
    qtbot.wait(1200)
    assert len(engine.ring.asked) - asked <= 4, "at the end it is not asked all the time"
    back_ns = SystemClock().now_ns()
    engine.ring.held["yard"] = (engine.ring.held["yard"][0], back_ns + 60 * SECOND)  # it sends again
    qtbot.waitUntil(lambda: (replay_of(live).position_ns("yard") or 0) > end_ns + SECOND // 2)
    QTest.keyClick(live.wall, Qt.Key.Key_L)
    assert tile(live, "yard").chrome.status.text.startswith("Offline")


def test_a_camera_that_is_removed_takes_its_replay_along(live: LivePage, engine: FakeEngine, qtbot: QtBot) -> None:
    begin(live, qtbot)
    engine.execute(RemoveCamera("yard"))
    qtbot.waitUntil(lambda: replay_of(live).cameras == ())
    assert live.wall.replays.cameras() == () and "yard" not in live.wall.visible_cameras()


@pytest.mark.parametrize("what", ["privacy", "faces"])
def test_where_other_parts_are_private_nothing_of_before_stays(live: LivePage, engine: FakeEngine, qtbot: QtBot, what: str) -> None:
    begin(live, qtbot)
    QTest.keyClick(live.wall, Qt.Key.Key_K)
    before = replay_of(live).picture("yard")
    del engine.ring.held["yard"]  # the camera begins anew
    camera = engine.settings.camera("yard")
    assert camera is not None
    if what == "privacy":
        engine.execute(PutCamera(replace(camera, privacy=(AREA,))))
    else:
        engine.settings = replace(engine.settings, recognition=replace(engine.settings.recognition, blur_faces=True))
    with engine.running():
        qtbot.waitUntil(lambda: tile(live, "yard").chrome.status.reason == NOTHING)
    assert tile(live, "yard").picture is None and before is not None


def test_leaving_the_page_pauses_and_does_not_end_it(live: LivePage, qtbot: QtBot) -> None:
    begin(live, qtbot)
    window = live.window()
    assert isinstance(window, MainWindow)
    window.show_page("system")
    at_ns = replay_of(live).position_ns("yard")
    qtbot.waitUntil(lambda: not replay_of(live)._timer.isActive())
    window.show_page("live")
    assert replay_of(live).position_ns("yard") == at_ns and tile(live, "yard").chrome.replayed


def test_an_engine_that_does_not_answer_is_said_in_the_tile(live: LivePage, engine: FakeEngine, qtbot: QtBot) -> None:
    engine.fail("ask", EnvironmentFault("unreachable", "The engine does not answer."), ReplayCamera)
    QTest.keyClick(live.wall, Qt.Key.Key_J)
    qtbot.waitUntil(lambda: "does not answer" in tile(live, "yard").chrome.status.reason)
    begin(live, qtbot)
    assert "does not answer" not in tile(live, "yard").chrome.status.reason


def test_a_replay_goes_on_by_itself_once_its_engine_answers_again(live: LivePage, engine: FakeEngine, qtbot: QtBot) -> None:
    away = EnvironmentFault("unreachable", "The engine does not answer.")
    for _ in range(2):
        engine.fail("ask", away, ReplayCamera)
    QTest.keyClick(live.wall, Qt.Key.Key_J)
    qtbot.waitUntil(lambda: "does not answer" in tile(live, "yard").chrome.status.reason)
    at_ns = replay_of(live).position_ns("yard")
    qtbot.waitUntil(lambda: replay_of(live).picture("yard") is not None)
    assert "does not answer" not in tile(live, "yard").chrome.status.reason
    picture = replay_of(live).picture("yard")
    assert picture is not None and at_ns is not None and abs(picture.captured_ns - at_ns) < 10 * SECOND, "at the moment that was wanted"
    engine.fail("ask", away, ReplayCamera)  # in the middle of it
    qtbot.waitUntil(lambda: "does not answer" in tile(live, "yard").chrome.status.reason)
    assert replay_of(live).picture("yard") is not None, "what was shown stays"
    qtbot.waitUntil(lambda: "does not answer" not in tile(live, "yard").chrome.status.reason)
    here_ns = replay_of(live).position_ns("yard") or 0
    qtbot.waitUntil(lambda: (replay_of(live).position_ns("yard") or 0) > here_ns)


def test_what_is_wrong_for_good_stops_a_replay(live: LivePage, engine: FakeEngine, qtbot: QtBot) -> None:
    engine.fail("ask", NotFound("There is no such camera."), ReplayCamera)
    QTest.keyClick(live.wall, Qt.Key.Key_J)
    qtbot.waitUntil(lambda: "no such camera" in tile(live, "yard").chrome.status.reason)
    assert not replay_of(live)._timer.isActive()


def test_who_may_not_see_recordings_is_told(open_window: Opener, engine: FakeEngine, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    from console.bridge import EngineBridge

    monkeypatch.setattr(EngineBridge, "may", lambda self, verb: verb is not Verb.SEE_PAST)
    live = open_window().page("live")
    assert isinstance(live, LivePage)
    qtbot.waitUntil(lambda: len(engine.feeds) == 2)
    replay_of(live).step_back("yard")
    assert replay_of(live).cameras == () and engine.ring.asked == []


def entry(live: LivePage, words: str) -> QAction:
    menu = live.menu_of("yard")
    return next(action for action in menu.actions() if action.text().replace("&", "") == words)


def test_the_menu_of_a_tile_has_it(live: LivePage, qtbot: QtBot) -> None:
    entry(live, "Replay last 30 s").trigger()
    qtbot.waitUntil(lambda: replay_of(live).picture("yard") is not None)
    assert 29 < age_s(live) < 33
    entry(live, "Back to live").trigger()
    assert replay_of(live).cameras == ()


def test_a_picture_that_is_saved_is_the_one_on_show(live: LivePage, engine: FakeEngine, qtbot: QtBot, tmp_path: Path) -> None:
    begin(live, qtbot)
    QTest.keyClick(live.wall, Qt.Key.Key_K)
    live.desk.saving._choose = lambda proposed: str(tmp_path / proposed)
    live.desk.save_picture()
    shown = replay_of(live).picture("yard")
    assert shown is not None
    qtbot.waitUntil(lambda: bool(list(tmp_path.glob("Yard *.jpg"))))
    kept = [command for command in engine.commands if type(command).__name__ == "KeepStill"]
    assert [command.captured_ns for command in kept] == [shown.captured_ns]
