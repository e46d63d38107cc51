"""One video file made of packets as they were received: nothing is decoded, nothing encoded again."""

from collections.abc import Callable
from contextlib import suppress
from fractions import Fraction
from io import BytesIO, FileIO
from pathlib import Path
from typing import Any

import av
from av.bitstream import BitStreamFilterContext
from av.container import OutputContainer
from av.error import FFmpegError
from av.packet import Packet
from av.stream import Stream

from engine.model.cameras.frame import EncodedPacket, StreamInfo
from engine.model.errors import EnvironmentFault
from engine.model.time import SECOND
from engine.recording.files import PART, fault, make_folder, publish, remove_quietly
from engine.recording.nal import byte_stream, sequence_sets
from engine.recording.new_video import begin_video

BEGUN = ".begun"  # of a note beside a file in the making
_TICKS = 90_000  # per second in the file; the usual clock of video
_LONGEST_REORDER_NS = 2 * SECOND

_CONTAINERS = {
    "h264": ("mp4", ".mp4"),
    "hevc": ("mp4", ".mp4"),
    "mpeg4": ("mp4", ".mp4"),
    "av1": ("mp4", ".mp4"),
    "vp9": ("mp4", ".mp4"),
    "mjpeg": ("mov", ".mov"),  # MP4 has no box for it that players agree on
    "vp8": ("webm", ".webm"),
}
_ANY = ("matroska", ".mkv")
_WITHOUT_SETS = frozenset({"mjpeg", "vp8", "vp9"})  # every keyframe says all there is to say


def codec_of(info: StreamInfo) -> str:
    """The codec's own name where the stream names a decoder (`libdav1d` → `av1`); unchanged when FFmpeg does not know it."""
    try:
        return av.Codec(info.codec, "r").canonical_name
    except ValueError:
        return info.codec


def suffix_for(info: StreamInfo) -> str:
    return _CONTAINERS.get(codec_of(info), _ANY)[1]


def shown_ns(packet: EncodedPacket, info: StreamInfo) -> int:
    """UTC of the picture: the time of its packet, plus how much later than it is decoded a B-picture's reference is shown."""
    numerator, denominator = info.time_base
    later_ns = (packet.pts - packet.dts) * numerator * SECOND // max(denominator, 1)
    return packet.captured_ns + (later_ns if 0 <= later_ns <= _LONGEST_REORDER_NS else 0)


def _unheard(file: "ClipFile") -> None:
    del file


class ClipFile:
    """A file in the making: `<name>.part` until `finish` has made it whole. One thread. Times in the file are those of the pictures.

    Attributes:
        started_ns, ended_ns: time of the first and the last picture.
    """

    def __init__(self, path: Path, info: StreamInfo, *, growing: bool = False, begun: Callable[["ClipFile"], None] = _unheard) -> None:
        """`growing`: the part file can be read while it grows, also after a crash. `begun`: told once `started_ns` is known. Raises
        EnvironmentFault."""
        self.path = path
        self._begun = begun
        self._growing = growing
        self.info = info
        self.codec = codec_of(info)
        self.pictures = 0
        self.started_ns = 0
        self.ended_ns = 0
        self._part = path.with_name(path.name + PART)
        self._to_bytes = byte_stream(info, self.codec)
        self._sets: tuple[bytes, ...] = ()
        self._leading = True
        self._last_dts: int | None = None
        make_folder(path.parent)
        try:
            self._file, self._container = self._open_container()
        except (FFmpegError, OSError, ValueError) as error:
            remove_quietly(self._part)
            raise self._recording_fault(error) from error

    def fits(self, packet: EncodedPacket) -> bool:
        """False for a keyframe whose parameter sets differ from those of the file: another size or profile begins."""
        sets = sequence_sets(self.codec, self._to_bytes(packet)) if packet.keyframe else ()
        return not sets or not self._sets or sets == self._sets

    def write(self, packet: EncodedPacket) -> None:
        """Add the next packet in decode order; the first must be a keyframe. Raises EnvironmentFault; then only `abandon` is left."""
        at_ns = shown_ns(packet, self.info)
        if self._is_leading(packet, at_ns):
            return
        data = self._to_bytes(packet)
        if self.pictures == 0:
            self.started_ns = self.ended_ns = at_ns
            self._sets = sequence_sets(self.codec, data)
        try:
            self._container.mux(self._timed(data, packet, at_ns))  # pyright: ignore[reportUnknownMemberType]
        except (FFmpegError, OSError, ValueError) as error:
            raise self._recording_fault(error) from error
        self.pictures += 1
        self.ended_ns = max(self.ended_ns, at_ns)
        if self.pictures == 1:
            self._begun(self)

    def finish(self) -> None:
        """Write the index, wait for the disk and give the file its name. Raises EnvironmentFault; nothing is left behind then."""
        try:
            self._close()
            publish(self._part, self.path)
        except (FFmpegError, OSError) as error:
            if not self._growing:
                remove_quietly(self._part)
            raise self._recording_fault(error) from error

    def leave(self) -> None:
        """Give up on it; what was written stays as a part file."""
        with suppress(FFmpegError, OSError):  # the disk that refused the pictures refuses the index too
            self._close()

    def abandon(self) -> None:
        """Drop what was written."""
        self.leave()
        remove_quietly(self._part)
        remove_quietly(self.path.with_suffix(BEGUN))

    def _open_container(self) -> tuple[FileIO, OutputContainer]:
        file, container = begin_video(self._part, _CONTAINERS.get(self.codec, _ANY)[0], growing=self._growing)
        try:
            self._add_stream(container)
        except BaseException:
            file.close()
            raise
        return file, container

    def _add_stream(self, container: OutputContainer) -> None:
        size = {"width": self.info.width, "height": self.info.height}
        stream = container.add_mux_stream(self.codec, **size)  # pyright: ignore[reportUnknownMemberType]
        if self.codec == "vp9":
            _say_pixels(stream, self.info.width, self.info.height)
        stream.time_base = Fraction(1, _TICKS)
        if self.codec in _WITHOUT_SETS:
            container.start_encoding()  # else the first packet is searched for set-up data, with complaints in the log

    def _close(self) -> None:
        with self._file:
            self._container.close()

    def _is_leading(self, packet: EncodedPacket, at_ns: int) -> bool:
        """Pictures shown before the first keyframe lean on pictures that are not in the file (open group of pictures)."""
        if packet.keyframe and self.pictures > 0:
            self._leading = False
        return self._leading and self.pictures > 0 and at_ns < self.started_ns

    def _timed(self, data: bytes, packet: EncodedPacket, at_ns: int) -> "Packet[Stream]":
        timed: Packet[Stream] = Packet(data)
        timed.stream = self._container.streams[0]
        timed.time_base = Fraction(1, _TICKS)
        dts = _ticks(packet.captured_ns - self.started_ns)
        if self._last_dts is not None:
            dts = max(dts, self._last_dts + 1)
            timed.duration = dts - self._last_dts  # counts for the last picture only: it is shown as long as the one before
        self._last_dts = timed.dts = dts
        timed.pts = max(_ticks(at_ns - self.started_ns), dts)
        timed.is_keyframe = packet.keyframe
        return timed

    def _recording_fault(self, error: Exception) -> EnvironmentFault:
        doing = f"Could not record {self.path.name}"
        if isinstance(error, OSError):
            return fault(error, doing)
        return EnvironmentFault("not_recordable", f"{doing}. The stream ({self.codec or 'unknown codec'}) does not fit a video file.")


def _say_pixels(stream: Stream, width: int, height: int) -> None:
    """FFmpeg writes what MP4 says of VP9 (vpcC) from how pixels are kept, and else leaves it empty, which players refuse.

    PyAV can tell it only as of another stream, which is not written. Cameras and this program use 8 bits and 4:2:0.
    """
    with av.open(BytesIO(), "w", format="mp4") as nowhere:
        to: Any = nowhere
        BitStreamFilterContext("null", to.add_stream("libvpx-vp9", width=width, height=height, pix_fmt="yuv420p"), stream)


def _ticks(span_ns: int) -> int:
    return round(span_ns * _TICKS / SECOND)
