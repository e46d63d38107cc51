"""New video files, written through files of Python's.

PyAV keeps all other threads of Python waiting while FFmpeg ends a file, which may mean to move all of its pictures. A file of Python's lets
them go on whenever the disk is waited for.
"""

from collections.abc import Generator
from contextlib import contextmanager
from io import FileIO
from pathlib import Path

import av
from av.container import OutputContainer

# Playable while it downloads, and what is left of it where its end is missing: the index is put in front when the pictures are all there.
_INDEX_FIRST = {"movflags": "faststart"}
# What was written up to half a second ago is on its way to the disk and can be read, whatever becomes of this process. MP4 is written in
# fragments, over which the usual index is laid at the end (see `cut_video.py`); a cluster of Matroska is as good.
_GROWING = {"flush_packets": "1", "movflags": "hybrid_fragmented", "frag_duration": "500000"}
_GROWING_ANY = {"flush_packets": "1", "cluster_time_limit": "500"}
_AT_ONCE = 1 << 17  # bytes; less would be several calls for a fragment


def begin_video(path: Path, kind: str, *, growing: bool = False) -> tuple[FileIO, OutputContainer]:
    """A new file, and FFmpeg's container of that kind (mp4, mov, webm, matroska) in it; to be closed in the opposite order.

    Args:
        growing: it can be read while it grows, also after a crash.

    Raises FFmpegError, OSError.
    """
    file = FileIO(path, "wb")
    try:
        return file, av.open(file, "w", format=kind, options=_options(kind, growing), buffer_size=_AT_ONCE, io_open=lambda *_: FileIO(path))
    except BaseException:
        file.close()
        raise


@contextmanager
def new_video(path: Path, kind: str) -> Generator[OutputContainer]:
    """The same, closed at the end."""
    file, container = begin_video(path, kind)
    with file, container:
        yield container


def _options(kind: str, growing: bool) -> dict[str, str]:
    if kind in ("mp4", "mov"):
        return _GROWING if growing else _INDEX_FIRST
    return _GROWING_ANY if growing else {}
