"""How much of the record was taken in, and how fast."""

import time
from collections.abc import Callable

from engine.model.observation import Numbered
from engine.model.time import SECOND

TURN_NS = SECOND  # of record between two reports


class Meter:
    """One thread.

    Args:
        on_progress: told once a second of record how far it is (UTC ns); what it raises ends the work.
    Attributes:
        count: observations taken in. seconds: of work so far. first_ns, last_ns: when the first and the last of them were received.
    """

    def __init__(self, on_progress: Callable[[int], None]) -> None:
        self.count = 0
        self._on_progress = on_progress
        self._began_s = time.perf_counter()
        self.first_ns = 0
        self.last_ns = 0
        self._told_ns = 0

    def took(self, numbered: Numbered) -> None:
        self.count += 1
        self.last_ns = numbered.received_ns
        self.first_ns = self.first_ns or self.last_ns
        if self.last_ns - self._told_ns >= TURN_NS:
            self._told_ns = self.last_ns
            self._on_progress(self.last_ns)

    @property
    def seconds(self) -> float:
        return time.perf_counter() - self._began_s

    @property
    def ratio(self) -> float:
        """Seconds of record taken in per second of work."""
        seconds = self.seconds
        return (self.last_ns - self.first_ns) / SECOND / seconds if seconds > 0 else 0.0
