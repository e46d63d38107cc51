"""The usual ways to place a phone by its RSSI, as peers: each gets the same anchors and the same means over the last two seconds.

The two least squares are told the path loss that the calibration shows (power and exponent for all anchors together) where there is a
calibration, which a site without one does not have; otherwise the usual one. What runs away is brought back to the anchors' area.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.optimize import least_squares

from benchmarks.ble.files import Moment
from engine.model.site import Position, ScannerCalibration
from engine.radio.ble.cells import distances
from engine.radio.ble.fingerprints import Fingerprints
from engine.radio.ble.path_loss import USUAL, fit_calibration

Array = npt.NDArray[np.float64]
WINDOW_S = 2.0
NEIGHBOURS = 15
_NOT_HEARD_DBM = -100.0
_SOFT_DB = 3.0

Place: TypeAlias = Callable[[Array], Array]
"""RSSI of every anchor (A,), NaN where it heard nothing, to x, y."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What every peer knows: anchors (A, 3), the path loss, fingerprints (N, A) with their places (N, 2) or none."""

    anchors: Array
    loss: ScannerCalibration
    prints: Array
    places: Array


def setting(anchors: Mapping[str, Position], calibration: Mapping[str, Fingerprints]) -> Setting:
    spots = np.array(list(anchors.values()), float)
    prints, places = _joined(list(anchors), calibration)
    return Setting(spots, _common_loss(anchors, calibration), prints, places)


def averaged(moments: Sequence[Moment], anchors: Sequence[str], window_s: float = WINDOW_S) -> Array:
    """(N, A) mean RSSI over the last seconds of the same device, NaN where nothing was heard."""
    column = {anchor: index for index, anchor in enumerate(anchors)}
    out = np.full((len(moments), len(anchors)), np.nan)
    recent: dict[str, list[Moment]] = {}
    for row, moment in enumerate(moments):
        window = [m for m in recent.get(moment.device, []) if m.seconds > moment.seconds - window_s] + [moment]
        recent[moment.device] = window
        for anchor, index in column.items():
            heard = [m.readings[anchor] for m in window if anchor in m.readings]
            if heard:
                out[row, index] = sum(heard) / len(heard)
    return out


def peers(known: Setting) -> dict[str, Place]:
    found: dict[str, Place] = {
        "nearest anchor": lambda rssi: known.anchors[np.nanargmax(rssi), :2],
        "weighted centroid": lambda rssi: _centroid(known, rssi),
        "plain least squares": lambda rssi: _inside(known, _ranges(known, rssi)),
        "robust dB least squares": lambda rssi: _inside(known, _decibels(known, rssi)),
    }
    if len(known.places):
        found[f"{NEIGHBOURS}-NN fingerprints"] = lambda rssi: _neighbours(known, rssi)
    return found


def _inside(known: Setting, place: Array) -> Array:
    """Brought back to within a metre of what the anchors span."""
    return np.clip(place, known.anchors[:, :2].min(axis=0) - 1, known.anchors[:, :2].max(axis=0) + 1)


def _centroid(known: Setting, rssi: Array) -> Array:
    weight = np.where(np.isnan(rssi), 0.0, 10 ** (np.nan_to_num(rssi) / 20))
    return weight @ known.anchors[:, :2] / weight.sum()


def _ranges(known: Setting, rssi: Array) -> Array:
    heard = np.isfinite(rssi)
    anchors, measured = known.anchors[heard], 10 ** ((known.loss.power_dbm - rssi[heard]) / (10 * known.loss.exponent))
    return least_squares(lambda at: _away(anchors, at) - measured, anchors[:, :2].mean(axis=0)).x


def _decibels(known: Setting, rssi: Array) -> Array:
    heard = np.isfinite(rssi)
    anchors, measured = known.anchors[heard], rssi[heard]

    def errors(at: Array) -> Array:
        return measured - known.loss.power_dbm + 10 * known.loss.exponent * np.log10(np.maximum(_away(anchors, at), 0.3))

    return least_squares(errors, anchors[:, :2].mean(axis=0), loss="soft_l1", f_scale=_SOFT_DB).x


def _neighbours(known: Setting, rssi: Array) -> Array:
    unlike = ((known.prints - np.where(np.isnan(rssi), _NOT_HEARD_DBM, rssi)) ** 2).sum(axis=1)
    return known.places[np.argsort(unlike, kind="stable")[:NEIGHBOURS]].mean(axis=0)


def _away(anchors: Array, at: Array) -> Array:
    return np.sqrt(((anchors[:, :2] - at) ** 2).sum(axis=1) + (anchors[:, 2] - 1.3) ** 2)


def _joined(anchors: Sequence[str], calibration: Mapping[str, Fingerprints]) -> tuple[Array, Array]:
    """Fingerprints of the same place put together, (N, A) and (N, 2)."""
    rows: dict[tuple[float, float], Array] = {}
    for index, anchor in enumerate(anchors):
        if anchor in calibration:
            for place, rssi in zip(calibration[anchor].xy, calibration[anchor].rssi, strict=True):
                rows.setdefault((place[0], place[1]), np.full(len(anchors), _NOT_HEARD_DBM))[index] = rssi
    return np.array(list(rows.values())).reshape(-1, len(anchors)), np.array(list(rows), float).reshape(-1, 2)


def _common_loss(anchors: Mapping[str, Position], calibration: Mapping[str, Fingerprints]) -> ScannerCalibration:
    if not calibration:
        return USUAL
    away = np.concatenate([distances(found.xy, anchors[anchor]) for anchor, found in calibration.items()])
    rssi = np.concatenate([found.rssi for found in calibration.values()])
    return fit_calibration(away.tolist(), rssi.tolist())
