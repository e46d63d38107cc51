"""Trying a camera before it is added: connect, one picture, close."""

import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager

from engine.model.cameras.frame import DecodedFrame, StreamInfo
from engine.model.command import Credentials
from engine.model.errors import EnvironmentFault
from engine.model.settings import CameraSettings
from engine.model.time import Clock
from engine.sources.camera.protocol import EndOfStream, FrameSource, Judge, SimulatedFactory, any_path
from engine.sources.camera.source import open_source

_TICK_S = 0.05


def probe(
    settings: CameraSettings,
    credentials: Credentials | None,
    clock: Clock,
    simulated: SimulatedFactory | None = None,
    *,
    stream: str = "main",
    timeout_s: float = 10.0,
    cancelled: Callable[[], bool] = lambda: False,
    judge: Judge = any_path,
) -> tuple[StreamInfo, DecodedFrame]:
    """What the stream is, and its first picture. Blocks the calling thread; it ends soon after `cancelled()` turns true.

    Raises:
        InputError: the address makes no sense.
        EnvironmentFault: as from `FrameSource`; reason `timeout` after `timeout_s`, `cancelled` when cancelled.
    """
    source = open_source(settings, stream, credentials, clock, simulated, judge)
    until_s = time.monotonic() + timeout_s
    fault: EnvironmentFault | None = None
    try:
        with _interrupted_when(source, cancelled, until_s):
            return _first_picture(source, until_s)
    except EndOfStream:
        fault = EnvironmentFault("no_picture", "The file holds no picture. Choose another one.")
    except EnvironmentFault as error:
        fault = error
    finally:
        source.close()
    if cancelled():
        raise EnvironmentFault("cancelled", "The test was cancelled.")
    if time.monotonic() >= until_s:
        raise EnvironmentFault("timeout", f"No picture came within {timeout_s:g} s. Check the address, and that the camera sends.")
    raise fault


def _first_picture(source: FrameSource, until_s: float) -> tuple[StreamInfo, DecodedFrame]:
    info = source.open()
    while time.monotonic() < until_s:
        reading = source.read()
        info = reading.info or info
        if reading.frames:
            return info, reading.frames[0]
    raise EnvironmentFault("timeout", "No picture came in time.")


@contextmanager
def _interrupted_when(source: FrameSource, cancelled: Callable[[], bool], until_s: float) -> Generator[None]:
    """A second thread ends the source's blocking call when asked to, or when time is up."""
    done = threading.Event()

    def watch() -> None:
        while not done.wait(_TICK_S):
            if cancelled() or time.monotonic() >= until_s:
                source.interrupt()
                return

    watcher = threading.Thread(target=watch, name="probe-watch")
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()
