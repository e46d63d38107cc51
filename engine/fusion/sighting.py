"""What one sensor says of one presence at one moment, on the floor."""

import numpy as np
import numpy.typing as npt

from engine.model.radio.fused import SourceKind
from engine.model.value_class import dataclass

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Sighting:
    """Of a camera's track or a blob.

    Attributes:
        id: of the track or blob. sensor_id: the camera, or `radio`: one sensor sees one person once.
        at_ns: when it was measured, which may be a little ago. measured: False while the sensor only carries it along.
        xy: (2,) metres. covariance: (2, 2) m².
        look: (D,) of unit length, what the person looks like; None where nobody looked yet.
    """

    kind: SourceKind
    id: str
    sensor_id: str
    at_ns: int
    xy: Array
    covariance: Array
    measured: bool = True
    look: Array | None = None
    simulated: bool = False

    @property
    def spread_m2(self) -> float:
        """Variance along both axes together."""
        (across, _), (_, along) = self.covariance.tolist()
        return across + along
