"""Packets that an engine passes on to pictures, without a container around them."""

from itertools import islice
from typing import cast

from av.codec.context import CodecContext
from av.error import FFmpegError
from av.packet import Packet
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from engine.model.cameras.frame import PACKET_CODECS, DecodedFrame, DecoderInfo, EncodedPacket, StreamInfo
from engine.model.errors import EnvironmentFault
from engine.model.settings import SOFTWARE_DECODER
from engine.sources.camera.decoder import Decoder
from engine.sources.camera.ffmpeg_log import route_ffmpeg_log
from engine.sources.camera.hardware import HardwareDecoding
from engine.sources.camera.picture import Scaler, VideoPicture

_MOST_PIXELS = 40_000_000  # as cameras have it by default
_REORDERED = 32  # pictures whose packets are remembered: no codec holds back more


class PacketPictures:
    """One stream's decoder. One thread at a time. After damage, and where packets were left out, it goes on at the next keyframe."""

    def __init__(self, info: StreamInfo, decoder: str = SOFTWARE_DECODER) -> None:
        """`decoder`: as in the settings of a camera. Raises EnvironmentFault (`codec`): nothing here decodes it."""
        route_ffmpeg_log()
        self.info = info
        context = _context(info)
        self._decoder = Decoder(context, strict=True, most_pixels=_MOST_PIXELS, device=HardwareDecoding(context, decoder))
        self._scaler = Scaler()
        self._times: dict[int, int] = {}
        self._pictures = 0

    @property
    def decoder(self) -> DecoderInfo:
        """What decodes now."""
        return self._decoder.info

    @property
    def damaged(self) -> int:
        """Packets and pictures that could not be decoded so far."""
        return self._decoder.damaged

    def start_over(self) -> None:
        """What comes next is a keyframe and does not go on from what came before."""
        self._decoder.start_over()
        self._times.clear()

    def decode(self, packet: EncodedPacket) -> list[DecodedFrame]:
        """Pictures that this packet finished, each with the time of its own packet.

        Raises EnvironmentFault (`too_large`): its picture has more pixels than are decoded.
        """
        self._times[packet.pts] = packet.captured_ns
        for old in list(islice(self._times, max(0, len(self._times) - _REORDERED))):
            del self._times[old]
        coded = cast("Packet[VideoStream]", Packet(packet.data))
        coded.pts, coded.dts, coded.is_keyframe = packet.pts, packet.dts, packet.keyframe
        return [self._picture(frame, packet) for frame in self._decoder.decode(coded)]

    def _picture(self, frame: VideoFrame, packet: EncodedPacket) -> DecodedFrame:
        captured_ns = packet.captured_ns if frame.pts is None else self._times.get(frame.pts, packet.captured_ns)
        self._pictures += 1
        return VideoPicture(frame, self._scaler, captured_ns, self._pictures)


def _context(info: StreamInfo) -> VideoCodecContext:
    if info.codec not in PACKET_CODECS:
        raise EnvironmentFault("codec", f"{info.codec[:20]!r} is not decoded here.")
    try:
        context = CodecContext.create(info.codec, "r")
        assert isinstance(context, VideoCodecContext), "a codec of pictures"
        if info.extradata:
            context.extradata = info.extradata
        return context
    except (ValueError, FFmpegError) as error:
        raise EnvironmentFault("codec", f"{info.codec} is not decoded here ({error}).") from None
