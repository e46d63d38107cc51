"""A made-up floor with phones whose strength is shadowed, noisy and reported late, to test against: not the model that is inverted.

Walls between the halves of the floor, slowly changing shadowing per scanner, noise, a gain per phone and whole dBm.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from engine.model.people.person import Person
from engine.model.radio.blob import Blob, BlobStatus
from engine.model.radio.radio import BleSighting, BleSightings
from engine.model.settings import Settings
from engine.model.site import BleDeviceSettings, Position
from engine.model.time import SECOND

START_NS = 1_700_000_000 * SECOND
CORNERS: dict[str, Position] = {
    "AA:00:00:00:00:01": (0.0, 0.0, 2.0),
    "AA:00:00:00:00:02": (8.0, 0.0, 2.0),
    "AA:00:00:00:00:03": (8.0, 6.0, 2.0),
    "AA:00:00:00:00:04": (0.0, 6.0, 2.0),
}
TWO = {mac: CORNERS[mac] for mac in ("AA:00:00:00:00:01", "AA:00:00:00:00:03")}


def at(seconds: float) -> int:
    return START_NS + round(seconds * SECOND)


def address(index: int) -> str:
    return f"C0:FF:EE:00:00:{index:02X}"


def settings(people: int = 2, devices_of: Sequence[int] = ()) -> Settings:
    """Person `p<i>` carries device i; `devices_of` gives further devices to people."""
    owners = [*range(people), *devices_of]
    return Settings(ble_devices=tuple(BleDeviceSettings(address(i), f"phone {i}", "person", f"p{owner}") for i, owner in enumerate(owners)))


def persons(people: int = 2) -> dict[str, Person]:
    return {f"p{i}": Person(f"p{i}", f"Person {i}", f"#00000{i}") for i in range(people)}


def around(seconds: float, center: tuple[float, float], radius: float, speed_m_s: float = 0.8, phase: float = 0.0) -> tuple[float, float]:
    """Somebody who walks in a circle."""
    angle = phase + speed_m_s * seconds / radius
    return center[0] + radius * math.cos(angle), center[1] + radius * math.sin(angle)


@dataclass
class MadePhone:
    """`hear` gives what a scanner measures now."""

    device: str
    gain_db: float = 0.0
    exponent: float = 1.9
    noise_db: float = 2.5
    seed: int = 0
    _shadow: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._rng = np.random.default_rng(self.seed)

    def hear(self, place: tuple[float, float], scanner: str, position: Position) -> int:
        away = max(math.dist((*place, 1.1), position), 0.3)
        shadow = 0.8 * self._shadow.get(scanner, 0.0) + self._rng.normal(0, 2.0)
        self._shadow[scanner] = shadow
        wall = 4.0 if (place[0] < 4) != (position[0] < 4) else 0.0
        strength = -57 + self.gain_db - 10 * self.exponent * math.log10(away) - wall + shadow + self._rng.normal(0, self.noise_db)
        return round(min(max(strength, -100), -20))


def reports(
    phones: Sequence[tuple[MadePhone, tuple[float, float]]], seconds: float, scanners: dict[str, Position] = CORNERS
) -> list[BleSightings]:
    """What every scanner says of phones at these places."""
    return [
        BleSightings(at(seconds), mac, tuple(BleSighting(phone.device, phone.hear(place, mac, position)) for phone, place in phones))
        for mac, position in scanners.items()
    ]


def blob(name: str, place: tuple[float, float], seconds: float, sigma_m: float = 0.4) -> Blob:
    variance = sigma_m**2
    covariance = ((variance, 0.0, 0.0), (0.0, variance, 0.0), (0.0, 0.0, 0.3))
    return Blob(name, 1, BlobStatus.CONFIRMED, (*place, 1.0), covariance, (0.0, 0.0, 0.0), 0.9, 1.0, at(0), at(seconds))
