"""What nodes say in JSON: known good messages, and everything else."""

import json
import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.sources.node.messages import BleAdvert, BleReport, Garbled, Health, Hello, Ignored, MotionHint, OtaStatus, parse, printable
from tests.fakes.node_peer import MAC
from tests.fakes.node_worst import check, json_texts, message_texts


def test_the_hello_of_the_firmware() -> None:
    text = json.dumps(
        {
            "type": "hello",
            "mac": MAC,
            "node_id": "6f9619ff-8b86-d011-b42d-00cf4fc964ff",
            "firmware_version": "0.2.72",
            "capabilities": ["csi", "ble", "tx", "rx"],
            "chip": "ESP32-S3",
            "flash_mb": 16,
            "uptime_ms": 4711,
            "ap_bssid": "00:11:22:33:44:55",
            "ap_channel": 11,
            "token": "ab" * 32,
            "running_partition": "ota_0",
        }
    )
    assert parse(text) == Hello(MAC, "0.2.72", "ESP32-S3", ("csi", "ble", "tx", "rx"), "ab" * 32, None, "00:11:22:33:44:55", 11, 4711)


def test_the_hello_of_the_simulator_says_where_it_stands() -> None:
    hello = parse(
        json.dumps({"type": "hello", "mac": "aa-bb-cc-00-00-00", "pos_x": 0, "pos_y": 2.5, "pos_z": 2.0, "wifi_rssi": -40, "ip": "x"})
    )
    assert hello == Hello(MAC, position=(0.0, 2.5, 2.0))


@pytest.mark.parametrize(
    "position",
    [
        {"pos_x": 1, "pos_y": 2},
        {"pos_x": "1", "pos_y": 2, "pos_z": 3},
        {"pos_x": 1e9, "pos_y": 2, "pos_z": 3},
        {"pos_x": True, "pos_y": 2, "pos_z": 3},
    ],
)
def test_positions_are_whole_or_not_there(position: dict[str, Any]) -> None:
    assert parse(json.dumps({"type": "hello", "mac": MAC, **position})) == Hello(MAC)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "9" * 4000])
def test_numbers_that_are_none_are_left_out(number: str) -> None:
    assert parse(f'{{"type":"hello","mac":"{MAC}","pos_x":{number},"pos_y":1,"pos_z":1,"uptime_ms":{number}}}') == Hello(MAC)
    assert parse(f'{{"type":"motion_hint","mac":"{MAC}","variance":{number}}}') == Ignored("motion_hint")


def test_health_with_and_without_temperature() -> None:
    fields = {
        "type": "health",
        "mac": MAC,
        "timestamp_ms": 10,
        "free_heap_bytes": 99,
        "wifi_rssi_dbm": -60,
        "uptime_ms": 5,
        "csi_rate_hz": 20,
    }
    assert parse(json.dumps({**fields, "wifi_channel": 6, "ntp_synced": True})) == Health(MAC, -60, None, 99, 5, 20.0, 6)
    assert parse(json.dumps({**fields, "temperature_c": 41.5})) == Health(MAC, -60, 41.5, 99, 5, 20.0, 0)
    assert parse(json.dumps({"type": "health", "temperature_c": 9000, "wifi_rssi_dbm": "strong", "wifi_channel": 36})) == Health("")


def test_ble_without_type_of_address() -> None:
    devices = [
        {"addr": "aa:bb:cc:dd:ee:01", "rssi_dbm": -70, "name": "phone\n\x1b[31m", "mfr_id": 76, "mfr_data_hex": "0215"},
        {"addr": "AA:BB:CC:DD:EE:02", "addr_type": "random", "rssi_dbm": -80.4},
        {"addr": "AA:BB:CC:DD:EE:03", "addr_type": ["random"], "rssi_dbm": -80, "mfr_data_hex": "zz", "mfr_id": 1 << 20, "name": 7},
        {"addr": "AA:BB:CC:DD:EE:04"},
        {"addr": "?", "rssi_dbm": -1},
        None,
    ]
    assert parse(json.dumps({"type": "ble", "mac": MAC, "devices": devices})) == BleReport(
        MAC,
        (
            BleAdvert("AA:BB:CC:DD:EE:01", -70, None, "phone[31m", 76, b"\x02\x15"),
            BleAdvert("AA:BB:CC:DD:EE:02", -80, True),
            BleAdvert("AA:BB:CC:DD:EE:03", -80, None),
        ),
    )


def test_the_other_messages() -> None:
    assert parse(json.dumps({"type": "motion_hint", "mac": MAC, "variance": 0.3})) == MotionHint(MAC, 0.3)
    assert parse(json.dumps({"type": "ota_status", "mac": MAC, "state": "downloading", "progress_pct": 40})) == OtaStatus(
        MAC, "downloading", 40
    )
    assert parse('{"type":"new thing"}') == Ignored("new thing")
    assert parse('{"type":["hello"]}') == Ignored("")


@pytest.mark.parametrize(
    "text", ["", "x", "[]", "1", "null", '{"type":"hello"', "[" * 50_000, '{"a":' * 20_000, '{"type":"hello"}', "\ud800", "x" * 70_000]
)
def test_what_is_no_message_is_garbled(text: str) -> None:
    assert parse(text) == Garbled()


def test_text_of_the_world_is_data() -> None:
    assert printable(" a\x00b\u202e\ud800c ", 10) == "abc"
    assert printable("x" * 100, 10) == "x" * 10


@settings(max_examples=500, deadline=None)
@given(json_texts() | message_texts() | st.text(max_size=200))
def test_nothing_that_a_node_says_raises_or_leaves_anything_odd_behind(text: str) -> None:
    check(parse(text))


def test_finite_is_checked() -> None:
    with pytest.raises(AssertionError):
        check(MotionHint(MAC, math.nan))
