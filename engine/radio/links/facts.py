"""What the parts of a `LinkBank` know of some paths, looked up once for all that ask."""

import numpy as np

from engine.model.value_class import dataclass
from engine.radio.links.amplitude import Mask
from engine.radio.links.channels import CHANNELS, SHAPE
from engine.radio.links.smoothing import Array
from engine.radio.location.paths import Rows
from engine.radio.location.scores import fluctuation
from engine.radio.table import Which

_EACH = np.arange(CHANNELS)


@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """Of n paths, at a moment.

    Attributes:
        rows, each: (n,) their rows, and 0 … n - 1. at: the rows as an index. column: (n,) which of NORM and POWER carries their power.
        is_open: (n,) without a static part. levels: (n, 3) recent mean levels. noise: (n,) variance of shapes seen within frames.
        floor: (n, 3) the variance that rounding alone makes.
    """

    rows: Rows
    at: Which
    each: Rows
    column: Rows
    is_open: Mask
    levels: Array
    noise: Array
    floor: Array

    def usable_channels(self) -> Mask:
        """(n, 3) the channels that count: SHAPE where something is static, and one of NORM and POWER."""
        heard: Mask = self.column[:, None] == _EACH
        heard[:, SHAPE] = ~self.is_open
        return heard

    def fluctuating(self, power: Array) -> Array:
        """(n, 3) RMS fluctuation from `Fluctuation.power` (n, 3)."""
        return fluctuation(power, np.maximum(self.noise, self.floor[:, SHAPE]))
