"""A site of two cameras that see a square move now and then. In place of the demo site where it is not about what is seen there: its four
cameras that are drawn, with people who are looked for, and its radio take a whole core."""

from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from engine.model.settings import CameraSettings, DetectionSettings, Settings
from engine.model.time import SECOND
from engine.pipeline.cameras.motion import STILL_NS
from engine.runtime.data_folder import DataFolder
from engine.runtime.settings.settings_file import save_settings
from tests.fakes.rtsp import RtspServer

CAMERAS = ("porch", "ramp")
_FPS, _WIDTH, _HEIGHT = 10, 320, 180
_ENCODED = {"preset": "veryfast", "x264-params": "keyint=10:scenecut=0:threads=1:bframes=0"}
_MOVING, _STILL = 3 * _FPS, (STILL_NS // SECOND + 2) * _FPS  # pictures: long enough for an event, and for its end


def small_site(folder: Path) -> None:
    """Its settings, in a data folder in which nothing is yet. Its cameras are files beside it."""
    video = write_square(folder.with_suffix(".mp4"))
    _put_settings(folder, dict.fromkeys(CAMERAS, str(video)))


@contextmanager
def small_site_by_network(folder: Path) -> Iterator[None]:
    """The same, with cameras that others than its engine can reach, too."""
    video = write_square(folder.with_suffix(".mp4"))
    with RtspServer(dict.fromkeys(CAMERAS, video)) as server:
        _put_settings(folder, {name: server.url(name) for name in CAMERAS})
        yield


def _put_settings(folder: Path, urls: dict[str, str]) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    cameras = tuple(CameraSettings(name, name.title(), url, min_person_share=1.0) for name, url in urls.items())  # searched in a blink
    save_settings(DataFolder(folder).settings, Settings(cameras=cameras, detection=DetectionSettings(rate_hz=0.2)))


def write_square(path: Path) -> Path:
    """H.264: a square moves, and then it is not there for a while."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=_FPS, options=_ENCODED)
        stream.width, stream.height, stream.pix_fmt, stream.time_base = _WIDTH, _HEIGHT, "yuv420p", Fraction(1, _FPS)
        for number in range(_MOVING + _STILL):
            picture = np.full((_HEIGHT, _WIDTH, 3), 60, np.uint8)
            if number < _MOVING:
                picture[60:120, 8 * number : 8 * number + 40] = 220
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path
