"""Files fetched from an engine elsewhere: as much as fits stays for a while."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Generic, TypeVar

from engine.gateway.remote.calls import Caller, segment

MOST_BYTES = 1 << 30
K = TypeVar("K")


class FetchedFiles(Generic[K]):
    """Any thread. The files that were used last stay, up to `most_bytes` and one."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._lock = threading.Lock()
        self._files: OrderedDict[K, tuple[Path, int]] = OrderedDict()

    def get(self, key: K) -> Path | None:
        with self._lock:
            if key not in self._files:
                return None
            self._files.move_to_end(key)
            return self._files[key][0]

    def keep(self, key: K, path: Path) -> Path:
        """From now on `path` goes when there is no room. Where somebody else was faster, what they fetched is the one that stays."""
        with self._lock:
            if key in self._files:
                _remove(path)
            else:
                self._files[key] = path, path.stat().st_size
            self._files.move_to_end(key)
            while len(self._files) > 1 and sum(size for _, size in self._files.values()) > self._most_bytes:
                _remove(self._files.popitem(last=False)[1][0])
            return self._files[key][0]

    def drop(self, which: Callable[[K], bool] = lambda _: True) -> None:
        with self._lock:
            for key in [key for key in self._files if which(key)]:
                _remove(self._files.pop(key)[0])


class FetchedSegments:
    """Continuous video. Any thread; one fetches at a time."""

    def __init__(self, caller: Caller, folder: Path, most_bytes: int = MOST_BYTES) -> None:
        self._caller, self._folder = caller, folder
        self._files: FetchedFiles[str] = FetchedFiles(most_bytes)
        self._lock = threading.Lock()

    def file(self, segment_id: str) -> Path:
        """Raises what the engine refuses with, and EnvironmentFault."""
        with self._lock:
            path = self._files.get(segment_id)
            if path is None:
                path = self._files.keep(segment_id, self._caller.download(f"/api/v1/segments/{segment(segment_id)}/file", self._folder))
            return path

    def clear(self) -> None:
        """Also of what is just being fetched."""
        with self._lock:
            self._files.drop()


def _remove(path: Path) -> None:
    with suppress(OSError):  # a player may hold it, on Windows
        path.unlink()
