"""What a node says and is told, as the firmware does it: JSON texts and binary frames. Knows no sockets, no threads, no clock."""

import json
from collections.abc import Sequence
from typing import Any, TypeAlias, cast

import numpy as np
import numpy.typing as npt

from engine.model.site import Position
from engine.model.value_class import dataclass
from engine.sources.simulated.nodes.phones import STALE_MOST, SimulatedAdvert
from engine.sources.simulated.waves.radio import Packets

CHIP = "ESP32-S3"
HEALTH_S = 10.0
FIRST_RATE_HZ = 20
LEAST_HZ, MOST_HZ = 1, 100
_HEADER = 24


@dataclass(frozen=True, slots=True)
class RoleOrder:
    role: str


@dataclass(frozen=True, slots=True)
class RateOrder:
    rate_hz: int


@dataclass(frozen=True, slots=True)
class UpdateOrder:
    url: str
    sha256: str
    version: str


@dataclass(frozen=True, slots=True)
class RebootOrder:
    delay_s: float


@dataclass(frozen=True, slots=True)
class IdentifyOrder:
    duration_s: float


@dataclass(frozen=True, slots=True)
class Rejected:
    reason: str


Order: TypeAlias = RoleOrder | RateOrder | UpdateOrder | RebootOrder | IdentifyOrder | Rejected


def read_order(text: str | bytes) -> Order | None:
    """What a text from the server orders; None for what nodes ignore: unknown types, wrong values, garbage."""
    try:
        said: object = json.loads(text)
    except ValueError:
        return None
    if not isinstance(said, dict):
        return None
    order = cast(dict[str, Any], said)
    match order.get("type"):
        case "role":
            return RoleOrder(str(order.get("role", "")))
        case "config":
            rate = order.get("rate_hz")
            return RateOrder(rate) if isinstance(rate, int) and LEAST_HZ <= rate <= MOST_HZ else None
        case "ota":
            url, digest, version = (order.get(key, "") for key in ("url", "sha256", "version"))
            return UpdateOrder(url, digest, version) if all(isinstance(value, str) for value in (url, digest, version)) else None
        case "reboot":
            return RebootOrder(_milliseconds(order.get("delay_ms"), 1000))
        case "identify":
            return IdentifyOrder(_milliseconds(order.get("duration_ms"), 5000))
        case "reject":
            return Rejected(str(order.get("reason", "")))
        case _:
            return None


def _milliseconds(value: object, usual: int) -> float:
    return min(max(value, 0), 60_000) / 1000 if isinstance(value, (int, float)) else usual / 1000


class NodeVoice:
    """The texts of one node, and what it remembers. One thread."""

    def __init__(self, mac: str, position: Position, firmware: str, token: str = "", stale_reports: bool = False) -> None:
        """`stale_reports`: repeat BLE devices that are gone with their last RSSI, as the firmware does."""
        self.mac, self.position, self.firmware, self.token = mac, position, firmware, token
        self.role, self.rate_hz = "tx_rx", FIRST_RATE_HZ
        self._stale = stale_reports
        self._heard: dict[str, SimulatedAdvert] = {}

    @property
    def sends(self) -> bool:
        return self.role in ("tx", "tx_rx")

    @property
    def reports(self) -> bool:
        return self.role in ("rx", "tx_rx", "passive")

    def hello(self, uptime_s: float, channel: int, access_point: str = "") -> str:
        x, y, z = self.position
        fields = {"firmware_version": self.firmware, "capabilities": ["csi", "ble", "tx", "rx"], "chip": CHIP, "flash_mb": 16}
        place = {"pos_x": round(x, 3), "pos_y": round(y, 3), "pos_z": round(z, 3)}
        token = {"token": self.token} if self.token else {}
        joined = {"ap_bssid": access_point, "ap_channel": channel} if access_point else {"ap_channel": channel}
        return self._text("hello", **fields, uptime_ms=round(1000 * uptime_s), **joined, **place, **token)

    def health(self, uptime_s: float, measured_hz: float, channel: int) -> str:
        warm = round(44.0 + 3.0 * float(np.sin(uptime_s / 700.0)), 1)
        return self._text(
            "health",
            timestamp_ms=round(1000 * uptime_s),
            free_heap_bytes=182_400 - 64 * (round(uptime_s) % 97),
            wifi_rssi_dbm=-52 - int(self.mac[-1], 16) % 7,
            uptime_ms=round(1000 * uptime_s),
            temperature_c=warm,
            csi_rate_hz=round(measured_hz),
            csi_rate_configured_hz=self.rate_hz,
            wifi_channel=channel,
            ntp_synced=True,
        )

    def ble(self, uptime_s: float, heard: Sequence[SimulatedAdvert]) -> str:
        if self._stale:
            for one in heard:
                if one.address in self._heard or len(self._heard) < STALE_MOST:
                    self._heard[one.address] = one
            heard = tuple(self._heard.values())
        return self._text("ble", timestamp_ms=round(1000 * uptime_s), devices=[_device(one) for one in heard])

    def ota_status(self, state: str, percent: int | None = None, error: str = "") -> str:
        progress = {} if percent is None else {"progress_pct": percent}
        return self._text("ota_status", state=state, **progress, **({"error": error} if error else {}))

    def restart(self) -> None:
        """Role, rate and what was heard are in memory only."""
        self.role, self.rate_hz = "tx_rx", FIRST_RATE_HZ
        self._heard.clear()

    def _text(self, kind: str, **fields: Any) -> str:
        return json.dumps({"type": kind, "mac": self.mac, **fields}, separators=(",", ":"))


def _device(heard: SimulatedAdvert) -> dict[str, Any]:
    device: dict[str, Any] = {"addr": heard.address, "addr_type": "random" if heard.random else "public", "rssi_dbm": heard.rssi_dbm}
    if heard.name:
        device["name"] = heard.name
    if heard.company_id is not None:
        device |= {"mfr_id": heard.company_id, "mfr_data_hex": heard.company_data}
    return device


class Wire:
    """Packets as the binary frames of the nodes that heard them. Immutable."""

    def __init__(self, macs: Sequence[str], channel: int) -> None:
        self._macs = np.array([list(bytes.fromhex(mac.replace(":", ""))) for mac in macs], np.uint8).reshape(-1, 6)
        self._channel = channel

    def frames(self, packets: Packets, uptime_us: npt.NDArray[np.uint64]) -> list[bytes]:
        """One for each packet; `uptime_us` (F,): the reporting node's own time at which it came. Little-endian."""
        count, tones = packets.iq.shape[:2]
        rows = np.zeros((count, _HEADER + 2 * tones), np.uint8)
        rows[:, 0:6], rows[:, 6:12] = self._macs[packets.reader], self._macs[packets.sender]
        rows[:, 12:20] = uptime_us.astype("<u8").view(np.uint8).reshape(count, 8)
        rows[:, 20], rows[:, 21] = packets.rssi_dbm.view(np.uint8), packets.noise_dbm.view(np.uint8)
        rows[:, 22], rows[:, 23] = self._channel, tones
        rows[:, _HEADER:] = packets.iq.reshape(count, 2 * tones).view(np.uint8)
        data, width = rows.tobytes(), rows.shape[1]
        return [data[start : start + width] for start in range(0, len(data), width)]
