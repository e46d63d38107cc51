"""How loud it is at a microphone, and what became of what was heard there."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.model.health import CameraState
from engine.model.people.speech import SoundChunk
from engine.model.people.view import MicrophoneView
from engine.model.time import SECOND, Clock
from engine.model.value_class import dataclass

STALE_NS = 2 * SECOND  # a level older than this is not how loud it is
SHOWN_NS = 60 * SECOND  # so long the name heard last is shown
_QUIETEST_DB = -90.0


@dataclass(slots=True)
class Meter:
    """What is shown of one microphone. Written by its own threads, each field by one; read by any."""

    state: CameraState = CameraState.CONNECTING
    reason: str = ""
    level_db: float = _QUIETEST_DB
    at_ns: int = 0
    heard: int = 0
    dropped: int = 0
    name: str = ""
    name_ns: int | None = None
    trouble_ns: int | None = None

    def view(self, microphone_id: str, now_ns: int) -> MicrophoneView:
        fresh = self.state is CameraState.LIVE and now_ns - self.at_ns < STALE_NS
        named = self.name_ns is not None and now_ns - self.name_ns < SHOWN_NS
        fine = self.state in (CameraState.LIVE, CameraState.CONNECTING)
        return MicrophoneView(
            microphone_id,
            trouble="" if fine else self.reason,
            trouble_ns=None if fine else self.trouble_ns,
            level_db=self.level_db if fresh else None,
            heard=self.heard,
            dropped=self.dropped,
            name=self.name if named else "",
            name_ns=self.name_ns if named else None,
        )


class MeterSink:
    """A `SoundSink`: measures and hands on. `feed` gives False where it drops something."""

    def __init__(self, feed: Callable[[SoundChunk], bool], meter: Meter, clock: Clock) -> None:
        self._feed = feed
        self._meter = meter
        self._clock = clock

    def on_sound(self, chunk: SoundChunk) -> None:
        self._meter.level_db, self._meter.at_ns = level_db(chunk.samples), self._clock.now_ns()
        if not self._feed(chunk):
            self._meter.dropped += 1

    def on_state(self, microphone_id: str, state: CameraState, reason: str) -> None:
        if state is not self._meter.state:
            self._meter.trouble_ns = self._clock.now_ns()
        self._meter.reason = reason
        self._meter.state = state


def level_db(samples: npt.NDArray[Any]) -> float:
    """The mean power of samples against the loudest there can be, in dB, not below −90."""
    if not len(samples):
        return _QUIETEST_DB
    scale = 32768.0 if samples.dtype == np.int16 else 1.0
    power = float(np.mean(np.square(samples / scale, dtype=np.float64)))
    return max(_QUIETEST_DB, 10 * float(np.log10(max(power, 1e-12))))
