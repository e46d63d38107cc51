"""The smaller dialogs of the Devices page: what is typed is checked, what is saved is right, what is refused is said."""

import struct
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from console.bridge import EngineBridge
from console.dialogs.accounts.pairing import PairingDialog
from console.dialogs.devices.firmware import FirmwareDialog
from console.dialogs.devices.firmware_image import read_image
from console.dialogs.devices.firmware_update import UpdateDialog
from console.dialogs.devices.node import NodeDialog
from console.dialogs.devices.radio_settings import RadioSettingsDialog
from console.dialogs.devices.register_device import RegisterDeviceDialog
from console.dialogs.people.person import PersonDialog, free_color
from engine.model.command import AddFirmware, ChangeSettings, PutBleDevice, PutNode, SetPairing, UpdateNodes
from engine.model.errors import EnvironmentFault, InputError
from engine.model.people.commands import PutPerson
from engine.model.people.person import Person
from engine.model.radio.radio import NodeState
from engine.model.site import BleDeviceSettings, NodeSettings
from tests.console.dialogs.conftest import Show
from tests.fakes.devices import PHONE, TAG, DevicesEngine, lively_site, node_mac
from widgets.devices.ble_words import BleRow, ble_rows
from widgets.devices.node_words import NodeRow, node_rows

IRK = "0123456789abcdef0123456789ABCDEF"


@pytest.fixture
def engine() -> DevicesEngine:
    return lively_site()


def node(engine: DevicesEngine, number: int) -> NodeRow:
    return next(row for row in node_rows(engine.radio.nodes, engine.settings.nodes) if row.view.mac == node_mac(number))


def device(engine: DevicesEngine, key: str) -> BleRow:
    return next(row for row in ble_rows(engine.radio.devices, engine.settings, engine.people.persons, str) if row.view.device == key)


# Nodes


def test_a_node_is_named_placed_and_switched_off(bridge: EngineBridge, engine: DevicesEngine, show: Show, qtbot: QtBot) -> None:
    dialog = NodeDialog(bridge, node(engine, 0))
    show(dialog)
    assert dialog.fields.field("name").value() == "Hall, over the door" and dialog.position.value() == (0.1, 0.2, 2.2)
    dialog.position.edits[0].setText("")
    assert not dialog.save.isEnabled() and dialog.position.message() == "Enter all three, or none."
    for edit in dialog.position.edits:
        edit.setText("")
    dialog.enabled.setChecked(False)
    dialog.fields.field("name").edit().setText("x" * 121)
    assert not dialog.save.isEnabled()
    dialog.fields.field("name").edit().setText(" Hall ")
    dialog.save.click()
    qtbot.waitUntil(lambda: not dialog.isVisible())
    assert engine.commands == [PutNode(NodeSettings(node_mac(0), "Hall", None, False))]


def test_where_an_announced_place_comes_from(bridge: EngineBridge, engine: DevicesEngine, show: Show) -> None:
    engine.come(8, position=(1.0, 2.0, 3.0), position_source="announced")
    dialog = NodeDialog(bridge, node(engine, 8))
    show(dialog)
    assert dialog.position.message() == "Leave empty to use the position that it reports: 1.00, 2.00, 3.00 m."


def test_what_the_engine_refuses_stands_at_its_field(bridge: EngineBridge, engine: DevicesEngine, show: Show, qtbot: QtBot) -> None:
    dialog = NodeDialog(bridge, node(engine, 0))
    show(dialog)
    engine.fail("command", InputError("nodes[0].name", "is used twice"))
    dialog.submit()
    qtbot.waitUntil(lambda: dialog.fields.field("name").message() == "Is used twice.")
    engine.fail("command", EnvironmentFault("disk", "The settings cannot be written."))
    dialog.fields.field("name").edit().setText("Other")
    dialog.submit()
    qtbot.waitUntil(lambda: dialog.trouble.text() == "The settings cannot be written.")
    assert dialog.isVisible() and dialog.save.isEnabled()


def test_nothing_is_sent_twice(bridge: EngineBridge, engine: DevicesEngine, show: Show, qtbot: QtBot) -> None:
    dialog = NodeDialog(bridge, node(engine, 0))
    show(dialog)
    gate = engine.hold("command")
    dialog.submit()
    dialog.submit()
    assert not dialog.save.isEnabled()
    gate.set()
    qtbot.waitUntil(lambda: not dialog.isVisible())
    assert len(engine.commands) == 1


def test_pairing_for_an_hour(bridge: EngineBridge, engine: DevicesEngine, show: Show, qtbot: QtBot) -> None:
    dialog = PairingDialog(bridge)
    show(dialog)
    dialog.minutes.setCurrentIndex(dialog.minutes.findData(60))
    dialog.save.click()
    qtbot.waitUntil(lambda: engine.commands == [SetPairing(True, 60.0)])


# People and devices


def test_people_get_a_colour_that_nobody_has(bridge: EngineBridge, engine: DevicesEngine, show: Show, qtbot: QtBot) -> None:
    dialog = PersonDialog(bridge)
    show(dialog)
    assert dialog.color.value() == "#009e73" and not dialog.save.isEnabled()
    dialog.fields.field("name").edit().setText("ada lovelace")
    assert "already a person called" in dialog.fields.field("name").message()
    dialog.fields.field("name").edit().setText("Hedy")
    dialog.color.own.setText("green")
    assert not dialog.save.isEnabled()
    dialog.color.own.setText("#123abc")
    with qtbot.waitSignal(dialog.saved) as saved:
        dialog.save.click()
    assert engine.commands == [PutPerson("Hedy", "#123abc", "")] and saved.args == ["person-3"]


def test_when_all_colours_are_taken_they_begin_again() -> None:
    palette = ["#e69f00", "#56b4e9", "#009e73", "#f0e442", "#0072b2", "#d55e00", "#cc79a7"]
    people = tuple(Person(f"p{number}", f"P{number}", value) for number, value in enumerate(palette))
    assert free_color(people) == "#e69f00" and free_color(people[:6]) == "#cc79a7"


def test_somebody_keeps_their_own_name(bridge: EngineBridge, engine: DevicesEngine, show: Show, qtbot: QtBot) -> None:
    dialog = PersonDialog(bridge, engine.people.persons[0])
    show(dialog)
    assert dialog.save.isEnabled()
    dialog.save.click()
    qtbot.waitUntil(lambda: engine.commands == [PutPerson("Ada Lovelace", "#e69f00", "person-1")])


def test_a_changing_device_is_registered_with_its_key(bridge: EngineBridge, engine: DevicesEngine, show: Show, qtbot: QtBot) -> None:
    stranger = next(row for row in ble_rows(engine.radio.devices, engine.settings, engine.people.persons, str) if row.view.rotates)
    dialog = RegisterDeviceDialog(bridge, stranger)
    show(dialog)
    address, key = dialog.fields.field("address"), dialog.key_fields.field("irk")
    assert address.edit().isEnabled() and "This address changes" in address.message()
    address.edit().setText("12:34")
    assert "is not an address" in address.message()
    address.edit().setText("a4c138000055")
    dialog.fields.field("label").edit().setText("Bo's phone")
    for wrong in ("12ab", "g" * 32, IRK + "0"):
        key.edit().setText(wrong)
        assert "32 hex digits" in key.message() and not dialog.save.isEnabled()
    key.edit().setText(IRK)
    dialog.owner.setCurrentIndex(dialog.owner.findData("person-2"))
    assert not dialog.color.isVisible()
    dialog.save.click()
    qtbot.waitUntil(lambda: not dialog.isVisible())
    command = engine.commands[-1]
    assert isinstance(command, PutBleDevice) and command.irk == IRK.lower()
    assert command.device == BleDeviceSettings("A4:C1:38:00:00:55", "Bo's phone", "person", "person-2")


def test_a_registered_device_keeps_its_address_and_key(bridge: EngineBridge, engine: DevicesEngine, show: Show, qtbot: QtBot) -> None:
    dialog = RegisterDeviceDialog(bridge, device(engine, PHONE))
    show(dialog)
    assert not dialog.fields.field("address").edit().isEnabled() and "stored key is kept" in dialog.key_fields.field("irk").message()
    dialog.owner.setCurrentIndex(0)
    dialog.color.set_value("#0072b2")
    dialog.kind.setCurrentIndex(2)
    dialog.save.click()
    qtbot.waitUntil(lambda: not dialog.isVisible())
    assert engine.commands == [PutBleDevice(BleDeviceSettings(PHONE, "Ada's phone", "object", "", "#0072b2"), None)]


def test_a_tag_has_a_fixed_position_which_is_kept(bridge: EngineBridge, engine: DevicesEngine, show: Show, qtbot: QtBot) -> None:
    dialog = RegisterDeviceDialog(bridge, device(engine, TAG))
    show(dialog)
    east, north, up = dialog.position.edits
    east.setText("2")
    assert not dialog.save.isEnabled()
    north.setText("3.5")
    up.setText("1")
    dialog.save.click()
    qtbot.waitUntil(lambda: not dialog.isVisible())
    assert engine.settings.ble_devices[-1].position == (2.0, 3.5, 1.0)
    again = RegisterDeviceDialog(bridge, device(engine, TAG))
    show(again)
    assert again.position.value() == (2.0, 3.5, 1.0)


def test_a_kind_that_is_not_offered_is_kept(bridge: EngineBridge, engine: DevicesEngine, show: Show) -> None:
    row = device(engine, PHONE)
    assert row.settings is not None
    dialog = RegisterDeviceDialog(bridge, replace(row, settings=replace(row.settings, type="robot")))
    show(dialog)
    assert dialog.kind.currentData() == "robot"


def test_a_new_person_is_kept_where_the_device_is_refused(bridge: EngineBridge, engine: DevicesEngine, show: Show, qtbot: QtBot) -> None:
    """The second try must not make the same person again."""
    dialog = RegisterDeviceDialog(bridge)
    show(dialog)
    dialog.fields.field("label").edit().setText("Tag")
    dialog.fields.field("address").edit().setText("A4:C1:38:00:00:66")
    dialog.owner.setCurrentIndex(dialog.owner.count() - 1)
    assert dialog.person_fields.isVisible() and not dialog.save.isEnabled()
    dialog.person_fields.field("name").edit().setText("Hedy")
    engine.rejects_devices = InputError("irk", "is used by another device")
    dialog.save.click()
    qtbot.waitUntil(lambda: dialog.key_fields.field("irk").message() == "Is used by another device.")
    assert dialog.owner.currentText() == "Hedy" and not dialog.person_fields.isVisible()
    engine.rejects_devices = None
    dialog.key_fields.field("irk").edit().setText(IRK)
    dialog.save.click()
    qtbot.waitUntil(lambda: not dialog.isVisible())
    assert sum(isinstance(command, PutPerson) for command in engine.commands) == 1
    assert engine.settings.ble_devices[-1].person_id == "person-3"


# Radio settings


def test_radio_settings_are_checked_as_they_are_typed(bridge: EngineBridge, engine: DevicesEngine, show: Show, qtbot: QtBot) -> None:
    dialog = RadioSettingsDialog(bridge)
    show(dialog)
    for name, wrong, message in (
        ("cell_m", "2", "outside 0.05"),
        ("cell_m", "fine", "Enter a number."),
        ("cell_m", "nan", "Enter a number."),
        ("most_people", "2.5", "Enter a number."),
        ("most_people", "0", "outside 1–50"),
        ("fall_still_s", "500", "outside 1–120"),
        ("fall_escalate_s", "60, x", "with commas"),
        ("fall_escalate_s", "0", "1 to 3600"),
    ):
        field = dialog.fields.field(name)
        before = field.value()
        field.edit().setText(wrong)
        assert message in field.message() and not dialog.save.isEnabled(), (name, wrong, field.message())
        field.edit().setText(before)
    assert dialog.save.isEnabled() and not dialog.scanner.isEnabled()
    dialog.fields.field("cell_m").edit().setText("0,25")
    dialog.fields.field("fall_escalate_s").edit().setText("")
    dialog.scan.setChecked(True)
    dialog.scanner.edits[0].setText("1")
    assert not dialog.save.isEnabled()
    dialog.scanner.set_value((1, 2, 3))
    dialog.save.click()
    qtbot.waitUntil(lambda: not dialog.isVisible())
    command = engine.commands[-1]
    assert isinstance(command, ChangeSettings) and command.radio is not None and command.floor is None
    assert (command.radio.cell_m, command.radio.fall_escalate_s, command.radio.scan_ble) == (0.25, (), True)
    assert command.radio.scanner_position == (1.0, 2.0, 3.0) and command.radio.enabled


# Firmware


def image(version: str = "0.3.0", chip: int = 9, size: int = 4096) -> bytes:
    """The beginning of an ESP32 image, and zeros."""
    head = bytes([0xE9, 6, 2, 0x2F]) + bytes(8) + struct.pack("<H", chip) + bytes(18)
    described = struct.pack("<II8x", 0xABCD5432, 0) + version.encode().ljust(32, b"\0") + b"spaxel-node".ljust(32, b"\0")
    return (head + described).ljust(size, b"\0")


def test_an_image_says_what_it_is() -> None:
    found = read_image(image())
    assert (found.size_bytes, found.chip, found.version, found.project) == (4096, "ESP32-S3", "0.3.0", "spaxel-node")
    assert read_image(image(chip=77)).chip == "chip 77"


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04" + bytes(5000), bytes([0xE9]) * (0x1F0000 + 1)])
def test_what_is_no_image_is_refused(data: bytes) -> None:
    with pytest.raises(InputError, match=r"Choose the \.bin file"):
        read_image(data)


def test_firmware_is_added(bridge: EngineBridge, engine: DevicesEngine, show: Show, qtbot: QtBot, tmp_path: Path) -> None:
    dialog = FirmwareDialog(bridge)
    show(dialog)
    path = tmp_path / "node.bin"
    path.write_bytes(image())
    dialog.file.set_value(str(path))
    dialog.take(str(path))
    qtbot.waitUntil(lambda: dialog.found.text() == "4.0 KiB · ESP32-S3 · spaxel-node · 0.3.0")
    assert dialog.version.value() == "0.3.0" and dialog.save.isEnabled()
    for wrong, message in (("", "Enter the version"), ("0.2.72", "already here"), ("a b", "at most 31"), ("x" * 32, "at most 31")):
        dialog.version.edit().setText(wrong)
        assert message in dialog.version.message() and not dialog.save.isEnabled()
    dialog.version.edit().setText("0.3.1")
    dialog.save.click()
    qtbot.waitUntil(lambda: not dialog.isVisible())
    command = engine.commands[-1]
    assert isinstance(command, AddFirmware) and command.version == "0.3.1"


def test_files_that_cannot_be_used_are_said(
    bridge: EngineBridge, show: Show, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialog = FirmwareDialog(bridge)
    show(dialog)
    wrong = tmp_path / "photo.bin"
    wrong.write_bytes(b"\x89PNG" + bytes(4000))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(wrong), ""))
    dialog.choose.click()
    qtbot.waitUntil(lambda: "no ESP32 application image" in dialog.file.message())
    dialog.take(str(tmp_path / "missing.bin"))
    qtbot.waitUntil(lambda: "cannot be read" in dialog.file.message())
    huge = tmp_path / "huge.bin"
    with huge.open("wb") as file:
        file.truncate(20 << 20)
    dialog.take(str(huge))
    qtbot.waitUntil(lambda: "far too large" in dialog.file.message())
    assert not dialog.save.isEnabled()


def test_updates_go_to_those_that_need_them(bridge: EngineBridge, engine: DevicesEngine, show: Show, qtbot: QtBot) -> None:
    engine.execute(AddFirmware("0.3.0", "A" * 4000))
    engine.change_node(0, firmware="0.3.0")
    engine.change_node(1, state=NodeState.OFFLINE)
    qtbot.waitUntil(lambda: bridge.snapshot is not None and bridge.snapshot.radio.nodes[1].state is NodeState.OFFLINE)
    dialog = UpdateDialog(bridge, node_rows(engine.radio.nodes, engine.settings.nodes), "0.3.0")
    show(dialog)
    assert dialog.command() == UpdateNodes("0.3.0", (node_mac(2), node_mac(3), node_mac(4)))
    assert (
        dialog.said.text().startswith("Updates 3 nodes: Kitchen shelf, Stairs, Store room.") and "1 node is offline" in dialog.said.text()
    )
    single = UpdateDialog(bridge, (node(engine, 0),), "0.3.0")
    show(single)
    assert single.said.text() == "It already runs this version." and not single.go.isEnabled()
    away = UpdateDialog(bridge, (node(engine, 1),))
    show(away)
    assert "not online with a token" in away.said.text() and not away.go.isEnabled()
    fine = UpdateDialog(bridge, (node(engine, 2),), "0.3.0")
    show(fine)
    assert "It runs 0.2.72 and" in fine.said.text() and fine.go.isEnabled()


def test_without_firmware_there_is_nothing_to_install(bridge: EngineBridge, engine: DevicesEngine, show: Show, qtbot: QtBot) -> None:
    engine.set_radio(firmware=())
    qtbot.waitUntil(lambda: bridge.snapshot is not None and not bridge.snapshot.radio.firmware)
    dialog = UpdateDialog(bridge, node_rows(engine.radio.nodes, engine.settings.nodes))
    show(dialog)
    assert "Add an image first" in dialog.said.text() and not dialog.go.isEnabled()
