"""A console that takes in what it is told, and counts what that takes."""

import time

import numpy as np

from engine.gateway.live.deflated import Inflated
from engine.gateway.remote.subscription import StreamTaken
from engine.model.snapshot import Snapshot

_SHORT, _LONGER = 125, 1 << 16  # lengths from which the head of a message is longer


class Taking:
    """`first_bytes`: of the first message, all of now, which is not among the others."""

    def __init__(self, moves: bool) -> None:
        self._inflated = Inflated()
        self._taken = StreamTaken(lambda _: None)
        self._moves = moves
        self._times_s: list[float] = []
        self.first_bytes = self.bytes_down = self.bytes_up = 0

    def take(self, data: str | bytes) -> tuple[Snapshot, str]:
        """The snapshot, and what is answered."""
        began_s = time.thread_time()
        snapshot = self._taken.take(self._inflated(data))
        lasted_s = time.thread_time() - began_s
        word = self._taken.word(self._moves)
        if self.first_bytes == 0:
            self.first_bytes = len(data)
        else:
            self._times_s.append(lasted_s)
            self.bytes_down += len(data) + _head(len(data))
            self.bytes_up += len(word) + _head(len(word)) + 4  # what clients send is masked
        return snapshot, word

    def metrics(self, lasted_s: float) -> dict[str, float]:
        total = self.bytes_down + self.bytes_up
        times_ms = 1_000 * np.array(self._times_s or [0.0])
        return {
            "kib_per_min": round(total / 1024 / lasted_s * 60, 2),
            "mbit_per_s": round(8 * total / lasted_s / 1e6, 4),
            "messages_per_s": round(len(self._times_s) / lasted_s, 2),
            "first_kib": round(self.first_bytes / 1024, 1),
            "take_in_p50_ms": round(float(np.percentile(times_ms, 50)), 3),
            "take_in_p95_ms": round(float(np.percentile(times_ms, 95)), 3),
            "take_in_longest_ms": round(float(times_ms.max()), 3),
        }


def _head(length: int) -> int:
    """Bytes before a message in a WebSocket."""
    return 2 if length <= _SHORT else 4 if length < _LONGER else 10
