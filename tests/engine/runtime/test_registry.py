"""Nodes, people and devices as changes of the settings."""

import pytest

from engine.model.command import PutPerson
from engine.model.errors import InputError, NotFound
from engine.model.settings import Settings
from engine.model.site import BleDeviceSettings, NodeSettings, PersonSettings, ScannerCalibration
from engine.runtime import registry

MAC = "AA:BB:CC:00:00:01"
ALICE = PersonSettings("pe-1", "Alice", "#4488ff")
PHONE = BleDeviceSettings("AA:BB:CC:DD:EE:00", "Alice's phone", "person", "pe-1")


def test_a_node_is_added_then_replaced_in_its_place() -> None:
    settings = registry.with_node(NodeSettings(MAC, "Door"))(Settings())
    settings = registry.with_node(NodeSettings("AA:BB:CC:00:00:02"))(settings)
    settings = registry.with_node(NodeSettings(MAC, "Gate", (1.0, 2.0, 2.0)))(settings)
    assert [node.name for node in settings.nodes] == ["Gate", ""]
    assert registry.without_node(MAC)(settings).node(MAC) is None


def test_removing_a_person_leaves_their_devices_to_nobody() -> None:
    settings = registry.with_device(PHONE)(registry.with_person(ALICE)(Settings()))
    settings = registry.without_person("pe-1")(settings)
    assert settings.people == () and settings.ble_devices[0].person_id == ""
    with pytest.raises(NotFound):
        registry.without_person("pe-1")(settings)


def test_two_people_of_one_name_are_refused_and_a_device_needs_a_known_person() -> None:
    settings = registry.with_person(ALICE)(Settings())
    with pytest.raises(InputError, match="registered already"):
        registry.with_person(registry.person_of(PutPerson("ALICE")))(settings)
    with pytest.raises(InputError, match="no person"):
        registry.with_device(PHONE)(Settings())


def test_a_calibration_is_replaced_and_removed() -> None:
    first, second = (ScannerCalibration(MAC, power, 2.5, 4.0) for power in (-59.0, -61.0))
    settings = registry.calibrated(MAC, second)(registry.calibrated(MAC, first)(Settings()))
    assert settings.radio.calibrations == (second,)
    assert registry.calibrated(MAC, None)(settings).radio.calibrations == ()
    with pytest.raises(InputError):
        registry.calibrated("local", first)


def test_an_identity_key_is_cleaned_or_refused_without_being_told() -> None:
    assert registry.checked_irk("EC 02 34 a3 57 c8 ad 05 34 10 10 a6 0a 39 7d 9b") == "ec0234a357c8ad05341010a60a397d9b"
    with pytest.raises(InputError) as refused:
        registry.checked_irk("secret")
    assert "secret" not in str(refused.value)
