"""A video file read frame by frame for measuring: no pacing, no threads, every frame looked at."""

from collections.abc import Iterator
from pathlib import Path

from engine.model.cameras.detection import Detections
from engine.model.cameras.frame import StreamInfo
from engine.model.errors import EnvironmentFault
from engine.model.observation import Motion
from engine.model.settings import CameraSettings, DetectionSettings
from engine.model.time import ManualClock
from engine.model.value_class import dataclass
from engine.sources.camera.protocol import EndOfStream, FrameSource
from engine.sources.camera.source import open_source
from engine.vision.detector import AUTO, LoadedDetector, load_detector
from engine.vision.models import ModelStore
from engine.vision.motion import MotionDetector


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """What there is to see on one frame; sizes in pixels, 0 where there is no picture."""

    width: int
    height: int
    motion: Motion
    detections: Detections


class Footage:
    """An opened file. `fps` is its nominal frame rate, 0 where it does not say; `size` its pictures' width and height in pixels;
    `loaded` the detector in use, `detector_name` its name."""

    def __init__(self, source: FrameSource, info: StreamInfo, detector: LoadedDetector | None) -> None:
        self._source = source
        self._motion = MotionDetector()
        self.loaded = detector
        self.fps = info.fps
        self.size = info.width, info.height
        self.detector_name = "" if detector is None else detector.name

    def looks(self) -> Iterator[Look]:
        """Every frame in order, once; then the file is closed. Raises EnvironmentFault where it turns out damaged."""
        try:
            while True:
                for frame in self._source.read().frames:
                    found = Detections.empty() if self.loaded is None else self.loaded.detect(frame)
                    yield Look(frame.width, frame.height, self._motion.look(frame), found)
        except EndOfStream:
            return
        finally:
            self._source.close()


def open_footage(path: Path, detector: str, smallest: float, detect: bool, fallback: bool = False) -> Footage:
    """Open a video file, with a detector unless `detect` is False.

    Raises InputError; EnvironmentFault: `missing_model`: the detector that is named cannot be used, and `fallback` takes no other.
    """
    camera = CameraSettings("video", "Video", str(path), paced=False, loop=False, min_person_share=smallest)
    chosen = load_detector(ModelStore(), DetectionSettings(detector), smallest) if detect else None
    if chosen is not None and not fallback and detector not in (AUTO, chosen.name):
        raise EnvironmentFault("missing_model", _unusable(detector, chosen))
    source = open_source(camera, "main", None, ManualClock(), None)
    return Footage(source, source.open(), chosen)


def _unusable(detector: str, chosen: LoadedDetector) -> str:
    return (
        f"The detector {detector} cannot be used: {chosen.trouble} "
        f"Install it with `watchroom models install {detector}`, or take {chosen.name} with --fallback or --detector auto."
    )
