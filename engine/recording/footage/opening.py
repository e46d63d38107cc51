"""Opening a camera's recorded files, each the faster for those that were open before."""

from pathlib import Path

from av.container import InputContainer
from av.video.stream import VideoStream

from engine.model.value_class import dataclass
from engine.recording.footage.index import PictureIndex, own_index, read_index
from engine.recording.opening import open_video

_KNOWN = 16


@dataclass(frozen=True, slots=True, eq=False)
class OpenedFile:
    """A container that stands anywhere, its video and its pictures."""

    container: InputContainer
    stream: VideoStream
    index: PictureIndex


class FootageOpener:
    """One camera's; one thread at a time.

    FFmpeg decodes the first pictures of a file to find out whether they are shown in another order than they are decoded in. Where an
    encoder has said by the same headers before what it does, and the file's own times agree, that is known without.
    """

    def __init__(self) -> None:
        self._in_order: dict[tuple[object, ...], None] = {}  # what headers say whose pictures are shown as they are decoded

    def open(self, path: Path, index: PictureIndex | None = None) -> OpenedFile:
        """`index`: of the same file, if it was read before. Raises EnvironmentFault: it does not play at all."""
        if self._in_order and (opened := self._unseen(path, index)) is not None:
            return opened
        opened = _read_index(*open_video(path, "recording"), path, index)
        if opened.index.in_order and not opened.stream.codec_context.has_b_frames:
            self._remember(opened.stream)
        return opened

    def _unseen(self, path: Path, index: PictureIndex | None) -> OpenedFile | None:
        container, stream = open_video(path, "recording", unseen=True)
        if _headers(stream) in self._in_order:
            opened = _read_index(container, stream, path, index or own_index(container, stream))
            if opened.index.in_order:
                return opened
        container.close()
        return None

    def _remember(self, stream: VideoStream) -> None:
        headers = _headers(stream)
        if headers is not None:
            self._in_order[headers] = None
            if len(self._in_order) > _KNOWN:
                del self._in_order[next(iter(self._in_order))]


def _headers(stream: VideoStream) -> tuple[object, ...] | None:
    """None where a file does not say beforehand how it was encoded."""
    codec = stream.codec_context
    return (codec.name, codec.width, codec.height, bytes(codec.extradata)) if codec.extradata else None


def _read_index(container: InputContainer, stream: VideoStream, path: Path, index: PictureIndex | None) -> OpenedFile:
    try:
        return OpenedFile(container, stream, index or read_index(container, stream, path))
    except BaseException:
        container.close()
        raise
