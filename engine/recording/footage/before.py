"""The group of pictures before the one that is played backwards: decoded bit by bit, so that it is there when it is wanted."""

from collections.abc import Callable

from av.video.frame import VideoFrame

from engine.recording.footage.reader import FootageReader

_PART = 3  # pictures at a time: what is due in between must not wait for more


class GroupBefore:
    """One thread at a time; of no use any more once its reader was asked for anything else, or closed."""

    def __init__(self, reader: FootageReader, number: int, keep: Callable[[int, VideoFrame], object]) -> None:
        """`number`: of its last picture. `keep` is handed every picture."""
        self.reader = reader
        self.number = number
        self._keep = keep
        self._pictures = reader.group(number)
        self._done = False

    def holds(self, reader: FootageReader, number: int) -> bool:
        """A picture is one of its own."""
        return reader is self.reader and int(reader.index.keys[reader.index.key_of(self.number)]) <= number <= self.number

    def go_on(self) -> bool:
        """Decode some more; False: there are no more."""
        for _ in range(_PART):
            self._step()
        return not self._done

    def finish(self) -> None:
        while not self._done:
            self._step()

    def _step(self) -> None:
        found = None if self._done else next(self._pictures, None)
        if found is None:
            self._done = True
        else:
            self._keep(*found)
