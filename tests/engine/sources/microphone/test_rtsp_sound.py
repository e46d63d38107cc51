"""The sound of RTSP cameras, from a real server."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from engine.model.errors import EnvironmentFault
from engine.model.health import CameraState
from engine.model.time import SECOND, SystemClock
from engine.sources.camera.backoff import Backoff
from engine.sources.microphone.capture import MicrophoneCapture
from engine.sources.microphone.stream import stream_source
from tests.engine.sources.microphone.test_microphones import Listener
from tests.fakes.rtp_sound import Sound
from tests.fakes.rtsp import RtspServer
from tests.fakes.video import Clip, write_clip
from tests.fakes.waiting import until

TONE_HZ = 440.0


def tone(rate_hz: int, seconds: float = 2.0) -> np.ndarray:
    return (np.sin(2 * np.pi * TONE_HZ * np.arange(round(seconds * rate_hz)) / rate_hz) * 16_000).astype(np.int16)


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_clip(tmp_path_factory.mktemp("films") / "yard.mp4", Clip(width=128, height=64, frames=25))


@pytest.fixture
def server(film: Path) -> Iterator[RtspServer]:
    sounds = {"g711": Sound.encoded(tone(8000), 8000), "aac": Sound.encoded(tone(16_000), 16_000, "aac")}
    with RtspServer({"g711": film, "aac": film, "silent": film}, sounds=sounds) as running:
        yield running


def capture_of(server: RtspServer, name: str, transport: str, listener: Listener) -> MicrophoneCapture:
    make = lambda: stream_source("door", server.url(name), transport, None, SystemClock())  # noqa: E731
    return MicrophoneCapture("door", make, listener, Backoff(first_s=0.05, longest_s=0.1))


@pytest.mark.parametrize(("name", "transport", "rate_hz"), [("g711", "tcp", 8000), ("g711", "udp", 8000), ("aac", "tcp", 16_000)])
def test_the_tone_that_is_sent_is_the_tone_that_is_heard(server: RtspServer, name: str, transport: str, rate_hz: int) -> None:
    listener = Listener()
    capture = capture_of(server, name, transport, listener)
    before_ns = SystemClock().now_ns()
    capture.start()
    until(lambda: sum(len(chunk.samples) for chunk in list(listener.chunks)) >= rate_hz, "a second of sound has come")
    capture.stop()
    assert [state for state, _ in listener.states] == [CameraState.CONNECTING, CameraState.LIVE]
    assert {chunk.rate_hz for chunk in listener.chunks} == {rate_hz}
    heard = np.concatenate([chunk.samples.reshape(-1).astype(np.float64) for chunk in listener.chunks])[rate_hz // 4 :]
    spectrum = np.abs(np.fft.rfft(heard * np.hanning(len(heard))))
    assert np.argmax(spectrum) * rate_hz / len(heard) == pytest.approx(TONE_HZ, abs=3)
    first, last = listener.chunks[0], listener.chunks[-1]
    assert before_ns - 2 * SECOND < first.started_ns < last.started_ns < SystemClock().now_ns()
    sent_ns = sum(len(chunk.samples) for chunk in listener.chunks[:-1]) * SECOND // rate_hz
    assert abs(last.started_ns - first.started_ns - sent_ns) < SECOND // 2


def test_a_camera_without_sound_says_so(server: RtspServer) -> None:
    source = stream_source("door", server.url("silent"), "tcp", None, SystemClock())
    with pytest.raises(EnvironmentFault, match="carries no sound"):
        source.open()
    source.close()


def test_a_camera_that_falls_silent_is_lost_and_comes_back(server: RtspServer) -> None:
    listener = Listener()
    capture = capture_of(server, "g711", "tcp", listener)
    capture.start()
    until(lambda: bool(listener.chunks), "sound has come")
    server.faults.mute = True
    try:
        until(lambda: any(state is CameraState.LOST for state, _ in listener.states), "the line is lost")
    finally:
        server.faults.mute = False
    heard = len(listener.chunks)
    until(lambda: len(listener.chunks) > heard, "sound comes again")
    capture.stop()
    assert listener.states[-1] == (CameraState.LIVE, "")
    lost = [reason for state, reason in listener.states if state is CameraState.LOST]
    assert all("127.0.0.1" in reason for reason in lost)
