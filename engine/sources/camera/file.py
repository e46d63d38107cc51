"""Video files, at their own speed or as fast as they can be read, once or over and over."""

import time
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote, urlsplit

import av

from engine.model.cameras.frame import EncodedPacket, StreamInfo
from engine.model.errors import EnvironmentFault, InputError
from engine.model.settings import SOFTWARE_DECODER
from engine.model.time import SECOND, Clock
from engine.sources.camera import faults
from engine.sources.camera.decoder import MOST_PIXELS
from engine.sources.camera.interrupt import Interrupt
from engine.sources.camera.picture import Scaler, VideoPicture
from engine.sources.camera.protocol import STALL_S, EndOfStream, Judge, Reading, any_path
from engine.sources.camera.stream import Opening, Packet, VideoStreamReader
from engine.sources.camera.timeline import FileTimeline

_CONTAINERS = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,flv,asf,ogg,mxf"
_BARE_STREAMS = "mpegvideo,m4v,h264,hevc,mjpeg,mpjpeg,ivf,av1,obu,gif,apng,yuv4mpegpipe"
_LONGEST_WAIT_S = STALL_S / 2
_LIMIT_S = 10.0  # a network drive may need to wake up


def file_path(url: str) -> Path:
    """The path in `file:/a.mp4`, `file:///a%20b.mp4` or a bare path. Raises InputError: a home that nobody has."""
    try:
        return _path(url.strip()).expanduser()
    except RuntimeError:
        raise InputError("url", "begins with the home of somebody who has none; write the path from the root on") from None


def _path(url: str) -> Path:
    if not url.lower().startswith("file:"):
        return Path(url)
    if not url[5:].startswith("//"):
        return Path(url[5:])
    parts = urlsplit(url)
    return Path(unquote(parts.path))


def file_opening(path: Path) -> Opening:
    """Files of known containers; nothing in them may lead to another file or to the network."""
    options = {"protocol_whitelist": "file", "format_whitelist": f"{_CONTAINERS},{_BARE_STREAMS}"}
    return Opening(f"file:{path}", str(path), "", options, _LIMIT_S, _LIMIT_S, strict=False)


class FileSource:
    """A `FrameSource` over a file. Times run on through the rounds of a looped file, which is judged anew for each."""

    def __init__(
        self,
        path: Path,
        clock: Clock,
        paced: bool,
        loop: bool,
        most_pixels: int = MOST_PIXELS,
        judge: Judge = any_path,
        decoder: str = SOFTWARE_DECODER,
    ) -> None:
        self.decoding = True
        self._path, self._judge = path, judge
        self._opening = replace(file_opening(path), most_pixels=most_pixels, decoder=decoder)
        self._paced = paced
        self._loop = loop
        self._timeline = FileTimeline(clock)
        self._pace = _Pace()
        self._rounds = _Rounds()
        self._interrupt = Interrupt()
        self._reader: VideoStreamReader | None = None
        self._waiting: EncodedPacket | None = None
        self._undecoded: Packet | None = None
        self._ended = False
        self._scaler = Scaler()
        self._pictures = 0
        self._state: tuple[int, ...] | None = None

    def open(self) -> StreamInfo:
        self._reader = self._open_stream()
        return self._reader.info

    def read(self) -> Reading:
        if self._reader is None:
            raise faults.closed(self._opening.shown)
        if self._ended:
            raise EndOfStream
        if self._undecoded is None and not self._fetch(self._reader):
            return self._turn(self._reader)
        return self._play(self._reader)

    def interrupt(self) -> None:
        self._interrupt.set()

    def close(self) -> None:
        self._undecoded = None
        reader, self._reader = self._reader, None
        if reader is not None:
            reader.close()

    def _fetch(self, reader: VideoStreamReader) -> bool:
        """Take the next packet out of the file; False at its end."""
        packet = reader.next()
        if packet is None:
            return False
        pts, dts = self._rounds.place(packet, reader)
        captured_ns = self._timeline.at(reader.ticks_ns(dts))
        self._undecoded = packet
        self._waiting = EncodedPacket(bytes(packet), pts, dts, packet.duration or 0, packet.is_keyframe, captured_ns)
        return True

    def _play(self, reader: VideoStreamReader) -> Reading:
        """The fetched packet if its time has come; nothing, after a while, if it has not."""
        packet, encoded = self._undecoded, self._waiting
        assert packet is not None and encoded is not None
        stream_ns = reader.ticks_ns(encoded.dts)
        if self._paced and not self._due(stream_ns):
            return Reading()
        self._undecoded = self._waiting = None
        encoded = _at(encoded, self._timeline.at(stream_ns))  # which may have moved while it waited
        place_ns = reader.ticks_ns(self._rounds.within(encoded.dts))
        if not self.decoding:
            reader.decoder.hold(packet)
            return Reading(encoded, place_ns=place_ns)
        return self._to_reading(reader, reader.decoder.decode(packet), encoded, place_ns)

    def _due(self, stream_ns: int) -> bool:
        left_s = self._pace.left_s(stream_ns)
        if self._interrupt.wait(min(left_s, _LONGEST_WAIT_S)) or left_s > _LONGEST_WAIT_S:
            return False
        self._timeline.follow(stream_ns)
        return True

    def _turn(self, reader: VideoStreamReader) -> Reading:
        """The file has come to its end: its last pictures, then its beginning again, or the end."""
        if self._rounds.empty:
            raise EnvironmentFault("no_picture", f"{self._opening.shown} holds no pictures. Choose another file.")
        reading = self._to_reading(reader, reader.decoder.flush() if self.decoding else [], None)
        self._ended = not self._loop
        if self._loop:
            self._rounds.next_round()
            self._begin_again(reader)
        return reading

    def _begin_again(self, reader: VideoStreamReader) -> None:
        """The same file goes on from its beginning; one that was written anew is opened."""
        self._judge(self._path)
        if _state_of(self._path) != self._state or not reader.rewind():
            self.close()
            self._reader = self._open_stream()

    def _open_stream(self) -> VideoStreamReader:
        self._judge(self._path)
        self._state = _state_of(self._path)
        return VideoStreamReader(self._opening, self._interrupt)

    def _to_reading(
        self, reader: VideoStreamReader, frames: list[av.VideoFrame], encoded: EncodedPacket | None, place_ns: int | None = None
    ) -> Reading:
        changes = [change for frame in frames if (change := reader.noticed(frame)) is not None]
        pictures = tuple(self._picture(reader, frame) for frame in frames)
        return Reading(encoded, pictures, changes[-1] if changes else None, decoder=reader.decoder.info, place_ns=place_ns)

    def _picture(self, reader: VideoStreamReader, frame: av.VideoFrame) -> VideoPicture:
        index, self._pictures = self._pictures, self._pictures + 1
        captured_ns = self._timeline.at(reader.ticks_ns(self._rounds.shifted(frame.pts)))
        return VideoPicture(frame, self._scaler, captured_ns, index)


class _Pace:
    """When a moment of the stream is due, by the monotonic counter. Starts anew when the reader has fallen behind by half a second."""

    def __init__(self) -> None:
        self._offset_ns: int | None = None

    def left_s(self, stream_ns: int) -> float:
        now_ns = time.monotonic_ns()
        if self._offset_ns is None or now_ns - stream_ns - self._offset_ns > SECOND // 2:
            self._offset_ns = now_ns - stream_ns
        return (self._offset_ns + stream_ns - now_ns) / SECOND


class _Rounds:
    """Ticks that run on: each round starts where the one before ended. Fills in times that a raw stream does not have."""

    def __init__(self) -> None:
        self.empty = True
        self._shift = 0
        self._end = 0
        self._placed_first = False
        self._last_pts = 0

    def next_round(self) -> None:
        self._placed_first = False

    def place(self, packet: Packet, reader: VideoStreamReader) -> tuple[int, int]:
        """(pts, dts) of this packet, counted over all rounds."""
        dts = packet.dts if packet.dts is not None else packet.pts
        if not self._placed_first:
            self._shift = self._end - (dts or 0) if not self.empty else 0
            self._placed_first, self.empty = True, False
        placed_dts = self._end if dts is None else dts + self._shift
        pts = placed_dts if packet.pts is None else packet.pts + self._shift
        self._end = max(self._end, placed_dts + (packet.duration or _picture_ticks(reader.info)))
        self._last_pts = pts
        return pts, placed_dts

    def within(self, ticks: int) -> int:
        """Of a time that was placed in the current round, what the file itself calls it."""
        return ticks - self._shift

    def shifted(self, pts: int | None) -> int:
        """Presentation time of a picture of the current round."""
        return self._last_pts if pts is None else pts + self._shift


def _at(packet: EncodedPacket, captured_ns: int) -> EncodedPacket:
    """Mostly as it is: making a copy of a value takes longer than a look at its time."""
    return packet if packet.captured_ns == captured_ns else replace(packet, captured_ns=captured_ns)


def _state_of(path: Path) -> tuple[int, ...] | None:
    """Another one after the file was written or replaced; None: it is not there."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def _picture_ticks(info: StreamInfo) -> int:
    numerator, denominator = info.time_base
    return max(1, round(denominator / (numerator * (info.fps or 25.0))))
