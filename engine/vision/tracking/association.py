"""Which detection belongs to which track.

In stages, as ByteTrack does (Zhang et al., "ByteTrack: Multi-Object Tracking by Associating Every Detection Box", ECCV 2022): strong
detections first, weak ones only carry on what is already known. Confirmed tracks choose before tentative ones (the cascade of DeepSORT,
Wojke et al., ICIP 2017), so that a passing double detection does not take a person's id. Boxes are compared by intersection over union less
a penalty for unlike height, a cue that survives crossings (Hybrid-SORT: Yang et al., AAAI 2024).
"""

import numpy as np

from engine._assignment import best_pairs
from engine.model.geometry import Floats
from engine.vision.tracking.config import TrackerConfig
from engine.vision.tracking.table import Indices, Mask, Reals

FORBIDDEN = -np.inf


def similarity(tracks: Reals, detections: Reals, size_weight: float) -> Reals:
    """(N, M) of boxes cxcywh (N, 4) and (M, 4): at most 1."""
    half_tracks, half_detections = tracks[:, None, 2:] / 2, detections[None, :, 2:] / 2
    centre_tracks, centre_detections = tracks[:, None, :2], detections[None, :, :2]
    right = np.minimum(centre_tracks + half_tracks, centre_detections + half_detections)
    left = np.maximum(centre_tracks - half_tracks, centre_detections - half_detections)
    common = np.maximum(right - left, 0).prod(axis=2)
    union = (tracks[:, 2] * tracks[:, 3])[:, None] + detections[:, 2] * detections[:, 3] - common
    unlike = np.abs(np.log(tracks[:, 3])[:, None] - np.log(detections[:, 3]))
    return common / union - size_weight * unlike


def add_appearance(scores: Reals, tracks: Floats, detections: Floats, config: TrackerConfig) -> Reals:
    """Raise or lower `scores` (N, M) by the cosine of unit vectors (N, D) and (M, D); a track without a look yet is left as it is."""
    known = np.any(tracks != 0, axis=1)[:, None]
    gain = config.appearance_weight * (tracks @ detections.T - config.appearance_neutral)
    return scores + np.where(known, gain, 0.0)


def associate(scores: Reals, confirmed: Mask, strong: Mask, config: TrackerConfig) -> Indices:
    """For every track (N,) the index of its detection, or -1.

    Args:
        scores: (N, M) similarities; `FORBIDDEN` where a pair cannot be.
        confirmed: (N,) tracks that choose first. `strong`: (M,) detections that are trusted.
    """
    chosen = np.full(scores.shape[0], -1, np.intp)
    free = np.ones(scores.shape[1], np.bool_)
    for tracks, detections, gate in (
        (confirmed, strong, config.gate),
        (~confirmed, strong, config.gate),
        (confirmed, ~strong, config.weak_gate),
    ):
        rows, columns = np.flatnonzero(tracks & (chosen < 0)), np.flatnonzero(detections & free)
        if len(rows) and len(columns):
            first, second = _best_pairs(scores[rows[:, None], columns], gate)
            chosen[rows[first]] = columns[second]
            free[columns[second]] = False
    return chosen


def _best_pairs(scores: Reals, gate: float) -> tuple[Indices, Indices]:
    """The assignment of greatest total similarity above the gate (Kuhn 1955; Jonker and Volgenant 1987), without the pairs below it."""
    worth = np.maximum(scores - gate, 0.0)
    first, second = best_pairs(worth)
    good = worth[first, second] > 0
    return first[good], second[good]
