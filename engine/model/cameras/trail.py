"""Where something went in one camera's picture."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.model.geometry import Floats


@dataclass(frozen=True, slots=True, eq=False)
class Trail:
    """A track, or motion that nobody named (empty `track_id`), for a minute or so.

    Attributes:
        times_ns: (N,) rising. boxes: (N, 4) float32, left, top, right, bottom in shares of the picture at these times.
        category: what it is, `motion` where nobody knows. Between two times the thing is taken to be at both places.
    """

    camera_id: str
    track_id: str
    category: str
    times_ns: npt.NDArray[np.int64]
    boxes: Floats
