"""H.264 and H.265 as byte streams (ITU-T H.264 and H.265, annex B), which is what the muxer is given whatever the source sent.

MP4 files carry length-prefixed units and keep the parameter sets apart (ISO/IEC 14496-15, avcC and hvcC); RTSP carries byte streams,
often with the parameter sets only in its session description. A clip may begin at any keyframe, so each one gets the sets in front.
"""

from collections.abc import Callable, Iterator
from typing import TypeAlias

from engine.model.cameras.frame import EncodedPacket, StreamInfo

START_CODE = b"\x00\x00\x00\x01"
ToBytes: TypeAlias = Callable[[EncodedPacket], bytes]

_SPS = {"h264": 7, "hevc": 33}
_SET_FIRST = frozenset({"mpeg4", "mpeg2video", "mpeg1video", "av1"})


def unit_type(codec: str, unit: bytes) -> int:
    """The unit's type from its first byte; -1 for an empty unit."""
    if not unit:
        return -1
    return unit[0] & 0x1F if codec == "h264" else unit[0] >> 1 & 0x3F


def split(stream: bytes) -> Iterator[bytes]:
    """The units of a byte stream, without start codes."""
    at = stream.find(b"\x00\x00\x01")
    while at >= 0:
        following = stream.find(b"\x00\x00\x01", at + 3)
        yield stream[at + 3 : following if following >= 0 else None].rstrip(b"\x00")
        at = following


def sequence_sets(codec: str, stream: bytes) -> tuple[bytes, ...]:
    """The sequence parameter sets in a byte stream; another set means another picture size or profile."""
    wanted = _SPS.get(codec)
    return tuple(unit for unit in split(stream) if unit_type(codec, unit) == wanted) if wanted else ()


def byte_stream(info: StreamInfo, codec: str) -> ToBytes:
    """How this stream's packets become what the muxer wants: keyframes preceded by the set-up data, H.264/H.265 with start codes."""
    if codec in _SPS:
        return _unit_stream(info.extradata, codec)
    if codec in _SET_FIRST and info.extradata:
        return lambda packet: _preceded(info.extradata, packet)
    return lambda packet: packet.data


def _preceded(head: bytes, packet: EncodedPacket) -> bytes:
    return head + packet.data if packet.keyframe and not packet.data.startswith(head) else packet.data


def _unit_stream(extradata: bytes, codec: str) -> ToBytes:
    sets, length_bytes = extradata, 0
    if extradata[:1] == b"\x01":
        sets, length_bytes = _avcc(extradata) if codec == "h264" else _hvcc(extradata)

    def convert(packet: EncodedPacket) -> bytes:
        data = _with_start_codes(packet.data, length_bytes) if length_bytes else packet.data
        return sets + data if packet.keyframe and not sequence_sets(codec, data) else data

    return convert


def _with_start_codes(data: bytes, length_bytes: int) -> bytes:
    units: list[bytes] = []
    at = 0
    while at + length_bytes <= len(data):
        end = at + length_bytes + int.from_bytes(data[at : at + length_bytes], "big")
        units.append(data[at + length_bytes : end])
        at = end
    return b"".join(START_CODE + unit for unit in units)


def _avcc(extradata: bytes) -> tuple[bytes, int]:
    """Parameter sets of an AVCDecoderConfigurationRecord as a byte stream, and the size of the length fields."""
    sets, at = _counted_units(extradata, 6, extradata[5] & 0x1F) if len(extradata) > 6 else (b"", 0)
    pictures, _ = _counted_units(extradata, at + 1, extradata[at]) if at < len(extradata) else (b"", 0)
    return sets + pictures, (extradata[4] & 3) + 1 if len(extradata) > 4 else 4


def _hvcc(extradata: bytes) -> tuple[bytes, int]:
    """The same of an HEVCDecoderConfigurationRecord: 22 fixed bytes, then arrays of one unit type each."""
    sets, at = b"", 23
    for _ in range(extradata[22] if len(extradata) > 22 else 0):
        units, at = _counted_units(extradata, at + 3, int.from_bytes(extradata[at + 1 : at + 3], "big"))
        sets += units
    return sets, (extradata[21] & 3) + 1 if len(extradata) > 21 else 4


def _counted_units(data: bytes, at: int, count: int) -> tuple[bytes, int]:
    units: list[bytes] = []
    for _ in range(count):
        end = at + 2 + int.from_bytes(data[at : at + 2], "big")
        units.append(START_CODE + data[at + 2 : end])
        at = end
    return b"".join(units), at
