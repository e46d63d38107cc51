"""What operations of several sides need of the cameras: their units and their clips."""

from typing import Protocol

from engine.runtime.cameras.cameras import Cameras
from engine.runtime.cameras.clip_side import ClipSide


class CameraAccess(Protocol):
    @property
    def cameras(self) -> Cameras: ...

    @property
    def clips(self) -> ClipSide: ...
