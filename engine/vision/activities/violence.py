"""How violently somebody moves: limbs where there are poses, the edges of the box otherwise. 1 is where violence begins.

Walking swings limbs by about 0.8 body heights a second, and the edges of the box by 0.2 to 0.5 as detectors see them; blows, kicks and
wrestling are two to five times as fast.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np

from engine.model.time import SECOND
from engine.vision.activities.body import Body, PoseFacts, Sample

WINDOW_NS = SECOND
LIMBS_VIOLENT, BOX_VIOLENT = 1.6, 0.8  # body heights / s
FEWEST = 5
SPAN_NS = SECOND * 6 // 10


def violence(body: Body) -> float | None:
    """Over the last second, 1 and more is violent; None while too little was seen."""
    from_ns = body.last.at_ns - WINDOW_NS
    limbs = _limbs([pose for pose in body.poses if pose.at_ns >= from_ns], body.scale)
    if limbs is not None:
        return limbs / LIMBS_VIOLENT
    box = _edges(body.since(from_ns), body.scale)
    return None if box is None else box / BOX_VIOLENT


def _limbs(poses: Sequence[PoseFacts], scale: float) -> float | None:
    """Of the two fastest limbs, mean speed against the hips, body heights per second."""
    if not _enough([pose.at_ns for pose in poses]):
        return None
    speeds = sorted(_mean_speed(poses, limb) for limb in range(len(poses[0].limbs)))
    return (speeds[-1] + speeds[-2]) / 2 / scale


def _mean_speed(poses: Sequence[PoseFacts], limb: int) -> float:
    found = [_step(before, after, limb) for before, after in pairwise(poses)]
    known = [speed for speed in found if speed is not None]
    return sum(known) / len(known) if len(known) >= FEWEST - 2 else 0.0


def _step(before: PoseFacts, after: PoseFacts, limb: int) -> float | None:
    first, second = before.limbs[limb], after.limbs[limb]
    if first is None or second is None:
        return None
    return float(np.hypot(second[0] - first[0], second[1] - first[1])) * SECOND / (after.at_ns - before.at_ns)


def _edges(samples: Sequence[Sample], scale: float) -> float | None:
    """Mean speed of the left, right and upper edge beside their steady motion, body heights per second."""
    if not _enough([sample.at_ns for sample in samples]):
        return None
    at_s = np.array([(sample.at_ns - samples[0].at_ns) / SECOND for sample in samples])
    edges = np.array([sample.box[:3] for sample in samples])
    centred = at_s - at_s.mean()
    steady = centred @ edges / (centred @ centred)
    speeds = np.diff(edges, axis=0) / np.diff(at_s)[:, None] - steady
    return float(np.abs(speeds).mean()) / scale


def _enough(times_ns: Iterable[int]) -> bool:
    times = list(times_ns)
    return len(times) >= FEWEST and times[-1] - times[0] >= SPAN_NS
