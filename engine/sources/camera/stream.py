"""One video stream, opened by FFmpeg. What files and network cameras have in common."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import field, replace
from fractions import Fraction
from typing import Annotated, TypeAlias, TypeVar

import av
from av.container import InputContainer
from av.video.stream import VideoStream

from engine.model.cameras.frame import StreamInfo
from engine.model.errors import EnvironmentFault
from engine.model.settings import SOFTWARE_DECODER
from engine.model.time import SECOND
from engine.model.value_class import dataclass
from engine.sources.camera import faults
from engine.sources.camera.calls import ffmpeg_call
from engine.sources.camera.decoder import MOST_PIXELS, Decoder
from engine.sources.camera.ffmpeg_log import refusals, refused_size, route_ffmpeg_log
from engine.sources.camera.hardware import HardwareDecoding
from engine.sources.camera.interrupt import Interrupt

T = TypeVar("T")
Packet: TypeAlias = Annotated["av.Packet[VideoStream]", "of the one stream that is read"]
_FASTEST_FPS = 480  # what is said above this is a clock rate, not a picture rate


@dataclass(frozen=True, slots=True)
class Opening:
    """How FFmpeg is to open one address.

    Attributes:
        url: with credentials; never shown. shown: the same without.
        format: the only demuxer that may be used; empty: any that `options` allows.
        strict: pictures with errors are refused.
        most_pixels: larger pictures are never decoded. decoder: as in the settings of a camera.
    """

    url: str = field(repr=False)
    shown: str
    format: str
    options: Mapping[str, str]
    open_limit_s: float
    read_limit_s: float
    strict: bool
    most_pixels: int = MOST_PIXELS
    decoder: str = SOFTWARE_DECODER


class VideoStreamReader:
    """Opened once, read, closed once, by one thread. After `close` nothing of FFmpeg may be touched: its memory is gone."""

    def __init__(self, opening: Opening, interrupt: Interrupt) -> None:
        """Connects.

        Raises:
            EnvironmentFault: with a reason from `faults` (`too_large` among them), or `codec`, `no_picture`.
        """
        route_ffmpeg_log()
        self._opening = opening
        self._interrupt = interrupt
        self._refused: tuple[int, int] | None = None
        self._container = self._call(self._open_stream, opening.open_limit_s, faults.timed_out)
        try:
            self._stream = self._video()
            self.info = self._describe()
        except EnvironmentFault:
            self._container.close()
            raise
        device = HardwareDecoding(self._stream.codec_context, opening.decoder)
        self.decoder = Decoder(self._stream.codec_context, opening.strict, opening.shown, opening.most_pixels, device)
        self._packets = self._container.demux(self._stream)
        self._opened, self._first = self.info, None
        self._ahead: Packet | None = None
        self._ratio = (self.info.time_base[0] * SECOND, self.info.time_base[1])

    def next(self) -> Packet | None:
        """The next packet; None at the end.

        Raises:
            EnvironmentFault: broken, or nothing came within the limit.
        """
        packet, self._ahead = self._ahead or self._demuxed_in_time(), None
        self._first = self._first or (packet and _place(packet))
        return packet

    def rewind(self) -> bool:
        """To the first packet again, without opening, which takes as long as several pictures. False: it has to be opened anew."""
        if self._first is None or self.info != self._opened or not self.decoder.begin_anew():
            return False
        try:
            self._call(self._seek_start, self._opening.read_limit_s, self._stalled)
            self._packets = self._container.demux(self._stream)
            self._ahead = self._demuxed_in_time()
        except EnvironmentFault:
            return False
        return self._ahead is not None and _place(self._ahead) == self._first

    def noticed(self, frame: av.VideoFrame) -> StreamInfo | None:
        """A new description when this picture has another size than the stream had so far."""
        if (frame.width, frame.height) == (self.info.width, self.info.height):
            return None
        self.info = replace(self.info, width=frame.width, height=frame.height, extradata=self._extradata())
        return self.info

    def nanoseconds(self, ticks: int | None) -> int | None:
        return None if ticks is None else self.ticks_ns(ticks)

    def ticks_ns(self, ticks: int) -> int:
        """Of the stream's clock, in nanoseconds."""
        numerator, denominator = self._ratio
        return ticks * numerator // denominator

    @staticmethod
    def sent_ns(packet: Packet) -> int | None:
        """UTC by the sender's own clock: of RTP, from its reports (FFmpeg's AVProducerReferenceTime, which begins with microseconds)."""
        if not packet.has_sidedata("prft"):
            return None
        return int.from_bytes(bytes(packet.get_sidedata("prft"))[:8], sys.byteorder, signed=True) * 1_000

    def close(self) -> None:
        self._container.close()

    def _open_stream(self) -> InputContainer:
        opening = self._opening
        limits = (opening.open_limit_s, opening.read_limit_s)
        options = {**opening.options, "max_pixels": str(opening.most_pixels)}  # FFmpeg decodes first pictures while it opens
        with refusals() as told:
            container = av.open(opening.url, format=opening.format or None, options=options, timeout=limits)
        self._refused = refused_size(told)
        return container

    def _seek_start(self) -> None:
        self._container.seek(self._container.start_time or 0)

    def _demuxed_in_time(self) -> Packet | None:
        packet = self._call(self._demuxed, self._opening.read_limit_s, self._stalled)
        return packet if packet is not None and packet.size else None

    def _demuxed(self) -> Packet | None:
        return next(self._packets, None)

    def _stalled(self, shown: str) -> EnvironmentFault:
        return faults.stalled(shown, self._opening.read_limit_s)

    def _call(self, work: Callable[[], T], limit_s: float, late: Callable[[str], EnvironmentFault]) -> T:
        return ffmpeg_call(work, self._interrupt, self._opening.shown, limit_s, late)

    def _video(self) -> VideoStream:
        streams = [stream for stream in self._container.streams.video if not stream.disposition & stream.disposition.attached_pic]
        if not streams:
            raise EnvironmentFault("no_picture", f"{self._opening.shown} holds no video. Choose another file or stream.")
        if getattr(streams[0], "codec_context", None) is None:
            raise EnvironmentFault(
                "codec", f"{self._opening.shown} sends video in a form that cannot be decoded here. Set it to H.264, H.265 or MJPEG."
            )
        return streams[0]

    def _describe(self) -> StreamInfo:
        context = self._stream.codec_context
        width, height = self._refused or (context.width, context.height)
        if width * height > self._opening.most_pixels:
            raise faults.too_large(self._opening.shown, width, height, self._opening.most_pixels)
        if not context.width or not context.height:
            raise EnvironmentFault(
                "no_picture", f"{self._opening.shown} gives pictures of size {context.width}×{context.height}. Check the camera's settings."
            )
        base = self._stream.time_base or Fraction(1, 90_000)
        times = (base.numerator, base.denominator)
        return StreamInfo(context.codec.canonical_name, context.width, context.height, self._fps(), times, self._extradata())

    def _fps(self) -> float:
        rate = self._stream.average_rate or self._stream.guessed_rate
        return float(rate) if rate and rate <= _FASTEST_FPS else 0.0

    def _extradata(self) -> bytes:
        return bytes(self._stream.codec_context.extradata or b"")


def _place(packet: Packet) -> tuple[int | None, ...]:
    """What tells a packet of a file from its others."""
    return packet.pts, packet.dts, packet.pos, packet.size
