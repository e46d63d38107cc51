"""A wall under the hands: carry tiles, pull edges, drop cameras from elsewhere, look around in the small picture."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from engine.model.alerts.alert import Alert
from engine.model.event import EventKind, Severity
from engine.model.time import SECOND
from tests.widgets.values_for_widgets import NOW_NS, cameras, picture
from widgets.wall.arrangement.layouts import LAYOUTS, Cell, free_layout
from widgets.wall.arrangement.plan import WallPlan
from widgets.wall.arrangement.tree import dragged
from widgets.wall.video_wall import VideoWall
from widgets.wall.wall_inset import inset_rect

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def wall(qtbot, clock):
    made = VideoWall(clock)
    qtbot.addWidget(made)
    made.resize(960, 480)
    made.set_cameras(cameras(4))
    with qtbot.waitExposed(made):
        made.show()
    QGuiApplication.sync()
    return made


@pytest.fixture
def kept(wall):
    said: list[WallPlan] = []
    wall.plan_changed.connect(lambda: said.append(wall.plan()))
    return said


def middle(wall: VideoWall, cell: int) -> QPoint:
    return wall.cells.rect(cell).center()


def drag(wall: VideoWall, begin: QPoint, end: QPoint) -> None:
    QTest.mousePress(wall, LEFT, pos=begin)
    for share in (0.3, 0.7, 1.0):
        QTest.mouseMove(wall, begin + (end - begin) * share)
    QTest.mouseRelease(wall, LEFT, pos=end)


def on_page(wall: VideoWall) -> list[str]:
    return [wall.cells.camera(cell) for cell in range(len(wall.wall_layout().cells))]


def test_a_tile_carried_onto_another_changes_places_with_it(wall, kept):
    drag(wall, middle(wall, 0), middle(wall, 3))
    assert on_page(wall) == ["c3", "c1", "c2", "c0"]
    assert kept[-1].assignment.slots == ("c3", "c1", "c2", "c0")
    assert wall.selected() == "c0"


def test_a_click_or_a_trembling_hand_carries_nothing(wall, kept):
    drag(wall, middle(wall, 0), middle(wall, 0) + QPoint(3, 2))
    assert on_page(wall) == ["c0", "c1", "c2", "c3"] and kept == []


def test_escape_lets_go_of_what_is_carried(wall, kept):
    QTest.mousePress(wall, LEFT, pos=middle(wall, 0))
    QTest.mouseMove(wall, middle(wall, 3))
    QTest.keyClick(wall, Qt.Key.Key_Escape)
    QTest.mouseRelease(wall, LEFT, pos=middle(wall, 3))
    assert on_page(wall) == ["c0", "c1", "c2", "c3"] and kept == []


def test_zoomed_pictures_are_panned_and_not_carried(wall, kept):
    tile = wall.cells.tile(0)
    wall.set_picture("c0", picture("c0"))
    wall.zoom(0, 3.0, QPointF(middle(wall, 0)))
    before = tile.viewport.centre_x
    drag(wall, middle(wall, 0), middle(wall, 0) + QPoint(-40, 0))
    assert tile.viewport.centre_x > before and kept == []


def test_a_fixed_layout_has_no_edges_to_pull(wall, kept):
    edge = wall.cells.rect(0)
    drag(wall, QPoint(edge.right() - 1, edge.center().y()), QPoint(edge.right() - 100, edge.center().y()))
    assert wall.wall_layout() == LAYOUTS["4"] and kept == []


@pytest.fixture
def free(wall):
    wall.set_layout(free_layout((Cell(0, 0, 12, 12), Cell(12, 0, 12, 12), Cell(0, 12, 8, 12))))
    return wall


def test_an_edge_of_a_free_layout_follows_the_mouse_on_its_grid(free, kept):
    right = QPoint(free.cells.rect(0).right() - 1, free.cells.rect(0).center().y())
    drag(free, right, right + QPoint(163, 0))  # 40 pixels a column
    assert free.wall_layout().cells[:2] == (Cell(0, 0, 16, 12), Cell(16, 0, 8, 12))
    assert len(kept) == 1 and kept[0].layout == free.wall_layout()


def test_a_tile_of_a_free_layout_moves_to_where_there_is_room(free, kept):
    drag(free, middle(free, 2), middle(free, 2) + QPoint(400, 0))
    assert free.wall_layout().cells[2] == Cell(10, 12, 8, 12) and on_page(free) == ["c0", "c1", "c2"]
    drag(free, middle(free, 2), middle(free, 1))
    assert on_page(free) == ["c0", "c2", "c1"]


def test_a_pulled_edge_snaps_back_when_let_go_with_escape(free, kept):
    right = QPoint(free.cells.rect(0).right() - 1, free.cells.rect(0).center().y())
    before = free.wall_layout()
    QTest.mousePress(free, LEFT, pos=right)
    QTest.mouseMove(free, right - QPoint(120, 0))
    assert free.wall_layout() != before
    free._hands.cancel()
    assert free.wall_layout() == before and kept == []


def test_the_pointer_says_which_edges_it_would_hold(free):
    rect = free.cells.rect(0)
    for point, shape in (
        (QPoint(rect.right() - 2, rect.center().y()), Qt.CursorShape.SizeHorCursor),
        (QPoint(rect.center().x(), rect.bottom() - 2), Qt.CursorShape.SizeVerCursor),
        (rect.center(), Qt.CursorShape.ArrowCursor),
    ):
        QTest.mouseMove(free, point)
        assert free.cursor().shape() == shape


@pytest.mark.parametrize(
    ("key", "modifier", "cell"),
    [
        (Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier, Cell(0, 12, 9, 12)),
        (Qt.Key.Key_Up, Qt.KeyboardModifier.ControlModifier, Cell(0, 12, 8, 11)),
        (Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier, Cell(1, 12, 8, 12)),
    ],
)
def test_cells_are_sized_and_moved_by_keys_too(free, key, modifier, cell):
    free.select_camera("c2")
    QTest.keyClick(free, key, modifier)
    assert free.wall_layout().cells[2] == cell


def test_shift_and_an_arrow_carry_the_selected_camera(wall, kept):
    wall.select_camera("c0")
    QTest.keyClick(wall, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert on_page(wall) == ["c2", "c1", "c0", "c3"] and wall.selected() == "c0"
    QTest.keyClick(wall, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert on_page(wall) == ["c2", "c1", "c0", "c3"]


def test_cells_are_added_and_removed_with_their_cameras(free, kept):
    free.arranging.add_cell()
    assert on_page(free) == ["c0", "c1", "c2", "c3"] and free.wall_layout().cells[3] == Cell(8, 12, 16, 12)
    free.select_camera("c1")
    free.arranging.remove_cell(1)
    assert on_page(free) == ["c0", "c2", "c3"] and free.selected() == ""
    assert kept[-1].assignment.left_out == {"c1"} and len(kept) == 2


def test_removing_the_hot_cell_takes_no_camera_off(free):
    free.arranging.set_hot_cell(0)
    assert on_page(free) == ["c0", "c0", "c1"]
    free.arranging.remove_cell(0)
    assert on_page(free) == ["c0", "c1"] and free.hot() is None


def test_a_cell_takes_the_shape_of_an_upright_camera(wall):
    wall.set_layout(free_layout((Cell(0, 0, 12, 24), Cell(12, 0, 12, 24))))
    wall.set_picture("c0", replace(picture("c0", size=(180, 320)), frame_width=1080, frame_height=1920))
    wall.arranging.fit_cell(0)
    assert wall.wall_layout().cells[0] == Cell(0, 0, 7, 24)  # 480 pixels high: 270 wide are 6.75 columns
    assert wall.wall_layout().cells[1] == Cell(12, 0, 12, 24)


# what comes from elsewhere


def drop(wall: VideoWall, camera_id: str, cell: int) -> None:
    data = dragged(camera_id)
    assert data is not None
    at, buttons, keys = QPointF(middle(wall, cell)), LEFT, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(wall, QDragEnterEvent(at.toPoint(), Qt.DropAction.CopyAction, data, buttons, keys))
    QApplication.sendEvent(wall, QDropEvent(at, Qt.DropAction.CopyAction, data, buttons, keys))


def test_a_camera_dropped_on_a_cell_is_there_and_selected(wall, kept):
    drop(wall, "c3", 0)
    assert on_page(wall) == ["c3", "c1", "c2", "c0"] and wall.selected() == "c3" and kept


def test_what_is_no_camera_of_the_site_changes_nothing(wall, kept):
    drop(wall, "c99", 0)
    assert on_page(wall) == ["c0", "c1", "c2", "c3"]


def test_a_camera_taken_off_comes_back_by_being_dropped(wall):
    wall.arranging.take_off("c1")
    assert on_page(wall) == ["c0", "", "c2", "c3"]
    drop(wall, "c1", 1)
    assert on_page(wall) == ["c0", "c1", "c2", "c3"]


# the hot tile on the screen


def alert(camera_id: str) -> Alert:
    return Alert("al-1", "d1", "r1", EventKind.PERSON, Severity.HIGH, NOW_NS, NOW_NS, camera_id=camera_id)


def test_the_hot_tile_shows_the_same_pictures_with_a_zoom_of_its_own(wall):
    wall.set_layout(LAYOUTS["1+5"])
    wall.arranging.set_hot_cell(0)
    wall.heat("c2")
    wall.set_picture("c2", picture("c2", 7))
    hot, own = wall.cells.tile(0), wall.cells.tile(on_page(wall).index("c2", 1))
    assert hot is not own and hot.picture is own.picture
    wall.zoom(0, 2.0, QPointF(middle(wall, 0)))
    assert (hot.viewport.zoom, own.viewport.zoom) == (2.0, 1.0)


def test_pictures_are_asked_for_in_the_size_of_the_larger_of_two_tiles(wall, qtbot):
    wall.set_layout(LAYOUTS["1+5"])
    wall.arranging.set_hot_cell(0)
    small = wall.tile_pixel_size("c2")
    with qtbot.waitSignal(wall.wanted_size_changed, check_params_cb=lambda camera, size, main: camera == "c2" and main):
        wall.heat("c2")
    assert wall.tile_pixel_size("c2").width() > 1.9 * small.width()


def test_the_hot_tile_says_what_it_is_and_warns_in_the_alerts_colour(wall):
    wall.set_layout(LAYOUTS["1+5"])
    wall.arranging.set_hot_cell(0)
    wall.heat("c2")
    wall.set_picture("c2", picture("c2", bgr=(40, 40, 40)))
    area = QRect(wall.cells.rect(0).topLeft() + QPoint(8, 34), wall.cells.rect(0).topLeft() + QPoint(300, 56))
    orange = count(wall, area, lambda r, g, b: (r > 200) & (g > 100) & (b < 120))
    wall.set_alarms({"c2": alert("c2")})
    assert orange == 0 < count(wall, area, lambda r, g, b: (r > 200) & (g > 100) & (b < 120))


def count(wall: VideoWall, area: QRect, test: Callable[..., np.ndarray]) -> int:
    image = wall.grab(area).toImage().convertToFormat(wall.grab(area).toImage().Format.Format_RGB32)
    array = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine() // 4, 4).astype(int)
    return int(test(array[:, :, 2], array[:, :, 1], array[:, :, 0]).sum())


# the whole picture, small, while zoomed


def test_the_small_picture_shows_the_whole_and_moves_what_is_looked_at(wall):
    wall.set_maximised("c0")
    wall.set_picture("c0", picture("c0"))
    tile = wall.cells.tile(0)
    wall.zoom(0, 4.0, QPointF(middle(wall, 0)))
    inset = inset_rect(wall.cells.rect(0), tile.frame_size())
    assert inset.isValid() and wall.cells.rect(0).contains(inset)
    QTest.mouseClick(wall, LEFT, pos=inset.topLeft() + QPoint(2, 2))
    assert tile.viewport.centre_x < 0.05 and tile.viewport.centre_y < 0.05
    accent = count(wall, inset, lambda r, g, b: (b > 200) & (g > 150) & (r < 120))
    assert accent > 20


def test_small_tiles_have_no_small_picture(wall):
    assert not inset_rect(QRect(0, 0, 200, 120), wall.cells.tile(0).frame_size()).isValid()


# from the sub-stream to the main stream


def test_the_old_picture_stays_until_the_new_stream_has_one(wall):
    """Switching sizes and streams paints no empty tile: what was there is drawn larger until better comes."""
    wall.set_picture("c0", picture("c0", bgr=(30, 60, 220), size=(320, 180)))
    wall.set_maximised("c0")
    area = QRect(300, 150, 200, 100)
    assert count(wall, area, lambda r, g, b: (abs(r - 220) < 4) & (abs(g - 60) < 4) & (abs(b - 30) < 4)) == area.width() * area.height()
    wall.set_picture("c0", picture("c0", 1, bgr=(220, 60, 30), size=(1280, 720)))
    assert count(wall, area, lambda r, g, b: (abs(r - 30) < 4) & (abs(b - 220) < 4)) == area.width() * area.height()
    wall.set_maximised("")
    inside = wall.cells.rect(0).adjusted(60, 60, -60, -40)
    assert count(wall, inside, lambda r, g, b: (abs(r - 30) < 4) & (abs(b - 220) < 4)) == inside.width() * inside.height()


def test_a_plan_restored_before_the_cameras_are_known_waits_for_them(qtbot, clock):
    made = VideoWall(clock)
    qtbot.addWidget(made)
    made.set_plan(WallPlan(LAYOUTS["4"], page=1))
    made.set_cameras(cameras(7))
    assert on_page(made) == ["c4", "c5", "c6", ""]


def test_a_camera_that_comes_back_on_the_screen_waits_and_is_not_called_stalled(wall, clock):
    wall.set_picture("c1", picture("c1"))
    assert wall.cells.tile(1).chrome.status.live
    wall.set_maximised("c0")
    clock.advance_to(NOW_NS + 20 * SECOND)
    wall.set_maximised("")
    assert wall.cells.tile(1).chrome.status.text == "Waiting" and wall.cells.tile(1).chrome.clock == ""
    wall.set_picture("c1", picture("c1", 1, at_ns=NOW_NS + 20 * SECOND))
    assert wall.cells.tile(1).chrome.status.live
