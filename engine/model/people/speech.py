"""What was said near a microphone, and the sound on its way there."""

from typing import Any, Protocol

import numpy.typing as npt

from engine.model.health import CameraState
from engine.model.value_class import dataclass


@dataclass(frozen=True, slots=True)
class Utterance:
    """One stretch of speech, as text. The sound itself is not kept.

    Attributes:
        microphone_id: which microphone, or the camera whose stream carries the sound.
        started_ns, ended_ns: of the speech. confidence: 0–1, as the transcriber gave it, not calibrated between transcribers.
        transcriber: which one; the embedded one knows a closed grammar only.
        certain: the name in it is one that nobody needs to be asked about.
    """

    microphone_id: str
    started_ns: int
    ended_ns: int
    text: str
    confidence: float
    transcriber: str
    certain: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class SoundChunk:
    """A short piece of sound, some 20–200 ms. It lives in memory only, until it has been listened to.

    Attributes:
        started_ns: when its first sample was taken, by the clock at its arrival.
        samples: (n,) or (n, channels), int16 or float32 −1 … 1.
    """

    microphone_id: str
    started_ns: int
    rate_hz: int
    samples: npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class SoundDevice:
    """`key`: what a setting keeps, the device's name with that of its sound system; numbers change when a device is plugged in."""

    key: str
    title: str
    channels: int
    rate_hz: int
    default: bool


class SoundSink(Protocol):
    """Takes what one microphone's thread hears, on that thread and in order. Every call must return within a few milliseconds."""

    def on_sound(self, chunk: SoundChunk) -> None: ...

    def on_state(self, microphone_id: str, state: CameraState, reason: str) -> None:
        """The state changed; `reason` is a sentence without credentials, empty while live. Microphones have the states of cameras."""
        ...
