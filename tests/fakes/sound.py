"""What a camera sounds like, and a loudspeaker that only counts."""

import threading

import numpy as np
import numpy.typing as npt

from engine.model.cameras.sound import SoundState
from engine.model.health import CameraState

Samples = npt.NDArray[np.int16]


class FakeSound:
    """A SoundFeed that a test fills. Any thread."""

    def __init__(self, camera_id: str) -> None:
        self.camera_id = camera_id
        self.closed = False
        self.state = SoundState()
        self._lock = threading.Lock()
        self._pieces: list[Samples] = []

    def say(self, samples: Samples) -> None:
        self.state = SoundState(CameraState.LIVE)
        with self._lock:
            self._pieces.append(samples)

    def take(self) -> Samples:
        with self._lock:
            pieces, self._pieces = self._pieces, []
        return np.concatenate(pieces) if pieces else np.zeros(0, np.int16)

    def close(self) -> None:
        self.closed = True


class FakeLoudspeaker:
    """Plays as fast as a test says. `why`: what `open` answers."""

    def __init__(self) -> None:
        self.why = ""
        self.is_open = False
        self.unplugged = False
        self.held = 0
        self.most = 4_800
        self.heard: list[Samples] = []
        self.volume = -1.0
        self.opened = 0

    def open(self) -> str:
        self.is_open = not self.why
        self.unplugged = False
        self.opened += 1
        return self.why

    def room(self) -> tuple[int, int]:
        return self.most - self.held, self.held

    def write(self, samples: Samples) -> None:
        assert len(samples) <= self.most - self.held
        self.held += len(samples)
        self.heard.append(samples)

    def play(self, samples: int) -> None:
        """Time passes."""
        self.held = max(self.held - samples, 0)

    def set_volume(self, share: float) -> None:
        self.volume = share

    def broken(self) -> bool:
        return self.unplugged

    def close(self) -> None:
        self.is_open = False
        self.held = 0
