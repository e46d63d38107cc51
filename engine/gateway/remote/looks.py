"""How often a snapshot is looked at: who looks often shows what moves, and is to be told it as often."""

import threading
import time
from collections import Counter

MOVING_LOOKS = 11  # a second: who looks more often shows what moves


class Looks:
    """Of all who look at one port. Any thread.

    `moves`: whether one of them, each a thread, shows what moves. They are not added up: a page of one site and the window over all sites
    look at the same port, and neither of them shows what moves by looking ten times a second.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts = Counter[int]()
        self._since_s = time.monotonic()
        self.moves = False

    def look(self) -> None:
        with self._lock:
            self._counts[threading.get_ident()] += 1

    def count(self) -> None:
        """Now and then."""
        with self._lock:
            now_s = time.monotonic()
            if (lasted_s := now_s - self._since_s) >= 1.0:
                self.moves = max(self._counts.values(), default=0) / lasted_s >= MOVING_LOOKS
                self._since_s = now_s
                self._counts.clear()
