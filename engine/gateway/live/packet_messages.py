"""The messages of `/ws/camera/{id}?packets=…`: what they hold, for both ends.

Text, JSON, before the first packet and whenever it changes:

    {"type": "feed", "camera_id", "transport": "packets", "codec": "h264" | "hevc", "stream": "only" | "main" | "sub",
     "extradata": base64, "time_base": [1, 90000], "width", "height", "track_width", "track_height", "reason": "", "message": ""}
    {"type": "feed", "camera_id", "transport": "pictures", "reason": a word of `NoPackets`, "message": a sentence}

`track_width`, `track_height`: the size that boxes refer to; 0: that of this stream's own pictures. After `pictures` come messages of
`"type": "frame"`, as without `packets`.

Binary, big-endian: version (1 byte, 1), flags (1 byte: ANSWER, ANEW), number of the message (4), then each packet: flags (1 byte:
KEYFRAME), time of its picture (8, UTC in ns), pts and dts (8 each, units of the stream), length (4), data as the camera sent it.

The viewer answers a message with ANSWER by its number (4 bytes, binary) once it has decoded it; without that answer nothing more is sent
after a while. ANEW: what came before is not gone on from; the first packet is a keyframe.
"""

import base64
import binascii
import struct
from typing import Any

from engine.model.cameras.frame import PACKET_CODECS, EncodedPacket, StreamInfo
from engine.model.errors import InputError
from engine.model.time import EVER_NS
from engine.model.value_class import dataclass

VERSION = 1
ANSWER, ANEW = 1, 2
KEYFRAME = 1

_HEAD, _PACKET, _ANSWER = struct.Struct(">BBI"), struct.Struct(">BqqqI"), struct.Struct(">I")
_MOST_EXTRADATA = 1 << 16
_LARGEST_SIDE = 1 << 15
_MOST_PACKETS = 1000


@dataclass(frozen=True, slots=True)
class PacketStream:
    """What the packets that follow are. `track_size`: what boxes refer to; (0, 0): this stream's own pictures."""

    info: StreamInfo
    stream: str
    track_size: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class NoPacketStream:
    """Pictures follow, and why: a word and a sentence."""

    reason: str
    message: str = ""


@dataclass(frozen=True, slots=True)
class PacketMessage:
    """`packets`: `captured_ns` is the time of the picture."""

    number: int
    packets: tuple[EncodedPacket, ...]
    answer: bool = False
    anew: bool = False


def feed_fields(camera_id: str, feed: PacketStream | NoPacketStream) -> dict[str, Any]:
    head = {"type": "feed", "camera_id": camera_id}
    if isinstance(feed, NoPacketStream):
        return {**head, "transport": "pictures", "reason": feed.reason, "message": feed.message}
    info, (width, height) = feed.info, feed.track_size
    described = {"codec": info.codec, "stream": feed.stream, "time_base": list(info.time_base)}
    described["extradata"] = base64.b64encode(info.extradata).decode("ascii")
    sizes = {"width": info.width, "height": info.height, "track_width": width, "track_height": height}
    return {**head, "transport": "packets", **described, **sizes, "reason": "", "message": ""}


def read_feed(plain: dict[str, Any]) -> PacketStream | NoPacketStream:
    """Raises InputError: not as described above."""
    if plain.get("transport") == "pictures":
        return NoPacketStream(str(plain.get("reason"))[:100], str(plain.get("message"))[:1000])
    codec = plain.get("codec")
    if plain.get("transport") != "packets" or not isinstance(codec, str) or codec not in PACKET_CODECS:
        raise InputError("codec", "is none that was asked for")
    try:
        extradata = base64.b64decode(str(plain["extradata"]), validate=True)
        numerator, denominator = (int(each) for each in plain.get("time_base", (1, 90_000)))
        width, height, *track = (int(plain[name]) for name in ("width", "height", "track_width", "track_height"))
    except (KeyError, TypeError, ValueError, OverflowError, binascii.Error):
        raise InputError("feed", "lacks a field, or one is wrong") from None
    if not (0 < numerator < 1 << 31 and 0 < denominator < 1 << 31):
        raise InputError("time_base", "is beyond its limits")
    if len(extradata) > _MOST_EXTRADATA or not all(0 <= side <= _LARGEST_SIDE for side in (width, height, *track)):
        raise InputError("feed", "is beyond its limits")
    info = StreamInfo(codec, width, height, 0.0, (numerator, denominator), extradata)
    return PacketStream(info, str(plain.get("stream"))[:20], (track[0], track[1]))


def packed(message: PacketMessage) -> bytes:
    flags = (ANSWER if message.answer else 0) | (ANEW if message.anew else 0)
    parts = [_HEAD.pack(VERSION, flags, message.number & 0xFFFFFFFF)]
    for packet in message.packets:
        key = KEYFRAME if packet.keyframe else 0
        parts += [_PACKET.pack(key, packet.captured_ns, packet.pts, packet.dts, len(packet.data)), packet.data]
    return b"".join(parts)


def unpacked(data: bytes) -> PacketMessage:
    """Raises InputError: not as described above."""
    if len(data) < _HEAD.size or data[0] != VERSION:
        raise InputError("packets", "are of another version")
    _, flags, number = _HEAD.unpack_from(data)
    packets: list[EncodedPacket] = []
    at = _HEAD.size
    while at < len(data):
        if at + _PACKET.size > len(data) or len(packets) == _MOST_PACKETS:
            raise InputError("packets", "end in the middle, or are too many")
        key, shown_ns, pts, dts, length = _PACKET.unpack_from(data, at)
        at += _PACKET.size
        if at + length > len(data) or not length or not 0 <= shown_ns < EVER_NS:
            raise InputError("packets", "have a wrong length or time")
        packets.append(EncodedPacket(data[at : at + length], pts, dts, 0, bool(key & KEYFRAME), shown_ns))
        at += length
    return PacketMessage(number, tuple(packets), bool(flags & ANSWER), bool(flags & ANEW))


def packed_answer(number: int) -> bytes:
    return _ANSWER.pack(number & 0xFFFFFFFF)


def unpacked_answer(data: bytes) -> int | None:
    """None: it is no answer."""
    return _ANSWER.unpack(data)[0] if len(data) == _ANSWER.size else None
