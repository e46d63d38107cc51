"""How boxes move: four independent Kalman filters per track (centre x, centre y, width, height), all tracks in one go.

The centre follows white-noise acceleration, width and height a rate of change that dies away (integrated Ornstein–Uhlenbeck process with
the noise of the former, exact for short steps). Noise is in proportion to the height of the box, as a person's is to the person's distance
(Wojke et al., "Simple Online and Realtime Tracking with a Deep Association Metric", ICIP 2017), and grows with *seconds*
(Bar-Shalom et al., "Estimation with Applications to Tracking and Navigation", 2001, 6.2.2), so that any rate of detection will do.
Since axes do not mix, a covariance is three numbers per axis and an update needs no matrix.
"""

from math import exp

import numpy as np

from engine.vision.tracking.config import TrackerConfig
from engine.vision.tracking.table import BOX, BOX_RATE_COV, BOX_VAR, OFFSET, RATE, RATE_VAR, REALS, Indices, Reals

_LEAST_SIZE_PX = 1.0


class MotionModel:
    """Works in place on rows of `TrackTable.reals`."""

    def __init__(self, config: TrackerConfig) -> None:
        self._config = config
        self._noise = np.array([config.position_noise] * 2 + [config.size_noise] * 2) ** 2
        self._start = np.array([config.start_speed] * 2 + [config.start_growth] * 2) ** 2
        self._measured = config.measurement_noise**2

    def born(self, boxes: Reals) -> Reals:
        """Rows (N, REALS) of tracks first seen at `boxes` (N, 4) cxcywh; columns other than motion are zero."""
        rows = np.zeros((len(boxes), REALS))
        squared_height = boxes[:, 3:4] ** 2
        rows[:, BOX] = boxes
        rows[:, BOX_VAR] = self._measured * squared_height
        rows[:, RATE_VAR] = self._start * squared_height
        return rows

    def advance(self, rows: Reals, seconds: float) -> None:
        """Predict every track `seconds` ahead."""
        if seconds <= 0 or not len(rows):
            return
        step, decay = self._step(seconds), self._decay(seconds)
        noise = self._noise * rows[:, 3:4] ** 2
        box_var, cov, rate_var = rows[:, BOX_VAR], rows[:, BOX_RATE_COV], rows[:, RATE_VAR]
        carried = cov + step * rate_var
        rows[:, BOX] += step * rows[:, RATE]
        rows[:, RATE] *= decay
        box_var += step * (cov + carried) + noise * (seconds**3 / 3)
        rows[:, BOX_RATE_COV] = decay * carried + noise * (seconds**2 / 2)
        rows[:, RATE_VAR] = decay * decay * rate_var + noise * seconds
        rows[:, OFFSET] *= exp(-seconds / self._config.trust_memory_s)
        np.maximum(rows[:, 2:4], _LEAST_SIZE_PX, out=rows[:, 2:4])

    def correct(self, rows: Reals, which: Indices, boxes: Reals) -> None:
        """Update the tracks at `which` (M,) with what was measured, `boxes` (M, 4) cxcywh."""
        part = rows[which]
        box_var, cov = part[:, BOX_VAR], part[:, BOX_RATE_COV]
        total = box_var + self._measured * part[:, 3:4] ** 2
        box_gain, rate_gain = box_var / total, cov / total
        surprise = boxes - part[:, BOX]
        part[:, BOX] += box_gain * surprise
        part[:, RATE] += rate_gain * surprise
        part[:, RATE_VAR] -= rate_gain * cov
        part[:, BOX_RATE_COV] -= box_gain * cov
        part[:, BOX_VAR] -= box_gain * box_var
        part[:, OFFSET] = self._config.trust * (boxes - part[:, BOX])
        rows[which] = part

    def predicted_boxes(self, rows: Reals, seconds: float) -> Reals:
        """Boxes (N, 4) cxcywh as they are to be shown, predicted `seconds` ahead; changes nothing."""
        fade = exp(-max(seconds, 0.0) / self._config.trust_memory_s)
        return rows[:, BOX] + self._step(seconds) * rows[:, RATE] + fade * rows[:, OFFSET]

    def _step(self, seconds: float) -> Reals:
        """How far a rate of 1 carries in that time, per axis (4,)."""
        memory = self._config.size_memory_s
        size = memory * (1 - exp(-seconds / memory))
        return np.array([seconds, seconds, size, size])

    def _decay(self, seconds: float) -> Reals:
        """What is left of a rate after that time, per axis (4,)."""
        size = exp(-seconds / self._config.size_memory_s)
        return np.array([1.0, 1.0, size, size])
