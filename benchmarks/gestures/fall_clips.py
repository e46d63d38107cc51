"""The clips of the UR Fall detection dataset (Kwolek, Kepski, "Human fall detection on embedded platform using depth maps and wireless
accelerometer", Computer Methods and Programs in Biomedicine 117, 2014), and what detector and pose estimation see on pictures."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from console.progress import step
from console.skipped import Skipped
from engine.model.cameras.detection import Category, Detections
from engine.model.cameras.frame import Bytes2D
from engine.model.errors import EnvironmentFault, InputError
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


def clips(folder: Path, detector: Detector, skipped: Skipped) -> list[Footage]:
    """Every clip with labels; `skipped` takes clips that cannot be read and labels that do not fit.

    Raises:
        InputError: no labels, or no clip is left.
    """
    labels = _labels(folder, skipped)
    paths = sorted(folder.glob(f"*{_SUFFIX}"))
    found = [clip for path in paths if (clip := _clip(path, labels, detector, skipped)) is not None]
    if not found:
        raise skipped.nothing_usable("data", folder, "no clip")
    return found


def _clip(path: Path, labels: dict[str, tuple[int, ...]], detector: Detector, skipped: Skipped) -> Footage | None:
    name = path.name.removesuffix(_SUFFIX)
    postures = labels.get(name, ())
    if LYING not in postures or FALLING not in postures:
        skipped.add(path, 0, "labels.csv has nobody who falls and lies in it")
        return None
    try:
        clip = _searched(name, path, True, detector, postures)
    except (InputError, EnvironmentFault) as error:
        skipped.add(path, 0, str(error))
        return None
    if len(postures) != len(clip.people):
        skipped.add(path, 0, f"labels.csv has {len(postures)} rows for its {len(clip.people)} pictures")
        return None
    return clip


def street(path: Path, detector: Detector) -> Footage:
    """Any other video, of people among whom nobody falls. Raises InputError, EnvironmentFault."""
    return _searched(path.stem, path, False, detector, ())


def _labels(folder: Path, skipped: Skipped) -> dict[str, tuple[int, ...]]:
    path = folder / "labels.csv"
    if not path.is_file():
        raise InputError("data", f"{folder} holds no labels.csv; give the folder of the UR Fall clips")
    found: dict[str, list[tuple[int, int]]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for line, row in enumerate(csv.reader(file), start=1):
            try:
                found.setdefault(row[0], []).append((int(row[1]), int(row[2])))
            except (IndexError, ValueError):
                skipped.add(path, line, f"is not clip, frame, posture: {','.join(row)[:80]}")
    return {name: tuple(posture for _, posture in sorted(rows)) for name, rows in found.items()}


def _searched(name: str, path: Path, half: bool, detector: Detector, postures: tuple[int, ...]) -> Footage:
    people = tuple(_people(detector, picture, index, name) for index, picture in enumerate(_pictures(path, half)))
    source, fps = _opened(path)
    source.close()
    if not people or not fps:
        raise InputError("data", f"{path.name} holds no pictures, or does not say how fast they were recorded")
    return Footage(name, path, half, fps, people, postures)


def _people(detector: Detector, picture: Bytes2D, index: int, name: str) -> Detections:
    found = detector.detect(ArrayPicture(picture, 0, index))
    step(f"pictures of {name} searched", index + 1)
    return found.where(found.categories == Category.PERSON)


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
