"""A camera is found on the network, asked for its streams, and comes into the form as it is."""

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from console.bridge import EngineBridge
from console.dialogs.cameras.camera import CameraDialog
from console.dialogs.cameras.find_camera import ChosenCamera, FindCameraDialog, host_of, makers
from engine.model.command import Credentials
from engine.model.errors import EnvironmentFault, InputError
from engine.model.history.finding import CameraDescription, FoundCamera, FoundStream
from engine.sources.camera.urls import parsed
from tests.console.dialogs.conftest import Show
from tests.fakes.engine import FakeEngine

DOOR = FoundCamera("http://192.168.1.20/onvif/device_service", "192.168.1.20", "Front door", "DS-2CD")
BARE = FoundCamera("http://192.168.1.21:8000/onvif", "192.168.1.21")
STREAMS = (
    FoundStream("Main", "rtsp://192.168.1.20:554/main", "H264", 2560, 1440, 25.0),
    FoundStream("Middle", "rtsp://192.168.1.20:554/middle", "H264", 1280, 720, 25.0),
    FoundStream("Small", "rtsp://192.168.1.20:554/sub", "H264", 640, 360, 12.5),
)


@pytest.fixture
def dialog(engine: FakeEngine, bridge: EngineBridge, qtbot: QtBot, show: Show) -> FindCameraDialog:
    engine.found_cameras = (DOOR, BARE)
    engine.described = CameraDescription(DOOR.address, "Hikvision", "DS-2CD", "5.7", STREAMS)
    dialog = FindCameraDialog(bridge)
    show(dialog)
    qtbot.waitUntil(lambda: dialog.found.count() == 2)
    return dialog


def type_login(dialog: FindCameraDialog) -> None:
    dialog.fields.field("user").set_value("admin")
    dialog.fields.field("password").set_value("pass word")


def test_a_found_camera_is_asked_and_its_pictures_are_chosen(dialog: FindCameraDialog, engine: FakeEngine, qtbot: QtBot) -> None:
    assert dialog.state.text() == "2 found"
    assert [dialog.found.item(row).text() for row in range(2)] == ["Front door (DS-2CD)\n192.168.1.20", "Unnamed camera\n192.168.1.21"]
    assert not dialog.use.isEnabled()
    dialog.found.setCurrentRow(0)
    type_login(dialog)
    dialog.ask.click()
    qtbot.waitUntil(dialog.use.isEnabled)
    assert engine.asked_camera is not None and engine.asked_camera.credentials == Credentials("admin", "pass word")
    assert dialog.main.currentText() == "Main – 2560×1440, H264, 25 fps"
    assert dialog.sub.currentText() == "Small – 640×360, H264, 12.5 fps"
    with qtbot.waitSignal(dialog.chosen) as chosen:
        dialog.use.click()
    assert chosen.args == [ChosenCamera("Front door", STREAMS[0].url, STREAMS[2].url, Credentials("admin", "pass word"), DOOR.address)]


@pytest.mark.parametrize(("second", "small"), [("H264", "Small – 640×360, H264, 12.5 fps"), ("JPEG", "Pictures – 640×480, JPEG, 5 fps")])
def test_a_small_picture_in_jpeg_is_taken_only_where_there_is_no_other(
    dialog: FindCameraDialog, engine: FakeEngine, qtbot: QtBot, second: str, small: str
) -> None:
    streams = (
        FoundStream("Main", "rtsp://192.168.1.20/main", "H265", 3840, 2160, 25.0),
        FoundStream("Pictures", "rtsp://192.168.1.20/jpeg", "JPEG", 640, 480, 5.0),
        FoundStream("Small", "rtsp://192.168.1.20/sub", second, 640, 360, 12.5),
    )
    engine.described = CameraDescription(DOOR.address, "Acme", "Eye", "1", streams)
    dialog.found.setCurrentRow(0)
    dialog.ask.click()
    qtbot.waitUntil(dialog.use.isEnabled)
    assert dialog.main.currentText() == "Main – 3840×2160, H265, 25 fps"
    assert dialog.sub.currentText() == small


def test_one_stream_alone_is_large_and_there_is_no_small_one(dialog: FindCameraDialog, engine: FakeEngine, qtbot: QtBot) -> None:
    engine.described = CameraDescription(BARE.address, "Acme", "Eye", "1", STREAMS[:1])
    dialog.found.setCurrentRow(1)
    dialog.ask.click()
    qtbot.waitUntil(dialog.use.isEnabled)
    with qtbot.waitSignal(dialog.chosen) as chosen:
        dialog.use.click()
    assert chosen.args == [ChosenCamera("Acme Eye", STREAMS[0].url, "", None, "http://192.168.1.21:8000/onvif")]


def test_streams_of_another_address_are_not_used(dialog: FindCameraDialog, qtbot: QtBot) -> None:
    dialog.found.setCurrentRow(0)
    dialog.ask.click()
    qtbot.waitUntil(dialog.use.isEnabled)
    dialog.fields.field("address").set_value("192.168.1.99")
    assert not dialog.use.isEnabled() and not dialog.main.isEnabled()


def test_what_the_camera_refuses_stands_where_it_belongs(dialog: FindCameraDialog, engine: FakeEngine, qtbot: QtBot) -> None:
    dialog.found.setCurrentRow(0)
    engine.described = InputError("password", "192.168.1.20 wants another user or password")
    dialog.ask.click()
    password = dialog.fields.field("password")
    qtbot.waitUntil(lambda: "another user" in password.message())
    assert dialog.ask.isEnabled()
    dialog.fields.field("user").set_value("admin")
    assert "another user" not in password.message()
    engine.described = EnvironmentFault("camera_unreachable", "192.168.1.20 does not answer as an ONVIF camera.")
    password.set_value("x")
    dialog.describe()
    address = dialog.fields.field("address")
    qtbot.waitUntil(lambda: "does not answer" in address.message())
    assert not dialog.use.isEnabled() and dialog.ask.isEnabled() and not dialog.trouble.isVisible()
    assert address.value() == DOOR.address and password.value() == "x"


def test_a_network_without_cameras_and_no_network_are_told_apart(dialog: FindCameraDialog, engine: FakeEngine, qtbot: QtBot) -> None:
    engine.found_cameras = ()
    dialog.found.setCurrentRow(0)
    dialog.again.click()
    qtbot.waitUntil(lambda: dialog.state.text().startswith("No camera answered"))
    assert dialog.fields.field("address").value() == DOOR.address
    engine.found_cameras = EnvironmentFault("no_network", "This machine is in no network that could be searched.")
    dialog.again.click()
    qtbot.waitUntil(lambda: dialog.state.text().startswith("This machine is in no network"))
    assert dialog.again.isEnabled()


def test_the_usual_addresses_of_a_maker_need_no_answer(dialog: FindCameraDialog, engine: FakeEngine, qtbot: QtBot) -> None:
    dialog.fields.field("address").set_value("192.168.1.30")
    dialog.source.setCurrentIndex(dialog.source.findData("Reolink"))
    qtbot.keyClick(dialog.ask, Qt.Key.Key_Space)
    assert (dialog.main.currentData(), dialog.sub.currentData()) == (
        "rtsp://192.168.1.30:554/h264Preview_01_main",
        "rtsp://192.168.1.30:554/h264Preview_01_sub",
    )
    assert engine.asked_camera is None and dialog.use.isEnabled()


def test_a_camera_alone_is_taken_and_its_login_asked_for(dialog: FindCameraDialog, engine: FakeEngine, qtbot: QtBot) -> None:
    engine.found_cameras = (DOOR,)
    dialog.again.click()
    qtbot.waitUntil(lambda: dialog.fields.field("address").value() == DOOR.address)
    assert dialog.found.currentRow() == 0


def test_what_is_typed_is_not_overwritten_by_what_is_found(dialog: FindCameraDialog, engine: FakeEngine, qtbot: QtBot) -> None:
    engine.found_cameras = (DOOR,)
    dialog.again.click()
    dialog.fields.field("address").set_value("10.0.0.7")
    qtbot.waitUntil(dialog.again.isEnabled)
    assert dialog.fields.field("address").value() == "10.0.0.7" and dialog.found.currentRow() == -1


def test_a_stream_that_is_typed_needs_no_answer_and_its_login_is_out_of_sight(
    dialog: FindCameraDialog, engine: FakeEngine, qtbot: QtBot
) -> None:
    dialog.found.setCurrentRow(0)  # whose name is not that of the stream
    address = dialog.fields.field("address").edit()
    address.selectAll()
    qtbot.keyClicks(address, "rtsp://ada:s%40crt@10.0.0.9/main")
    assert dialog.main.currentData() == "rtsp://10.0.0.9/main" and "s%40crt" not in dialog.main.currentText()
    address.editingFinished.emit()
    assert dialog.fields.values() == {"address": "rtsp://10.0.0.9/main", "user": "ada", "password": "s@crt"}
    with qtbot.waitSignal(dialog.chosen) as chosen:
        qtbot.keyClick(dialog.fields.field("password").edit(), Qt.Key.Key_Return)
    assert chosen.args == [ChosenCamera("", "rtsp://10.0.0.9/main", "", Credentials("ada", "s@crt"))]
    assert engine.asked_camera is None and not dialog.isVisible()


def test_of_a_stream_that_is_typed_its_camera_can_be_asked(dialog: FindCameraDialog, engine: FakeEngine, qtbot: QtBot) -> None:
    dialog.fields.field("address").set_value("rtsp://192.168.1.20:554/main")
    dialog.ask.click()
    qtbot.waitUntil(lambda: engine.asked_camera is not None and dialog.main.count() == len(STREAMS))
    assert engine.asked_camera is not None and engine.asked_camera.address == "192.168.1.20"


def test_every_makers_address_is_one_for_any_host() -> None:
    assert len(makers()) > 8
    for maker in makers():
        for host in ("192.168.1.5", "[fe80::1]", "door.example.org"):
            main, sub = (stream.url for stream in maker.streams(host))
            assert main != sub
            assert {parsed(url).scheme for url in (main, sub)} == {"rtsp"}
            assert {parsed(url).netloc.removesuffix(":554") for url in (main, sub)} == {host}


@pytest.mark.parametrize(
    ("address", "host"),
    [("192.168.1.20", "192.168.1.20"), ("http://cam.local:8000/onvif", "cam.local"), ("http://[fe80::1]/x", "[fe80::1]"), ("//", "")],
)
def test_the_host_of_an_address(address: str, host: str) -> None:
    assert host_of(address) == host


def test_what_was_found_comes_into_the_form_and_is_tested_at_once(bridge: EngineBridge, engine: FakeEngine, qtbot: QtBot) -> None:
    engine.found_cameras = (DOOR,)
    engine.described = CameraDescription(DOOR.address, "Hikvision", "DS-2CD", "5.7", STREAMS)
    form = CameraDialog(bridge)
    qtbot.addWidget(form)
    form.show()
    form.form.source.search_requested.emit()
    search = form.findChild(FindCameraDialog)
    assert isinstance(search, FindCameraDialog)
    qtbot.waitUntil(lambda: search.found.count() == 1)
    search.found.setCurrentRow(0)
    type_login(search)
    search.ask.click()
    qtbot.waitUntil(search.use.isEnabled)
    search.use.click()
    camera = form.form.settings()
    assert (camera.name, camera.url, camera.sub_url) == ("Front door", STREAMS[0].url, STREAMS[2].url)
    assert form.form.credentials() == Credentials("admin", "pass word")
    qtbot.waitUntil(lambda: any(type(command).__name__ == "TestCamera" for command in engine.commands))
