"""Continuous video fetched from an engine elsewhere: as much as fits stays for a while."""

import threading
from collections import OrderedDict
from contextlib import suppress
from pathlib import Path

from engine.gateway.remote_calls import Caller, segment

MOST_BYTES = 1 << 30


class FetchedSegments:
    """Any thread; one fetches at a time. The files that were used last stay, up to `most_bytes` and one."""

    def __init__(self, caller: Caller, folder: Path, most_bytes: int = MOST_BYTES) -> None:
        self._caller, self._folder, self._most_bytes = caller, folder, most_bytes
        self._lock = threading.Lock()
        self._files: OrderedDict[str, tuple[Path, int]] = OrderedDict()

    def file(self, segment_id: str) -> Path:
        """Raises what the engine refuses with, and EnvironmentFault."""
        with self._lock:
            if segment_id not in self._files:
                path = self._caller.download(f"/api/v1/segments/{segment(segment_id)}/file", self._folder)
                self._files[segment_id] = path, path.stat().st_size
            self._files.move_to_end(segment_id)
            self._trim()
            return self._files[segment_id][0]

    def clear(self) -> None:
        with self._lock:
            while self._files:
                self._drop_oldest()

    def _trim(self) -> None:
        while len(self._files) > 1 and sum(size for _, size in self._files.values()) > self._most_bytes:
            self._drop_oldest()

    def _drop_oldest(self) -> None:
        with suppress(OSError):  # a player may hold it, on Windows
            self._files.popitem(last=False)[1][0].unlink()
