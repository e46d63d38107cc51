"""A camera whose pictures grow past its limit is lost with a reason, before memory is taken for them."""

import io
import subprocess
import sys
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from engine.model.cameras.frame import DecodedFrame
from engine.model.command import Credentials
from engine.model.errors import EnvironmentFault, InputError
from engine.model.settings import CameraSettings
from engine.model.time import SystemClock
from engine.sources.camera.protocol import EndOfStream, FrameSource
from engine.sources.camera.source import open_source
from tests.fakes.mjpeg import MjpegServer
from tests.fakes.rtsp import RtspServer

NOBODY: Credentials | None = None
SMALL, LARGE = (320, 240), (640, 480)
HUGE = 15_000


def jpeg(width: int, height: int) -> bytes:
    return cv2.imencode(".jpg", np.full((height, width, 3), 90, np.uint8))[1].tobytes()


def claiming(data: bytes, width: int, height: int) -> bytes:
    """The same JPEG with another size in its frame header: enough for a decoder to take the memory."""
    at = data.index(b"\xff\xc0") + 5
    return data[:at] + height.to_bytes(2) + width.to_bytes(2) + data[at + 4 :]


def video(path: Path, codec: str, size: tuple[int, int], frames: int = 50) -> Path:
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=25)
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        stream.options = {"preset": "ultrafast", "tune": "zerolatency"}
        for index in range(frames):
            luma = np.full((size[1] * 3 // 2, size[0]), index * 3 % 200, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(luma, format="yuv420p")))
        container.mux(stream.encode(None))
    return path


def camera(url: str, megapixels: float) -> FrameSource:
    settings = CameraSettings("yard", "Yard", url, paced=False, loop=False, max_megapixels=megapixels)
    return open_source(settings, "main", NOBODY, SystemClock())


def watched(source: FrameSource, reads: int = 400) -> tuple[list[DecodedFrame], EnvironmentFault | None]:
    """Its pictures until it is lost or ends, and why it was lost."""
    frames: list[DecodedFrame] = []
    try:
        source.open()
        for _ in range(reads):
            frames += source.read().frames
    except EnvironmentFault as fault:
        return frames, fault
    except EndOfStream:
        pass
    finally:
        source.close()
    return frames, None


def test_an_http_camera_whose_pictures_grow_is_lost_with_sizes_and_limit() -> None:
    with MjpegServer([jpeg(*SMALL)] * 5 + [jpeg(*LARGE)] * 50) as server:
        frames, fault = watched(camera(server.url(), 0.1))
        assert {(frame.width, frame.height) for frame in frames} == {SMALL}
        assert fault is not None and fault.reason == "too_large"
        assert "640 × 480" in str(fault) and "0.1 megapixels" in str(fault) and "127.0.0.1" in str(fault)
        sizes = {(frame.width, frame.height) for frame in watched(camera(server.url(), 1.0), 40)[0]}
        assert sizes == {SMALL, LARGE}, "within its limit a camera may change its size"


def test_an_http_camera_that_is_too_large_from_the_start_says_so() -> None:
    with MjpegServer([jpeg(*LARGE)]) as server:
        frames, fault = watched(camera(server.url(), 0.1))
    assert frames == [] and fault is not None and fault.reason == "too_large" and "640 × 480" in str(fault)


@pytest.mark.parametrize("codec", ["libx264", "libx265"])
def test_an_rtsp_camera_whose_pictures_grow_is_lost(tmp_path: Path, codec: str) -> None:
    if codec not in av.codecs_available:
        pytest.skip(f"This build of PyAV cannot encode with {codec}.")
    small, large = (video(tmp_path / f"{size[0]}.mp4", codec, size) for size in (SMALL, LARGE))
    with RtspServer({"yard": small, "grown": large}) as server:
        frames, fault = watched(camera(server.url("yard"), 0.1), 40)
        assert frames and fault is None
        frames, fault = watched(camera(server.url("grown"), 0.1))
        assert frames == [] and fault is not None and fault.reason == "too_large" and "640 × 480" in str(fault)
        server.recordings["grown"] = joined(server, "yard", "grown")
        frames, fault = watched(camera(server.url("grown"), 0.1), 2000)
        assert frames and {(frame.width, frame.height) for frame in frames} == {SMALL}
        assert fault is not None and fault.reason == "too_large" and "640 × 480" in str(fault)


def joined(server: RtspServer, first: str, second: str) -> object:
    """One recording after the other, in one stream."""
    from dataclasses import replace

    before, after = server.recordings[first], server.recordings[second]
    later = tuple(replace(p, send_s=p.send_s + before.length_s, shown_s=p.shown_s + before.length_s) for p in after.pictures)
    return replace(before, pictures=before.pictures + later, length_s=before.length_s + after.length_s)


def test_files_and_folders_have_the_limit_too(tmp_path: Path) -> None:
    film = video(tmp_path / "film.mp4", "mpeg4", LARGE, 3)
    assert watched(camera(str(film), 1.0))[1] is None
    _, fault = watched(camera(str(film), 0.1))
    assert fault is not None and fault.reason == "too_large" and "640 × 480" in str(fault)
    folder = tmp_path / "pictures"
    folder.mkdir()
    (folder / "1.jpg").write_bytes(jpeg(*SMALL))
    (folder / "2.png").write_bytes(cv2.imencode(".png", np.zeros((480, 640, 3), np.uint8))[1].tobytes())
    frames, fault = watched(camera(f"folder:{folder}", 0.1), 10)
    assert len(frames) == 1 and fault is not None and fault.reason == "too_large" and "2.png" in str(fault)
    assert watched(camera(f"folder:{folder}", 1.0), 10)[1] is None


PAINT = "import sys, cv2, numpy as np; cv2.imwrite(sys.argv[1], np.full((int(sys.argv[2]), int(sys.argv[2])), 90, np.uint8))"
WATCH = """
import resource, sys
from engine.model.settings import CameraSettings
from engine.model.time import SystemClock
from engine.model.errors import EnvironmentFault
from engine.sources.camera.source import open_source
source = open_source(CameraSettings("yard", "Yard", sys.argv[1]), "main", None, SystemClock())
before = after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
reason, seen = "", 0
try:
    source.open()
    for _ in range(200):
        seen += sum(bool(frame.bgr(64, 48).any()) for frame in source.read().frames)
except EnvironmentFault as fault:
    reason = f"{fault.reason}: {fault}"
source.close()
print(seen, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024, reason, sep="|")
"""


@pytest.mark.parametrize("kind", ["http", "folder"])
def test_pictures_that_grow_to_15000_by_15000_take_no_memory(tmp_path: Path, kind: str) -> None:
    """The process's peak, in a process of its own."""
    subprocess.run([sys.executable, "-c", PAINT, str(tmp_path / "2.jpg"), str(HUGE)], timeout=60, check=True)
    small, huge = jpeg(*SMALL), (tmp_path / "2.jpg").read_bytes()
    (tmp_path / "1.jpg").write_bytes(small)
    with MjpegServer([small] * 5 + [huge] * 20) as server:
        url = server.url() if kind == "http" else f"folder:{tmp_path}?fps=50"
        done = subprocess.run([sys.executable, "-c", WATCH, url], capture_output=True, text=True, timeout=60, check=True)
    seen, grown_mb, reason = done.stdout.strip().split("|")
    assert int(seen) >= 1 and int(grown_mb) < 150, done.stdout
    assert reason.startswith("too_large") and "15,000 × 15,000" in reason and "40 megapixels" in reason


@pytest.mark.parametrize("megapixels", [0, -1, 201, float("nan"), float("inf")])
def test_a_limit_that_makes_no_sense_is_refused(megapixels: float) -> None:
    with pytest.raises(InputError) as refused:
        CameraSettings("yard", "Yard", "video.mp4", max_megapixels=megapixels)
    assert refused.value.field == "max_megapixels"


def test_a_size_is_read_from_the_head_of_a_file() -> None:
    from engine._picture_size import picture_size

    assert picture_size(claiming(jpeg(*SMALL), HUGE, 7)) == (HUGE, 7)
    assert picture_size(cv2.imencode(".png", np.zeros((3, 5), np.uint8))[1].tobytes()) == (5, 3)
    assert picture_size(b"") is None and picture_size(b"\xff\xd8\xff") is None and picture_size(io.BytesIO(b"GIF89a").read()) is None
