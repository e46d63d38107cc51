"""VP9 video made of a raw camera's JPEG packets while a clip of it is wanted.

JPEG costs the least while nothing happens, but a clip of it is several times as large. VP9 is played by every browser, and libvpx,
which encodes it, is under the BSD licence. Each picture is encoded once, however many events overlap: their cuts follow one further ring.
"""

from fractions import Fraction
from typing import Any, cast

import av
from av.error import FFmpegError
from av.packet import Packet
from av.video.codeccontext import VideoCodecContext
from av.video.frame import PictureType, VideoFrame
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter

from engine.model.cameras.frame import EncodedPacket, StreamInfo
from engine.model.errors import InputError
from engine.model.time import SECOND, seconds_to_ns
from engine.recording.raw import RAW_TIME_BASE
from engine.recording.ring import PacketRing, RingPacket

KEYFRAME_NS = 2 * SECOND
LEAD_S = 2.0  # another event of the same moment may have begun a little earlier
# Each picture comes out as soon as it went in, at a constant quality (of 0–63, less is better): decision 235 has what others cost.
_OPTIONS = {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0", "crf": "34"}
_COUNTED = Fraction(1, 25)  # time inside the codec; the file has the pictures' own times


class Vp9Encoder:
    """Pictures of one size, one packet for each, in their order. One thread.

    Attributes:
        info: the stream that the packets make up.
    """

    def __init__(self, width: int, height: int, colorspace: int = Colorspace.ITU601) -> None:
        """`colorspace`: how the pictures mean their colours, FFmpeg's number; written into the video, since players guess differently."""
        context: VideoCodecContext = av.CodecContext.create("libvpx-vp9", "w")
        context.width, context.height, context.pix_fmt = width, height, "yuv420p"
        context.time_base, context.framerate = _COUNTED, 1 / _COUNTED
        context.thread_count = 1
        context.gop_size, context.bit_rate = 600, 0
        context.colorspace, context.color_range = colorspace, ColorRange.MPEG
        context.options = dict(_OPTIONS)
        context.open()
        self.info = StreamInfo("vp9", width, height, 0.0, RAW_TIME_BASE)
        self._context = context
        self._encoded = 0
        self._keyframe_ns: int | None = None

    def encode_picture(self, picture: VideoFrame, at_ns: int) -> EncodedPacket:
        """A picture in yuv420p of limited range, of the encoder's size."""
        packet = self._packet(picture, self._keyframe_due(at_ns))
        if packet.is_keyframe:
            self._keyframe_ns = at_ns
        return EncodedPacket(bytes(packet), at_ns, at_ns, 0, packet.is_keyframe, at_ns)

    def _keyframe_due(self, at_ns: int) -> bool:
        return self._keyframe_ns is None or at_ns - self._keyframe_ns >= KEYFRAME_NS

    def _packet(self, picture: VideoFrame, keyframe: bool) -> "Packet[Any]":
        picture.pts, picture.time_base = self._encoded, _COUNTED
        picture.pict_type = PictureType.I if keyframe else PictureType.NONE
        self._encoded += 1
        packets = cast("list[Packet[Any]]", self._context.encode(picture))  # pyright: ignore[reportUnknownMemberType]
        return packets[0]  # nothing is held back


class JpegDecoder:
    """JPEG packets as pictures for the encoder, without a detour by RGB. One thread."""

    def __init__(self) -> None:
        self._context: VideoCodecContext = av.CodecContext.create("mjpeg", "r")
        self._context.thread_count = 1
        self._range = VideoReformatter()

    def decode(self, jpeg: EncodedPacket) -> VideoFrame:
        """In yuv420p of limited range, of the packet's size. Raises InputError: no picture."""
        try:
            pictures = self._context.decode(Packet(jpeg.data))  # pyright: ignore[reportUnknownMemberType]
        except (FFmpegError, ValueError):
            pictures = []
        if not pictures:
            raise InputError("picture", "is no JPEG")
        return limited(pictures[0], self._range)


def limited(picture: VideoFrame, by: VideoReformatter, width: int | None = None, height: int | None = None) -> VideoFrame:
    """A picture in yuv420p of limited range, which is what players expect of video; scaled where a size is given."""
    full = picture.format.name.startswith("yuvj") or picture.color_range == ColorRange.JPEG
    source = ColorRange.JPEG if full else ColorRange.MPEG
    return by.reformat(picture, width, height, "yuv420p", src_color_range=source, dst_color_range=ColorRange.MPEG, threads=1)


def colours_of(picture: VideoFrame) -> int:
    """For an encoder of what `limited` makes of a picture; pictures in RGB are converted as ITU-R BT.601 says."""
    return picture.colorspace or Colorspace.ITU601


class RawVideo:
    """Follows a ring of JPEG packets from a little before an event on; `ring` holds the same pictures as VP9. The recording thread,
    except the constructor.
    """

    def __init__(self, jpegs: PacketRing, from_ns: int, max_bytes: int, max_ns: int) -> None:
        self.ring = PacketRing(max_bytes, max_ns)
        self._jpegs = jpegs
        self._from_ns = from_ns - seconds_to_ns(LEAD_S)
        self._cursor: int | None = None
        self._stream: StreamInfo | None = None
        self._jpeg = JpegDecoder()
        self._encoder: Vp9Encoder | None = None

    def advance(self, most: int) -> bool:
        """Encode up to so many pictures; True when there are none left."""
        if self._cursor is None:
            self._cursor = self._jpegs.keyframe_at(self._from_ns)
        news = [] if self._cursor is None else self._jpegs.read(self._cursor)
        for kept in news[:most]:
            self._cursor = kept.number + 1
            self._encode_picture(kept)
        return len(news) <= most

    def _encode_picture(self, kept: RingPacket) -> None:
        encoder = self._encoder
        if encoder is None or kept.stream is not self._stream:
            self._stream = kept.stream
            self._encoder = encoder = Vp9Encoder(kept.stream.width, kept.stream.height)
            self.ring.on_stream(encoder.info)
        self.ring.append(encoder.encode_picture(self._jpeg.decode(kept.packet), kept.packet.captured_ns))
