"""From a camera's settings to the thread that reads it, and to a short trial of it."""

from collections.abc import Callable

from engine.model.cameras.frame import CaptureSink, DecodedFrame, StreamInfo
from engine.model.command import Credentials
from engine.model.people.settings import MicrophoneSettings
from engine.model.settings import CameraSettings
from engine.model.time import Clock
from engine.sources.camera.capture import Capture
from engine.sources.camera.find.probe import probe
from engine.sources.camera.protocol import FrameSource, Judge, any_path
from engine.sources.camera.sound.sound import PlaceOf, camera_sound
from engine.sources.camera.source import open_source
from engine.sources.microphone.device import DeviceSource
from engine.sources.microphone.protocol import SoundSource
from engine.sources.microphone.stream import stream_source
from engine.sources.simulated import Stage, simulated_source


def make_capture(
    camera: CameraSettings,
    stream: str,
    credentials: Credentials | None,
    clock: Clock,
    sink: CaptureSink,
    stage: Stage,
    judge: Judge = any_path,
) -> Capture:
    """`judge`: of each file, each time that it is opened."""

    def make_source() -> FrameSource:
        return open_source(camera, stream, credentials, clock, lambda url: simulated_source(url, clock, stage), judge)

    return Capture(camera, stream, make_source, clock, sink)


def make_sound(microphone: MicrophoneSettings, camera: CameraSettings | None, credentials: Credentials | None, clock: Clock) -> SoundSource:
    """Of a device, or of a camera's main stream. Raises InputError where the camera can have no sound."""
    if camera is None:
        return DeviceSource(microphone.id, microphone.device, clock)
    return stream_source(microphone.id, camera.url, camera.transport, credentials, clock)


def make_listening(camera: CameraSettings, credentials: Credentials | None, clock: Clock, place: PlaceOf) -> SoundSource:
    """For somebody who listens. `place`: where in its file the picture is. Raises InputError."""
    return camera_sound(camera, credentials, clock, place)


def try_source(
    camera: CameraSettings, credentials: Credentials | None, clock: Clock, cancelled: Callable[[], bool], judge: Judge
) -> tuple[StreamInfo, DecodedFrame]:
    """What the stream is, and its first picture. Raises InputError, EnvironmentFault."""
    return probe(camera, credentials, clock, lambda url: simulated_source(url, clock), cancelled=cancelled, judge=judge)
