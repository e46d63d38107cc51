"""Cameras on the network: RTSP (TCP, UDP) and MJPEG over HTTP."""

from dataclasses import replace
from urllib.parse import urlsplit, urlunsplit

import av

from engine.model.cameras.frame import EncodedPacket, StreamInfo
from engine.model.time import SECOND, Clock
from engine.sources.camera import faults
from engine.sources.camera.backlog import Backlog
from engine.sources.camera.find.reach import check_reach, first_answering
from engine.sources.camera.interrupt import Interrupt
from engine.sources.camera.picture import Scaler, VideoPicture
from engine.sources.camera.protocol import STALL_S, Reading
from engine.sources.camera.sender_clock import SenderClock
from engine.sources.camera.stream import Opening, Packet, VideoStreamReader
from engine.sources.camera.timeline import LiveTimeline
from engine.sources.camera.urls import public_url

_OPEN_LIMIT_S = 5.0
_TICKS = 90_000


def rtsp_opening(url: str, transport: str) -> Opening:
    """RTSP. Video only; no waiting for twenty pictures to guess the rate (0.8 s at 25 fps); nothing leads out of these protocols."""
    options = {
        "rtsp_transport": transport,
        "allowed_media_types": "video",
        "protocol_whitelist": "rtp,tcp,udp,tls" if url.lower().startswith("rtsps:") else "rtp,tcp,udp",
        "fpsprobesize": "0",
        "analyzeduration": "3000000",
        "user_agent": "Watchroom",
    }
    return Opening(url, public_url(url), "rtsp", options, _OPEN_LIMIT_S, STALL_S, strict=True)


def mjpeg_opening(url: str) -> Opening:
    """JPEG pictures in a multipart answer; no other demuxer, so that no playlist can lead elsewhere, and neither redirect nor proxy past
    `check_reach`."""
    options = {
        "protocol_whitelist": "http,tcp,https,tls" if url.lower().startswith("https:") else "http,tcp",
        "max_redirects": "0",
        "http_proxy": "",  # not even that of the environment
        "fpsprobesize": "0",
        "analyzeduration": "1000000",
        "user_agent": "Watchroom",
    }
    return Opening(url, public_url(url), "mpjpeg", options, _OPEN_LIMIT_S, STALL_S, strict=True)


def judged(opening: Opening) -> Opening:
    """Plain HTTP by the address that was judged, so that FFmpeg does not resolve the name anew; the camera is told the name.

    Raises:
        InputError, EnvironmentFault: as `check_reach`.
    """
    addresses = check_reach(opening.url)
    parts = urlsplit(opening.url)
    if parts.scheme != "http":
        return opening
    login, at, typed = parts.netloc.rpartition("@")
    address = first_answering(addresses, parts.port or 80)
    place = (f"[{address}]" if ":" in address else address) + (f":{parts.port}" if parts.port else "")
    there = urlunsplit(parts._replace(netloc=f"{login}{at}{place}"))
    return replace(opening, url=there, options={**opening.options, "headers": f"Host: {typed}\r\n"})


class NetworkSource:
    """A `FrameSource` over an FFmpeg connection. Times are the sender's count, placed by their arrival (`LiveTimeline`):
    whatever time of day the sender believes in is only told, never used.

    `timeless`: the stream carries no times of its own (MJPEG); packets then count 1/90000 s since the first by their arrival.
    """

    def __init__(self, opening: Opening, clock: Clock, timeless: bool) -> None:
        self.decoding = True
        self._opening = opening
        self._timeless = timeless
        self._clock = clock
        self._backlog: Backlog | None = None
        self._timeline = LiveTimeline(clock)
        self._sender = SenderClock()
        self._interrupt = Interrupt()
        self._reader: VideoStreamReader | None = None
        self._scaler = Scaler()
        self._pictures = 0
        self._first_ns: int | None = None

    def open(self) -> StreamInfo:
        self._reader = VideoStreamReader(judged(self._opening), self._interrupt)
        return self._described(self._reader.info)

    def read(self) -> Reading:
        packet, waited_ns = self._next(self._reader) if self._reader is not None else (None, None)
        if self._reader is None or packet is None:
            raise faults.closed(self._opening.shown)
        encoded = self._stamped(self._reader, packet, waited_ns)
        if not self.decoding:
            self._reader.decoder.hold(packet)
            return Reading(encoded, clock_ahead_ns=self._sender.ahead_ns)
        frames = self._reader.decoder.decode(packet)
        pictures = tuple(self._picture(self._reader, frame, encoded) for frame in frames)
        change = self._change(self._reader, frames)
        return Reading(encoded, pictures, change, self._sender.ahead_ns, decoder=self._reader.decoder.info)

    def interrupt(self) -> None:
        self._interrupt.set()

    def close(self) -> None:
        reader, self._reader = self._reader, None
        if reader is not None:
            reader.close()

    def _next(self, reader: VideoStreamReader) -> tuple[Packet | None, int | None]:
        """A packet, and when it was sent if it had waited since."""
        if self._timeless:
            return reader.next(), None
        if self._backlog is None:
            self._backlog = Backlog(reader.next, lambda packet: reader.nanoseconds(packet.dts), self._clock)
            self._timeline.begin(self._backlog.look())
        return self._backlog.next()

    def _described(self, info: StreamInfo) -> StreamInfo:
        return replace(info, time_base=(1, _TICKS), fps=0.0) if self._timeless else info

    def _change(self, reader: VideoStreamReader, frames: list[av.VideoFrame]) -> StreamInfo | None:
        changes = [change for frame in frames if (change := reader.noticed(frame)) is not None]
        return self._described(changes[-1]) if changes else None

    def _stamped(self, reader: VideoStreamReader, packet: Packet, waited_ns: int | None) -> EncodedPacket:
        pts = None if self._timeless else packet.pts
        dts = None if self._timeless else packet.dts
        if waited_ns is None:
            captured_ns = self._timeline.arrived(reader.nanoseconds(pts if dts is None else dts))
        else:
            captured_ns = self._timeline.waited(waited_ns)
        sent_ns = reader.sent_ns(packet)
        if sent_ns is not None:
            self._sender.add_sample(sent_ns, captured_ns)
        timed = pts if pts is not None else dts if dts is not None else self._ticks(captured_ns)
        whole_pts, whole_dts = timed if pts is None else pts, timed if dts is None else dts
        return EncodedPacket(bytes(packet), whole_pts, whole_dts, packet.duration or 0, packet.is_keyframe, captured_ns)

    def _ticks(self, captured_ns: int) -> int:
        self._first_ns = captured_ns if self._first_ns is None else self._first_ns
        return (captured_ns - self._first_ns) * _TICKS // SECOND

    def _picture(self, reader: VideoStreamReader, frame: av.VideoFrame, packet: EncodedPacket) -> VideoPicture:
        index, self._pictures = self._pictures, self._pictures + 1
        captured_ns = packet.captured_ns if self._timeless else self._timeline.at(reader.nanoseconds(frame.pts))
        return VideoPicture(frame, self._scaler, captured_ns, index)
