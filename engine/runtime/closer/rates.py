"""Rates and smoothed values for health figures."""

import threading
import time
from collections import deque

WINDOW_S = 4.0


class Rate:
    """Events per second over the last few seconds. Any thread."""

    def __init__(self, window_s: float = WINDOW_S) -> None:
        self._window_s = window_s
        self._times: deque[float] = deque()
        self._lock = threading.Lock()
        self._started_s = time.monotonic()

    def count(self) -> None:
        now_s = time.monotonic()
        with self._lock:
            self._times.append(now_s)
            self._trim(now_s)

    def per_second(self) -> float:
        now_s = time.monotonic()
        with self._lock:
            self._trim(now_s)
            span_s = min(self._window_s, max(now_s - self._started_s, 0.5))
            return len(self._times) / span_s

    def _trim(self, now_s: float) -> None:
        while self._times and self._times[0] < now_s - self._window_s:
            self._times.popleft()


class Smoothed:
    """Exponentially weighted mean; the newest value counts `weight`."""

    def __init__(self, first: float, weight: float = 0.1) -> None:
        self.value = first
        self._weight = weight

    def add(self, value: float) -> None:
        self.value += self._weight * (value - self.value)
