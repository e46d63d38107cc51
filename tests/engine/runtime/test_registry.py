"""Nodes, people and devices as changes of the settings."""

from dataclasses import replace

import pytest

from engine.model.errors import InputError
from engine.model.people.traces import Traces
from engine.model.settings import Settings
from engine.model.site import BleDeviceSettings, NodeSettings, ScannerCalibration
from engine.runtime import registry

MAC = "AA:BB:CC:00:00:01"
PHONE = BleDeviceSettings("AA:BB:CC:DD:EE:00", "Alice's phone", "person", "pe-1")


def test_a_node_is_added_then_replaced_in_its_place() -> None:
    settings = registry.with_node(NodeSettings(MAC, "Door"))(Settings())
    settings = registry.with_node(NodeSettings("AA:BB:CC:00:00:02"))(settings)
    settings = registry.with_node(NodeSettings(MAC, "Gate", (1.0, 2.0, 2.0)))(settings)
    assert [node.name for node in settings.nodes] == ["Gate", ""]
    assert registry.without_node(MAC)(settings).node(MAC) is None


def test_devices_go_to_the_one_who_is_kept_or_to_nobody_without_the_name() -> None:
    settings = registry.with_device(PHONE, {"pe-1"})(Settings())
    assert registry.devices_handed("pe-1", "pe-2")(settings).ble_devices[0].person_id == "pe-2"
    assert registry.devices_handed("pe-3", "pe-2")(settings) == settings
    freed = registry.devices_freed(Traces("pe-1", ("Alice",), "gone-1"))(settings).ble_devices[0]
    assert (freed.person_id, freed.label, freed.address) == ("", "Erased person's phone", PHONE.address)


def test_a_device_needs_a_known_person() -> None:
    with pytest.raises(InputError, match="no person"):
        registry.with_device(PHONE, {"pe-2"})
    assert registry.with_device(replace(PHONE, person_id=""), ())(Settings()).ble_devices[0].person_id == ""


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
