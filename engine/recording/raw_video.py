"""MPEG-4 video made of a raw camera's JPEG packets while a clip of it is wanted.

JPEG costs the least while nothing happens, but a clip of it is several times as large. MPEG-4 (ISO/IEC 14496-2) is what FFmpeg encodes
without GPL parts in every build. Each picture is encoded once, however many events overlap: their cuts follow one further ring.
"""

from fractions import Fraction
from typing import Any, cast

import av
import numpy as np
from av.codec.context import Flags
from av.packet import Packet
from av.video.codeccontext import VideoCodecContext
from av.video.frame import PictureType, VideoFrame

from engine._opencv import cv2
from engine.model.errors import InputError
from engine.model.frame import EncodedPacket, StreamInfo
from engine.model.time import SECOND, seconds_to_ns
from engine.recording.raw import RAW_TIME_BASE
from engine.recording.ring import PacketRing, RingPacket

KEYFRAME_NS = 2 * SECOND
LEAD_S = 2.0  # another event of the same moment may have begun a little earlier
_QUANTISER = 4  # of 1–31; see decision 9 for what others cost
_CEILING_BITS = 100_000_000  # per second; only the quantiser is to decide
_COUNTED = Fraction(1, 25)  # time inside the codec; the file has the pictures' own times


class Mpeg4Encoder:
    """Pictures of one size, one packet for each, in their order. One thread.

    Attributes:
        info: the stream that the packets make up.
    """

    def __init__(self, width: int, height: int) -> None:
        context: VideoCodecContext = av.CodecContext.create("mpeg4", "w")
        context.width, context.height, context.pix_fmt = width, height, "yuv420p"
        context.time_base, context.framerate = _COUNTED, 1 / _COUNTED
        context.thread_count = 1
        context.gop_size, context.max_b_frames = 600, 0
        context.bit_rate = _CEILING_BITS
        context.flags |= Flags.global_header
        context.options = {"qmin": str(_QUANTISER), "qmax": str(_QUANTISER)}
        context.open()
        self.info = StreamInfo("mpeg4", width, height, 0.0, RAW_TIME_BASE, bytes(context.extradata or b""))
        self._context = context
        self._encoded = 0
        self._keyframe_ns: int | None = None

    def encode(self, jpeg: EncodedPacket) -> EncodedPacket:
        """Raises InputError: no picture."""
        return self.encode_picture(_picture(jpeg.data), jpeg.captured_ns)

    def encode_picture(self, picture: VideoFrame, at_ns: int) -> EncodedPacket:
        """A picture in yuv420p, of the encoder's size."""
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
        return packets[0]  # without B-pictures, nothing is held back


def _picture(jpeg: bytes) -> VideoFrame:
    bgr = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR) if jpeg else None
    if bgr is None:
        raise InputError("picture", "is no JPEG")
    return VideoFrame.from_ndarray(np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2YUV_I420), np.uint8), format="yuv420p")


class RawVideo:
    """Follows a ring of JPEG packets from a little before an event on; `ring` holds the same pictures as MPEG-4. The recording thread,
    except the constructor.
    """

    def __init__(self, jpegs: PacketRing, from_ns: int, max_bytes: int, max_ns: int) -> None:
        self.ring = PacketRing(max_bytes, max_ns)
        self._jpegs = jpegs
        self._from_ns = from_ns - seconds_to_ns(LEAD_S)
        self._cursor: int | None = None
        self._stream: StreamInfo | None = None
        self._encoder: Mpeg4Encoder | None = None

    def advance(self, most: int) -> bool:
        """Encode up to so many pictures; True when there are none left."""
        if self._cursor is None:
            self._cursor = self._jpegs.keyframe_at(self._from_ns)
        news = [] if self._cursor is None else self._jpegs.read(self._cursor)
        for kept in news[:most]:
            self._cursor = kept.number + 1
            self._take(kept)
        return len(news) <= most

    def _take(self, kept: RingPacket) -> None:
        encoder = self._encoder
        if encoder is None or kept.stream is not self._stream:
            self._stream = kept.stream
            self._encoder = encoder = Mpeg4Encoder(kept.stream.width, kept.stream.height)
            self.ring.on_stream(encoder.info)
        self.ring.append(encoder.encode(kept.packet))
