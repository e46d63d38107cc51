"""Copies of clips with hidden faces, made when somebody wants to see one: as many as fit, the newest used stay."""

import os
import threading
import zlib
from collections.abc import Callable
from pathlib import Path

from engine.model.clip import Clip
from engine.recording.files import make_folder, remove_parts, remove_quietly
from engine.recording.masked_clip import Finder, make_masked
from engine.recording.sightings import beside, read_sightings

FOLDER = "masked"
MOST_BYTES = 2 << 30
RULES = 1  # rises with any change of what is hidden: copies of before are not used any more


class MaskedClips:
    """`masked/<digest of the clip>-<how it was masked>.mp4` in the data folder. Any thread; a copy is made by one at a time.

    Args:
        folder: the data folder. most_bytes: of all copies; the one made last is kept whatever its size.
    """

    def __init__(self, folder: Path, most_bytes: int = MOST_BYTES) -> None:
        """Raises EnvironmentFault."""
        self._data = folder
        self._folder = folder / FOLDER
        self._most_bytes = most_bytes
        self._lock = threading.Lock()
        make_folder(self._folder)
        remove_parts(self._folder)

    def ready(self, clip: Clip, how: str) -> Path | None:
        """The copy where there is one. `how`: names what looks for faces; a copy made by something else does not count."""
        path = self._path(clip, how)
        try:
            os.utime(path)
        except OSError:
            return None
        return path

    def make(self, clip: Clip, how: str, find: Finder, at: Callable[[float], None]) -> Path | None:
        """Make the copy; None where the clip was deleted meanwhile. Raises what `make_masked` raises."""
        source, path = self._data / clip.file, self._path(clip, how)
        make_masked(source, path, find, read_sightings(beside(self._data, clip)), at)
        with self._lock:
            if not source.is_file():  # files of clips go before their copies, so this copy is seen by one side
                remove_quietly(path)
                return None
            self._trim(path)
        return path

    def _path(self, clip: Clip, how: str) -> Path:
        return self._folder / f"{clip.sha256}-{zlib.crc32(f'{RULES} {how}'.encode()):08x}.mp4"

    def _trim(self, newest: Path) -> None:
        """Copies that do not fit go, those first that nobody has used for longest. One that is being played stays where it must."""
        kept = sorted(
            ((stat.st_mtime_ns, stat.st_size, path) for path in self._folder.glob("*.mp4") for stat in [path.stat()]), reverse=True
        )
        left = self._most_bytes - newest.stat().st_size
        for _, size, path in kept:
            if path == newest:
                continue
            left -= size
            if left < 0:
                remove_quietly(path)


def give_copies(folder: Path, most_bytes: int) -> int:
    """Remove about so many bytes of copies, those first that nobody has used for longest; how many it was. `folder`: the data folder."""
    freed = 0
    stats = [(copy.stat(), copy) for copy in (folder / FOLDER).glob("*.mp4")]
    for _, size, path in sorted((stat.st_mtime_ns, stat.st_size, copy) for stat, copy in stats):
        if freed >= most_bytes:
            break
        freed += size if remove_quietly(path) else 0
    return freed


def remove_copies(folder: Path, clip: Clip) -> bool:
    """Remove all copies of a clip; True when none is left. `folder`: the data folder. The clip's own file goes first."""
    copies = tuple((folder / FOLDER).glob(f"{clip.sha256}-*"))
    return all(remove_quietly(path) or not path.exists() for path in copies)
