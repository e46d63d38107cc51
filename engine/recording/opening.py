"""Opening a recorded video file for reading, so that nothing in it can lead elsewhere."""

from pathlib import Path

import av
from av.container import InputContainer
from av.error import FFmpegError
from av.video.stream import VideoStream

from engine.model.errors import EnvironmentFault

# Files may have been fetched from an engine elsewhere: nothing in one may lead to another file or to the network.
_OPENING = {"protocol_whitelist": "file", "format_whitelist": "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm"}


def open_video(path: Path, what: str = "clip") -> tuple[InputContainer, VideoStream]:
    """The container and its first video stream; `what` the file is called in sentences. Raises EnvironmentFault: not there, no video."""
    try:
        container = av.open(f"file:{path}", options=_OPENING)
    except (FFmpegError, OSError) as error:
        raise EnvironmentFault("unreadable", f"The {what} {path.name} cannot be played: {error.strerror}.") from error
    if not container.streams.video:
        container.close()
        raise EnvironmentFault("unreadable", f"The {what} {path.name} cannot be played: it holds no video.")
    stream = container.streams.video[0]
    # Threads of FFmpeg's own that log about damage would stay in Python's list of threads for ever.
    stream.codec_context.thread_count = 1
    return container, stream
