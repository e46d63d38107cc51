"""From a camera's settings to the thread that reads it."""

import random
from collections.abc import Callable

from engine.model.command import Credentials
from engine.model.frame import CaptureSink
from engine.model.settings import CameraSettings
from engine.model.time import Clock
from engine.sources.camera.capture import Capture
from engine.sources.camera.source import FrameSource, open_source
from engine.sources.simulated import simulated_source


def make_source(camera: CameraSettings, stream: str, credentials: Credentials | None, clock: Clock) -> FrameSource:
    def simulated(url: str) -> FrameSource:
        return simulated_source(url, clock)

    return open_source(camera, stream, credentials, clock, simulated)


def make_capture(camera: CameraSettings, stream: str, credentials: Credentials | None, clock: Clock, sink: CaptureSink) -> Capture:
    return Capture(camera, stream, lambda: make_source(camera, stream, credentials, clock), clock, sink)
