"""Token buckets: how often a client may come."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

MOST_CLIENTS = 10_000


class Buckets:
    """Each client may burst `burst` requests and then make `per_second`. Any thread.

    At most `MOST_CLIENTS` are remembered; whoever came least recently is forgotten first.
    """

    def __init__(self, per_second: float, burst: int, now_s: Callable[[], float] = time.monotonic) -> None:
        self._per_second = per_second
        self._burst = burst
        self._now_s = now_s
        self._lock = threading.Lock()
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, client: str) -> float:
        """0 when the request may pass, otherwise the seconds to wait."""
        now_s = self._now_s()
        with self._lock:
            level, at_s = self._levels.pop(client, (float(self._burst), now_s))
            level = min(self._burst, level + (now_s - at_s) * self._per_second)
            allowed = level >= 1.0
            self._levels[client] = (level - 1.0 if allowed else level, now_s)
            if len(self._levels) > MOST_CLIENTS:
                self._levels.popitem(last=False)
        return 0.0 if allowed else (1.0 - level) / self._per_second
