"""Small videos made once, and cameras that are always stopped."""

from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from engine.model.command import Credentials
from engine.model.settings import CameraSettings
from engine.model.time import SystemClock
from engine.sources.camera.backoff import Backoff
from engine.sources.camera.capture import Capture
from engine.sources.camera.source import open_source
from tests.fakes.capture_sink import RecordingSink
from tests.fakes.video import Clip, write_clip

CLIPS = {
    "h264.mp4": Clip(),
    "h265.mp4": Clip("libx265"),
    "mjpeg.avi": Clip("mjpeg"),
    "b_frames.mp4": Clip(b_frames=2),
    "small.mp4": Clip(width=128, height=64, frames=25),
    "noisy.mp4": Clip(width=320, height=192, noise=60, frames=50, gop=10),
    "short.mp4": Clip(frames=10),
}


@pytest.fixture(scope="session")
def videos(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("videos")
    return {name: write_clip(folder / name, clip) for name, clip in CLIPS.items()}


@pytest.fixture
def clock() -> SystemClock:
    return SystemClock()


Start = Callable[..., tuple[Capture, RecordingSink]]


@pytest.fixture
def start_capture(clock: SystemClock) -> Iterator[Start]:
    """Start reading an address, with short waits between attempts; stopped at the end of the test."""
    running: list[Capture] = []

    def start(url: str, credentials: Credentials | None = None, decode: bool = True, **settings: Any) -> tuple[Capture, RecordingSink]:
        camera = CameraSettings(f"cam{len(running)}", "Camera", url, **settings)
        sink = RecordingSink()
        backoff = Backoff(Random(1), first_s=0.05, longest_s=0.2)
        capture = Capture(camera, "main", lambda: open_source(camera, "main", credentials, clock), clock, sink, backoff=backoff)
        capture.decode = decode
        running.append(capture)
        capture.start()
        return capture, sink

    yield start
    for capture in running:
        capture.ask_to_stop()
    for capture in running:
        capture.stop()
        assert not capture.running
