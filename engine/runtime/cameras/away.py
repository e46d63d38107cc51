"""Which PTZ cameras do not look where their zones and privacy areas were drawn. Written by the PTZ service, read for every picture."""

import threading


class AwayCameras:
    """Any thread; reading needs no lock."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ids: frozenset[str] = frozenset()

    def __contains__(self, camera_id: str) -> bool:
        return camera_id in self._ids

    def put(self, camera_id: str, away: bool) -> None:
        with self._lock:
            self._ids = self._ids | {camera_id} if away else self._ids - {camera_id}
