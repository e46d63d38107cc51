"""Floor points by hand: clicked, dragged, nudged, typed, taken back, saved; without picture, without pose, while others change things."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from console.actions.camera_actions import CameraActions
from console.bridge import EngineBridge
from console.dialogs.cameras.camera_poses import CameraPosesDialog
from console.dialogs.floor.floor_points import FloorPointsDialog
from engine.model.accounts.access import Role
from engine.model.command import ChangeSettings, CreateUser
from engine.model.command_terms import terms_from
from engine.model.errors import EnvironmentFault
from engine.model.health import CameraState
from engine.model.site import CameraPose, Zone
from tests.console.dialogs.test_basis import CHANGED
from tests.console.gallery_floor_points import POSE, SPOTS, clicked
from tests.console.test_reachable import nameless, unreachable
from tests.fakes.radio_scene import FLOOR, RadioEngine, RadioScene
from widgets.marks.toast import ToastArea

POINTS = clicked(off_px=0.5)
Open = Callable[..., FloorPointsDialog]


@pytest.fixture
def engine() -> RadioEngine:
    fake = RadioEngine(radio_scene=RadioScene(nodes=4))
    for camera, name in (("yard", "Yard"), ("gate", "Gate"), ("porch", "Porch")):
        fake.add_camera(camera, name)
    fake.execute(CreateUser("bo", Role.OPERATOR, "long enough"))
    fake.execute(ChangeSettings(floor=replace(FLOOR, camera_poses=(POSE, FLOOR.camera_poses[1]))))
    fake.commands.clear()
    return fake


@pytest.fixture
def open_dialog(bridge: EngineBridge, engine: RadioEngine, qtbot: QtBot) -> Iterator[Open]:
    opened: list[FloorPointsDialog] = []

    def open_it(camera: str = "yard", wait: bool = True) -> FloorPointsDialog:
        qtbot.waitUntil(lambda: bridge.snapshot is not None and bridge.snapshot.settings == engine.settings)
        made = FloorPointsDialog(bridge, camera)
        opened.append(made)
        with qtbot.waitExposed(made):
            made.show()
        if wait:
            with engine.running():
                qtbot.waitUntil(made.picture.has_picture)
        return made

    yield open_it
    for made in opened:
        made.close()
        made.deleteLater()


def mouse(widget: object, kind: QEvent.Type, at: QPointF, held: bool) -> None:
    buttons = Qt.MouseButton.LeftButton if held else Qt.MouseButton.NoButton
    button = Qt.MouseButton.NoButton if kind is QEvent.Type.MouseMove else Qt.MouseButton.LeftButton
    place = widget.mapToGlobal(at.toPoint())  # type: ignore[attr-defined]
    QApplication.sendEvent(widget, QMouseEvent(kind, at, QPointF(place), button, buttons, Qt.KeyboardModifier.NoModifier))  # type: ignore[arg-type]


def click(widget: object, at: QPointF) -> None:
    mouse(widget, QEvent.Type.MouseButtonPress, at, held=True)
    mouse(widget, QEvent.Type.MouseButtonRelease, at, held=False)


def drag(widget: object, at: QPointF, to: QPointF) -> None:
    mouse(widget, QEvent.Type.MouseButtonPress, at, held=True)
    for share in (0.3, 0.6, 1.0):
        mouse(widget, QEvent.Type.MouseMove, at + (to - at) * share, held=True)
    mouse(widget, QEvent.Type.MouseButtonRelease, to, held=False)


def click_points(dialog: FloorPointsDialog, count: int = len(POINTS)) -> None:
    for point in POINTS[:count]:
        click(dialog.picture, dialog.picture.pixel(point.image))
        click(dialog.plan, dialog.plan.pixel(point.floor))


def saved_pose(engine: RadioEngine, camera: str = "yard") -> CameraPose:
    return next(pose for pose in engine.settings.floor.camera_poses if pose.camera_id == camera)


def save(dialog: FloorPointsDialog, qtbot: QtBot) -> None:
    assert dialog.save_button.isEnabled()
    dialog.save_button.click()
    qtbot.waitUntil(lambda: not isValid(dialog) or not dialog.isVisible())  # opened by another, it is deleted with its closing


def test_clicked_in_turn_they_fit_and_are_saved_beside_all_else(
    open_dialog: Open, engine: RadioEngine, bridge: EngineBridge, qtbot: QtBot
) -> None:
    dialog = open_dialog()
    assert any("Click a point of the floor" in text for text in dialog.notices.texts()) and not dialog.save_button.isEnabled()
    click_points(dialog, 3)
    assert any("3 of 4" in text for text in dialog.notices.texts()) and not dialog.save_button.isEnabled()
    click_points_left = POINTS[3:]
    for point in click_points_left:
        click(dialog.picture, dialog.picture.pixel(point.image))
        assert not dialog.save_button.isEnabled() and any("same point on the plan" in text for text in dialog.notices.texts())
        click(dialog.plan, dialog.plan.pixel(point.floor))
    assert dialog.found is not None and dialog.found.wrong is None and dialog.found.mean_m < 0.15 and dialog.summary.isVisible()
    assert dialog.picture._lines, "the grid is drawn"
    zone = Zone("new", "New", 0, 0, 1, 1)
    elsewhere = replace(POSE, position=(0.5, 0.5, 2.5))
    engine.execute(ChangeSettings(floor=replace(FLOOR, zones=(zone,), camera_poses=(elsewhere, FLOOR.camera_poses[1]))))
    qtbot.waitUntil(lambda: bridge.snapshot is not None and bridge.snapshot.settings.floor.zones == (zone,))
    save(dialog, qtbot)
    floor = engine.settings.floor
    assert floor.zones == (zone,) and floor.camera_poses[1] == FLOOR.camera_poses[1], "what somebody else changed stays"
    seen = replace(FLOOR, zones=(zone,), camera_poses=(elsewhere, FLOOR.camera_poses[1]))
    assert engine.terms[-1] == terms_from(ChangeSettings(floor=seen)), "the points as they were"
    assert replace(saved_pose(engine), floor_points=()) == elsewhere and len(saved_pose(engine).floor_points) == len(POINTS)
    for point, wanted in zip(saved_pose(engine).floor_points, POINTS, strict=True):
        assert point.image == pytest.approx(wanted.image, abs=0.003) and point.floor == pytest.approx(wanted.floor, abs=0.03)


def test_all_in_the_picture_first_and_then_all_on_the_plan(open_dialog: Open) -> None:
    dialog = open_dialog()
    for point in POINTS:
        click(dialog.picture, dialog.picture.pixel(point.image))
    for point in POINTS:
        click(dialog.plan, dialog.plan.pixel(point.floor))
    assert len(dialog.draft.pairs) == len(POINTS) and dialog.found is not None and dialog.found.wrong is None
    assert dialog.table.rowCount() == len(POINTS) and dialog.table.item(0, 4).text().endswith("cm")


def test_the_table_says_its_units_however_narrow_it_is(open_dialog: Open) -> None:
    header = open_dialog().table.horizontalHeader()
    header.parentWidget().resize(320, 200)
    assert all(header.sectionSize(column) >= header.sectionSizeHint(column) for column in range(header.count()))
    titles = [header.model().headerData(column, Qt.Orientation.Horizontal) for column in range(4)]
    assert [title.splitlines()[-1] for title in titles] == ["%", "%", "m", "m"]


def test_a_click_beside_the_picture_is_no_point(open_dialog: Open) -> None:
    dialog = open_dialog()
    dialog.picture.resize(900, 190)
    click(dialog.picture, QPointF(10, 95))
    assert dialog.draft.pairs == ()


def test_a_camera_that_looks_out_of_the_house_has_points_out_there(open_dialog: Open, engine: RadioEngine) -> None:
    outside = replace(POSE, position=(-9.0, -12.0, 3.0), aim=(-4.0, -6.0, 0.0))
    engine.execute(ChangeSettings(floor=replace(FLOOR, camera_poses=(outside,))))
    dialog = open_dialog()
    dialog.plan.grab()
    place = dialog.plan.pixel((-4.0, -6.0))
    assert dialog.plan.rect().contains(place.toPoint())
    click(dialog.plan, place)
    assert dialog.draft.pairs[0].floor == pytest.approx((-4.0, -6.0), abs=0.03)
    drag(dialog.plan, place, dialog.plan.pixel((-5.0, -7.0)))
    assert dialog.draft.pairs[0].floor == pytest.approx((-5.0, -7.0), abs=0.03)


def test_dragging_corrects_and_is_undone_as_one(open_dialog: Open, qtbot: QtBot) -> None:
    dialog = open_dialog()
    click_points(dialog)
    before = dialog.draft.pairs
    drag(dialog.plan, dialog.plan.pixel(SPOTS[3]), dialog.plan.pixel((6.0, 6.5)))
    assert dialog.draft.pairs[3].floor == pytest.approx((6.0, 6.5), abs=0.03) and dialog.selected_point() == 3
    assert dialog.found is not None and dialog.found.worst == 4 and any("Point 4 is 2." in text for text in dialog.notices.texts())
    assert dialog.save_button.isEnabled(), "it is said, and the operator decides"
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    qtbot.keyClick(dialog.plan, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert dialog.draft.pairs == before
    drag(dialog.picture, dialog.picture.pixel(POINTS[0].image), dialog.picture.pixel((0.2, 0.5)))
    assert dialog.draft.pairs[0].image == pytest.approx((0.2, 0.5), abs=0.003)
    dialog.undo.click()
    assert dialog.draft.pairs == before and dialog.redo.isEnabled()


def test_zoomed_in_a_click_means_what_is_under_it_and_a_drag_moves_the_picture(open_dialog: Open, qtbot: QtBot) -> None:
    dialog = open_dialog()
    for _ in range(6):
        qtbot.keyClick(dialog.picture, Qt.Key.Key_Plus)
    middle = QPointF(dialog.picture.rect().center())
    drag(dialog.picture, middle, middle + QPointF(-80, -40))
    assert dialog.draft.pairs == ()
    at = middle + QPointF(31, 17)
    click(dialog.picture, at)
    (pair,) = dialog.draft.pairs
    assert pair.image is not None and pair.image[0] > 0.5 and pair.image[1] > 0.5
    apart = dialog.picture.pixel(pair.image) - at
    assert abs(apart.x()) < 1 and abs(apart.y()) < 1
    qtbot.keyClick(dialog.picture, Qt.Key.Key_0)
    assert dialog.picture.pixel((0.5, 0.5)).x() == pytest.approx(dialog.picture.width() / 2, abs=2)


def test_by_keys_alone(open_dialog: Open, engine: RadioEngine, qtbot: QtBot) -> None:
    dialog = open_dialog()
    for point in POINTS[:5]:
        qtbot.keyClick(dialog.picture, Qt.Key.Key_Space)
        row = dialog.selected_point()
        for column, value in enumerate((100 * point.image[0], 100 * point.image[1], *point.floor)):
            dialog.table.item(row, column).setText(f"{value:.4f}".replace(".", ","))
    pair = dialog.draft.pairs[4]
    assert pair.image == pytest.approx(POINTS[4].image, abs=1e-5) and pair.floor == pytest.approx(POINTS[4].floor)
    qtbot.keyClick(dialog.plan, Qt.Key.Key_Right)
    qtbot.keyClick(dialog.plan, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert dialog.draft.pairs[4].floor == pytest.approx((POINTS[4].floor[0] + 0.1, POINTS[4].floor[1] - 0.01))
    qtbot.keyClick(dialog.picture, Qt.Key.Key_Left)
    qtbot.keyClick(dialog.picture, Qt.Key.Key_Up, Qt.KeyboardModifier.ShiftModifier)
    assert dialog.draft.pairs[4].image == pytest.approx((POINTS[4].image[0] - 5 / 640, POINTS[4].image[1] - 1 / 360))
    qtbot.keyClick(dialog.plan, Qt.Key.Key_Space)
    assert len(dialog.draft.pairs) == 6 and dialog.draft.pairs[5].image is None
    qtbot.keyClick(dialog.plan, Qt.Key.Key_Delete)
    dialog.choose(4)
    qtbot.keyClick(dialog.table, Qt.Key.Key_Delete)
    assert len(dialog.draft.pairs) == 4
    save(dialog, qtbot)
    assert len(saved_pose(engine).floor_points) == 4


def test_what_is_typed_wrong_is_said_and_not_taken(open_dialog: Open) -> None:
    dialog = open_dialog()
    click_points(dialog)
    before = dialog.draft.pairs
    shown = dialog.table.item(0, 0).text()
    for column, text, words in ((0, "140", "0 to 100"), (1, "far", "not a number"), (2, "9999", "Further than"), (3, "", "not a number")):
        dialog.table.item(0, column).setText(text)
        assert words in dialog.trouble.text() and dialog.draft.pairs == before
    assert dialog.table.item(0, 0).text() == shown, "the cell shows what it was"
    dialog.table.item(0, 2).setText("2.5")
    assert not dialog.trouble.isVisible() and dialog.draft.pairs[0].floor == (2.5, before[0].floor[1] if before[0].floor else 0)


def test_a_camera_that_is_nowhere_gets_a_place_from_its_points(open_dialog: Open, engine: RadioEngine, qtbot: QtBot) -> None:
    dialog = open_dialog("porch")
    click_points(dialog)
    assert dialog.take.isChecked() and not dialog.take.isEnabled() and len(dialog.plan.scene.cameras) == 1
    save(dialog, qtbot)
    pose = saved_pose(engine, "porch")
    assert pose.position == pytest.approx(POSE.position, abs=0.6) and pose.fov_deg == pytest.approx(POSE.fov_deg, abs=10)
    assert len(pose.floor_points) == len(POINTS) and len(engine.settings.floor.camera_poses) == 3


def test_a_camera_that_has_a_place_is_moved_only_when_asked(open_dialog: Open, engine: RadioEngine, qtbot: QtBot) -> None:
    wrong = replace(POSE, position=(6.0, 6.0, 3.0))
    engine.execute(ChangeSettings(floor=replace(engine.settings.floor, camera_poses=(wrong,))))
    dialog = open_dialog()
    click_points(dialog)
    assert not dialog.take.isChecked() and "from where it is placed" in dialog.place.text()
    assert dialog.new_pose() is not None and replace(dialog.new_pose() or wrong, floor_points=()) == wrong
    dialog.take.click()
    save(dialog, qtbot)
    assert saved_pose(engine).position == pytest.approx(POSE.position, abs=0.6) and len(saved_pose(engine).floor_points) == len(POINTS)


def test_removing_all_goes_back_to_the_pose(open_dialog: Open, engine: RadioEngine, qtbot: QtBot) -> None:
    engine.execute(ChangeSettings(floor=replace(FLOOR, camera_poses=(replace(POSE, floor_points=POINTS),))))
    dialog = open_dialog()
    assert len(dialog.draft.pairs) == len(POINTS) and not dialog.save_button.isEnabled()
    dialog.clear.click()
    assert any("follow from the placement of the camera" in text for text in dialog.notices.texts())
    save(dialog, qtbot)
    assert saved_pose(engine) == POSE


@pytest.mark.parametrize("count", [1, 3])
def test_fewer_than_four_are_not_saved(open_dialog: Open, engine: RadioEngine, count: int) -> None:
    engine.execute(ChangeSettings(floor=replace(FLOOR, camera_poses=(replace(POSE, floor_points=POINTS),))))
    dialog = open_dialog()
    while len(dialog.draft.pairs) > count:
        dialog.remove_point(0)
    assert not dialog.save_button.isEnabled() and any(f"{count} of 4" in text for text in dialog.notices.texts())


def test_a_lost_camera_says_so_and_points_can_still_be_mended(open_dialog: Open, engine: RadioEngine, qtbot: QtBot) -> None:
    engine.execute(ChangeSettings(floor=replace(FLOOR, camera_poses=(replace(POSE, floor_points=POINTS),))))
    engine.set_state("yard", CameraState.LOST, "No answer from 10.0.0.12.")
    dialog = open_dialog(wait=False)
    dialog.still._patience.start(0)
    qtbot.waitUntil(lambda: "No answer from 10.0.0.12." in dialog.picture.accessibleDescription())
    assert dialog.again.isEnabled()
    dialog.choose(0)
    qtbot.keyClick(dialog.plan, Qt.Key.Key_Right)
    save(dialog, qtbot)
    assert saved_pose(engine).floor_points[0].floor[0] == pytest.approx(POINTS[0].floor[0] + 0.1)


def test_no_feed_stays_open(open_dialog: Open, engine: RadioEngine, qtbot: QtBot) -> None:
    dialog = open_dialog()
    qtbot.waitUntil(lambda: not engine.feeds)
    dialog.again.click()
    qtbot.waitUntil(lambda: len(engine.feeds) == 1)
    dialog.reject()
    qtbot.waitUntil(lambda: not engine.feeds)


def test_points_that_others_clicked_are_replaced_on_purpose(
    open_dialog: Open, bridge: EngineBridge, engine: RadioEngine, qtbot: QtBot
) -> None:
    before = engine.settings.floor
    dialog = open_dialog()
    click_points(dialog)
    theirs = replace(before.camera_poses[0], floor_points=tuple(POINTS[:4]))
    there = replace(before, camera_poses=(theirs, *before.camera_poses[1:]))
    engine.execute(ChangeSettings(floor=there))
    qtbot.waitUntil(lambda: bridge.snapshot is not None and bridge.snapshot.settings.floor == there)
    engine.conflict = CHANGED
    dialog.save_button.click()
    qtbot.waitUntil(lambda: "Save again to replace it" in dialog.trouble.text())
    assert engine.terms[-1] == terms_from(ChangeSettings(floor=before)), "the points as they were"
    save(dialog, qtbot)
    assert engine.terms[-1] == terms_from(ChangeSettings(floor=there))


def test_what_cannot_be_saved_says_why_and_stays(open_dialog: Open, engine: RadioEngine, qtbot: QtBot) -> None:
    dialog = open_dialog()
    click_points(dialog)
    engine.fail("command", EnvironmentFault("not_written", "The settings could not be written. The disk is full."))
    dialog.save_button.click()
    qtbot.waitUntil(lambda: "disk is full" in dialog.trouble.text())
    assert dialog.isVisible() and dialog.save_button.isEnabled() and dialog.saved is None
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    assert dialog.isVisible()


def test_everything_has_a_name_and_is_reached_by_tab(open_dialog: Open) -> None:
    dialog = open_dialog()
    click_points(dialog)
    assert nameless(dialog) == [] and unreachable(dialog) == []
    assert all(view.focusPolicy() & Qt.FocusPolicy.TabFocus for view in (dialog.picture, dialog.plan, dialog.table))


def test_opened_from_place_cameras_which_shows_what_was_saved(bridge: EngineBridge, engine: RadioEngine, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: bridge.snapshot is not None and len(bridge.snapshot.settings.cameras) == 3)
    poses = CameraPosesDialog(bridge, "yard")
    qtbot.addWidget(poses)
    poses.show()
    poses.place.edits[2].setText("3")
    poses.points_button.click()
    points = poses.findChild(FloorPointsDialog)
    assert points is not None
    with engine.running():
        qtbot.waitUntil(points.picture.has_picture)
    click_points(points)
    save(points, qtbot)
    assert "(6)" in poses.points_button.text()
    assert poses.poses["yard"].position[2] == 3 and poses.save_button.isEnabled(), "what was changed there stays"
    qtbot.waitUntil(lambda: bridge.snapshot is not None and bridge.snapshot.settings == engine.settings)
    poses.save_button.click()
    qtbot.waitUntil(lambda: not poses.isVisible())
    assert saved_pose(engine).position[2] == 3 and len(saved_pose(engine).floor_points) == len(POINTS)


def test_the_menu_of_a_camera_leads_here_for_administrators_only(bridge: EngineBridge, engine: RadioEngine, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: bridge.snapshot is not None and len(bridge.snapshot.settings.cameras) == 3)
    over = QWidget()
    qtbot.addWidget(over)
    toasts = ToastArea(over)
    item = next(action for action in CameraActions(bridge, toasts, over).menu("gate", over).actions() if "Floor po" in action.text())
    assert item.isEnabled()
    item.trigger()
    dialog = over.findChild(FloorPointsDialog)
    assert dialog is not None and "Gate" in dialog.windowTitle()
    dialog.reject()
    operators = EngineBridge(engine.port("bo"))
    operators.start()
    menu = CameraActions(operators, toasts, over).menu("gate", over)
    assert not next(action for action in menu.actions() if "Floor po" in action.text()).isEnabled()
    CameraActions(operators, toasts, over).click_floor("yard")
    assert all("Gate" in each.windowTitle() for each in over.findChildren(FloorPointsDialog))
    operators.close()
