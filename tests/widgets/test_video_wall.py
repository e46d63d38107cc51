from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QContextMenuEvent, QCursor, QFocusEvent, QGuiApplication, QImage, QWheelEvent
from PySide6.QtWidgets import QApplication

from engine.model.health import CameraState
from engine.model.time import SECOND
from tests.widgets.values_for_widgets import NOW_NS, camera, cameras, picture, track
from widgets.theme import color
from widgets.wall.arrangement.layouts import LAYOUTS
from widgets.wall.overlays import Overlays
from widgets.wall.tile_painter import TilePainter
from widgets.wall.video_wall import VideoWall


@pytest.fixture
def pointer_away(qapp):
    """An earlier test may have left the pointer where a tile will be; entering it is a paint that no test asked for."""
    QCursor.setPos(qapp.primaryScreen().geometry().bottomRight())
    QGuiApplication.sync()


@pytest.fixture
def hidden_wall(qtbot, clock):
    made = VideoWall(clock)
    qtbot.addWidget(made)
    made.resize(1280, 720)
    made.set_cameras(cameras(4))
    return made


@pytest.fixture
def announced(hidden_wall):
    """The sizes that the wall has asked for: camera, size, main stream; heard from before it is shown."""
    said: list[tuple[str, QSize, bool]] = []
    hidden_wall.wanted_size_changed.connect(lambda *what: said.append(what))
    return said


@pytest.fixture
def wall(qtbot, hidden_wall, announced, pointer_away):
    with qtbot.waitExposed(hidden_wall):
        hidden_wall.show()
    QGuiApplication.sync()  # whatever the window system still had to say about the new window has been said
    return hidden_wall


@pytest.fixture
def painted(monkeypatch, wall):
    """Counts paints per camera, from when the wall stands still."""
    counts: Counter[str] = Counter()
    real = TilePainter.paint

    def counting(self, painter, tile, area, look):
        counts[tile.view.settings.id] += 1
        real(self, painter, tile, area, look)

    monkeypatch.setattr(TilePainter, "paint", counting)
    return counts


def pixels(wall: VideoWall, area: QRect) -> np.ndarray:
    """(H, W, 3) int BGR of what is drawn there."""
    image = wall.grab(area).toImage().convertToFormat(QImage.Format.Format_RGB32)
    array = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine() // 4, 4)
    return array[:, : image.width(), :3].astype(int)


def middle_of(wall: VideoWall, index: int) -> QPoint:
    return wall.cells.rect(index).center()


def wheel(wall: VideoWall, at: QPoint, steps: int) -> None:
    event = QWheelEvent(
        QPointF(at), wall.mapToGlobal(QPointF(at)), QPoint(), QPoint(0, 120 * steps), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(wall, event)


def test_only_the_tile_with_a_new_picture_is_painted(wall, painted, qtbot):
    for each in range(4):
        wall.set_picture(f"c{each}", picture(f"c{each}"))
    qtbot.waitUntil(lambda: len(painted) == 4)
    painted.clear()
    for index in range(1, 6):
        wall.set_picture("c2", picture("c2", index))
        qtbot.waitUntil(lambda wanted=index: painted["c2"] == wanted)
    assert set(painted) == {"c2"}


def test_several_pictures_before_a_paint_are_painted_once(wall, painted, qtbot):
    for index in range(50):
        wall.set_picture("c1", picture("c1", index))
    qtbot.waitUntil(lambda: painted["c1"] > 0)
    QApplication.processEvents()
    assert painted["c1"] == 1


def test_tracks_wait_for_the_next_picture_of_a_flowing_camera_but_not_of_a_slow_one(wall, painted, clock, qtbot):
    wall.set_picture("c0", picture("c0"))
    qtbot.waitUntil(lambda: painted["c0"] > 0)
    painted.clear()
    wall.set_cameras((replace(camera(0), tracks=(track(1),), tracks_ns=NOW_NS + 1), *cameras(4)[1:]))
    QApplication.processEvents()
    assert painted["c0"] == 0
    clock.advance_to(NOW_NS + SECOND)
    wall.set_cameras((replace(camera(0), tracks=(track(2),), tracks_ns=NOW_NS + 2), *cameras(4)[1:]))
    qtbot.waitUntil(lambda: painted["c0"] == 1)


def test_picture_of_the_wanted_size_is_drawn_pixel_on_pixel(wall, qtbot):
    size = wall.tile_pixel_size("c0")
    width, height = size.width(), round(size.width() * 9 / 16)
    noise = np.random.default_rng(1).integers(0, 255, (height, width, 4), np.uint8)
    wall.set_picture("c0", replace(picture("c0"), pixels=noise))
    drawn = pixels(wall, wall.cells.rect(0))
    assert drawn.shape[:2] == (wall.cells.rect(0).height(), wall.cells.rect(0).width())
    top = (drawn.shape[0] - height) // 2
    part = slice(150, 250)
    found = [
        np.array_equal(drawn[part.start + shift : part.stop + shift, 100:200], noise[part, 100:200, :3])
        for shift in (top, top + 1, top - 1)
    ]
    assert any(found)


def test_live_picture_has_its_colours_and_a_lost_one_is_grey_dim_and_has_a_clock(wall, clock, qtbot):
    wall.set_picture("c0", picture("c0", bgr=(30, 60, 220)))
    corner = QRect(20, 240, 120, 80)
    assert pixels(wall, corner).reshape(-1, 3).mean(axis=0) == pytest.approx((30, 60, 220), abs=1)
    before = pixels(wall, QRect(220, 140, 200, 100)).reshape(-1, 3)

    clock.advance_to(NOW_NS + 12 * SECOND)
    lost = camera(0, CameraState.LOST)
    wall.set_cameras((lost, *cameras(4)[1:]))
    drawn = pixels(wall, corner).reshape(-1, 3)
    assert np.ptp(drawn, axis=1).max() <= 6, "a lost picture has no colours"
    assert drawn.max() < 60, "a lost picture is dim"
    assert wall._tiles.get("c0").chrome.clock == "0:12"
    clock_area = pixels(wall, QRect(220, 140, 200, 100)).reshape(-1, 3)
    assert (clock_area.min(axis=1) > 200).sum() > 50, "white figures of the clock stand in the middle"
    assert not np.array_equal(clock_area, before)


def test_wall_itself_notices_when_the_pictures_of_a_live_camera_stop(wall, clock, qtbot):
    wall.set_picture("c0", picture("c0"))
    assert wall._tiles.get("c0").chrome.status.live
    clock.advance_to(NOW_NS + 3 * SECOND)
    qtbot.waitUntil(lambda: not wall._tiles.get("c0").chrome.status.live)
    assert np.ptp(pixels(wall, QRect(20, 240, 120, 80)).reshape(-1, 3), axis=1).max() <= 6
    wall.set_picture("c0", picture("c0", 1, NOW_NS + 3 * SECOND))
    assert wall._tiles.get("c0").chrome.status.live


def test_boxes_are_drawn_on_live_pictures_only_and_can_be_switched_off(wall, clock):
    view = replace(camera(0), tracks=(track(1, (400, 300, 600, 640)),))
    others = cameras(4)[1:]
    wall.set_picture("c0", picture("c0"))
    area = QRect(150, 130, 200, 200)
    plain = pixels(wall, area)
    wall.set_cameras((view, *others))
    assert not np.array_equal(pixels(wall, area), plain)
    wall.set_overlays(Overlays(boxes=False, labels=False, ids=False, trails=False))
    assert np.array_equal(pixels(wall, area), plain)
    wall.set_overlays(Overlays())
    wall.set_cameras((replace(view, health=replace(view.health, state=CameraState.PAUSED)), *others))
    outline = pixels(wall, QRect(190, 130, 20, 12)).reshape(-1, 3)
    assert np.ptp(outline, axis=1).max() <= 6, "no coloured box on a picture that is not live"


def test_simulated_camera_says_so_also_on_the_smallest_tile(wall):
    wall.resize(640, 360)
    wall.set_layout(LAYOUTS["16"])
    wall.set_cameras(cameras(1))
    plain = pixels(wall, wall.cells.rect(0))
    wall.set_cameras((camera(0, url="simulated:yard"),))
    assert wall._tiles.get("c0").chrome.simulated
    assert (np.abs(pixels(wall, wall.cells.rect(0)) - plain).max(axis=2) > 60).sum() > 50


def test_keys_select_maximise_and_restore(wall, qtbot):
    seen: list[str] = []
    wall.selection_changed.connect(seen.append)
    qtbot.keyClick(wall, Qt.Key.Key_3)
    qtbot.keyClick(wall, Qt.Key.Key_Right)
    qtbot.keyClick(wall, Qt.Key.Key_Up)
    qtbot.keyClick(wall, Qt.Key.Key_9)
    assert seen == ["c2", "c3", "c1"]
    with qtbot.waitSignal(wall.tile_activated) as activated:
        qtbot.keyClick(wall, Qt.Key.Key_Return)
    assert activated.args == ["c1"]
    assert (wall.maximised(), wall.visible_cameras()) == ("c1", ("c1",))
    qtbot.keyClick(wall, Qt.Key.Key_4)
    assert wall.maximised() == "c3"
    qtbot.keyClick(wall, Qt.Key.Key_Escape)
    assert (wall.maximised(), wall.selected()) == ("", "c3")


def test_keys_with_control_are_left_to_others(wall, qtbot):
    qtbot.keyClick(wall, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    assert wall.selected() == ""


def test_selected_tile_has_an_outline_that_stands_out_of_dark_and_bright_pictures(wall, qtbot):
    qtbot.mouseClick(wall, Qt.MouseButton.LeftButton, pos=middle_of(wall, 2))
    assert wall.selected() == "c2"
    roles = ("halo", *("mark",) * (3 if wall.hasFocus() else 2), "halo")
    edge = pixels(wall, QRect(wall.cells.rect(2).left() + 50, wall.cells.rect(2).top(), 1, len(roles)))[:, 0]
    lines = [(color(role).blue(), color(role).green(), color(role).red()) for role in roles]
    assert [tuple(pixel) for pixel in edge] == lines
    assert "Camera 2" in wall.accessibleDescription()


def test_double_click_maximises_and_restores(wall, qtbot):
    qtbot.mouseDClick(wall, Qt.MouseButton.LeftButton, pos=middle_of(wall, 1))
    assert wall.maximised() == "c1"
    qtbot.mouseDClick(wall, Qt.MouseButton.LeftButton, pos=wall.rect().center())
    assert wall.maximised() == ""


def test_wheel_zooms_about_the_cursor_and_dragging_pans(wall, qtbot):
    wall.set_picture("c0", picture("c0"))
    area = wall.cells.rect(0)
    wheel(wall, area.topLeft() + QPoint(3, 3), 8)
    tile = wall._tiles.get("c0")
    assert tile.viewport.zoom == pytest.approx(1.25**8)
    assert tile.viewport.centre_x < 0.2
    before = tile.viewport.centre_x
    qtbot.mousePress(wall, Qt.MouseButton.LeftButton, pos=area.center())
    qtbot.mouseMove(wall, area.center() - QPoint(60, 0))
    qtbot.waitUntil(lambda: tile.viewport.centre_x > before)
    qtbot.mouseRelease(wall, Qt.MouseButton.LeftButton, pos=area.center())
    wheel(wall, area.center(), 99)
    assert tile.viewport.zoom == 8
    wall.select_camera("c0")
    qtbot.keyClick(wall, Qt.Key.Key_0)
    assert tile.viewport.zoom == 1


def test_sizes_are_announced_when_they_change_and_only_then(wall, announced, qtbot):
    said = announced
    qtbot.waitUntil(lambda: len(said) == 4)
    assert said[0] == ("c0", wall.tile_pixel_size("c0"), False)
    said.clear()
    wall.set_maximised("c1")
    qtbot.waitUntil(lambda: len(said) == 4)
    assert {who: (size.isEmpty(), main) for who, size, main in said} == {
        "c0": (True, False), "c1": (False, True), "c2": (True, False), "c3": (True, False),
    }  # fmt: skip
    assert wall.tile_pixel_size("c1") == wall.size() * wall.devicePixelRatioF()
    said.clear()
    wheel(wall, wall.rect().center(), 3)
    qtbot.waitUntil(lambda: len(said) == 1)
    assert said[0][1].width() == pytest.approx(1280 * 1.25**3, abs=2)


def test_closer_look_asks_for_the_main_stream(wall, announced, qtbot):
    qtbot.waitUntil(lambda: len(announced) == 4)
    wheel(wall, middle_of(wall, 0), 4)
    qtbot.waitUntil(lambda: len(announced) == 5)
    assert (announced[-1][0], announced[-1][2]) == ("c0", True)
    assert not any(main for _, _, main in announced[:-1])


def test_removed_camera_is_announced_as_not_wanted(wall, announced, qtbot):
    qtbot.waitUntil(lambda: len(announced) == 4)
    announced.clear()
    wall.select_camera("c3")
    with qtbot.waitSignal(wall.selection_changed) as changed:
        wall.set_cameras(cameras(3))
    assert changed.args == [""]
    qtbot.waitUntil(lambda: [(who, size.isEmpty()) for who, size, _ in announced] == [("c3", True)])


def test_empty_tile_invites_to_add_a_camera_unless_the_account_may_not(wall, qtbot):
    wall.set_cameras(cameras(2))
    with qtbot.waitSignal(wall.add_camera_requested):
        qtbot.mouseClick(wall, Qt.MouseButton.LeftButton, pos=middle_of(wall, 2))
    wall.set_can_add(False)
    with qtbot.assertNotEmitted(wall.add_camera_requested):
        qtbot.mouseClick(wall, Qt.MouseButton.LeftButton, pos=middle_of(wall, 2))
    shown = pixels(wall, wall.cells.rect(2).adjusted(20, 20, -20, -20))
    assert np.ptp(shown.reshape(-1, 3), axis=0).max() == 0, "a plain surface"


def test_pages_turn_by_key_and_by_selection(wall, qtbot):
    turned: list[tuple[int, int]] = []
    wall.page_changed.connect(lambda *page: turned.append(page))
    wall.set_cameras(cameras(6))
    qtbot.keyClick(wall, Qt.Key.Key_PageDown)
    assert wall.visible_cameras() == ("c4", "c5")
    wall.select_camera("c0")
    assert turned == [(0, 2), (1, 2), (0, 2)]


def test_context_menu_names_the_camera_under_the_mouse_and_by_key_the_selected_one(wall, qtbot):
    named: list[str] = []
    wall.context_menu_requested.connect(lambda who, where: named.append(who))
    at = middle_of(wall, 3)
    QApplication.sendEvent(wall, QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, wall.mapToGlobal(at)))
    wall.select_camera("c1")
    QApplication.sendEvent(wall, QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, at, wall.mapToGlobal(at)))
    assert named == ["c3", "c1"]


def test_tab_into_the_wall_selects_a_tile_so_that_focus_shows(wall):
    QApplication.sendEvent(wall, QFocusEvent(QFocusEvent.Type.FocusIn, Qt.FocusReason.TabFocusReason))
    assert wall.selected() == "c0"


def test_pictures_of_unknown_cameras_and_odd_sizes_do_no_harm(wall):
    wall.set_picture("nobody", picture("nobody"))
    for size in ((1, 1), (333, 17), (7, 999)):
        wall.set_picture("c0", replace(picture("c0", size=size), frame_width=0, frame_height=0))
        assert not wall.grab().isNull()


def test_many_tracks_far_outside_the_picture_are_drawn_without_trouble(wall):
    tracks = tuple(track(i, (i * 900 - 5000, -4000, i * 900, 5000)) for i in range(60))
    wall.set_picture("c0", picture("c0"))
    wall.set_cameras((replace(camera(0), tracks=tracks), *cameras(4)[1:]))
    assert not wall.grab().isNull()


def test_ticking_stops_while_the_wall_is_hidden(wall):
    wall.hide()
    assert not wall._tick_timer.isActive()
    wall.show()
    assert wall._tick_timer.isActive()
