"""The log-distance path loss of a scanner: what it expects to hear from a phone at a distance, and how that is measured."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from engine.model.errors import InputError
from engine.model.site import ScannerCalibration
from engine.radio.ble.scipy_calls import robust_fit

Array = npt.NDArray[np.float64]

USUAL = ScannerCalibration("", power_dbm=-59.0, exponent=2.2, sigma_db=5.5)
"""Of a phone in a furnished room: −59 dBm at a metre is what beacons are commonly set to; exponents of 1.6–2.8 are common indoors
(Rappaport, Wireless Communications, 2nd ed., table 4.2: 1.6–1.8 in line of sight, 2–3 through furniture and light walls)."""

NEAREST_M = 0.5  # closer than that the model rises without bound, and hands and pockets decide
FEWEST = 3
_POWER_SPREAD_DB, _EXPONENT_SPREAD, _ERROR_DB = 15.0, 0.6, 5.0
_LOWEST, _HIGHEST = (-110.0, 1.0), (10.0, 6.0)  # power, exponent
_LEAST_SIGMA_DB, _MOST_SIGMA_DB = 3.0, 15.0  # standing still shows less spread than there is


def expected_dbm(power_dbm: float, exponent: float, distance_m: Array) -> Array:
    return power_dbm - 10.0 * exponent * np.log10(np.maximum(distance_m, NEAREST_M))


def fit_calibration(distances_m: Sequence[float], rssi_dbm: Sequence[float], scanner: str = "") -> ScannerCalibration:
    """The path loss that fits readings taken at known distances, robustly: single outliers do not move it.

    Weak priors around the usual values keep it sensible when all distances are alike. Takes milliseconds.

    Raises:
        InputError: fewer than three readings, unequal lengths (`rssi_dbm`), distances that are not above zero (`distances_m`).
    """
    distance, rssi = _checked(distances_m, rssi_dbm)
    logs = 10.0 * np.log10(np.maximum(distance, NEAREST_M))

    def errors(fit: Array) -> Array:
        priors = ((fit[0] - USUAL.power_dbm) / _POWER_SPREAD_DB, (fit[1] - USUAL.exponent) / _EXPONENT_SPREAD)
        return np.append((rssi - fit[0] + fit[1] * logs) / _ERROR_DB, priors)

    power, exponent = robust_fit(errors, (USUAL.power_dbm, USUAL.exponent), _LOWEST, _HIGHEST).tolist()
    spread = 1.4826 * float(np.median(np.abs(rssi - power + exponent * logs)))
    sigma = min(max(spread, _LEAST_SIGMA_DB), _MOST_SIGMA_DB)
    return replace(USUAL, scanner=scanner, power_dbm=round(power, 2), exponent=round(exponent, 3), sigma_db=round(sigma, 2))


def _checked(distances_m: Sequence[float], rssi_dbm: Sequence[float]) -> tuple[Array, Array]:
    distance, rssi = np.asarray(distances_m, float), np.asarray(rssi_dbm, float)
    if distance.shape != rssi.shape or distance.ndim != 1:
        raise InputError("rssi_dbm", f"has {rssi.size} readings for {distance.size} distances")
    if len(distance) < FEWEST:
        raise InputError("distances_m", f"needs at least {FEWEST} readings, got {len(distance)}; stand at a few known places")
    if not np.all(np.isfinite(distance)) or np.any(distance <= 0):
        raise InputError("distances_m", "each has to be above 0 metres")
    if not np.all(np.isfinite(rssi)) or np.any(np.abs(rssi) > 130):
        raise InputError("rssi_dbm", "each has to be between −130 and 130 dBm")
    return distance, rssi
