"""The unit of a stream's times."""

from fractions import Fraction

from av.video.stream import VideoStream


def time_base(stream: VideoStream) -> Fraction:
    """Seconds of a tick. Raises ValueError for a stream that has none, which no demuxer gives."""
    base = stream.time_base
    if base is None:
        raise ValueError("the stream has no time base")
    return base
