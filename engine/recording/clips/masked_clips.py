"""Copies of recorded files with hidden faces, or with privacy areas burned in that were set later, made when somebody wants to see one: as
many as fit, the newest used stay."""

import os
import threading
from collections.abc import Callable
from hashlib import blake2b
from pathlib import Path

from engine.model.cameras.clip import Clip
from engine.model.cameras.privacy import NOTHING, Cover
from engine.model.value_class import dataclass
from engine.recording.clips.masked_clip import Finder, make_masked
from engine.recording.files import make_folder, remove_parts, remove_quietly
from engine.recording.sightings import beside, read_sightings

FOLDER = "masked"
MOST_BYTES = 2 << 30
RULES = 1  # rises with any change of what is hidden: copies of before are not used any more


@dataclass(frozen=True, slots=True)
class Original:
    """`name` begins the names of its copies. `seen`: the file of who was seen in it, None where there is none."""

    name: str
    file: Path
    seen: Path | None = None


@dataclass(frozen=True, slots=True)
class Masked:
    """How a copy is to be: `finder` names what looks for faces, empty where those stay."""

    finder: str = ""
    cover: Cover = NOTHING

    def __bool__(self) -> bool:
        return bool(self.finder or self.cover)


def of_clip(folder: Path, clip: Clip) -> Original:
    """`folder`: the data folder."""
    return Original(clip.sha256, folder / clip.file, beside(folder, clip))


class MaskedClips:
    """`masked/<name of the original>-<how it was masked>.mp4` in the data folder. Any thread; a copy is made by one at a time.

    Args:
        folder: the data folder. most_bytes: of all copies; the one made last is kept whatever its size.
    """

    def __init__(self, folder: Path, most_bytes: int = MOST_BYTES) -> None:
        """Raises EnvironmentFault."""
        self._folder = folder / FOLDER
        self._most_bytes = most_bytes
        self._lock = threading.Lock()
        make_folder(self._folder)
        remove_parts(self._folder)

    def path(self, original: Original, how: Masked) -> Path:
        """Where the copy is, or would be. One of other areas, or made by something else, is another one."""
        digest = blake2b(repr((RULES, how.finder, how.cover)).encode(), digest_size=8).hexdigest()
        return self._folder / f"{original.name}-{digest}.mp4"

    def ready(self, original: Original, how: Masked) -> Path | None:
        """The copy where there is one."""
        path = self.path(original, how)
        try:
            os.utime(path)
        except OSError:
            return None
        return path

    def make(self, original: Original, how: Masked, find: Finder, at: Callable[[float], None]) -> Path | None:
        """Make the copy; None where the original was deleted meanwhile. Raises what `make_masked` raises."""
        path = self.path(original, how)
        seen = read_sightings(original.seen) if original.seen is not None else ()
        make_masked(original.file, path, find if how.finder else None, seen, at, how.cover)
        with self._lock:
            if not original.file.is_file():  # files of clips go before their copies, so this copy is seen by one side
                remove_quietly(path)
                return None
            self._trim(path)
        return path

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


def remove_copies(folder: Path, name: str) -> bool:
    """Remove all copies of the original with this name; True when none is left. `folder`: the data folder. The original itself goes
    first."""
    copies = tuple((folder / FOLDER).glob(f"{name}-*"))
    return all(remove_quietly(path) or not path.exists() for path in copies)
