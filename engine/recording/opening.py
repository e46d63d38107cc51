"""Opening a recorded video file for reading, so that nothing in it can lead elsewhere."""

from pathlib import Path
from typing import cast

from av.container import InputContainer
from av.error import FFmpegError
from av.video.stream import VideoStream

from engine.model.errors import EnvironmentFault
from engine.recording.clips.cut_video import open_left

# Files may have been fetched from an engine elsewhere: nothing in one may lead to another file or to the network.
_OPENING = {"protocol_whitelist": "file", "format_whitelist": "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm"}


# FFmpeg decodes the first pictures of whatever it opens, to tell their format and order: as much work as a jump of several pictures.
_UNSEEN = {"probesize": "32"}
_UNDECODED = [{"skip_frame": "all"}]  # of each stream; PyAV's annotation says otherwise


def open_video(path: Path, what: str = "clip", unseen: bool = False) -> tuple[InputContainer, VideoStream]:
    """The container and its first video stream. Where the end of the file is missing, what is left of it.

    Args:
        what: the file is called in sentences. unseen: nothing is decoded yet; for files of which it is known that their pictures are
            shown in the order in which they are decoded, since FFmpeg gives the first ones wrongly where it does not know otherwise.

    Raises EnvironmentFault: not there, no video.
    """
    try:
        if unseen:
            container = open_left(path, _OPENING | _UNSEEN, cast("list[str]", _UNDECODED))
        else:
            container = open_left(path, _OPENING)
    except (FFmpegError, OSError) as error:
        raise EnvironmentFault("unreadable", f"The {what} {path.name} cannot be played: {error.strerror}.") from error
    if not container.streams.video:
        container.close()
        raise EnvironmentFault("unreadable", f"The {what} {path.name} cannot be played: it holds no video.")
    stream = container.streams.video[0]
    # Threads of FFmpeg's own that log about damage would stay in Python's list of threads for ever.
    stream.codec_context.thread_count = 1
    return container, stream
