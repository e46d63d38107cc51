"""A video file read frame by frame for measuring: no pacing, no threads, every frame looked at."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from engine.model.detection import Detections
from engine.model.observation import Motion
from engine.model.settings import CameraSettings, DetectionSettings
from engine.model.time import ManualClock
from engine.sources.camera.protocol import EndOfStream, FrameSource
from engine.sources.camera.source import open_source
from engine.vision.detector import Detector, load_detector
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
    """An opened file. `fps` is its nominal frame rate, 0 where it does not say; `detector_name` that of the detector in use."""

    def __init__(self, source: FrameSource, fps: float, detector: Detector | None) -> None:
        self._source = source
        self._detector = detector
        self._motion = MotionDetector()
        self.fps = fps
        self.detector_name = "" if detector is None else detector.name

    def looks(self) -> Iterator[Look]:
        """Every frame in order, once; then the file is closed. Raises EnvironmentFault where it turns out damaged."""
        try:
            while True:
                for frame in self._source.read().frames:
                    found = Detections.empty() if self._detector is None else self._detector.detect(frame)
                    yield Look(frame.width, frame.height, self._motion.look(frame), found)
        except EndOfStream:
            return
        finally:
            self._source.close()


def open_footage(path: Path, detector: str, smallest: float, detect: bool) -> Footage:
    """Open a video file, with a detector unless `detect` is False. Raises InputError, EnvironmentFault."""
    camera = CameraSettings("video", "Video", str(path), paced=False, loop=False, min_person_share=smallest)
    chosen = load_detector(ModelStore(), DetectionSettings(detector), smallest) if detect else None
    source = open_source(camera, "main", None, ManualClock(), None)
    return Footage(source, source.open().fps, chosen)
