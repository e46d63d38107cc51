"""What nodes say in JSON, as small values. Anything may come in: what cannot be used is left out, and nothing raises."""

import json
import math
from typing import Any, TypeAlias, cast

from engine.model.errors import InputError
from engine.model.site import LARGEST_FLOOR_M, Position, read_mac
from engine.model.value_class import dataclass

LARGEST_TEXT = 1 << 16  # characters; a report of 60 devices has 9,000
MOST_DEVICES = 128
MOST_CAPABILITIES = 16
LARGEST_MS = 1 << 53


@dataclass(frozen=True, slots=True)
class Hello:
    mac: str
    firmware: str = ""
    chip: str = ""
    capabilities: tuple[str, ...] = ()
    token: str = ""
    position: Position | None = None
    ap_bssid: str = ""
    ap_channel: int = 0
    uptime_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Health:
    """`mac` is empty when the message names none. Times of nodes are not used: hardware counts from its start, simulators from 1970."""

    mac: str
    rssi_dbm: int | None = None
    temperature_c: float | None = None
    free_heap_bytes: int | None = None
    uptime_ms: int | None = None
    rate_hz: float | None = None
    channel: int = 0


@dataclass(frozen=True, slots=True)
class BleAdvert:
    """One device as a node heard it. `random_address` None: not said. `company_data`: what follows the company's id, at most 32 bytes."""

    address: str
    rssi_dbm: int
    random_address: bool | None = None
    name: str = ""
    company_id: int | None = None
    company_data: bytes = b""


@dataclass(frozen=True, slots=True)
class BleReport:
    mac: str
    adverts: tuple[BleAdvert, ...]


@dataclass(frozen=True, slots=True)
class MotionHint:
    mac: str
    variance: float


@dataclass(frozen=True, slots=True)
class OtaStatus:
    mac: str
    state: str
    percent: int | None = None
    error: str = ""


@dataclass(frozen=True, slots=True)
class Ignored:
    """JSON of a type that is not known, or without what that type needs."""

    type: str = ""


@dataclass(frozen=True, slots=True)
class Garbled:
    """No JSON object, or a hello without a usable MAC."""


Message: TypeAlias = Hello | Health | BleReport | MotionHint | OtaStatus | Ignored | Garbled


def parse(text: str) -> Message:
    """Never raises."""
    fields = _object(text)
    if fields is None:
        return Garbled()
    match fields.get("type"):
        case "hello":
            return _hello(fields)
        case "health":
            return _health(fields)
        case "ble":
            return _ble(fields)
        case "motion_hint":
            variance = _number(fields, "variance", 0.0, 1e12)
            return Ignored("motion_hint") if variance is None else MotionHint(_mac(fields, "mac"), variance)
        case "ota_status":
            return OtaStatus(
                _mac(fields, "mac"), _text(fields, "state", 20), _integer(fields, "progress_pct", 0, 100), _text(fields, "error")
            )
        case other:
            return Ignored(printable(other, 20) if isinstance(other, str) else "")


def printable(text: str, longest: int) -> str:
    """Text of the world as data: no control characters, no halves of characters, not longer than said."""
    return "".join(c for c in text[: 4 * longest] if c.isprintable()).strip()[:longest]


def _object(text: str) -> dict[str, Any] | None:
    if len(text) > LARGEST_TEXT:
        return None
    try:
        value: Any = json.loads(text)
    except (ValueError, RecursionError):  # also integers of thousands of digits, and nesting without end
        return None
    return cast("dict[str, Any]", value) if isinstance(value, dict) else None


def _hello(fields: dict[str, Any]) -> Hello | Garbled:
    mac = _mac(fields, "mac")
    if not mac:
        return Garbled()
    return Hello(
        mac=mac,
        firmware=_text(fields, "firmware_version", 32),
        chip=_text(fields, "chip", 32),
        capabilities=_capabilities(fields.get("capabilities")),
        token=_text(fields, "token", 128),
        position=_position(fields),
        ap_bssid=_mac(fields, "ap_bssid"),
        ap_channel=_integer(fields, "ap_channel", 1, 14) or 0,
        uptime_ms=_integer(fields, "uptime_ms", 0, LARGEST_MS),
    )


def _health(fields: dict[str, Any]) -> Health:
    return Health(
        mac=_mac(fields, "mac"),
        rssi_dbm=_integer(fields, "wifi_rssi_dbm", -127, 20),
        temperature_c=_number(fields, "temperature_c", -60.0, 150.0),
        free_heap_bytes=_integer(fields, "free_heap_bytes", 0, 1 << 40),
        uptime_ms=_integer(fields, "uptime_ms", 0, LARGEST_MS),
        rate_hz=_number(fields, "csi_rate_hz", 0.0, 100_000.0),
        channel=_integer(fields, "wifi_channel", 1, 14) or 0,
    )


def _ble(fields: dict[str, Any]) -> BleReport | Ignored:
    devices = fields.get("devices")
    if not isinstance(devices, list):
        return Ignored("ble")
    adverts = (_advert(device) for device in cast("list[Any]", devices)[:MOST_DEVICES])
    return BleReport(_mac(fields, "mac"), tuple(advert for advert in adverts if advert is not None))


def _advert(device: Any) -> BleAdvert | None:
    if not isinstance(device, dict):
        return None
    fields = cast("dict[str, Any]", device)
    address, rssi_dbm = _mac(fields, "addr"), _integer(fields, "rssi_dbm", -127, 20)
    if not address or rssi_dbm is None:
        return None
    kind = fields.get("addr_type")
    return BleAdvert(
        address=address,
        rssi_dbm=rssi_dbm,
        random_address=kind == "random" if kind in ("random", "public") else None,
        name=_text(fields, "name", 31),
        company_id=_integer(fields, "mfr_id", 0, 0xFFFF),
        company_data=_hex(fields.get("mfr_data_hex")),
    )


def _capabilities(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        return ()
    return tuple(printable(each, 20) for each in cast("list[Any]", value)[:MOST_CAPABILITIES] if isinstance(each, str))


def _position(fields: dict[str, Any]) -> Position | None:
    x, y, z = (_number(fields, key, -LARGEST_FLOOR_M, LARGEST_FLOOR_M) for key in ("pos_x", "pos_y", "pos_z"))
    return None if x is None or y is None or z is None else (x, y, z)


def _mac(fields: dict[str, Any], key: str) -> str:
    """As `AA:BB:CC:00:11:22`; empty for what is none."""
    value = fields.get(key)
    if not isinstance(value, str) or len(value) > 32 or not value.isascii():
        return ""
    try:
        return read_mac(value)
    except InputError:
        return ""


def _text(fields: dict[str, Any], key: str, longest: int = 100) -> str:
    value = fields.get(key)
    return printable(value, longest) if isinstance(value, str) else ""


def _number(fields: dict[str, Any], key: str, least: float, most: float) -> float | None:
    """A finite number within the bounds; None for everything else. `true` is no number."""
    value = fields.get(key)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not least <= value <= most:
        return None
    return float(value) if math.isfinite(value) else None


def _integer(fields: dict[str, Any], key: str, least: int, most: int) -> int | None:
    value = _number(fields, key, least, most)
    return None if value is None else round(value)


def _hex(value: Any) -> bytes:
    if not isinstance(value, str):
        return b""
    try:
        return bytes.fromhex(value[:64])
    except ValueError:
        return b""
