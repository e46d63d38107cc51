"""Frames out of arrays and files, and how well boxes match the truth."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from engine._opencv import cv2
from engine.model.cameras.detection import Category, Detections
from engine.model.cameras.frame import DecodedFrame
from engine.model.geometry import iou_matrix
from engine.model.time import SECOND

Pixels = npt.NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class ArrayFrame:
    """A `DecodedFrame` over (H, W, 3) BGR pixels."""

    pixels: Pixels
    index: int = 0
    captured_ns: int = 0

    @property
    def width(self) -> int:
        return self.pixels.shape[1]

    @property
    def height(self) -> int:
        return self.pixels.shape[0]

    def luma(self) -> Pixels:
        return cv2.cvtColor(self.pixels, cv2.COLOR_BGR2GRAY)

    def bgr(self, width: int, height: int) -> Pixels:
        return np.ascontiguousarray(cv2.resize(self.pixels, (width, height)))

    def bgra(self, width: int, height: int) -> Pixels:
        return cv2.cvtColor(self.bgr(width, height), cv2.COLOR_BGR2BGRA)


def video_frames(path: Path, every: int = 1, fps: float = 25.0) -> Iterator[ArrayFrame]:
    """Each `every`-th frame of a file, with its index and time."""
    video = cv2.VideoCapture(str(path))
    index = 0
    while True:
        more, pixels = video.read() if index % every == 0 else (video.grab(), None)
        if not more:
            break
        if pixels is not None:
            yield ArrayFrame(pixels, index, round(index / fps * SECOND))
        index += 1
    video.release()


def true_boxes(path: Path, scale: float) -> dict[int, npt.NDArray[np.float64]]:
    """MOTChallenge truth by 0-based frame: boxes (N, 4) xyxy in pixels × `scale`."""
    rows = np.loadtxt(path, delimiter=",")
    boxes = np.hstack([rows[:, 2:4], rows[:, 2:4] + rows[:, 4:6]]) * scale
    return {int(frame) - 1: boxes[rows[:, 0] == frame] for frame in np.unique(rows[:, 0])}


def average_precision(
    detect: Callable[[DecodedFrame], Detections], frames: list[ArrayFrame], truth: dict[int, npt.NDArray[np.float64]]
) -> float:
    """Area under the precision-recall curve of people at IoU 0.5, all points (as in VOC 2010)."""
    judged: list[tuple[float, bool]] = []
    for frame in frames:
        found = detect(frame)
        people = found.where(found.categories == Category.PERSON)
        judged += judge(people, truth[frame.index])
    judged.sort(key=lambda one: -one[0])
    right = np.cumsum([hit for _, hit in judged])
    precision = np.maximum.accumulate((right / np.arange(1, len(right) + 1))[::-1])[::-1]
    recall = right / sum(len(truth[frame.index]) for frame in frames)
    return float(np.sum(np.diff(recall, prepend=0.0) * precision))


def judge(people: Detections, truth: npt.NDArray[np.float64]) -> list[tuple[float, bool]]:
    """(confidence, is right) of each detection: the best first, each true box once."""
    overlaps = iou_matrix(people.boxes_xyxy, truth)
    judged: list[tuple[float, bool]] = []
    for row in np.argsort(-people.confidences):
        column = int(overlaps[row].argmax())
        hit = overlaps[row, column] >= 0.5
        if hit:
            overlaps[:, column] = 0
        judged.append((float(people.confidences[row]), bool(hit)))
    return judged
