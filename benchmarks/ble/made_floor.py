"""A made-up floor with twelve scanners, of which nothing is calibrated: where methods that know the path loss beforehand go wrong.

Log-distance path loss with a power and an exponent of its own for each scanner, a shadowing field per scanner that is correlated in space
(an exponential field by random Fourier features), a body between phone and scanner, fading of each packet, packets that are lost, a
receiver that is deaf below its sensitivity, and a gain per phone. All of it drawn from the seed; none of it is the model that is inverted.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from benchmarks.ble.files import Moment
from engine.model.radio.scanner_survey import SurveyPlace, SurveyReadings
from engine.model.site import Position
from engine.radio.ble.fingerprints import Fingerprints

Array = npt.NDArray[np.float64]

WIDTH_M, DEPTH_M, HEIGHT_M = 24.0, 15.0, 2.6
CAMERAS_SEE_M = 14.0  # x below which cameras locate people
_COLUMNS, _ROWS, _INSET_M, _JITTER_M = 4, 3, 1.5, 1.0
_POWER_DBM, _POWER_SPREAD_DB, _EXPONENT, _EXPONENT_SPREAD = -60.0, 4.0, 2.5, 0.4
_EXPONENTS = 1.6, 3.8
_GAIN_SPREAD_DB = 5.0
_SHADOW_DB, _SHADOW_LENGTH_M, _WAVES = 4.0, 2.5, 64
_BODY_DB, _FADING_DB, _LOST = 7.0, 3.0, 0.25
_SENSITIVITY_DBM = -95.0
_CARRIED_M = 1.1
_SPEED_M_S, _PAUSE = 1.1, 0.25
_CAMERA_ERROR_M = 0.25
_GRID_M, _STANDING_S = 2.0, 8
_STOP_ERROR_M = 0.3  # of a click on the plan, per axis


@dataclass(frozen=True, slots=True)
class LocatedReading:
    """What one scanner heard of a phone whose carrier cameras located at `place`."""

    device: str
    anchor: str
    rssi: float
    place: tuple[float, float]
    seconds: float


class MadeFloor:
    """Everything of one seed. `places` and `headings` of a walk are (N, 2) metres and (N,) radians, one for each second."""

    def __init__(self, seed: int) -> None:
        self._draw = np.random.default_rng([seed, 12])
        self.anchors = _anchors(self._draw)
        count = len(self.anchors)
        self._power = _POWER_DBM + self._draw.normal(0, _POWER_SPREAD_DB, count)
        self._exponent = np.clip(self._draw.normal(_EXPONENT, _EXPONENT_SPREAD, count), *_EXPONENTS)
        radius = np.abs(self._draw.standard_cauchy((count, _WAVES))).clip(0, 40) / _SHADOW_LENGTH_M
        angle = self._draw.uniform(0, 2 * math.pi, (count, _WAVES))
        self._waves = radius[..., None] * np.stack([np.cos(angle), np.sin(angle)], axis=-1)
        self._phases = self._draw.uniform(0, 2 * math.pi, (count, _WAVES))

    def gain(self) -> float:
        """Decibels of another phone."""
        return float(self._draw.normal(0, _GAIN_SPREAD_DB))

    def walk(self, seconds: int, x_limit_m: float = WIDTH_M) -> tuple[Array, Array]:
        """Places and headings of somebody who walks from one random place to the next and sometimes stands."""
        room = np.array([x_limit_m, DEPTH_M])
        at, goal, heading = self._draw.uniform(0.5, room - 0.5), self._draw.uniform(0.5, room - 0.5), 0.0
        places, headings = np.empty((seconds, 2)), np.empty(seconds)
        stands = 0
        for second in range(seconds):
            if stands:
                stands -= 1
            elif np.linalg.norm(goal - at) < _SPEED_M_S:
                goal = self._draw.uniform(0.5, room - 0.5)
                stands = int(self._draw.integers(3, 12)) if self._draw.random() < _PAUSE else 0
            else:
                way = (goal - at) / np.linalg.norm(goal - at)
                at, heading = at + _SPEED_M_S * way, math.atan2(way[1], way[0])
            places[second], headings[second] = at, heading
        return places, headings

    def hear(self, place: Array, heading: float, gain_db: float) -> dict[str, float]:
        """Decibels of one second by scanner; absent where nothing was heard."""
        anchors = np.array(list(self.anchors.values()))
        offset = anchors[:, :2] - place
        away = np.maximum(np.sqrt((offset**2).sum(axis=1) + (anchors[:, 2] - _CARRIED_M) ** 2), 0.5)
        shadow = _SHADOW_DB * math.sqrt(2 / _WAVES) * np.cos(self._waves @ place + self._phases).sum(axis=1)
        behind = (1 - np.cos(np.arctan2(offset[:, 1], offset[:, 0]) - heading)) / 2
        rssi = self._power + gain_db - 10 * self._exponent * np.log10(away) + shadow - _BODY_DB * behind
        # Rician fading is skewed: fades are deeper than peaks are high.
        rssi = rssi + _FADING_DB * (0.5 - self._draw.gumbel(0, 1, len(rssi)) * 0.8)
        heard = (self._draw.random(len(rssi)) > _LOST) & (rssi > _SENSITIVITY_DBM)
        return {anchor: float(round(strength)) for anchor, strength, there in zip(self.anchors, rssi, heard, strict=True) if there}

    def moments(self, device: str, places: Array, headings: Array, gain_db: float) -> list[Moment]:
        """What was heard along a walk; seconds in which nobody heard anything are missing."""
        heard = (self.hear(place, heading, gain_db) for place, heading in zip(places, headings, strict=True))
        return [Moment(device, str(second), float(second), readings) for second, readings in enumerate(heard) if readings]

    def located(self, people: int, seconds: int) -> list[LocatedReading]:
        """People with phones in the part of the floor that cameras see."""
        found: list[LocatedReading] = []
        for person in range(people):
            gain, (places, headings) = self.gain(), self.walk(seconds, CAMERAS_SEE_M)
            for moment in self.moments(f"located {person}", places, headings, gain):
                x, y = places[int(moment.seconds)] + self._draw.normal(0, _CAMERA_ERROR_M, 2)
                spot = float(x), float(y)
                found += [LocatedReading(moment.device, anchor, rssi, spot, moment.seconds) for anchor, rssi in moment.readings.items()]
        return sorted(found, key=lambda each: each.seconds)

    def stops(self, columns: int, rows: int) -> list[SurveyPlace]:
        """Somebody with a phone of gain 0 stands at so many places for eight seconds, turns around, and says where that is."""
        places: list[SurveyPlace] = []
        for x in (np.arange(columns) + 0.5) * WIDTH_M / columns:
            for y in (np.arange(rows) + 0.5) * DEPTH_M / rows:
                heard: dict[str, list[int]] = {}
                for step in range(_STANDING_S):
                    for anchor, rssi in self.hear(np.array([x, y]), 2 * math.pi * step / _STANDING_S, 0.0).items():
                        heard.setdefault(anchor, []).append(int(rssi))
                off_x, off_y = self._draw.normal(0, _STOP_ERROR_M, 2)
                readings = tuple(SurveyReadings(anchor, tuple(rssi)) for anchor, rssi in heard.items())
                places.append(SurveyPlace(float(x + off_x), float(y + off_y), readings))
        return places

    def survey(self) -> dict[str, Fingerprints]:
        """Somebody with a phone of gain 0 stands on every second metre for eight seconds and turns around."""
        rows: dict[str, list[tuple[float, float, float]]] = {anchor: [] for anchor in self.anchors}
        for x in np.arange(_GRID_M / 2, WIDTH_M, _GRID_M):
            for y in np.arange(_GRID_M / 2, DEPTH_M, _GRID_M):
                for step in range(_STANDING_S):
                    heard = self.hear(np.array([x, y]), 2 * math.pi * step / _STANDING_S, 0.0)
                    for anchor, rssi in heard.items():
                        rows[anchor].append((x, y, rssi))
        tables = {anchor: np.array(values) for anchor, values in rows.items() if values}
        return {anchor: Fingerprints(table[:, :2], table[:, 2]) for anchor, table in tables.items()}


def _anchors(draw: np.random.Generator) -> dict[str, Position]:
    xs = np.linspace(_INSET_M, WIDTH_M - _INSET_M, _COLUMNS)
    ys = np.linspace(_INSET_M, DEPTH_M - _INSET_M, _ROWS)
    spots = [(float(x), float(y)) for x in xs for y in ys]
    moved = np.array(spots) + draw.uniform(-_JITTER_M, _JITTER_M, (len(spots), 2))
    return {f"S{number:02d}": (float(x), float(y), HEIGHT_M) for number, (x, y) in enumerate(moved)}
