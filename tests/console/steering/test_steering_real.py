"""A PTZ camera is steered on the screen: real video by RTSP, a camera of loopback by ONVIF, the real engine and the real window."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from console.dialogs.accounts.sign_in import SignInDialog
from console.dialogs.cameras.camera import CameraDialog
from console.dialogs.cameras.ptz import PtzDialog
from console.dialogs.confirm import ConfirmDialog
from console.site import Site
from engine.model.accounts.access import Role
from engine.model.cameras.picture_zone import PictureZone
from engine.model.command import Credentials, PutCamera
from engine.model.ptz.commands import SteerCamera
from engine.model.ptz.settings import PtzSettings, PtzTour, TourStop
from engine.model.ptz.view import PtzState
from engine.model.settings import CameraSettings
from tests.console.real_engine import ADMIN, PASSWORD, SITE_NAME, Stage, act, click, stage, type_into, write_street
from tests.fakes.http_login import Login
from tests.fakes.ptz_camera import PtzCamera, ptz_camera
from tests.fakes.rtsp import RtspServer
from widgets.steering.pad import SteeringPad

ZONE = PictureZone("forecourt", "Forecourt", ((0.1, 0.3), (0.8, 0.3), (0.9, 0.9), (0.2, 0.9)))
TOUR = PtzTour("round", "Gate and yard", (TourStop("1", 5.0), TourStop("2", 5.0)))
OPERATOR = "otto"


@pytest.fixture
def camera() -> Iterator[PtzCamera]:
    with ptz_camera() as camera:
        yield camera


@pytest.fixture
def open_stage(shared: Path, tmp_path: Path, qtbot: QtBot, camera: PtzCamera, request: pytest.FixtureRequest) -> Iterator[Stage]:
    film = write_street(shared / "data/video/vtest_480x360.avi", tmp_path / "street.mp4")
    with RtspServer({"yard": film, "hall": film}, Login("admin", "correct horse"), backchannels={"yard": 0}) as server:

        def prepare(site: Site) -> None:
            port = site.door.set_up(SITE_NAME, ADMIN, PASSWORD)
            ptz = PtzSettings(tours=(TOUR,), hold_s=120.0, home_after_s=0)
            yard = CameraSettings("yard", "Yard", server.url("yard"), zones=(ZONE,), onvif=camera.address, ptz=ptz)
            port.command(PutCamera(yard, Credentials("admin", "correct horse")))
            port.command(PutCamera(CameraSettings("hall", "Hall", server.url("hall")), Credentials("admin", "correct horse")))
            port.close()
            site.engine.accounts.create_user(OPERATOR, Role.OPERATOR, PASSWORD)

        with stage(tmp_path / "data", qtbot, "steering", prepare=prepare) as made:
            made.console.enter()
            dialog = made.dialog(SignInDialog)
            type_into(dialog.fields.field("name").edit(), getattr(request, "param", OPERATOR))
            type_into(dialog.fields.field("password").edit(), PASSWORD)
            click(dialog.button)
            made.wait_window()
            yield made


def begin(at: Stage) -> None:
    at.until(lambda: at.shows_live("yard"), "its picture shows")
    at.until(lambda: (view := at.snapshot.ptz_of("yard")) is not None and view.state is PtzState.ONLINE, "it can be steered")
    act(at.live.menu_of("yard").actions(), "Steer camera")
    at.until(at.live.steering.pad.isVisible, "the pad shows")


def still(at: Stage, camera: PtzCamera) -> None:
    at.until(lambda: not camera.moving, "the camera stands still")
    at.until(lambda: not at.live.steering.driving.on_way, "what was sent is answered")  # what comes late on a slow machine is not sent


def _turned(pad: SteeringPad) -> bool:
    """Two steps of the wheel at its middle."""
    middle = QPointF(pad.rect().center())
    keys, phase = Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase
    wheel = QWheelEvent(middle, pad.mapToGlobal(middle), QPoint(), QPoint(0, 240), Qt.MouseButton.NoButton, keys, phase, False)
    return QApplication.sendEvent(pad, wheel)


def test_by_drag_wheel_keys_click_and_menus(open_stage: Stage, camera: PtzCamera) -> None:
    at, steering = open_stage, open_stage.live.steering
    begin(at)
    pad, middle = steering.pad, steering.pad.rect().center()
    at.shot("begun")
    QTest.mousePress(pad, Qt.MouseButton.LeftButton, pos=middle)
    QTest.mouseMove(pad, middle + QPoint(60, -30))
    at.until(lambda: camera.moving and camera.position[0] > 0.03 and camera.position[1] > 0, "it moves to the right and up")
    at.until(lambda: "You steer" in steering.bar.text.text() and "Moving" in steering.bar.text.text(), "the line says so")
    at.shot("dragged")
    QTest.mouseRelease(pad, Qt.MouseButton.LeftButton, pos=middle + QPoint(60, -30))
    still(at, camera)
    at.until(lambda: not at.live.wall._tiles.get("yard").view.settings.zones, "zones are hidden away from home")  # type: ignore[union-attr]
    at.until(lambda: "on hold" in steering.bar.text.text(), "and it is said")
    at.shot("away")
    at.until(lambda: _turned(pad) and camera.position[2] > 0.02, "the wheel zooms")
    still(at, camera)
    before = camera.position[0]
    QTest.keyPress(pad, Qt.Key.Key_Left)
    at.until(lambda: camera.position[0] < before - 0.03, "the arrow key moves it, once it answers")
    QTest.keyRelease(pad, Qt.Key.Key_Left)
    still(at, camera)
    QTest.mouseClick(pad, Qt.MouseButton.LeftButton, pos=middle + QPoint(50, 0))
    at.until(lambda: camera.count("RelativeMove") == 1, "a click is centred")
    still(at, camera)
    QTest.keyClick(pad, Qt.Key.Key_Home)
    at.until(lambda: camera.count("GotoHomePosition") == 1, "Home goes home")
    at.until(lambda: bool(at.live.wall._tiles.get("yard").view.settings.zones), "zones are back at home")  # type: ignore[union-attr]
    still(at, camera)
    menu = steering.bar.presets.menu()
    steering.fill_presets(menu)
    act(menu.actions(), "Gate")
    at.until(lambda: camera.count("GotoPreset") == 1, "a preset by its name")
    still(at, camera)
    steering.fill_tours(steering.bar.tours.menu())
    act(steering.bar.tours.menu().actions(), "Gate and yard")
    at.until(lambda: "Tour Gate and yard" in steering.bar.text.text(), "the tour runs")
    at.shot("tour")
    steering.fill_outputs(steering.bar.outputs.menu())
    act(steering.bar.outputs.menu().actions()[0].menu().actions(), "On")  # type: ignore[union-attr]
    at.until(lambda: camera.outputs["lamp"], "the output is on")
    still(at, camera)
    steering.bar.lens.click()
    at.shot("lens")
    QTest.mousePress(steering.bar.far, Qt.MouseButton.LeftButton)
    at.until(lambda: camera.focus_speed > 0 and camera.imaging == ["MANUAL"], "focus moves while the button is held down")
    QTest.mouseRelease(steering.bar.far, Qt.MouseButton.LeftButton)
    at.until(lambda: camera.focus_speed == 0, "and stands still")
    still(at, camera)
    steering.fill_lens(steering.bar.automatic.menu())
    act(steering.bar.automatic.menu().actions(), "Iris 25 %")
    at.until(lambda: camera.imaging[1:] == ["MANUAL iris -15.0"], "0 dB is open")
    QTest.keyClick(pad, Qt.Key.Key_Escape)
    assert not pad.isVisible() and steering.camera_id == ""
    at.until(lambda: (plate := steering.plates.plate("yard")) is not None and plate.isVisible(), "the tile says that it is away")
    plate = steering.plates.plate("yard")
    assert plate is not None
    at.until(lambda: "Away from home" in plate.text.text() and plate.home.isEnabled(), "and the way back")
    at.shot("plate")
    homes = camera.count("GotoHomePosition")
    click(plate.home)
    at.until(lambda: camera.count("GotoHomePosition") > homes, "it goes home")
    at.until(lambda: steering.plates.plate("yard") is None, "the plate is gone")


def test_keys_steer_in_the_mode_only_and_leaving_it_stops(open_stage: Stage, camera: PtzCamera) -> None:
    at, pad = open_stage, open_stage.live.steering.pad
    camera.faults.ignores_timeout = True
    begin(at)
    at.until(lambda: at.live.steering.bar.talk.isVisible(), "talk is offered, as the camera has it")
    QTest.keyPress(pad, Qt.Key.Key_Right)
    at.until(lambda: camera.moving, "it moves")
    at.live.wall.setFocus()
    still(at, camera)
    assert camera.count("Stop") >= 1
    moves = camera.count("ContinuousMove")
    QTest.keyClick(at.live.wall, Qt.Key.Key_Right)
    assert camera.count("ContinuousMove") == moves and at.live.steering.camera_id != "hall"


def test_it_is_steered_in_a_further_wall_and_in_one_at_a_time(open_stage: Stage, camera: PtzCamera) -> None:
    at, steering = open_stage, open_stage.live.steering
    begin(at)
    frame = at.live.walls.open_another()
    assert frame is not None
    frame.desk.open_camera("yard")
    there = at.live.steerings.of(frame.desk)
    at.until(lambda: "yard" in frame.desk.wall.visible_cameras(), "it shows there")
    menu = at.live._menu_elsewhere(frame.desk, frame.menu, "yard", frame)
    assert menu is not None
    act(menu.actions(), "Steer camera")
    assert there.camera_id == "yard" and not steering.camera_id
    QTest.keyPress(there.pad, Qt.Key.Key_Right)
    at.until(lambda: camera.moving and "You steer" in there.bar.text.text(), "it moves")
    at.shot("further-wall", frame)
    QTest.keyRelease(there.pad, Qt.Key.Key_Right)
    at.until(lambda: not camera.moving, "it stands still")
    at.until(lambda: (plate := steering.plates.plate("yard")) is not None and plate.isVisible(), "the first wall says that it is away")
    frame.close()
    at.until(lambda: (view := at.snapshot.ptz_of("yard")) is not None and view.control is None, "closing the window ends it")


def test_who_has_a_higher_priority_takes_over_and_it_is_said_by_whom(open_stage: Stage, camera: PtzCamera) -> None:
    at, steering = open_stage, open_stage.live.steering
    begin(at)
    QTest.keyClick(steering.pad, Qt.Key.Key_Right)
    at.until(lambda: "You steer" in steering.bar.text.text(), "it is held")
    at.until(lambda: not steering.driving.on_way, "what was sent is answered")
    boss = at.site.door.sign_in(ADMIN, PASSWORD)
    boss.command(SteerCamera("yard", 0.2))
    at.until(lambda: "has taken over this camera" in at.toasts(), "it is said by whom")
    assert f"{ADMIN} steers, free in" in steering.bar.text.text(), "and for how long"
    at.shot("taken")
    QTest.keyClick(steering.pad, Qt.Key.Key_Left)
    at.until(lambda: "steers this camera with priority 30" in at.toasts(), "the refusal is a sentence")
    boss.close()


def test_a_camera_without_onvif_is_not_offered_it(open_stage: Stage) -> None:
    at = open_stage
    at.until(lambda: at.shows_live("hall"), "its picture shows")
    words = [action.text().replace("&", "") for action in at.live.menu_of("hall").actions()]
    assert not {"Steer camera", "Presets", "Outputs", "Tours"} & set(words)
    steered = {"Steer camera", "Presets", "Outputs", "Tours"}
    at.until(lambda: steered <= {action.text().replace("&", "") for action in at.live.menu_of("yard").actions()}, "the other one is")


@pytest.mark.parametrize("open_stage", [ADMIN], indirect=True)
def test_an_administrator_makes_a_preset_a_tour_and_priorities(open_stage: Stage, camera: PtzCamera) -> None:
    at = open_stage
    at.until(lambda: (view := at.snapshot.ptz_of("yard")) is not None and bool(view.presets), "the camera is reached")
    act(at.live.menu_of("yard").actions(), "PTZ settings")
    dialog = at.over(at.live, PtzDialog)
    at.shot("settings", dialog)
    type_into(dialog.preset_name, "Loading bay")
    click(dialog.add_preset)
    at.until(lambda: "Loading bay" in [name for name, _ in camera.presets.values()], "the camera keeps it")
    at.until(lambda: dialog.presets.findText("Loading bay") >= 0, "it is listed")
    dialog.presets.setCurrentText("Loading bay")
    at.until(dialog.remove_preset.isEnabled, "what was sent is answered")
    click(dialog.remove_preset)
    ask = at.over(dialog, ConfirmDialog)
    at.shot("remove-preset", ask)
    click(ask.go)
    at.until(lambda: dialog.presets.findText("Loading bay") < 0, "it is gone from the list")
    assert "Loading bay" not in [name for name, _ in camera.presets.values()]
    at.until(lambda: not dialog.busy, "it is answered")
    click(dialog.editor.add_tour)
    assert not dialog.editor.stops.rowCount()
    for _ in range(2):
        click(dialog.editor.add_stop)
    dialog.priorities["operator_priority"].setValue(40)
    dialog.boxes["home_after_s"].setValue(60)
    at.shot("tour-made", dialog)
    click(dialog.save)
    at.until(lambda: len(at.camera("yard").settings.ptz.tours) == 2, "it is saved")
    ptz = at.camera("yard").settings.ptz
    assert (ptz.operator_priority, ptz.home_after_s, [stop.preset for stop in ptz.tours[1].stops]) == (40, 60.0, ["1", "2"])
    act(at.live.menu_of("yard").actions(), "Edit")
    form = at.over(at.live, CameraDialog).form
    assert form.more_fields.field("onvif").value() == camera.address
