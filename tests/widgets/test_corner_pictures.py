"""A second camera, small, in the corner of a tile: who is where, what is drawn, asked for and said; by mouse, drag and plan."""

import json
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from engine.model.errors import InputError
from engine.model.health import CameraState
from engine.model.time import SECOND
from tests.widgets.test_wall_people import striped
from tests.widgets.values_for_widgets import NOW_NS, camera, cameras, picture
from widgets.wall.arrangement.layouts import LAYOUTS
from widgets.wall.arrangement.plan import WallPlan, plan_json, plan_of
from widgets.wall.arrangement.state import HotTile, WallState
from widgets.wall.arrangement.tree import dragged
from widgets.wall.corner_pictures import Corner, CornerPicture, CornerPictures
from widgets.wall.heard_mark import ListeningMark
from widgets.wall.video_wall import VideoWall
from widgets.wall.wall_people import WallPeople

LEFT = Qt.MouseButton.LeftButton
NONE, CTRL = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier
RED, BLUE = (30, 60, 220), (220, 60, 30)  # B, G, R


def state(count: int = 4) -> WallState:
    made = WallState()
    made.set_ids(tuple(f"c{i}" for i in range(count)))
    return made


# who is where


def test_the_large_and_the_small_picture_change_places_wherever_they_are():
    wall = state()
    wall.put_in_corner("c0", "c2", Corner.TOP_LEFT)
    wall.select_camera("c0")
    wall.exchange("c0")
    assert wall.on_page() == ("c2", "c1", "c0", "c3") and wall.selected == "c2"
    assert wall.corner_of("c2") == CornerPicture("c0", Corner.TOP_LEFT) and wall.corner_of("c0") is None
    wall.exchange("c2")
    assert wall.on_page() == ("c0", "c1", "c2", "c3") and wall.corner_of("c0") == CornerPicture("c2", Corner.TOP_LEFT)


def test_a_small_camera_that_was_taken_off_the_wall_changes_places_with_the_large_one():
    wall = state()
    wall.take_off("c3")
    wall.put_in_corner("c0", "c3")
    wall.exchange("c0")
    assert wall.on_page() == ("c3", "c1", "c2", "") and wall.assignment.left_out == {"c0"}


def test_small_pictures_of_small_pictures_keep_their_camera():
    wall = state()
    wall.put_in_corner("c0", "c1")
    wall.put_in_corner("c1", "c2", Corner.TOP_RIGHT)
    wall.exchange("c0")
    assert wall.corner_of("c1") == CornerPicture("c0") and wall.corner_of("c0") == CornerPicture("c2", Corner.TOP_RIGHT)


def test_one_that_fills_the_wall_or_is_hot_is_exchanged_too():
    wall = state()
    wall.set_hot(HotTile(0, "c1"))
    wall.put_in_corner("c1", "c2")
    wall.maximise("c1")
    wall.exchange("c1")
    assert (wall.maximised, wall.selected, wall.hot_camera()) == ("c2", "c2", "c2")


def test_a_camera_that_may_not_be_seen_is_not_there_and_keeps_its_corner():
    wall = state()
    wall.put_in_corner("c0", "c2")
    wall.set_ids(("c0", "c1", "c3"))
    assert wall.corner_of("c0") is None
    wall.exchange("c0")
    wall.put_in_corner("c1", "c2")
    assert wall.on_page() == ("c0", "c1", "c3", "") and wall.corners.of_camera("c1") is None
    wall.set_ids(("c0", "c1", "c2", "c3"))
    assert wall.corner_of("c0") == CornerPicture("c2")


def test_no_camera_stands_in_its_own_corner():
    assert CornerPictures().with_picture("c0", CornerPicture("c0")) == CornerPictures()
    assert Corner.BOTTOM_LEFT.next is Corner.TOP_LEFT and [corner.next for corner in Corner][:-1] == list(Corner)[1:]


def test_small_pictures_are_kept_with_the_wall():
    corners = CornerPictures({"c0": CornerPicture("c2", Corner.TOP_LEFT)})
    plan = WallPlan(corners=corners)
    assert plan_of(json.loads(json.dumps(plan_json(plan)))) == plan
    before = plan_json(WallPlan())
    del before["corners"]
    assert plan_of(before) == WallPlan()


@pytest.mark.parametrize(
    "corners",
    [[], {"c0": "c1"}, {"c0": ["c1"]}, {"c0": ["c0", "top_left"]}, {"c0": ["c1", "middle"]}, {"c0": ["", "top_left"]}, {"c0": [1, 2]}],
)
def test_damaged_small_pictures_are_refused(corners):
    with pytest.raises(InputError):
        plan_of({**plan_json(WallPlan()), "corners": corners})


# on the screen


@pytest.fixture
def wall(qtbot, clock):
    made = VideoWall(clock)
    qtbot.addWidget(made)
    made.resize(960, 540)
    made.set_cameras(cameras(4))
    with qtbot.waitExposed(made):
        made.show()
    QGuiApplication.sync()
    for number in range(4):
        made.set_picture(f"c{number}", picture(f"c{number}", bgr=RED))
    return made


@pytest.fixture
def kept(wall):
    said: list[WallPlan] = []
    wall.plan_changed.connect(lambda: said.append(wall.plan()))
    return said


def count(wall: VideoWall, area: QRect, test: Callable[..., np.ndarray]) -> int:
    image = wall.grab(area).toImage().convertToFormat(wall.grab(area).toImage().Format.Format_RGB32)
    array = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine() // 4, 4).astype(int)
    return int(test(array[:, :, 2], array[:, :, 1], array[:, :, 0]).sum())


def blue(wall: VideoWall, area: QRect) -> int:
    return count(wall, area, lambda r, g, b: (abs(r - 30) < 4) & (abs(g - 60) < 4) & (abs(b - 220) < 4))


def inside(area: QRect) -> QRect:
    """Without names and states."""
    return area.adjusted(4, 36, -4, -4)


def test_the_small_picture_is_drawn_in_its_corner_and_nowhere_else(wall, kept):
    wall.set_picture("c2", picture("c2", 1, bgr=BLUE))
    wall.arranging.put_in_corner("c0", "c2")
    small = inside(wall.cells.corner_rect(0))
    assert blue(wall, small) == small.width() * small.height()
    assert wall.cells.rect(0).contains(wall.cells.corner_rect(0)) and kept[-1].corners.of_camera("c0") == CornerPicture("c2")
    wall.arranging.move_corner("c0", Corner.TOP_LEFT)
    assert blue(wall, small) == 0 and blue(wall, inside(wall.cells.corner_rect(0))) > 0
    wall.arranging.put_in_corner("c0", "")
    assert blue(wall, wall.cells.rect(0)) == 0 and kept[-1].corners == CornerPictures()


def test_a_newer_picture_of_the_small_camera_is_painted(wall, qtbot):
    wall.arranging.put_in_corner("c0", "c2")
    assert blue(wall, wall.cells.rect(0)) == 0
    wall.set_picture("c2", picture("c2", 1, bgr=BLUE))
    assert blue(wall, wall.cells.rect(0)) > 1000
    assert wall.cells.corner_area(0, Corner.BOTTOM_RIGHT) in tuple(wall.cells.areas("c2"))


def test_no_tile_is_black_when_large_and_small_change_places(wall):
    wall.set_picture("c2", picture("c2", 1, bgr=BLUE, size=(160, 90)))
    wall.arranging.put_in_corner("c0", "c2")
    wall.arranging.exchange("c0")
    large = wall.cells.rect(0).adjusted(20, 40, -190, -60)
    assert blue(wall, large) == large.width() * large.height()
    assert wall.cells.tile(0).chrome.status.live and wall.cells.cornered(0).tile.chrome.status.live
    small = inside(wall.cells.corner_rect(0))
    assert count(wall, small, lambda r, g, b: (abs(r - 220) < 4) & (abs(b - 30) < 4)) == small.width() * small.height()


def test_the_small_picture_is_asked_for_small_and_from_the_sub_stream(wall, qtbot):
    wall.set_plan(WallPlan(LAYOUTS["1"]))
    assert wall.tile_pixel_size("c2").isEmpty()
    asked: dict[str, tuple[QSize, bool]] = {}
    wall.wanted_size_changed.connect(lambda camera_id, size, main: asked.__setitem__(camera_id, (size, main)))
    wall.arranging.put_in_corner("c0", "c2")
    qtbot.waitUntil(lambda: "c2" in asked)
    size, main = asked["c2"]
    assert not main and 0 < size.width() < 0.4 * wall.width() and wall.visible_cameras() == ("c0", "c2")
    wall.arranging.exchange("c0")
    qtbot.waitUntil(lambda: asked["c2"][1] and not asked["c0"][1])
    assert asked["c0"][0].width() < asked["c2"][0].width()
    wall.arranging.put_in_corner("c2", "")
    qtbot.waitUntil(lambda: asked["c0"][0].isEmpty())
    assert wall.visible_cameras() == ("c2",)


def test_tiles_that_are_too_small_have_none_and_ask_for_none(wall):
    wall.arranging.put_in_corner("c0", "c3")
    wall.set_layout(LAYOUTS["16"])
    wall.arranging.take_off("c3")
    wall.resize(640, 360)
    assert wall.cells.cornered(0) is None and wall.tile_pixel_size("c3").isEmpty()
    wall.set_maximised("c0")
    assert wall.cells.cornered(0).camera_id == "c3" and not wall.tile_pixel_size("c3").isEmpty()


def test_a_lost_small_camera_says_so_in_words_and_colour(wall):
    wall.arranging.put_in_corner("c0", "c2")
    area = wall.cells.corner_rect(0)
    reddish: Callable[..., np.ndarray] = lambda r, g, b: (r > 230) & (abs(g - 92) < 25) & (abs(b - 92) < 25)  # noqa: E731
    assert count(wall, area, reddish) == 0
    lost = camera(2, CameraState.LOST)
    wall.set_cameras((camera(0), camera(1), replace(lost, health=replace(lost.health, last_picture_ns=NOW_NS - 12 * SECOND)), camera(3)))
    tile = wall.cells.cornered(0).tile
    assert tile.chrome.status.text == "Offline 12 s" and not tile.chrome.status.live
    assert count(wall, area, reddish) > 20


def test_hidden_faces_are_hidden_in_the_small_picture_too(wall):
    wall.set_picture("c2", replace(striped(), camera_id="c2"))
    wall.arranging.put_in_corner("c0", "c2")
    wall.set_maximised("c0")
    area = inside(wall.cells.corner_rect(0))
    shown = wall.grab(area).toImage()
    wall.set_cameras((camera(0), camera(1), replace(camera(2), tracks_ns=0), camera(3)))
    wall.set_people(WallPeople(blurred=True))
    assert wall.grab(area).toImage() != shown
    image = wall.grab(area).toImage().convertToFormat(shown.Format.Format_Grayscale8)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())[:, : image.width()].astype(float)
    assert np.abs(np.diff(rows, axis=0)).mean() < 2


def test_who_is_listened_to_has_the_mark_in_the_corner(wall):
    wall.arranging.put_in_corner("c0", "c2")
    before = wall.grab(wall.cells.corner_rect(0)).toImage()
    wall.set_heard(ListeningMark("c2", 0.8))
    assert wall.grab(wall.cells.corner_rect(0)).toImage() != before


def test_it_is_said_to_who_cannot_see_it(wall):
    wall.select_camera("c0")
    wall.arranging.put_in_corner("c0", "c2")
    assert wall.accessibleDescription() == "Camera 0, Live; small in its corner Camera 2, Live"
    tip = wall.tip_at(QPointF(wall.cells.corner_rect(0).center()))
    assert tip.startswith("Camera 2, Live.") and wall.tip_at(QPointF(wall.cells.rect(1).center())) == ""
    wall.arranging.exchange("c0")
    assert wall.accessibleDescription() == "Camera 2, Live; small in its corner Camera 0, Live"


def test_the_whole_picture_of_a_zoomed_tile_gives_way_to_it(wall):
    wall.arranging.put_in_corner("c0", "c2")
    wall.set_maximised("c0")
    wall.zoom(0, 4.0, QPointF(wall.rect().center()))
    overview, small = wall.cells.overview_rect(0), wall.cells.corner_rect(0)
    assert overview.isValid() and not overview.intersects(small)
    QTest.mouseClick(wall, LEFT, pos=overview.topLeft() + QPoint(2, 2))
    assert wall.cells.tile(0).viewport.centre_x < 0.05


@pytest.mark.parametrize("corner", list(Corner))
def test_names_and_states_of_the_tile_keep_their_place(wall, corner):
    wall.set_plan(WallPlan(LAYOUTS["1+5"], hot_cell=0))
    wall.heat("c0")
    wall.arranging.put_in_corner("c0", "c2")
    wall.arranging.move_corner("c0", corner)
    tile = wall.cells.rect(0)
    top = 8 + 22 * (2 if corner is Corner.TOP_LEFT else 1) if corner.top else 0
    assert wall.cells.corner_rect(0).top() >= tile.top() + top and tile.contains(wall.cells.corner_rect(0))


# by hand


def drag(wall: VideoWall, begin: QPoint, end: QPoint) -> None:
    QTest.mousePress(wall, LEFT, pos=begin)
    for share in (0.3, 0.7, 1.0):
        QTest.mouseMove(wall, begin + (end - begin) * share)
    QTest.mouseRelease(wall, LEFT, pos=end)


def test_the_small_picture_is_dragged_to_another_corner(wall, kept):
    wall.arranging.put_in_corner("c0", "c2")
    drag(wall, wall.cells.corner_rect(0).center(), wall.cells.rect(0).topLeft() + QPoint(30, 30))
    assert wall.corner_of("c0") == CornerPicture("c2", Corner.TOP_LEFT) and kept[-1].corners.of_camera("c0").corner is Corner.TOP_LEFT
    assert [wall.cells.camera(cell) for cell in range(4)] == ["c0", "c1", "c2", "c3"]


def test_escape_lets_go_of_it(wall):
    wall.arranging.put_in_corner("c0", "c2")
    begin = wall.cells.corner_rect(0).center()
    QTest.mousePress(wall, LEFT, pos=begin)
    QTest.mouseMove(wall, wall.cells.rect(0).topLeft() + QPoint(30, 30))
    QTest.keyClick(wall, Qt.Key.Key_Escape)
    QTest.mouseRelease(wall, LEFT, pos=wall.cells.rect(0).topLeft() + QPoint(30, 30))
    assert wall.corner_of("c0") == CornerPicture("c2", Corner.BOTTOM_RIGHT)


def test_a_double_click_on_it_makes_it_the_large_one_and_elsewhere_fills_the_wall(wall):
    wall.arranging.put_in_corner("c0", "c2")
    QTest.mouseDClick(wall, LEFT, pos=wall.cells.corner_rect(0).center())
    assert wall.cells.camera(0) == "c2" and wall.maximised() == ""
    QTest.mouseDClick(wall, LEFT, pos=wall.cells.rect(0).topLeft() + QPoint(40, 60))
    assert wall.maximised() == "c2" and wall.cells.cornered(0).camera_id == "c0"


def drop(wall: VideoWall, camera_id: str, cell: int, keys: Qt.KeyboardModifier) -> None:
    data = dragged(camera_id)
    assert data is not None
    where = QPointF(wall.cells.rect(cell).center())
    QApplication.sendEvent(wall, QDragEnterEvent(where.toPoint(), Qt.DropAction.CopyAction, data, LEFT, keys))
    QApplication.sendEvent(wall, QDropEvent(where, Qt.DropAction.CopyAction, data, LEFT, keys))


def test_a_camera_dropped_with_ctrl_becomes_small(wall):
    drop(wall, "c3", 0, CTRL)
    assert wall.cells.camera(0) == "c0" and wall.corner_of("c0") == CornerPicture("c3")
    drop(wall, "c0", 0, CTRL)
    assert wall.corner_of("c0") == CornerPicture("c3"), "not onto its own tile"
    drop(wall, "c3", 0, NONE)
    assert wall.cells.camera(0) == "c3"


def test_with_ctrl_onto_an_empty_place_it_is_put_there(wall):
    wall.arranging.take_off("c3")
    drop(wall, "c3", 3, CTRL)
    assert wall.cells.camera(3) == "c3"
