"""Pictures of sources that send no packets (simulated, folders, raw USB), as JPEG packets for the ring.

JPEG, because it is the cheapest, and most of what is kept is never part of a clip: measured per 640×360 picture 0.42 ms. Every picture is
a keyframe, so instant replay begins anywhere in the ring. What a clip holds is made of these packets by
`engine.recording.raw_video`.
"""

from engine.model.cameras.frame import DecodedFrame, EncodedPacket, StreamInfo
from engine.model.time import SECOND
from engine.recording.jpeg import encode_jpeg

RAW_TIME_BASE = (1, SECOND)
_QUALITY = 75
_LARGEST_WIDTH = 1280


def recorded_size(frame: DecodedFrame) -> tuple[int, int]:
    """Width and height at which a raw picture is kept: its own, or scaled down evenly to 1280 wide; even numbers, as 4:2:0 wants."""
    if frame.width <= _LARGEST_WIDTH:
        return _even(frame.width), _even(frame.height)
    return _LARGEST_WIDTH, _even(round(frame.height * _LARGEST_WIDTH / frame.width))


def _even(length: int) -> int:
    return max(2, length // 2 * 2)


def raw_stream(frame: DecodedFrame) -> StreamInfo:
    """The stream that packets of pictures of this size make up."""
    width, height = recorded_size(frame)
    return StreamInfo("mjpeg", width, height, 0.0, RAW_TIME_BASE)


def raw_packet(frame: DecodedFrame) -> EncodedPacket:
    width, height = recorded_size(frame)
    data = encode_jpeg(frame.bgr(width, height), _QUALITY)
    return EncodedPacket(data, frame.captured_ns, frame.captured_ns, 0, True, frame.captured_ns)
