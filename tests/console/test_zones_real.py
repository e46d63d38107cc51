"""A zone drawn on real video, on the real engine: what is counted in the dialog, saved, and counted by the engine."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from console.dialogs.accounts.sign_in import SignInDialog
from console.dialogs.zones.zones import ZonesDialog
from console.site import Site
from engine.model.command import PutCamera
from engine.model.settings import CameraSettings
from engine.vision.models import FOLDER_VARIABLE, ModelStore
from tests.console.real_engine import ADMIN, PASSWORD, SITE_NAME, Stage, act, click, stage, type_into
from widgets.drawing.shape_draft import ShapeKind

AREA = ((0.03, 0.16), (0.7, 0.1), (0.97, 0.5), (0.95, 0.95), (0.3, 0.96))


@pytest.fixture
def models(shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "models"
    ModelStore(folder).install(("yolox-nano",), shared / "data/models")
    monkeypatch.setenv(FOLDER_VARIABLE, str(folder))


@pytest.fixture
def open_stage(shared: Path, tmp_path: Path, qtbot: QtBot, models: None) -> Iterator[Stage]:
    def prepare(site: Site) -> None:
        port = site.door.set_up(SITE_NAME, ADMIN, PASSWORD)
        port.command(PutCamera(CameraSettings("street", "Street", str(shared / "data/video/vtest_480x360.avi"))))
        port.close()

    with stage(tmp_path / "data", qtbot, "zones", prepare=prepare) as made:
        made.console.enter()
        dialog = made.dialog(SignInDialog)
        type_into(dialog.fields.field("name").edit(), ADMIN)
        type_into(dialog.fields.field("password").edit(), PASSWORD)
        click(dialog.button)
        made.wait_window()
        yield made


def test_a_zone_is_drawn_on_the_street_and_its_people_are_counted(open_stage: Stage) -> None:
    at = open_stage
    at.until(lambda: at.shows_live("street") and at.people("street") > 0, "somebody is followed")
    act(at.live.menu_of("street").actions(), "Zones and masks")
    dialog = at.over(at.live, ZonesDialog)
    at.until(lambda: dialog.source.live, "its picture shows")
    click(dialog.add_buttons[ShapeKind.ZONE])
    for corner in AREA:
        _click(dialog, corner)
    at.shot("drawing", dialog)
    _click(dialog, AREA[0])
    type_into(dialog.details.name.edit(), "Forecourt")
    at.until(lambda: dialog.list.shape_rows()[0].count not in ("", "0 now"), "somebody is counted as it is drawn")
    dialog.details.loiter.setValue(1.5)
    dialog.details.most.setValue(6)
    click(dialog.add_buttons[ShapeKind.LINE])
    _click(dialog, (0.45, 0.2))
    _click(dialog, (0.75, 0.9))
    click(dialog.add_buttons[ShapeKind.PRIVACY])
    for corner in ((0.0, 0.0), (0.2, 0.0), (0.2, 0.1), (0.0, 0.1)):
        _click(dialog, corner)
    QTest.keyClick(dialog.editor, Qt.Key.Key_Return)
    at.shot("drawn", dialog)
    dialog.list.setCurrentRow(0)
    at.shot("chosen", dialog)
    click(dialog.save)
    at.until(lambda: bool(at.camera("street").settings.zones), "it is saved")
    camera = at.camera("street").settings
    assert [zone.name for zone in camera.zones] == ["Forecourt"] and camera.zones[0].loiter_s == 90.0 and len(camera.lines) == 1
    assert camera.privacy[0][0] == (0.0, 0.0) and camera.privacy_size == (480, 360)
    at.until(lambda: (count := at.snapshot.zone(camera.zones[0].id)) is not None and count.count > 0, "the engine counts them")
    at.until(lambda: at.shows_live("street"), "the wall shows it")
    at.shot("wall")


def _click(dialog: ZonesDialog, at: tuple[float, float]) -> None:
    place: QPoint = dialog.editor.pixel(at).toPoint()
    QTest.mouseMove(dialog.editor, place)
    QTest.mouseClick(dialog.editor, Qt.MouseButton.LeftButton, pos=place)
