"""Microphones: devices through a fake PortAudio, the sound of files, and the thread that reads them."""

import sys
import threading
import wave
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from engine.model.errors import EnvironmentFault, InputError
from engine.model.health import CameraState
from engine.model.people.speech import SoundChunk
from engine.model.time import SECOND, ManualClock, SystemClock
from engine.sources.camera.backoff import Backoff
from engine.sources.microphone.capture import MicrophoneCapture
from engine.sources.microphone.device import DeviceSource, devices, port_audio
from engine.sources.microphone.protocol import SoundSource
from engine.sources.microphone.stream import stream_source
from tests.fakes.media import write_mp4
from tests.fakes.waiting import until

NOW_NS = 1_700_000_000 * SECOND


class PortAudioError(Exception):
    pass


class FakeAudio:
    """As much of sounddevice as is used. `streams` are those that were opened."""

    PortAudioError = PortAudioError

    def __init__(self, inputs: tuple[str, ...] = ("Loudspeaker", "Built-in", "USB mic"), refuses: bool = False) -> None:
        self.inputs = inputs
        self.refuses = refuses
        self.streams: list[Any] = []
        self.default = SimpleNamespace(device=(2, 0))

    def query_devices(self) -> list[dict[str, Any]]:
        return [
            {"name": name, "hostapi": 0, "max_input_channels": int(name != "Loudspeaker"), "default_samplerate": 48_000.0}
            for name in self.inputs
        ]

    def query_hostapis(self) -> list[dict[str, str]]:
        return [{"name": "ALSA"}]

    def InputStream(self, **options: Any) -> Any:
        if self.refuses:
            raise PortAudioError("Device unavailable")
        stream = SimpleNamespace(options=options, closed=False, start=lambda: None)
        stream.close = lambda ignore_errors: setattr(stream, "closed", True)
        self.streams.append(stream)
        return stream


class Listener:
    def __init__(self) -> None:
        self.states: list[tuple[CameraState, str]] = []
        self.chunks: list[SoundChunk] = []

    def on_sound(self, chunk: SoundChunk) -> None:
        self.chunks.append(chunk)

    def on_state(self, microphone_id: str, state: CameraState, reason: str) -> None:
        self.states.append((state, reason))


def wav(path: Path, seconds: float = 0.5, rate_hz: int = 22_050, channels: int = 2) -> Path:
    tone = np.sin(2 * np.pi * 440 * np.arange(round(seconds * rate_hz)) / rate_hz) * 16_000
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes(np.repeat(tone.astype(np.int16), channels).tobytes())
    return path


def test_inputs_only_and_the_default_first() -> None:
    found = devices(FakeAudio())
    assert [(one.title, one.default) for one in found] == [("USB mic", True), ("Built-in", False)]
    assert found[0].key == "USB mic, ALSA"


def test_no_microphone_and_no_sound_system_are_reasons(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(EnvironmentFault, match="no microphone") as raised:
        devices(FakeAudio(("Loudspeaker",)))
    assert raised.value.reason == "no_microphone"
    monkeypatch.setitem(sys.modules, "sounddevice", None)
    with pytest.raises(EnvironmentFault, match="libportaudio2") as raised:
        port_audio()
    assert raised.value.reason == "no_sound_system"


def test_blocks_come_with_the_time_of_their_first_sample() -> None:
    audio, clock = FakeAudio(), ManualClock(NOW_NS)
    source = DeviceSource("hall", "Built-in, ALSA", clock, lambda: audio)
    source.open()
    audio.streams[0].options["callback"](np.full((4800, 1), 7, np.int16), 4800, None, None)
    chunk = source.read()
    assert chunk is not None and (chunk.started_ns, chunk.rate_hz, chunk.samples.shape) == (NOW_NS - SECOND // 10, 48_000, (4800,))
    source.close()
    source.close()
    assert audio.streams[0].closed


def test_blocks_that_nobody_fetches_are_dropped_and_counted() -> None:
    audio = FakeAudio()
    source = DeviceSource("hall", "", ManualClock(NOW_NS), lambda: audio)
    source.open()
    for _ in range(40):
        audio.streams[0].options["callback"](np.zeros((4800, 1), np.int16), 4800, None, None)
    assert source.lost_blocks == 10
    source.close()


@pytest.mark.parametrize(
    ("audio", "key", "says"),
    [(FakeAudio(), "Gone, ALSA", "not connected. There are: USB mic"), (FakeAudio(refuses=True), "", "no other program holds it")],
)
def test_a_device_that_is_gone_or_taken_says_so(audio: FakeAudio, key: str, says: str) -> None:
    source = DeviceSource("hall", key, ManualClock(NOW_NS), lambda: audio)
    with pytest.raises(EnvironmentFault, match=says):
        source.open()
    source.close()


def test_the_sound_of_a_file_is_played_once_at_its_own_speed(tmp_path: Path) -> None:
    listener = Listener()
    path = wav(tmp_path / "said.wav")
    capture = MicrophoneCapture("hall", lambda: stream_source("hall", f"file:{path}", "tcp", None, SystemClock()), listener)
    capture.start()
    until(lambda: not capture.running, "the file has ended")
    capture.stop()
    assert [state for state, _ in listener.states] == [CameraState.CONNECTING, CameraState.LIVE, CameraState.ENDED]
    assert sum(len(chunk.samples) for chunk in listener.chunks) == 11_025
    first, last = listener.chunks[0], listener.chunks[-1]
    assert first.samples.shape[1] == 2 and np.abs(first.samples).max() > 10_000
    length_ns = last.started_ns + len(last.samples) * SECOND // 22_050 - first.started_ns
    assert abs(length_ns - SECOND // 2) < SECOND // 1000


def test_a_film_without_sound_says_so_and_what_is_no_film_too(tmp_path: Path) -> None:
    film = write_mp4(tmp_path / "silent.mp4", [np.zeros((48, 64, 4), np.uint8)] * 5)
    silent = stream_source("hall", f"file:{film}", "tcp", None, SystemClock())
    with pytest.raises(EnvironmentFault, match="carries no sound"):
        silent.open()
    silent.close()
    (tmp_path / "text.wav").write_text("no sound")
    for path in (tmp_path / "text.wav", tmp_path / "absent.wav"):
        source = stream_source("hall", str(path), "tcp", None, SystemClock())
        with pytest.raises(EnvironmentFault, match=path.name):
            source.open()
        source.close()


def test_only_cameras_with_sound_have_an_address() -> None:
    for url in ("http://192.168.1.2/video", "usb:0", "rtsp://", "simulated:a"):
        with pytest.raises(InputError):
            stream_source("hall", url, "tcp", None, SystemClock())


def test_credentials_are_not_said() -> None:
    source = stream_source("hall", "rtsp://user:secret@127.0.0.1:1/a", "tcp", None, SystemClock())
    with pytest.raises(EnvironmentFault) as raised:
        source.open()
    source.close()
    assert "secret" not in str(raised.value) and raised.value.__cause__ is None


class Flaky:
    """Fails to open twice, then gives sound until it is interrupted."""

    opened = 0

    def __init__(self) -> None:
        self._interrupted = threading.Event()

    def open(self) -> None:
        Flaky.opened += 1
        if Flaky.opened == 1:
            raise EnvironmentFault("device", "The microphone is taken.")
        if Flaky.opened == 2:
            raise RuntimeError("a bug")

    def read(self) -> SoundChunk | None:
        if self._interrupted.wait(0.01):
            raise EnvironmentFault("interrupted", "Listening was stopped.")
        return SoundChunk("hall", NOW_NS, 16_000, np.zeros(160, np.int16))

    def interrupt(self) -> None:
        self._interrupted.set()

    def close(self) -> None:
        pass


def test_a_microphone_that_fails_is_lost_with_a_reason_and_comes_back() -> None:
    Flaky.opened = 0
    listener = Listener()
    made: list[SoundSource] = []

    def make() -> SoundSource:
        made.append(Flaky())
        return made[-1]

    capture = MicrophoneCapture("hall", make, listener, Backoff(first_s=0.01, longest_s=0.02))
    capture.start()
    until(lambda: bool(listener.chunks), "sound has come")
    capture.stop()
    assert not capture.running
    assert [state for state, _ in listener.states] == [CameraState.CONNECTING, CameraState.LOST, CameraState.LOST, CameraState.LIVE]
    assert listener.states[1][1] == "The microphone is taken."
    assert "internal error" in listener.states[2][1]


def test_stopping_wakes_a_source_that_waits() -> None:
    audio, listener = FakeAudio(), Listener()
    capture = MicrophoneCapture("hall", lambda: DeviceSource("hall", "", SystemClock(), lambda: audio), listener)
    capture.start()
    until(lambda: bool(audio.streams), "the device is open")
    capture.stop()
    assert not capture.running and audio.streams[0].closed
    assert not any(state is CameraState.LOST for state, _ in listener.states)
