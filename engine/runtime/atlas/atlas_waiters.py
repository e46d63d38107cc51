"""Who waits for what Atlas says of an incident that was reported just now."""

import threading
from collections import deque
from collections.abc import Callable

MOST = 32
MOST_ASKED = 256  # incidents that Atlas was asked about before anybody waited
Told = Callable[[], None]


class AtlasWaiters:
    """Any thread. Each is told once: that Atlas has spoken, or will not for now; at once where that was before they came."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: dict[str, list[Told]] = {}
        self._asked = deque[str](maxlen=MOST_ASKED)

    def add(self, incident_id: str, told: Told) -> bool:
        """False where too many wait already."""
        with self._lock:
            if incident_id in self._asked:
                told()
                return True
            if sum(map(len, self._waiting.values())) >= MOST:
                return False
            self._waiting.setdefault(incident_id, []).append(told)
            return True

    def drop(self, incident_id: str, told: Told) -> None:
        """They have gone."""
        with self._lock:
            left = [each for each in self._waiting.get(incident_id, ()) if each is not told]
            if left:
                self._waiting[incident_id] = left
            else:
                self._waiting.pop(incident_id, None)

    def tell_all(self) -> None:
        """Atlas is asked about nothing any more."""
        with self._lock:
            incident_ids = tuple(self._waiting)
        for incident_id in incident_ids:
            self.tell(incident_id)

    def tell(self, incident_id: str) -> None:
        with self._lock:
            several = self._waiting.pop(incident_id, [])
            self._asked.append(incident_id)
        for told in several:
            told()
