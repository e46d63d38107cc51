"""What each scanner would hear of a phone in each cell: from path loss alone, or from measured fingerprints (`fingerprints`)."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from engine.model.site import Position, ScannerCalibration
from engine.model.value_class import dataclass
from engine.radio.ble.cells import FloorCells, distances
from engine.radio.ble.path_loss import USUAL, expected_dbm

Floats = npt.NDArray[np.float32]
Array = npt.NDArray[np.float64]

EXPONENTS = (1.6, 2.2, 2.8)
_GAIN_SPREAD_DB = 8.0  # phones, cases and pockets; the beacon that the usual power was taken from may be any of them
_GAIN_STEP_DB, _GAIN_LIMIT_DB = 3.0, 24.0


@dataclass(frozen=True, slots=True, eq=False)
class SignalMap:
    """S scanners, H hypotheses about the surroundings, G about the phone's own gain, C cells.

    Attributes:
        expected: (S, H, C) mean RSSI in dBm of a phone with gain 0. sigma: (S, H, C) its spread in dB.
        gains: (G,) dB, evenly spaced by `gain_step`. gain_prior: (G,) sums to 1.
        method: how a view says that the position came about.
    """

    cells: FloorCells
    scanners: tuple[str, ...]
    expected: Floats
    sigma: Floats
    gains: Floats
    gain_prior: Floats
    method: str

    @property
    def shape(self) -> tuple[int, int, int]:
        return self.expected.shape[1], len(self.gains), len(self.cells)

    def replaced(self, rows: "SignalMap") -> "SignalMap":
        """With the rows of some scanners from another map over the same cells."""
        expected, sigma = self.expected.copy(), self.sigma.copy()
        for row, scanner in enumerate(rows.scanners):
            expected[self.scanners.index(scanner)], sigma[self.scanners.index(scanner)] = rows.expected[row], rows.sigma[row]
        return replace(self, expected=expected, sigma=sigma)

    @property
    def gain_step(self) -> float:
        return float(self.gains[1] - self.gains[0])


def with_shadowing(signals: SignalMap, scanner: str, rest_db: Array, sigma_db: Array) -> SignalMap:
    """One scanner hears so much more (C,) than its path loss says, with another spread (C,)."""
    expected, sigma, row = signals.expected.copy(), signals.sigma.copy(), signals.scanners.index(scanner)
    expected[row] += rest_db.astype(np.float32)
    sigma[row] = sigma_db
    return replace(signals, expected=expected, sigma=sigma)


def gain_axis(spread_db: float, step_db: float, limit_db: float) -> tuple[Floats, Floats]:
    """Gains and how likely they are beforehand: a normal distribution around 0 dB."""
    gains = np.arange(-limit_db, limit_db + step_db / 2, step_db)
    prior = np.exp(-0.5 * (gains / spread_db) ** 2)
    return gains.astype(np.float32), (prior / prior.sum()).astype(np.float32)


def hypotheses(calibration: ScannerCalibration | None) -> tuple[ScannerCalibration, ...]:
    """A calibrated scanner is taken at its word; of another, the exponent is not known."""
    if calibration is not None:
        return (calibration,) * len(EXPONENTS)
    return tuple(ScannerCalibration("", USUAL.power_dbm, exponent, USUAL.sigma_db) for exponent in EXPONENTS)


def path_loss_map(cells: FloorCells, scanners: Mapping[str, Position], calibrations: Mapping[str, ScannerCalibration]) -> SignalMap:
    spots = cells.centers()
    expected = np.zeros((len(scanners), len(EXPONENTS), len(cells)), np.float32)
    sigma = np.zeros_like(expected)
    for row, (scanner, position) in enumerate(scanners.items()):
        away = distances(spots, position)
        for column, loss in enumerate(hypotheses(calibrations.get(scanner))):
            expected[row, column] = expected_dbm(loss.power_dbm, loss.exponent, away)
            sigma[row, column] = loss.sigma_db
    gains, prior = gain_axis(_GAIN_SPREAD_DB, _GAIN_STEP_DB, _GAIN_LIMIT_DB)
    return SignalMap(cells, tuple(scanners), expected, sigma, gains, prior, "grid_filter")
