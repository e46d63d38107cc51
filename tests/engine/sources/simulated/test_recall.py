"""The engine's own detectors find the walkers, and little else: the demo shows what the product can do, not what it was told."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from engine.model.geometry import iou_matrix
from engine.model.settings import GateSettings
from engine.sources.camera.picture import ArrayPicture
from engine.sources.simulated import DEMO, SimulatedCamera, VisibleWalker
from engine.vision.detector import Detector
from engine.vision.hog import HogDetector
from engine.vision.yolox import YoloxDetector

TIMES = np.arange(0.37, DEMO.period_s, 6.1)
WANTED = GateSettings().min_confidence
Boxes = np.ndarray


@pytest.fixture(scope="module")
def yolox(shared: Path) -> Detector:
    path = shared / "data/models/yolox_nano_kazuhito.onnx"
    if not path.is_file():
        pytest.skip("The YOLOX model is not in the shared data.")
    return YoloxDetector("yolox-nano", path)


def _found(
    cameras: dict[str, SimulatedCamera], detector: Callable[[SimulatedCamera], Detector]
) -> Iterator[tuple[tuple[VisibleWalker, ...], Boxes]]:
    for camera in cameras.values():
        eye = detector(camera)
        for t in TIMES:
            found = eye.detect(ArrayPicture(camera.render(float(t)), 0, 0))
            yield camera.truth(float(t)), found.where(found.confidences >= WANTED).boxes_xyxy


def _recall(rows: list[tuple[tuple[VisibleWalker, ...], Boxes]]) -> dict[str, float]:
    hits: dict[str, list[bool]] = defaultdict(list)
    for truth, boxes in rows:
        for walker in truth:
            if walker.well_visible:
                overlap = iou_matrix(np.array([walker.box_xyxy], np.float32), boxes)
                hits[walker.id].append(bool((overlap > 0.4).any()))
    assert all(len(hits[walker.id]) > 9 for walker in DEMO.walkers)
    return {walker: float(np.mean(values)) for walker, values in hits.items()}


def _false_per_frame(rows: list[tuple[tuple[VisibleWalker, ...], Boxes]]) -> float:
    """Boxes that touch no walker, also none who is half hidden."""
    false = 0
    for truth, boxes in rows:
        known = np.array([walker.box_xyxy for walker in truth], np.float32).reshape(-1, 4)
        false += int((iou_matrix(boxes, known).max(axis=1, initial=0.0) < 0.1).sum())
    return false / len(rows)


def test_yolox_finds_every_walker(cameras: dict[str, SimulatedCamera], yolox: Detector) -> None:
    rows = list(_found(cameras, lambda _: yolox))
    recall = _recall(rows)
    assert min(recall.values()) >= 0.8, recall
    assert _false_per_frame(rows) <= 0.05


def test_the_built_in_detector_finds_every_walker(cameras: dict[str, SimulatedCamera]) -> None:
    rows = list(_found(cameras, lambda camera: HogDetector(camera.plan.min_person_share)))
    recall = _recall(rows)
    assert min(recall.values()) >= 0.8, recall
    assert _false_per_frame(rows) <= 0.1
