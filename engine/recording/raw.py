"""Pictures of sources that send no packets (simulated, folders, raw USB), as JPEG packets for the ring.

JPEG, because it is the cheapest of what every FFmpeg build under the LGPL can play: measured per 640×360 picture 0.42 ms, against 0.5–0.8
for MPEG-4, 1.6 for VP8 and 0.6–1.1 for x264, which is GPL. Every picture is a keyframe, so a clip begins exactly where it should and the
ring needs to hold no more than the seconds before an event. The price is size: 20 KB a picture against 4.
"""

from engine.model.frame import DecodedFrame, EncodedPacket, StreamInfo
from engine.model.time import SECOND
from engine.recording.jpeg import encode_jpeg

_QUALITY = 75
_LARGEST_WIDTH = 1280


def recorded_size(frame: DecodedFrame) -> tuple[int, int]:
    """Width and height at which a raw picture is kept: its own, or scaled down evenly to 1280 wide."""
    if frame.width <= _LARGEST_WIDTH:
        return frame.width, frame.height
    return _LARGEST_WIDTH, max(1, round(frame.height * _LARGEST_WIDTH / frame.width))


def raw_stream(frame: DecodedFrame) -> StreamInfo:
    """The stream that packets of pictures of this size make up."""
    width, height = recorded_size(frame)
    return StreamInfo("mjpeg", width, height, 0.0, (1, SECOND))


def raw_packet(frame: DecodedFrame) -> EncodedPacket:
    width, height = recorded_size(frame)
    data = encode_jpeg(frame.bgr(width, height), _QUALITY)
    return EncodedPacket(data, frame.captured_ns, frame.captured_ns, 0, True, frame.captured_ns)
