"""How scanners hear phones: what is learned of it while the site runs."""

import numpy as np
import numpy.typing as npt

from engine.model.site import ScannerCalibration
from engine.model.value_class import dataclass

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class PooledReadings:
    """Means over places: `xy` (N, 2) metres, `rssi` (N,) dBm or dB above a path loss, `count` (N,) of readings.

    `spread_db2`: variance of single readings at one place.
    """

    xy: Array
    rssi: Array
    count: Array
    spread_db2: float


@dataclass(frozen=True, slots=True, eq=False)
class LearnedPathLoss:
    """Of one scanner. `readings`: how many stand behind it. `shadowing`: what the floor shows beyond the path loss."""

    loss: ScannerCalibration
    readings: int
    shadowing: PooledReadings
