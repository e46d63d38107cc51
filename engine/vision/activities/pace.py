"""How fast somebody goes, in body heights per second, across the picture and towards or away from the camera."""

import math
from collections.abc import Sequence
from statistics import median

import numpy as np
import numpy.typing as npt

from engine.model.time import SECOND
from engine.model.value_class import dataclass
from engine.vision.activities.body import Body, Sample

WINDOW_NS = SECOND * 4 // 5
DEPTH_NS = SECOND * 8 // 5  # growth is noisy, and whoever comes out from behind something grows too
FEWEST = 5
FOCAL = 1.0  # focal length of a usual camera (about 53° wide), in widths of the picture
SIGMAS = 2.0  # growth is believed beyond so many of its own
JUMPS = 0.08  # rms of the logarithm of the height: a box that strays so far was cut off by something for a while
ROUGH = 0.15  # body heights: a box that strays so far from a straight way has jumped from one person to another

Reals = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Pace:
    """`across`: of the middle and the feet in the picture. `towards`: in depth, from how the box grows or shrinks; 0 where that is not
    sure. `rough`: rms distance from a straight way, body heights."""

    across: float
    towards: float
    rough: float

    @property
    def speed(self) -> float:
        return math.hypot(self.across, self.towards)


def pace(body: Body, picture_width: int) -> Pace | None:
    """Over the last 0.8 s, by least squares; None while too little is known, or while a box is cut off or not upright."""
    samples = body.since(body.last.at_ns - WINDOW_NS)
    known = body.upright
    if known is None or len(samples) < FEWEST or any(s.cut or s.width > 0.9 * s.height for s in samples):
        return None
    if samples[-1].at_ns - samples[0].at_ns < WINDOW_NS * 2 // 3:
        return None
    at_s, height = _seconds(samples), median(s.height for s in samples)
    centres = np.array([s.centre for s in samples]) / height
    (x, x_rough), (y, y_rough) = _slopes(at_s, centres[:, 0].copy(), centres[:, 1].copy())
    towards = _growth(body.since(body.last.at_ns - DEPTH_NS)) * FOCAL * picture_width / height
    return Pace(math.hypot(x, y), towards, math.hypot(x_rough, y_rough))


def _growth(samples: Sequence[Sample]) -> float:
    """Share per second by which both height and width surely grow or shrink; 0 where they do not agree."""
    at_s = _seconds(samples)
    if any(s.cut for s in samples) or samples[-1].at_ns - samples[0].at_ns < DEPTH_NS * 3 // 4:
        return 0.0
    sizes: Reals = np.log(np.array([(s.height, s.width) for s in samples]))
    grown = _slopes(at_s, sizes[:, 0], sizes[:, 1])
    if grown[0][0] * grown[1][0] <= 0 or grown[0][1] > JUMPS:
        return 0.0
    sure = [abs(slope) - SIGMAS * rough / (float(at_s.std()) * math.sqrt(len(at_s))) for slope, rough in grown]
    return max(min(sure), 0.0)


def _seconds(samples: Sequence[Sample]) -> Reals:
    return np.array([(sample.at_ns - samples[-1].at_ns) / SECOND for sample in samples])


def _slopes(at_s: Reals, *rows: Reals) -> list[tuple[float, float]]:
    """Of the straight line through each row of values, per second, and the rms distance from it."""
    count = len(at_s)
    centred = at_s - float(np.add.reduce(at_s)) / count
    spread = float(centred @ centred)
    found: list[tuple[float, float]] = []
    for values in rows:
        slope = float(centred @ values) / spread
        left = values - slope * centred
        left -= float(np.add.reduce(left)) / count
        found.append((slope, math.sqrt(float(left @ left) / count)))
    return found
