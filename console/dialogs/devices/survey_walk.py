"""Standing at one place after the other with a phone: which readings of each scanner belong to a place. Pure: time is passed in."""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import field

from engine.model.geometry import Point
from engine.model.radio.radio import BleDeviceView
from engine.model.radio.scanner_survey import LEAST_APART_M, SurveyPlace, SurveyReadings
from engine.model.time import SECOND
from engine.model.value_class import dataclass
from widgets.devices.ble_words import heard_by

SETTLE_NS = 8 * SECOND  # nodes report every five seconds what they heard meanwhile: the first report may be of the way here
STAND_NS, LONGEST_NS = 25 * SECOND, 75 * SECOND
ENOUGH, ENOUGH_SCANNERS = 3, 3  # so many readings of so many scanners
FEWEST_SCANNERS = 2


@dataclass(frozen=True, slots=True)
class Stop:
    """A place, metres of the floor, and what each scanner heard there, dBm."""

    spot: Point
    readings: Mapping[str, tuple[int, ...]]

    def place(self) -> SurveyPlace:
        return SurveyPlace(*self.spot, tuple(SurveyReadings(scanner, rssi) for scanner, rssi in self.readings.items()))


@dataclass(slots=True)
class Standing:
    """Collects from snapshots. A strength that stands in the snapshot unchanged is no new reading."""

    device: str
    scanners: Collection[str]
    spot: Point
    started_ns: int
    readings: dict[str, list[int]] = field(default_factory=dict)
    _last: dict[str, int] = field(default_factory=dict)

    def take(self, devices: Sequence[BleDeviceView], now_ns: int) -> None:
        view = next((one for one in devices if one.device == self.device), None)
        for scanner, rssi in heard_by(view) if view is not None else ():
            if scanner in self.scanners and self._last.get(scanner) != rssi:
                self._last[scanner] = rssi
                if now_ns - self.started_ns >= SETTLE_NS:
                    self.readings.setdefault(scanner, []).append(rssi)

    def share(self, now_ns: int) -> float:
        """How far it is, 0–1."""
        return max(0.0, min((now_ns - self.started_ns) / STAND_NS, 1.0)) * (1.0 if self._has_enough() else 0.9)

    def is_over(self, now_ns: int) -> bool:
        passed_ns = now_ns - self.started_ns
        return passed_ns >= LONGEST_NS or (passed_ns >= STAND_NS and self._has_enough())

    def _has_enough(self) -> bool:
        often = sum(len(rssi) >= ENOUGH for rssi in self.readings.values())
        return often >= min(ENOUGH_SCANNERS, max(len(self.scanners), 1))

    def stop(self) -> Stop | None:
        """None where too few scanners heard the phone to mean anything."""
        if len(self.readings) < FEWEST_SCANNERS:
            return None
        return Stop(self.spot, {scanner: tuple(rssi) for scanner, rssi in self.readings.items()})


def number_too_near(spot: Point, stops: Sequence[Stop]) -> int:
    """Number, from 1, of a place that is too close to the spot to say something new; 0 for none."""
    return next((number for number, stop in enumerate(stops, 1) if math.dist(stop.spot, spot) < LEAST_APART_M), 0)
