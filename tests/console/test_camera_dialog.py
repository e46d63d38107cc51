"""Adding a camera: validation as one types, the test with progress, cancel and failure, saving, and errors of the engine."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from console.bridge import EngineBridge
from console.dialogs.alerts.what_to_try import WhatToTryDialog
from console.dialogs.cameras.camera import CameraDialog
from console.dialogs.cameras.camera_form import group_path, group_paths, login_in, without_login
from console.dialogs.cameras.camera_sources import simulated_cameras
from console.dialogs.cameras.usb_cameras import by_number, qt_inputs
from engine.model.cameras.picture_zone import PictureZone
from engine.model.command import Credentials, PutCamera, RemoveCamera, TestCamera
from engine.model.errors import EnvironmentFault, InputError
from engine.model.health import CameraHealth
from engine.model.history.finding import FoundUsb
from engine.model.setting import settings_of
from engine.model.settings import CameraSettings
from engine.model.snapshot import JobState
from tests.fakes.engine import FakeEngine


@pytest.fixture
def dialog(bridge: EngineBridge, qtbot: QtBot) -> Iterator[CameraDialog]:
    made = CameraDialog(bridge)
    qtbot.addWidget(made)
    made.show()
    yield made
    made.close()


def type_in(dialog: CameraDialog, **values: str) -> None:
    for name, text in values.items():
        group = dialog.form.fields if name in ("url", "name", "group") else dialog.form.more_fields
        group.field(name).edit().setText(text)


def camera_called(engine: FakeEngine, name: str) -> CameraSettings:
    (found,) = [camera for camera in engine.settings.cameras if camera.name == name]
    return found


def test_add_a_camera_with_a_test(dialog: CameraDialog, engine: FakeEngine, qtbot: QtBot) -> None:
    assert not dialog.test.isEnabled() and not dialog.save.isEnabled()
    type_in(dialog, url="rtsp://10.0.0.9/main")
    assert dialog.test.isEnabled() and not dialog.save.isEnabled()
    dialog.test.click()
    qtbot.waitUntil(lambda: bool(engine.jobs))
    assert dialog.stop.isVisible() and dialog.progress.isVisible() and not dialog.test.isVisible()
    with engine.running():
        qtbot.waitUntil(dialog.preview.has_picture)
    assert dialog.test.isVisible() and "640" in dialog.outcome.text()
    type_in(dialog, name="Loading dock")
    assert dialog.save.isEnabled()
    with qtbot.waitSignal(dialog.saved) as saved:
        dialog.save.click()
    made = camera_called(engine, "Loading dock")
    assert saved.args == [made.id] and not dialog.isVisible()
    assert made.url == "rtsp://10.0.0.9/main"


def test_a_group_is_completed_from_those_there_are_and_tidied(engine: FakeEngine, bridge: EngineBridge, qtbot: QtBot) -> None:
    camera = engine.settings.camera("gate")
    assert camera is not None
    engine.execute(PutCamera(replace(camera, group="Yard/North")))
    bridge.start()
    dialog = CameraDialog(bridge)
    qtbot.addWidget(dialog)
    completer = dialog.form.fields.field("group").edit().completer()
    completer.setCompletionPrefix("nor")
    assert completer.completionCount() == 1 and completer.currentCompletion() == "Yard/North"
    type_in(dialog, url="rtsp://10.0.0.9/main", name="Dock", group=" Yard / South/ ")
    assert dialog.form.settings().group == "Yard/South"
    type_in(dialog, group="x" * 201)
    assert not dialog.save.isEnabled() and "200" in dialog.form.fields.field("group").message()
    assert group_path(" / ") == "" and group_paths(engine.settings.cameras) == ("Yard", "Yard/North")


def test_the_group_of_a_camera_is_shown_and_can_be_taken_away(engine: FakeEngine, bridge: EngineBridge, qtbot: QtBot) -> None:
    camera = engine.settings.camera("gate")
    assert camera is not None
    dialog = CameraDialog(bridge, replace(camera, group="Yard"))
    qtbot.addWidget(dialog)
    assert dialog.form.fields.field("group").value() == "Yard"
    type_in(dialog, group="")
    assert dialog.form.settings() == camera


def test_what_is_wrong_stands_under_its_field(dialog: CameraDialog) -> None:
    for url in ("gopher://x", "rtsp://[::1/x"):
        type_in(dialog, url=url, name="X")
        dialog.form.fields.field("url").edit().editingFinished.emit()
        assert not dialog.form.fields.field("url").is_valid() and not dialog.save.isEnabled()
    type_in(dialog, url="rtsp://x/1", sub_url="gopher://x")
    assert not dialog.save.isEnabled()
    type_in(dialog, sub_url="", password="secret")
    assert not dialog.form.more_fields.field("user").is_valid() and not dialog.save.isEnabled()
    type_in(dialog, user="ada")
    assert dialog.save.isEnabled()


def test_a_new_camera_is_called_by_chance_and_keeps_that_whatever_its_name(engine: FakeEngine, bridge: EngineBridge, qtbot: QtBot) -> None:
    ids: list[str] = []
    for _ in range(2):
        dialog = CameraDialog(bridge)
        qtbot.addWidget(dialog)
        type_in(dialog, url="rtsp://10.0.0.9/main", name="Dock")
        ids.append(dialog.form.settings().id)
        type_in(dialog, name="Harbour")
        assert dialog.form.settings().id == dialog.form.tried().id == ids[-1]
    assert ids[0] != ids[1] and not any("dock" in each for each in ids)
    gate = engine.settings.camera("gate")
    assert gate is not None
    dialog = CameraDialog(bridge, gate)
    qtbot.addWidget(dialog)
    type_in(dialog, name="Dock")
    assert dialog.form.settings().id == "gate"


def test_a_login_within_the_address_leaves_it(dialog: CameraDialog, engine: FakeEngine, qtbot: QtBot) -> None:
    type_in(dialog, url="rtsp://ada:s%40crt@10.0.0.9:554/main", name="Dock")
    dialog.form.fields.field("url").edit().editingFinished.emit()
    assert dialog.form.fields.field("url").value() == "rtsp://10.0.0.9:554/main"
    with qtbot.waitSignal(dialog.saved):
        dialog.save.click()
    command = engine.commands[-1]
    assert isinstance(command, PutCamera)
    assert command.camera.url == "rtsp://10.0.0.9:554/main"
    assert command.credentials == Credentials("ada", "s@crt")


def test_a_login_is_moved_even_when_enter_comes_first(dialog: CameraDialog) -> None:
    type_in(dialog, url="rtsp://ada:secret@10.0.0.9/main", name="Dock")
    assert dialog.form.settings().url == "rtsp://10.0.0.9/main"
    assert dialog.form.credentials() == Credentials("ada", "secret")


def test_a_test_that_fails_says_why(dialog: CameraDialog, engine: FakeEngine, qtbot: QtBot) -> None:
    type_in(dialog, url="rtsp://unreachable/main")
    dialog.test.click()
    with engine.running():
        qtbot.waitUntil(lambda: "No answer" in dialog.preview.accessibleDescription())
    assert dialog.test.isVisible() and not dialog.preview.has_picture()


def test_a_test_that_fails_is_told_at_the_address_and_it_may_be_saved(dialog: CameraDialog, engine: FakeEngine, qtbot: QtBot) -> None:
    type_in(dialog, url="rtsp://unreachable/main", name="Dock")
    dialog.test.click()
    url = dialog.form.fields.field("url")
    with engine.running():
        qtbot.waitUntil(lambda: "No picture" in url.message())
    assert dialog.save.isEnabled() and url.value() == "rtsp://unreachable/main"
    type_in(dialog, url="rtsp://10.0.0.9/main")
    assert "No picture" not in url.message()


@pytest.mark.parametrize(
    ("fault", "user", "said"),
    [("credentials", "", "requires a user"), ("credentials", "ada", "refuses"), ("forbidden", "ada", "no right to view")],
)
def test_a_login_that_is_refused_is_told_at_the_login(dialog: CameraDialog, fault: str, user: str, said: str) -> None:
    type_in(dialog, url="rtsp://10.0.0.9/main", name="Dock", user=user)
    dialog.form.show_fault(fault)
    password = dialog.form.more_fields.field("password")
    assert password.isVisible() and said in password.message() and dialog.save.isEnabled()
    dialog.form.forget_fault()
    assert said not in password.message()


def test_what_is_wrong_is_brought_to_view_on_a_low_screen(dialog: CameraDialog, qtbot: QtBot) -> None:
    type_in(dialog, url="rtsp://10.0.0.9/main", name="Dock")
    dialog.form.more.toggled.disconnect(dialog._make_room)
    dialog.resize(980, 400)
    field = dialog.form.show_fault("credentials")
    dialog.bring_to_view(field)
    qtbot.waitUntil(lambda: field.visibleRegion().boundingRect().height() == field.height())


def test_a_test_that_fails_offers_what_to_try(dialog: CameraDialog, engine: FakeEngine, qtbot: QtBot) -> None:
    type_in(dialog, url="rtsp://unreachable/main", name="Dock")
    assert not dialog.help.isVisible()
    dialog.test.click()
    with engine.running():
        qtbot.waitUntil(dialog.help.isVisible)
    dialog.help.click()
    shown = dialog.findChild(WhatToTryDialog)
    assert shown is not None and shown.cards.texts() == ["No picture of Dock: it cannot be reached"]
    assert not any("Edit" in button.text() for button in shown.findChildren(QPushButton) if button.isVisible())
    shown.reject()
    type_in(dialog, url="rtsp://10.0.0.9/main")
    dialog.test.click()
    assert not dialog.help.isVisible()
    with engine.running():
        qtbot.waitUntil(dialog.preview.has_picture)
    assert not dialog.help.isVisible()


def test_a_test_can_be_stopped(dialog: CameraDialog, engine: FakeEngine, qtbot: QtBot) -> None:
    type_in(dialog, url="rtsp://10.0.0.9/main")
    dialog.test.click()
    qtbot.waitUntil(lambda: bool(engine.jobs))
    dialog.stop.click()
    qtbot.waitUntil(lambda: dialog.test.isVisible())
    assert [job.state for job in engine.jobs.values()] == [JobState.CANCELLED]
    assert "stopped" in dialog.preview.accessibleDescription()


def test_a_test_stopped_before_it_has_begun_is_stopped(dialog: CameraDialog, engine: FakeEngine, qtbot: QtBot) -> None:
    gate = engine.hold("command")
    type_in(dialog, url="rtsp://10.0.0.9/main")
    dialog.test.click()
    dialog.stop.click()
    gate.set()
    qtbot.waitUntil(lambda: [job.state for job in engine.jobs.values()] == [JobState.CANCELLED])
    qtbot.waitUntil(lambda: dialog.test.isVisible())


def test_closing_ends_the_test(dialog: CameraDialog, engine: FakeEngine, qtbot: QtBot) -> None:
    type_in(dialog, url="rtsp://10.0.0.9/main")
    dialog.test.click()
    qtbot.waitUntil(lambda: bool(engine.jobs))
    dialog.reject()
    qtbot.waitUntil(lambda: [job.state for job in engine.jobs.values()] == [JobState.CANCELLED])


def test_a_test_that_may_not_start(dialog: CameraDialog, engine: FakeEngine, qtbot: QtBot) -> None:
    type_in(dialog, url="rtsp://10.0.0.9/main")
    engine.fail("command", EnvironmentFault("unreachable", "The engine does not answer."))
    dialog.test.click()
    qtbot.waitUntil(lambda: "does not answer" in dialog.preview.accessibleDescription())
    assert dialog.test.isVisible()


def test_the_engine_has_the_last_word_about_a_field(dialog: CameraDialog, engine: FakeEngine, qtbot: QtBot) -> None:
    type_in(dialog, url="rtsp://10.0.0.9/main", name="Dock")
    engine.fail("command", InputError("camera.url", "is not allowed: it resolves to this machine"))
    dialog.save.click()
    qtbot.waitUntil(lambda: not dialog.form.fields.field("url").is_valid() or dialog.save.isEnabled())
    assert dialog.isVisible() and not dialog.trouble.isVisible()


def test_saving_that_fails_keeps_what_was_typed(dialog: CameraDialog, engine: FakeEngine, qtbot: QtBot) -> None:
    type_in(dialog, url="rtsp://10.0.0.9/main", name="Dock")
    engine.fail("command", EnvironmentFault("disk_full", "The disk is full, so nothing was saved. Free some space and try again."))
    dialog.save.click()
    qtbot.waitUntil(lambda: dialog.trouble.isVisible())
    assert "disk is full" in dialog.trouble.text() and dialog.save.isEnabled()
    assert dialog.form.fields.field("name").value() == "Dock"


def test_edit_keeps_id_masks_and_stored_login(bridge: EngineBridge, engine: FakeEngine, qtbot: QtBot) -> None:
    dialog = CameraDialog(bridge, engine.settings.camera("gate"))
    qtbot.addWidget(dialog)
    dialog.show()
    type_in(dialog, name="North gate")
    dialog.form.share.setValue(20)
    with qtbot.waitSignal(dialog.saved):
        dialog.save.click()
    command = engine.commands[-1]
    assert isinstance(command, PutCamera)
    assert (command.camera.id, command.camera.name, command.camera.min_person_share) == ("gate", "North gate", 0.2)
    assert command.credentials is None


def test_a_name_in_use_gets_an_id_of_its_own(dialog: CameraDialog, engine: FakeEngine, qtbot: QtBot) -> None:
    type_in(dialog, url="usb:0", name="Yard")
    with qtbot.waitSignal(dialog.saved) as saved:
        dialog.save.click()
    assert [each.id for each in engine.settings.cameras if each.name == "Yard"] == ["yard", *saved.args]


def test_picking_a_source_fills_in_address_and_name(dialog: CameraDialog) -> None:
    dialog.form.source.picked.emit("simulated:hall", "Hall")
    assert dialog.form.fields.values() == {"url": "simulated:hall", "name": "Hall", "group": "", "number": ""}
    assert "Simulated" in dialog.form.fields.field("url").message() and dialog.save.isEnabled()
    dialog.form.source.picked.emit("usb:0", "Laptop camera")
    assert dialog.form.fields.values() == {"url": "usb:0", "name": "Hall", "group": "", "number": ""}


def test_the_source_menu_offers_the_demo_cameras(dialog: CameraDialog) -> None:
    menu = dialog.form.source.menu()
    menu.aboutToShow.emit()
    names = [action.text() for action in menu.actions()]
    assert "Video file…" in names
    assert all(f"{name}, simulated" in names for _, name in simulated_cameras()) and len(simulated_cameras()) >= 4


def test_the_test_carries_no_login_in_its_repr(dialog: CameraDialog, engine: FakeEngine, qtbot: QtBot) -> None:
    type_in(dialog, url="rtsp://10.0.0.9/main", user="ada", password="hunter22")
    dialog.test.click()
    qtbot.waitUntil(lambda: bool(engine.commands))
    assert isinstance(engine.commands[-1], TestCamera) and "hunter22" not in repr(engine.commands[-1])


@pytest.mark.parametrize(
    ("url", "login", "rest"),
    [
        ("rtsp://a:b@h/1", Credentials("a", "b"), "rtsp://h/1"),
        ("rtsp://a@h:554/1?x=y", Credentials("a", ""), "rtsp://h:554/1?x=y"),
        ("rtsp://ada:hunter#2/2@h/1", Credentials("ada", "hunter#2/2"), "rtsp://h/1"),
        ("rtsp://h/1", None, "rtsp://h/1"),
        ("/videos/a@b.mp4", None, "/videos/a@b.mp4"),
        ("usb:0", None, "usb:0"),
    ],
)
def test_logins_in_addresses(url: str, login: Credentials | None, rest: str) -> None:
    assert login_in(url) == login and without_login(url) == rest


# What others do meanwhile


def edited(engine: FakeEngine, bridge: EngineBridge, qtbot: QtBot) -> CameraDialog:
    gate = engine.settings.camera("gate")
    assert gate is not None
    qtbot.waitUntil(lambda: bridge.snapshot is not None and bridge.snapshot.settings.camera("gate") == gate)
    dialog = CameraDialog(bridge, gate)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def test_what_was_drawn_or_paused_meanwhile_stays(engine: FakeEngine, bridge: EngineBridge, qtbot: QtBot) -> None:
    dialog = edited(engine, bridge, qtbot)
    square = ((0.1, 0.1), (0.5, 0.1), (0.5, 0.5))
    gate = engine.settings.camera("gate")
    assert gate is not None
    drawn = replace(gate, privacy=(square,), masks=(square,), zones=(PictureZone("door", "Door", square),), enabled=False, group="Yard")
    engine.execute(PutCamera(drawn))
    qtbot.waitUntil(lambda: bridge.snapshot is not None and bridge.snapshot.settings.camera("gate") == drawn)
    type_in(dialog, name="North gate")
    with qtbot.waitSignal(dialog.saved):
        dialog.save.click()
    assert engine.settings.camera("gate") == replace(drawn, name="North gate")


def test_a_camera_that_was_removed_meanwhile_does_not_come_back(engine: FakeEngine, bridge: EngineBridge, qtbot: QtBot) -> None:
    dialog = edited(engine, bridge, qtbot)
    engine.execute(RemoveCamera("gate"))
    qtbot.waitUntil(lambda: bridge.snapshot is not None and bridge.snapshot.settings.camera("gate") is None)
    dialog.submit()
    assert "was removed in the meantime" in dialog.trouble.text() and engine.settings.camera("gate") is None
    assert dialog.isVisible()


def test_a_share_between_two_percents_is_not_rounded(engine: FakeEngine, bridge: EngineBridge, qtbot: QtBot) -> None:
    gate = engine.settings.camera("gate")
    assert gate is not None
    engine.execute(PutCamera(replace(gate, min_person_share=0.125)))
    dialog = edited(engine, bridge, qtbot)
    assert dialog.form.settings().min_person_share == 0.125


# The largest picture


def test_the_largest_picture_is_typed_and_kept(dialog: CameraDialog, engine: FakeEngine, qtbot: QtBot) -> None:
    field = dialog.form.more_fields.field("max_megapixels")
    assert field.value() == "40" and "40" in field.message()
    type_in(dialog, url="rtsp://10.0.0.9/main", name="Dock", max_megapixels="108,5")
    with qtbot.waitSignal(dialog.saved):
        dialog.save.click()
    assert camera_called(engine, "Dock").max_megapixels == 108.5


@pytest.mark.parametrize("typed", ["", "0", "0.001", "200.5", "-4", "many", "nan", "inf"])
def test_a_largest_picture_out_of_bounds_is_said_under_the_field(dialog: CameraDialog, typed: str) -> None:
    type_in(dialog, url="rtsp://10.0.0.9/main", name="Dock", max_megapixels=typed)
    field = dialog.form.more_fields.field("max_megapixels")
    assert not dialog.save.isEnabled() and not field.is_valid()
    field.edit().editingFinished.emit()
    assert "0.01" in field.message() and "200" in field.message()
    most = settings_of(CameraSettings)["max_megapixels"].high
    type_in(dialog, max_megapixels=str(most))
    assert dialog.save.isEnabled() and dialog.form.settings().max_megapixels == most


def test_a_largest_picture_of_before_stays_to_its_last_digit(engine: FakeEngine, bridge: EngineBridge, qtbot: QtBot) -> None:
    gate = engine.settings.camera("gate")
    assert gate is not None
    engine.execute(PutCamera(replace(gate, max_megapixels=33.1776)))
    dialog = edited(engine, bridge, qtbot)
    assert dialog.form.more_fields.field("max_megapixels").value() == "33.1776"
    assert dialog.form.settings().max_megapixels == 33.1776


def test_a_picture_that_is_too_large_is_told_at_that_field(dialog: CameraDialog) -> None:
    type_in(dialog, url="rtsp://10.0.0.9/main", name="Dock")
    field = dialog.form.show_fault("too_large")
    assert field is dialog.form.more_fields.field("max_megapixels") and field.isVisible() and "exceed" in field.message()
    dialog.form.forget_fault()
    assert "larger" not in field.message()


# Listening


def test_listening_is_off_and_needs_a_purpose(dialog: CameraDialog, engine: FakeEngine, qtbot: QtBot) -> None:
    type_in(dialog, url="rtsp://10.0.0.9/main", name="Dock")
    choice = dialog.form.listening
    assert not choice.allowed.isChecked() and not choice.fields.isVisible() and dialog.save.isEnabled()
    choice.allowed.click()
    assert choice.fields.isVisible() and not dialog.save.isEnabled() and dialog.test.isEnabled()
    purpose = choice.fields.field("listen_purpose")
    purpose.edit().setText("short")
    assert "sentence" in purpose.message() and not dialog.save.isEnabled()
    assert not dialog.form.tried().listen
    purpose.edit().setText("To hear calls for help")
    with qtbot.waitSignal(dialog.saved):
        dialog.save.click()
    dock = camera_called(engine, "Dock")
    assert dock.listen and dock.listen_purpose == "To hear calls for help"


def test_only_cameras_that_can_have_sound_offer_it(dialog: CameraDialog) -> None:
    for url, possible in (("usb:0", False), ("http://10.0.0.9/video", False), ("rtsp://10.0.0.9/1", True), ("yard.mp4", True)):
        type_in(dialog, url=url)
        assert dialog.form.listening.allowed.isEnabled() is possible, url


def test_it_can_be_switched_off_again(engine: FakeEngine, bridge: EngineBridge, qtbot: QtBot) -> None:
    gate = engine.settings.camera("gate")
    assert gate is not None
    engine.execute(PutCamera(replace(gate, listen=True, listen_purpose="To hear calls for help")))
    dialog = edited(engine, bridge, qtbot)
    assert dialog.form.listening.allowed.isChecked()
    dialog.form.listening.allowed.click()
    with qtbot.waitSignal(dialog.saved):
        dialog.save.click()
    gate = engine.settings.camera("gate")
    assert gate is not None and not gate.listen and gate.listen_purpose == "To hear calls for help"


# USB


def menu_texts(dialog: CameraDialog) -> list[str]:
    menu = dialog.form.source.menu()
    return [action.text() for action in menu.actions()]


def test_usb_cameras_of_the_engine_are_offered_by_name(dialog: CameraDialog, engine: FakeEngine, qtbot: QtBot) -> None:
    engine.usb_cameras = (FoundUsb("usb:by-id/usb-C920-video-index0", "HD Pro & Webcam"), FoundUsb("usb:2", "Grabber"))
    menu = dialog.form.source.menu()
    menu.aboutToShow.emit()
    assert "Looking…" in menu_texts(dialog)
    qtbot.waitUntil(lambda: "HD Pro && Webcam" in menu_texts(dialog))
    assert "Looking…" not in menu_texts(dialog) and menu_texts(dialog).index("Grabber") < menu_texts(dialog).index("Simulated")
    next(action for action in menu.actions() if action.text() == "HD Pro && Webcam").trigger()
    assert dialog.form.fields.values()["url"] == "usb:by-id/usb-C920-video-index0"
    assert dialog.form.fields.values()["name"] == "HD Pro & Webcam" and dialog.test.isEnabled()


def test_a_simulated_camera_is_taken_from_the_menu(dialog: CameraDialog, qtbot: QtBot) -> None:
    dialog.form.source.menu().aboutToShow.emit()
    camera_id, name = simulated_cameras()[0]
    next(action for action in dialog.form.source.menu().actions() if action.text() == f"{name}, simulated").trigger()
    assert dialog.form.fields.values()["url"] == f"simulated:{camera_id}"


def test_none_and_a_system_that_does_not_tell(dialog: CameraDialog, engine: FakeEngine, qtbot: QtBot) -> None:
    dialog.form.source.menu().aboutToShow.emit()
    qtbot.waitUntil(lambda: "Not connected: look again" in menu_texts(dialog))
    engine.usb_cameras = EnvironmentFault("not_listed", "Engines on this system cannot tell which USB cameras there are.")
    dialog.form.source.menu().aboutToShow.emit()
    qtbot.waitUntil(lambda: any("cannot tell" in text for text in menu_texts(dialog)))
    assert "USB camera 0" in menu_texts(dialog)  # another machine's: only the numbers are known


def test_numbers_are_those_that_opencv_counts() -> None:
    inputs = [("0x14200000", "Studio"), ("0x11000000", "FaceTime"), ("0x15000000", "Studio")]
    assert [(found.url, found.name) for found in by_number(inputs, "darwin")] == [
        ("usb:0", "FaceTime"),
        ("usb:1", "Studio (1)"),
        ("usb:2", "Studio (2)"),
    ]
    assert [found.name for found in by_number(inputs[:2], "win32")] == ["Studio", "FaceTime"]
    assert isinstance(qt_inputs(), list)


def test_a_camera_is_given_a_number(dialog: CameraDialog, engine: FakeEngine, qtbot: QtBot) -> None:
    type_in(dialog, url="usb:0", name="Dock")
    dialog.form.fields.field("number").set_value("12")
    with qtbot.waitSignal(dialog.saved):
        dialog.save.click()
    command = engine.commands[-1]
    assert isinstance(command, PutCamera) and command.camera.number == 12


@pytest.mark.parametrize("typed", ["0", "10000", "twelve", "-3", "1.5", "²"])
def test_what_is_no_number_is_said(dialog: CameraDialog, typed: str) -> None:
    type_in(dialog, url="usb:0", name="Dock")
    dialog.form.fields.field("number").set_value(typed)
    assert not dialog.form.is_valid() and not dialog.save.isEnabled()
    dialog.form.reveal()
    assert dialog.form.fields.field("number").message() == "A number from 1 to 9999."


def test_a_number_that_another_camera_has_is_said_below_it(dialog: CameraDialog) -> None:
    assert dialog.form.show_error(InputError("number", "2 is the number of another camera"))
    assert "another camera" in dialog.form.fields.field("number").message()


def test_the_decoder_is_chosen_and_kept(engine: FakeEngine, bridge: EngineBridge, qtbot: QtBot) -> None:
    dialog = edited(engine, bridge, qtbot)
    assert dialog.form.decoder.currentData() == "software"
    dialog.form.decoder.setCurrentIndex(dialog.form.decoder.findData("vaapi"))
    dialog.save.click()
    qtbot.waitUntil(lambda: len(engine.commands) == 1)
    command = engine.commands[0]
    assert isinstance(command, PutCamera) and command.camera.decoder == "vaapi"


def test_what_decodes_now_is_said_with_the_reason(dialog: CameraDialog) -> None:
    dialog.form.more.click()
    dialog.form.show_decoding(CameraHealth(decoder="software", decoder_reason="Decoding by vaapi is not part of this installation."))
    note = "Now: software. Decoding by vaapi is not part of this installation."
    assert dialog.form._decoding.isVisible() and dialog.form._decoding.text() == note
    assert dialog.form.decoder.accessibleDescription() == note
    dialog.form.show_decoding(CameraHealth(decoder="d3d11va"))
    assert dialog.form._decoding.text() == "Now: Direct3D 11."
    dialog.form.show_decoding(CameraHealth())
    assert dialog.form._decoding.isHidden()
    type_in(dialog, url="usb:0")
    assert not dialog.form.decoder.isEnabled()
    type_in(dialog, url="rtsp://10.0.0.9/main")
    assert dialog.form.decoder.isEnabled()
