"""Cameras with recorded video whose every picture shows which camera it is from and which picture it is."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from engine.model.cameras.segment import Segment
from engine.model.time import MILLISECOND
from tests.engine.recording.footages import FRAME_NS, Encoding, write
from tests.engine.recording.streams import START_NS, seen
from tests.fakes.engine import FakeEngine

PER_FILE = 50


@dataclass
class RecordedCameras:
    """`cameras` with `files` segments of 50 pictures each at 25 a second; camera n begins n × 7 ms later, so that none is in phase."""

    folder: Path
    cameras: tuple[str, ...]
    files: int = 2
    encoding: Encoding = field(default_factory=lambda: Encoding(width=160, height=96))
    segments: tuple[Segment, ...] = ()

    def started_ns(self, camera_id: str) -> int:
        return START_NS + self.cameras.index(camera_id) * 7 * MILLISECOND

    def at(self, camera_id: str, picture: float) -> int:
        return self.started_ns(camera_id) + round(picture * FRAME_NS)

    def picture_at(self, camera_id: str, at_ns: int) -> int:
        """The number of the picture that the camera showed at a time."""
        return (at_ns - self.started_ns(camera_id)) // FRAME_NS

    def make(self, engine: FakeEngine) -> "RecordedCameras":
        """Record them, and enter them into an engine."""
        self.segments = tuple(self._segments())
        return self.enter(engine)

    def enter(self, engine: FakeEngine) -> "RecordedCameras":
        """What was recorded already."""
        for camera_id in self.cameras:
            if engine.settings.camera(camera_id) is None:
                engine.add_camera(camera_id, camera_id.title())
        engine.add_segments(self.folder, self.segments)
        return self

    def _segments(self) -> Iterator[Segment]:
        for number, camera_id in enumerate(self.cameras):
            for part in range(self.files):
                file = f"{camera_id}-{part}{self.encoding.suffix}"
                write(self.folder / file, PER_FILE, part * PER_FILE, self.encoding, number)
                since, until = self.at(camera_id, part * PER_FILE), self.at(camera_id, (part + 1) * PER_FILE)
                size = (self.folder / file).stat().st_size
                yield Segment(f"sg-{camera_id}-{part}", camera_id, since, until, file, size, "h264", 160, 96)


def shows(pixels: npt.NDArray[np.uint8] | None) -> tuple[int, int]:
    """(camera, picture) that BGRA pixels show."""
    assert pixels is not None
    return seen(np.ascontiguousarray(pixels[:, :, :3]))
