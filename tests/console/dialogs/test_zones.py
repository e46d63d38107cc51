"""Zones and masks of a camera: drawn with the mouse and with the keys, refused where they stand, saved, and taken back."""

import math
from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from console.actions.camera_actions import CameraActions
from console.bridge import EngineBridge
from console.dialogs.confirm import ConfirmDialog
from console.dialogs.zones.draft import shape_about, shapes_of
from console.dialogs.zones.zones import ZonesDialog
from engine.model.cameras.picture_zone import MOST_POINTS, LineDirection, PictureZone
from engine.model.command import PutCamera
from engine.model.errors import InputError
from engine.model.geometry import Point
from engine.model.health import CameraState
from engine.model.port import PictureWant
from engine.model.settings import CameraSettings
from tests.console.dialogs.conftest import Show
from tests.console.gallery_zones import LINE, MASKS, PRIVACY, ZONES, marked
from tests.fakes.engine import FakeEngine
from widgets.drawing.shape_draft import ShapeKind, refusal
from widgets.marks.toast import ToastArea

SQUARE = ((0.2, 0.2), (0.6, 0.2), (0.6, 0.6), (0.2, 0.6))
Open = Callable[..., ZonesDialog]


@pytest.fixture
def opened(engine: FakeEngine, bridge: EngineBridge, show: Show) -> Open:
    def make(drawn: bool = False) -> ZonesDialog:
        camera = engine.settings.camera("yard")
        assert camera is not None
        if drawn:
            engine.settings = engine.settings.with_camera(camera := marked(camera))
            engine.publish()
            bridge.start()
        dialog = show(ZonesDialog(bridge, camera))
        assert isinstance(dialog, ZonesDialog)
        return dialog

    return make


def live(dialog: ZonesDialog, engine: FakeEngine, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: bool(engine.feeds))

    def came() -> bool:
        engine.tick()
        return dialog.source.live

    qtbot.waitUntil(came)


def click(dialog: ZonesDialog, at: Point, qtbot: QtBot) -> None:
    qtbot.mouseClick(dialog.editor, Qt.MouseButton.LeftButton, pos=dialog.editor.pixel(at).toPoint())


def drag(dialog: ZonesDialog, begin: Point, end: Point, qtbot: QtBot, let_go: bool = True) -> None:
    start, stop = dialog.editor.pixel(begin).toPoint(), dialog.editor.pixel(end).toPoint()
    qtbot.mousePress(dialog.editor, Qt.MouseButton.LeftButton, pos=start)
    for step in range(1, 6):
        qtbot.mouseMove(dialog.editor, start + QPoint(*((stop - start) * step / 5).toTuple()))
    if let_go:
        qtbot.mouseRelease(dialog.editor, Qt.MouseButton.LeftButton, pos=stop)


def key(dialog: ZonesDialog, code: Qt.Key, qtbot: QtBot, with_: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    qtbot.keyClick(dialog.editor, code, with_)


def near(at: Point, wanted: Point) -> bool:
    return max(abs(at[0] - wanted[0]), abs(at[1] - wanted[1])) < 0.01


def saved(dialog: ZonesDialog, engine: FakeEngine, qtbot: QtBot) -> CameraSettings:
    with qtbot.waitSignal(dialog.saved):
        qtbot.mouseClick(dialog.save, Qt.MouseButton.LeftButton)
    (command,) = [command for command in engine.commands if isinstance(command, PutCamera)]
    return command.camera


def test_a_zone_is_clicked_closed_at_its_first_corner_named_and_saved(opened: Open, engine: FakeEngine, qtbot: QtBot) -> None:
    dialog = opened()
    assert dialog.empty.isVisible() and not dialog.save.isEnabled()
    qtbot.mouseClick(dialog.add_buttons[ShapeKind.ZONE], Qt.MouseButton.LeftButton)
    for at in SQUARE:
        click(dialog, at, qtbot)
        assert not dialog.save.isEnabled(), "not while one is under way"
    click(dialog, SQUARE[0], qtbot)
    assert not dialog.empty.isVisible() and dialog.details.name.value() == "Zone 1"
    dialog.details.name.edit().setText("Forecourt")
    dialog.details.loiter.setValue(2.5)
    dialog.details.most.setValue(4)
    dialog.details.occupied.click()
    qtbot.mouseClick(dialog.details.classes["vehicle"], Qt.MouseButton.LeftButton)
    (zone,) = saved(dialog, engine, qtbot).zones
    assert all(near(one, other) for one, other in zip(zone.area, SQUARE, strict=True))
    assert (zone.name, zone.loiter_s, zone.most, zone.classes) == ("Forecourt", 150.0, 4, ("person", "vehicle"))
    assert zone.occupied, "told while it is in use"


def test_a_zone_is_drawn_without_a_mouse(opened: Open, engine: FakeEngine, qtbot: QtBot) -> None:
    dialog = opened()
    dialog.add_buttons[ShapeKind.ZONE].setFocus()
    qtbot.keyClick(dialog.add_buttons[ShapeKind.ZONE], Qt.Key.Key_Space)
    far = Qt.KeyboardModifier.ControlModifier
    for way in (None, Qt.Key.Key_Right, Qt.Key.Key_Down):
        if way is not None:
            key(dialog, way, qtbot, far)
        key(dialog, Qt.Key.Key_Space, qtbot)
    key(dialog, Qt.Key.Key_Return, qtbot)
    (shape,) = dialog.draft.shapes
    width, height = dialog.editor.image_size().toTuple()
    (u0, v0), (u1, v1), (u2, v2) = shape.points
    assert near((u1 - u0, v1 - v0), (50 / width, 0)) and near((u2 - u1, v2 - v1), (0, 50 / height))


def test_the_last_corner_is_taken_back_and_esc_drops_what_is_under_way(opened: Open, qtbot: QtBot) -> None:
    dialog = opened()
    dialog.editor.begin_shape(ShapeKind.MASK)
    for at in SQUARE[:3]:
        click(dialog, at, qtbot)
    key(dialog, Qt.Key.Key_Backspace, qtbot)
    assert dialog.draft.under_way is not None and len(dialog.draft.under_way.points) == 2
    key(dialog, Qt.Key.Key_Escape, qtbot)
    assert dialog.draft.under_way is None and dialog.isVisible()


def test_a_corner_that_would_cross_is_refused_with_a_sentence_where_it_stands(opened: Open, qtbot: QtBot) -> None:
    dialog = opened()
    dialog.editor.begin_shape(ShapeKind.ZONE)
    for at in ((0.2, 0.2), (0.6, 0.6), (0.6, 0.2), (0.2, 0.6)):
        click(dialog, at, qtbot)
    wrong = dialog.editor.refusal()
    assert wrong is not None and "cross" in wrong.text and near(wrong.at, (0.4, 0.4))
    assert dialog.editor.accessibleDescription() == wrong.text
    click(dialog, (0.7, 0.1), qtbot)
    assert dialog.editor.refusal() is None


def test_a_corner_is_dragged_snaps_to_the_edge_and_is_undone_and_redone(opened: Open, qtbot: QtBot) -> None:
    dialog = opened(drawn=True)
    dialog.list.setCurrentRow(0)
    drag(dialog, ZONES[0].area[2], (0.53, 0.994), qtbot)
    at = dialog.draft.shapes[0].points[2]
    assert at[1] == 1.0 and abs(at[0] - 0.53) < 0.01
    key(dialog, Qt.Key.Key_Z, qtbot, Qt.KeyboardModifier.ControlModifier)
    assert dialog.draft.shapes[0].points == ZONES[0].area
    key(dialog, Qt.Key.Key_Z, qtbot, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert dialog.draft.shapes[0].points[2] == at


def test_a_corner_dragged_across_an_edge_goes_back_and_says_why(opened: Open, qtbot: QtBot) -> None:
    dialog = opened(drawn=True)
    dialog.list.setCurrentRow(0)
    drag(dialog, ZONES[0].area[0], (0.9, 0.75), qtbot)
    wrong = dialog.editor.refusal()
    assert wrong is not None and "cross" in wrong.text
    assert dialog.draft.shapes[0].points[0][0] < 0.53, "as far as it went without crossing"


def test_a_ring_in_an_edge_puts_a_corner_in_and_the_whole_shape_is_dragged(opened: Open, qtbot: QtBot) -> None:
    dialog = opened(drawn=True)
    dialog.list.setCurrentRow(1)
    area = ZONES[1].area
    drag(dialog, ((area[0][0] + area[1][0]) / 2, area[0][1]), (0.78, 0.5), qtbot)
    assert len(dialog.draft.shapes[1].points) == 5 and near(dialog.draft.shapes[1].points[1], (0.78, 0.5))
    before = dialog.draft.shapes[1].points
    drag(dialog, (0.7, 0.8), (0.68, 0.76), qtbot)
    assert all(near((u - 0.02, v - 0.04), after) for (u, v), after in zip(before, dialog.draft.shapes[1].points, strict=True))


def test_tab_goes_through_the_corners_and_then_out_of_the_picture(opened: Open, qtbot: QtBot) -> None:
    dialog = opened(drawn=True)
    with qtbot.waitActive(dialog):
        dialog.activateWindow()
    dialog.editor.setFocus()
    key(dialog, Qt.Key.Key_PageDown, qtbot)
    for corner in range(4):
        key(dialog, Qt.Key.Key_Tab, qtbot)
        assert dialog.draft.point == corner and dialog.editor.hasFocus()
    key(dialog, Qt.Key.Key_Tab, qtbot)
    assert dialog.draft.point == -1 and not dialog.editor.hasFocus()


def test_corners_and_shapes_are_moved_put_in_and_removed_with_the_keys(opened: Open, qtbot: QtBot) -> None:
    dialog = opened(drawn=True)
    key(dialog, Qt.Key.Key_PageDown, qtbot)
    dialog.draft.choose_point(0)
    key(dialog, Qt.Key.Key_Right, qtbot)
    assert dialog.draft.shapes[0].points[0][0] > ZONES[0].area[0][0]
    key(dialog, Qt.Key.Key_Insert, qtbot)
    assert len(dialog.draft.shapes[0].points) == 5 and dialog.draft.point == 1
    key(dialog, Qt.Key.Key_Delete, qtbot)
    key(dialog, Qt.Key.Key_Delete, qtbot)
    assert len(dialog.draft.shapes[0].points) == 3
    key(dialog, Qt.Key.Key_Delete, qtbot)
    refused = dialog.editor.refusal()
    assert refused is not None and "three corners" in refused.text
    key(dialog, Qt.Key.Key_Escape, qtbot)
    key(dialog, Qt.Key.Key_Delete, qtbot)
    assert dialog.advice.text() == "Forecourt is removed. Undo (Ctrl+Z) brings it back."
    assert [shape.name for shape in dialog.draft.shapes[:2]] == [ZONES[1].name, "Gate"]
    qtbot.mouseClick(dialog.undo, Qt.MouseButton.LeftButton)
    assert dialog.draft.shapes[0].name == "Forecourt"


def test_a_line_has_a_direction_and_is_turned_round(opened: Open, engine: FakeEngine, qtbot: QtBot) -> None:
    dialog = opened(drawn=True)
    dialog.list.setCurrentRow(2)
    assert dialog.details.direction.currentData() == LineDirection.TO_RIGHT
    dialog.details.direction.setCurrentIndex(1)
    qtbot.mouseClick(dialog.details.turn, Qt.MouseButton.LeftButton)
    (line,) = saved(dialog, engine, qtbot).lines
    assert line == replace(LINE, begin=LINE.end, end=LINE.begin, direction=LineDirection.TO_LEFT)


def test_all_kinds_come_back_as_they_were_and_nothing_is_saved_without_a_change(opened: Open, engine: FakeEngine, qtbot: QtBot) -> None:
    dialog = opened(drawn=True)
    assert not dialog.save.isEnabled() and not dialog.has_changes()
    key(dialog, Qt.Key.Key_PageDown, qtbot)
    key(dialog, Qt.Key.Key_Right, qtbot)
    assert dialog.save.isEnabled()
    camera = saved(dialog, engine, qtbot)
    assert camera.zones[0].area != ZONES[0].area and camera.zones[1:] == ZONES[1:]
    assert (camera.lines, camera.privacy, camera.masks) == ((LINE,), PRIVACY, MASKS)


def test_a_new_privacy_area_is_kept_with_the_size_of_its_picture(opened: Open, engine: FakeEngine, qtbot: QtBot) -> None:
    dialog = opened()
    live(dialog, engine, qtbot)
    dialog.editor.begin_shape(ShapeKind.PRIVACY)
    for at in SQUARE:
        click(dialog, at, qtbot)
    key(dialog, Qt.Key.Key_Return, qtbot)
    assert not dialog.details.name.isVisible() and "Hidden from all users" in dialog.details.about.text()
    assert saved(dialog, engine, qtbot).privacy_size == (640, 360)


def test_what_was_changed_elsewhere_meanwhile_stays(opened: Open, engine: FakeEngine, bridge: EngineBridge, qtbot: QtBot) -> None:
    dialog = opened(drawn=True)
    camera = engine.settings.camera("yard")
    assert camera is not None
    engine.settings = engine.settings.with_camera(replace(camera, name="Back yard", group="Outside"))
    engine.tick()
    qtbot.waitUntil(lambda: (view := dialog.source.view()) is not None and view.settings.name == "Back yard")
    dialog.list.setCurrentRow(0)
    dialog.editor.remove_shape()
    camera = saved(dialog, engine, qtbot)
    assert (camera.name, camera.group, len(camera.zones)) == ("Back yard", "Outside", 1)


def test_somebody_else_who_drew_meanwhile_is_not_overwritten_unasked(
    opened: Open, engine: FakeEngine, bridge: EngineBridge, qtbot: QtBot
) -> None:
    dialog = opened(drawn=True)
    camera = engine.settings.camera("yard")
    assert camera is not None
    engine.settings = engine.settings.with_camera(replace(camera, masks=()))
    engine.tick()
    qtbot.waitUntil(lambda: (view := dialog.source.view()) is not None and view.settings.masks == ())
    dialog.list.setCurrentRow(0)
    dialog.editor.remove_shape()
    qtbot.mouseClick(dialog.save, Qt.MouseButton.LeftButton)
    assert "in the meantime" in dialog.trouble.text() and not engine.commands
    assert saved(dialog, engine, qtbot).masks == MASKS


def test_a_refusal_of_the_engine_stands_at_the_shape(opened: Open, engine: FakeEngine, qtbot: QtBot) -> None:
    dialog = opened(drawn=True)
    dialog.editor.begin_shape(ShapeKind.MASK)
    for at in SQUARE[:3]:
        click(dialog, at, qtbot)
    key(dialog, Qt.Key.Key_Return, qtbot)
    engine.fail("command", InputError("camera.zones.1.area", "lies beside the picture"))
    qtbot.mouseClick(dialog.save, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: dialog.editor.refusal() is not None)
    assert dialog.draft.selected_shape is not None and dialog.draft.selected_shape.name == ZONES[1].name
    assert dialog.list.shape_rows()[1].trouble == "Lies beside the picture." and dialog.save.isEnabled()


def test_a_name_that_is_missing_is_told_at_once_and_cannot_be_saved(opened: Open, qtbot: QtBot) -> None:
    dialog = opened(drawn=True)
    dialog.list.setCurrentRow(0)
    dialog.details.name.edit().clear()
    assert not dialog.save.isEnabled() and dialog.list.shape_rows()[0].trouble == "Needs a name"
    assert "Enter a name" in dialog.details.name.message()
    dialog.details.name.edit().setText("Court")
    assert dialog.save.isEnabled() and not dialog.list.shape_rows()[0].trouble
    for box in dialog.details.classes.values():
        if box.isChecked():
            qtbot.mouseClick(box, Qt.MouseButton.LeftButton)
    assert not dialog.save.isEnabled() and dialog.details.no_classes.isVisible()


def test_who_stands_in_a_zone_is_counted_as_it_is_drawn(opened: Open, engine: FakeEngine, qtbot: QtBot) -> None:
    dialog = opened()
    live(dialog, engine, qtbot)
    assert "tracked" in dialog.state.text()
    dialog.editor.begin_shape(ShapeKind.ZONE)
    for at in ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)):
        dialog.draft.add_point(at)
    dialog.editor.close_shape()
    people = len(engine.scene("yard").boxes_at(0.0))
    qtbot.waitUntil(lambda: dialog.list.shape_rows()[0].count == f"{people} now")
    dialog.details.classes["person"].click()
    assert dialog.list.shape_rows()[0].count == "0 now"


def test_a_lost_camera_is_drawn_on_tenths_and_says_so(opened: Open, engine: FakeEngine, qtbot: QtBot) -> None:
    engine.set_state("yard", CameraState.LOST, "No answer from 10.0.0.12.")
    dialog = opened()
    qtbot.waitUntil(lambda: "offline" in dialog.state.text() and "10.0.0.12" in dialog.state.text() and "tenths" in dialog.state.text())
    assert dialog.editor.image_size().toTuple() == (640, 360), "of the shape that its pictures had"
    dialog.editor.begin_shape(ShapeKind.LINE)
    click(dialog, (0.2, 0.2), qtbot)
    click(dialog, (0.8, 0.8), qtbot)
    assert dialog.list.shape_rows()[0].title == "Line 1" and dialog.list.shape_rows()[0].count == ""


def test_the_last_picture_of_a_lost_camera_is_shown_as_such(engine: FakeEngine, bridge: EngineBridge, show: Show, qtbot: QtBot) -> None:
    engine.tick()
    feed = engine.port().watch("yard", PictureWant(640, 360), lambda: None)
    feed.index = 1
    picture = feed.latest()
    engine.set_state("yard", CameraState.LOST, "No answer.")
    bridge.start()
    camera = engine.settings.camera("yard")
    assert camera is not None and picture is not None
    dialog = show(ZonesDialog(bridge, camera, picture))
    assert isinstance(dialog, ZonesDialog)
    qtbot.waitUntil(lambda: "Last picture" in dialog.state.text())
    assert not dialog.source.live and dialog.source.size() == (640, 360)


def test_what_was_drawn_is_not_thrown_away_by_one_key(opened: Open, qtbot: QtBot) -> None:
    dialog = opened(drawn=True)
    dialog.list.setCurrentRow(0)
    dialog.editor.remove_shape()
    dialog.reject()
    ask = next(window for window in QApplication.topLevelWidgets() if isinstance(window, ConfirmDialog) and window.isVisible())
    ask.reject()
    assert dialog.isVisible()
    dialog.editor.undo()
    dialog.reject()
    assert not dialog.isVisible(), "nothing is lost, so nothing is asked"


def test_zoomed_the_same_spot_is_hit(opened: Open, qtbot: QtBot) -> None:
    dialog = opened(drawn=True)
    dialog.list.setCurrentRow(0)
    for _ in range(6):
        dialog.editor.zoom(1.25, dialog.editor.pixel((0.45, 0.55)))
    assert dialog.editor.zoom_factor() > 3
    drag(dialog, (0.45, 0.55), (0.47, 0.53), qtbot)
    assert near(dialog.draft.shapes[0].points[1], (0.47, 0.53))
    dialog.editor.show_all()
    assert dialog.editor.zoom_factor() == 1


def test_a_very_long_name_does_not_make_the_dialog_wider(engine: FakeEngine, bridge: EngineBridge, show: Show, qtbot: QtBot) -> None:
    camera = engine.settings.camera("yard")
    assert camera is not None
    long = "Yardofthenorthernwarehouse" * 4
    camera = replace(marked(camera), name=long, zones=(replace(ZONES[0], name=long),))
    engine.settings = engine.settings.with_camera(camera)
    engine.publish()
    dialog = show(ZonesDialog(bridge, camera))
    assert isinstance(dialog, ZonesDialog)
    dialog.list.setCurrentRow(0)
    dialog.resize(1000, 592)
    assert dialog.width() <= 1000 and dialog.minimumSizeHint().width() <= 1000


def test_the_menu_of_a_camera_opens_it(engine: FakeEngine, bridge: EngineBridge, qtbot: QtBot) -> None:
    over = QWidget()
    qtbot.addWidget(over)
    actions = CameraActions(bridge, ToastArea(over), over)
    menu = actions.menu("yard", over)
    entry = next(action for action in menu.actions() if "Zones" in action.text())
    assert entry.isEnabled()
    dialog = actions.draw_zones("yard")
    assert dialog is not None and dialog.isVisible()
    dialog.close()
    assert actions.draw_zones("nowhere") is None


def test_errors_find_their_shape() -> None:
    camera = marked(CameraSettings("yard", "Yard", "simulated:yard"))
    shapes = shapes_of(camera)
    assert shape_about(InputError("zones[1].name", "x"), shapes) == ("yard-b", "name")
    assert shape_about(InputError("camera.lines.0", "x"), shapes) == ("yard-c", "")
    assert shape_about(InputError("masks.4", "x"), shapes) == ("", "") and shape_about(InputError("url", "x"), shapes) == ("", "")


def test_a_click_beside_the_picture_is_on_its_edge(opened: Open, qtbot: QtBot) -> None:
    dialog = opened()
    dialog.editor.begin_shape(ShapeKind.PRIVACY)
    for at, (dx, dy) in (((0.0, 0.0), (0, -12)), ((0.3, 0.0), (0, 0)), ((0.3, 0.3), (0, 0)), ((0.0, 0.3), (0, 0))):
        place = dialog.editor.pixel(at).toPoint() + QPoint(dx, dy)
        qtbot.mouseClick(dialog.editor, Qt.MouseButton.LeftButton, pos=place)
    key(dialog, Qt.Key.Key_Return, qtbot)
    (shape,) = dialog.draft.shapes
    assert shape.points[0] == (0.0, 0.0) and shape.points[1][1] == 0.0 and shape.points[3][0] == 0.0


def test_a_picture_that_is_held_counts_nobody(opened: Open, engine: FakeEngine, qtbot: QtBot) -> None:
    dialog = opened(drawn=True)
    live(dialog, engine, qtbot)
    assert dialog.list.shape_rows()[0].count
    qtbot.mouseClick(dialog.hold, Qt.MouseButton.LeftButton)
    assert dialog.list.shape_rows()[0].count == "" and dialog.state.text().startswith("Frozen at ")
    qtbot.mouseClick(dialog.hold, Qt.MouseButton.LeftButton)
    assert dialog.list.shape_rows()[0].count


def test_a_camera_that_was_removed_meanwhile_does_not_come_back(opened: Open, engine: FakeEngine, qtbot: QtBot) -> None:
    dialog = opened(drawn=True)
    dialog.list.setCurrentRow(0)
    dialog.editor.remove_shape()
    engine.settings = engine.settings.without_camera("yard")
    engine.tick()
    qtbot.waitUntil(lambda: dialog.source.view() is None)
    qtbot.mouseClick(dialog.save, Qt.MouseButton.LeftButton)
    assert "removed in the meantime" in dialog.trouble.text() and not engine.commands and dialog.isVisible()


def test_forty_shapes_of_many_corners_stay_quick_enough_to_draw_with(engine: FakeEngine, bridge: EngineBridge, show: Show) -> None:
    camera = engine.settings.camera("yard")
    assert camera is not None
    turns = [index * 2 * math.pi / MOST_POINTS for index in range(MOST_POINTS)]
    zones = tuple(
        PictureZone(f"z{n}", f"Zone {n}", tuple((0.5 + (0.1 + n / 100) * math.cos(t), 0.5 + (0.1 + n / 100) * math.sin(t)) for t in turns))
        for n in range(40)
    )
    dialog = show(ZonesDialog(bridge, replace(camera, zones=zones)))
    assert isinstance(dialog, ZonesDialog) and dialog.list.count() == 40
    before = refusal.cache_info().misses
    for _ in range(20):
        dialog._show_now()
    assert refusal.cache_info().misses == before, "what did not change is not weighed again"
