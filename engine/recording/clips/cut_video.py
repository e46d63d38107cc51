"""Reading MP4 files whose ends are missing, as after a crash, or a power cut on a disk that lied about what it had written.

While it grows, a file has an index in front, and each of its fragments one of its own; FFmpeg refuses it where one of those is cut through.
When it is closed, one index of everything is written behind them, and those before are hidden: an empty box in front of them becomes one of
pictures ("mdat") that reaches up to the new index. Where that is gone, the box is read as the empty one that it was.
"""

from collections.abc import Iterator, Sequence
from io import SEEK_END, SEEK_SET, FileIO
from pathlib import Path
from typing import BinaryIO

import av
from av.container import InputContainer

from engine.model.value_class import dataclass

_MOST_PIXELS = 200_000_000  # the highest limit that a camera can have
_PLAIN, _LARGE = 8, 16  # bytes that a box begins with: size and type; where the size is 1 the true one follows


def open_left(path: Path, options: dict[str, str] | None = None, stream_options: list[str] | None = None) -> InputContainer:
    """As `av.open`, for a file of which the end may be missing. Raises FFmpegError, IndexError, OSError."""
    left = _readable_part(path)
    file = f"file:{path}" if left is None else _Readable(path, left)
    within = {**(options or {}), "max_pixels": str(_MOST_PIXELS)}
    container = av.open(file, "r", options=within, stream_options=stream_options)
    for stream in container.streams.video:
        stream.codec_context.options = {**stream.codec_context.options, "max_pixels": str(_MOST_PIXELS)}
    return container


@dataclass(frozen=True, slots=True)
class _ReadablePart:
    """What of a file can be read: `head` in place of its first bytes, and `end` bytes in all."""

    head: bytes
    end: int


@dataclass(frozen=True, slots=True)
class _Box:
    """`header`: bytes before its content, all of which is `size`."""

    at: int
    kind: bytes
    header: int
    size: int

    @property
    def end(self) -> int:
        return self.at + self.size


class _Readable:
    """A file of which so much is left. It is closed when the container that reads it is gone."""

    def __init__(self, path: Path, left: _ReadablePart) -> None:
        self._file, self._left = FileIO(path), left

    def __del__(self) -> None:
        self._file.close()

    def read(self, size: int) -> bytes:
        at = self._file.tell()
        data = self._left.head[at : at + size]
        if data:
            self._file.seek(at + len(data))
            return data
        return self._file.read(max(0, min(size, self._left.end - at)))

    def seek(self, offset: int, whence: int = SEEK_SET) -> int:
        return self._file.seek(self._left.end + offset) if whence == SEEK_END else self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()


def _readable_part(path: Path) -> _ReadablePart | None:
    """None for a whole file, and for one without an index, of which nothing can be read."""
    with path.open("rb") as file:
        total = file.seek(0, SEEK_END)
        boxes = list(_boxes(file, 0, total))
        if _has_index(boxes) and boxes[-1].end == total:
            return None
        hiding = next((box for box in boxes if _hides(file, box, total)), None)
        if hiding is not None:
            boxes = list(_boxes(file, hiding.at + hiding.header, total))
        kept = [box for box in boxes if box.end <= total]
        if not _has_index(kept):
            return None
        end = total if boxes[-1].kind == b"mdat" else kept[-1].end  # of pictures those before the cut can be read
        return _ReadablePart(b"" if hiding is None else _head(file, hiding), end)


def _boxes(file: BinaryIO, at: int, total: int) -> Iterator[_Box]:
    """One after the other; the last may be longer than the file."""
    while at < total and (box := _box(file, at, total)) is not None:
        yield box
        at = box.end


def _box(file: BinaryIO, at: int, total: int) -> _Box | None:
    """None where there is none."""
    file.seek(at)
    begin = file.read(_LARGE)
    size, kind = int.from_bytes(begin[:4]), begin[4:_PLAIN]
    header = _LARGE if size == 1 else _PLAIN
    size = {0: total - at, 1: int.from_bytes(begin[_PLAIN:])}.get(size, size)
    return _Box(at, kind, header, size) if len(begin) >= _PLAIN and size >= header else None


def _has_index(boxes: Sequence[_Box]) -> bool:
    return any(box.kind == b"moov" for box in boxes)


def _hides(file: BinaryIO, box: _Box, total: int) -> bool:
    inner = _box(file, box.at + box.header, total) if box.kind == b"mdat" else None
    return inner is not None and inner.kind == b"ftyp"


def _head(file: BinaryIO, hiding: _Box) -> bytes:
    """The file up to what is hidden, which nothing hides."""
    file.seek(0)
    return file.read(hiding.at) + hiding.header.to_bytes(4) + b"free" + bytes(hiding.header - _PLAIN)
