"""Decoding a packet ring from any moment on, without a file."""

from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from typing import cast

from av.codec.context import CodecContext
from av.error import FFmpegError
from av.packet import Packet
from av.video.codeccontext import VideoCodecContext
from av.video.stream import VideoStream

from engine._burning import Burner
from engine.model.cameras.frame import StreamInfo
from engine.model.cameras.privacy import Cover
from engine.recording.clips.clip_file import shown_ns
from engine.recording.footage.playback import ClipPicture
from engine.recording.ring import PacketRing, RingPacket

_REORDERED = 32  # pictures whose packets are remembered: no codec holds back more


class RingReader:
    """Its pictures carry the time at which they were live, UTC in ns. What cannot be decoded is left out, up to the next keyframe.

    One thread at a time.
    """

    def __init__(self, ring: PacketRing) -> None:
        self.ring = ring
        self._codec: VideoCodecContext | None = None
        self._stream: StreamInfo | None = None
        self._cursor: int | None = None
        self._headless = True  # waits for a keyframe
        self._times: dict[int, int] = {}
        self._shown_ns = 0  # of the newest packet
        self._decoded: deque[ClipPicture] = deque()

    def pictures(self, at_ns: int, after: bool = False) -> Iterator[ClipPicture]:
        """The picture shown at a time and those that follow, up to the newest; the oldest one where that time is not held any more.

        `after`: without the one shown at that time. Whoever stops in between goes on with `on`.
        """
        self._restart(at_ns)
        before: ClipPicture | None = None
        for shown in self.on():
            if shown.at_ns <= at_ns:
                before = shown
                continue
            self._decoded.appendleft(shown)
            break
        if before is not None and not after:
            yield before
        yield from self.on()

    def on(self) -> Iterator[ClipPicture]:
        """What follows, up to the newest."""
        while True:
            while self._decoded:
                yield self._decoded.popleft()
            kept = self._next_packet()
            if kept is None:
                return
            self._feed(kept)

    def close(self) -> None:
        self._codec = None
        self._decoded.clear()

    def _restart(self, at_ns: int) -> None:
        self._cursor = self.ring.keyframe_at(at_ns)
        self._stream = self._codec = None
        self._decoded.clear()

    def _next_packet(self) -> RingPacket | None:
        if self._cursor is None:
            return None
        kept = next(iter(self.ring.read(self._cursor, 1)), None)
        if kept is not None:
            self._headless |= kept.number != self._cursor  # what came between was dropped meanwhile
            self._cursor = kept.number + 1
        return kept

    def _feed(self, kept: RingPacket) -> None:
        if kept.stream is not self._stream:
            self._change_stream(kept.stream)
        if self._codec is None or (self._headless and not kept.packet.keyframe):
            return
        self._headless = False
        packet = cast("Packet[VideoStream]", Packet(kept.packet.data))
        packet.pts, packet.dts = kept.packet.pts, kept.packet.dts
        self._shown_ns = self._times[kept.packet.pts] = shown_ns(kept.packet, kept.stream)
        for old in list(islice(self._times, max(0, len(self._times) - _REORDERED))):
            del self._times[old]
        self._take_decoded(packet)

    def _take_decoded(self, packet: "Packet[VideoStream] | None") -> None:
        if self._codec is None:
            return
        try:
            for frame in self._codec.decode(packet):  # pyright: ignore[reportUnknownMemberType]  # the stubs say `Packet` of anything
                at_ns = self._times.get(frame.pts, self._shown_ns) if frame.pts is not None else self._shown_ns
                self._decoded.append(ClipPicture(at_ns, frame))
        except FFmpegError:
            self._headless = True

    def _change_stream(self, stream: StreamInfo) -> None:
        """A connection has ended: what its decoder still holds back is shown before the next one's."""
        self._take_decoded(None)
        self._stream, self._codec, self._headless = stream, _decoder(stream), True
        self._times.clear()


def covering(pictures: Iterator[ClipPicture], cover: Cover) -> Iterator[ClipPicture]:
    """The same with what is private burned in."""
    burner = Burner(cover.on) if cover else None
    for picture in pictures:
        yield picture if burner is None else ClipPicture(picture.at_ns, burner.burned(picture.frame))


def _decoder(stream: StreamInfo) -> VideoCodecContext | None:
    """None where FFmpeg has none."""
    with suppress(ValueError, FFmpegError):
        codec = CodecContext.create(stream.codec, "r")
        if isinstance(codec, VideoCodecContext):
            codec.thread_count = 1  # several would hold pictures back, and there is one for each viewer
            if stream.extradata:
                codec.extradata = stream.extradata
            return codec
    return None
