"""Figures of the people tracker alone, beside the trackers of the library `trackers`: boxes of MOTChallenge sequences in, tracks out.

Every tracker gets the same boxes and `calibrated` confidences. Over all sequences the peers have their default settings (they score higher
with their default time-out in frames than with one scaled to the frame rate); where a half is named, the peers tuned on the tuning half
follow too, and an interval says how sure the difference to the best of them is. Speed is frames per second of CPU time spent in the
tracker, one thread; ours includes handing out the tracks of every frame.
"""

import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import scipy.optimize  # noqa: F401  (the tracker loads it when it is first needed, which is not to be in the figures)

from benchmarks import report
from benchmarks.tracking.halves import ALL, HELD_OUT, TUNING, half_of
from benchmarks.tracking.interval import STRETCH, Followed, difference
from benchmarks.tracking.made_street import FRAMES, HELD_OUT_SEEDS, TUNING_SEEDS, made_street
from benchmarks.tracking.mot_score import Score, Scorer
from benchmarks.tracking.peers import Follow, peer_trackers, tuned_peers
from console.analysis import follow_boxes
from console.mot_files import MotSequence, Rows, detections_by_frame, read_sequence
from console.progress import step
from console.skipped import Skipped
from engine.model.cameras.detection import Detections
from engine.model.cameras.track import Track
from engine.model.errors import NotFound
from engine.vision.tracking import Tracker

_FRAMES_PER_SECOND_TARGET = 2000.0

_TUNED_ON_SEEDS = 8  # made-up streets that the peers are tuned on


def run(mot_folder: Path, sequences: list[str] | None = None, half: str = ALL) -> dict[str, Any]:
    """Follow the people of every sequence, with our tracker and with the peers. A damaged sequence is left out, named and counted.

    Args:
        mot_folder: holds one folder for each sequence, with `det/det.txt`, `gt/gt.txt` and `seqinfo.ini`.
        sequences: names of those to take; None takes all.
        half: of `halves`.

    Returns:
        `{"bench", "cases", "peers", "targets"}` of the bench contract. The case "pooled" is over all sequences.

    Raises:
        NotFound: the folder has no such sequence, or none at all.
        InputError (`mot`): none of the half can be used. EnvironmentFault: a file is missing, or a package for the bench is not installed.
    """
    skipped = Skipped()
    chosen = _of_half(_folders(mot_folder, sequences), half, skipped)
    skipped.tell()
    if not chosen:
        raise skipped.nothing_usable("mot", mot_folder, "no sequence of this half")
    tuning = [] if half == ALL else _of_half(_folders(mot_folder, None), TUNING, Skipped())
    return _measured(chosen, tuning, STRETCH) | {"skipped": skipped.plain()}


def run_made(seeds: int, half: str) -> dict[str, Any]:
    """The same on `seeds` made-up streets of one half; the peers are tuned on those of the tuning half."""
    numbers = HELD_OUT_SEEDS if half == HELD_OUT else TUNING_SEEDS
    streets = [made_street(seed) for seed in numbers[:seeds]]
    return _measured(streets, [made_street(seed) for seed in TUNING_SEEDS[:_TUNED_ON_SEEDS]], FRAMES)


def _of_half(folders: Iterable[Path], half: str, skipped: Skipped) -> list[MotSequence]:
    read = (skipped.read_or_skip(folder, 0, lambda folder=folder: read_sequence(folder)) for folder in folders)
    return [part for sequence in read if sequence is not None and (part := half_of(sequence, half)) is not None]


def _measured(chosen: Sequence[MotSequence], tuning: Sequence[MotSequence], stretch: int) -> dict[str, Any]:
    """`tuning`: what the peers are tuned on; without, they have their defaults only. `stretch`: frames that are drawn together."""
    scorer = Scorer()
    cases, ours = _cases("watchroom", follow, chosen, scorer)
    peers: list[report.Case] = []
    best: tuple[float, str, list[Rows]] | None = None
    for name, (peer, setting) in _peers(tuning, scorer).items():
        rows_of_peer, tracks = _cases(name, peer, chosen, scorer, setting)
        peers += rows_of_peer
        mota = rows_of_peer[-1]["metrics"]["mota"]
        best = (mota, name, tracks) if setting and (best is None or mota > best[0]) else best
    if best is not None:
        pairs = [Followed(*each) for each in zip(chosen, ours, best[2], strict=True)]
        cases.insert(len(cases) - 1, report.case(f"less {best[1]}, 95 %", {}, difference(scorer, pairs, stretch)))
    return {"bench": "tracking", "cases": cases, "peers": peers, "targets": _targets(cases, peers)}


def _peers(tuning: Sequence[MotSequence], scorer: Scorer) -> dict[str, tuple[Follow, dict[str, float]]]:
    """At their defaults, and where there is something to tune them on, tuned; with their settings."""
    plain: dict[str, tuple[Follow, dict[str, float]]] = {name: (peer, {}) for name, peer in peer_trackers().items()}
    return plain | ({f"{name} tuned": found for name, found in tuned_peers(tuning, scorer).items()} if tuning else {})


def _folders(mot_folder: Path, sequences: list[str] | None) -> list[Path]:
    present = sorted(path.parent for path in mot_folder.glob("*/seqinfo.ini"))
    missing = set(sequences or ()) - {folder.name for folder in present}
    if missing or not present:
        wanted = ", ".join(sorted(missing)) or "with seqinfo.ini"
        raise NotFound(f"{mot_folder} has no sequence {wanted}. Give the folder that holds the MOTChallenge sequences.")
    return [folder for folder in present if sequences is None or folder.name in sequences]


def _cases(
    name: str, tracker: Follow, sequences: Iterable[MotSequence], scorer: Scorer, setting: dict[str, float] | None = None
) -> tuple[list[report.Case], list[Rows]]:
    """A case for each sequence and one for all, and the rows of each sequence."""
    scores: dict[str, Score] = {}
    cases: list[report.Case] = []
    tracks: list[Rows] = []
    frames, seconds = 0, 0.0
    for sequence in sequences:
        step(f"{name} follows", len(cases), 0)
        rows, spent = tracker(sequence)
        tracks.append(rows)
        scores[sequence.name] = scorer.score(sequence.truth, rows, sequence.frames)
        cases.append(_case(name, sequence.name, scores[sequence.name], sequence.frames / max(spent, 1e-9), setting))
        frames, seconds = frames + sequence.frames, seconds + spent
    return [*cases, _case(name, "pooled", scorer.pooled(scores), frames / max(seconds, 1e-9), setting)], tracks


def _case(tracker: str, sequence: str, score: Score, frames_per_s: float, setting: dict[str, float] | None) -> report.Case:
    metrics = score.metrics() | {"frames_per_s": round(frames_per_s)}
    params: dict[str, Any] = {"tracker": tracker, "sequence": sequence} | (setting or {})
    return report.case(f"{tracker} {sequence}", params, metrics)


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


def _targets(cases: list[report.Case], peers: list[report.Case]) -> list[dict[str, Any]]:
    ours = cases[-1]["metrics"]
    theirs = [case["metrics"] for case in peers if case["params"]["sequence"] == "pooled"]
    best = [
        report.above(f"pooled {name} above the best peer", max(m[name] for m in theirs), ours[name]) for name in ("hota", "idf1", "mota")
    ]
    fewest = report.at_most("pooled id_switches at most the best peer's", min(m["id_switches"] for m in theirs), ours["id_switches"])
    return [*best, fewest, report.at_least("frames_per_s", _FRAMES_PER_SECOND_TARGET, ours["frames_per_s"])]
