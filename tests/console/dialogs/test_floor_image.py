"""The picture under the floor plan: chosen, scaled by two spots, laid, seen under the plans, and taken away."""

import base64
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from console.bridge import EngineBridge
from console.dialogs.cameras.camera_poses import CameraPosesDialog
from console.dialogs.floor.floor import FloorDialog
from console.dialogs.floor.floor_image import FloorImageDialog
from engine.model.cameras.floor_image import PutFloorImage
from engine.model.errors import InputError
from tests.console.dialogs.conftest import Show
from tests.fakes.engine import FakeEngine
from tests.fakes.media import jpeg

PLAN = jpeg(np.full((300, 600, 4), 230, np.uint8))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "plan.jpg"
    path.write_bytes(PLAN)
    return path


@pytest.fixture
def dialog(bridge: EngineBridge, show: Show, file: Path) -> FloorImageDialog:
    made = show(FloorImageDialog(bridge))
    assert isinstance(made, FloorImageDialog)
    assert not made.save.isEnabled() and not made.remove.isVisible()
    assert made.read(file) == ""
    return made


def click(dialog: FloorImageDialog, u: float, v: float, qtbot: QtBot) -> None:
    qtbot.mouseClick(dialog.picture, Qt.MouseButton.LeftButton, pos=dialog.picture.pixel((u, v)).toPoint())


def test_two_spots_and_their_distance_say_how_large_it_is(dialog: FloorImageDialog, engine: FakeEngine, qtbot: QtBot) -> None:
    click(dialog, 0.25, 0.5, qtbot)
    assert not dialog.save.isEnabled() and "second" in dialog.note.text()
    click(dialog, 0.75, 0.5, qtbot)
    dialog.fields.field("distance").edit().setText("15")
    dialog.fields.field("x").edit().setText("2,5")
    assert dialog.save.isEnabled() and dialog.note.text().startswith("The picture covers 30.")
    qtbot.mouseClick(dialog.save, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: engine.settings.floor.image is not None)
    image = engine.settings.floor.image
    assert image is not None and (image.width, image.height) == (600, 300)
    x0, y0, x1, y1 = image.bounds_m()
    assert (x1 - x0, y1 - y0) == pytest.approx((30, 15), rel=0.02)
    assert x0 + 0.25 * (x1 - x0) == pytest.approx(2.5, abs=0.1) and y0 + 0.5 * (y1 - y0) == pytest.approx(0, abs=0.1)


def test_a_third_spot_takes_the_place_of_the_second_and_delete_removes_one(dialog: FloorImageDialog, qtbot: QtBot) -> None:
    for at in ((0.1, 0.1), (0.2, 0.9), (0.9, 0.1)):
        click(dialog, *at, qtbot)
    assert len(dialog.spots) == 2 and dialog.spots[1] == pytest.approx((0.9, 0.1), abs=0.01)
    qtbot.keyClick(dialog.picture, Qt.Key.Key_Delete)
    assert len(dialog.spots) == 1
    click(dialog, 0.11, 0.1, qtbot)
    assert not dialog.save.isEnabled()


@pytest.mark.parametrize("text", ["", "far", "0", "nan", "3000"])
def test_a_distance_that_is_none_cannot_be_saved(dialog: FloorImageDialog, text: str, qtbot: QtBot) -> None:
    click(dialog, 0.1, 0.1, qtbot)
    click(dialog, 0.9, 0.1, qtbot)
    dialog.fields.field("distance").edit().setText("1")
    dialog.fields.field("distance").edit().setText(text)
    assert not dialog.save.isEnabled() and dialog.fields.field("distance").message()


def test_what_is_no_picture_is_told(dialog: FloorImageDialog, tmp_path: Path) -> None:
    wrong = tmp_path / "plan.png"
    wrong.write_bytes(b"no picture")
    assert "not a JPEG or PNG" in dialog.read(wrong)
    wrong.write_bytes(b"")
    assert "empty" in dialog.read(wrong) and "cannot be read" in dialog.read(tmp_path / "gone.png")


def test_what_the_engine_refuses_is_told(dialog: FloorImageDialog, engine: FakeEngine, qtbot: QtBot) -> None:
    click(dialog, 0.1, 0.1, qtbot)
    click(dialog, 0.9, 0.1, qtbot)
    dialog.fields.field("distance").edit().setText("10")
    engine.fail("command", InputError("picture", "has 90 megapixels. Choose a smaller one"))
    qtbot.mouseClick(dialog.save, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "90 megapixels" in dialog.trouble.text())
    assert dialog.isVisible() and dialog.save.isEnabled()


def test_it_lies_under_the_plans_and_can_be_taken_away(engine: FakeEngine, bridge: EngineBridge, show: Show, qtbot: QtBot) -> None:
    engine.execute(PutFloorImage(0.02, 0.0, 0.0, base64.b64encode(PLAN).decode()))
    qtbot.waitUntil(lambda: bridge.snapshot is not None and bridge.snapshot.settings.floor.image is not None)
    floor = show(FloorDialog(bridge))
    assert isinstance(floor, FloorDialog)
    qtbot.waitUntil(lambda: not floor.preview._ground[0].isNull())
    assert floor.preview._ground[1] == pytest.approx((0, 0, 12, 6))
    poses = show(CameraPosesDialog(bridge))
    assert isinstance(poses, CameraPosesDialog)
    qtbot.waitUntil(lambda: not poses.plan._ground[0].isNull())
    dialog = floor.open_image()
    qtbot.waitUntil(lambda: dialog.picture.has_picture())
    assert dialog.remove.isVisible() and dialog.fields.field("distance").value() == "12" and dialog.save.isEnabled()
    dialog.save.click()
    qtbot.waitUntil(lambda: any(isinstance(command, PutFloorImage) and not command.picture for command in engine.commands))
    dialog = floor.open_image()
    dialog.remove.click()
    qtbot.waitUntil(lambda: floor.preview._ground[0].isNull() and poses.plan._ground[0].isNull())
    assert engine.settings.floor.image is None
