"""Collecting readings of one phone at one scanner, at one distance after the other. Pure: time is passed in."""

from collections.abc import Callable, Sequence
from dataclasses import field
from statistics import median
from typing import TypeAlias

from engine.model.radio.radio import BleDeviceView
from engine.model.site import ScannerCalibration
from engine.model.time import SECOND
from engine.model.value_class import dataclass
from widgets.devices.ble_words import heard_by

COLLECT_NS = 10 * SECOND
LONGEST_NS = 45 * SECOND  # nodes report every five seconds
ENOUGH = 5
FEWEST = 3

Fit: TypeAlias = Callable[[Sequence[float], Sequence[float], str], ScannerCalibration]
"""(distances in metres, RSSI in dBm, scanner) → path loss. Raises InputError where the readings say nothing."""


@dataclass(frozen=True, slots=True)
class Readings:
    """What was heard at one distance."""

    distance_m: float
    rssi_dbm: tuple[int, ...]

    @property
    def median_dbm(self) -> float:
        return float(median(self.rssi_dbm))


@dataclass(slots=True)
class Collection:
    """Collects from snapshots until there are enough. A device that stands in the snapshot unchanged is no new reading."""

    scanner: str
    device: str
    distance_m: float
    started_ns: int
    rssi: list[int] = field(default_factory=list)
    _last: tuple[int, int] | None = None

    def take(self, devices: Sequence[BleDeviceView], now_ns: int) -> None:
        view = next((one for one in devices if one.device == self.device), None)
        value = rssi_at(view, self.scanner) if view is not None else None
        if view is None or value is None or view.last_seen_ns < self.started_ns:
            return
        reading = (view.last_seen_ns, value)
        if reading != self._last:
            self._last = reading
            self.rssi.append(value)

    def share(self, now_ns: int) -> float:
        """How far it is, 0–1."""
        by_time = (now_ns - self.started_ns) / COLLECT_NS
        return max(0.0, min(by_time, len(self.rssi) / ENOUGH, 1.0))

    def is_over(self, now_ns: int) -> bool:
        passed = now_ns - self.started_ns
        return passed >= LONGEST_NS or (passed >= COLLECT_NS and len(self.rssi) >= ENOUGH)

    def readings(self) -> Readings | None:
        """None where it heard too little to mean anything."""
        return Readings(self.distance_m, tuple(self.rssi)) if len(self.rssi) >= FEWEST else None


def rssi_at(view: BleDeviceView, scanner: str) -> int | None:
    return dict(heard_by(view)).get(scanner)


def fitted(fit: Fit, scanner: str, collected: Sequence[Readings]) -> ScannerCalibration | None:
    """From at least two distances; every reading counts. Raises InputError."""
    if len({readings.distance_m for readings in collected}) < 2:
        return None
    pairs = [(readings.distance_m, rssi) for readings in collected for rssi in readings.rssi_dbm]
    return fit([distance for distance, _ in pairs], [float(rssi) for _, rssi in pairs], scanner)
