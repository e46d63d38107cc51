"""The frames of a batch as the parts of a `LinkBank` want them."""

import numpy as np
import numpy.typing as npt

from engine.model.radio.radio import CsiBatch
from engine.model.value_class import dataclass
from engine.radio.links.amplitude import Amplitudes, Array, Mask, Narrow
from engine.radio.links.phase import Waves, waves_of
from engine.radio.location.paths import Rows


@dataclass(frozen=True, slots=True, eq=False)
class Frames:
    """Of n frames what can be told without knowing any other: converted once for all.

    Attributes:
        arrival_ns, n_sub, channel, rssi_dbm: (n,) as in `CsiBatch`. waves: (n, 64) I/Q as complex amplitudes.
        rms, occupied: as in `Amplitudes`. shape: (n, 64) amplitudes relative to it.
    """

    arrival_ns: npt.NDArray[np.int64]
    n_sub: npt.NDArray[np.uint8]
    channel: npt.NDArray[np.uint8]
    rssi_dbm: Array
    waves: Waves
    rms: Array
    occupied: Mask
    shape: Narrow

    @classmethod
    def of(cls, batch: CsiBatch, order: Rows) -> "Frames":
        """Frames of a batch in some order."""
        n_sub, waves = batch.n_sub[order], waves_of(batch.iq[order])
        amplitudes = Amplitudes.of(waves, n_sub)
        told = batch.arrival_ns[order], n_sub, batch.channel[order], batch.rssi_dbm[order].astype(np.float64)
        return cls(*told, waves, amplitudes.rms, amplitudes.occupied, amplitudes.shapes())

    def part(self, which: slice | Mask) -> "Frames":
        return Frames(
            self.arrival_ns[which],
            self.n_sub[which],
            self.channel[which],
            self.rssi_dbm[which],
            self.waves[which],
            self.rms[which],
            self.occupied[which],
            self.shape[which],
        )
