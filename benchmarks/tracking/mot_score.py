"""HOTA, CLEAR and Identity of track rows against truth, by TrackEval, prepared as its MOT15 benchmark does.

MOT15 has no class column: every truth row is a pedestrian, rows flagged 0 are left out, and nothing is taken out of the tracker's rows.
HOTA: Luiten et al., IJCV 2021. CLEAR: Bernardin and Stiefelhagen, 2008. IDF1: Ristani et al., 2016.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from console.mot_files import Rows, by_frame
from engine.model.errors import EnvironmentFault
from engine.model.geometry import iou_matrix


@dataclass(frozen=True, slots=True)
class Score:
    """TrackEval's raw results of one sequence or of several pooled."""

    hota: dict[str, Any]
    clear: dict[str, Any]
    identity: dict[str, Any]

    def metrics(self) -> dict[str, float]:
        """The usual figures; shares are in per cent."""
        shares = {
            "hota": self.hota["HOTA"].mean(),
            "deta": self.hota["DetA"].mean(),
            "assa": self.hota["AssA"].mean(),
            "idf1": self.identity["IDF1"],
            "mota": self.clear["MOTA"],
            "recall": self.clear["CLR_Re"],
            "precision": self.clear["CLR_Pr"],
        }
        counts = {"id_switches": float(self.clear["IDSW"]), "fragments": float(self.clear["Frag"])}
        return {name: round(100 * float(value), 2) for name, value in shares.items()} | counts


class Scorer:
    """Holds the metrics; one thread."""

    def __init__(self) -> None:
        """Raises: EnvironmentFault: TrackEval is not installed."""
        try:
            from trackeval.metrics import CLEAR, HOTA, Identity
        except ImportError:
            raise EnvironmentFault(
                "missing_package", "The figures need TrackEval, which is not installed. Run: pip install 'watchroom[bench]'."
            ) from None
        quiet = {"THRESHOLD": 0.5, "PRINT_CONFIG": False}
        self._hota, self._clear, self._identity = HOTA(), CLEAR(quiet), Identity(quiet)

    def score(self, truth: Rows, tracks: Rows, frames: int) -> Score:
        """Both tables sorted by frame."""
        data = _prepared(truth[truth[:, 6] != 0], tracks, frames)
        return Score(self._hota.eval_sequence(data), self._clear.eval_sequence(data), self._identity.eval_sequence(data))

    def pooled(self, scores: dict[str, Score]) -> Score:
        """Sequences pooled as TrackEval combines them: counts are added, not shares averaged."""
        return Score(
            self._hota.combine_sequences({name: score.hota for name, score in scores.items()}),
            self._clear.combine_sequences({name: score.clear for name, score in scores.items()}),
            self._identity.combine_sequences({name: score.identity for name, score in scores.items()}),
        )


def _prepared(truth: Rows, tracks: Rows, frames: int) -> dict[str, Any]:
    true_ids, track_ids = np.unique(truth[:, 1]), np.unique(tracks[:, 1])
    pairs = list(zip(by_frame(truth, frames), by_frame(tracks, frames), strict=True))
    return {
        "num_timesteps": frames,
        "num_gt_ids": len(true_ids),
        "num_tracker_ids": len(track_ids),
        "num_gt_dets": sum(len(true) for true, _ in pairs),
        "num_tracker_dets": sum(len(found) for _, found in pairs),
        "gt_ids": [np.searchsorted(true_ids, true[:, 1]) for true, _ in pairs],
        "tracker_ids": [np.searchsorted(track_ids, found[:, 1]) for _, found in pairs],
        "similarity_scores": [iou_matrix(_corners(true), _corners(found)) for true, found in pairs],
    }


def _corners(rows: Rows) -> Rows:
    return np.hstack([rows[:, 2:4], rows[:, 2:4] + rows[:, 4:6]])
