"""Decoded pictures that were shown or will be soon, of all cameras together, in so many bytes and no more."""

import threading
from collections import OrderedDict

from av.video.frame import VideoFrame

from engine.model.value_class import dataclass

DEFAULT_BYTES = 384 * 1024 * 1024

Key = tuple[str, int, int, int]  # file's id, number of the picture, width and height it was scaled to


@dataclass(frozen=True, slots=True, eq=False)
class CachedPicture:
    """A picture, scaled. width, height: as recorded."""

    frame: VideoFrame
    width: int
    height: int

    @property
    def size_bytes(self) -> int:
        return sum(plane.buffer_size for plane in self.frame.planes)


class PictureCache:
    """Any thread. What was not asked for longest goes first; what was only shown in passing counts from when it was decoded."""

    def __init__(self, limit_bytes: int = DEFAULT_BYTES) -> None:
        self.limit_bytes = limit_bytes
        self._lock = threading.Lock()
        self._kept: OrderedDict[Key, CachedPicture] = OrderedDict()
        self._users = 0
        self._bytes = 0
        self._most_bytes = 0

    def enter(self) -> None:
        """One more camera shares the room."""
        with self._lock:
            self._users += 1

    def leave(self) -> None:
        with self._lock:
            self._users -= 1

    @property
    def share_bytes(self) -> int:
        """How much each camera may count on."""
        return self.limit_bytes // max(1, self._users)

    @property
    def size_bytes(self) -> int:
        return self._bytes

    @property
    def most_bytes(self) -> int:
        """The most that was ever kept."""
        return self._most_bytes

    def get(self, key: Key, passing: bool = False) -> CachedPicture | None:
        """`passing`: it is as good as done with. Backwards, those that are still to come would have to go for it otherwise."""
        with self._lock:
            picture = self._kept.get(key)
            if picture is not None and not passing:
                self._kept.move_to_end(key)
            return picture

    def put(self, key: Key, picture: CachedPicture) -> None:
        """A picture that is larger than all the room there is is not kept."""
        size = picture.size_bytes
        if size > self.limit_bytes:
            return
        with self._lock:
            self._drop_picture(key)
            while self._bytes + size > self.limit_bytes:
                self._drop_picture(next(iter(self._kept)))
            self._kept[key] = picture
            self._bytes += size
            self._most_bytes = max(self._most_bytes, self._bytes)

    def _drop_picture(self, key: Key) -> None:
        gone = self._kept.pop(key, None)
        if gone is not None:
            self._bytes -= gone.size_bytes
