"""The clips of the UR Fall detection dataset (Kwolek, Kepski, "Human fall detection on embedded platform using depth maps and wireless
accelerometer", Computer Methods and Programs in Biomedicine 117, 2014), and what detector and pose estimation see on pictures."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine.model.detection import Category, Detections
from engine.model.errors import InputError
from engine.model.frame import Bytes2D
from engine.model.settings import CameraSettings
from engine.model.time import ManualClock
from engine.sources.camera.picture import ArrayPicture
from engine.sources.camera.protocol import EndOfStream, FrameSource
from engine.sources.camera.source import open_source
from engine.vision.detector import Detector

UPRIGHT, FALLING, LYING = -1, 0, 1
_SUFFIX = "-cam0.mp4"


@dataclass(frozen=True, slots=True, eq=False)
class Footage:
    """A video with the people found on each picture. `half`: only its right half is shown.

    `postures`: of each picture, -1 upright, 0 falling, 1 lying; empty where nobody labelled.
    """

    name: str
    path: Path
    half: bool
    fps: float
    people: tuple[Detections, ...]
    postures: tuple[int, ...] = ()

    def pictures(self) -> Iterator[Bytes2D]:
        return _pictures(self.path, self.half)

    def first(self, posture: int) -> int:
        return self.postures.index(posture)


def clips(folder: Path, detector: Detector) -> Iterator[Footage]:
    """Every clip with labels, one at a time.

    Raises:
        InputError: no labels, or a clip without pictures or with other labels than pictures.
    """
    labels = _labels(folder)
    for path in sorted(folder.glob(f"*{_SUFFIX}")):
        name = path.name.removesuffix(_SUFFIX)
        postures = labels.get(name, ())
        if LYING not in postures or FALLING not in postures:
            raise InputError("data", f"labels.csv has nobody who falls and lies in {name}")
        clip = _searched(name, path, True, detector, postures)
        if len(postures) != len(clip.people):
            raise InputError("data", f"labels.csv has {len(postures)} rows for the {len(clip.people)} pictures of {name}")
        yield clip


def street(path: Path, detector: Detector) -> Footage:
    """Any other video, of people among whom nobody falls. Raises InputError, EnvironmentFault."""
    return _searched(path.stem, path, False, detector, ())


def _labels(folder: Path) -> dict[str, tuple[int, ...]]:
    path = folder / "labels.csv"
    if not path.is_file():
        raise InputError("data", f"{folder} holds no labels.csv; give the folder of the UR Fall clips")
    found: dict[str, list[tuple[int, int]]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.reader(file):
            try:
                found.setdefault(row[0], []).append((int(row[1]), int(row[2])))
            except (IndexError, ValueError):
                raise InputError("data", f"labels.csv has a row that is not clip, frame, posture: {','.join(row)[:80]}") from None
    return {name: tuple(posture for _, posture in sorted(rows)) for name, rows in found.items()}


def _searched(name: str, path: Path, half: bool, detector: Detector, postures: tuple[int, ...]) -> Footage:
    found = (detector.detect(ArrayPicture(picture, 0, index)) for index, picture in enumerate(_pictures(path, half)))
    people = tuple(detections.where(detections.categories == Category.PERSON) for detections in found)
    source, fps = _opened(path)
    source.close()
    if not people or not fps:
        raise InputError("data", f"{path.name} holds no pictures, or does not say how fast they were recorded")
    return Footage(name, path, half, fps, people, postures)


def _pictures(path: Path, half: bool) -> Iterator[Bytes2D]:
    """The left half of the clips is depth, the right half colour."""
    source, _ = _opened(path)
    try:
        while True:
            for frame in source.read().frames:
                picture = frame.bgr(frame.width, frame.height)
                yield np.ascontiguousarray(picture[:, frame.width // 2 :]) if half else picture
    except EndOfStream:
        return
    finally:
        source.close()


def _opened(path: Path) -> tuple[FrameSource, float]:
    source = open_source(CameraSettings("video", "Video", str(path), paced=False, loop=False), "main", None, ManualClock(), None)
    return source, source.open().fps
