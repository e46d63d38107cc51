"""What jobs have to show: the pictures of camera tests, of the last few."""

import threading

KEPT = 5


class JobPictures:
    """JPEGs by the job's id, in memory only. Any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pictures: dict[str, bytes] = {}

    def keep(self, job_id: str, jpeg: bytes) -> None:
        with self._lock:
            self._pictures[job_id] = jpeg
            while len(self._pictures) > KEPT:
                del self._pictures[next(iter(self._pictures))]

    def get(self, job_id: str) -> bytes | None:
        return self._pictures.get(job_id)

    def clear(self) -> None:
        with self._lock:
            self._pictures.clear()
