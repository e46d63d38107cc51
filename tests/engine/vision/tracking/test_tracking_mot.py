"""Real detections of a crowd (MOT15 PETS09-S2L1): how well it is followed, against floors a little below what is reached."""

from pathlib import Path

import numpy as np
import pytest

from engine.model.cameras.detection import Detections
from engine.model.cameras.track import TrackStatus
from engine.model.geometry import iou_matrix
from engine.model.time import SECOND
from engine.vision.tracking import Tracker


def rows(path: Path) -> np.ndarray:
    return np.loadtxt(path, delimiter=",", usecols=range(7))


@pytest.fixture(scope="module")
def pets(shared: Path) -> Path:
    return shared / "data" / "mot" / "PETS09-S2L1"


@pytest.mark.parametrize("every", [1, 2], ids=["7 Hz", "3.5 Hz"])
def test_people_of_a_real_scene_are_followed(pets: Path, every: int) -> None:
    """Of the true boxes, how many carry the id that their person carries most of the time (a plain form of IDF1's recall)."""
    found, truth = rows(pets / "det" / "det.txt"), rows(pets / "gt" / "gt.txt")
    truth = truth[truth[:, 6] != 0]
    tracker, named = Tracker("pets"), dict[int, list[str]]()
    for frame in range(1, 796, every):
        here = found[found[:, 0] == frame]
        at_ns = (frame - 1) * SECOND // 7
        tracker.update(Detections.people(corners(here), here[:, 6]), at_ns, frame)
        tracks = [t for t in tracker.tracks(at_ns) if t.status is TrackStatus.CONFIRMED]
        true = truth[truth[:, 0] == frame]
        if tracks and len(true):
            overlap = iou_matrix(corners(true), np.array([t.box_xyxy for t in tracks]))
            for person, best in zip(true[:, 1], overlap, strict=True):
                named.setdefault(int(person), []).append(tracks[int(best.argmax())].id if best.max() >= 0.5 else "")
    ids = [[name for name in names if name] for names in named.values()]
    most = sum(max((names.count(name) for name in set(names)), default=0) for names in ids)
    total = sum(len(names) for names in named.values())
    assert sum(len(names) for names in ids) / total > 0.72
    assert most / total > 0.42


def corners(table: np.ndarray) -> np.ndarray:
    return np.hstack([table[:, 2:4], table[:, 2:4] + table[:, 4:6]])
