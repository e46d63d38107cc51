"""Figures of the people tracker alone, beside the trackers of the library `trackers`: boxes of MOTChallenge sequences in, tracks out.

Every tracker gets the same boxes and `calibrated` confidences and has its default settings (the peers score higher on these sequences with
their default time-out in frames than with one scaled to the frame rate). Speed is frames per second of CPU time spent in the tracker, one
thread; ours includes handing out the tracks of every frame.
"""

import time
import warnings
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import scipy.optimize  # noqa: F401  (the tracker loads it when it is first needed, which is not to be in the figures)

from benchmarks.tracking.mot_score import Score, Scorer
from console.analysis import follow_boxes
from console.mot_files import MotSequence, Rows, detections_by_frame, read_sequence
from console.progress import step
from engine.model.cameras.detection import Detections
from engine.model.cameras.track import Track
from engine.model.errors import EnvironmentFault, NotFound
from engine.vision.tracking import Tracker

_FRAMES_PER_SECOND_TARGET = 2000.0

_Follow = Callable[[MotSequence], tuple[Rows, float]]
"""Runs one tracker over one sequence; returns its rows and the CPU seconds it took."""


def run(mot_folder: Path, sequences: list[str] | None = None) -> dict[str, Any]:
    """Follow the people of every sequence, with our tracker and with the peers.

    Args:
        mot_folder: holds one folder for each sequence, with `det/det.txt`, `gt/gt.txt` and `seqinfo.ini`.
        sequences: names of those to take; None takes all.

    Returns:
        `{"bench", "cases", "peers", "targets"}` of the bench contract. The case "pooled" is over all sequences.

    Raises:
        NotFound: the folder has no such sequence, or none at all.
        InputError, EnvironmentFault: a file is damaged or missing, or a package for the bench is not installed.
    """
    chosen = [read_sequence(folder) for folder in _folders(mot_folder, sequences)]
    scorer = Scorer()
    cases = _cases("watchroom", follow, chosen, scorer)
    peers = [case for name, peer in peer_trackers().items() for case in _cases(name, peer, chosen, scorer)]
    return {"bench": "tracking", "cases": cases, "peers": peers, "targets": _targets(cases, peers)}


def _folders(mot_folder: Path, sequences: list[str] | None) -> list[Path]:
    present = sorted(path.parent for path in mot_folder.glob("*/seqinfo.ini"))
    missing = set(sequences or ()) - {folder.name for folder in present}
    if missing or not present:
        wanted = ", ".join(sorted(missing)) or "with seqinfo.ini"
        raise NotFound(f"{mot_folder} has no sequence {wanted}. Give the folder that holds the MOTChallenge sequences.")
    return [folder for folder in present if sequences is None or folder.name in sequences]


def _cases(name: str, tracker: _Follow, sequences: Iterable[MotSequence], scorer: Scorer) -> list[dict[str, Any]]:
    scores: dict[str, Score] = {}
    cases: list[dict[str, Any]] = []
    frames, seconds = 0, 0.0
    for sequence in sequences:
        step(f"{name} follows", len(cases), 0)
        rows, spent = tracker(sequence)
        scores[sequence.name] = scorer.score(sequence.truth, rows, sequence.frames)
        cases.append(_case(name, sequence.name, scores[sequence.name], sequence.frames / max(spent, 1e-9)))
        frames, seconds = frames + sequence.frames, seconds + spent
    return [*cases, _case(name, "pooled", scorer.pooled(scores), frames / max(seconds, 1e-9))]


def _case(tracker: str, sequence: str, score: Score, frames_per_s: float) -> dict[str, Any]:
    metrics = score.metrics() | {"frames_per_s": round(frames_per_s)}
    return {"name": f"{tracker} {sequence}", "params": {"tracker": tracker, "sequence": sequence}, "metrics": metrics}


def follow(sequence: MotSequence) -> tuple[Rows, float]:
    """The product's own way: `watchroom analyse --detections … --size … --mot` writes these rows. The seconds are the tracker's alone."""
    spent: list[float] = []

    def timed(name: str) -> Tracker:
        return _TimedTracker(name, spent)

    found = detections_by_frame(sequence.detections, sequence.frames)
    return follow_boxes(found, sequence.size, sequence.fps, tracker=timed).rows.table(), sum(spent)


class _TimedTracker(Tracker):
    """Notes the CPU seconds that every call took."""

    def __init__(self, name: str, spent: list[float]) -> None:
        super().__init__(name)
        self._spent = spent

    def update(
        self, detections: Detections, at_ns: int, number: int, frame_size: tuple[int, int] | None = None, engine_id: str = ""
    ) -> None:
        started = time.process_time()
        super().update(detections, at_ns, number, frame_size, engine_id)
        self._spent.append(time.process_time() - started)

    def tracks(self, at_ns: int) -> tuple[Track, ...]:
        started = time.process_time()
        found = super().tracks(at_ns)
        self._spent.append(time.process_time() - started)
        return found


def peer_trackers() -> dict[str, _Follow]:
    """The peers by name. Raises: EnvironmentFault: the library is not installed."""
    try:
        from trackers import ByteTrackTracker, OCSORTTracker, SORTTracker
    except ImportError:
        raise EnvironmentFault(
            "missing_package", "The peers need the library trackers, which is not installed. Run: pip install 'watchroom[bench]'."
        ) from None
    return {"sort": _peer(SORTTracker), "bytetrack": _peer(ByteTrackTracker), "ocsort": _peer(OCSORTTracker)}


def _peer(kind: Callable[..., Any]) -> _Follow:
    def follow_as_peer(sequence: MotSequence) -> tuple[Rows, float]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the peers' own notes on their future interfaces
            return _run_peer(kind(), sequence)

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


def _targets(cases: list[dict[str, Any]], peers: list[dict[str, Any]]) -> list[dict[str, Any]]:
    ours = cases[-1]["metrics"]
    theirs = [case["metrics"] for case in peers if case["params"]["sequence"] == "pooled"]
    best = {"hota": max(m["hota"] for m in theirs), "idf1": max(m["idf1"] for m in theirs)}
    fewest = min(m["id_switches"] for m in theirs)
    above = [
        {"metric": f"pooled {name} above the best peer", "target": value, "measured": ours[name], "met": ours[name] > value}
        for name, value in best.items()
    ]
    switches = ours["id_switches"]
    speed = ours["frames_per_s"]
    return [
        *above,
        {"metric": "pooled id_switches at most the best peer's", "target": fewest, "measured": switches, "met": switches <= fewest},
        {"metric": "frames_per_s", "target": _FRAMES_PER_SECOND_TARGET, "measured": speed, "met": speed >= _FRAMES_PER_SECOND_TARGET},
    ]
