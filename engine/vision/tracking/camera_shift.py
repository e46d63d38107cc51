"""The common shift of the picture between two updates (a panning or carried camera), from the boxes alone.

Every pair of a track and a detection of like size votes for the displacement between them; the displacement that most tracks agree on wins
(a generalised Hough transform: Ballard, "Generalizing the Hough transform to detect arbitrary shapes", 1981). It counts only if it explains
clearly more tracks than "no shift", so that a fixed camera is left alone. It plays the part of camera-motion compensation in
BoT-SORT (Aharon et al., arXiv 2206.14651), without needing the picture.
"""

import numpy as np

from engine.vision.tracking.config import TrackerConfig
from engine.vision.tracking.table import Indices, Reals

LIKE_SIZE = 0.2  # largest |ln(height ratio)| of a voting pair
MOST_VOTERS = 40  # tracks; the vote is quadratic in the pairs
LEAST_VOTERS = 3


def common_shift(tracks: Reals, detections: Reals, config: TrackerConfig) -> Reals | None:
    """Shift (2,) in pixels that carries the tracks onto the detections, or None.

    Args:
        tracks: (N, 4) predicted boxes cxcywh of tracks that were seen lately, most trusted first.
        detections: (M, 4) boxes cxcywh.
    """
    tracks = tracks[:MOST_VOTERS]
    if min(len(tracks), len(detections)) < LEAST_VOTERS or config.shift_reach <= 0:
        return None
    voter, moves = _votes(tracks, detections, config.shift_reach)
    if not len(voter):
        return None
    width = config.shift_spread * tracks[voter, 3]
    agreement = _agreement(np.vstack([moves, np.zeros((1, 2))]), moves, width)
    firsts = np.flatnonzero(np.diff(voter, prepend=-1))
    support = np.maximum.reduceat(agreement, firsts, axis=1)  # a track votes once for each shift
    total = support.sum(axis=1)
    best = int(total[:-1].argmax())
    if total[best] <= total[-1] + config.shift_gain or np.count_nonzero(support[best] > 0.3) < LEAST_VOTERS:
        return None
    weights = agreement[best]
    return weights @ moves / weights.sum()


def _votes(tracks: Reals, detections: Reals, reach: float) -> tuple[Indices, Reals]:
    """Index of the voting track (P,), ascending, and the displacement it votes for (P, 2)."""
    moves = detections[None, :, :2] - tracks[:, None, :2]
    height = tracks[:, 3]
    near = np.abs(moves).max(axis=2) < (reach * height)[:, None]
    like = np.abs(np.log(detections[None, :, 3] / height[:, None])) < LIKE_SIZE
    voter, detection = np.nonzero(near & like)
    return voter, moves[voter, detection]


def _agreement(shifts: Reals, moves: Reals, width: Reals) -> Reals:
    """How well each of `shifts` (S, 2) explains each of `moves` (P, 2): (S, P) in 0–1."""
    apart = shifts[:, None] - moves[None]
    return np.exp(-0.5 * (apart**2).sum(axis=2) / width**2)
