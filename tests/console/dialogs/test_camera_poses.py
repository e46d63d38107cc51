"""Place cameras: drag, turn, type, add, remove, save; what is refused, and what others changed meanwhile."""

import math
from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from console.bridge import EngineBridge
from console.dialogs.cameras.camera_poses import CameraPosesDialog
from console.dialogs.cameras.pose_draft import Look, aimed, look_of, looking, new_pose, translate_pose, turned
from engine.model.command import ChangeSettings
from engine.model.command_terms import terms_from
from engine.model.errors import EnvironmentFault, InputError
from engine.model.site import CameraPose, FloorPoint, Zone
from tests.console.dialogs.test_basis import CHANGED
from tests.console.test_reachable import nameless, unreachable
from tests.fakes.radio_scene import FLOOR, RadioEngine, RadioScene
from widgets.space.plan.cameras import ring_of

YARD = FLOOR.camera_poses[0]


@pytest.fixture
def engine() -> RadioEngine:
    fake = RadioEngine(radio_scene=RadioScene(nodes=4))
    for camera, name in (("yard", "Yard"), ("gate", "Gate"), ("porch", "Porch with a rather long name beside the bicycle stands")):
        fake.add_camera(camera, name)
    fake.commands.clear()
    return fake


@pytest.fixture
def dialog(bridge: EngineBridge, engine: RadioEngine, qtbot: QtBot) -> Iterator[CameraPosesDialog]:
    qtbot.waitUntil(lambda: bridge.snapshot is not None and len(bridge.snapshot.settings.cameras) == 3)
    made = CameraPosesDialog(bridge, "yard")
    with qtbot.waitExposed(made):
        made.show()
    yield made
    made.close()
    made.deleteLater()


def field(dialog: CameraPosesDialog, name: str, text: str) -> None:
    dialog.fields.field(name).edit().setText(text)


def pixel(dialog: CameraPosesDialog, x: float, y: float) -> QPoint:
    return dialog.plan._pixel((x, y)).toPoint()


@pytest.mark.parametrize("direction", [0.0, 37.5, 90.0, 200.0, 359.9])
@pytest.mark.parametrize("tilt", [-89.0, -10.0, 0.0, 33.3, 89.0])
def test_a_look_survives_being_told_as_a_point(direction: float, tilt: float) -> None:
    pose = looking(new_pose("a", 3, 2), Look(direction, tilt))
    seen = look_of(pose)
    assert seen.tilt_deg == pytest.approx(tilt, abs=0.11) and abs((seen.direction_deg - direction + 180) % 360 - 180) < 0.5
    assert math.dist(pose.position, pose.aim) == pytest.approx(math.dist(new_pose("a", 3, 2).position, new_pose("a", 3, 2).aim), abs=1e-3)


def test_directions_are_those_of_the_compass() -> None:
    level = CameraPose("a", (0, 0, 2), (0, 5, 2))
    assert look_of(level) == Look(0, 0) and look_of(replace(level, aim=(5, 0, 2))) == Look(90, 0)
    assert look_of(turned(level, -90)).direction_deg == 270
    assert look_of(replace(level, aim=(0, 2, 0))) == Look(0, 45)
    assert look_of(translate_pose(level, (3, 3, 3))) == look_of(level)
    assert aimed(level, 0.01, 0.01) == level, "under its feet lies no direction"


def test_one_that_looks_straight_down_has_a_ring_to_drag() -> None:
    down = CameraPose("a", (1, 1, 2), (1, 1, 0))
    assert math.dist(ring_of(down), (1, 1)) > 0.5 and look_of(down).tilt_deg == 89


def test_dragging_moves_and_the_ring_turns(dialog: CameraPosesDialog, qtbot: QtBot) -> None:
    plan = dialog.plan
    at, to = pixel(dialog, *YARD.position[:2]), pixel(dialog, 2.0, 3.0)
    qtbot.mousePress(plan, Qt.MouseButton.LeftButton, pos=at)
    qtbot.mouseMove(plan, at + QPoint(20, -20))
    qtbot.mouseMove(plan, to)
    qtbot.waitUntil(lambda: dialog.poses["yard"].position[:2] == pytest.approx((2.0, 3.0), abs=0.05))
    qtbot.mouseRelease(plan, Qt.MouseButton.LeftButton, pos=to)
    assert look_of(dialog.poses["yard"]) == look_of(YARD), "moving does not turn it"
    assert dialog.place.value() == pytest.approx(dialog.poses["yard"].position)
    ring = plan._pixel(ring_of(dialog.poses["yard"])).toPoint()
    east = pixel(dialog, 6.0, dialog.poses["yard"].position[1])
    qtbot.mousePress(plan, Qt.MouseButton.LeftButton, pos=ring)
    qtbot.mouseMove(plan, ring + QPoint(15, 15))
    qtbot.mouseMove(plan, east)
    qtbot.waitUntil(lambda: abs(look_of(dialog.poses["yard"]).direction_deg - 90) < 1)
    qtbot.mouseRelease(plan, Qt.MouseButton.LeftButton, pos=east)
    assert float(dialog.fields.field("direction_deg").value()) == look_of(dialog.poses["yard"]).direction_deg


def test_keys_move_turn_and_remove(dialog: CameraPosesDialog, qtbot: QtBot) -> None:
    qtbot.keyClick(dialog.plan, Qt.Key.Key_Right)
    qtbot.keyClick(dialog.plan, Qt.Key.Key_Up, Qt.KeyboardModifier.ShiftModifier)
    assert dialog.poses["yard"].position[:2] == pytest.approx((YARD.position[0] + 0.1, YARD.position[1] + 0.01))
    before = look_of(dialog.poses["yard"]).direction_deg
    qtbot.keyClick(dialog.plan, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    assert look_of(dialog.poses["yard"]).direction_deg == pytest.approx(before + 5, abs=0.2)
    qtbot.keyClick(dialog.plan, Qt.Key.Key_Delete)
    assert "yard" not in dialog.poses and dialog.place_button.isEnabled() and not dialog.place.isEnabled()


def test_typing_moves_and_turns_and_what_is_wrong_is_not_saved(dialog: CameraPosesDialog) -> None:
    field(dialog, "direction_deg", "270")
    field(dialog, "tilt_deg", "10,5")
    field(dialog, "fov_deg", "110")
    dialog.place.edits[2].setText("3")
    pose = dialog.poses["yard"]
    assert look_of(pose) == Look(270, 10.5) and pose.fov_deg == 110 and pose.position[2] == 3 and dialog.save_button.isEnabled()
    for name, text, words in (("fov_deg", "200", "outside 5–180"), ("tilt_deg", "95", "outside −89"), ("direction_deg", "x", "number")):
        old = dialog.fields.field(name).value()
        field(dialog, name, text)
        assert words in dialog.fields.field(name).message() and not dialog.save_button.isEnabled()
        field(dialog, name, old)
    field(dialog, "direction_deg", "nan")
    assert not dialog.save_button.isEnabled()
    assert dialog.poses["yard"] == pose


def test_a_camera_without_a_place_is_put_on_the_plan_and_all_are_saved(
    dialog: CameraPosesDialog, bridge: EngineBridge, engine: RadioEngine, qtbot: QtBot
) -> None:
    dialog.choose("porch")
    assert "not on the plan" in dialog.list.currentItem().text() and not dialog.save_button.isEnabled()
    dialog.plan.place_wanted.emit(5.0, 6.0)
    assert dialog.poses["porch"].position == (5.0, 6.0, 2.4)
    zone = Zone("new", "New", 0, 0, 1, 1)
    clicked = replace(FLOOR.camera_poses[0], floor_points=tuple(FloorPoint((n / 4, 0.5), (float(n), 1.0)) for n in range(4)))
    engine.execute(ChangeSettings(floor=replace(FLOOR, zones=(zone,), camera_poses=(clicked, FLOOR.camera_poses[1]))))
    engine.commands.clear()
    qtbot.waitUntil(lambda: bridge.snapshot is not None and bridge.snapshot.settings.floor.zones == (zone,))
    dialog.save_button.click()
    qtbot.waitUntil(lambda: not dialog.isVisible())
    floor = engine.settings.floor
    assert floor.zones == (zone,) and floor.camera_poses[0] == clicked, "what somebody else changed stays"
    assert {pose.camera_id for pose in floor.camera_poses} == {"yard", "gate", "porch"} and len(engine.commands) == 1


def test_cameras_that_others_moved_are_replaced_on_purpose(
    dialog: CameraPosesDialog, bridge: EngineBridge, engine: RadioEngine, qtbot: QtBot
) -> None:
    first, second = FLOOR.camera_poses
    zone = Zone("new", "New", 0, 0, 1, 1)
    there = replace(FLOOR, zones=(zone,), camera_poses=(first, replace(second, position=(0.5, 0.5, 2.5))))
    engine.execute(ChangeSettings(floor=there))
    engine.commands.clear()
    qtbot.waitUntil(lambda: bridge.snapshot is not None and bridge.snapshot.settings.floor == there)
    dialog.remove.click()
    engine.conflict = CHANGED
    dialog.save_button.click()
    qtbot.waitUntil(lambda: "Save again to replace it" in dialog.trouble.text())
    assert engine.terms[-1] == terms_from(ChangeSettings(floor=replace(FLOOR, zones=(zone,)))), "the cameras as they were"
    dialog.save_button.click()
    qtbot.waitUntil(lambda: not dialog.isVisible())
    assert engine.terms[-1] == terms_from(ChangeSettings(floor=there))


def test_what_cannot_be_saved_says_why_and_stays(dialog: CameraPosesDialog, engine: RadioEngine, qtbot: QtBot) -> None:
    engine.fail("command", EnvironmentFault("not_written", "The settings could not be written. The disk is full."))
    dialog.remove.click()
    dialog.save_button.click()
    qtbot.waitUntil(lambda: "disk is full" in dialog.trouble.text())
    assert dialog.isVisible() and dialog.save_button.isEnabled()
    with pytest.raises(InputError):
        Look(-1, 0)


def test_everything_has_a_name_and_is_reached_by_tab(dialog: CameraPosesDialog) -> None:
    assert nameless(dialog) == [] and unreachable(dialog) == []
