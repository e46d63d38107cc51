"""Sound devices of this machine, through PortAudio."""

import queue
import threading
from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np

from engine.model.errors import EnvironmentFault
from engine.model.people.speech import SoundChunk, SoundDevice
from engine.model.time import SECOND, Clock
from engine.sources.microphone.protocol import STALL_S

_BLOCK_S = 0.1
_MOST_BLOCKS = 30
NO_SOUND_SYSTEM = (
    "Microphones need PortAudio, which is not on this machine. Install it (Debian, Ubuntu: apt install libportaudio2), then start again."
)
NO_MICROPHONE = "This machine has no microphone. Connect one; cameras with sound work without."


def port_audio() -> Any:
    """The library, loaded when first asked for.

    Raises:
        EnvironmentFault: `no_sound_system`.
    """
    try:
        return import_module("sounddevice")
    except (OSError, ImportError):
        raise EnvironmentFault("no_sound_system", NO_SOUND_SYSTEM) from None


def devices(library: Any | None = None) -> tuple[SoundDevice, ...]:
    """All inputs there are, the default one first; asks the operating system, some 10 ms.

    Raises:
        EnvironmentFault: `no_sound_system`; `no_microphone`, none is there; `device`, the sound system does not answer.
    """
    audio = library or port_audio()
    try:
        found, systems, (default, _) = audio.query_devices(), audio.query_hostapis(), audio.default.device
    except audio.PortAudioError as error:
        raise EnvironmentFault("device", f"The sound system does not answer ({error}). Check that it runs.") from None
    inputs = [_described(number, one, systems, default) for number, one in enumerate(found) if one["max_input_channels"] > 0]
    if not inputs:
        raise EnvironmentFault("no_microphone", NO_MICROPHONE)
    return tuple(sorted(inputs, key=lambda one: not one.default))


def _described(number: int, device: Any, systems: Any, default: int) -> SoundDevice:
    system = systems[device["hostapi"]]["name"]
    key = f"{device['name']}, {system}"
    return SoundDevice(key, str(device["name"]), int(device["max_input_channels"]), int(device["default_samplerate"]), number == default)


class DeviceSource:
    """A `SoundSource` over one device; PortAudio's own thread only copies blocks into a bounded queue."""

    def __init__(self, microphone_id: str, key: str, clock: Clock, load: Callable[[], Any] = port_audio) -> None:
        """`key`: of a `SoundDevice`; empty: the system's default input."""
        self._microphone_id = microphone_id
        self._key = key
        self._clock = clock
        self._load = load
        self._blocks: queue.Queue[SoundChunk | None] = queue.Queue(_MOST_BLOCKS)
        self._interrupted = threading.Event()
        self._stream: Any = None
        self._rate_hz = 0
        self.lost_blocks = 0

    def open(self) -> None:
        audio = self._load()
        device = self._matching_device(devices(audio))
        self._rate_hz = device.rate_hz
        try:
            self._stream = audio.InputStream(
                device=device.key,
                samplerate=device.rate_hz,
                channels=1,
                dtype="int16",
                blocksize=round(device.rate_hz * _BLOCK_S),
                callback=self._arrived,
            )
            self._stream.start()
        except (audio.PortAudioError, ValueError) as error:
            raise EnvironmentFault("device", f"{device.title} cannot be opened ({error}). Check that no other program holds it.") from None

    def read(self) -> SoundChunk | None:
        try:
            chunk = self._blocks.get(timeout=STALL_S)
        except queue.Empty:
            chunk = None
        if self._interrupted.is_set():
            raise EnvironmentFault("interrupted", "Listening was stopped.")
        if chunk is None:
            raise EnvironmentFault("stalled", f"The microphone gave no sound for {STALL_S:g} s. It is opened anew.")
        return chunk

    def interrupt(self) -> None:
        self._interrupted.set()
        self._offer(None)

    def close(self) -> None:
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.close(ignore_errors=True)

    def _matching_device(self, inputs: tuple[SoundDevice, ...]) -> SoundDevice:
        if not self._key:
            return inputs[0]
        for one in inputs:
            if one.key == self._key:
                return one
        there = "; ".join(one.key for one in inputs)
        raise EnvironmentFault("no_microphone", f"The microphone {self._key} is not connected. There are: {there}.")

    def _arrived(self, indata: Any, frames: int, _time: object, _status: object) -> None:
        """On PortAudio's thread: the block has just been completed."""
        started_ns = self._clock.now_ns() - frames * SECOND // self._rate_hz
        self._offer(SoundChunk(self._microphone_id, started_ns, self._rate_hz, np.array(indata[:, 0], np.int16)))

    def _offer(self, block: SoundChunk | None) -> None:
        try:
            self._blocks.put_nowait(block)
        except queue.Full:
            self.lost_blocks += 1
