"""The trackers of the library `trackers`: at their defaults, and tuned, with what of a small grid has the best MOTA on the tuning half."""

import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from itertools import product
from typing import Any

import numpy as np

from benchmarks.tracking.mot_score import Scorer
from console.mot_files import MotSequence, Rows, detections_by_frame
from console.progress import step
from engine.model.cameras.detection import Detections
from engine.model.errors import EnvironmentFault

Follow = Callable[[MotSequence], tuple[Rows, float]]
"""Runs one tracker over one sequence; returns its rows and the CPU seconds it took."""

_Setting = dict[str, float]
_GRIDS: dict[str, dict[str, tuple[float, ...]]] = {
    "sort": {"track_activation_threshold": (0.25, 0.5, 0.7), "minimum_consecutive_frames": (1, 3), "minimum_iou_threshold": (0.2, 0.3)},
    "bytetrack": {
        "track_activation_threshold": (0.3, 0.5, 0.7),
        "high_conf_det_threshold": (0.4, 0.6),
        "minimum_consecutive_frames": (1, 2),
    },
    "ocsort": {
        "high_conf_det_threshold": (0.3, 0.4, 0.5, 0.6),
        "minimum_consecutive_frames": (1, 2, 3),
        "minimum_iou_threshold": (0.2, 0.3),
    },
}


def peer_trackers() -> dict[str, Follow]:
    """The peers by name, each at its defaults. Raises: EnvironmentFault: the library is not installed."""
    return {name: _peer(kind, {}) for name, kind in _kinds().items()}


def tuned_peers(tuning: Sequence[MotSequence], scorer: Scorer) -> dict[str, tuple[Follow, _Setting]]:
    """The peers by name, each with the setting that has the best MOTA over `tuning`. Raises: EnvironmentFault: no library."""
    return {name: _tuned(name, kind, tuning, scorer) for name, kind in _kinds().items()}


def _tuned(name: str, kind: Callable[..., Any], tuning: Sequence[MotSequence], scorer: Scorer) -> tuple[Follow, _Setting]:
    best: tuple[float, _Setting] = (-np.inf, {})
    for number, setting in enumerate(_settings(name)):
        step(f"{name} is tuned", number, 0)
        follow = _peer(kind, setting)
        scores = {str(index): scorer.score(one.truth, follow(one)[0], one.frames) for index, one in enumerate(tuning)}
        best = max(best, (scorer.pooled(scores).metrics()["mota"], setting), key=lambda pair: pair[0])
    return _peer(kind, best[1]), best[1]


def _settings(name: str) -> Iterator[_Setting]:
    grid = _GRIDS[name]
    for values in product(*grid.values()):
        yield dict(zip(grid, values, strict=True))


def _kinds() -> dict[str, Callable[..., Any]]:
    try:
        from trackers import ByteTrackTracker, OCSORTTracker, SORTTracker
    except ImportError:
        raise EnvironmentFault(
            "missing_package", "The peers need the library trackers, which is not installed. Run: pip install 'watchroom[bench]'."
        ) from None
    return {"sort": SORTTracker, "bytetrack": ByteTrackTracker, "ocsort": OCSORTTracker}


def _peer(kind: Callable[..., Any], setting: _Setting) -> Follow:
    def follow_as_peer(sequence: MotSequence) -> tuple[Rows, float]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the peers' own notes on their future interfaces
            return _run_peer(kind(**setting), sequence)

    return follow_as_peer


def _run_peer(tracker: Any, sequence: MotSequence) -> tuple[Rows, float]:
    tables, spent = [np.zeros((0, 7))], 0.0
    for frame, found in enumerate(detections_by_frame(sequence.detections, sequence.frames), start=1):
        given = _for_peer(found)
        started = time.process_time()
        result = tracker.update(given)
        spent += time.process_time() - started
        tables.append(_rows_of_peer(result, frame))
    return np.vstack(tables), spent


def _for_peer(found: Detections) -> Any:
    from supervision import Detections as PeerDetections

    return PeerDetections(xyxy=found.boxes_xyxy, confidence=found.confidences, class_id=found.categories.astype(int))


def _rows_of_peer(result: Any, frame: int) -> Rows:
    given = np.flatnonzero(result.tracker_id >= 0)
    box = np.asarray(result.xyxy, np.float64).reshape(-1, 4)[given]
    ids = np.asarray(result.tracker_id, np.float64)[given, None]
    return np.hstack([np.full((len(given), 1), float(frame)), ids, box[:, :2], box[:, 2:] - box[:, :2], np.ones((len(given), 1))])
