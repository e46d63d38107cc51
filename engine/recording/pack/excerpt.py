"""A stretch of a recorded file as a file of its own: packets as they are, nothing decoded, nothing encoded again."""

from pathlib import Path

from av.container import InputContainer
from av.error import FFmpegError
from av.packet import Packet
from av.stream import Stream
from av.video.stream import VideoStream

from engine.model.errors import EnvironmentFault
from engine.model.time import SECOND
from engine.model.value_class import dataclass
from engine.recording.files import remove_quietly
from engine.recording.new_video import new_video
from engine.recording.opening import open_video
from engine.recording.time_base import time_base

_STEP_NS = 4 * SECOND
_MOST_REORDERED = 17  # pictures; H.264 and H.265 know 16
_CONTAINERS = {".mp4": "mp4", ".mov": "mov", ".webm": "webm", ".mkv": "matroska"}


@dataclass(frozen=True, slots=True)
class Excerpt:
    """`from_ns`, `until_ns`: what it really holds, in the time of the file it was taken from. pictures: packets in it."""

    from_ns: int
    until_ns: int
    pictures: int


def take_excerpt(source: Path, target: Path, from_ns: int, until_ns: int) -> Excerpt | None:
    """The pictures shown in [from, until), counted from the first picture of `source`, with those back to the keyframe they lean on.

    None where there is none in it; then no file is written. Raises EnvironmentFault.
    """
    try:
        container, stream = open_video(source, "video")
        with container:
            excerpt = _copy(container, stream, target, from_ns, until_ns)
    except (FFmpegError, OSError, ValueError) as error:
        remove_quietly(target)
        raise EnvironmentFault("unreadable", f"A stretch of {source.name} cannot be taken out: {error}.") from error
    if excerpt is None:
        remove_quietly(target)
    return excerpt


def _copy(container: InputContainer, stream: VideoStream, target: Path, from_ns: int, until_ns: int) -> Excerpt | None:
    _seek(container, stream, from_ns)
    with new_video(target, _CONTAINERS.get(target.suffix, "matroska")) as out:
        copy = _Copy(out.add_stream_from_template(stream), stream, from_ns, until_ns)  # pyright: ignore[reportUnknownMemberType]
        for packet in container.demux(stream):
            if packet.pts is not None:
                if copy.over(packet):
                    break
                if copy.begins(packet):
                    out.mux(copy.shift_packet(packet, packet.pts))  # pyright: ignore[reportUnknownMemberType]
        return copy.excerpt()


def _seek(container: InputContainer, stream: VideoStream, from_ns: int) -> None:
    """To a keyframe at or before the picture. An index may name a place within a group of pictures: then from further back."""
    back_ns = 0
    while back_ns <= from_ns:
        _jump(container, stream, from_ns - back_ns)
        first = next(((packet, packet.pts) for packet in container.demux(stream) if packet.pts is not None), None)
        if first is not None and first[0].is_keyframe and _since_start(stream, first[1]) <= from_ns:
            _jump(container, stream, from_ns - back_ns)
            return
        back_ns = max(2 * back_ns, _STEP_NS)
    container.seek(0)


def _jump(container: InputContainer, stream: VideoStream, at_ns: int) -> None:
    ticks = round(max(at_ns, 0) / SECOND / time_base(stream)) + (stream.start_time or 0)
    try:
        container.seek(ticks, stream=stream, backward=True)
    except FFmpegError:
        container.seek(0)


def _since_start(stream: VideoStream, ticks: int) -> int:
    """Nanoseconds from the first picture."""
    return round((ticks - (stream.start_time or 0)) * time_base(stream) * SECOND)


class _Copy:
    """Where the copy is. The times of the first packet become the beginning of the new file."""

    def __init__(self, out: Stream, stream: VideoStream, wanted_ns: int, until_ns: int) -> None:
        self._out, self._stream, self._wanted_ns, self._until_ns = out, stream, wanted_ns, until_ns
        self._first_dts: int | None = None
        self._last_dts: int | None = None
        self._from_ns = self._last_ns = 0
        self._pictures = 0

    def over(self, packet: "Packet[VideoStream]") -> bool:
        """B-pictures come after the later one they lean on: only a keyframe beyond the end ends it, or one that is decoded beyond it."""
        return packet.dts is not None and _since_start(self._stream, packet.dts) >= self._until_ns

    def begins(self, packet: "Packet[VideoStream]") -> bool:
        return self._first_dts is not None or packet.is_keyframe

    def shift_packet(self, packet: "Packet[VideoStream]", pts: int) -> "Packet[VideoStream]":
        at_ns, dts = _since_start(self._stream, pts), self._decoded_at(packet, pts)
        if self._first_dts is None:
            self._first_dts, self._from_ns = dts, at_ns
        self._last_ns = max(self._last_ns, at_ns + self._length_ns(packet))
        self._pictures += 1
        self._last_dts = dts
        packet.dts, packet.pts = dts - self._first_dts, pts - self._first_dts
        packet.stream = self._out  # pyright: ignore[reportAttributeAccessIssue]
        return packet

    def _decoded_at(self, packet: "Packet[VideoStream]", pts: int) -> int:
        """Matroska keeps no order of decoding, and FFmpeg knows it only some pictures after a seek: until then ticks count up to it."""
        if packet.dts is not None:
            return packet.dts
        return pts - _MOST_REORDERED if self._last_dts is None else self._last_dts + 1

    def excerpt(self) -> Excerpt | None:
        return Excerpt(self._from_ns, self._last_ns, self._pictures) if self._last_ns > self._wanted_ns else None

    def _length_ns(self, packet: "Packet[VideoStream]") -> int:
        return round((packet.duration or 0) * (self._stream.time_base or 0) * SECOND)
