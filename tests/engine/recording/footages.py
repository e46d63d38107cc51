"""Recorded files for the tests of footage: every picture shows which camera it is from and which picture it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from engine.model.time import SECOND
from engine.recording.footage.cache import PictureCache
from engine.recording.footage.footage import Footage, FootagePicture
from engine.recording.footage.plan import FootageFile, FootageGap, FootagePlan
from tests.engine.recording.streams import START_NS, drawn, seen

FPS = 25
FRAME_NS = SECOND // FPS


@dataclass(frozen=True, slots=True)
class Encoding:
    """`container`: a suffix, `.mp4` unless told otherwise. ticks: when picture i is shown, in 1/1000 s; empty: evenly."""

    encoder: str = "libx264"
    suffix: str = ".mp4"
    gop: int = 10
    b_frames: int = 0
    width: int = 96
    height: int = 64
    ticks: tuple[int, ...] = ()
    options: tuple[tuple[str, str], ...] = ()


def write(path: Path, count: int, first: int = 0, encoding: Encoding = Encoding(), camera: int = 1) -> Path:
    """Pictures `first` … of a camera; the first one at the beginning of the file."""
    with av.open(str(path), "w", options=dict(encoding.options)) as container:
        stream = container.add_stream(encoding.encoder, rate=FPS, options=_options(encoding))
        stream.width, stream.height = encoding.width, encoding.height
        stream.pix_fmt = "yuvj420p" if encoding.encoder == "mjpeg" else "yuv420p"
        stream.time_base = stream.codec_context.time_base = Fraction(1, 1000)
        for number in range(count):
            frame = av.VideoFrame.from_ndarray(drawn(camera, first + number, encoding.width, encoding.height), format="bgr24")
            frame.pts = encoding.ticks[number] if encoding.ticks else number * 1000 // FPS
            frame.time_base = Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def _options(encoding: Encoding) -> dict[str, str]:
    if encoding.encoder == "libx264":
        return {"g": str(encoding.gop), "bf": str(encoding.b_frames), "crf": "12", "x264-params": "scenecut=0:threads=1"}
    if encoding.encoder == "libx265":
        return {
            "x265-params": f"keyint={encoding.gop}:min-keyint={encoding.gop}:bframes={encoding.b_frames}:open-gop=1:pools=1:log-level=none"
        }
    if encoding.encoder == "libvpx":
        return {"g": str(encoding.gop), "deadline": "realtime", "cpu-used": "8", "crf": "8", "b": "2M"}
    return {"g": str(encoding.gop), "q:v": "2"}


def row(file_id: str, first: int, count: int, second_choice: bool = False) -> FootageFile:
    """The row of a file whose pictures are `first` … at an even rate."""
    return FootageFile(file_id, START_NS + first * FRAME_NS, START_NS + (first + count) * FRAME_NS, second_choice)


def footage(folder: Path, files: Sequence[FootageFile], cache: PictureCache | None = None) -> Footage:
    """Everything is known around these files, which lie in the folder by their ids."""
    made = Footage(lambda file: folder / file.id, cache or PictureCache())
    made.plan = FootagePlan(files, START_NS - 3600 * SECOND, START_NS + 3600 * SECOND)
    return made


def number(shown: FootagePicture | FootageGap) -> int:
    """Of the picture shown; fails for a gap."""
    assert isinstance(shown, FootagePicture), shown
    return seen(np.ascontiguousarray(shown.bgra()[:, :, :3]))[1]


def at(picture: float) -> int:
    """The time of a picture."""
    return START_NS + round(picture * FRAME_NS)


def walk(of: Footage, start_ns: int, steps: int, forward: bool) -> list[FootagePicture | FootageGap]:
    """From what is shown at a time, step by step."""
    found = [of.at(start_ns, backwards=not forward)]
    for _ in range(steps):
        edge = found[-1].until_ns if forward else found[-1].since_ns
        found.append(of.at(edge if forward else edge - 1, backwards=not forward))
    return found
